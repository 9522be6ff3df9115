"""Every case run and set beside its measurement: a table, a plot, a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hudnal.course.interval import Interval, interval
from hudnal.course.simulate import simulate
from hudnal.evidence.case import Case, load_cases
from hudnal.evidence.observation import observed
from hudnal.language import say


@dataclass(frozen=True)
class Result:
    """A case and what the model says: median and central 90 % over draws."""

    case: Case
    predicted: Interval

    @property
    def inside(self) -> bool:
        """Whether the measured value, or some of the range that its source leaves open, lies in the interval."""
        _, low, high = self.predicted
        if low is None:
            return False
        return self.case.low <= (np.inf if high is None else high) and self.case.high >= low

    @property
    def factor(self) -> float | None:
        """By how much the median is off, as a factor; None where that means nothing."""
        median = self.predicted[0]
        if median is None or median <= 0 or self.case.value <= 0:
            return None
        return max(median / self.case.value, self.case.value / median)


def run_cases(
    draws: int = 64,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
    cases: tuple[Case, ...] | None = None,
) -> list[Result]:
    """Every case, in order. A study that several cases share is simulated once."""
    cases = load_cases() if cases is None else cases
    studies: dict[str, list[Case]] = {}
    for case in cases:
        for study in (case.study, case.than):
            if study is not None:
                studies.setdefault(json.dumps(study, sort_keys=True), []).append(case)
    seen: dict[str, list[np.ndarray]] = {case.id: [] for case in cases}
    for i, (study, members) in enumerate(studies.items()):
        course = simulate(json.loads(study), draws, seed)
        for case in members:
            values = observed(course, case.observe)
            # The study itself comes first, what it is set against second.
            place = 0 if json.dumps(case.study, sort_keys=True) == study else len(seen[case.id])
            seen[case.id].insert(place, values)
        if progress:
            progress((i + 1) / len(studies))
    return [Result(case, interval(_set_against(case, seen[case.id]))) for case in cases]


def _set_against(case: Case, values: list[np.ndarray]) -> np.ndarray:
    """The study's values, or what they are against the second study's in the same draws, (draw,)."""
    if case.than is None:
        return values[0]
    return values[0] - values[1] if case.how == "difference" else values[0] / values[1]


def as_dict(results: list[Result]) -> dict[str, Any]:
    """The table as plain data."""
    return {
        "schema": "hudnal/evidence/1",
        "notice": say("notice", "en"),
        "inside": sum(r.inside for r in results),
        "cases": [
            {
                "id": r.case.id,
                "title": r.case.title,
                "role": r.case.role,
                "fact": r.case.fact,
                "source": r.case.source,
                "measured": {"value": r.case.value, "low": r.case.low, "high": r.case.high, "n": r.case.n},
                "unit": r.case.unit,
                "predicted": dict(zip(("median", "low", "high"), r.predicted, strict=True)),
                "inside": r.inside,
                "cause": r.case.cause,
            }
            for r in results
        ],
    }
