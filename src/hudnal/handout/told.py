"""Numbers as a client understands them: whole, in everyday units, a harm never told smaller than it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from hudnal.language import Words
from hudnal.language.numbers import NEGLIGIBLE, write_signs
from hudnal.language.numbers import count as fill_form
from hudnal.result.interval import Chance, Interval
from hudnal.units import HOURS_PER_DAY, HOURS_PER_WEEK

_SLACK = 1e-9
_TO_DAYS, _TO_WEEKS = 36.0, 21 * HOURS_PER_DAY  # h, from which on a time is told in days, in weeks
_NICE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
HUNDRED, THOUSAND = 100, 1000
_OF_TEN = 0.25  # a chance from which on it is told of ten people
_PEOPLE = 10


@dataclass(frozen=True)
class Odds:
    """A chance as people meet it.

    `text` is "1 in 50", `people` "2 of 100 like you", `span` what it may be as well; `count` of `base` people are
    drawn, None where it is not known.
    """

    text: str
    people: str
    span: str
    count: int | None
    base: int


def tell_span(ends: Interval, words: Words) -> str:
    """How long something lasts in most people, of an interval in hours: "1 to 8 days, often 3"; rounded outward."""
    if ends.median is None or ends.low is None or ends.high is None:
        return words("handout.time.beyond")
    if ends.high < _SLACK:
        return words("handout.time.none")
    if ends.high <= 1:
        return words("handout.time.short")
    unit, hours = _choose_unit(ends.high)
    low, high = floor(ends.low / hours + _SLACK), ceil(ends.high / hours - _SLACK)
    middle = min(max(round(ends.median / hours), low), high)
    told = tell_count(unit, high, words)
    if low == high:
        return words("handout.time.about", high=told)
    if low == 0:
        return words("handout.time.up_to", high=told, often=max(middle, 1))
    return words("handout.time.span", low=low, high=told, often=middle)


def tell_at_most(hours: float, words: Words) -> str:
    """The upper end of a time, rounded up: "8 days"."""
    unit, each = ("day", HOURS_PER_DAY) if hours == HOURS_PER_DAY else _choose_unit(hours)
    return tell_count(unit, max(ceil(hours / each - _SLACK), 1), words)


def _choose_unit(hours: float) -> tuple[str, float]:
    if hours > _TO_WEEKS:
        return "week", HOURS_PER_WEEK
    return ("day", HOURS_PER_DAY) if hours > _TO_DAYS else ("hour", 1.0)


def tell_count(unit: str, count: int, words: Words) -> str:
    """So many hours, days, weeks, minutes or times: "1 day", "8 days"."""
    return fill_form(count, f"handout.count.{unit}", words)


def tell_pain(ends: Interval, words: Words) -> str:
    """Pain from 0 to 10 in most people, rounded outward."""
    if ends.median is None or ends.low is None or ends.high is None:
        return words("handout.time.none")
    low, high = floor(ends.low + _SLACK), ceil(ends.high - _SLACK)
    if low >= high:
        return words("handout.pain_one", high=high)
    return words("handout.pain", low=low, high=high, often=min(ceil(ends.median - _SLACK), high))


def tell_odds(chance: Chance, words: Words) -> Odds:
    """A chance of a harm, rounded towards the harm; what the run cannot tell is said to be not known."""
    told = chance.mean if chance.is_known else chance.high
    base = HUNDRED if told >= 1 / HUNDRED else THOUSAND
    low, high = floor(base * chance.low + _SLACK), ceil(base * chance.high - _SLACK)
    most = words("handout.odds.at_most", high=high, base=_write(base, words))
    if not chance.is_known:
        return Odds(words("handout.odds.not_known"), most, "", None, base)
    if chance.mean < NEGLIGIBLE:
        return Odds(words("handout.odds.below", n=words("words.million")), "", "", 0, THOUSAND)
    count = ceil(base * chance.mean - _SLACK)
    span = words("handout.odds.span", low=min(low, count), high=max(high, count))
    if chance.mean * THOUSAND < 1:
        count = 0
        people = words("handout.odds.below_like_you", base=_write(THOUSAND, words))
    else:
        people = words("handout.odds.like_you", n=count, base=_write(base, words))
    return Odds(_tell_one_in(chance.mean, words), people, span, count, base)


def _tell_one_in(probability: float, words: Words) -> str:
    if probability < _OF_TEN:
        return words("handout.odds.one_in", n=_write(round_down_nicely(1 / probability), words))
    tenths = _PEOPLE * probability
    whole = floor(tenths + _SLACK)
    return words("handout.odds.of_ten" if tenths - whole < _SLACK else "handout.odds.more_of_ten", n=whole)


def round_down_nicely(value: float) -> int:
    """The largest round number that is not above `value`, at least 1: a chance of one in it is not told too small."""
    power, best = 1, 1
    while power <= value:
        candidates = [round(nice * power) for nice in _NICE if nice * power <= value + _SLACK]
        best = max([best, *(one for one in candidates if one <= value + _SLACK)])
        power *= 10
    return best


def _write(number: int, words: Words) -> str:
    return write_signs(f"{number:,}", words.language)


def tell_percent(ends: Interval, words: Words, key: str) -> str:
    """A gain in percent in most people, rounded down: texts `handout.gain.KEY_more`, `_less`, `_either` and `_none`."""
    if ends.low is None or ends.high is None:
        return ""
    if max(-ends.low, ends.high) < 1:
        return words(f"handout.gain.{key}_none")
    low, high = floor(ends.low + _SLACK), floor(ends.high + _SLACK)
    if low >= 0:
        return words(f"handout.gain.{key}_more", low=low, high=high)
    if high <= 0:
        return words(f"handout.gain.{key}_less", low=-high, high=-low)
    return words(f"handout.gain.{key}_either", low=-low, high=high)
