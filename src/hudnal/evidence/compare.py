"""Every case run and set beside its measurement: what such a study would report, and where the figure lies in that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any
from zlib import crc32

import numpy as np
from scipy.special import ndtri

from hudnal.evidence.case import Case, load_cases
from hudnal.evidence.study import Progress, read_off
from hudnal.parameters import Draws, Posterior
from hudnal.result.interval import HIGH, LOW, Interval, interval
from hudnal.store.files import header

_REPEATS = 16  # studies that are imagined of each draw
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # central intervals whose coverage is looked at
_ENOUGH = 3  # comparable studies that make a plain spread


@dataclass(frozen=True)
class Result:
    """A case and a forecast of the figure that such a study would report, as sorted samples in its unit."""

    case: Case
    samples: np.ndarray  # (sample,), without NaN

    @property
    def predicted(self) -> Interval:
        """Median and central 90 %."""
        return interval(self.samples)

    def covers(self, level: float) -> bool:
        """Whether the measured value, or some of the range that its source leaves open, lies in the central part."""
        if not self.samples.size:
            return False
        low, high = _ends(self.samples, (1 - level) / 2, (1 + level) / 2)
        return self.case.low <= high and self.case.high >= low

    @property
    def inside(self) -> bool:
        """Whether it lies in the central 90 %."""
        return self.covers(HIGH - LOW)

    @property
    def factor(self) -> float | None:
        """By how much the median is off, as a factor; None where that means nothing, as for a bound or a direction.

        Within a range it is 1. Of a change in % it is the factor between after over before.
        """
        median = self.predicted[0]
        ends = self.case.scale.to(np.array([self.case.low, self.case.high]))
        if median is None or not np.isfinite(ends).all():
            return None
        nearest = min(max(median, self.case.low), self.case.high) if self.case.is_range else self.case.value
        if self.case.scale.name == "change":
            one, other = 1 + median / 100, 1 + nearest / 100
        else:
            one, other = median, nearest
        if one <= 0 or other <= 0:
            return None
        return max(one / other, other / one)

    @property
    def place(self) -> float | None:
        """Share of the forecast below the measured value; None for a range."""
        if self.case.is_range or not self.samples.size:
            return None
        below = np.searchsorted(self.samples, self.case.value, "left")
        return float(
            (below + np.searchsorted(self.samples, self.case.value, "right")) / 2 / self.samples.size
        )

    @property
    def width(self) -> float | None:
        """Of the central 90 % on the case's scale; None where an end is not finite."""
        if not self.samples.size:
            return None
        low, high = _on_scale(self.case, np.array(_ends(self.samples, LOW, HIGH)))
        return float(high - low) if np.isfinite(low) and np.isfinite(high) else None


@dataclass(frozen=True)
class Score:
    """How the forecasts of some cases fared."""

    cases: int
    inside: int
    factor: float | None  # median
    coverage: tuple[float, ...]  # at LEVELS
    sharpness: float | None  # median width against the plain spread of comparable studies

    @property
    def share(self) -> float:
        """Of the cases that lie inside."""
        return self.inside / self.cases if self.cases else float("nan")


def run_cases(
    draws: int = 64,
    seed: int = 1,
    progress: Progress | None = None,
    cases: Sequence[Case] | None = None,
    belief: Posterior | str = "posterior",
    workers: int = 1,
) -> list[Result]:
    """Every case, in order, as the mean of such a study: model, differences between studies, chance."""
    cases = load_cases() if cases is None else cases
    values = read_off(cases, draws, seed, belief, progress, workers).values
    sample = Draws(draws, seed, belief)
    return [Result(case, reported(case, values[case.id], sample)) for case in cases]


