"""Quantities with their unit, in any reasonable spelling: "60 min", "1 h", "1.5mm", "0,15 g/cm2", "8 veckor"."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from math import isfinite
from typing import Any

from hudnal.language import HudnalError

NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?"
_QUANTITY = re.compile(rf"\s*({NUMBER})\s*((?:(?<=\s)1\s*/|[^\d\s]).{{0,40}})?\s*")
_BETWEEN = r"(?:-|–|—|\bto\b|\btill\b|\.\.\.?)"
_RANGE = re.compile(rf"\s*{NUMBER}\s*[^\d\s,.;-]{{0,12}}\s*{_BETWEEN}\s*{NUMBER}(?:\s*[^\d\s-].{{0,40}})?\s*")
_UNIT_WORD = r"[A-Za-zµμ°%åäöÅÄÖ]+"
# Words and powers joined by * / or a space: all that a unit may be, so that nothing else reaches the parser.
_RAISED = r"(?:\s*(?:\^|\*\*)?\s*-?[1-4])?"
_UNIT = re.compile(rf"(?:1|{_UNIT_WORD}){_RAISED}(?:\s*(?:[*/·]|per|\s)\s*{_UNIT_WORD}{_RAISED}){{0,4}}")
_POWER = re.compile(r"(?<=[A-Za-zµμ°%åäöÅÄÖ])\s*(?:\^|\*\*)?\s*(-?[1-4])")

# Spellings that people use and the unit library has not, or has for something else.
_WORDS = {
    "y": "year", "yr": "year", "yrs": "year", "år": "year", "ar": "year", "åring": "year",
    "month": "month", "mo": "month", "månad": "month", "månader": "month", "manad": "month", "manader": "month",
    "wk": "week", "wks": "week", "w": "week", "vecka": "week", "veckor": "week", "v": "week",
    "d": "day", "dag": "day", "dagar": "day", "dygn": "day",
    "h": "hour", "hr": "hour", "hrs": "hour", "tim": "hour", "timme": "hour", "timmar": "hour",
    "min": "minute", "mins": "minute", "minut": "minute", "minuter": "minute",
    "s": "second", "sec": "second", "secs": "second", "sek": "second", "sekund": "second", "sekunder": "second",
    "um": "micrometer", "µm": "micrometer", "μm": "micrometer", "micron": "micrometer", "mikrometer": "micrometer",
    "cc": "milliliter", "kvadratcentimeter": "cm**2", "newton": "newton", "deg": "degree", "grad": "degree",
    "grader": "degree", "rpm": "1/minute", "varv": "1", "%": "percent", "procent": "percent", "pct": "percent",
}  # fmt: skip


# What most files say, by the unit that is wanted: known without the unit library, which takes a while to load.
USUAL = {
    "1": {"%": Fraction(1, 100)},
    "mm": {"um": Fraction(1, 1000), "µm": Fraction(1, 1000), "mm": Fraction(1), "cm": Fraction(10)},
    "h": {
        "s": Fraction(1, 3600), "min": Fraction(1, 60), "h": Fraction(1), "day": Fraction(24), "week": Fraction(168),
        "year": Fraction(8766),
    },
    "week": {"day": Fraction(1, 7), "week": Fraction(1), "year": Fraction(8766, 168)},
    "year": {"year": Fraction(1)}, "N": {"N": Fraction(1), "mN": Fraction(1, 1000)},
    "mm/s": {"mm/s": Fraction(1), "cm/s": Fraction(10)}, "kg": {"kg": Fraction(1)}, "%": {"%": Fraction(1)},
    "cm2": {"cm2": Fraction(1), "cm²": Fraction(1), "mm2": Fraction(1, 100)}, "1/s": {"Hz": Fraction(1)},
    "1/cm2": {"/cm2": Fraction(1)}, "mL": {"mL": Fraction(1), "ml": Fraction(1)}, "degree": {"degree": Fraction(1)},
    "mg/cm2": {"mg/cm2": Fraction(1), "g/cm2": Fraction(1000)}, "g": {"g": Fraction(1), "mg": Fraction(1, 1000)},
}  # fmt: skip
_GRAVITY = 9.80665  # m/s2, by convention (standard gravity)
_MG_PER_G = 1000
_SYMBOL = 3  # letters; longer words are names


class UnreadableQuantity(HudnalError, ValueError):
    """A text that is no quantity of the wanted dimension."""


@cache
def _load_registry() -> Any:
    import pint

    # Whole fractions: 350 um and 0.35 mm are the same number to the last bit.
    number: Any = Fraction  # a type that the library takes, though its annotation says float
    return pint.UnitRegistry(cache_folder=None, non_int_type=number)


def read_quantity(value: object, unit: str, example: str) -> float:
    """`value` in `unit`. Raises UnreadableQuantity when it is not a text with a number and a fitting unit."""
    if isinstance(value, bool) or value is None or not isinstance(value, (str, int, float)):
        raise UnreadableQuantity("not_a_quantity", example=example)
    if not isinstance(value, str):
        if unit != "1":
            raise UnreadableQuantity("no_unit", value=value, example=example)
        if isinstance(value, float) and not isfinite(value):
            raise UnreadableQuantity("not_finite", example=example)
        return _round_to_float(Fraction(value), example)
    match = _QUANTITY.fullmatch(value)
    if match is None:
        raise _describe_unreadable(value, "not_a_quantity", example=example)
    number, spelled = match[1], (match[2] or "").strip()
    if re.search(r"\d,\d{3}(?!\d)", number):
        raise UnreadableQuantity("thousands", value=number, example=example)
    amount = Fraction(number.replace(",", "."))
    if not spelled:
        if unit == "1":
            return _round_to_float(amount, example)
        raise UnreadableQuantity("no_unit", value=value.strip(), example=example)
    try:
        return _round_to_float(amount * _find_factor(spelled, unit), example)
    except _NoUnit:
        raise _describe_unreadable(value, "unknown_unit", unit=spelled, example=example) from None
    except _OtherDimension:
        if unit == "N" and (mass := _find_amount(value, "kg")) is not None:
            weight = f"{mass * _GRAVITY:.3g} N"
            raise UnreadableQuantity("mass_as_force", value=value.strip(), right=weight) from None
        values = {"value": value.strip(), "example": example, "wanted": unit}
        raise UnreadableQuantity("wrong_dimension", **values) from None


def _describe_unreadable(value: str, key: str, **values: object) -> UnreadableQuantity:
    """What is wrong with a text that is no quantity: that it is two, or what `key` says."""
    if is_range(value):
        return UnreadableQuantity("range", value=value.strip(), example=values["example"])
    return UnreadableQuantity(key, **values)


def is_range(text: str) -> bool:
    """Whether it is two numbers with what says "from one to the other" between them: "0.5-1.5 mm", "4 to 6 weeks"."""
    return _RANGE.fullmatch(text) is not None


def spread_over(text: object, area: object) -> str | None:
    """What a mass or volume is on an area, as a file would give it: "3 mL" on "250 cm2" is "12 mg/cm2".

    A millilitre is taken as a gram. None where one of both is none.
    """
    mass, volume, square = (_find_amount(*given) for given in ((text, "g"), (text, "mL"), (area, "cm2")))
    grams = volume if mass is None else mass
    return None if grams is None or not square else f"{_MG_PER_G * grams / square:.3g} mg/cm2"


def _find_amount(text: object, unit: str) -> float | None:
    """The text in that unit; None where it is no quantity of that dimension."""
    try:
        return read_quantity(text, unit, "")
    except UnreadableQuantity:
        return None


class _NoUnit(ValueError):
    """A text that names no unit."""


class _OtherDimension(ValueError):
    """A unit of something else."""


def _round_to_float(amount: Fraction, example: str) -> float:
    """The nearest float. Raises UnreadableQuantity where there is none."""
    try:
        return float(amount)
    except OverflowError:
        raise UnreadableQuantity("not_finite", example=example) from None


def _normalise_unit(spelled: str) -> str:
    text = spelled.replace("²", "2").replace("³", "3").replace("·", "*").replace(" per ", "/")
    text = _POWER.sub(r"**\1", text)
    return re.sub(_UNIT_WORD, lambda m: _normalise_word(m[0]), text)


def _normalise_word(word: str) -> str:
    """One unit's word as the library has it. Case matters in short ones (mm, MPa), not in written-out ones."""
    if word in _WORDS:
        return _WORDS[word]
    if len(word) > _SYMBOL:
        return _WORDS.get(word.lower(), word.lower())
    return word


