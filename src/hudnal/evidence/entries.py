"""Entries of a file of cases, one at a time: what is wrong with one is told with its name, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from hudnal.evidence.fault import CaseFault
from hudnal.language import show_text
from hudnal.treatment.units import UnreadableQuantity, read_quantity

LONGEST_TEXT = 1000  # characters
_LARGEST = 1e15  # of a number that is measured


def read_text_entry(entries: Mapping[str, Any], word: str, missing: str | None = None) -> str:
    """The text under `word`, or a number as it stands there; `missing` where there is none. Raises CaseFault."""
    if word not in entries and missing is not None:
        return missing
    value = entries[word]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CaseFault("no_text", entry=word, value=value)
    text = str(value).strip()
    if not text or len(text) > LONGEST_TEXT or show_text(text) != text:
        raise CaseFault("unfit_text", entry=word, value=value, most=LONGEST_TEXT)
    return text


def read_number(word: str, value: Any, above: float | None = None) -> float:
    """A finite number, above `above` where that is told. Raises CaseFault."""
    try:
        number = float("nan" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError) as fault:
        raise CaseFault("no_number", entry=word, value=value) from fault
    if not isfinite(number) or abs(number) > _LARGEST:
        raise CaseFault("no_number", entry=word, value=value)
    if above is not None and number <= above:
        raise CaseFault("too_small", entry=word, value=value, above=f"{above:g}")
    return number


def read_whole_number(entries: Mapping[str, Any], word: str, least: int) -> int | None:
    """The whole number under `word`, `least` or more; None where there is none. Raises CaseFault."""
    value = entries.get(word)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LARGEST:
        raise CaseFault("no_whole_number", entry=word, value=value, least=least)
    return value


def read_entries(entries: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    """The entries that stand under `word`. Raises CaseFault where there is something else."""
    if not isinstance(entries[word], dict):
        raise CaseFault("not_entries", entry=word)
    return entries[word]


def read_time_entry(entries: Mapping[str, Any], word: str) -> str:
    """The time under `word`, such as `30 day`, or `start`. Raises CaseFault."""
    text = read_text_entry(entries, word)
    try:
        if text != "start":
            read_quantity(text, "h", "24 h")
    except UnreadableQuantity as fault:
        raise CaseFault("unreadable_time", what=dict(entries), problem=fault) from fault
    return text


def choose(word: str, value: object, known: tuple[str, ...]) -> str:
    """`value` where it is one of those that are known. Raises CaseFault."""
    if not isinstance(value, str) or value not in known:
        raise CaseFault(f"unknown_{word}", value=value, known=", ".join(known))
    return value


def refuse_unknown(entries: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Raise CaseFault for an entry that nothing would read, such as one misspelt."""
    unknown = [word for word in entries if word not in known]
    if unknown:
        raise CaseFault("unknown_entry", entry=unknown[0], known=", ".join(known))