def reported(case: Case, values: np.ndarray, draws: Draws) -> np.ndarray:
    """What a study would report where the model's mean is `values` (draw,): sorted samples in the case's unit."""
    rng = np.random.default_rng([draws.seed, crc32(case.id.encode())])
    size = draws.n * _REPEATS

    def noise() -> np.ndarray:
        return ndtri((rng.permutation(size) + 0.5) / size)

    between = np.repeat(draws[f"evidence.between_studies.{case.kind}"], _REPEATS)
    centre = np.repeat(case.scale.to(values), _REPEATS)
    with np.errstate(invalid="ignore"):
        found = centre + between * noise()
    if case.count is not None and case.n is not None:
        share = np.nan_to_num(case.scale.back(found))
        return np.sort(rng.binomial(case.n, share) / case.n)
    with np.errstate(invalid="ignore"):
        found = case.scale.back(found + np.repeat(standard_error(case, draws), _REPEATS) * noise())
    known = found[~np.isnan(found)]
    return np.sort(known) if known.size * 2 > found.size else known[:0]


def standard_error(case: Case, draws: Draws) -> np.ndarray:
    """Of the figure by chance, on the case's scale, (draw,)."""
    if case.single:
        return np.zeros(draws.n)
    if case.error is not None:
        return np.full(draws.n, case.error * case.scale.slope(case.value))
    return draws["evidence.between_people"] / sqrt(case.n or draws.value("evidence.unknown_number"))


def score(results: Sequence[Result], everything: Sequence[Result] | None = None) -> Score:
    """How `results` fared; comparable studies are looked for in `everything`."""
    factors = [f for r in results if (f := r.factor) is not None]
    plain = plain_spreads([r.case for r in (everything or results)])
    widths = [r.width / plain[r.case.alike] for r in results if r.case.alike in plain and r.width is not None]
    return Score(
        cases=len(results),
        inside=sum(r.inside for r in results),
        factor=float(np.median(factors)) if factors else None,
        coverage=tuple(float(np.mean([r.covers(level) for r in results])) for level in LEVELS),
        sharpness=float(np.median(widths)) if widths else None,
    )


def plain_spreads(cases: Sequence[Case]) -> dict[str, float]:
    """Width of the central 90 % of what comparable studies measured, on their scale, by what they have alike."""
    groups: dict[str, list[float]] = {}
    for case in cases:
        measured = float(_on_scale(case, np.array(case.value)))
        if case.alike and np.isfinite(measured):
            groups.setdefault(case.alike, []).append(measured)
    wide = float(ndtri(HIGH) - ndtri(LOW))
    # The spread of a few is uncertain: a forecast from them is wider by what their mean does not know.
    return {
        name: wide * float(np.std(found, ddof=1)) * sqrt(1 + 1 / len(found))
        for name, found in groups.items()
        if len(found) >= _ENOUGH
    }


def _on_scale(case: Case, values: np.ndarray) -> np.ndarray:
    """On the case's scale; a share of counted people by its empirical odds, which all or nobody leaves finite."""
    if case.count is not None and case.n is not None:
        values = (values * case.n + 0.5) / (case.n + 1)  # Haldane and Anscombe
    return case.scale.to(values)


def as_dict(results: Sequence[Result], prior: Sequence[Result] = ()) -> dict[str, Any]:
    """The table as plain data; `prior` are the same cases forecast by the tables alone."""
    before = {r.case.id: r for r in prior}

    return {
        **header("hudnal/evidence/1"),
        "inside": sum(r.inside for r in results),
        "cases": [
            {
                "id": r.case.id,
                "title": r.case.title,
                "role": r.case.role,
                "kind": r.case.kind,
                "fact": r.case.fact,
                "source": r.case.source,
                "measured": {
                    "value": r.case.value,
                    **dict(zip(("low", "high"), r.case.ends, strict=True)),
                    "n": r.case.n,
                },
                "unit": r.case.unit,
                "predicted": r.predicted.as_dict(),
                "prior": before[r.case.id].predicted.as_dict() if r.case.id in before else None,
                "inside": r.inside,
                "factor": r.factor,
                "cause": r.case.cause,
            }
            for r in results
        ],
    }


def _ends(samples: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Quantiles, without interpolating between a number and never."""
    found = np.quantile(samples, (low, high), method="inverted_cdf")
    return float(found[0]), float(found[1])
