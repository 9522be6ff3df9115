"""Strokes over an area become passes: lane beside lane, each with its own phase of the drum.

A stroke covers the area with lanes a drum wide, less what they overlap. Random are only where the first lane lies, the
drum's phase in each lane, and the hand: its mean force of each stroke, and how it wavers along a lane.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from hudnal.instrument.geometry import Roller
from hudnal.parameters import Draws

LUCK = 4  # numbers in [0, 1) that each contact has: of the skin's strength there, and of the vessels it meets
_WAVES = 4  # by which the hand wavers along a lane


@dataclass(frozen=True)
class Passes:
    """A drum rolled once along a lane, one entry a pass, sorted by draw and stroke. Area centred at (0, 0)."""

    width: float  # mm, of the area along x
    height: float  # mm, along y
    draw: np.ndarray  # int, (pass,)
    stroke: np.ndarray  # int from 0
    heading: np.ndarray  # rad
    lane: np.ndarray  # mm, of the drum's middle, to the left of the area's middle
    begin: np.ndarray  # mm along, where the drum is put down
    span: np.ndarray  # mm
    phase: (
        np.ndarray
    )  # [0, 1) pitches past the area's middle at which a needle of each ring comes, (pass, ring)
    first: np.ndarray  # int, which needle that is
    wave: np.ndarray  # (pass, term, 3): relative amplitude, 1/mm, rad
    luck: np.ndarray  # [0, 1), (pass, ring, number, 4): of the contacts, numbered from the area's middle

    @property
    def count(self) -> int:
        """How many."""
        return self.draw.size

    def part(self, chosen: np.ndarray) -> Passes:
        """Those `chosen`, bool or index (pass,)."""
        arrays = {
            f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name not in ("width", "height")
        }
        return replace(self, **arrays)

    def place(self, of: np.ndarray, along: np.ndarray, across: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x and y in mm of points `along` and `across` mm (left) of the pass `of`, all (n,)."""
        cos, sin = np.cos(self.heading[of]), np.sin(self.heading[of])
        return along * cos - across * sin, along * sin + across * cos


def passes_over(
    roller: Roller,
    headings: np.ndarray,
    width: float,
    height: float,
    draws: Draws,
    rng: np.random.Generator,
    lead: np.ndarray,
    overlap: float = 0.0,
    waver: np.ndarray | None = None,
) -> Passes:
    """Passes of strokes with `headings` rad, (stroke,), over an area of `width` x `height` mm, for every draw.

    The drum is put down `lead` mm, (draw,), before the area and lifted half of that behind it. Lanes overlap by the
    share `overlap` of the drum's width. `waver` (draw,) is the coefficient of variation of the force along a lane.
    """
    spacing = roller.drum_width * (1 - overlap)
    cos, sin = np.abs(np.cos(headings)), np.abs(np.sin(headings))
    across, along = width * sin + height * cos, width * cos + height * sin
    most = int(np.ceil((across.max(initial=0) + roller.drum_width) / spacing)) + 1
    n, strokes = draws.n, headings.size
    # The left edge of the first lane lies anywhere within a spacing beyond the area.
    offset = rng.random((n, strokes, 1)) * spacing
    lane = -across[:, None] / 2 - roller.drum_width / 2 + offset + np.arange(most) * spacing
    meets = np.abs(lane) < (across[:, None] + roller.drum_width) / 2
    phase = rng.random((n, strokes, most))
    first = rng.integers(roller.needles_per_ring, size=(n, strokes, most))
    tone = rng.random((n, strokes, most, _WAVES))
    # Chance belongs to a contact by its number, so that it stays when the hand presses harder.
    numbers = 2 * int(np.ceil((along.max(initial=0) / 2 + 2 * roller.drum_diameter) / roller.pitch)) + 1
    draw, stroke, which = np.nonzero(meets)
    longest = draws["instruments.hand.waver_length"]
    amplitude = draws["instruments.hand.force_waver"] if waver is None else waver
    order = np.arange(1, _WAVES + 1)
    wave = np.empty((draw.size, _WAVES, 3))
    wave[..., 0] = amplitude[draw, None] * np.sqrt(2 / _WAVES)
    # Waves of unlike lengths, so that they do not add up at the same place over and over.
    wave[..., 1] = 2 * np.pi / longest[draw, None] * np.sqrt(order)
    wave[..., 2] = 2 * np.pi * tone[draw, stroke, which]
    rings = np.arange(roller.rings) * roller.stagger
    return Passes(
        width=width,
        height=height,
        draw=draw,
        stroke=stroke,
        heading=headings[stroke],
        lane=lane[draw, stroke, which],
        begin=-along[stroke] / 2 - lead[draw],
        span=along[stroke] + 1.5 * lead[draw],
        phase=(phase[draw, stroke, which, None] + rings) % 1.0,
        first=first[draw, stroke, which],
        wave=wave,
        luck=_luck(rng, (n * strokes * most, roller.rings, numbers, LUCK))[meets.ravel()],
    )


def _luck(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers in (0, 1), without the ends, where a normal score would be infinite; in half the memory."""
    return np.clip(rng.random(shape, dtype=np.float32), 1e-7, 1 - 1e-7)
