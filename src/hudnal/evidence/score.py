"""How the forecasts fared: how many figures lie inside, how far off, and how sharp beside comparable studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt
from typing import Any, get_args

import numpy as np
from scipy.special import ndtri

from hudnal.evidence.case import Case, Role
from hudnal.evidence.forecast import Forecast, on_scale_of
from hudnal.evidence.rival import find_duels, score_logarithm
from hudnal.result.interval import HIGH, LOW
from hudnal.store.files import make_header

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # central intervals whose coverage is looked at
HALF, FOUR_FIFTHS = LEVELS.index(0.5), LEVELS.index(0.8)
_ENOUGH = 3  # comparable studies that make a plain spread


@dataclass(frozen=True)
class Score:
    """How the forecasts of some cases fared."""

    cases: int
    sources: int
    inside: int
    by_source: float  # share inside, each source counting as much as another; NaN without cases
    factor: float | None  # median
    coverage: tuple[float, ...]  # at LEVELS, of what is no bound; NaN where there is nothing else
    sharpness: float | None  # median width against the plain spread of comparable studies
    sided: int  # pairs whose arms were measured to differ
    on_side: int  # of them, those whose forecast says the same arm

    @property
    def share(self) -> float:
        """Share of the cases that lie inside; NaN where there are none."""
        return self.inside / self.cases if self.cases else float("nan")


def score_forecasts(forecasts: Sequence[Forecast], everything: Sequence[Forecast] | None = None) -> Score:
    """How `forecasts` fared; comparable studies are looked for in `everything`."""
    factors = [f for r in forecasts if (f := r.factor) is not None]
    plain = plain_spreads([r.case for r in (everything or forecasts)])
    widths = [
        r.width / plain[r.case.alike] for r in forecasts if r.case.alike in plain and r.width is not None
    ]
    by_source: dict[str, list[bool]] = {}
    for one in forecasts:
        by_source.setdefault(one.case.source, []).append(one.inside)
    sides = [side for r in forecasts if (side := agrees_in_side(r)) is not None]
    return Score(
        cases=len(forecasts),
        sources=len(by_source),
        inside=sum(r.inside for r in forecasts),
        by_source=_mean_or_nan([float(np.mean(these)) for these in by_source.values()]),
        factor=float(np.median(factors)) if factors else None,
        coverage=tuple(
            _mean_or_nan([r.cover(level) for r in forecasts if not r.case.is_bound]) for level in LEVELS
        ),
        sharpness=float(np.median(widths)) if widths else None,
        sided=len(sides),
        on_side=sum(sides),
    )


def _mean_or_nan(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def agrees_in_side(forecast: Forecast) -> bool | None:
    """Whether the forecast of a pair has the same arm in front as was measured; None for what has none in front."""
    case, neutral = forecast.case, forecast.case.neutral
    if neutral is None or case.low < neutral < case.high or case.low == neutral == case.high:
        return None
    median = forecast.predicted.median
    above = case.value > neutral or (case.value == neutral and case.high > neutral)
    return median is not None and (median > neutral if above else median < neutral)


def plain_spreads(cases: Sequence[Case]) -> dict[str, float]:
    """Width of the central 90 % of what comparable studies measured, on their scale, by what they have alike."""
    groups: dict[str, list[float]] = {}
    for case in cases:
        measured = float(on_scale_of(case, np.array(case.value)))
        if case.alike and np.isfinite(measured):
            groups.setdefault(case.alike, []).append(measured)
    wide = float(ndtri(HIGH) - ndtri(LOW))
    # The spread of a few is uncertain: a forecast from them is wider by what their mean does not know.
    return {
        name: wide * float(np.std(values, ddof=1)) * sqrt(1 + 1 / len(values))
        for name, values in groups.items()
        if len(values) >= _ENOUGH
    }


def tabulate_forecasts(forecasts: Sequence[Forecast], prior: Sequence[Forecast] = ()) -> dict[str, Any]:
    """The table `evidence.json` as plain data; `prior` are the same cases forecast by the tables alone."""
    before = {r.case.id: r for r in prior}
    return {
        **make_header("hudnal/evidence/2"),
        "inside": sum(r.inside for r in forecasts),
        "scores": {
            role: _tabulate_score(score_forecasts(these, forecasts))
            for role in get_args(Role)
            if (these := [r for r in forecasts if r.case.role == role])
        },
        "groups": [
            {**duel.group._asdict(), "figures": duel.figures, "model": duel.model, "plain_spread": duel.rival}
            for duel in find_duels(forecasts)
        ],
        "cases": [_tabulate_forecast(r, before.get(r.case.id)) for r in forecasts],
    }


def _tabulate_score(score: Score) -> dict[str, Any]:
    shares = {
        "by_source": score.by_source,
        "in_half": score.coverage[HALF],
        "in_four_fifths": score.coverage[FOUR_FIFTHS],
    }
    return {
        "cases": score.cases,
        "sources": score.sources,
        "inside": score.inside,
        **{name: None if isnan(share) else share for name, share in shares.items()},
        "factor": score.factor,
        "pairs": score.sided,
        "on_measured_side": score.on_side,
    }


def _tabulate_forecast(forecast: Forecast, before: Forecast | None) -> dict[str, Any]:
    case = forecast.case
    return {
        "id": case.id,
        "title": case.title,
        "role": case.role,
        "kind": case.kind,
        "form": case.form,
        "fact": case.fact,
        "source": case.source,
        "measured": {
            "value": case.value,
            **dict(zip(("low", "high"), case.ends, strict=True)),
            "n": case.n,
        },
        "unit": case.unit,
        "predicted": forecast.predicted.as_dict(),
        "prior": before.predicted.as_dict() if before else None,
        "inside": forecast.inside,
        "factor": forecast.factor,
        "log_score": score_logarithm(forecast),
        "cause": case.cause,
    }
