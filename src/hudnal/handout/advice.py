"""What to leave alone after a session and what to do, until which day, and who says so: `advice.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil, inf
from typing import Any

import yaml

from hudnal.arrays import PerDraw
from hudnal.course.steps import find_kind
from hudnal.handout.moments import find_closing_hours, find_whole_hours
from hudnal.intake.treatment import Treatment
from hudnal.parameters import Draws
from hudnal.report.templates import read_beside
from hudnal.result.course import Course
from hudnal.result.interval import interval
from hudnal.units import HOURS_PER_DAY

# What waits longer than is asked for where the skin takes longer: until no hole lets it in, until the skin is whole.
_UNTIL_CLOSED = ("make_up", "gel")
_UNTIL_WHOLE = ("touch", "pool", "scrub", "strong_cream")
_SAFE_FROM = "strong_cream"  # the advice that a plan's own creams may go against
_STRONG = ("ascorbic-acid", "retinol", "tretinoin", "retinaldehyde", "azelaic-acid")


@dataclass(frozen=True)
class Advice:
    """One thing to leave alone (`is_allowed` False) or to do, from one day after a session to another, both included.

    `until` is None where it is not known when it may end. `sources` are ids of facts or of references.
    """

    code: str
    is_allowed: bool
    since: int
    until: int | None
    sources: tuple[str, ...]


@cache
def _read_table() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return yaml.safe_load(read_beside("hudnal.handout", "advice.yaml"))


def opens_skin(treatment: Treatment) -> bool:
    """Whether any step of a session injures the skin."""
    return any(find_kind(step).opens_skin for _, _, step in treatment.unroll_steps())


def list_advice(course: Course) -> list[Advice]:
    """What to leave alone and what to do after each session; nothing where the skin stays whole."""
    if not opens_skin(course.treatment):
        return []
    found = []
    for kind, entries in _read_table().items():
        for code, entry in entries.items():
            until: int | None = _read_days(entry["until"], course.sample)
            if code in _UNTIL_CLOSED:
                until = _wait_for(until, find_closing_hours(course))
            elif code in _UNTIL_WHOLE:
                until = _wait_for(until, find_whole_hours(course))
            since = _read_days(entry.get("from", 0), course.sample)
            found.append(Advice(code, kind == "do", since, until, tuple(entry["source"])))
    return found


def find_early_creams(course: Course) -> list[tuple[str, int]]:
    """Creams of the plan on days on which they are to be left alone: product, and the day after a session."""
    shelf, limit = course.treatment.shelf, find_last_day(_SAFE_FROM, course)
    early = []
    for _, step in course.treatment.walk_aftercare():
        day = int(getattr(step, "from_", 0.0) // HOURS_PER_DAY)
        if step.product is not None and day <= limit:
            actives = shelf.find_product(step.product).actives
            if any(compound in _STRONG for compound in actives):
                early.append((step.product, day))
    return early


def find_limit(code: str, course: Course) -> int:
    """The last day of something to leave alone, as the table has it."""
    return _read_days(_read_table()["avoid"][code]["until"], course.sample)


def find_last_day(code: str, course: Course) -> float:
    """The last day of something to leave alone, later than the table's where this skin takes longer; -1 for none."""
    found = [one.until for one in list_advice(course) if one.code == code]
    return -1 if not found else inf if found[0] is None else found[0]


def list_sources(code: str) -> tuple[str, ...]:
    """Ids of the sources of one entry of the table. Raises KeyError for an unknown one."""
    table = _read_table()
    return tuple({**table["avoid"], **table["do"]}[code]["source"])


def _read_days(value: int | str, draws: Draws) -> int:
    return ceil(draws.parameter(value).value) if isinstance(value, str) else value


def _wait_for(days: int, hours: PerDraw | None) -> int | None:
    """The later of so many days and the day on which nearly everybody's `hours`, (draw,), are over; None if never."""
    if hours is None:
        return days
    high = interval(hours).high
    return None if high is None else max(days, ceil(high / HOURS_PER_DAY))
