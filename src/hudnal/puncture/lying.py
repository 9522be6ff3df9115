"""When a drum lies on the skin: the force from which on it carries what is added, and what it then still does.

A hanging drum rolls on its needles alone; where they carry less than the hand presses, its own surface comes down.
From there on needles go deeper only by what the drum squeezes up between them: `squeeze_up`.
"""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.instrument import Roller
from hudnal.puncture import cell
from hudnal.puncture.contacts import Contacts
from hudnal.puncture.dent import WIDEST, Ground
from hudnal.puncture.insertion import NeedleLaw, relaxed_share

_ANGLES = 33  # of a needle's way in, to the vertical
_HALVINGS = 40  # of the bracket of a tip's depth
_ROUNDS = 8  # until strip and sink agree
_DEEPEST = (
    0.7  # of the drum's radius that skin may sink before it touches: softer skin than that is not rolled
)


def find_lying_force(roller: Roller, law: NeedleLaw, ground: Ground, speed: PerDraw) -> PerDraw:
    """N at which the drum, rolled at `speed` mm/s, comes to lie on the skin: what its needles carry when it touches.

    It touches where the needle below the axle is in as far as it is long, w + p = L: the skin round it has then sunk by
    f / (S A). A needle at the angle t has gone the way (R + L) cos t - R + f / (S A). On the way in it dents, enters
    and cuts; on the way out its dent lets go. F = N / (2 pi) times the integral of f over t.
    """
    outer, length = roller.drum_radius + roller.needle.length, roller.needle.length
    kept = 1 - relaxed_share(roller.chord / speed, law.draws)
    dents = 1 / (law.dent_stiffness * kept)  # mm/N
    deepest = _push_in(np.full((law.draws.n, 1), length), law, dents)[:, 0]
    strip, sunk, sinks = np.full(law.draws.n, roller.chord), np.zeros(law.draws.n), dents
    for _ in range(_ROUNDS):
        sinks = 1 / (ground.springs(strip) * roller.pitch * roller.row)  # mm/N
        sunk = np.minimum(deepest * sinks, _DEEPEST * roller.drum_radius)
        strip = np.minimum(np.sqrt(outer**2 - (roller.drum_radius - sunk) ** 2), WIDEST * roller.drum_radius)
    angle = np.linspace(0.0, np.arcsin(strip / outer), _ANGLES, axis=1)
    way = outer * (np.cos(angle) - np.cos(angle[:, -1:]))
    gives = (dents + sinks)[:, None]
    inward = _push_in(way, law, dents + sinks)
    outward = np.maximum(inward[:, :1] - (way[:, :1] - way) / gives, 0.0)
    return roller.needles / (2 * pi) * np.trapezoid(inward + outward, angle, axis=1)


def _push_in(way: Float[Array, "draw angle"], law: NeedleLaw, gives: PerDraw) -> Float[Array, "draw angle"]:
    """N that push a needle `way` mm down into whole skin that gives way by `gives` mm/N."""
    rows, entry, depth = law.rows[:, :, None], law.entry_force()[:, None], law.entry_depth()[:, None]
    shear, gives = rows[cell.FRICTION] + rows[cell.SPREADING], gives[:, None]

    def resist(tip: Float[Array, "draw angle"]) -> Float[Array, "draw angle"]:
        cone = np.minimum(tip, rows[cell.CONE])
        flank = pi * cone * (rows[cell.SLOPE] * cone + 2 * rows[cell.TIP])
        flank = flank + 2 * pi * rows[cell.SHAFT] * np.maximum(tip - rows[cell.CONE], 0.0)
        return rows[cell.CUT] * entry + shear * flank

    low, high = np.zeros_like(way), way
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = middle + gives * resist(middle) < way
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    before = entry * way / (gives * entry + depth)
    return np.where(before < entry, before, resist(low))


def squeeze_up(contacts: Contacts, roller: Roller, law: NeedleLaw, ground: Ground) -> Contacts:
    """The contacts of a drum that presses skin up round the needles that are in: they are deeper by what it rises.

    The skin round a needle under the force f does not touch the drum, whose pressure is q: a round gap in a half space
    of the shear modulus mu that closes up to the radius a = sqrt(f / (2 pi q)), at which the needle's pull and the
    pressure are in balance at its edge. Pressure raises its middle by q a / (pi mu), and that the skin beyond is held
    by as much again. `squeeze` is how much of that there is; more than the dent it cannot be, nor past a needle's foot.
    The dent that is kept is the needle's own, which springs back.
    """
    draw, draws = contacts.draw, law.draws
    sink = contacts.way - contacts.dent - contacts.tip_depth
    pressed = np.maximum(law.rows[cell.CELL][draw] * sink - contacts.force, 0.0) / (roller.pitch * roller.row)
    modulus = ground.layers.modulus[:, 1]
    rise = 2 / pi * np.sqrt(contacts.force * pressed / (2 * pi)) / modulus[draw]
    room = np.minimum(contacts.dent, np.maximum(roller.needle.length - contacts.tip_depth, 0.0))
    rise = np.minimum(draws["puncture.dent.squeeze"][draw] * rise, room) * contacts.entered
    return replace(contacts, tip_depth=contacts.tip_depth + rise)
