"""What each measure sees of the channels, and when it calls them closed.

The channels have two states (`closure.py`). Water loss sees the barrier; a dye and optical tomography see the lumen;
current needs a wet path through both, and in the open air the mouths dry. Each measure calls the channels closed when
its reading has come down to a share of what it was just after the needles: the same channels close at four times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from math import log

import numpy as np
from scipy.optimize.elementwise import find_root

from hudnal.arrays import Array, Bool, Float, Int, PerDraw
from hudnal.parameters import Draws
from hudnal.transport.water import excess_water_loss

MEASURES: tuple[str, ...] = ("water_loss", "dye", "impedance", "tomography")
_GROUP = "transport.measures."
_NONE_OPEN = 1e-30  # share


@dataclass(frozen=True)
class OpenSkin:
    """What of the skin is open at one moment: its channels, and where its corneum is gone."""

    density: PerDraw  # 1/mm2, of channels
    width: PerDraw  # mm, of channels
    barrier: PerDraw  # share of the channels whose barrier is open
    lumen: PerDraw  # share of the channels whose lumen is open
    bare: PerDraw  # share of the skin without corneum

    def interpolate_to(self, later: OpenSkin, share: PerDraw) -> OpenSkin:
        """What is open at this `share` of the time until `later`: it falls exponentially."""
        now = {
            f.name: getattr(self, f.name) ** (1 - share) * getattr(later, f.name) ** share
            for f in fields(self)
        }
        return OpenSkin(**now)


@dataclass(frozen=True)
class Measures:
    """What the measures have told since the last needles."""

    since: float  # h, of the last needling
    wet: PerDraw  # share of the mouths that have not dried
    fresh: Mapping[str, PerDraw]  # readings just after the needles
    closing_hours: Mapping[str, PerDraw]  # h from then until each called the channels closed, NaN before

    @staticmethod
    def none(draws: int) -> Measures:
        """Measures of skin without channels."""
        zero, nan = np.zeros(draws), np.full(draws, np.nan)
        return Measures(np.nan, zero, dict.fromkeys(MEASURES, zero), dict.fromkeys(MEASURES, nan))

    def restart_after_needling(self, since: float, now: OpenSkin, draws: Draws) -> Measures:
        """These, or where there was needling at `since` h after the last of them, new ones of channels just made."""
        if np.isnan(since) or since == self.since:
            return self
        wet = np.ones_like(self.wet)
        never = dict.fromkeys(MEASURES, np.full_like(wet, np.nan))
        return Measures(since, wet, read_measures(now, wet, draws), never)

    def advance(
        self, before: OpenSkin, after: OpenSkin, time: float, until: float, dries: bool, draws: Draws
    ) -> Measures:
        """Let the time pass from `time` to `until`, h, in the open air (`dries`) or under something wet or tight."""
        hours = until - time
        drying = log(2) / draws[_GROUP + "mouth_drying"] if dries else np.zeros_like(self.wet)

        def read_at(share: PerDraw) -> dict[str, PerDraw]:
            wet = self.wet * np.exp(-drying * hours * share)
            return read_measures(before.interpolate_to(after, share), wet, draws)

        first, last = read_at(np.zeros_like(self.wet)), read_at(np.ones_like(self.wet))
        closing_hours = dict(self.closing_hours)
        for name in MEASURES:
            level = self.fresh[name] * draws[f"{_GROUP}{name}_left"]
            now = np.isnan(closing_hours[name]) & (first[name] >= level) & (last[name] < level)
            if now.any():
                share = _find_crossing(lambda s, name=name, level=level: read_at(s)[name] - level, now)
                closing_hours[name] = np.where(now, time - self.since + hours * share, closing_hours[name])
        return replace(self, wet=self.wet * np.exp(-drying * hours), closing_hours=closing_hours)

    def wet_path(self, now: OpenSkin, draws: Draws) -> PerDraw:
        """Conductance of the wet path through the channels against just after the needles."""
        reading, fresh = read_measures(now, self.wet, draws)["impedance"], self.fresh["impedance"]
        return np.divide(reading, fresh, out=np.zeros_like(reading), where=fresh > _NONE_OPEN)


def read_measures(now: OpenSkin, wet: PerDraw, draws: Draws) -> dict[str, PerDraw]:
    """What each measure reads, in units of its own; `wet` is the share of the mouths that have not dried."""
    barrier, lumen = np.maximum(now.barrier, _NONE_OPEN), np.maximum(now.lumen, _NONE_OPEN)
    # Mouth and channel below it in series.
    mouth = draws[_GROUP + "mouth_share"]
    return {
        # With whatever lies on the skin wiped off.
        "water_loss": excess_water_loss(now.density, now.width, now.barrier, now.bare, draws),
        "dye": now.lumen,
        "impedance": wet / (mouth / barrier + (1 - mouth) / lumen),
        "tomography": now.lumen,
    }


def _find_crossing(above: Callable[[PerDraw], PerDraw], now: Bool[Array, " draw"]) -> PerDraw:
    """Share of an interval at which `above`, a function of shares, falls through 0; 0 where it does not `now`."""
    share = np.zeros(now.size)
    (crossing,) = np.nonzero(now)

    def above_of(some: Float[Array, " some"], which: Int[Array, " some"]) -> Float[Array, " some"]:
        every = np.zeros_like(share)
        every[which] = some
        return above(every)[which]

    ends = np.zeros(crossing.size), np.ones(crossing.size)
    share[crossing] = find_root(above_of, ends, args=(crossing,)).x
    return share
