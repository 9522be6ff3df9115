"""Luck, added back to paths that have lost it, and the interval of many draws at once."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from hudnal.arrays import Array, Float
from hudnal.result.interval import HIGH, LOW

REPEATS = 8  # times that luck is dealt anew to the same draws
ENDS = (0.5, LOW, HIGH)


def deal_luck(draws: int) -> Float[Array, "repeat draw"]:
    """Normal scores, evenly spread over the draws and dealt to them in another order each time, (repeat, draw)."""
    even = ndtri((np.arange(draws) + 0.5) / draws)
    rng = np.random.default_rng(draws)
    return np.round(np.stack([rng.permutation(even) for _ in range(REPEATS)]), 2)


def find_ends(values: Float[Array, "*case draw"]) -> Float[Array, "*case end"]:
    """Median, low and high over the draws, (..., 3), as `result.interval` has them; NaN where it has none.

    So where most draws have no value, and where an end is never reached.
    """
    ordered = np.sort(values, axis=-1)  # what has no value comes last
    known = (~np.isnan(values)).sum(axis=-1)
    ends = []
    with np.errstate(invalid="ignore"):
        for share in ENDS:
            place = share * np.maximum(known - 1, 0)
            below = np.floor(place).astype(int)
            low, high = (
                np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0]
                for at in (below, np.ceil(place).astype(int))
            )
            end = low + (high - low) * (place - below)
            ends.append(np.where(np.isfinite(low) & np.isfinite(high), end, np.nan))
    return np.where((2 * known > values.shape[-1])[..., None], np.stack(ends, axis=-1), np.nan)
