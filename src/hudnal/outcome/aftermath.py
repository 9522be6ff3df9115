"""What the skin feels like in the hours and days after: tingling, pain, dryness.

Nerves that were struck calm down within hours; inflammation keeps up tingling and soreness as long as it lasts; the
corneum that was opened comes off as scale some days later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.outcome.contract import Quantity, Series
from hudnal.parameters import Draws
from hudnal.units import HOURS_PER_DAY

_FELT_FOR = 60 * HOURS_PER_DAY  # h after a session that one looks at what it feels like
_COVERED = ("petrolatum", "airtight")  # under these scale lies flat


@dataclass(frozen=True)
class Aftermath:
    """What is behind tingling, pain and dryness after a session, (draw,) each.

    Tingling and dryness count in units of just noticeable, pain on 0-10.
    """

    nerve: PerDraw  # tingling of nerves that were struck
    sore: PerDraw  # their pain, 0-10
    depth: PerDraw  # mm, how deep the injuries went
    lost: PerDraw  # corneum that will come off, share of the surface
    scale: PerDraw  # that comes off now
    nerve_time: PerDraw  # h
    sore_time: PerDraw  # h
    scale_time: PerDraw  # h
    nerve_threshold: PerDraw  # inflammatory signal that just tingles
    sore_gain: PerDraw  # pain of inflammation, 0-10 for each unit of signal
    scale_threshold: PerDraw
    flattened: PerDraw  # share of scale that shows under petrolatum or film
    power: PerDraw  # of a needle's pain with its depth
    ceiling: float

    @staticmethod
    def of(draws: Draws) -> Aftermath:
        """The state of skin to which nothing has been done."""
        zero = np.zeros(draws.n)
        return Aftermath(
            zero,
            zero,
            zero,
            zero,
            zero,
            nerve_time=draws["outcome.tingling.time"],
            sore_time=draws["outcome.soreness.time"],
            scale_time=draws["outcome.dryness.time"],
            nerve_threshold=draws["outcome.tingling.threshold"],
            sore_gain=draws["outcome.soreness.inflammation"],
            scale_threshold=draws["outcome.dryness.threshold"],
            flattened=draws["outcome.dryness.petrolatum"],
            power=draws["outcome.pain.length_exponent"],
            ceiling=draws.value("outcome.pain.ceiling"),
        )

    def add_injury(
        self, reached: PerDraw, opened: PerDraw, depth: PerDraw, pain: PerDraw, draws: Draws
    ) -> Aftermath:
        """The state just after an injury, (draw,) each.

        `reached` share of skin within the nerves' reach, `opened` share of the surface that it opened, `depth` mm,
        `pain` 0-10 that it would give without cream.
        """
        return replace(
            self,
            nerve=np.maximum(self.nerve, draws["outcome.tingling.flare"] * reached),
            sore=np.maximum(self.sore, draws["outcome.soreness.share"] * pain),
            depth=np.maximum(self.depth, depth),
            lost=self.lost + opened,
        )

    def advance(self, hours: float) -> Aftermath:
        """The state `hours` later."""
        peels = hours / self.scale_time
        gone = np.exp(-peels)
        return replace(
            self,
            nerve=self.nerve * np.exp(-hours / self.nerve_time),
            sore=self.sore * np.exp(-hours / self.sore_time),
            lost=self.lost * gone,
            scale=(self.scale + self.lost * peels) * gone,
        )

    def rate_tingling(self, signal: PerDraw, numb_depth: PerDraw) -> PerDraw:
        """Tingling in units of just noticeable, (draw,), at an inflammatory `signal`, share of the dermis, (draw,).

        What is numb, down to `numb_depth` mm (draw,), does not tingle.
        """
        return (self.nerve + signal / self.nerve_threshold) * self._find_felt_share(numb_depth)

    def rate_pain(self, signal: PerDraw, numb_depth: PerDraw) -> PerDraw:
        """Pain 0-10, (draw,), at an inflammatory `signal`, in skin numb down to `numb_depth` mm, (draw,) each."""
        raw = (self.sore + self.sore_gain * signal) * self._find_felt_share(numb_depth)
        return self.ceiling * raw / (self.ceiling + raw)

    def rate_dryness(self, cover: str) -> PerDraw:
        """Scale and tightness in units of just noticeable, (draw,), under a `cover` such as petrolatum."""
        return self.scale / self.scale_threshold * (self.flattened if cover in _COVERED else 1.0)

    def _find_felt_share(self, numb_depth: PerDraw) -> PerDraw:
        """Share of it that is felt, (draw,): a needle's pain above a depth goes with the power of that depth."""
        reached = np.divide(numb_depth, self.depth, out=np.zeros_like(self.depth), where=self.depth > 0)
        return 1 - np.minimum(reached, 1.0) ** self.power


def count_hours_above(
    times: Float[Array, " time"], values: Float[Array, "time draw"], level: float
) -> PerDraw:
    """Hours that `values`, straight lines between the `times`, lie above `level`, (draw,)."""
    low, high = np.minimum(values[1:], values[:-1]), np.maximum(values[1:], values[:-1])
    rise = high - low
    # A rise that is hardly one is none: what lies above it does so all the time.
    share = np.divide(high - level, rise, out=(high > level).astype(float), where=rise > np.finfo(float).tiny)
    return (np.clip(share, 0, 1) * np.diff(times)[:, None]).sum(axis=0)


def _measure_hours_felt(series: str, level: str | None = None) -> Callable[[Any], PerDraw]:
    """How long after the first session a series lies above 1, or above a parameter."""

    def measure(ending: Any) -> PerDraw:
        since, until = ending.session_ends[0], ending.session_ends[0] + _FELT_FOR
        if len(ending.session_starts) > 1:
            until = min(until, ending.session_starts[1])
        # The last time at the session's end: a step is a jump.
        start = int(np.searchsorted(ending.times, since, side="right")) - 1
        looked_at = slice(start, max(ending.index_at(until), start + 1))
        above = 1.0 if level is None else ending.draws.value(level)
        return count_hours_above(ending.times[looked_at], ending.series(series)[looked_at], above)

    return measure


def _measure_dry_days(ending: Any) -> PerDraw:
    return _measure_hours_felt("dryness")(ending) / HOURS_PER_DAY


SERIES = (
    Series(
        "tingling",
        "1",
        "tingling and itch in units of just noticeable",
        lambda look: look.aftermath.rate_tingling(look.signal, look.numb_depth),
        "redness",
    ),
    Series(
        "pain_after",
        "0-10",
        "pain after the session, 0 to 10",
        lambda look: look.aftermath.rate_pain(look.signal, look.numb_depth),
        "pain",
    ),
    Series(
        "dryness",
        "1",
        "dryness and flaking in units of just noticeable",
        lambda look: look.aftermath.rate_dryness(look.cover),
        "redness",
    ),
)
QUANTITIES = (
    Quantity("tingling_hours", "h", "redness", _measure_hours_felt("tingling"), over_zones="most"),
    Quantity(
        "pain_hours",
        "h",
        "redness",
        _measure_hours_felt("pain_after", "outcome.soreness.felt"),
        over_zones="most",
    ),
    Quantity("dryness_days", "day", "redness", _measure_dry_days, over_zones="most"),
)
