"""The scale on which a figure is compared: where errors of every size are alike and no value is impossible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.special import expit, logit

from hudnal.arrays import Array, Float
from hudnal.units import PERCENT

SCALES = ("log", "change", "share")
_LEAST = 1e-12  # of what a slope is divided by


@dataclass(frozen=True)
class Scale:
    """`to` the scale and `back` from it; both rise. `slope` is the derivative of `to`, for an error in the unit.

    It holds the numbers from `least` to `most`, ends included.
    """

    name: str
    to: Callable[[Array], Float[Array, " ..."]]
    back: Callable[[Array], Float[Array, " ..."]]
    slope: Callable[[float], float]
    least: float = 0.0
    most: float = inf

    def holds(self, value: float) -> bool:
        """Whether there is such a value on the scale."""
        return self.least <= value <= self.most


def scale_of(name: str, top: float = 1.0) -> Scale:
    """`log` of what is above 0; `change` in %, as the log of after over before; `share` of `top`, as its logit.

    Raises KeyError for another name.
    """
    return {
        "log": Scale(
            "log",
            lambda y: _apply_silently(np.log, np.maximum(y, 0.0)),
            np.exp,
            lambda y: 1 / max(y, _LEAST),
        ),
        "change": Scale(
            "change",
            lambda y: _apply_silently(np.log1p, np.maximum(np.asarray(y) / PERCENT, -1.0)),
            lambda g: PERCENT * np.expm1(g),
            lambda y: 1 / max(PERCENT + y, _LEAST),
            least=-PERCENT,
        ),
        "share": Scale(
            "share",
            lambda y: _apply_silently(logit, np.clip(np.asarray(y) / top, 0.0, 1.0)),
            lambda g: top * expit(g),
            lambda y: 1 / max(y * (1 - y / top), _LEAST),
            most=top,
        ),
    }[name]


def _apply_silently(function: Callable, values: Float[Array, " ..."] | float) -> Float[Array, " ..."]:
    """`function` of `values` without a warning: nothing at all is minus infinity, always is infinity."""
    with np.errstate(divide="ignore"):
        return np.asarray(function(np.asarray(values, float)))
