"""What moves a result most: the parameters whose draws go with it.

Rank correlation over the draws of the run, among the parameters that the result rests on. What chance alone would
give is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hudnal.parameters import Draws

_MOST = 3
_CHANCE = 2.6  # / sqrt(draws): below it correlation is noise, with some tens of parameters to choose from
_FEWEST = 8  # draws: with fewer nothing can be said


@dataclass(frozen=True)
class Mover:
    """A parameter and its rank correlation with the result, -1 to 1."""

    parameter: str
    correlation: float


def movers(values: np.ndarray, names: Iterable[str], draws: Draws) -> list[Mover]:
    """The parameters among `names` that move `values` (draw,) most, strongest first; none where chance would do."""
    if values.size < _FEWEST or not np.isfinite(values).all() or np.ptp(values) == 0:
        return []
    spread = [name for name in names if draws.parameter(name).distribution.kind != "fixed"]
    if not spread:
        return []
    result = _ranks(values)
    samples = np.array([_ranks(draws[name]) for name in spread])
    found = samples @ result / values.size
    order = sorted(range(len(spread)), key=lambda i: (-abs(found[i]), spread[i]))
    least = _CHANCE / np.sqrt(values.size)
    return [Mover(spread[i], float(found[i])) for i in order[:_MOST] if abs(found[i]) >= least]


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks, ties shared, of mean 0 and variance 1; 0 where all are alike."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    mean = np.cumsum(count) - (count - 1) / 2
    ranks = mean[place] - mean[place].mean()
    size = ranks.std()
    return ranks / size if size > 0 else ranks
