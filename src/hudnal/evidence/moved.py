"""What moved since a release before: the figures of a table that it left beside those of now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hudnal.evidence.case import Case
from hudnal.evidence.fault import CaseFault
from hudnal.evidence.forecast import Forecast

SCHEMAS = ("hudnal/evidence/1", "hudnal/evidence/2")
_MOVED = 0.1  # on the scale of a case: from there on a median has moved (10 %)


@dataclass(frozen=True)
class Before:
    """A table of forecasts that an earlier release left."""

    version: str
    medians: Mapping[str, float | None]
    inside: Mapping[str, bool]


@dataclass(frozen=True)
class Shift:
    """A figure whose forecast moved: its medians before and now, and whether it lay inside."""

    case: Case
    was: float | None
    now: float | None
    was_inside: bool
    is_inside: bool
    by: float  # on the case's scale; infinite where one of the two is not known


@dataclass(frozen=True)
class Moved:
    """All that moved since an earlier release."""

    version: str
    compared: int
    new: int
    gone: int
    gained: int  # inside now, and not then
    lost: int
    shifts: tuple[Shift, ...]  # those that crossed the line first, then by how far their medians moved

    @property
    def moved(self) -> int:
        """How many figures have a median that moved."""
        return sum(abs(one.by) >= _MOVED for one in self.shifts)


def read_before(path: Path) -> Before:
    """The table in an `evidence.json` of an earlier release. Raises CaseFault for another file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise CaseFault("in_file", file=path, problem=fault.strerror or fault) from fault
    except ValueError as fault:  # no text, or no JSON
        raise CaseFault("in_file", file=path, problem=CaseFault("no_table")) from fault
    try:
        if data["schema"] not in SCHEMAS:
            raise KeyError("schema")
        medians = {str(c["id"]): _read_median(c["predicted"]["median"]) for c in data["cases"]}
        return Before(str(data["version"]), medians, {str(c["id"]): bool(c["inside"]) for c in data["cases"]})
    except (KeyError, TypeError, ValueError) as fault:
        raise CaseFault("in_file", file=path, problem=CaseFault("no_table")) from fault


def _read_median(value: Any) -> float | None:
    return None if value is None else float(value)


def compare_with_before(forecasts: Sequence[Forecast], before: Before) -> Moved:
    """What moved of the cases that both have; those that did not move at all are left out."""
    shifts = [
        Shift(
            one.case, before.medians[one.case.id], one.predicted.median, before.inside[one.case.id], one.inside,
            _measure_shift(one.case, before.medians[one.case.id], one.predicted.median),
        )
        for one in forecasts
        if one.case.id in before.medians
    ]  # fmt: skip
    ids = {one.case.id for one in forecasts}
    shown = [s for s in shifts if s.was_inside != s.is_inside or abs(s.by) >= _MOVED]
    return Moved(
        version=before.version,
        compared=len(shifts),
        new=len(ids - before.medians.keys()),
        gone=len(before.medians.keys() - ids),
        gained=sum(s.is_inside and not s.was_inside for s in shifts),
        lost=sum(s.was_inside and not s.is_inside for s in shifts),
        shifts=tuple(sorted(shown, key=lambda s: (s.was_inside == s.is_inside, -abs(s.by)))),
    )


def _measure_shift(case: Case, was: float | None, now: float | None) -> float:
    """How far a median moved on the case's scale; infinite where it became known or unknown."""
    if was is None or now is None:
        return 0.0 if was is now else float("inf")
    one, other = case.scale.to(np.array([was, now]))
    if not np.isfinite(one) or not np.isfinite(other):
        return 0.0 if one == other else float("inf")
    return float(other - one)
