"""Redness and swelling in the hours, days and weeks after.

Vessels widen by a nerve reflex at once, for a day or two by what torn and resident cells let go (histamine,
prostaglandins), and a little by the cells that come in: these are at their most on the second day, when redness is
mostly gone. Where the dermis lies bare for days new vessels sprout into it, and stay for weeks:

    vessels' = gain x hurt dermis that lies open - vessels / time
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi
from typing import Any

import numpy as np
from scipy.optimize.elementwise import find_root

from hudnal.arrays import Array, Bool, Float, Int, PerDraw
from hudnal.outcome.contract import Quantity, Series
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.units import HOURS_PER_DAY

_LONGEST = HOURS_PER_DAY * 365.0  # h: what shows longer is not told to the hour


@dataclass(frozen=True)
class Reaction:
    """The skin's visible answer. Arrays (draw,); redness counts in units of just visible."""

    flare: PerDraw
    mediators: PerDraw  # of torn cells that widen vessels, counted as inflammatory signal
    vessels: PerDraw  # new ones, in units of just visible
    waits: PerDraw  # h of lying open until they begin to grow
    open: PerDraw  # share of the surface that lies open, times the share of the dermis under it that is hurt
    hurt: PerDraw  # share of the dermis, all injuries added up
    burnt: PerDraw  # the part of it by heat
    leak: PerDraw  # what makes swelling, share of the dermis
    threshold: PerDraw  # inflammatory signal that just shows
    sees: PerDraw  # share of the inflammatory signal of needles that vessels answer to
    heat: PerDraw  # how many times that where heat did it
    vessel_gain: PerDraw  # 1/h, redness that grows in an hour where all of the dermis is hurt and open
    vessel_time: PerDraw  # h
    flare_time: PerDraw  # h
    mediator_time: PerDraw  # h
    leak_time: PerDraw  # h
    leak_threshold: PerDraw

    @staticmethod
    def of(skin: Skin, draws: Draws) -> Reaction:
        """The reaction of skin to which nothing has been done."""
        hides = draws["outcome.redness.dark_skin"] if skin.person.hides_redness else 1.0
        zero = np.zeros(draws.n)
        return Reaction(
            flare=zero,
            mediators=zero,
            vessels=zero,
            waits=zero,
            open=zero,
            hurt=zero,
            burnt=zero,
            leak=zero,
            threshold=draws["outcome.redness.threshold"] * hides,
            sees=draws["outcome.redness.sees"],
            heat=draws["outcome.redness.heat"],
            vessel_gain=draws["outcome.redness.vessel_gain"] / hides,
            vessel_time=draws["outcome.redness.vessel_time"] * HOURS_PER_DAY,
            flare_time=draws["outcome.redness.flare_time"],
            mediator_time=draws["outcome.redness.mediator_time"],
            leak_time=draws["outcome.redness.swelling_time"],
            leak_threshold=draws["outcome.redness.swelling_threshold"],
        )

    def add_injury(
        self,
        punctured: PerDraw,
        hurt: PerDraw,
        draws: Draws,
        opened: PerDraw | float = 0.0,
        tearing: PerDraw | float = 1.0,
        burnt: PerDraw | float = 0.0,
    ) -> Reaction:
        """The reaction just after an injury, (draw,) each.

        `punctured` share of skin within the flare's reach, `hurt` share of the dermis, `opened` the share of the
        surface without epidermis times the share of the dermis under it that is hurt, `tearing` how many times more
        was torn than round holes would tear, `burnt` the part of `hurt` by heat.
        """
        flare = np.maximum(self.flare, draws["outcome.redness.flare"] * punctured)
        mediators = self.mediators + draws["outcome.redness.mediators"] * hurt * tearing
        lag = draws["outcome.redness.vessel_lag"] * HOURS_PER_DAY
        return replace(
            self,
            flare=flare,
            mediators=mediators,
            hurt=self.hurt + hurt,
            burnt=self.burnt + burnt,
            leak=self.leak + hurt,
            waits=np.where(self.open > 0, self.waits, lag),
            open=np.maximum(self.open, opened),
        )

    def advance(self, hours: float | PerDraw, left: PerDraw | float = 0.0) -> Reaction:
        """The reaction `hours` later, the same for all draws or (draw,).

        `left` h, (draw,), the epidermis still needs to close: that long, but for the days that they need to begin, new
        vessels grow.
        """
        lies_open = np.minimum(hours, left)
        grows = np.maximum(lies_open - self.waits, 0.0)
        grown = self.vessel_gain * self.open * self.vessel_time * -np.expm1(-grows / self.vessel_time)
        since = (hours - lies_open) / self.vessel_time
        return replace(
            self,
            flare=self.flare * np.exp(-hours / self.flare_time),
            mediators=self.mediators * np.exp(-hours / self.mediator_time),
            vessels=self.vessels * np.exp(-hours / self.vessel_time) + grown * np.exp(-since),
            waits=np.maximum(self.waits - lies_open, 0.0),
            open=np.where(lies_open < left, self.open, 0.0),
            leak=self.leak * np.exp(-hours / self.leak_time),
        )

    def rate_redness(self, signal: PerDraw) -> PerDraw:
        """Redness in units of just visible, (draw,), at an inflammatory `signal` (draw,).

        Cooked tissue stays until it is cleared away, and reddens longer than as much that needles hurt.
        """
        cooked = np.divide(self.burnt, self.hurt, out=np.zeros_like(self.hurt), where=self.hurt > 0)
        seen = self.sees * (1 + (self.heat - 1) * cooked)
        return self.flare + (self.mediators + seen * signal) / self.threshold + self.vessels

    def without_vessels(self) -> Reaction:
        """The reaction without new vessels, which leave a pink that can be covered."""
        none = np.zeros_like(self.vessels)
        return replace(self, vessels=none, open=none)

    def rate_swelling(self) -> PerDraw:
        """Swelling in units of just visible, (draw,)."""
        return self.leak / self.leak_threshold

    def predict_redness_hours(self, signal: PerDraw, decay: PerDraw, left: PerDraw | float = 0.0) -> PerDraw:
        """Hours until redness is not visible, (draw,), when the signal falls at `decay` 1/h from now on.

        `left` h, (draw,), the epidermis needs to close.
        """
        left = np.broadcast_to(np.asarray(left, float), signal.shape)

        def exceed(times: PerDraw) -> PerDraw:
            """Redness above what is just visible after `times` h, (draw,)."""
            return self.advance(times, left).rate_redness(signal * np.exp(-decay * times)) - 1

        def over(hours: PerDraw, draw: Int[Array, " red"]) -> Float[Array, " red"]:
            times = np.zeros_like(signal)
            times[draw] = hours
            return exceed(times)[draw]

        # Once the epidermis is closed every part of redness only falls: what is red then has its one hour after it, and
        # what is not has had it before.
        start, closed, end = np.zeros_like(signal), np.minimum(left, _LONGEST), np.full_like(signal, _LONGEST)
        later = exceed(closed) > 0
        low, high = np.where(later, closed, start), np.where(later, end, closed)
        red = later | (exceed(start) > 0)
        fades = exceed(high) <= 0
        hours = np.where(red, _LONGEST, 0.0)
        turns = np.flatnonzero(red & fades)
        if turns.size:
            hours[turns] = find_root(over, (low[turns], high[turns]), args=(turns,)).x
        return hours

    def predict_swelling_hours(self) -> PerDraw:
        """Hours until swelling is not visible, (draw,)."""
        return self.leak_time * np.log(np.maximum(self.rate_swelling(), 1.0))


