"""How skin differs from place to place within one site: a smooth random field for each draw."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from hudnal.compiled import compiled

_WAVES = 96  # by their central limit the field is normal


@dataclass(frozen=True)
class Field:
    """A field of normal scores, alike over `length` mm: correlation exp(-r^2 / (2 length^2)) between two places.

    A sum of waves with random directions and phases; the same place has the same score, whatever else is asked for.
    """

    wave: np.ndarray  # 1/mm, (draw, wave, 2)
    phase: np.ndarray  # rad, (draw, wave)

    @staticmethod
    def drawn(length: np.ndarray, rng: np.random.Generator) -> Field:
        """A field with the `length` mm, (draw,), of each draw."""
        shape = (length.size, _WAVES)
        # The spectrum of a Gaussian correlation is a Gaussian in the wavenumber.
        wave = rng.standard_normal((*shape, 2)) / length[:, None, None]
        return Field(wave, rng.random(shape) * 2 * pi)

    def at(self, draw: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Normal scores at `x`, `y` mm of the fields `draw`, all (n,)."""
        return _sum_of_waves(self.wave, self.phase, draw, x, y)


@compiled()
def _sum_of_waves(wave, phase, draw, x, y):
    found = np.empty(x.size)
    scale = sqrt(2.0 / wave.shape[1])
    for i in range(x.size):
        total = 0.0
        d = draw[i]
        for k in range(wave.shape[1]):
            total += np.cos(wave[d, k, 0] * x[i] + wave[d, k, 1] * y[i] + phase[d, k])
        found[i] = scale * total
    return found
