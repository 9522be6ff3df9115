"""The figures of the page, each an SVG under the name by which the template lays it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hudnal.language import Words
from hudnal.report.figures import healing, holes, session
from hudnal.report.figures.captions import tell_caption
from hudnal.report.figures.relief import draw_relief, draw_relief_cuts
from hudnal.report.figures.save import render_svg
from hudnal.report.figures.style import BLOOD, GOLD, PLUM, TEAL, use_house_style, write_ticks
from hudnal.result.course import Course

Drawing = Callable[[Course, Axes, Words], None]

_USUAL = (4.6, 2.9)  # inches
_AROUND = (1.4, 0.95)  # inches of the words beside, and above and below, axes of one scale
_SIZES = {"map": (4.4, 4.6), "section": (4.8, 3.4), "amounts": (4.6, 2.4)}  # of those that are not as usual


def _draw_change_of(quantity: str, colours: Mapping[str, str]) -> Drawing:
    """The figure of a change over months, named as `quantity`; `colours` of its series."""

    def draw(course: Course, ax: Axes, words: Words) -> None:
        healing.draw_change(course, ax, words, colours, words(f"quantities.{quantity}.name"))

    return draw


_COLLAGEN = {"collagen_i_change": TEAL, "collagen_iii_change": PLUM}
_EPIDERMIS = {"epidermal_thickness_change": GOLD}
_ELASTIN = {"elastin_change": BLOOD, "tropoelastin_change": GOLD}
_ALWAYS: dict[str, Drawing] = {
    "steps": session.draw_steps,
    "water": healing.draw_water,
    "eyes": healing.draw_eyes,
}
# Drawn where one of the series leaves its start in some draw: where nothing was hurt, nothing is drawn.
_IF_MOVED: dict[str, tuple[Drawing, tuple[str, ...]]] = {
    "redness": (healing.draw_redness, ("redness", "swelling")),
    "felt": (healing.draw_felt, ("tingling", "pain_after", "dryness")),
    "marks": (healing.draw_marks, ("dark_marks", "bruise")),
    "closing": (healing.draw_closing, ("barrier_open", "channel_open")),
    "collagen": (_draw_change_of("collagen_change", _COLLAGEN), tuple(_COLLAGEN)),
    "epidermis": (_draw_change_of("epidermal_thickness_change", _EPIDERMIS), tuple(_EPIDERMIS)),
    "elastin": (_draw_change_of("elastin_change", _ELASTIN), tuple(_ELASTIN)),
}


def draw_panels(course: Course, words: Words) -> dict[str, str]:
    """Every figure that applies, as SVG text."""
    panels = {}
    for name, draw in _choose_panels(course).items():
        with use_house_style(name):
            figure = Figure(figsize=_SIZES.get(name, _USUAL), layout="tight")  # one pass, for one set of axes
            axis = figure.add_subplot()
            draw(course, axis, words)
            write_ticks(axis, words.language)
            if name == "section":
                _fit_height(figure, axis)
            label = f"{axis.get_title(loc='left')}. {tell_caption(name, course, words)}"
            panels[name] = render_svg(figure, label)
    if course.scars:
        caption = tell_caption("relief", course, words)
        panels["relief"] = draw_relief(course, words, caption)
        panels["relief_cut"] = draw_relief_cuts(course, words, caption)
    return panels


def _fit_height(figure: Figure, axis: Axes) -> None:
    """Make a figure as high as axes of one scale are, which would stand in the middle of nothing."""
    across, up = (abs(high - low) for low, high in (axis.get_xlim(), axis.get_ylim()))
    width = float(figure.get_size_inches()[0])
    figure.set_size_inches(width, _AROUND[1] + (width - _AROUND[0]) * up / across)


def _choose_panels(course: Course) -> dict[str, Drawing]:
    """The figures on one set of axes that have something to show."""
    panels = dict(_ALWAYS)
    if course.holes.x.size:
        panels |= {"map": holes.draw_map, "section": holes.draw_section}
    if course.strokes.pain.shape[1]:
        panels |= {"pain": session.draw_pain, "drops": session.draw_drops}
    if np.any(course.series["numb_depth"] > 0):
        panels["numbness"] = session.draw_numbness
    if _was_applied_early(course):
        panels["amounts"] = healing.draw_amounts
    panels |= {name: draw for name, (draw, series) in _IF_MOVED.items() if _have_moved(course, series)}
    if _have_moved(course, ["scar_depth" if "scar_depth" in course.series else "wrinkle_change"]):
        panels["benefit"] = healing.draw_benefit
    return panels


def _have_moved(course: Course, names: Iterable[str]) -> bool:
    """Whether any of the series leaves its start in some draw."""
    return any((course.series[n] != course.series[n][0]).any() for n in names)


def _was_applied_early(course: Course) -> bool:
    """Whether any substance was on the skin when the first session ended."""
    at = int(np.searchsorted(course.time, course.ends[0]))
    return any((course.series[f"applied.{name}"][at] > 0).all() for name in course.compounds)
