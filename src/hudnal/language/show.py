"""Text of a file, a name or a machine made fit to stand in a line: it can neither end the line nor steer a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from unicodedata import category

LONGEST = 60  # characters of what a file calls something
_LONGEST_ENTRIES = 200  # of what stands under it
_LONGEST_NUMBER = 10_000  # bits
# Controls, line and paragraph ends, marks that turn the direction of reading, halves of characters.
_UNFIT = {"Cc", "Zl", "Zp", "Cs"}
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# Values that come out of a file as they stand there; lists of what is possible and sentences are not cut.
_OF_FILES = frozenset({"case", "entry", "kind", "missing", "name", "tag", "unit", "value", "word"})


def show_text(text: object, longest: int | None = None) -> str:
    """`text` with control characters written out, such as `\\x1b`; cut to `longest` characters where that is told."""
    # Python writes no number of more than 4300 digits with base 10.
    shown = hex(text) if isinstance(text, int) and text.bit_length() > _LONGEST_NUMBER else str(text)
    if longest is not None and len(shown) > longest:
        shown = f"{shown[: longest - 1]}…"
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(_show_character(one) for one in shown)


def _show_character(one: str) -> str:
    if category(one) in _UNFIT or one in _TURNING:
        return one.encode("unicode_escape").decode("ascii")
    return one


def show_values(values: Mapping[str, object]) -> dict[str, object]:
    """What fills a text about a fault: what a file calls something is cut, sentences and lists are not."""
    return {
        name: show_text(value, LONGEST)
        if name in _OF_FILES and not isinstance(value, float)
        else _show_value(value)
        for name, value in values.items()
    }


def show_lines(values: Mapping[str, object]) -> dict[str, object]:
    """What fills a text, nothing of it cut."""
    return {name: _show_value(value) for name, value in values.items()}


def _show_value(value: object) -> object:
    if isinstance(value, str | PurePath | BaseException):
        return show_text(value)
    return show_text(value, _LONGEST_ENTRIES) if isinstance(value, Mapping | list | tuple) else value
