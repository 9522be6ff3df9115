"""The five numbers that matter most of a course, each with its interval and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.language import Words
from hudnal.language.numbers import format_chance, format_duration, format_number, format_quantity
from hudnal.result.course import Course
from hudnal.units import PERCENT, UM_PER_MM

_MOST = 5
_FELT = 0.05  # of the pain: what cream takes off less than that is not told
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
        Headline(*_format_headline(course, name, words), words(f"report.headline_{_TEXTS[name]}", **values))
        for name in names[:_MOST]
    ]


def _says_something(course: Course, name: str) -> bool:
    interval = course.interval(name)
    return interval.median is not None and (name not in _BY_INJURY or any(interval))


def _format_headline(course: Course, name: str, words: Words) -> tuple[str, str]:
    """The median, and the central 90 % in words."""
    interval = course.interval(name)

    def show(value: float | None) -> str:
        if name == "pih_probability":
            return format_chance(value, words, possible=bool(interval.high))
        text = format_number(value, words.language)
        if name not in _IN_PERCENT:
            return text
        return f"{'+' if value is not None and value > 0 else ''}{text}\u202f%"

    return show(interval.median), words("words.interval", low=show(interval.low), high=show(interval.high))


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
    return [f"{h.value:>12}  {h.text}  ({h.range})" for h in pick_headlines(course, words)]
