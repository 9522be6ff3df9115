"""The scale on which a quantity's paths are polynomials: as it is, or by logarithm, logit or asinh."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np

from hudnal.arrays import Array, Float

Kind = Literal["identity", "log", "logit", "asinh"]
_SMALL = 0.1  # of the middle of all sizes: where asinh turns from straight to logarithmic
_MOST_LOGIT = 40.0


@dataclass(frozen=True)
class Scale:
    """A scale: its kind, for asinh the size at which it turns, for logit the most that there can be."""

    kind: Kind = "identity"
    size: float = 1.0

    def convert(self, values: Float[Array, ...]) -> Float[Array, ...]:
        """Values on the scale."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.kind == "log":
                return np.log(values)
            if self.kind == "logit":
                return np.log(values / (self.size - values))
            if self.kind == "asinh":
                return np.arcsinh(values / self.size)
        return values

    def restore(self, scaled: Float[Array, ...]) -> Float[Array, ...]:
        """Values of what is on the scale."""
        if self.kind == "log":
            return np.exp(scaled)
        if self.kind == "logit":
            return self.size / (1 + np.exp(-np.clip(scaled, -_MOST_LOGIT, _MOST_LOGIT)))
        if self.kind == "asinh":
            return self.size * np.sinh(scaled)
        return scaled


def list_scales(values: Float[Array, " known"], bounds: tuple[float, float]) -> list[Scale]:
    """The scales that finite `values` can be on, whose least and most possible are `bounds`."""
    scales = [Scale()]
    if values.min() > 0:
        scales.append(Scale("log"))
    if bounds[0] == 0 and values.min() > 0 and values.max() < bounds[1] < inf:
        scales.append(Scale("logit", bounds[1]))
    sizes = np.abs(values[values != 0])
    if sizes.size:
        scales.append(Scale("asinh", float(f"{_SMALL * np.median(sizes):.3g}")))
    return scales
