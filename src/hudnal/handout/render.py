"""The handouts as HTML files: each one A4 page in print, one column on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from math import sqrt
from typing import Any

from hudnal.handout.checklist import gather_checklist
from hudnal.handout.client import gather_client
from hudnal.handout.consent import gather_consent
from hudnal.handout.deeds import tell_who
from hudnal.language import Words, show_text
from hudnal.report.templates import fill_template, make_policy, read_beside
from hudnal.result.course import Course
from hudnal.version import __version__

_HERE = "hudnal.handout"
_LONGEST_CLINIC = 200  # characters
_TAGS = re.compile(r"<[^>]*>|\s+")
_SMALLEST, _LARGEST = 6.5, 9.8  # pt
# Letters on a page of each sheet, times the square of their size in pt: found by printing every preset.
_ROOM = {"client": 162_000.0, "consent": 150_000.0, "checklist": 222_000.0}
# Sheets by their name, which is that of their file, their template and their texts.
SHEETS: Mapping[str, Callable[[Course, Words], dict[str, Any]]] = {
    "client": gather_client,
    "consent": gather_consent,
    "checklist": gather_checklist,
}


def render_handouts(course: Course, language: str = "en", clinic: str = "") -> dict[str, str]:
    """Every handout of a course as HTML text in `language`, by the names of their files; self-contained.

    `clinic` stands at the top of each; without it there is a line to write on. The course has to keep "series" and
    "control". Raises NotKeptError.
    """
    return {f"{name}.html": _render_sheet(name, course, Words(language), clinic) for name in SHEETS}


def _render_sheet(name: str, course: Course, words: Words, clinic: str) -> str:
    treatment = course.treatment
    content = SHEETS[name](course, words)
    # The checklist has every rule anyway.
    warnings = () if name == "checklist" else course.warnings
    dangers = dict.fromkeys(warning.code for warning in warnings if warning.level == "danger")
    shared = {
        "words": words,
        "language": words.language,
        "sheet": name,
        "title": treatment.title_in(words.language) or words("handout.untitled"),
        "who": tell_who(treatment, words),
        "is_home": treatment.setting == "home",
        "clinic": show_text(clinic, _LONGEST_CLINIC),
        "dangers": [words(f"handout.dangers.{code}") for code in dangers],
        "made_by": words("handout.made_by", version=__version__, draws=course.draws, seed=course.seed),
        "rests_on": words("handout.rests_on", n=len(course.sources)),
        "sources": content.pop("sources"),
    }
    body = fill_template(_HERE, f"{name}.html.j2", **shared, **content)
    page = {"body": body, "style": read_beside(_HERE, "style.css"), "policy": make_policy()}
    size = _choose_size(name, [body, *shared["dangers"]], shared["sources"])
    return fill_template(_HERE, "sheet.html.j2", size=size, **page, **shared)


def _choose_size(name: str, texts: Iterable[str], small: Iterable[str]) -> float:
    """The size of print in pt with which so much text fills an A4 page at most: area goes with its square.

    `small` print at the foot takes half the room.
    """
    letters, at_foot = (sum(len(_TAGS.sub("", text)) for text in group) for group in (texts, small))
    return round(min(max(sqrt(_ROOM[name] / (letters + at_foot / 2)), _SMALLEST), _LARGEST), 1)
