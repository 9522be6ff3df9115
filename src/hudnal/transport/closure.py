"""Two states of the channels: the barrier against water, and the lumen.

Each falls exponentially (half of the channels after a half-life), at a rate that depends on depth, width, age, cover
and drugs against inflammation. What each measure sees of the two stands in `measures.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.transport.medium import OpenBarrier

_LEAST = 1e-3  # mm, of a depth or width that is no channel
_HEALED = 1e-3  # share of bare skin, or of its resistance, that is none
_MOST_LOST = 0.9  # of what bare skin loses that whole skin may
_COVERS = {"airtight": "covered", "petrolatum": "petrolatum"}  # and how the table calls them


@dataclass(frozen=True)
class Closure:
    """Shares of the channels whose barrier and lumen are open, and when half of them had closed."""

    barrier: PerDraw
    lumen: PerDraw
    since: float  # h, of the last needling
    barrier_from: PerDraw  # the shares just after it
    lumen_from: PerDraw
    barrier_half: PerDraw  # h from then until half of those open then had closed, NaN before
    lumen_half: PerDraw

    @staticmethod
    def none(draws: int) -> Closure:
        """Whole skin, without channels."""
        nan, zero = np.full(draws, np.nan), np.zeros(draws)
        return Closure(zero, zero, np.nan, zero, zero, nan, nan)

    def add_channels(self, old_density: PerDraw, new_density: PerDraw, time: float) -> Closure:
        """After `new_density` channels were made at `time` h beside `old_density`, 1/mm2, which keep their state."""
        total = np.maximum(old_density + new_density, 1e-12)
        made = new_density > 0

        def mix(state: PerDraw) -> PerDraw:
            return np.where(made, (state * old_density + new_density) / total, state)

        barrier, lumen = mix(self.barrier), mix(self.lumen)
        never = np.where(made, np.nan, self.barrier_half), np.where(made, np.nan, self.lumen_half)
        return Closure(barrier, lumen, time, barrier, lumen, *never)

    def advance(self, hours: float, rates: tuple[PerDraw, PerDraw], time: float) -> Closure:
        """Let `hours` pass from `time` at these `rates` (barrier, lumen), 1/h."""
        barrier = self.barrier * np.exp(-rates[0] * hours)
        lumen = self.lumen * np.exp(-rates[1] * hours)
        return replace(
            self,
            barrier=barrier,
            lumen=lumen,
            barrier_half=_note_crossing(
                self.barrier_half, self.barrier, barrier, self.barrier_from / 2, rates[0], time - self.since
            ),
            lumen_half=_note_crossing(
                self.lumen_half, self.lumen, lumen, self.lumen_from / 2, rates[1], time - self.since
            ),
        )


@dataclass(frozen=True)
class BareSkin:
    """Skin without corneum since the last peel or laser, over which the barrier comes back as a whole."""

    share: PerDraw  # of the skin
    since: float  # h, of that peel or laser
    share_from: PerDraw  # just after it
    half: PerDraw  # h from then until half of it held water again, NaN before
    thinned: PerDraw  # 1, of the corneum's thickness just after it where some of it stayed, 0 elsewhere

    @staticmethod
    def none(draws: int) -> BareSkin:
        """Skin whose corneum is whole."""
        zero = np.zeros(draws)
        return BareSkin(zero, np.nan, zero, np.full(draws, np.nan), zero)

    def remove_corneum(self, share: PerDraw, time: float, is_sheet: bool = False) -> BareSkin:
        """After the corneum has come off a `share` of the skin at `time` h.

        Of a sheet it is the share of its thickness: what is not gone through is thinner, and bare to water alone.
        """
        taken = np.where(share < 1, share, 0.0) if is_sheet else np.zeros_like(share)
        thinned = np.where(self.share < share, taken, self.thinned)
        share = np.maximum(self.share, share)
        return BareSkin(share, time, share, np.full_like(share, np.nan), thinned)

    def find_barrier(self, skin: Skin, draws: Draws) -> OpenBarrier | None:
        """What it is to drugs now; None where the corneum is as good as whole.

        Over bare skin the resistance comes back as that against water does: of what is open to water all but a hair
        has to close before a drug that passes slowly is held up. Thinner corneum grows back in thickness.
        """
        if not (self.share > _HEALED).any():
            return None
        left = np.divide(
            self.share, self.share_from, out=np.zeros_like(self.share), where=self.share_from > 0
        )
        lost = np.minimum(skin.water_loss / draws["transport.water.open_wound"], _MOST_LOST)
        regained = (1 / (left + lost * (1 - left)) - 1) / (1 / lost - 1)
        is_thin = self.thinned > 0
        bare = np.where(is_thin | (regained > 1 - _HEALED), 0.0, self.share_from)
        return OpenBarrier(bare, regained, self.thinned * left)

    def advance(self, hours: float, rate: PerDraw, time: float, closes_in: PerDraw | float = 0.0) -> BareSkin:
        """Let `hours` pass from `time` at this `rate`, 1/h.

        Only new epidermis makes a corneum: nothing comes back for the `closes_in` h, (draw,), that the skin lies raw.
        """
        raw = np.minimum(closes_in, hours)
        share = self.share * np.exp(-rate * (hours - raw))
        half = _note_crossing(
            self.half, self.share, share, self.share_from / 2, rate, time + raw - self.since
        )
        return replace(self, share=share, half=half)


def _note_crossing(
    known: PerDraw, before: PerDraw, after: PerDraw, half: PerDraw, rate: PerDraw, elapsed: PerDraw | float
) -> PerDraw:
    """`known`, or where the share falls below `half` now, the h from the opening until it did."""
    now = np.isnan(known) & (before >= half) & (after < half)
    share = np.divide(before, half, out=np.ones_like(before), where=half > 0)
    return np.where(now, elapsed + np.log(np.maximum(share, 1)) / rate, known)


def closing_rates(
    depth: PerDraw, width: PerDraw, cover: str, soothed: bool, skin: Skin, draws: Draws
) -> tuple[PerDraw, PerDraw]:
    """Rates 1/h at which barrier and lumen close, for channels of `depth` and `width` mm.

    `cover` is none, petrolatum or airtight; `soothed` says whether a drug against inflammation is at work. Sites of the
    body do not differ (Ogunjimi 2021), colour does.
    """
    group = "transport.closure."
    deeper = np.maximum(depth, _LEAST) / draws.value(group + "reference_depth")
    wider = np.maximum(width, _LEAST) / draws.value(group + "reference_width")
    slower = wider ** draws[group + "width_exponent"] / skin.barrier_speed
    slower = slower * draws[group + "dark_skin"] ** skin.person.darkness
    if soothed:
        slower = slower * draws[group + "soothed"]

    def rate(part: str) -> PerDraw:
        half_life = draws[f"{group}{part}_half_life"] * slower
        if cover in _COVERS:
            half_life = half_life * draws[f"{group}{_COVERS[cover]}_{part}"]
        return log(2) / (half_life * deeper ** draws[f"{group}{part}_depth_exponent"])

    return rate("barrier"), rate("lumen")


def surface_rate(cover: str, skin: Skin, draws: Draws) -> PerDraw:
    """Rate 1/h at which the barrier comes back where the whole corneum was taken off.

    Under an airtight film the loss of water that calls for the repair is missing; petrolatum lets vapour through.
    """
    rate = draws["transport.closure.surface_rate"] * skin.barrier_speed
    if cover == "airtight":
        return rate * draws["transport.closure.covered_surface"]
    return rate / draws["transport.closure.petrolatum_barrier"] if cover == "petrolatum" else rate
