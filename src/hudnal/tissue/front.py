"""The basal layer closing over the latest openings: a lag, then a front from the rim."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin


@dataclass(frozen=True)
class Front:
    """T = t_lag + r / v, model M0 of the evidence; under a cover it runs faster. Arrays (draw,).

    `lag` and `speed` are this person's, without cover; `left` h of closing that the middle of the openings still has,
    at that pace; `elapsed` h since the injury, `closed` h after it: inf while open, NaN without injury.
    """

    lag: np.ndarray  # h
    speed: np.ndarray  # mm/h
    cover_gain: np.ndarray
    left: np.ndarray
    elapsed: np.ndarray
    closed: np.ndarray

    @staticmethod
    def of(skin: Skin, draws: Draws) -> Front:
        """Whole skin."""
        zero = np.zeros(draws.n)
        return Front(
            lag=draws["tissue.front.lag"] / skin.epithelium_speed,
            speed=draws["tissue.front.speed"] * 1e-3 * skin.epithelium_speed,
            cover_gain=draws["tissue.front.cover_gain"],
            left=zero,
            elapsed=zero,
            closed=np.full(draws.n, np.nan),
        )

    def over(self, width: np.ndarray) -> Front:
        """After an injury: openings of `width` mm; where there are none (0) the older front goes on."""
        new = width > 0
        return replace(
            self,
            left=np.where(new, self.lag + width / 2 / self.speed, self.left),
            elapsed=np.where(new, 0.0, self.elapsed),
            closed=np.where(new, np.inf, self.closed),
        )

    def pace(self, covered: bool) -> np.ndarray:
        """Hours of closing done in an hour, under a cover or not, (draw,)."""
        return self.cover_gain if covered else np.ones_like(self.cover_gain)

    def advance(self, hours: float, pace: np.ndarray) -> Front:
        """Let `hours` pass at `pace` (draw,)."""
        needed = self.left / pace
        there = np.isinf(self.closed) & (needed <= hours)
        return replace(
            self,
            left=np.maximum(self.left - pace * hours, 0.0),
            elapsed=self.elapsed + hours,
            closed=np.where(there, self.elapsed + needed, self.closed),
        )
