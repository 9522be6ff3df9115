"""The scale on which a figure is compared: where errors of every size are alike and no value is impossible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

_PERCENT = 100.0


@dataclass(frozen=True)
class Scale:
    """`to` the scale and `back` from it; both rise. `slope` is the derivative of `to`, for an error in the unit."""

    name: str
    to: Callable[[np.ndarray], np.ndarray]
    back: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[float], float]


def scale(name: str, top: float = 1.0) -> Scale:
    """`log` of what is above 0; `change` in %, as the log of after over before; `share` of `top`, as its logit.

    Raises KeyError for another name.
    """
    return {
        "log": Scale(
            "log",
            lambda y: _quiet(np.log, np.maximum(y, 0.0)),
            np.exp,
            lambda y: 1 / max(y, 1e-12),
        ),
        "change": Scale(
            "change",
            lambda y: _quiet(np.log1p, np.maximum(np.asarray(y) / _PERCENT, -1.0)),
            lambda g: _PERCENT * np.expm1(g),
            lambda y: 1 / (_PERCENT + y),
        ),
        "share": Scale(
            "share",
            lambda y: _quiet(logit, np.clip(np.asarray(y) / top, 0.0, 1.0)),
            lambda g: top * expit(g),
            lambda y: 1 / max(y * (1 - y / top), 1e-12),
        ),
    }[name]


def _quiet(function: Callable, values: np.ndarray) -> np.ndarray:
    """Nothing at all is minus infinity, never is infinity: no warning."""
    with np.errstate(divide="ignore"):
        return np.asarray(function(np.asarray(values, float)))
