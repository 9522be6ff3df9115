"""What each instrument sees of the holes, and when it calls them closed.

The holes have two states (`closure.py`). Water loss sees the barrier; a dye and optical tomography see the lumen;
current needs a wet path through both, and in the open air the mouths dry. Each instrument calls the holes closed when
its reading has come down to a share of what it was just after the needles: the same holes close at four times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import log

import numpy as np
from scipy.optimize.elementwise import find_root

from hudnal.parameters import Draws
from hudnal.transport.water import excess

INSTRUMENTS: tuple[str, ...] = ("water_loss", "dye", "impedance", "tomography")
_GROUP = "transport.measures."
_NONE_OPEN = 1e-30  # share


@dataclass(frozen=True)
class Openings:
    """What there is to see of holes and bare skin at one moment. Arrays (draw,)."""

    density: np.ndarray  # 1/mm2
    width: np.ndarray  # mm
    barrier: np.ndarray  # share of the holes
    lumen: np.ndarray
    bare: np.ndarray  # share of the skin

    def towards(self, later: Openings, share: np.ndarray) -> Openings:
        """At this `share` of the time until `later`, (draw,): what is open falls exponentially."""
        now = {
            f.name: getattr(self, f.name) ** (1 - share) * getattr(later, f.name) ** share
            for f in fields(self)
        }
        return Openings(**now)


@dataclass(frozen=True)
class Measures:
    """What the instruments have told since the last needles. Arrays (draw,).

    `fresh`: their readings just after them; `closed`: h from then until each called the holes closed, NaN before.
    """

    since: float  # h, of the last needling
    wet: np.ndarray  # share of the mouths that have not dried
    fresh: Mapping[str, np.ndarray]
    closed: Mapping[str, np.ndarray]

    @staticmethod
    def none(draws: int) -> Measures:
        """No holes."""
        zero, nan = np.zeros(draws), np.full(draws, np.nan)
        return Measures(np.nan, zero, dict.fromkeys(INSTRUMENTS, zero), dict.fromkeys(INSTRUMENTS, nan))

    def since_needles(self, since: float, openings: Openings, draws: Draws) -> Measures:
        """These, or where there was needling at `since` h after the last of them, new ones of holes just made."""
        if np.isnan(since) or since == self.since:
            return self
        wet = np.ones_like(self.wet)
        never = dict.fromkeys(INSTRUMENTS, np.full_like(wet, np.nan))
        return Measures(since, wet, readings(openings, wet, draws), never)

    def advance(
        self, before: Openings, after: Openings, time: float, until: float, dries: bool, draws: Draws
    ) -> Measures:
        """Let the time pass from `time` to `until`, h, in the open air (`dries`) or under something wet or tight."""
        hours = until - time
        drying = log(2) / draws[_GROUP + "mouth_drying"] if dries else np.zeros_like(self.wet)

        def seen(share: np.ndarray) -> dict[str, np.ndarray]:
            return readings(before.towards(after, share), self.wet * np.exp(-drying * hours * share), draws)

        first, last = seen(np.zeros_like(self.wet)), seen(np.ones_like(self.wet))
        closed = dict(self.closed)
        for name in INSTRUMENTS:
            level = self.fresh[name] * draws[f"{_GROUP}{name}_left"]
            now = np.isnan(closed[name]) & (first[name] >= level) & (last[name] < level)
            if now.any():

                def above(share: np.ndarray, draw: np.ndarray, name=name, level=level) -> np.ndarray:
                    every = np.zeros_like(level)
                    every[draw] = share
                    return (seen(every)[name] - level)[draw]

                (crossing,) = np.nonzero(now)
                share = find_root(
                    above, (np.zeros(crossing.size), np.ones(crossing.size)), args=(crossing,)
                ).x
                closed[name] = closed[name].copy()
                closed[name][crossing] = time - self.since + hours * share
        return replace(self, wet=self.wet * np.exp(-drying * hours), closed=closed)

    def path(self, openings: Openings, draws: Draws) -> np.ndarray:
        """Conductance of the wet path through the holes against just after the needles, (draw,)."""
        now, fresh = readings(openings, self.wet, draws)["impedance"], self.fresh["impedance"]
        return np.divide(now, fresh, out=np.zeros_like(now), where=fresh > _NONE_OPEN)


def readings(openings: Openings, wet: np.ndarray, draws: Draws) -> dict[str, np.ndarray]:
    """What each instrument reads, in units of its own, (draw,); `wet` is the share of the mouths not dried."""
    barrier, lumen = np.maximum(openings.barrier, _NONE_OPEN), np.maximum(openings.lumen, _NONE_OPEN)
    # Mouth and channel below it in series.
    mouth = draws[_GROUP + "mouth_share"]
    return {
        # With whatever lies on the skin wiped off.
        "water_loss": excess(openings.density, openings.width, openings.barrier, openings.bare, draws),
        "dye": openings.lumen,
        "impedance": wet / (mouth / barrier + (1 - mouth) / lumen),
        "tomography": openings.lumen,
    }
