"""How a median and its interval are told: in words, in a table, as a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hudnal.language import Words
from hudnal.language.numbers import NONE, choose_unit, format_number, format_unit
from hudnal.result.interval import Interval

Show = Callable[[float | None, str, int], str]  # of a number, a language, how many digits


def format_measured(
    value: float, ends: tuple[float | None, float | None], language: str, digits: int = 3
) -> str:
    """A measured value, the range that its source leaves, or the one end that it tells."""
    low, high = (format_number(x, language, digits) for x in ends)
    if ends[0] is None or ends[1] is None:
        return f"≤ {high}" if ends[0] is None else f"≥ {low}"
    middle = format_number(value, language, digits)
    return middle if ends[0] == ends[1] else f"{middle} ({low} – {high})"


def format_span(low: float | None, high: float | None, words: Words, digits: int = 2) -> str:
    """Both ends of a range in words: "3.0 to 5.0"."""
    below, above = (format_number(end, words.language, digits) for end in (low, high))
    return words("words.interval", low=below, high=above)


def format_interval(interval: Interval, words: Words, unit: str = "", digits: int = 2) -> str:
    """Median, its unit as it stands, and the central 90 % in words: "4.0 mm (3.0 to 5.0)"."""
    median = format_number(interval.median, words.language, digits)
    return f"{median}{unit} ({format_span(interval.low, interval.high, words, digits)})"


def format_row(label: str, entry: Mapping[str, Any], words: Words) -> str:
    """A quantity of a file (median, low, high, unit) as a line: "Dose: 2.00 µg/cm² (1.00 to 3.00)".

    In the unit that suits the median: 34 mN and not 0.034 N.
    """
    told, factor = choose_unit(entry["median"], entry["unit"])
    unit = format_unit(told, words)
    ends = (entry[part] for part in Interval._fields)
    interval = Interval(*(None if end is None else factor * end for end in ends))
    return f"{label}: {format_interval(interval, words, f' {unit}' if unit else '', 3)}"


def format_cell(interval: Interval, language: str, digits: int = 2, show: Show = format_number) -> str:
    """Median and central 90 % as they stand in a table: "4.0 (3.0 – 5.0)"; a dash where there is no median."""
    if interval.median is None:
        return NONE
    median, low, high = (show(value, language, digits) for value in interval)
    return f"{median} ({low} – {high})"
