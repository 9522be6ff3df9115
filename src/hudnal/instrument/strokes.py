"""Strokes over an area become passes: lane beside lane, each with its own phase of the drum.

A stroke covers the area with lanes a drum wide, less what they overlap. Three things are random: where the first lane
lies, the drum's phase in each lane, and the hand: its mean force of each stroke, and how it wavers along a lane.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from hudnal.arrays import Array, Bool, Float, Int, PerDraw, Shaped
from hudnal.instrument.geometry import Roller
from hudnal.parameters import Draws

LUCK = 4  # numbers in [0, 1) that each contact has: of the skin's strength there, and of the vessels it meets
_WAVES = 4  # by which the hand wavers along a lane
_LIFTED = 0.5  # of the lead before the area: how far behind it the drum is lifted
_NUMBER_BITS = 40  # of a contact's key, for its number in its ring
_NO_END = 1e-7  # how near to 0 and 1 a number may be: at the ends a normal score is infinite


@dataclass(frozen=True)
class Passes:
    """A drum rolled once along a lane, one entry a pass, sorted by draw and stroke. Area centred at (0, 0)."""

    width: float  # mm, of the area along x
    height: float  # mm, along y
    draw: Int[Array, " pass"]
    stroke: Int[Array, " pass"]  # from 0
    heading: Float[Array, " pass"]  # rad
    lane: Float[Array, " pass"]  # mm, of the drum's middle, to the left of the area's middle
    begin: Float[Array, " pass"]  # mm along, where the drum is put down
    span: Float[Array, " pass"]  # mm
    phase: Float[
        Array, "pass ring"
    ]  # [0, 1) pitches past the area's middle at which a needle of each ring comes
    first: Int[Array, " pass"]  # which needle that is
    wave: Float[Array, "pass term 3"]  # relative amplitude, 1/mm, rad
    chance: Shaped[Array, " pass"]  # 64 bits that tell its contacts' chance from all others'

    @property
    def count(self) -> int:
        """Number of passes."""
        return self.draw.size

    def select(self, chosen: Bool[Array, " pass"] | Int[Array, " chosen"]) -> Passes:
        """The `chosen` passes, by whether or by which."""
        arrays = {
            f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name not in ("width", "height")
        }
        return replace(self, **arrays)

    def draw_luck(
        self,
        of: Int[Array, " contact"],
        ring: Int[Array, " contact"],
        number: Int[Array, " contact"],
        count: int = LUCK,
    ) -> Float[Array, "contact luck"]:
        """LUCK numbers in (0, 1) for each contact: of the pass `of`, by its ring and its number from the area's middle.

        Only the first `count` of them, where those are enough.

        Chance belongs to a contact by its number, so that it stays when the hand presses harder.
        """
        contact = ((ring << _NUMBER_BITS) + number).astype(np.uint64)
        key = _mix_bits(_mix_bits(self.chance[of] + contact)[:, None] + np.arange(count, dtype=np.uint64))
        return np.clip((key >> np.uint64(11)) * 2.0**-53, _NO_END, 1 - _NO_END)

    def locate(
        self, of: Int[Array, " point"], along: Float[Array, " point"], across: Float[Array, " point"]
    ) -> tuple[Float[Array, " point"], Float[Array, " point"]]:
        """x and y in mm of points `along` and `across` mm (left) of the pass `of`."""
        cos, sin = np.cos(self.heading)[of], np.sin(self.heading)[of]
        return along * cos - across * sin, along * sin + across * cos


def lay_passes(
    roller: Roller,
    headings: Float[Array, " stroke"],
    width: float,
    height: float,
    draws: Draws,
    rng: np.random.Generator,
    lead: PerDraw,
    overlap: float = 0.0,
    waver: PerDraw | None = None,
) -> Passes:
    """Passes of strokes with `headings` rad over an area of `width` x `height` mm, for every draw.

    The drum is put down `lead` mm before the area and lifted half of that behind it. Lanes overlap by the share
    `overlap` of the drum's width. `waver` is the coefficient of variation of the force along a lane.
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
    chance = rng.integers(2**64, size=(n, strokes, most), dtype=np.uint64)
    draw, stroke, which = np.nonzero(meets)
    amplitude = draws["instruments.hand.force_waver"] if waver is None else waver
    longest = draws["instruments.hand.waver_length"]
    rings = np.arange(roller.rings) * roller.stagger
    return Passes(
        width=width,
        height=height,
        draw=draw,
        stroke=stroke,
        heading=headings[stroke],
        lane=lane[draw, stroke, which],
        begin=-along[stroke] / 2 - lead[draw],
        span=along[stroke] + (1 + _LIFTED) * lead[draw],
        phase=(phase[draw, stroke, which, None] + rings) % 1.0,
        first=first[draw, stroke, which],
        wave=_make_waves(amplitude[draw], longest[draw], tone[draw, stroke, which]),
        chance=chance[draw, stroke, which],
    )


def _make_waves(
    amplitude: Float[Array, " pass"], longest: Float[Array, " pass"], tone: Float[Array, "pass term"]
) -> Float[Array, "pass term 3"]:
    """Waves of a force that varies by `amplitude` of itself, the longest `longest` mm, at phases `tone` in [0, 1)."""
    order = np.arange(1, _WAVES + 1)
    wave = np.empty((amplitude.size, _WAVES, 3))
    wave[..., 0] = amplitude[:, None] * np.sqrt(2 / _WAVES)
    # Waves of unlike lengths, so that they do not add up at the same place over and over.
    wave[..., 1] = 2 * np.pi / longest[:, None] * np.sqrt(order)
    wave[..., 2] = 2 * np.pi * tone
    return wave


def _mix_bits(key: Shaped[Array, " *any"]) -> Shaped[Array, " *any"]:
    """64 bits that look like chance for each key of 64 bits: the mixing function of SplitMix64 (Steele et al. 2014)."""
    key = key + np.uint64(0x9E3779B97F4A7C15)
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))
