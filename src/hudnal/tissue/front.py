"""The basal layer closing over the gap of the latest injury: a lag, then a front from the rim."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.units import MM_PER_UM


@dataclass(frozen=True)
class Front:
    """T = t_lag + r / v, model M0 of the evidence; under a cover it runs faster."""

    lag: PerDraw  # h, this person's without a cover
    speed: PerDraw  # mm/h, this person's without a cover
    cover_gain: PerDraw  # 1, how many times faster under a cover
    left: PerDraw  # h of closing, without a cover, that the middle of the gap still has
    elapsed: PerDraw  # h since the injury
    closing_hours: (
        PerDraw  # h from the injury until the gap was closed; inf while it is open, NaN without injury
    )

    @staticmethod
    def of(skin: Skin, draws: Draws) -> Front:
        """The front of skin without injury."""
        zero = np.zeros(draws.n)
        return Front(
            lag=draws["tissue.front.lag"] / skin.epithelium_speed,
            speed=draws["tissue.front.speed"] * MM_PER_UM * skin.epithelium_speed,
            cover_gain=draws["tissue.front.cover_gain"],
            left=zero,
            elapsed=zero,
            closing_hours=np.full(draws.n, np.nan),
        )

    def open_gap(self, width: PerDraw) -> Front:
        """After an injury that left a gap of `width` mm; where there is none (0) or less the older front goes on."""
        new = width > 0
        return replace(
            self,
            left=np.where(new, np.maximum(self.lag + width / 2 / self.speed, self.left), self.left),
            elapsed=np.where(new, 0.0, self.elapsed),
            closing_hours=np.where(new, np.inf, self.closing_hours),
        )

    def pace(self, covered: bool) -> PerDraw:
        """Hours of closing done in an hour, under a cover or not."""
        return self.cover_gain if covered else np.ones_like(self.cover_gain)

    def advance(self, hours: float, pace: PerDraw) -> Front:
        """Let `hours` pass at this `pace`."""
        needed = self.left / pace
        there = np.isinf(self.closing_hours) & (needed <= hours)
        return replace(
            self,
            left=np.maximum(self.left - pace * hours, 0.0),
            elapsed=self.elapsed + hours,
            closing_hours=np.where(there, self.elapsed + needed, self.closing_hours),
        )
