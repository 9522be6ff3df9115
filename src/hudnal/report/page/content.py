"""What stands in the sections of the page, as the template takes it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from hudnal.language import Words
from hudnal.language.grammar import format_date
from hudnal.language.numbers import format_number
from hudnal.parameters.bibliography import bibliography
from hudnal.report.figures.captions import tell_caption
from hudnal.report.figures.holes import find_map_side
from hudnal.report.page.panels import draw_panels
from hudnal.report.page.rows import (
    Row,
    describe_risk,
    list_assumed,
    list_compounds,
    list_quantities,
    list_scars,
    list_warnings,
)
from hudnal.report.words.assumed import tell_assumed_settings
from hudnal.report.words.force import tell_lying_force
from hudnal.report.words.headlines import LASTING, PASSING, pick_headlines
from hudnal.report.words.plan import tell_home_steps, tell_plan, tell_session
from hudnal.report.words.sentences import describe_treatment, tell_cover
from hudnal.report.words.zones import list_zones
from hudnal.result.course import Course
from hudnal.transport import MEASURES
from hudnal.version import __version__

_OF_HOLES = (
    "attempted_density", "hole_density", "tip_depth", "channel_depth", "dye_depth", "channel_width", "slit_length",
    "entry_force", "needle_force", "lying_force", "push_force",
)  # fmt: skip
# Sections in their order, each with the key of its heading.
_SECTIONS = {
    "done": "what_was_done", "zones": "zones", "holes": "holes", "session": "session", "days": "weeks",
    "months": "months",
    "scars": "relief", "block": "", "absorbed": "absorbed", "risks": "risks", "warnings": "warnings",
    "numbers": "assumed", "sources": "sources",
}  # fmt: skip


def gather_content(course: Course, words: Words, made_on: date | None = None) -> dict[str, Any]:
    """The whole page but the skin block: words, tables and figures by the names of the template."""
    treatment = course.treatment
    figures, warnings = draw_panels(course, words), list_warnings(course, words)
    told_of_holes = [
        name for name in _OF_HOLES if course.interval(name).median is not None
    ]  # a pen has no drum
    return {
        "language": words.language,
        "title": treatment.title_in(words.language) or words("report.kicker"),
        "lead": describe_treatment(treatment, words),
        "plan": tell_plan(treatment, words),
        "taken": tell_assumed_settings(treatment, words),
        "done": tell_session(treatment, words),
        "after": tell_home_steps(treatment, words),
        "zones": list_zones(course, words),
        "headlines": pick_headlines(course, words),
        "figures": figures,
        "captions": {name: tell_caption(name, course, words) for name in figures},
        "hole_numbers": list_quantities(course, told_of_holes, words),
        "lying": tell_lying_force(course.interval("lying_force"), words),
        "instruments": _list_closing(course, words),
        "side": format_number(find_map_side(course), words.language),
        "scars": list_scars(course, words),
        "compounds": list_compounds(course, words),
        "risks": [describe_risk(course, name, words) for name in (*PASSING, *LASTING)],
        "dangers": [warning for warning in warnings if warning["level"] == "danger"],
        "milder": [warning for warning in warnings if warning["level"] != "danger"],
        "assumed": list_assumed(course, words),
        "assumed_count": sum(course.sample.parameter(n).status == "assumed" for n in course.used),
        "all_count": len(course.used),
        "rows": list_quantities(course, list(course.quantities), words),
        "sources": [bibliography()[key] for key in course.sources],
        "made_by": words("report.made_by", version=__version__, draws=course.draws, seed=course.seed),
        "made_on": "" if made_on is None else format_date(made_on, words.language),
        "version": __version__,
    }


def _list_closing(course: Course, words: Words) -> list[Row]:
    """When the holes are closed by each instrument that sees it; current needs them wet, which hangs on the cover."""
    names = [f"closed_by_{instrument}" for instrument in MEASURES]
    known = [name for name in names if not np.isnan(course.quantities[name]).all()]
    rows = list_quantities(course, known, words, together=True)
    for name, row in zip(known, rows, strict=True):
        if name == "closed_by_impedance":
            row["meaning"] = f"{row['meaning']}; {tell_cover(course.treatment, words)}"
    return rows


def list_sections(course: Course, words: Words, with_block: bool) -> dict[str, str]:
    """The headings of the sections that this page has, in their order, by the anchor of each."""
    there = {"scars": bool(course.scars), "block": with_block, "zones": bool(course.zones)}
    missing = {anchor for anchor, is_there in there.items() if not is_there}
    return {
        anchor: words(f"report.{key}" if key else "block.heading")
        for anchor, key in _SECTIONS.items()
        if anchor not in missing
    }
