"""Bent and blunt needles of pens and stamps: how far each contact's needle stands off, and whether it is blunt.

(A roller's needles have their places on the drum: `instrument/drum.py`.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from hudnal.arrays import Array, Bool, Float
from hudnal.instrument.geometry import Pen, Stamp
from hudnal.instrument.places import Places
from hudnal.parameters import Draws


@dataclass(frozen=True)
class Pins:
    """The needle of each contact, against a straight and sharp one."""

    shorter: Float[Array, " contact"]  # mm that its tip stays behind
    lean: Float[Array, " contact"]  # rad, forward along the stroke
    along: Float[Array, " contact"]  # mm, of the tip, along the stroke
    aside: Float[Array, " contact"]  # mm, beside it
    is_blunt: Bool[Array, " contact"]

    @staticmethod
    def of(instrument: Pen | Stamp, places: Places, draws: Draws, rng: np.random.Generator) -> Pins | None:
        """The needles at these places; None where all are straight and sharp.

        Which are bent or blunt is drawn once for each draw and needle; each time anew where the plate has no order.
        """
        if not (instrument.bent or instrument.blunt):
            return None
        in_order = places.count > 0 and bool((places.needle >= 0).all())
        shape = (draws.n, instrument.needles) if in_order else (places.count,)
        which = (places.draw, places.needle) if in_order else np.arange(places.count)
        is_bent, is_blunt = rng.random(shape) < instrument.bent, rng.random(shape) < instrument.blunt
        toward = rng.random(shape) * 2 * pi
        bend = np.where(is_bent[which], draws["instruments.needle.bend"][places.draw], 0.0)
        bend = np.deg2rad(bend)
        out = instrument.needle.length * np.sin(bend)
        return Pins(
            shorter=instrument.needle.length * (1 - np.cos(bend)),
            lean=bend * np.cos(toward[which]),
            along=out * np.cos(toward[which]),
            aside=out * np.sin(toward[which]),
            is_blunt=is_blunt[which],
        )

    def move_tips(self, places: Places) -> Places:
        """The places where these needles' tips come down; what leaves the sample area comes in on its other side."""
        cos, sin = np.cos(places.heading), np.sin(places.heading)
        x = places.x + self.along * cos - self.aside * sin
        y = places.y + self.along * sin + self.aside * cos
        half = places.side / 2
        return replace(places, x=(x + half) % places.side - half, y=(y + half) % places.side - half)
