"""Where needles meet the skin: the lattice that each stroke lays over a square patch.

A stroke of a roller that does not slip lays a lattice: along the stroke the needles of one ring, `pitch` apart;
across it the rings. Random are only the phase along, the place of the lane across, and the hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, pi, sqrt

import numpy as np

from hudnal.instrument.geometry import Pen, Roller, Stamp

_GOLDEN_ANGLE = pi * (3 - sqrt(5))


@dataclass(frozen=True)
class Contacts:
    """Needles that met a patch of `side` x `side` mm, one entry a contact, sorted by draw, then stroke."""

    side: float  # mm
    draw: np.ndarray  # int, (contact,)
    stroke: np.ndarray  # int from 0, (contact,)
    x: np.ndarray  # mm, (contact,)
    y: np.ndarray  # mm, (contact,)
    heading: np.ndarray  # rad, direction of the stroke, (contact,)

    @property
    def count(self) -> int:
        """How many."""
        return self.draw.size


def _lattice(
    headings: np.ndarray,
    side: float,
    along: float,
    across: float,
    stagger: float,
    phases: np.ndarray,
    turns: np.ndarray,
) -> Contacts:
    """Contacts of lattices with pitches `along` and `across` (mm), one for each draw and stroke.

    `phases` (draw, stroke, 2) in [0, 1) shift each lattice; `turns` (draw, stroke) rad add to its heading.
    """
    reach = side / sqrt(2)
    i = np.arange(-ceil(reach / along) - 1, ceil(reach / along) + 2)
    j = np.arange(-ceil(reach / across) - 1, ceil(reach / across) + 2)
    rows, columns = np.meshgrid(j, i, indexing="ij")
    u = (columns + (stagger * rows) % 1.0).ravel() * along
    v = rows.ravel() * across
    angle = headings[None, :] + turns
    u = u + phases[..., 0, None] * along
    v = v + phases[..., 1, None] * across
    cos, sin = np.cos(angle)[..., None], np.sin(angle)[..., None]
    x = side / 2 + u * cos - v * sin
    y = side / 2 + u * sin + v * cos
    inside = (x >= 0) & (x < side) & (y >= 0) & (y < side)
    draw, stroke, _ = np.nonzero(inside)
    return Contacts(side, draw, stroke, x[inside], y[inside], angle[draw, stroke])


def roller_contacts(
    roller: Roller,
    headings: np.ndarray,
    side: float,
    draws: int,
    rng: np.random.Generator,
    slip: float = 0.0,
) -> Contacts:
    """Contacts of one stroke a heading (rad, (stroke,)) on a patch of `side` mm, for `draws` draws.

    Back and forth retrace the line with a phase of their own. Source: kinematics of rolling.
    """
    phases = rng.random((draws, headings.size, 2))
    return _lattice(
        headings,
        side,
        roller.pitch * (1 + slip),
        roller.drum_width / roller.rings,
        roller.stagger,
        phases,
        np.zeros((draws, headings.size)),
    )


def stamp_contacts(stamp: Stamp, presses: int, side: float, draws: int, rng: np.random.Generator) -> Contacts:
    """Contacts of presses laid side by side over the area, each time turned and shifted by chance."""
    pitch = 1 / sqrt(stamp.density_per_stroke)
    phases = rng.random((draws, presses, 2))
    turns = rng.random((draws, presses)) * pi
    return _lattice(np.zeros(presses), side, pitch, pitch, 0.0, phases, turns)


def pen_contacts(
    pen: Pen, headings: np.ndarray, speed: float, side: float, draws: int, rng: np.random.Generator
) -> Contacts:
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
        _lattice(headings, side, step, pen.head_diameter, 0.0, (phases + offset) % 1.0, unturned)
        for offset in offsets
    ]
    draw, stroke, x, y, heading = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("draw", "stroke", "x", "y", "heading")
    )
    order = np.lexsort((stroke, draw))
    return Contacts(side, draw[order], stroke[order], x[order], y[order], heading[order])
