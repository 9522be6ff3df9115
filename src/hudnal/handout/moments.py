"""What is seen and felt at moments after the first session, as people out of ten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.result.course import Course
from hudnal.units import HOURS_PER_DAY, HOURS_PER_WEEK

PEOPLE = 10
_SLACK = 1e-9  # of a share: what arithmetic leaves is nobody
# h after a session, with their texts under `handout.when`.
MOMENTS: Mapping[str, float] = {
    "hour": 1.0,
    "evening": 6.0,
    "day_1": HOURS_PER_DAY,
    "day_3": 3 * HOURS_PER_DAY,
    "week_1": HOURS_PER_WEEK,
    "week_2": 2 * HOURS_PER_WEEK,
}
# Signs by their series, and from what value on they are there: a series of 1 is just seen or felt.
SIGNS: Mapping[str, float] = {
    "redness": 1.0,
    "swelling": 1.0,
    "pain_after": 1.0,
    "tingling": 1.0,
    "dryness": 1.0,
}
# What has to be over until nothing gets in: a dye finds no hole, water stays in, the epidermis is whole.
_WHOLE = ("barrier_closed", "epidermis_closed")
_CLOSED = ("closed_by_dye", *_WHOLE)


@dataclass(frozen=True)
class Row:
    """A moment: how many of ten people show each sign, and how many have closed skin (None where none was opened)."""

    moment: str
    signs: Mapping[str, int]
    closed: int | None


def list_rows(course: Course) -> list[Row]:
    """The moments before the next session, each with its people; a sign counts up, closed skin down."""
    end, time = course.ends[0], course.time
    plan = course.treatment.course
    until = plan.interval if plan.sessions > 1 else end + plan.follow_up
    hours = find_closing_hours(course)
    rows = []
    for moment, after in MOMENTS.items():
        if end + after > until:
            break
        at = int(np.searchsorted(time, end + after - _SLACK))
        signs = {
            name: ceil(PEOPLE * float(np.mean(course.series[name][at] >= level)) - _SLACK)
            for name, level in SIGNS.items()
        }
        closed = None if hours is None else floor(PEOPLE * float(np.mean(hours <= after)) + _SLACK)
        rows.append(Row(moment, signs, closed))
    return rows


def find_closing_hours(course: Course) -> PerDraw | None:
    """Hours until skin is closed by whatever takes longest, (draw,); inf for never, None where it stayed whole."""
    return _find_last(course, _CLOSED)


def find_whole_hours(course: Course) -> PerDraw | None:
    """Hours until the surface is whole, though holes may lie below it, (draw,); as `find_closing_hours`."""
    return _find_last(course, _WHOLE)


def _find_last(course: Course, names: tuple[str, ...]) -> PerDraw | None:
    known = [course.quantities[name] for name in names if not np.isnan(course.quantities[name]).all()]
    if not known:
        return None
    hours = np.nanmax(np.where(np.isnan(known), 0.0, known), axis=0)
    return hours if (hours > 0).any() else None
