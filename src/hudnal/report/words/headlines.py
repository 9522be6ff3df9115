"""The five numbers that matter most of a course: what the needles bring, two harms, how long it shows, how it hurts.

What the needles do is told against the same course without them; what the rest of it does stands beside. Each number
has a level, by which the page colours it: a harm is never coloured as a gain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np

from hudnal.language import Words
from hudnal.language.numbers import choose_unit, format_duration, format_number, format_unit
from hudnal.report.words.chances import tell_chance
from hudnal.report.words.sentences import lower_first
from hudnal.result.course import Course
from hudnal.result.interval import Interval, interval
from hudnal.result.meaningful import is_felt, matters
from hudnal.units import PERCENT

Level = Literal["good", "plain", "caution", "danger"]

_MOST = 5
_FELT = 0.05  # of the pain: what cream takes off less than that is not told
_SEEN = 0.05  # %: what the rest of a course does less than that is not told
# Harms by whether they stay for good.
LASTING = (
    "tram_track_probability", "raised_scar_probability", "granuloma_probability", "tattoo_probability",
    "bloodborne_probability",
)  # fmt: skip
PASSING = (
    "pih_probability", "irritation_probability", "bruise_probability", "infection_probability",
    "heavy_bleeding_probability", "herpes_probability", "mycobacteria_probability",
)  # fmt: skip
_GRAVE = ("infection_probability", "heavy_bleeding_probability")  # of those that pass
# From which value on a number is coloured as caution, and as danger: chances by the classes of package leaflets (very
# common from 1 in 10, common from 1 in 100), pain as moderate and severe (kelly2001: from 31 and 70 of 100 mm), days as
# a long weekend and two weeks.
_PASSING_FROM = (0.1, inf)
_GRAVE_FROM = (0.01, 0.1)
_LASTING_FROM = (0.001, 0.01)
_PAIN_FROM = (3.1, 7.0)
_DAYS_FROM = (4.0, 14.0)
_IN_PERCENT = ("healthy_collagen_change", "epidermal_thickness_change")
# Quantities that come up where the five have nothing to say, by how much they matter, with the texts that tell them.
_OTHERS = {
    "epidermis_closed": "closed", "epidermal_thickness_change": "epidermis", "numb_hours": "numb",
    "lidocaine_peak": "lidocaine", "tewl_peak": "water",
}  # fmt: skip
# Quantities by how much they matter, for tables that cannot hold all.
BY_WEIGHT = (
    "hole_density", "pain", "redness_days", "scar_depth", "healthy_collagen_change", "pih_probability", *_OTHERS,
)  # fmt: skip


@dataclass(frozen=True)
class Headline:
    """One of the numbers: its median with its unit, its central 90 % in words, what it is, and how grave."""

    value: str
    range: str
    text: str
    level: Level = "plain"


def pick_headlines(course: Course, words: Words) -> list[Headline]:
    """The numbers that matter most among those that say something of this course."""
    lasting = _find_likeliest(course, LASTING)
    likeliest = _find_likeliest(course, (*PASSING, *LASTING), but=lasting)
    first = [
        _tell_benefit(course, words),
        _tell_harm(course, likeliest, "likeliest", words),
        _tell_harm(course, lasting, "lasting", words),
        _tell_days(course, words),
        _tell_pain(course, words),
    ]
    told = [headline for headline in first if headline is not None]
    others = [name for name in _OTHERS if _says_something(course, name)]
    return [*told, *(_tell_other(course, name, words) for name in others)][:_MOST]


def _grade(value: float, ends: tuple[float, float]) -> Level:
    caution, danger = ends
    return "danger" if value >= danger else "caution" if value >= caution else "plain"


def _find_likeliest(course: Course, harms: tuple[str, ...], but: str | None = None) -> str | None:
    """The harm with the highest chance, leaving out the one of `but`; None where none can come."""
    chances = {name: course.chance(name) for name in harms if name != but}
    means = {name: chance.mean for name, chance in chances.items() if chance is not None and chance.mean > 0}
    return max(means, key=means.__getitem__, default=None)


def _tell_harm(course: Course, name: str | None, which: str, words: Words) -> Headline | None:
    chance = None if name is None else course.chance(name)
    if name is None or chance is None:
        return None
    value, span = tell_chance(chance, words)
    text = words(f"five.{which}", name=lower_first(words(f"quantities.{name}.name")))
    ends = _LASTING_FROM if name in LASTING else _GRAVE_FROM if name in _GRAVE else _PASSING_FROM
    return Headline(value, span, text, _grade(chance.mean if chance.is_known else chance.high, ends))


def _tell_benefit(course: Course, words: Words) -> Headline | None:
    """What the needles bring: of a scar how much shallower it is, of all other skin its healthy collagen."""
    of_scar = course.interval("scar_depth").median is not None
    name = "scar_depth_change" if of_scar else "healthy_collagen_change"
    ends = course.effect_of_needles(name) if _has_control(course) else course.interval(name)
    if ends.median is None or not any(ends):
        return None
    small = not matters(name, ends)
    key = "scar" if of_scar else "collagen"
    text = words(
        f"five.{key}_needles" if _has_control(course) else f"five.{key}",
        time=format_duration(course.treatment.course.follow_up, words),
    )
    if small:
        text += words("five.too_small")
    text += _tell_rest(course, name, words) + (_tell_scar(course, words) if of_scar else "")
    return Headline(*_format_ends(ends, lambda v: _sign(v, words), words), text, _grade_gain(name, ends))


def _grade_gain(name: str, ends: Interval) -> Level:
    """Good where even the poorer end is a gain and the median matters; danger where the median is a loss that does."""
    median, low, high = ((v or 0.0) if name == "healthy_collagen_change" else -(v or 0.0) for v in ends)
    if not matters(name, ends):
        return "plain"
    if median < 0:
        return "danger"
    return "good" if min(low, high) > 0 else "plain"


def _tell_rest(course: Course, name: str, words: Words) -> str:
    """What there would be without the needles; empty where that is nothing."""
    if not _has_control(course):
        return ""
    rest = interval(course.control[name]).median
    if rest is None or abs(rest) < _SEEN:
        return ""
    return words("five.rest", rest=_sign(rest, words))


def _tell_scar(course: Course, words: Words) -> str:
    """How deep the scar was and is."""
    depth = course.quantities["scar_depth"]
    before = float(np.median(depth / (1 + course.quantities["scar_depth_change"] / PERCENT)))
    after = float(np.median(depth))
    return words(
        "five.scar_depth",
        before=format_number(before, words.language),
        after=format_number(after, words.language),
    )


def _tell_days(course: Course, words: Words) -> Headline | None:
    """How long one sees it: until redness and swelling are gone and the openings have their skin."""
    names = ("redness_days", "swelling_days", "downtime_days")
    shown = np.array([course.quantities[name] for name in names if name in course.quantities])
    ends = interval(np.fmax.reduce(shown)) if len(shown) else Interval(None, None, None)
    if ends.median is None or not any(ends):
        return None
    level = _grade(ends.median, _DAYS_FROM)
    return Headline(*format_scaled(ends, "day", words), words("five.days"), level)


def _tell_pain(course: Course, words: Words) -> Headline | None:
    """The worst pain, in words where it would not be felt."""
    ends = course.interval("pain")
    if ends.median is None:
        return None
    level = _grade(ends.median, _PAIN_FROM)
    text = words("five.pain") + _tell_without_cream(course, words)

    def show(value: float | None) -> str:
        return format_pain(value, words)

    return Headline(*_format_ends(ends, show, words), text, level)


def format_pain(value: float | None, words: Words) -> str:
    """A pain of 0 to 10 with two digits; in words where nobody feels it."""
    if value is not None and not is_felt(value):
        return words("five.not_felt")
    return format_number(value, words.language)


def _tell_other(course: Course, name: str, words: Words) -> Headline:
    """A number that comes up where the five have nothing to say."""
    ends, key = course.interval(name), f"report.headline_{_OTHERS[name]}"
    time = format_duration(course.treatment.course.follow_up, words)

    def show(value: float | None) -> str:
        return _sign(value, words) if name in _IN_PERCENT else format_number(value, words.language)

    return Headline(*_format_ends(ends, show, words), words(key, time=time))


def _says_something(course: Course, name: str) -> bool:
    ends = course.interval(name)
    return ends.median is not None and (name not in _IN_PERCENT or any(ends))


def _format_ends(ends: Interval, show: Callable[[float | None], str], words: Words) -> tuple[str, str]:
    """The median, and the central 90 % in words; no range where both its ends read as the median."""
    median, low, high = map(show, ends)
    return median, "" if low == high == median else words("words.interval", low=low, high=high)


def format_scaled(ends: Interval, unit: str, words: Words) -> tuple[str, str]:
    """Median and central 90 % in the unit that suits the median: "14 h" and "6.0 to 22"."""
    told, factor = choose_unit(ends.median, unit)
    median, span = _format_ends(ends.scale(factor), lambda v: format_number(v, words.language), words)
    return f"{median}{words('numbers.before_unit')}{format_unit(told, words)}", span


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


def tell_headlines(course: Course, words: Words) -> list[str]:
    """The numbers as plain lines, for the terminal."""
    return [
        f"{h.value:>12}  {h.text}" + (f"  ({h.range})" if h.range else "")
        for h in pick_headlines(course, words)
    ]
