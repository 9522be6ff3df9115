"""How skin differs from place to place within one site: a smooth random field for each draw."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, pi, sqrt

import numpy as np

from hudnal.arrays import Array, Float, Int, PerDraw
from hudnal.compiled import compiled, njit

_WAVES = 96  # by their central limit the field is normal
_SERIES = tuple(float(n * (n - 1)) for n in range(24, 0, -2))  # of a cosine: one term over the one before


@dataclass(frozen=True)
class SkinField:
    """A field of normal scores, alike over its length l mm: correlation exp(-r^2 / (2 l^2)) of two places r mm apart.

    A sum of waves with random directions and phases; the same place has the same score, whatever else is asked for.
    """

    wave: Float[Array, "draw wave 2"]  # 1/mm, along x and y
    phase: Float[Array, "draw wave"]  # rad

    @staticmethod
    def of(length: PerDraw, rng: np.random.Generator) -> SkinField:
        """A field with the `length` mm of each draw."""
        shape = (length.size, _WAVES)
        # The spectrum of a Gaussian correlation is a Gaussian in the wavenumber.
        wave = rng.standard_normal((*shape, 2)) / length[:, None, None]
        return SkinField(wave, rng.random(shape) * 2 * pi)

    def scores_at(
        self, draw: Int[Array, " place"], x: Float[Array, " place"], y: Float[Array, " place"]
    ) -> Float[Array, " place"]:
        """Normal scores of the fields of the draws `draw` at `x`, `y` mm."""
        return _add_waves(self.wave, self.phase, draw, x, y)


@njit(error_model="numpy", fastmath=True, forceinline=True)
def _cosine_of_turns(turns):
    """Cosine of an angle in whole turns, within 1e-11: its series, which the processor does for many at once."""
    x = (2 * pi * (turns - floor(turns + 0.5))) ** 2
    series = 1.0
    for n in _SERIES:
        series = 1 - x / n * series
    return series


@compiled(error_model="numpy", fastmath=True)
def _add_waves(wave, phase, draw, x, y):
    """Scores of the fields `draw` at `x`, `y` mm: the sum of their waves, scaled to a variance of 1."""
    scores = np.empty(x.size)
    scale = sqrt(2.0 / wave.shape[1])
    for i in range(x.size):
        total = 0.0
        d = draw[i]
        for k in range(wave.shape[1]):
            total += _cosine_of_turns(
                (wave[d, k, 0] * x[i] + wave[d, k, 1] * y[i] + phase[d, k]) * (1 / (2 * pi))
            )
        scores[i] = scale * total
    return scores
