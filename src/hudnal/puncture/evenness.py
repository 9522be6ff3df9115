"""How evenly holes lie: pair correlation, and the share of skin that is far from any hole."""

from __future__ import annotations

from math import pi

import numpy as np
from scipy.spatial import KDTree

from hudnal.arrays import Array, Float

_WIDEST_RIM = 1 / 4  # of the side: what is left out at each edge
_GRID = 200  # points along each side at which the distance to the nearest hole is looked at


def pair_correlation(
    x: Float[Array, " hole"], y: Float[Array, " hole"], side: float, edges: Float[Array, " edge"]
) -> Float[Array, " bin"]:
    """g(r) of holes at `x`, `y` mm on a sample area of `side` mm, in the bins between the `edges` mm.

    1 where holes are as frequent at that distance as by chance, 0 where there are none; NaN for fewer than two holes.
    Pairs are weighted by 1 over the share of the area at which such a pair fits (Ohser's translation correction).
    """
    count = x.size
    if count < 2:
        return np.full(edges.size - 1, np.nan)
    pairs = KDTree(np.column_stack([x, y])).query_pairs(edges[-1], output_type="ndarray")
    across, along = np.abs(x[pairs[:, 0]] - x[pairs[:, 1]]), np.abs(y[pairs[:, 0]] - y[pairs[:, 1]])
    weight = side**2 / ((side - across) * (side - along))
    pairs_in_bin, _ = np.histogram(np.hypot(across, along), bins=edges, weights=weight)
    by_chance = count * (count - 1) / 2 * pi * np.diff(edges**2) / side**2
    return pairs_in_bin / by_chance


def far_share(x: Float[Array, " hole"], y: Float[Array, " hole"], side: float, distance: float) -> float:
    """Share of a sample area of `side` mm whose nearest hole is more than `distance` mm away; 1 without holes.

    A rim as wide as `distance` is left out, since holes beyond the area are not known.
    """
    if x.size == 0:
        return 1.0
    rim = min(distance, _WIDEST_RIM * side)
    line = rim + (np.arange(_GRID) + 0.5) / _GRID * (side - 2 * rim)
    points = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    nearest, _ = KDTree(np.column_stack([x, y])).query(points)
    return float((nearest > distance).mean())
