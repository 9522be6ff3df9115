"""How the hand's force is shared: how far the deepest needle goes, and what drum or plate presses.

Quasi-static balance. A roller: needles at every angle of the drum are engaged at once,

    F = sum of f(d_i) + F_drum,   d(theta) = (R + L) cos(theta) - R - g ,

with g the gap between drum and skin. While needles alone can carry the force the drum hangs above the skin
(g > 0); else it touches and presses like a cylinder on a soft ground. No published model of a rolling needle
drum was found; the sum is this project's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import numpy as np

from hudnal.instrument import Pen, Roller, Stamp
from hudnal.parameters import Draws
from hudnal.puncture.insertion import NeedleLaw, insert

_ANGLES = 48  # of the drum at which needle forces are summed
_GAPS = 129  # of the table of force against gap


@dataclass(frozen=True)
class Load:
    """What the hand's force does. Arrays (draw, stroke)."""

    way: np.ndarray  # mm, of the deepest needle below the skin's plane
    pressure: np.ndarray  # MPa, of drum, plate or nose on the skin between the needles
    engaged: np.ndarray  # needles in the skin at once


def load_roller(roller: Roller, law: NeedleLaw, force: np.ndarray, draws: Draws) -> Load:
    """Balance of a roller under `force` N, (draw, stroke)."""
    length, radius = roller.needle.length, roller.drum_radius
    widest = np.arccos(radius / (radius + length))
    # Midpoints: the needle force is continuous but for the drop, which no rule of higher order likes.
    theta = (np.arange(_ANGLES) + 0.5) / _ANGLES * widest
    per_angle = roller.rings * roller.needles_per_ring / (2 * pi) * 2 * widest / _ANGLES
    profile = (radius + length) * np.cos(theta) - radius

    def carried(gap: np.ndarray) -> np.ndarray:
        ways = np.broadcast_to(profile - gap[:, None], (draws.n, gap.size, _ANGLES))
        return per_angle * insert(law, ways, np.zeros(1)).force.sum(axis=-1)

    gap, drum_force = _settle(carried, force, length)
    modulus = draws["puncture.dent.bulk_modulus"][:, None]
    # Hertz, cylinder on a half space: mean pressure over the half width b = sqrt(4 F' R / (pi E*)).
    line_load = drum_force / roller.drum_width
    half_width = np.sqrt(4 * line_load * radius / (pi * modulus))
    pressure = np.divide(line_load, 2 * half_width, out=np.zeros_like(line_load), where=half_width > 0)
    engaged = per_angle * (profile > gap[..., None]).sum(axis=-1)
    return Load(length - gap, pressure, engaged)


def load_stamp(stamp: Stamp, law: NeedleLaw, force: np.ndarray) -> Load:
    """Balance of a plate of needles under `force` N, (draw, stroke)."""
    length = stamp.needle.length

    def carried(gap: np.ndarray) -> np.ndarray:
        ways = np.broadcast_to(length - gap, (force.shape[0], gap.size))
        return stamp.needles * insert(law, ways, np.zeros(1)).force

    gap, plate = _settle(carried, force, length)
    return Load(length - gap, plate / stamp.head_area, np.full(force.shape, float(stamp.needles)))


def load_pen(pen: Pen, depth: np.ndarray, force: np.ndarray) -> Load:
    """A pen's motor drives the needles out to the set `depth` mm whatever the hand does; the nose rests on the
    skin with `force` N. Both (draw, stroke)."""
    return Load(depth, force / pen.head_area, np.full(depth.shape, float(pen.needles)))


def _settle(
    carried: Callable[[np.ndarray], np.ndarray], force: np.ndarray, length: float
) -> tuple[np.ndarray, np.ndarray]:
    """The gap at which the needles carry `force` (draw, stroke), and what is left for drum or plate, N.

    `carried(gap)` gives the needles' force for a column of gaps, (draw, gap). The instrument comes down from
    above, so where the force falls as needles break through, the first gap that carries the hand is the one.
    """
    gaps = np.linspace(length, 0.0, _GAPS)
    table = np.maximum.accumulate(carried(gaps), axis=1)
    gap = np.stack([np.interp(f, row, gaps) for f, row in zip(force, table, strict=True)])
    left = np.maximum(force - table[:, -1:], 0.0)
    return gap, left
