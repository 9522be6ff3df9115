"""What we believe about one number: a distribution that turns u in (0, 1) into a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log
from typing import Literal

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

from hudnal.arrays import Array, Float, Real

Kind = Literal["fixed", "normal", "lognormal", "uniform", "loguniform", "beta"]


@dataclass(frozen=True)
class Distribution:
    """One marginal prior.

    `a` and `b` mean, by kind: normal: mean and standard deviation; lognormal: median and geometric
    standard deviation; uniform and loguniform: the two ends; beta: the two shapes; fixed: the value.
    `low` and `high` cut a normal or lognormal off.
    """

    kind: Kind
    a: float
    b: float = 0.0
    low: float = -inf
    high: float = inf

    def __post_init__(self) -> None:
        if self.kind == "normal" and not self.b > 0:
            raise ValueError(f"normal needs a standard deviation above 0, not {self.b}")
        if self.kind == "lognormal" and not (self.a > 0 and self.b > 1):
            raise ValueError(f"lognormal needs a median above 0 and a GSD above 1, not {self.a}, {self.b}")
        if self.kind in ("uniform", "loguniform") and not self.a < self.b:
            raise ValueError(f"{self.kind} needs low < high, not {self.a}, {self.b}")
        if self.kind == "loguniform" and not self.a > 0:
            raise ValueError(f"loguniform needs ends above 0, not {self.a}")
        if self.kind == "beta" and not (self.a > 0 and self.b > 0):
            raise ValueError(f"beta needs two shapes above 0, not {self.a}, {self.b}")
        if not self.low < self.high:
            raise ValueError(f"the cut needs low < high, not {self.low}, {self.high}")

    def quantile(self, u: Real[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Inverse cumulative distribution. `u` any shape in (0, 1); same shape back, in the table's unit."""
        u = np.asarray(u, float)
        match self.kind:
            case "fixed":
                return np.full(u.shape, self.a)
            case "normal":
                return self.a + self.b * self._cut_scores(u, self.a, self.b, lambda v: v)
            case "lognormal":
                scale = log(self.b)
                return self.a * np.exp(scale * self._cut_scores(u, log(self.a), scale, _log_or_never))
            case "uniform":
                return self.a + (self.b - self.a) * u
            case "loguniform":
                return self.a * (self.b / self.a) ** u
            case "beta":
                return np.asarray(betaincinv(self.a, self.b, u))

    def _cut_scores(
        self, u: Float[Array, "*shape"], centre: float, scale: float, to_normal: Callable[[float], float]
    ) -> Float[Array, "*shape"]:
        """Normal scores at `u` of what is left between the cuts; `to_normal` brings a cut to where it is normal."""
        below = ndtr((to_normal(self.low) - centre) / scale) if self.low > -inf else 0.0
        above = ndtr((to_normal(self.high) - centre) / scale) if self.high < inf else 1.0
        return np.asarray(ndtri(below + (above - below) * u))


def _log_or_never(value: float) -> float:
    return log(value) if value > 0 else -inf


def read_distribution(value: float, spread: Mapping[str, object] | None) -> Distribution:
    """The distribution that a table's `spread:` entry describes around `value`.

    `{gsd: 1.4}`, `{sd: 0.2}`, `{uniform: [1, 2]}`, `{loguniform: [1, 10]}`, `{beta: [2, 30]}`, the first two with an
    optional `min` and `max`; nothing means that the value is exact. Raises ValueError on anything else.
    """
    if not spread:
        return Distribution("fixed", value)
    entries = dict(spread)
    low, high = float(entries.pop("min", -inf)), float(entries.pop("max", inf))  # type: ignore[arg-type]
    if len(entries) != 1:
        raise ValueError(f"one kind of spread is needed, not {sorted(entries)}")
    kind, content = entries.popitem()
    if kind == "gsd":
        return Distribution("lognormal", value, float(content), low, high)  # type: ignore[arg-type]
    if kind == "sd":
        return Distribution("normal", value, float(content), low, high)  # type: ignore[arg-type]
    if kind in ("uniform", "loguniform", "beta"):
        if (low, high) != (-inf, inf):
            raise ValueError(f"{kind} has its own ends: no min, no max")
        first, second = content  # type: ignore[misc]
        return Distribution(kind, float(first), float(second))
    raise ValueError(f"unknown spread '{kind}'")
