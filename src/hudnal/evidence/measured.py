"""What a file of cases tells under `measured:`: one number, a range, a bound, a count, the highest, after a start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np

from hudnal.evidence.entries import choose, read_number, read_text_entry, read_whole_number, refuse_unknown
from hudnal.evidence.fault import CaseFault
from hudnal.evidence.scale import Scale
from hudnal.units import PERCENT

ENTRIES = ("value", "low", "high", "count", "highest", "n", "unit", "said", "start", "se", "sd", "spread")
SAID = ("count", "zero", "none_reported")
_NUMBERS = ("value", "low", "high", "highest")


@dataclass(frozen=True)
class Measured:
    """A figure as its source tells it. `value` is None where only a range is told: its middle stands for it."""

    value: float | None
    low: float
    high: float
    n: int | None
    error: float | None
    count: int | None
    is_named: bool
    is_highest: bool
    spread: str

    def find_middle(self, scale: Scale) -> float:
        """The value; the middle of the range on the scale where there is none, and of a bound its end."""
        if self.value is not None:
            return self.value
        if not isfinite(self.high) or not isfinite(self.low):
            return self.low if isfinite(self.low) else self.high
        ends = scale.to(np.array([self.low, self.high]))
        middle = (self.low + self.high) / 2
        return float(scale.back(ends.mean())) if np.isfinite(ends).all() else middle


def read_measured(entries: Mapping[str, Any]) -> Measured:
    """The figure that the entries under `measured:` tell. Raises CaseFault."""
    refuse_unknown(entries, ENTRIES)
    told = {word: read_number(word, entries[word]) for word in _NUMBERS if word in entries}
    count, n = read_whole_number(entries, "count", 0), read_whole_number(entries, "n", 1)
    if count is not None and (n is None or count > n):
        raise CaseFault("count", count=count)
    if "highest" in told and n is None:
        raise CaseFault("missing", entry="n")
    error = _read_standard_error(entries, n)
    if "start" in entries:
        start = read_number("start", entries["start"], above=0)
        told = {word: PERCENT * (number / start - 1) for word, number in told.items()}
        error = None if error is None else PERCENT * error / start
    value = told.get("value", told.get("highest"))
    if count is not None and n:
        value = count / n
    if value is None and not told:
        raise CaseFault("missing", entry="value")
    low, high = _find_ends(told, value)
    return Measured(
        value, low, high, n, error, count,
        is_named=choose("said", entries.get("said", "count"), SAID) != "none_reported",
        is_highest="highest" in told,
        spread=read_text_entry(entries, "spread", "range" if low < high else "not given"),
    )  # fmt: skip


def _find_ends(told: Mapping[str, float], value: float | None) -> tuple[float, float]:
    """Both ends: the value itself where none is told, infinity for the other where one is."""
    if value is not None and "low" not in told and "high" not in told:
        return value, value
    low, high = told.get("low", -inf), told.get("high", inf)
    if low > high or (value is not None and not low <= value <= high):
        shown = low if value is None else value
        raise CaseFault("outside", value=f"{shown:g}", low=f"{low:g}", high=f"{high:g}")
    return low, high


def _read_standard_error(entries: Mapping[str, Any], n: int | None) -> float | None:
    """Standard error of the mean, in the figure's unit; None where neither it nor a deviation and n are told."""
    if "se" in entries:
        return read_number("se", entries["se"], above=0)
    if "sd" in entries and n:
        return read_number("sd", entries["sd"], above=0) / n**0.5
    return None
