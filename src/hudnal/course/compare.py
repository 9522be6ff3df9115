"""Treatments side by side: the same draws in each, so that the difference has an interval of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hudnal import __version__
from hudnal.course.course import Course
from hudnal.course.interval import Interval, interval
from hudnal.course.quantities import CONTRACT, meta
from hudnal.language import say


@dataclass(frozen=True)
class Row:
    """One quantity of every treatment, and its difference to the first one's."""

    name: str
    unit: str
    values: tuple[Interval, ...]
    differences: tuple[Interval, ...]


@dataclass(frozen=True)
class Comparison:
    """Several courses by quantity."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    draws: int
    seed: int

    def difference(self, quantity: str, treatment: str) -> Interval:
        """By how much a quantity of `treatment` exceeds the first one's: median, low, high.

        Raises KeyError for a quantity that none of them has, and for a name that is not among the others.
        """
        row = next((row for row in self.rows if row.name == quantity), None)
        if row is None:
            raise KeyError(f"no quantity '{quantity}'; there are {', '.join(r.name for r in self.rows)}")
        if treatment not in self.names[1:]:
            raise KeyError(f"'{treatment}' is not among {', '.join(self.names[1:])}")
        return row.differences[self.names.index(treatment) - 1]

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """The comparison as plain data."""

        def entry(found: Interval) -> dict[str, float | None]:
            return dict(zip(("median", "low", "high"), found, strict=True))

        return {
            "schema": "hudnal/comparison/1",
            "version": __version__,
            "notice": say("notice", language),
            "treatments": list(self.names),
            "draws": self.draws,
            "seed": self.seed,
            "quantities": {
                row.name: {
                    "unit": row.unit,
                    "values": [entry(v) for v in row.values],
                    "differences_to_first": [entry(v) for v in row.differences],
                }
                for row in self.rows
            },
        }


def compare(names: list[str], courses: list[Course]) -> Comparison:
    """Put courses side by side. Raises ValueError when they do not share their draws."""
    first = courses[0]
    if any((c.draws, c.seed) != (first.draws, first.seed) for c in courses):
        raise ValueError("courses that are compared need the same draws and the same seed")
    known = dict.fromkeys([*CONTRACT, *(q for c in courses for q in c.quantities)])
    nan = np.full(first.draws, np.nan)
    rows = []
    for name in known:
        values = [c.quantities.get(name, nan) for c in courses]
        if all(interval(v)[0] is None for v in values):
            continue
        with np.errstate(invalid="ignore"):
            differences = [v - values[0] for v in values[1:]]
        rows.append(
            Row(
                name,
                meta(name)[0],
                tuple(interval(v) for v in values),
                tuple(interval(d) for d in differences),
            )
        )
    return Comparison(tuple(names), tuple(rows), first.draws, first.seed)
