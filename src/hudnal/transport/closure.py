"""Two states of the holes: the barrier against water, and the lumen.

Each falls exponentially (half of the holes after a half-life), at a rate that depends on depth, width, age, cover and
drugs against inflammation. What each instrument sees of the two stands in `measures.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin

_LEAST = 1e-3  # mm, of a depth or width that is no hole
_COVERS = {"airtight": "covered", "petrolatum": "petrolatum"}  # and how the table calls them


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


@dataclass(frozen=True)
class Bare:
    """Skin without corneum since the last peel or laser, over which the barrier comes back as a whole. Arrays (draw,).

    `half`: h since then until half of it held water again, NaN before.
    """

    share: np.ndarray  # of the skin
    since: float  # h
    share_from: np.ndarray  # just after it
    half: np.ndarray

    @staticmethod
    def none(draws: int) -> Bare:
        """Whole skin."""
        zero = np.zeros(draws)
        return Bare(zero, np.nan, zero, np.full(draws, np.nan))

    def taken_off(self, share: np.ndarray, time: float) -> Bare:
        """After the corneum has come off a `share` of the skin."""
        share = np.maximum(self.share, share)
        return Bare(share, time, share, np.full_like(share, np.nan))

    def advance(self, hours: float, rate: np.ndarray, time: float) -> Bare:
        """Let `hours` pass from `time` at this `rate`, 1/h."""
        share = self.share * np.exp(-rate * hours)
        half = _crossed(self.half, self.share, share, self.share_from / 2, rate, time - self.since)
        return replace(self, share=share, half=half)


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


def closing_rates(
    depth: np.ndarray, width: np.ndarray, cover: str, soothed: bool, skin: Skin, draws: Draws
) -> tuple[np.ndarray, np.ndarray]:
    """Rates 1/h at which barrier and lumen close, for holes of channel `depth` and `width` mm, (draw,).

    `cover` is none, petrolatum or airtight; `soothed` says whether a drug against inflammation is at work.
    """
    group = "transport.closure."
    deeper = np.maximum(depth, _LEAST) / draws.value(group + "reference_depth")
    wider = np.maximum(width, _LEAST) / draws.value(group + "reference_width")
    slower = wider ** draws[group + "width_exponent"] / skin.barrier_speed
    if soothed:
        slower = slower * draws[group + "soothed"]

    def rate(part: str) -> np.ndarray:
        half_life = draws[f"{group}{part}_half_life"] * slower
        if cover in _COVERS:
            half_life = half_life * draws[f"{group}{_COVERS[cover]}_{part}"]
        return log(2) / (half_life * deeper ** draws[f"{group}{part}_depth_exponent"])

    return rate("barrier"), rate("lumen")


def surface_rate(cover: str, skin: Skin, draws: Draws) -> np.ndarray:
    """Rate 1/h at which the barrier comes back where the whole corneum was taken off, (draw,).

    Under an airtight film the loss of water that calls for the repair is missing; petrolatum lets vapour through.
    """
    rate = draws["transport.closure.surface_rate"] * skin.barrier_speed
    if cover == "airtight":
        return rate * draws["transport.closure.covered_surface"]
    return rate / draws["transport.closure.petrolatum_barrier"] if cover == "petrolatum" else rate
