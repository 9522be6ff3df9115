"""What a client may gain, in whole numbers that promise no more than the run does."""

from __future__ import annotations

from math import ceil, floor

import numpy as np

from hudnal.handout.told import tell_count, tell_percent
from hudnal.language import Words
from hudnal.result.course import CONTROL, Course
from hudnal.result.interval import Interval, interval
from hudnal.units import HOURS_PER_WEEK

_PEOPLE = 10
_SLACK = 1e-9
# What the result is told by: how deep a scar is, and how much healthy collagen there is.
_MEASURES = {"scar": "scar_depth_change", "collagen": "healthy_collagen_change"}


def tell_gains(course: Course, words: Words) -> list[str]:
    """Lines about the result: of the skin by the needles, when, how many are pleased; empty where nothing is known."""
    gains = [_tell_change("scar", course, words), _tell_change("collagen", course, words)]
    return [line for line in (*gains, _tell_half(course, words), _tell_pleased(course, words)) if line]


def tell_cream_alone(course: Course, words: Words) -> str:
    """What the plan's creams do by themselves, in the same draws; empty where there are none or they do nothing."""
    if CONTROL not in course.kept or not course.is_needled or not any(course.treatment.walk_home_steps()):
        return ""
    kind = "collagen" if course.interval(_MEASURES["scar"]).median is None else "scar"
    if course.control.get(_MEASURES[kind]) is None:
        return ""
    ends = interval(course.control[_MEASURES[kind]])
    ends = _turn(ends) if kind == "scar" else ends
    if ends.low is None or ends.high is None or floor(ends.high + _SLACK) <= 0:
        return ""
    text = words(
        f"handout.gain.cream_{kind}", low=max(floor(ends.low + _SLACK), 0), high=floor(ends.high + _SLACK)
    )
    return words("handout.gain.cream", text=text)


def _tell_half(course: Course, words: Words) -> str:
    """In how many weeks half of the change is there, in the middle of the draws; empty where there may be none."""
    kind, name = (
        ("scar", "scar_depth") if "scar_depth" in course.series else ("collagen", _MEASURES["collagen"])
    )
    if CONTROL not in course.kept:
        return ""
    ends = course.effect_of_needles(_MEASURES[kind])
    ends = _turn(ends) if kind == "scar" else ends
    if ends.low is None or ends.low < 1:
        return ""
    middle = np.median(course.series[name], axis=1)
    at = int(np.argmax(np.abs(middle - middle[0]) >= abs(middle[-1] - middle[0]) / 2))
    weeks = max(ceil((course.time[at] - course.ends[0]) / HOURS_PER_WEEK - _SLACK), 1)
    return words("handout.gain.half", time=tell_count("week", weeks, words))


def _tell_change(kind: str, course: Course, words: Words) -> str:
    if CONTROL not in course.kept:
        return ""
    ends = course.effect_of_needles(_MEASURES[kind])
    return tell_percent(_turn(ends) if kind == "scar" else ends, words, kind)


def _turn(ends: Interval) -> Interval:
    """A change told as a loss: how much shallower instead of deeper."""
    return ends.scale(-1)


def _tell_pleased(course: Course, words: Words) -> str:
    ends = course.interval("patient_satisfied")
    if ends.median is None or ends.low is None or ends.high is None or not course.is_needled:
        return ""
    middle, low, high = floor(_PEOPLE * ends.median), floor(_PEOPLE * ends.low), ceil(_PEOPLE * ends.high)
    told = words("handout.gain.pleased", n=middle, low=low, high=high)
    without = course.control.get("patient_satisfied") if CONTROL in course.kept else None
    pleased = None if without is None else interval(without).median
    if pleased is None:
        return told
    return f"{told} {words('handout.gain.pleased_without', n=floor(_PEOPLE * pleased))}"