def _find_factor(spelled: str, unit: str) -> Fraction:
    """What a number in the unit `spelled` is multiplied by to be in `unit`. Raises _NoUnit and _OtherDimension."""
    usual = USUAL.get(unit, {}).get(spelled)
    return ask_for_factor(spelled, unit) if usual is None else usual


def find_factor(spelled: str, unit: str) -> Fraction | None:
    """What a number in the unit `spelled` is multiplied by to be in `unit`; None for another dimension, or no unit."""
    try:
        return _find_factor(spelled, unit)
    except (_NoUnit, _OtherDimension):
        return None


def list_unit_words() -> list[str]:
    """The spellings of units that people use, in both languages."""
    return list(_WORDS)


@cache
def ask_for_factor(spelled: str, unit: str) -> Fraction:
    """The same, asked of the unit library.

    Raises _NoUnit for what is no unit, or one that numbers are not multiples of (degrees Celsius, decibel), and
    _OtherDimension.
    """
    plain = spelled.replace("²", "2").replace("³", "3")
    if re.match(r"(?:holes?|columns?|needles?|hål|kolonner|st)?\s*(?:/|per\s)", plain, re.IGNORECASE):
        # What is counted has no unit: "100 holes/cm2", "100 /cm2", "100 per cm2".
        plain = "1/" + re.split(r"/|per\s", plain, maxsplit=1)[1].strip()
    if not _UNIT.fullmatch(plain):
        raise _NoUnit(spelled)
    registry = _load_registry()
    wanted = registry.parse_units("dimensionless" if unit == "1" else _normalise_unit(unit))
    try:
        given = registry.parse_units(_normalise_unit(plain))
        one, two = (registry.Quantity(Fraction(n), given).to_base_units() for n in (1, 2))
    except Exception as fault:  # of whatever kind the unit library meets in a text that is no unit
        raise _NoUnit(spelled) from fault
    if not isinstance(one.magnitude, (Fraction, int)) or two.magnitude != 2 * one.magnitude:
        raise _NoUnit(spelled)
    if given.dimensionality != wanted.dimensionality:
        raise _OtherDimension(spelled)
    return Fraction(one.to(wanted).magnitude)


class BadTimes(HudnalError, ValueError):
    """A text that is no list of times, or no single one."""

    head = "cli"


def read_times(text: str) -> tuple[float, ...]:
    """Hours of a list such as "1 day, 4 week". Raises BadTimes."""
    try:
        return tuple(read_quantity(part.strip(), "h", "24 h") for part in text.split(",") if part.strip())
    except UnreadableQuantity as fault:
        raise BadTimes("times_form", value=text) from fault


def read_time(text: str, most: float) -> float:
    """Hours of one time, above 0 and up to `most`. Raises BadTimes."""
    times = read_times(text)
    if len(times) != 1 or not 0 < times[0] <= most:
        raise BadTimes("deliver_for", value=text)
    return times[0]
