"""Redness and swelling in the hours and days after.

Vessels widen three times: by a nerve reflex at once, for hours by what torn cells let go (histamine, prostaglandins),
and for days by what the inflammation keeps up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize.elementwise import find_root

from hudnal.arrays import Array, Float, Int, PerDraw
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
    leak: PerDraw  # what makes swelling, share of the dermis
    threshold: PerDraw  # inflammatory signal that just shows
    flare_time: PerDraw  # h
    mediator_time: PerDraw  # h
    leak_time: PerDraw  # h
    leak_threshold: PerDraw

    @staticmethod
    def of(skin: Skin, draws: Draws) -> Reaction:
        """The reaction of skin to which nothing has been done."""
        threshold = draws["outcome.redness.threshold"]
        if skin.person.hides_redness:
            threshold = threshold * draws["outcome.redness.dark_skin"]
        return Reaction(
            flare=np.zeros(draws.n),
            mediators=np.zeros(draws.n),
            leak=np.zeros(draws.n),
            threshold=threshold,
            flare_time=draws["outcome.redness.flare_time"],
            mediator_time=draws["outcome.redness.mediator_time"],
            leak_time=draws["outcome.redness.swelling_time"],
            leak_threshold=draws["outcome.redness.swelling_threshold"],
        )

    def add_injury(self, punctured: PerDraw, hurt: PerDraw, draws: Draws) -> Reaction:
        """The reaction just after an injury, (draw,) each.

        `punctured` share of skin within the flare's reach, `hurt` share of the dermis.
        """
        flare = np.maximum(self.flare, draws["outcome.redness.flare"] * punctured)
        mediators = self.mediators + draws["outcome.redness.mediators"] * hurt
        return replace(self, flare=flare, mediators=mediators, leak=self.leak + hurt)

    def advance(self, hours: float | PerDraw) -> Reaction:
        """The reaction `hours` later, the same for all draws or (draw,)."""
        return replace(
            self,
            flare=self.flare * np.exp(-hours / self.flare_time),
            mediators=self.mediators * np.exp(-hours / self.mediator_time),
            leak=self.leak * np.exp(-hours / self.leak_time),
        )

    def rate_redness(self, signal: PerDraw) -> PerDraw:
        """Redness in units of just visible, (draw,), at an inflammatory `signal` (draw,)."""
        return self.flare + (self.mediators + signal) / self.threshold

    def rate_swelling(self) -> PerDraw:
        """Swelling in units of just visible, (draw,)."""
        return self.leak / self.leak_threshold

    def predict_redness_hours(self, signal: PerDraw, decay: PerDraw) -> PerDraw:
        """Hours until redness is not visible, (draw,), when the signal falls at `decay` 1/h from now on."""

        def over(hours: PerDraw, draw: Int[Array, " red"]) -> Float[Array, " red"]:
            times = np.zeros_like(signal)
            times[draw] = hours
            return (self.advance(times).rate_redness(signal * np.exp(-decay * times)) - 1)[draw]

        # What is red now and not in a year has its one hour in between: every part of redness only falls.
        hours = np.where(self.rate_redness(signal) > 1, _LONGEST, 0.0)
        end = np.full_like(signal, _LONGEST)
        fades = self.advance(end).rate_redness(signal * np.exp(-decay * end)) < 1
        red = np.flatnonzero((hours > 0) & fades)
        if red.size:
            hours[red] = find_root(over, (np.zeros(red.size), end[red]), args=(red,)).x
        return hours

    def predict_swelling_hours(self) -> PerDraw:
        """Hours until swelling is not visible, (draw,)."""
        return self.leak_time * np.log(np.maximum(self.rate_swelling(), 1.0))


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
    red = _read_days("redness")(ending)
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
    Quantity("redness_days", "day", "redness", _read_days("redness"), weight="cost"),
    Quantity("swelling_days", "day", "redness", _read_days("swelling")),
)
DOWNTIME = Quantity("downtime_days", "day", "redness", _count_days_down, weight="cost")
