"""How far needles are pulled along through the skin while they are in it, and how much of that is torn."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.instrument import Pen, Roller
from hudnal.instrument.use import Use
from hudnal.puncture.contacts import Contacts
from hudnal.puncture.insertion import NeedleLaw

_NO_WAY = 1e-9  # mm


def _sweep_of_lean(contacts: Contacts) -> Float[Array, " contact"]:
    """mm by which a bent needle that is driven straight in sweeps aside at the surface: its depth times tan lean."""
    return contacts.tip_depth * np.abs(np.tan(contacts.lean))


@dataclass(frozen=True)
class Drag:
    """How an instrument pulls its needles along: a drum turns and slips, a pen glides on; a stamp does neither."""

    roller: Roller | None = None
    slip: float = 0.0  # 1, of a roller
    speed: float = 0.0  # mm/s of the hand
    frequency: float = 0.0  # 1/s, of a pen

    @staticmethod
    def of(use: Use) -> Drag:
        """The drag of a step with needles."""
        if isinstance(use.instrument, Pen):
            return Drag(speed=use.speed, frequency=use.instrument.frequency)
        return Drag(use.roller, getattr(use.step, "slip", 0.0), use.speed)

    def find_slits(
        self, contacts: Contacts, law: NeedleLaw
    ) -> tuple[Float[Array, " contact"], Float[Array, " contact"]]:
        """mm of slit beyond the hole's width that each contact leaves at the surface, and mm torn on its way below it.

        Skin follows the needle for the most part. What does not is torn, the more of it the faster the needle is
        pulled, as needles enter the easier the faster they come; a blunter needle drags more of the skin along.
        """
        tip, draws, d = contacts.tip_depth, law.draws, contacts.draw
        if self.roller is not None:
            surface, below = self.roller.slit(tip, self.slip), self.roller.drag(tip, self.slip)
            path = self.roller.path_inside(tip, self.slip)
            speed = self.speed * np.divide(below, path, out=np.zeros_like(path), where=path > 0)
        elif self.frequency > 0:
            # A quarter of a cycle out, a quarter back: the tip is in while it is below the dent that is left around it.
            dented = np.clip(1 - tip / np.maximum(contacts.way, _NO_WAY), 0, 1)
            below = self.speed / self.frequency * (0.5 - np.arcsin(dented) / pi)
            below = below + _sweep_of_lean(contacts)
            surface, speed = below, np.full(tip.size, self.speed)
        else:
            torn = np.minimum(draws["puncture.channel.slit_cut"][d] * law.needle.wear[d], 1.0)
            return torn * _sweep_of_lean(contacts), torn * _sweep_of_lean(contacts)
        faster = (speed / draws.value("puncture.channel.slit_speed")) ** draws["puncture.channel.slit_rate"][
            d
        ]
        torn = np.minimum(draws["puncture.channel.slit_cut"][d] * law.needle.wear[d] * faster, 1.0)
        return torn * surface, torn * below
