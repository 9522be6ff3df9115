"""Two states of the holes: the barrier against water, and the lumen.

Each falls exponentially (half of the holes after a half-life), at a rate that depends on depth, age and cover. That
water loss, dye, impedance and tomography disagree in the literature is that they look at different ones of the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin

COVERS = ("none", "petrolatum", "airtight")


@dataclass(frozen=True)
class Closure:
    """Shares of the holes whose barrier and lumen are open, (draw,), and when half had closed.

    `barrier_half`, `lumen_half` (draw,): h after the last needling, NaN until then.
    """

    barrier: np.ndarray
    lumen: np.ndarray
    since: float  # h, of the last needling
    barrier_half: np.ndarray
    lumen_half: np.ndarray

    @staticmethod
    def none(draws: int) -> Closure:
        """No holes."""
        nan = np.full(draws, np.nan)
        return Closure(np.zeros(draws), np.zeros(draws), np.nan, nan, nan)

    def reopened(self, old_density: np.ndarray, new_density: np.ndarray, time: float) -> Closure:
        """After new holes, of densities 1/mm2 in all; old ones keep their state."""
        total = np.maximum(old_density + new_density, 1e-12)
        made = new_density > 0

        def mix(state: np.ndarray) -> np.ndarray:
            return np.where(made, (state * old_density + new_density) / total, state)

        nan = np.full(self.barrier.size, np.nan)
        return Closure(mix(self.barrier), mix(self.lumen), time, nan, nan)

    def advance(self, hours: float, rates: tuple[np.ndarray, np.ndarray], time: float) -> Closure:
        """Let `hours` pass from `time` at these `rates` (barrier, lumen), 1/h."""
        barrier = self.barrier * np.exp(-rates[0] * hours)
        lumen = self.lumen * np.exp(-rates[1] * hours)
        return replace(
            self,
            barrier=barrier,
            lumen=lumen,
            barrier_half=_crossed(self.barrier_half, self.barrier, barrier, rates[0], time - self.since),
            lumen_half=_crossed(self.lumen_half, self.lumen, lumen, rates[1], time - self.since),
        )


def _crossed(known: np.ndarray, before: np.ndarray, after: np.ndarray, rate: np.ndarray, elapsed: float):
    now = np.isnan(known) & (before >= 0.5) & (after < 0.5)
    return np.where(now, elapsed + np.log(np.maximum(before, 0.5) / 0.5) / rate, known)


def closing_rates(depth: np.ndarray, cover: str, skin: Skin, draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Rates 1/h at which barrier and lumen close, for holes of channel `depth` mm, (draw,)."""
    group = "transport.closure."
    deeper = (np.maximum(depth, 1e-3) / draws.value(group + "reference_depth")) ** draws[
        group + "depth_exponent"
    ]
    barrier = draws[group + "barrier_half_life"] * deeper / skin.barrier_speed
    lumen = draws[group + "lumen_half_life"] * deeper / skin.barrier_speed
    if cover == "airtight":
        barrier, lumen = barrier * draws[group + "covered_barrier"], lumen * draws[group + "covered_lumen"]
    elif cover == "petrolatum":
        barrier, lumen = (
            barrier * draws[group + "petrolatum_barrier"],
            lumen * draws[group + "petrolatum_lumen"],
        )
    return log(2) / barrier, log(2) / lumen


def surface_rate(skin: Skin, draws: Draws) -> np.ndarray:
    """Rate 1/h at which the barrier comes back where the whole corneum was taken off, (draw,)."""
    return draws["transport.closure.surface_rate"] * skin.barrier_speed


def basal_closure(width: np.ndarray, covered: bool, skin: Skin, draws: Draws) -> np.ndarray:
    """Hours until the basal layer is whole over holes of `width` mm: a lag, then a front from the rim. (draw,).

    T = t_lag + r / v: model M0 of the evidence.
    """
    speed = draws["transport.front.speed"] * 1e-3 * skin.epithelium_speed
    if covered:
        speed = speed * draws["transport.front.cover_gain"]
    return draws["transport.front.lag"] / skin.epithelium_speed + width / 2 / speed
