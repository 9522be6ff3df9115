"""Every needle of a drum: where its tip stands, how blunt it is. All are alike, but for the bent and the blunt ones."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.instrument.geometry import Roller
from hudnal.parameters import Draws


@dataclass(frozen=True)
class Drum:
    """Needles of a roller, each with its place."""

    roller: Roller
    reach: Float[Array, "draw ring needle"]  # mm, of the tip from the axle
    angle: Float[Array, "draw ring needle"]  # rad, of the tip ahead of its foot
    lean: Float[Array, "draw ring needle"]  # rad, of the needle forward of the drum's radius
    aside: Float[Array, "draw ring needle"]  # mm, of the tip beside its ring
    blunter: Float[Array, "draw ring needle"]  # 1, width of the tip against a good one

    @staticmethod
    def of(roller: Roller, draws: Draws, rng: np.random.Generator) -> Drum:
        """The drum in the hand: which needles are bent or blunt is drawn once for each draw."""
        shape = (draws.n, roller.rings, roller.needles_per_ring)
        radius, length = roller.drum_radius, roller.needle.length
        is_bent, is_blunt = rng.random(shape) < roller.bent, rng.random(shape) < roller.blunt
        toward = rng.random(shape) * 2 * pi
        bend = np.where(is_bent, np.deg2rad(draws["instruments.needle.bend"])[:, None, None], 0.0)
        lean = roller.tilt + bend * np.cos(toward)
        sideways = bend * np.sin(toward)
        upright = length * np.cos(sideways)
        blunt = draws["instruments.needle.blunt_tip"] / roller.needle.tip_radius
        return Drum(
            roller=roller,
            reach=np.sqrt(radius**2 + upright**2 + 2 * radius * upright * np.cos(lean)),
            angle=np.arctan2(upright * np.sin(lean), radius + upright * np.cos(lean)),
            lean=np.broadcast_to(lean, shape),
            aside=length * np.sin(sideways),
            blunter=np.where(is_blunt, np.maximum(blunt, 1.0)[:, None, None], 1.0),
        )
