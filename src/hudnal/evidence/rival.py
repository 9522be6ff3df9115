"""A score that no wide interval wins: what a forecast gave to what came out, beside the plain spread of other studies.

The score is the logarithm of the probability (of a count, of a range) or of the density on the case's scale (of a
number) that the forecast had for what was measured. Its rival knows no model: it has what other sources measured of the
same thing, and says that the next one is drawn as they were (Student's t, with what so few leave open).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from hudnal.arrays import Array, Float
from hudnal.evidence.case import Case
from hudnal.evidence.forecast import Forecast, on_scale_of

LEAST_OTHERS = 3  # figures of other sources that make a plain spread
LEAST_FIGURES = 3  # of a group, for a median that says anything
_SAMPLES = 1024  # of the plain spread
_SAME = 1e-9
_NARROWEST = (
    0.05  # standard deviation of a plain spread, on the scale: sources do not agree to less by more than luck
)
_FAR = 20.0  # on the scale: over which what no sample came near is spread
_BANDWIDTH = 0.9  # Silverman's, times the smaller of deviation and quartiles
_QUARTILES = 1.34  # between the quartiles of a standard normal


class Group(NamedTuple):
    """What comparable figures have in common: a name, or what is observed and in which unit; whether they are pairs."""

    name: str
    unit: str
    is_pair: bool


@dataclass(frozen=True)
class Duel:
    """How a group's forecasts scored beside the plain spread: medians of the logarithmic score over its figures."""

    group: Group
    figures: int
    sources: int
    model: float
    rival: float
    better: int  # figures at which the forecast scored at least as well

    @property
    def is_won(self) -> bool:
        """Whether the median score of the forecasts is at least that of the plain spread."""
        return self.model >= self.rival


def group_of(case: Case) -> Group:
    """The comparable figures that a case belongs to."""
    if case.alike:
        return Group(case.alike, "", case.is_pair)
    what = next(str(case.observe[word]) for word in case.observe if word in _NAMING)
    return Group(what, case.unit, case.is_pair)


_NAMING = ("quantity", "series", "area", "until", "ratio", "share", "flux", "lag")


def find_duels(forecasts: Sequence[Forecast]) -> list[Duel]:
    """How each group of comparable figures scored that has enough of them, in the order of its first case."""
    groups: dict[Group, list[Forecast]] = {}
    for one in forecasts:
        groups.setdefault(group_of(one.case), []).append(one)
    duels = []
    for group, members in groups.items():
        scored = [
            (one, model, score_logarithm(rival))
            for one in members
            if (rival := forecast_plainly(one.case, [m.case for m in members])) is not None
            and (model := score_logarithm(one)) is not None
        ]
        pairs = [(model, other) for _, model, other in scored if other is not None]
        if len(pairs) >= LEAST_FIGURES:
            model, rival = (float(np.median(column)) for column in zip(*pairs, strict=True))
            sources = len({one.case.source for one, _, _ in scored})
            duels.append(Duel(group, len(pairs), sources, model, rival, sum(m >= r for m, r in pairs)))
    return duels


def forecast_plainly(case: Case, group: Sequence[Case]) -> Forecast | None:
    """What other sources of the group let one expect of the case; None where there are too few of them."""
    others = [c for c in group if c.source != case.source and not c.is_bound]
    values = [float(on_scale_of(c, np.array(c.value))) for c in others]
    values = [value for value in values if np.isfinite(value)]
    if len(values) < LEAST_OTHERS:
        return None
    wide = max(float(np.std(values, ddof=1)), _NARROWEST) * sqrt(1 + 1 / len(values))
    shares = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    samples = case.scale.back(np.mean(values) + wide * stdtrit(len(values) - 1, shares))
    if case.count is not None and case.n is not None:
        samples = np.random.default_rng(1).binomial(case.n, samples) / case.n
    return Forecast(case, np.sort(samples))


def score_logarithm(forecast: Forecast) -> float | None:
    """The logarithmic score of a forecast; None where there is none.

    Of a count, and of the range between the ends that a source tells: the logarithm of the share of samples there, with
    half a sample more. Of a number: of the density, a kernel's about each sample.
    """
    case, samples = forecast.case, forecast.samples
    if not samples.size:
        return None
    if case.count is not None and case.n is not None:
        hits = np.count_nonzero(np.abs(samples - case.value) < _SAME)
        return log((hits + 1 / (case.n + 1)) / (samples.size + 1))
    if case.is_range:
        hits = np.count_nonzero((samples >= case.low) & (samples <= case.high))
        return log((hits + 0.5) / (samples.size + 1))
    on_scale, measured = case.scale.to(samples), float(case.scale.to(np.array(case.value)))
    if not np.isfinite(measured):
        return log((np.count_nonzero(np.abs(samples - case.value) < _SAME) + 0.5) / (samples.size + 1))
    known = on_scale[np.isfinite(on_scale)]
    likely = _estimate_density(known, measured) * known.size if known.size > 1 else 0.0
    return log((likely + 1 / _FAR) / (samples.size + 1))


def _estimate_density(samples: Float[Array, " sample"], at: float) -> float:
    """Density at a point, by normal kernels as wide as Silverman's rule says."""
    low, high = np.quantile(samples, (0.25, 0.75))
    deviation = float(np.std(samples))
    spread = min(deviation, float(high - low) / _QUARTILES) or deviation or _NARROWEST
    width = max(_BANDWIDTH * spread * samples.size**-0.2, _SAME)
    return float(np.mean(np.exp(-0.5 * ((at - samples) / width) ** 2)) / (width * sqrt(2 * np.pi)))
