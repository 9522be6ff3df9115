"""Regular expressions for quantities with their unit and bounds, so that an editor refuses what the loader refuses.

What the loader takes is never refused: a unit that is not listed here passes with any number.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

from hudnal.treatment.units import USUAL, find_factor, list_unit_words

# Spellings that files use, of every dimension; which of them a field takes is asked of the unit library.
_SPELLINGS = (
    "year", "years", "month", "months", "week", "weeks", "day", "days", "hour", "hours", "minute", "minutes",
    "second", "seconds", "mm", "cm", "m", "um", "µm", "inch", "inches", "N", "mN", "kN", "kg", "g", "mg", "ug", "µg",
    "L", "l", "mL", "ml", "uL", "ul", "µL", "cm2", "cm²", "mm2", "mm²", "m2", "m²", "mg/cm2", "mg/cm²", "g/cm2",
    "g/cm²", "ug/cm2", "mm/s", "cm/s", "m/s", "mm/h", "cm/h", "Hz", "1/s", "/s", "/h", "1/h", "/cm2", "/cm²", "1/cm2",
    "g/mol", "Da",
    "degree", "degrees", "°", "rad", "L/h", "mL/min", "L/min", "mg/mL", "ug/mL", "g/L", "N/m", "mN/m", "kPa",
    "Pa", "mg/mm2",
)  # fmt: skip
_NOT_THOUSANDS = r"(?!\d*,\d{3}(?!\d))"  # which can be read in two ways
_NUMBER = r"(?:\d+(?:[.,]\d*)?|[.,]\d+)"
_WITH_EXPONENT = rf"[+-]?{_NUMBER}[eE][+-]?\d{{1,3}}"
_LETTERS = "A-Za-zµμ°%åäöÅÄÖ"
_POWERS = r"0-9²³^*/·-"
_WORD = rf"[{_LETTERS}][{_LETTERS}{_POWERS}]*"
_UNLISTED = rf"(?:[/{_LETTERS}]|1\s?/)[{_LETTERS}{_POWERS}]*(?:\s?(?:/|\*|·|per|\s)\s?{_WORD})*"


@cache
def write_quantity_pattern(unit: str, low: float, high: float, above: bool = False) -> str:
    """The pattern of a number from `low` to `high` in `unit`, or of as much in any other unit of its dimension.

    Bounds are inclusive; `above` leaves the lower one out where it is 0.
    """
    choices = []
    for factor, words in _group_spellings(unit).items():
        number = _write_range(Fraction(low) / factor, Fraction(high) / factor, above)
        choices.append(rf"{number}\s*(?:{'|'.join(map(re.escape, words))})")
    listed = "|".join(map(re.escape, _list_spellings()))
    known = "|".join(re.escape(word) for words in _group_spellings(unit).values() for word in words)
    choices.append(rf"{_WITH_EXPONENT}\s*(?:{known})")
    # A number ends where no digit follows, so that none is taken for a unit's.
    choices.append(rf"[+-]?{_NUMBER}(?:[eE][+-]?\d{{1,3}})?(?![\d.,])\s*(?!(?:{listed})\s*$){_UNLISTED}")
    if unit == "1":
        choices += [_write_range(Fraction(low), Fraction(high), above), _WITH_EXPONENT]
    return rf"^\s*{_NOT_THOUSANDS}(?:{'|'.join(choices)})\s*$"


@cache
def _list_spellings() -> tuple[str, ...]:
    """Every spelling that is looked at, the longest first."""
    usual = (word for words in USUAL.values() for word in words)
    return tuple(sorted({*_SPELLINGS, *usual, *list_unit_words()}, key=lambda word: (-len(word), word)))


@cache
def _group_spellings(unit: str) -> dict[Fraction, list[str]]:
    """The spellings of units of the dimension of `unit`, by what a number in them is multiplied by to be in it."""
    groups: dict[Fraction, list[str]] = {}
    for word in _list_spellings():
        factor = find_factor(word, unit)
        if factor is not None and factor > 0:
            groups.setdefault(factor, []).append(word)
    return groups


def _write_range(low: Fraction, high: Fraction, above: bool) -> str:
    """The pattern of a decimal number from `low` to `high`, without exponent.

    Of bounds below 0 nothing is asked, and what has more digits than a bound that never ends passes.
    """
    if low < 0:
        return rf"[+-]?{_NUMBER}"
    at_most = rf"(?={_write_bound(high, upper=True)}(?![\d.,]))"
    at_least = rf"(?={_write_bound(low, upper=False)}(?![\d.,]))" if low > 0 else ""
    more_than_none = r"(?=[\d.,]*[1-9])" if above and low == 0 else ""
    return rf"\+?{at_most}{at_least}{more_than_none}{_NUMBER}"


def _write_bound(bound: Fraction, upper: bool) -> str:
    """The pattern of decimal numbers up to a bound, or from it on."""
    whole, rest = divmod(bound, 1)
    digits, decimals = str(int(whole)), _write_decimals(Fraction(rest), upper)
    digits = "" if digits == "0" else digits
    other = _compare_digits(digits, upper)
    length = (
        rf"\d{{0,{len(digits) - 1}}}" if upper and digits else "" if upper else rf"[1-9]\d{{{len(digits)},}}"
    )
    wholes = [part for part in (length, *other) if part]
    any_decimals = r"(?:[.,]\d*)?"
    same = _compare_decimals(decimals, upper)
    choices = [rf"(?:{'|'.join(wholes)}){any_decimals}"] if wholes else []
    return rf"0*(?:{'|'.join([*choices, rf'{digits}{same}'])})"


def _write_decimals(rest: Fraction, upper: bool) -> str:
    """The decimals of a bound, without ending zeros; of one that never ends some, rounded so that nothing is lost."""
    most = 12
    scaled = rest * 10**most
    whole = scaled.numerator // scaled.denominator
    if upper and scaled != whole:
        whole += 1
    return str(min(whole, 10**most - 1)).rjust(most, "0").rstrip("0")


def _compare_digits(digits: str, upper: bool) -> list[str]:
    """Patterns of numbers with as many digits that are below the given ones, or above them."""
    patterns = []
    for place, digit in enumerate(digits):
        first = 1 if place == 0 else 0
        low, high = (first, int(digit) - 1) if upper else (int(digit) + 1, 9)
        if low <= high:
            patterns.append(rf"{digits[:place]}[{low}-{high}]\d{{{len(digits) - place - 1}}}")
    return patterns


def _compare_decimals(decimals: str, upper: bool) -> str:
    """The pattern of decimals up to the given ones, or from them on, with their sign."""
    parts = []
    for place, digit in enumerate(decimals):
        low, high = (0, int(digit) - 1) if upper else (int(digit) + 1, 9)
        if low <= high:
            parts.append(rf"{decimals[:place]}[{low}-{high}]\d*")
    parts.append(rf"{decimals}0*" if upper else rf"{decimals}\d*")
    if upper:
        parts += [decimals[:length] for length in range(len(decimals))]
        return rf"(?:[.,](?:{'|'.join(parts)}))?"
    return rf"[.,](?:{'|'.join(parts)})" if decimals else r"(?:[.,]\d*)?"
