"""What moves a result most: the causes of its range, of which its draws give the order.

Rank correlation over the draws of the run, among the parameters that the result rests on (`rests_on.py`). A fitted
belief ties parameters to each other, and rates are scaled to what trials did: told as a cause is only what also moves
the result by itself, in the same direction and not by scaling alone. What chance would give is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.result.rests_on import Effect

_MOST = 3
_CHANCE = 2.6  # / sqrt(draws): below it correlation is noise, with some tens of parameters to choose from
_FEWEST = 8  # draws: with fewer nothing can be said
WORTH_TELLING = 0.1  # of the strongest effect: what does less by itself is no cause of the range


@dataclass(frozen=True)
class Mover:
    """A parameter and its rank correlation with the result, -1 to 1."""

    parameter: str
    correlation: float


def find_movers(values: PerDraw, effects: Mapping[str, Effect], draws: Draws) -> list[Mover]:
    """The parameters that move `values` most, strongest first; `effects` are those that they rest on, by name.

    None where chance would do, or where the values stand still or never come.
    """
    if values.size < _FEWEST or not np.isfinite(values).all() or np.ptp(values) == 0:
        return []
    causes = {
        name: effect.cause
        for name, effect in effects.items()
        if abs(effect.cause) >= WORTH_TELLING and draws.parameter(name).distribution.kind != "fixed"
    }
    if not causes:
        return []
    samples = np.array([_rank_draws(draws[name]) for name in causes])
    correlations = samples @ _rank_draws(values) / values.size
    least = _CHANCE / np.sqrt(values.size)
    movers = [
        Mover(name, float(correlation))
        for (name, cause), correlation in zip(causes.items(), correlations, strict=True)
        if abs(correlation) >= least and correlation * cause > 0
    ]
    return sorted(movers, key=lambda m: (-abs(m.correlation), m.parameter))[:_MOST]


def _rank_draws(values: PerDraw) -> Float[Array, " draw"]:
    """Ranks of draws, ties shared, of mean 0 and variance 1; 0 where all are alike."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    mean = np.cumsum(count) - (count - 1) / 2
    ranks = mean[place] - mean[place].mean()
    size = ranks.std()
    return ranks / size if size > 0 else ranks
