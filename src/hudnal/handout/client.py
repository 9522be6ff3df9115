"""The client's sheet: what is done, what to expect and when, what not to do, when to call, a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from hudnal.handout.advice import Advice, find_early_creams, find_limit, list_advice, list_sources
from hudnal.handout.calendar import make_calendar, tell_interval
from hudnal.handout.consent import list_lasting
from hudnal.handout.deeds import name_product, tell_deeds
from hudnal.handout.footnotes import Footnotes
from hudnal.handout.moments import PEOPLE, SIGNS, find_closing_hours, list_rows
from hudnal.handout.results import tell_gains
from hudnal.handout.told import tell_at_most, tell_pain, tell_span
from hudnal.language import Words
from hudnal.language.numbers import count, format_duration
from hudnal.result.course import Course
from hudnal.result.interval import Interval, interval
from hudnal.units import HOURS_PER_DAY

# How long each sign lasts: its quantity, and the hours of the quantity's unit.
_LASTING = {
    "redness": ("redness_days", HOURS_PER_DAY),
    "swelling": ("swelling_days", HOURS_PER_DAY),
    "pain_after": ("pain_hours", 1.0),
    "tingling": ("tingling_hours", 1.0),
    "dryness": ("dryness_days", HOURS_PER_DAY),
}
_INFECTED = ("sarhuset_infection", "sarhuset_care")
_PERSISTENT = ("safety:AE-002", "safety:AE-050")
_HERPES = ("safety:AE-060", "safety:AE-061")
_ILL_OF_CREAM = ("transport:A17",)
_BLUE = ("m5-methb-visible", "m5-methb-spain")
_SHARING = ("safety:INF-034", "safety:INF-060")


@dataclass(frozen=True)
class Item:
    """A line of a list, and the numbers of its sources."""

    text: str
    refs: str = ""


def gather_client(course: Course, words: Words) -> dict[str, Any]:
    """What stands on the client's sheet, by the names of its template."""
    notes, treatment = Footnotes(words), course.treatment
    advice = list_advice(course)
    lists: dict[str, Any] = {
        "deeds": tell_deeds(treatment, words),
        "sessions": _tell_sessions(course, words),
        "signs": [words(f"handout.client.signs.{sign}") for sign in SIGNS],
        "rows": [
            (words(f"handout.when.{row.moment}"), tuple(row.signs.values()), row.closed)
            for row in list_rows(course)
        ],
        "has_closed": find_closing_hours(course) is not None,
        "people": PEOPLE,
        "spans": _list_spans(course, words),
        "blood": _tell_blood(course, bool(advice), words),
        "later": words("handout.client.later", time=format_duration(treatment.course.follow_up, words)),
        "gains": tell_gains(course, words),
        "lasting": list_lasting(course, words),
        "avoid": _list_avoided(course, advice, notes, words),
        "call": _list_calls(course, bool(advice), notes, words),
        "urgent": _list_urgent(course, bool(advice), notes, words),
        "calendar": make_calendar(course, advice, notes, words),
        "interval": tell_interval(course, words),
        "dates": len(treatment.sessions_of_course),
    }
    return {**lists, "sources": notes.list_lines()}


def _tell_sessions(course: Course, words: Words) -> str:
    starts = [start for start, _ in course.treatment.sessions_of_course]
    if len({round(after - before) for before, after in pairwise(starts)}) > 1:
        span = format_duration(starts[-1], words)
        return words("handout.count.sessions_in_all", n=len(starts), span=span)
    return count(len(starts), "handout.count.session", words, interval=tell_interval(course, words))


def _list_spans(course: Course, words: Words) -> list[tuple[str, str]]:
    """How bad it gets and how long each sign lasts in most people: names and times."""
    spans = [(words("handout.client.pain"), tell_pain(course.interval("pain"), words))]
    spans += [
        (words(f"handout.client.{sign}"), tell_span(_find_hours(course, sign), words)) for sign in _LASTING
    ]
    hours = find_closing_hours(course)
    if hours is not None:
        spans.append((words("handout.client.skin_closed"), tell_span(interval(hours), words)))
    return spans


def _find_hours(course: Course, sign: str) -> Interval:
    name, each = _LASTING[sign]
    return course.interval(name).scale(each)


def _tell_blood(course: Course, is_opened: bool, words: Words) -> str:
    if not is_opened:
        return words("handout.client.whole")
    points = course.quantities["bleeding_points"]
    if np.isnan(points).all() or not np.nanmax(points) > 0:
        return words("handout.client.no_blood")
    return words("handout.client.blood" if np.nanmedian(points) > 0 else "handout.client.blood_few")


def _list_avoided(course: Course, advice: Sequence[Advice], notes: Footnotes, words: Words) -> list[Item]:
    """What not to do, until when; and where the plan itself goes against it."""
    items = []
    for one in advice:
        if one.is_allowed:
            continue
        if one.until is None:
            text = words("handout.avoid.open", what=words(f"handout.rows.{one.code}"))
        else:
            text = words(f"handout.avoid.{one.code}", day=one.until + 1)
        items.append(Item(text, notes.cite(one.sources)))
    if not advice:
        return items
    for product, day in find_early_creams(course):
        named = name_product(product, course.treatment, words)
        asked = find_limit("strong_cream", course)
        key = "early" if day <= asked else "early_open"
        text = words(f"handout.avoid.{key}", product=named, day=day, n=asked)
        items.append(Item(text, notes.cite(list_sources("strong_cream"))))
    for _, step in course.treatment.walk_aftercare():
        day = int(getattr(step, "from_", 0.0) // HOURS_PER_DAY)
        if step.in_bare_sun and day <= find_limit("sun", course):
            items.append(Item(words("handout.avoid.sun_planned", day=day), notes.cite(list_sources("sun"))))
    if course.treatment.setting == "home" and course.is_needled:
        items.append(Item(words("handout.avoid.own"), notes.cite(_SHARING)))
    return items


def _list_calls(course: Course, is_opened: bool, notes: Footnotes, words: Words) -> list[Item]:
    """What to call about the same day; times are the run's own."""
    if not is_opened:
        return []
    items = [Item(words(f"handout.call.{code}"), notes.cite(_INFECTED)) for code in ("worse", "pus")]
    for code, sign in (("red_long", "redness"), ("sore_long", "swelling")):
        high = _find_hours(course, sign).high
        if high:
            time = tell_at_most(max(high, HOURS_PER_DAY), words)
            items.append(Item(words(f"handout.call.{code}", time=time)))
    if _can_be(course, "herpes_probability"):
        items.append(Item(words("handout.call.blisters"), notes.cite(_HERPES)))
    items.append(Item(words("handout.call.lumps"), notes.cite(_PERSISTENT)))
    return items


def _list_urgent(course: Course, is_opened: bool, notes: Footnotes, words: Words) -> list[Item]:
    """What to seek emergency care for."""
    items = []
    if is_opened:
        codes = ("fever", "spreads", "breath")
        items += [Item(words(f"handout.call.{code}"), notes.cite(_INFECTED[1:])) for code in codes]
    numbing = [one for one in course.treatment.products_used if one.kind == "numbing"]
    if numbing:
        items.append(Item(words("handout.call.cream"), notes.cite(_ILL_OF_CREAM)))
    if any("prilocaine" in one.actives for one in numbing):
        items.append(Item(words("handout.call.blue"), notes.cite(_BLUE)))
    return items


def _can_be(course: Course, risk: str) -> bool:
    chance = course.chance(risk)
    return chance is not None and chance.high > 0
