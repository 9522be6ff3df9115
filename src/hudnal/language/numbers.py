"""Numbers as people read them: few digits, the signs and spaces of the language, plain units."""

from __future__ import annotations

from functools import cache
from math import floor, inf, log10

from hudnal.language.grammar import choose_form
from hudnal.language.say import Words, say
from hudnal.units import HOURS_PER_DAY, HOURS_PER_WEEK, MINUTES_PER_HOUR

NONE = "–"  # where there is no number
_WITHOUT_UNIT = ("1", "0-1", "0-10")
_NICE = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 60, 80)
_IN_MINUTES, _IN_MINUTES_IF_ODD = 1, 3  # h, below which times are told in minutes
_LIKELY, _NEARLY_SURE = (
    0.55,
    0.97,
)  # chances from which on it is told of how many in ten, and of nearly everybody
_TEN, _MOST_OF_TEN = 10, 9
_EXPONENT = -4  # of ten, below which a number is told with it
NEGLIGIBLE = 1e-6  # a probability below this is not told apart from the next
_ROUNDING = 1e-12  # what is smaller is left by arithmetic
_EVEN = 1e-9  # h
_TINY = 1e-300
# The units in which a size is told, each with how many of them make one of the program's, and from which value on (in
# the program's unit) it is taken: 34 mN and not 0.034 N.
_SCALES = {
    "N": (("N", 1.0, 0.1), ("mN", 1e3, 0.0)),
    "h": (("day", 1 / HOURS_PER_DAY, 3 * HOURS_PER_DAY), ("h", 1.0, 1.0), ("min", MINUTES_PER_HOUR, 0.0)),
    "day": (
        ("day", 1.0, 1.0),
        ("h", HOURS_PER_DAY, 1 / HOURS_PER_DAY),
        ("min", HOURS_PER_DAY * MINUTES_PER_HOUR, 0.0),
    ),
    "ug/mL": (("ug/mL", 1.0, 0.1), ("ng/mL", 1e3, 0.0)),
    "ug/cm2": (("ug/cm2", 1.0, 0.1), ("ng/cm2", 1e3, 0.0)),
}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@cache
def _read_signs(language: str) -> dict[int, str]:
    signs = {".": "decimal", ",": "thousands", "-": "minus"}
    return {ord(sign): say(f"numbers.{key}", language) for sign, key in signs.items()}


def write_signs(text: str, language: str) -> str:
    """A number as Python writes it, -1,234.5, with the minus, the spaces and the decimal sign of a language."""
    return text.translate(_read_signs(language))


def format_number(value: float | None, language: str, digits: int = 2) -> str:
    """About `digits` significant digits, thousands set apart, no exponent for everyday sizes."""
    if value is None or value != value or abs(value) == inf:
        return NONE
    if abs(value) < _ROUNDING:
        return "0"
    size = floor(log10(abs(value)))
    if size < _EXPONENT:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{write_signs(mantissa, language)}·10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
    rounded = round(value, digits - 1 - size)
    decimals = max(0, digits - 1 - floor(log10(abs(rounded))))
    return write_signs(f"{rounded:,.{decimals}f}", language)


def format_probability(value: float | None, language: str, digits: int = 2) -> str:
    """A probability, or a difference of two, as a number; what is negligible is said to be."""
    if value is not None and 0 < abs(value) < NEGLIGIBLE:
        return "≈\u202f0"
    return format_number(value, language, digits)


def format_given(value: float, language: str) -> str:
    """A number as somebody wrote it: no digits added, none lost that matter."""
    return write_signs(f"{value:.6g}", language)


def format_as(value: float | None, form: str, language: str) -> str:
    """A number in a format of Python's with the decimal sign of the language: 0.25 as ".0%"; a dash for none."""
    return NONE if value is None else f"{value:{form}}".replace(".", say("numbers.decimal", language))


def count(n: float, key: str, words: Words, **values: object) -> str:
    """The text of `key` in its form for `n` things, filled with that number and `values`: "1 day", "2 days".

    A language may have a form for one number alone: `=2`, every other day.
    """
    alone = f"{key}.={n:g}"
    form = alone if words.has(alone) else f"{key}.{choose_form(n, words.language)}"
    return words(form, n=format_given(n, words.language), **values)


def format_unit(name: str, words: Words) -> str:
    """A unit as it is printed; empty for a plain number."""
    return "" if name in _WITHOUT_UNIT else words.named("units", name)


def format_quantity(value: float | None, unit: str, words: Words, digits: int | None = 2) -> str:
    """A number with its unit; `digits` None for one that somebody gave."""
    shown = format_unit(unit, words)
    text = (
        format_given(value, words.language)
        if digits is None and value is not None
        else format_number(value, words.language, digits or 2)
    )
    return f"{text}{words('numbers.before_unit')}{shown}" if shown and text != NONE else text


def choose_unit(value: float | None, unit: str) -> tuple[str, float]:
    """The unit in which a `value` of the program's `unit` is best told, and how many of it make one of that."""
    if value:
        for told, factor, least in _SCALES.get(unit, ()):
            if abs(value) >= least:
                return told, factor
    return unit, 1.0


def format_duration(hours: float, words: Words) -> str:
    """A span of time in the unit that people would use."""
    odd = abs(hours - round(hours)) > _EVEN
    if hours < _IN_MINUTES or (odd and hours < _IN_MINUTES_IF_ODD):
        return words("words.minutes", n=format_given(round(hours * MINUTES_PER_HOUR, 2), words.language))
    weeks, days = round(hours / HOURS_PER_WEEK, 6), round(hours / HOURS_PER_DAY, 6)
    if weeks >= 1 and weeks.is_integer():
        return count(weeks, "words.weeks", words)
    if hours >= HOURS_PER_DAY:
        return count(days, "words.days", words)
    return count(round(hours, 4), "words.hours", words)


def format_repetition(hours: float, words: Words) -> str:
    """How often something is done that comes every so many hours."""
    if hours >= HOURS_PER_DAY and hours % HOURS_PER_DAY < _EVEN:
        return count(round(hours / HOURS_PER_DAY), "words.every_days", words)
    return count(hours, "words.every_hours", words)


def format_chance(probability: float | None, words: Words, possible: bool = False) -> str:
    """A probability as people understand it: 1 in 50. Where it is `possible` at all, 0 means too small to tell."""
    if probability is None:
        return words("words.not_applicable")
    if probability == 0 and not possible:
        return words("words.no_way")
    if probability >= _NEARLY_SURE:
        return words("words.nearly_sure")
    if probability >= _LIKELY:
        return words("words.in_ten", n=min(round(probability * _TEN), _MOST_OF_TEN))
    one_in = 1 / max(probability, _TINY)
    if one_in > 1 / NEGLIGIBLE:
        return words("words.below_one_in", n=words("words.million"))
    return words("words.one_in", n=write_signs(f"{round_nicely(one_in):,.0f}", words.language))


def round_nicely(value: float) -> float:
    """The nearest round number, at least 1."""
    if value < 1:
        return 1
    power = 10 ** max(0, floor(log10(value)) - 1)
    candidates = [n * power * f for f in (1, 10) for n in _NICE]
    return min(candidates, key=lambda c: abs(log10(c / value)))
