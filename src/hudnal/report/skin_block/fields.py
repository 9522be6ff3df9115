"""What is shown of a block of skin: its fields with their colours, and its snapshots with their times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.colors import to_rgb

from hudnal.arrays import Array, Float, Shaped
from hudnal.language import Words
from hudnal.language.numbers import format_duration
from hudnal.units import HOURS_PER_DAY

LESS = ("#f8efe6", "#e3c4d6", "#b184b0", "#6d4a7c")
MORE = ("#f8efe6", "#cfe0d2", "#86bcb6", "#2f828a", "#145560", "#07303b")
RED = ("#faeee4", "#f6c9ad", "#e88d6b", "#cf4a38", "#a3211f", "#5e0f17")
CELLS = ("#f8efe6", "#f6dda6", "#e9b350", "#c9781f", "#8d4513", "#51230d")

_BELOW = 1.25  # what is shown ends this many times deeper than the dermis
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)  # round numbers of a decade


@dataclass(frozen=True)
class ShownField:
    """How a variable is coloured: `less` from `neutral` to `low`, `more` from `neutral` to `high`."""

    name: str
    key: str
    low: float
    neutral: float
    high: float
    more: Sequence[str]
    less: Sequence[str] = ()
    power: float = 1.0  # below 1 shows what is weak
    ticks: Sequence[float] = ()

    @property
    def zero(self) -> float:
        """Where on the colour bar the neutral value lies, 0 to 1."""
        return (self.neutral - self.low) / (self.high - self.low)

    def place(self, values: Shaped[Array, "*any"]) -> Float[Array, "*any"]:
        """Where on the colour bar each value lies, 0 to 1."""
        zero = self.zero
        up = np.clip((values - self.neutral) / (self.high - self.neutral), 0, 1) ** self.power
        if not zero:
            return up
        down = np.clip((self.neutral - values) / (self.neutral - self.low), 0, 1)
        return zero * (1 - down) + (1 - zero) * up

    def away(self, values: Shaped[Array, "*any"]) -> Float[Array, "*any"]:
        """How far along its side of the bar each value lies, 0 where all is as before."""
        zero, place = self.zero, self.place(values)
        return np.where(place < zero, zero - place, place - zero) / np.where(place < zero, zero, 1 - zero)

    def colours(self, values: Shaped[Array, "*any"]) -> Float[Array, "*any 3"]:
        """RGB of each value, 0 to 1."""
        zero, place = self.zero, self.place(values)
        under = list(reversed(self.less))[:-1]
        at = [*np.linspace(0, zero, len(self.less))[: len(under)], *np.linspace(zero, 1, len(self.more))]
        stops = np.array([to_rgb(c) for c in [*under, *self.more]])
        return np.stack([np.interp(place, at, stops[:, i]) for i in range(3)], axis=-1)


def choose_fields(patch: xr.Dataset) -> dict[str, ShownField]:
    """The variables that are shown, with ranges that hold at all times."""
    collagen = patch["collagen_change"].values.reshape(patch.sizes["time"], -1)
    least, most = np.quantile(collagen, (0.001, 0.999), axis=1)
    low, high = -_round_up(max(-float(least.min()), 1.0)), _round_up(max(float(most.max()), 5.0))
    cells = max(1.2, _round_up(float(np.quantile(patch["fibroblasts"].values, 0.999))))
    return {
        "signal": ShownField(
            "signal", "inflammation", 0, 0, 1, RED, power=0.3, ticks=(0, 0.001, 0.01, 0.1, 1)
        ),
        "collagen_change": ShownField(
            "collagen_change", "collagen", low, 0, high, MORE, LESS, ticks=(low, 0, high)
        ),
        "fibroblasts": ShownField(
            "fibroblasts", "fibroblasts", 0, 1, cells, CELLS, LESS, ticks=(0, 1, cells)
        ),
    }


def _round_up(value: float) -> float:
    """The next round number: 5, 10, 15, 20, 30 and so on."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(s * power for s in _STEPS if s * power >= value * 0.999))


def shown_depth(patch: xr.Dataset) -> float:
    """Down to which depth the block is shown, in mm: some way into the fat, where it reaches that far."""
    return min(float(patch.attrs["dermis_end_mm"]) * _BELOW, float(patch["z_edge"][-1]))


def read_hours_after(patch: xr.Dataset) -> Float[Array, " time"]:
    """Hours of each snapshot after the first session, as people would say them: whole hours, then whole days."""
    sessions = np.atleast_1d(patch.attrs.get("sessions_h", patch["time"].values[:1]))
    hours = np.maximum(patch["time"].values - (sessions[0] if sessions.size else 0.0), 0.0)
    days = HOURS_PER_DAY * np.round(hours / HOURS_PER_DAY)
    rounded = np.where(hours < 2 * HOURS_PER_DAY, np.round(hours), days)
    return np.where(hours < 2, np.round(hours, 2), rounded)


def name_snapshots(patch: xr.Dataset, words: Words, wanted: Sequence[float] = ()) -> dict[int, str]:
    """The snapshots nearest to the `wanted` hours after the first session, or all, each with its time in words."""
    since = read_hours_after(patch)
    hours, ends = np.log1p(since), np.log1p(np.minimum(wanted, since[-1]))
    chosen = {int(np.abs(hours - end).argmin()) for end in ends} if len(wanted) else range(since.size)
    return {
        i: words("block.just_after") if since[i] < 0.5 else format_duration(float(since[i]), words)
        for i in sorted(chosen)
    }
