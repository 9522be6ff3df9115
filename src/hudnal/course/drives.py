"""What the needles do in each step with needles: made when a session comes to it, kept for the sessions after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.instrument.use import Use
from hudnal.parameters import Draws
from hudnal.puncture.dent import ElasticLayers, Ground
from hudnal.puncture.driving import Drive, drive_needles
from hudnal.skin import Skin

MOST_KEPT = 1_000_000  # contacts of all drives that are kept, some 200 bytes each


@dataclass(frozen=True)
class Drives:
    """The drives of one batch of draws on a sample area of `side` mm.

    `made` are those that are kept, by the order of the step in its session and by how often each needle had punctured
    skin before it: a number, or the bytes of one for each draw. What is not kept is made again, to the same bits.
    """

    uses: Mapping[int, Use]
    side: float
    skin: Skin
    draws: Draws
    made: dict[tuple[int, float | bytes], Drive] = field(default_factory=dict)
    grounds: dict[bytes, Ground] = field(default_factory=dict)

    def find(self, order: int, punctures: PerDraw) -> Drive:
        """What needles that have punctured skin so often before do in the first session; later ones are images of it.

        Raises KeyError where the step of that order has no needles.
        """
        alike = bool((punctures == punctures[0]).all())
        key = (order, float(punctures[0]) if alike else punctures.tobytes())
        if key not in self.made:
            use, chance = self.uses[order], seed_use(self.uses[order], self.draws)
            ground = self._find_ground(use.tension)
            drive = drive_needles(use, punctures, self.side, self.skin, ground, self.draws, chance)
            kept = sum(one.contacts.count for one in self.made.values())
            if kept + drive.contacts.count > MOST_KEPT:
                return drive
            self.made[key] = drive
        return self.made[key]

    def _find_ground(self, tension: PerDraw) -> Ground:
        """What needles dent when the skin stands under `tension` N/mm."""
        key = tension.tobytes()
        if key not in self.grounds:
            self.grounds[key] = Ground(ElasticLayers.of(self.skin, tension, self.draws))
        return self.grounds[key]


def seed_use(use: Use, draws: Draws) -> np.random.Generator:
    """Chance of a use: by what is done and which of its kind it is in its session, whatever else is in the file."""
    return np.random.default_rng([draws.seed, draws.batch, crc32(use.step.name.encode()), use.turn])
