"""What a client may gain, in whole numbers that promise no more than the run does."""

from __future__ import annotations

from math import ceil, floor

from hudnal.language import Words
from hudnal.report.handout.told import tell_percent
from hudnal.result.course import CONTROL, Course
from hudnal.result.interval import Interval, interval

_PEOPLE = 10
_SLACK = 1e-9


def tell_gains(course: Course, words: Words) -> list[str]:
    """Lines about the result: of the skin by the needles, and how many are pleased; empty where nothing is known."""
    gains = [_tell_skin(course, words), _tell_pleased(course, words)]
    return [line for line in gains if line]


def tell_cream_alone(course: Course, words: Words) -> str:
    """What the plan's creams do by themselves, in the same draws; empty where there are none or they do nothing."""
    if CONTROL not in course.kept or not course.is_needled or not course.treatment.aftercare:
        return ""
    kind, name = _choose_measure(course)
    if course.control.get(name) is None:
        return ""
    ends = interval(course.control[name])
    ends = _turn(ends) if kind == "scar" else ends
    if ends.low is None or ends.high is None or floor(ends.high + _SLACK) <= 0:
        return ""
    text = words(
        f"handout.gain.cream_{kind}", low=max(floor(ends.low + _SLACK), 0), high=floor(ends.high + _SLACK)
    )
    return words("handout.gain.cream", text=text)


def _choose_measure(course: Course) -> tuple[str, str]:
    """What tells the result of this concern: the depth of a scar, or else healthy collagen."""
    if course.interval("scar_depth_change").median is None:
        return "collagen", "healthy_collagen_change"
    return "scar", "scar_depth_change"


def _tell_skin(course: Course, words: Words) -> str:
    kind, name = _choose_measure(course)
    if CONTROL not in course.kept:
        return ""
    ends = course.effect_of_needles(name)
    return tell_percent(_turn(ends) if kind == "scar" else ends, words, kind)


def _turn(ends: Interval) -> Interval:
    """A change told as a loss: how much shallower instead of deeper."""
    return Interval(*(None if end is None else -end for end in (ends.median, ends.high, ends.low)))


def _tell_pleased(course: Course, words: Words) -> str:
    ends = course.interval("patient_satisfied")
    if ends.median is None or ends.low is None or ends.high is None or not course.is_needled:
        return ""
    middle, low, high = floor(_PEOPLE * ends.median), floor(_PEOPLE * ends.low), ceil(_PEOPLE * ends.high)
    return words("handout.gain.pleased", n=middle, low=low, high=high)
