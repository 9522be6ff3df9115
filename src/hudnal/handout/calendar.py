"""The days after a session as a table: what to leave alone, what to do, what the plan itself asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from hudnal.handout.advice import Advice, find_early_creams, find_last_day, find_limit
from hudnal.handout.deeds import name_product
from hudnal.handout.footnotes import Footnotes
from hudnal.handout.told import tell_count
from hudnal.intake.treatment import Treatment
from hudnal.language import Words
from hudnal.result.course import Course
from hudnal.treatment.steps import LaterSun, LaterWash, Step
from hudnal.units import HOURS_PER_DAY, HOURS_PER_WEEK

_DAYS_PER_WEEK = 7
AVOID, DO, EARLY, EMPTY = "avoid", "do", "early", ""
# First days of the columns, each as long as to the next one's; of those that say the same, one is left.
_STARTS = (0, 1, 2, 3, 4, 5, 6, 7, 14, 28, 56)
_LONGEST = 24 * _DAYS_PER_WEEK


@dataclass(frozen=True)
class CalendarRow:
    """What a row is about, its footnote, and the mark of each column."""

    text: str
    refs: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Calendar:
    """Names of the columns, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[CalendarRow, ...]


def make_calendar(course: Course, advice: Sequence[Advice], notes: Footnotes, words: Words) -> Calendar:
    """The calendar of the advice and of the aftercare of a course, as long as either lasts."""
    treatment = course.treatment
    plans = [(step, *_find_days(step)) for step in treatment.phases_of_course[0].aftercare]
    last = max([0, *(one.until or 0 for one in advice), *(until for _, _, until in plans)])
    pause = find_first_pause(treatment)
    if pause is not None:
        last = min(last, ceil(pause / HOURS_PER_DAY) - 1)
    last = min(last, _LONGEST)
    columns = _list_columns(last, [one.until + 1 for one in advice if one.until and not one.is_allowed])
    rows = [
        CalendarRow(
            words(f"handout.rows.{one.code}"),
            notes.cite(one.sources),
            _mark(columns, one.since, one.until, DO if one.is_allowed else AVOID),
        )
        for one in advice
    ]
    rows += [_make_plan_row(step, since, until, columns, course, words) for step, since, until in plans]
    columns, rows = _merge_columns(columns, rows, last)
    return Calendar(tuple(_name_column(*column, last, words) for column in columns), tuple(rows))


def _merge_columns(
    columns: list[tuple[int, int]], rows: Sequence[CalendarRow], last: int
) -> tuple[list[tuple[int, int]], list[CalendarRow]]:
    """Columns of days, and of weeks, that follow each other and have the same marks in every row, as one."""
    kept: list[tuple[int, int]] = []
    places: list[int] = []
    for i, (start, end) in enumerate(columns):
        is_same = bool(kept) and all(row.marks[i] == row.marks[places[-1]] for row in rows)
        if is_same and _is_of_weeks(start, end, last) == _is_of_weeks(*kept[-1], last):
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
            places.append(i)
    return kept, [replace(row, marks=tuple(row.marks[i] for i in places)) for row in rows]


def _find_days(step: Step) -> tuple[int, int]:
    """First and last day of a step of aftercare."""
    start = getattr(step, "from_", 0.0)
    end = start + getattr(step, "for_", 0.0)
    first = floor(start / HOURS_PER_DAY)
    return first, max(first, ceil(end / HOURS_PER_DAY) - 1)


def _list_columns(last: int, ends: Iterable[int]) -> list[tuple[int, int]]:
    """First and last day of every column until the one that holds the `last` day; one begins at each of `ends`."""
    starts = sorted({*_STARTS, *ends})
    columns = []
    for start, following in zip(starts, [*starts[1:], _LONGEST + 1], strict=True):
        if start > last:
            break
        columns.append((start, following - 1))
    start, end = columns[-1]
    columns[-1] = (start, min(end, max(last, start)))
    return columns


def _mark(columns: list[tuple[int, int]], since: int, until: int | None, mark: str) -> tuple[str, ...]:
    """The mark in every column that has a day of it; without `until` in all of them."""
    return tuple(
        mark if end >= since and (until is None or start <= until) else EMPTY for start, end in columns
    )


def _make_plan_row(
    step: Step, since: int, until: int, columns: list[tuple[int, int]], course: Course, words: Words
) -> CalendarRow:
    if isinstance(step, LaterSun):
        early = step.in_bare_sun and since <= find_limit("sun", course)
        mark = EARLY if early else DO
        kind = "sun_planned" if step.in_bare_sun else "sun_protected"
        return CalendarRow(words(f"handout.rows.{kind}"), "", _mark(columns, since, until, mark))
    if isinstance(step, LaterWash):
        return CalendarRow(words("handout.rows.wash_planned"), "", _mark(columns, since, until, DO))
    product = name_product(str(step.product), course.treatment, words)
    text = f"{product[0].upper()}{product[1:]}, {_tell_every(getattr(step, 'every', HOURS_PER_DAY), words)}"
    limit = (
        find_last_day("strong_cream", course) if (step.product, since) in find_early_creams(course) else -1
    )
    marks = _mark(columns, since, until, DO)
    early = [mark == DO and start <= limit for mark, (start, _) in zip(marks, columns, strict=True)]
    return CalendarRow(
        text, "", tuple(EARLY if one else mark for one, mark in zip(early, marks, strict=True))
    )


def find_first_pause(treatment: Treatment) -> float | None:
    """Hours from the first session's start to the second's; None where there is one alone."""
    sessions = treatment.sessions_of_course
    return sessions[1][0] if len(sessions) > 1 else None


def _tell_every(hours: float, words: Words) -> str:
    if hours < HOURS_PER_DAY:
        return words("handout.rows.every_hours", n=round(hours))
    days = round(hours / HOURS_PER_DAY)
    return words("handout.rows.every_day" if days == 1 else "handout.rows.every_days", n=days)


def _is_of_weeks(start: int, end: int, last: int) -> bool:
    """Whether a column has whole weeks, from the second on; that which ends with the calendar's `last` day may not."""
    is_aligned = start % _DAYS_PER_WEEK == 0 and (end >= last or (end + 1) % _DAYS_PER_WEEK == 0)
    return start >= _DAYS_PER_WEEK and is_aligned


def _name_column(start: int, end: int, last: int, words: Words) -> str:
    """A column by its day, its days, or from the second week on its weeks."""
    if not _is_of_weeks(start, end, last):
        return words("handout.columns.day" if start == end else "handout.columns.day_span", n=start, m=end)
    first, last = start // _DAYS_PER_WEEK + 1, end // _DAYS_PER_WEEK + 1
    return words("handout.columns.week" if first == last else "handout.columns.week_span", n=first, m=last)


def tell_interval(course: Course, words: Words) -> str:
    """When the next treatment is; empty where there is one alone."""
    pause = find_first_pause(course.treatment)
    if pause is None:
        return ""
    weeks = pause / HOURS_PER_WEEK
    unit, count = ("week", weeks) if weeks.is_integer() else ("day", round(pause / HOURS_PER_DAY))
    return tell_count(unit, int(count), words)
