"""Slips of the pen that YAML refuses in words of its own, or takes for something else."""

from __future__ import annotations

import re
from typing import Any

from hudnal.treatment.fault import Fault, FilePlace

_DASHES = re.compile(r"\s*[–—•]\s")  # what word processors make of a hyphen
_TAB = re.compile(r"\s*\t")
_WHOLE = re.compile(r"[+-]?\d+")
_DECIMALS = re.compile(r"\d+(?:\s*[^\d\s].*)?")  # the rest of a number after its comma, with its unit


def find_slip(text: str, line: int | None) -> Fault | None:
    """The slip for which YAML could not read the text at that line, from 1, or just above it; None for no known one."""
    lines = text.splitlines()
    near = range(max(1, (line or 1) - 1), min(len(lines), (line or 1) + 1) + 1)
    for number in near:
        if _TAB.match(lines[number - 1]):
            return Fault("tab", line=number)
        if _DASHES.match(lines[number - 1]):
            return Fault("long_dash", line=number)
    return None


def mend_commas(data: Any, faults: list[Fault], lines: dict[FilePlace, int], path: FilePlace = ()) -> None:
    """Put numbers together again that YAML cut at their decimal comma, and note a fault for each.

    Within braces `{depth: 1,5 mm}` is an entry `depth` of 1 and an empty one with the name `5 mm`.
    """
    if isinstance(data, list):
        for place, child in enumerate(data):
            mend_commas(child, faults, lines, (*path, place))
    if not isinstance(data, dict):
        return
    before: str | None = None
    for key in list(data):
        if before is not None and data[key] is None and _DECIMALS.fullmatch(key) and _is_whole(data[before]):
            whole = f"{data[before]},{key}"
            here = (*path, before)
            faults.append(
                Fault(
                    "decimal_comma", here, lines.get(here), {"value": whole, "right": whole.replace(",", ".")}
                )
            )
            data[before] = whole
            del data[key]
            continue
        mend_commas(data[key], faults, lines, (*path, key))
        before = key


def _is_whole(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, str) and _WHOLE.fullmatch(value.strip()) is not None)
