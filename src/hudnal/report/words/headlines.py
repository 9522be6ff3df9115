"""The five numbers that matter most of a course, each with its interval and in words.

What the needles did is told against the same course without them; what the rest of it does stands beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hudnal.language import Words
from hudnal.language.numbers import format_duration, format_number, format_quantity
from hudnal.report.words.chances import tell_chance
from hudnal.result.course import Course
from hudnal.result.interval import interval
from hudnal.units import PERCENT, UM_PER_MM

_MOST = 5
_FELT = 0.05  # of the pain: what cream takes off less than that is not told
_SEEN = 0.05  # %: what the rest of a course does less than that is not told
# Quantities by how much they matter, with the texts that tell them. Without needles the first has no value, without any
# injury most have none: then those further down come up.
_TEXTS = {
    "hole_density": "holes", "pain": "pain", "redness_days": "redness", "scar_depth": "scar",
    "healthy_collagen_change": "collagen", "pih_probability": "dark_marks", "epidermis_closed": "closed",
    "epidermal_thickness_change": "epidermis", "numb_hours": "numb", "lidocaine_peak": "lidocaine",
    "tewl_peak": "water",
}  # fmt: skip
BY_WEIGHT = tuple(_TEXTS)
_IN_PERCENT = ("healthy_collagen_change", "epidermal_thickness_change")
# Of skin that was not hurt these are 0, and say nothing.
_BY_INJURY = ("redness_days", "pih_probability", *_IN_PERCENT)


@dataclass(frozen=True)
class Headline:
    """One of the numbers: its median, its central 90 % in words, and what it is."""

    value: str
    range: str
    text: str


def pick_headlines(course: Course, words: Words) -> list[Headline]:
    """The numbers that matter most among those that say something of this course."""
    values = {
        "time": format_duration(course.treatment.course.follow_up, words),
        "depth": format_quantity((course.interval("channel_depth").median or 0) / UM_PER_MM, "mm", words),
        "cream": _tell_without_cream(course, words),
        "before": _tell_scar_before(course, words),
    }
    # A scar is told by its depth, all other skin by its collagen; what lies as in a scar is no gain.
    untold = "scar_depth" if course.interval("scar_depth").median is None else "healthy_collagen_change"
    names = [name for name in _TEXTS if name != untold and _says_something(course, name)]
    return [
        Headline(*_format_headline(course, name, words), _tell(course, name, words, values))
        for name in names[:_MOST]
    ]


def _tell(course: Course, name: str, words: Words, values: Mapping[str, str]) -> str:
    """What the number is of; of a change, whose it is and what the rest of the course does."""
    if name == "scar_depth":
        rest = _tell_rest(course, name, words)
    elif name in _IN_PERCENT and _has_control(course):
        return words(f"report.headline_{_TEXTS[name]}_needles", **values) + _tell_rest(course, name, words)
    else:
        rest = ""
    return words(f"report.headline_{_TEXTS[name]}", **values) + rest


def _tell_rest(course: Course, name: str, words: Words) -> str:
    """What there would be without the needles; empty where that is nothing."""
    if not _has_control(course):
        return ""
    rest = interval(course.control[name]).median
    if rest is None or (name in _IN_PERCENT and abs(rest) < _SEEN):
        return ""
    text = _sign(rest, words) if name in _IN_PERCENT else format_number(rest, words.language)
    return words("report.headline_rest" if name in _IN_PERCENT else "report.headline_without", rest=text)


def _says_something(course: Course, name: str) -> bool:
    ends = course.interval(name)
    return ends.median is not None and (name not in _BY_INJURY or any(ends))


def _format_headline(course: Course, name: str, words: Words) -> tuple[str, str]:
    """The median, and the central 90 % in words."""
    if name == "pih_probability" and (chance := course.chance(name)) is not None:
        return tell_chance(chance, words)
    of_needles = name in _IN_PERCENT and _has_control(course)
    ends = course.effect_of_needles(name) if of_needles else course.interval(name)

    def show(value: float | None) -> str:
        return _sign(value, words) if name in _IN_PERCENT else format_number(value, words.language)

    return show(ends.median), words("words.interval", low=show(ends.low), high=show(ends.high))


def _has_control(course: Course) -> bool:
    """Whether there is the same course without needles to tell this one against."""
    return course.is_needled and "control" in course.kept


def _sign(change: float | None, words: Words) -> str:
    """A change in percent with its sign."""
    return f"{'+' if change is not None and change > 0 else ''}{format_number(change, words.language)}\u202f%"


def _tell_without_cream(course: Course, words: Words) -> str:
    with_cream, without = (course.interval(name).median for name in ("pain", "pain_without_cream"))
    if with_cream is None or without is None or without - with_cream < _FELT:
        return ""
    return words("report.headline_pain_cream", without=format_number(without, words.language))


def _tell_scar_before(course: Course, words: Words) -> str:
    if course.interval("scar_depth").median is None:
        return ""
    kept = 1 + course.quantities["scar_depth_change"] / PERCENT
    return format_number(float(np.median(course.quantities["scar_depth"] / kept)), words.language)


def tell_headlines(course: Course, words: Words) -> list[str]:
    """The numbers as plain lines, for the terminal."""
    return [
        f"{h.value:>12}  {h.text}" + (f"  ({h.range})" if h.range else "")
        for h in pick_headlines(course, words)
    ]
