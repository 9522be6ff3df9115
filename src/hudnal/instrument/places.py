"""Where the needles of stamps and pens come down: the lattice that each press or pass lays over a square sample area.

(Where a roller's needles do comes out of its rolling: `puncture/rolling.py`.)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, pi, sqrt

import numpy as np

from hudnal.arrays import Array, Float, Int
from hudnal.instrument.geometry import Pen, Stamp

_GOLDEN_ANGLE = pi * (3 - sqrt(5))
_UNORDERED = -1  # number of a needle whose plate has no order


@dataclass(frozen=True)
class Places:
    """Where needles meet a sample area of `side` x `side` mm, one entry a contact, sorted by draw, then stroke.

    Places count from the middle of the area.
    """

    side: float  # mm
    draw: Int[Array, " contact"]
    stroke: Int[Array, " contact"]  # from 0
    needle: Int[Array, " contact"]  # which of the instrument; -1 where its plate has no order
    x: Float[Array, " contact"]  # mm
    y: Float[Array, " contact"]  # mm
    heading: Float[Array, " contact"]  # rad, direction of the stroke

    @property
    def count(self) -> int:
        """Number of contacts."""
        return self.draw.size


def _lay_lattice(
    headings: Float[Array, " stroke"],
    side: float,
    along: float,
    across: float,
    phases: Float[Array, "draw stroke 2"],
    turns: Float[Array, "draw stroke"],
    needle: int = _UNORDERED,
) -> Places:
    """Contacts of lattices with pitches `along` and `across` (mm), one for each draw and stroke.

    `phases` in [0, 1) pitches shift each lattice; `turns` rad add to its heading.
    """
    reach = side / sqrt(2)
    i = np.arange(-ceil(reach / along) - 1, ceil(reach / along) + 2)
    j = np.arange(-ceil(reach / across) - 1, ceil(reach / across) + 2)
    rows, columns = np.meshgrid(j, i, indexing="ij")
    u = columns.ravel() * along
    v = rows.ravel() * across
    angle = headings[None, :] + turns
    u = u + phases[..., 0, None] * along
    v = v + phases[..., 1, None] * across
    cos, sin = np.cos(angle)[..., None], np.sin(angle)[..., None]
    x = u * cos - v * sin
    y = u * sin + v * cos
    inside = (np.abs(x) < side / 2) & (np.abs(y) < side / 2)
    draw, stroke, _ = np.nonzero(inside)
    return Places(side, draw, stroke, np.full(draw.size, needle), x[inside], y[inside], angle[draw, stroke])


def lay_stamp_places(stamp: Stamp, presses: int, side: float, draws: int, rng: np.random.Generator) -> Places:
    """Contacts of presses laid side by side over the area, each time turned and shifted by chance."""
    pitch = 1 / sqrt(stamp.density_per_stroke)
    phases = rng.random((draws, presses, 2))
    turns = rng.random((draws, presses)) * pi
    return _lay_lattice(np.zeros(presses), side, pitch, pitch, phases, turns)


def lay_pen_places(
    pen: Pen,
    headings: Float[Array, " stroke"],
    speed: float,
    side: float,
    draws: int,
    rng: np.random.Generator,
) -> Places:
    """Contacts of one pass a heading: lanes a head wide, gliding at `speed` mm/s, a cycle every v/f mm.

    The needles stand evenly over the round head (Vogel's spiral; arrangements are not published).
    """
    step = speed / pen.frequency
    n = np.arange(pen.needles)
    radius = pen.head_diameter / 2 * np.sqrt((n + 0.5) / pen.needles)
    across, along = radius * np.cos(n * _GOLDEN_ANGLE), radius * np.sin(n * _GOLDEN_ANGLE)
    phases = rng.random((draws, headings.size, 2))
    unturned = np.zeros((draws, headings.size))
    # Each needle draws one line of points along every lane: a lattice of pitch v/f by D.
    offsets = np.stack([along / step, across / pen.head_diameter], axis=1)
    parts = [
        _lay_lattice(headings, side, step, pen.head_diameter, (phases + offset) % 1.0, unturned, needle)
        for needle, offset in enumerate(offsets)
    ]
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("draw", "stroke", "needle", "x", "y", "heading")
    }
    order = np.lexsort((columns["stroke"], columns["draw"]))
    return Places(side, **{name: values[order] for name, values in columns.items()})