def find_flare_share(density: Float[Array, "draw ..."], draws: Draws) -> Float[Array, "draw ..."]:
    """Share of the skin within reach of the nerve reflex of some hole, at a `density` 1/mm2 of holes."""
    reach = draws["outcome.redness.flare_reach"].reshape(-1, *(1,) * (density.ndim - 1))
    return -np.expm1(-density * pi * reach**2)


def shows_even_redness(
    density: Float[Array, "draw stroke"], skin: Skin, draws: Draws
) -> Bool[Array, "draw stroke"]:
    """Whether skin with so many holes, 1/mm2, is red all over: hardly any of it out of their reach, and the flare seen.

    What hides redness hides that of the flare, too.
    """
    share = find_flare_share(density, draws)
    hides = draws["outcome.redness.dark_skin"] if skin.person.hides_redness else np.ones(draws.n)
    seen = draws["outcome.redness.flare"] / hides
    return (share >= draws["outcome.redness.even"][:, None]) & (share * seen[:, None] >= 1)


def count_raw_days(
    times: Float[Array, " time"], layers: Float[Array, "time draw"], level: PerDraw
) -> PerDraw:
    """Days from the first of `times` h until the epidermis over the openings stands, (draw,); inf while it does not.

    `layers` is how complete it is, `level` from where on it no longer looks raw.
    """
    raw = layers < level
    last = raw.shape[0] - 1 - raw[::-1].argmax(axis=0)  # the last time at which it is raw
    each, at = np.arange(level.size), np.minimum(last, raw.shape[0] - 2)
    before, after = layers[at, each], layers[at + 1, each]
    rise = after - before
    share = np.divide(level - before, rise, out=np.ones_like(rise), where=rise > 0)
    whole = times[at] + np.clip(share, 0, 1) * (times[at + 1] - times[at]) - times[0]
    return np.where(raw.any(axis=0), np.where(raw[-1], np.inf, whole / HOURS_PER_DAY), 0.0)


def _read_days(sign: str) -> Any:
    def read(ending: Any) -> PerDraw:
        if ending.latest is None:
            return np.zeros(ending.draws.n)
        return getattr(ending.latest, f"{sign}_hours") / HOURS_PER_DAY

    return read


def _count_days_down(ending: Any) -> PerDraw:
    red = _read_days("inflamed")(ending)
    if ending.latest is None:
        return np.maximum(red, 0.0)
    start = ending.index_at(ending.session_ends[-1])
    layers = ending.series("epidermal_layers")[start:]
    return np.maximum(
        red, count_raw_days(ending.times[start:], layers, ending.draws["handling.downtime.layers"])
    )


SERIES = (
    Series(
        "redness",
        "1",
        "redness in units of just visible",
        lambda look: look.reaction.rate_redness(look.signal),
        "redness",
    ),
    Series(
        "swelling",
        "1",
        "swelling in units of just visible",
        lambda look: look.reaction.rate_swelling(),
        "redness",
    ),
)
QUANTITIES = (
    Quantity("redness_days", "day", "redness", _read_days("redness"), weight="cost", over_zones="most"),
    Quantity("swelling_days", "day", "redness", _read_days("swelling"), over_zones="most"),
)
DOWNTIME = Quantity("downtime_days", "day", "redness", _count_days_down, weight="cost", over_zones="most")
