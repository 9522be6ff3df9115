"""The page: everything of a course that a person should see, as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from hudnal.language import Words
from hudnal.language.numbers import count, format_number
from hudnal.report.page.content import gather_content, list_sections
from hudnal.report.skin_block.script import read_script
from hudnal.report.templates import fill_template, make_policy, read_beside
from hudnal.result.course import Course

if TYPE_CHECKING:
    import xarray as xr

_HERE = "hudnal.report.page"


def render_report(
    course: Course,
    language: str = "en",
    patches: Mapping[int, xr.Dataset] | None = None,
    made_on: date | None = None,
    print_all: bool = False,
) -> str:
    """The report as HTML text, self-contained, in `language`; with the first of the skin blocks in `patches`.

    `made_on` stands in its foot; on paper it is a summary unless it shall `print_all`.
    """
    words = Words(language)
    content = gather_content(course, words, made_on)
    block = _show_block(course, next(iter(patches.values())), words) if patches else None
    style = read_beside(_HERE, "style.css")
    policy = make_policy(read_script()) if block else make_policy()
    sections = list_sections(course, words, block is not None)
    values = {"style": style, "policy": policy, "words": words, "block": block, "sections": sections}
    values |= {"print_all": print_all, "tell_count": partial(count, words=words)}
    return fill_template(_HERE, "template.html.j2", **values, **content)


def _show_block(course: Course, patch: xr.Dataset, words: Words) -> dict[str, str]:
    """The skin in depth: pictures of the block, and a view of it to turn."""
    from hudnal.report.skin_block.block_figure import draw_block_figure
    from hudnal.report.skin_block.slices_figure import draw_slices_figure
    from hudnal.report.skin_block.viewer import render_viewer
    from hudnal.run.skin_block import summarise_places

    spread = summarise_places(course, patch)["collagen_change_places"]
    ends = {end: format_number(float(spread[end]), words.language) for end in ("median", "low", "high")}
    return {
        "places": words("block.places", **ends),
        "blocks": draw_block_figure(patch, words),
        "slices": draw_slices_figure(patch, words),
        "viewer": render_viewer(patch, words),
    }
