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


@dataclass(frozen=True)
class Closure:
    """Shares of the holes whose barrier and lumen are open, and when half had closed. Arrays (draw,).

    `barrier_half`, `lumen_half`: h from the last needling until half of those open then had closed, NaN before.
    """

    barrier: np.ndarray
    lumen: np.ndarray
    since: float  # h, of the last needling
    barrier_from: np.ndarray  # the shares just after it
    lumen_from: np.ndarray
    barrier_half: np.ndarray
    lumen_half: np.ndarray

    @staticmethod
    def none(draws: int) -> Closure:
        """No holes."""
        nan, zero = np.full(draws, np.nan), np.zeros(draws)
        return Closure(zero, zero, np.nan, zero, zero, nan, nan)

    def reopened(self, old_density: np.ndarray, new_density: np.ndarray, time: float) -> Closure:
        """After new holes, of densities 1/mm2 in all; old ones keep their state."""
        total = np.maximum(old_density + new_density, 1e-12)
        made = new_density > 0

        def mix(state: np.ndarray) -> np.ndarray:
            return np.where(made, (state * old_density + new_density) / total, state)

        barrier, lumen = mix(self.barrier), mix(self.lumen)
        never = np.where(made, np.nan, self.barrier_half), np.where(made, np.nan, self.lumen_half)
        return Closure(barrier, lumen, time, barrier, lumen, *never)

    def advance(self, hours: float, rates: tuple[np.ndarray, np.ndarray], time: float) -> Closure:
        """Let `hours` pass from `time` at these `rates` (barrier, lumen), 1/h."""
        barrier = self.barrier * np.exp(-rates[0] * hours)
        lumen = self.lumen * np.exp(-rates[1] * hours)
        return replace(
            self,
            barrier=barrier,
            lumen=lumen,
            barrier_half=_crossed(
                self.barrier_half, self.barrier, barrier, self.barrier_from / 2, rates[0], time - self.since
            ),
            lumen_half=_crossed(
                self.lumen_half, self.lumen, lumen, self.lumen_from / 2, rates[1], time - self.since
            ),
        )


def _crossed(
    known: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    half: np.ndarray,
    rate: np.ndarray,
    elapsed: float,
) -> np.ndarray:
    """Hours since the opening at which the share falls below `half`, where it does so now."""
    now = np.isnan(known) & (before >= half) & (after < half)
    share = np.divide(before, half, out=np.ones_like(before), where=half > 0)
    return np.where(now, elapsed + np.log(np.maximum(share, 1)) / rate, known)


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
