"""Numbers as people read them: few digits, the language's decimal sign, plain units."""

from __future__ import annotations

from math import floor, inf, log10

from hudnal.language import Words

_UNITS = {
    "1/cm2": "/cm²", "ug/mL": "µg/ml", "ug/cm2": "µg/cm²", "ug/cm2/h": "µg/cm²/h", "uL": "µl",
    "uL/cm2": "µl/cm²", "g/m2/h": "g/m²/h", "um": "µm", "0-10": "", "0-1": "", "1": "", "cm2": "cm²", "mm3": "mm³",
}  # fmt: skip
_NICE = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 60, 80)
_NARROW = "\u202f"  # keeps a number and its unit together
_NEGLIGIBLE = 1e-6  # a probability below this is not told apart from the next
_ROUNDING = 1e-12  # what is smaller is left by arithmetic
_TINY = 1e-300


def format_number(value: float | None, language: str, digits: int = 2) -> str:
    """About `digits` significant digits, thousands set apart, no exponent for everyday sizes."""
    if value is None or value != value or abs(value) == inf:
        return "–"
    if abs(value) < _ROUNDING:
        return "0"
    size = floor(log10(abs(value)))
    if size < -4:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{_decimal(mantissa, language)}·10{_superscript(int(exponent))}".replace("-", "\u2212")
    rounded = round(value, digits - 1 - size)
    decimals = max(0, digits - 1 - floor(log10(abs(rounded))))
    text = f"{rounded:,.{decimals}f}".replace(",", "\u202f")
    return _decimal(text, language).replace("-", "\u2212")


def format_probability(value: float | None, language: str, digits: int = 2) -> str:
    """A probability, or a difference of two, as a number; what is negligible is said to be."""
    if value is not None and 0 < abs(value) < _NEGLIGIBLE:
        return "≈\u202f0"
    return format_number(value, language, digits)


def format_given(value: float, language: str) -> str:
    """A number as somebody wrote it: no digits added, none lost that matter."""
    return _decimal(f"{value:.6g}", language)


def format_measured(
    value: float, ends: tuple[float | None, float | None], language: str, digits: int = 3
) -> str:
    """A measured value, the range that its source leaves, or the one end that it tells."""
    low, high = (format_number(x, language, digits) for x in ends)
    if ends[0] is None or ends[1] is None:
        return f"≤ {high}" if ends[0] is None else f"≥ {low}"
    told = format_number(value, language, digits)
    return told if ends[0] == ends[1] else f"{told} ({low} – {high})"


def _decimal(text: str, language: str) -> str:
    return text.replace(".", ",") if language == "sv" else text


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def format_unit(name: str, words: Words) -> str:
    """A unit as it is printed."""
    if name in ("day", "h"):
        return words(f"words.unit_{name}")
    return _UNITS.get(name, name)


def format_quantity(value: float | None, unit_name: str, words: Words, digits: int | None = 2) -> str:
    """A number with its unit; `digits` None for one that somebody gave."""
    shown = format_unit(unit_name, words)
    text = (
        format_given(value, words.language)
        if digits is None and value is not None
        else format_number(value, words.language, digits or 2)
    )
    return f"{text}{_NARROW}{shown}" if shown and text != "–" else text


def format_duration(hours: float, words: Words) -> str:
    """A span of time in the unit that people would use."""
    if (hours < 3 and abs(hours - round(hours)) > 1e-9) or hours < 1:
        return words("words.minutes", n=format_given(round(hours * 60, 2), words.language))
    weeks, days = round(hours / 168, 6), round(hours / 24, 6)
    if hours >= 168 and weeks.is_integer():
        return words("words.week") if weeks == 1 else words("words.weeks", n=int(weeks))
    if hours >= 24:
        return words("words.day") if days == 1 else words("words.days", n=format_given(days, words.language))
    return words("words.hours", n=format_given(round(hours, 4), words.language))


def format_repetition(hours: float, words: Words) -> str:
    """How often."""
    if abs(hours - 24) < 1e-9:
        return words("words.every_day")
    if hours > 24 and abs(hours % 24) < 1e-9:
        return words("words.every_days", n=round(hours / 24))
    return words("words.every_hours", n=format_given(hours, words.language))


def format_chance(probability: float | None, words: Words, possible: bool = False) -> str:
    """A probability as people understand it: 1 in 50. Where it is `possible` at all, 0 means too small to tell."""
    if probability is None:
        return words("words.not_applicable")
    if probability == 0 and not possible:
        return words("words.no_way")
    if probability >= 0.97:
        return words("words.nearly_sure")
    if probability >= 0.55:
        return words("words.more_than_half", percent=round(probability * 100))
    one_in = 1 / max(probability, _TINY)
    if one_in > 1 / _NEGLIGIBLE:
        return words("words.below_one_in", n=words("words.million"))
    return words("words.one_in", n=f"{round_nicely(one_in):,.0f}".replace(",", _NARROW))


def round_nicely(value: float) -> float:
    """The nearest round number."""
    if value < 1:
        return 1
    power = 10 ** max(0, floor(log10(value)) - 1)
    candidates = [n * power * f for f in (1, 10) for n in _NICE]
    return min(candidates, key=lambda c: abs(log10(c / value)))
