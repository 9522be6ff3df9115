"""Stamps and pens by the same laws: a plate pressed or thrown, single needles driven out by a motor."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
from scipy.special import ndtri

from hudnal.arrays import Array, Float, Int, PerDraw, sum_by_group
from hudnal.instrument import Needle, Pen, Pins, Places, Stamp
from hudnal.instrument.strokes import LUCK
from hudnal.parameters import Draws
from hudnal.puncture import cell, mechanics
from hudnal.puncture.contacts import TRACE, WORK, Contacts, Ride
from hudnal.puncture.dent import Ground
from hudnal.puncture.insertion import Crowd, NeedleLaw, derive_needle_law, quicken
from hudnal.skin import Skin
from hudnal.threads import share_out
from hudnal.units import N_S2_PER_MM4

STAMP_STEPS = 40  # moments of a press
PEN_STEPS = 12  # moments of a needle's way out
_QUARTERS = 4  # of a cycle: a needle comes out in one
_NO_DEPTH = 1e-9  # mm
_UNTRACED = np.zeros((len(TRACE), 0))


def derive_stamp_law(stamp: Stamp, skin: Skin, ground: Ground, draws: Draws) -> NeedleLaw:
    """The law of a stamp's needles: each with its cell of the plate, which sinks the skin as a strip of its width.

    Under a plate that is thrown only skin that shear waves reach while its needles enter gives way.
    """
    side, half = 1 / sqrt(stamp.density_per_stroke), np.full(draws.n, stamp.head_width / 2)
    if stamp.speed is None:
        return derive_needle_law(skin, stamp.needle, ground, Crowd(side, side, ground.springs(half)), draws)
    reached = _find_reach(skin, stamp.needle, ground, stamp.speed, stamp.needle.length, draws)
    crowd = Crowd(side, side, ground.springs(np.minimum(half, reached)))
    return derive_needle_law(skin, stamp.needle, ground, crowd, draws, reached, stamp.speed)


def _find_reach(
    skin: Skin, needle: Needle, ground: Ground, speed: float, way: float, draws: Draws
) -> PerDraw:
    """mm that shear waves run while a needle at `speed` mm/s goes its dent at entry, `way` mm at most."""
    _, stiffer = quicken(speed, draws)
    modulus = ground.layers.modulus[:, 1] * stiffer + ground.layers.prestress[:, 1]
    waves = np.sqrt(modulus / (draws.value("puncture.dent.density") * N_S2_PER_MM4))  # mm/s
    law = derive_needle_law(skin, needle, ground, None, draws, speed=speed)
    # Before it enters a needle has gone the dent at which its force is that of entry.
    dent = law.entry_force() / law.dent_stiffness
    return waves * np.minimum(dent, max(way, _NO_DEPTH)) / speed


def press_stamp(
    stamp: Stamp,
    law: NeedleLaw,
    places: Places,
    force: Float[Array, "draw stroke"],
    time: PerDraw,
    rng: np.random.Generator,
    pins: Pins | None = None,
) -> tuple[Contacts, Ride]:
    """Press the plate at each of `places` with `force` N, reached evenly in `time` s; a stroke is a press.

    `pins` are its bent and blunt needles.

    The plates of one press stand side by side: those needles that lie in the area carry their share of the force. A
    plate that is thrown goes on until the skin has taken up its blow, whatever the hand's `force`.
    """
    draws, presses = law.draws, force.shape[1]
    group = places.draw * presses + places.stroke
    counts = np.bincount(group, minlength=draws.n * presses)
    starts = np.concatenate([[0], np.cumsum(counts)])
    draw, stroke = np.divmod(np.arange(counts.size), presses)
    luck = rng.random((places.count, LUCK))
    shorter, entry, depth = _find_entries(law, places, pins, luck)
    outs = np.zeros((cell.LEFT_ROWS, places.count))
    work, course = (np.zeros((rows, counts.size)) for rows in (cell.WORK_ROWS, mechanics.COURSE_ROWS))
    share, energy, time = _drive_plate(stamp, law, counts, draw, force, time)

    def press_part(first: int, last: int) -> None:
        mechanics.press(
            first, last, draw, starts, share, energy, time, law.rows, stamp.needle.length, shorter, entry, depth,
            STAMP_STEPS, outs, work, course,
        )  # fmt: skip

    share_out(press_part, counts.size)
    # What the area holds stands for whole plates.
    whole = np.divide(stamp.needles, counts, out=np.zeros(counts.size), where=counts > 0)
    ride = Ride(
        draw, stroke, counts.astype(float), course[mechanics.MEAN_WAY], course[mechanics.MEAN_INSIDE] * whole,
        course[mechanics.ON_SURFACE], np.zeros(counts.size), dict(zip(WORK, work, strict=True)), _UNTRACED,
    )  # fmt: skip
    return _gather_contacts(places, outs, luck, pins), ride


def _drive_plate(
    stamp: Stamp,
    law: NeedleLaw,
    counts: Int[Array, " press"],
    draw: Int[Array, " press"],
    force: Float[Array, "draw stroke"],
    time: PerDraw,
) -> tuple[Float[Array, " press"], Float[Array, " press"], PerDraw]:
    """What drives the needles of each press: N at most, N mm at most, and s in which that force is reached, (draw,)."""
    part = counts / stamp.needles
    if stamp.speed is None or stamp.blow is None:
        return force.ravel() * part, np.full(counts.size, np.inf), time
    energy = law.draws["puncture.impact.share"] * stamp.blow
    # The cells' springs would take it all up at this sink: no force is greater than theirs there.
    sink = np.sqrt(2 * energy / (stamp.needles * law.rows[cell.CELL]))
    most = sink * law.rows[cell.CELL]
    return most[draw] * counts, energy[draw] * part, pi / 2 * sink / stamp.speed


def derive_pen_law(pen: Pen, skin: Skin, ground: Ground, depth: float, draws: Draws) -> NeedleLaw:
    """The law of a pen's needles, which come at speed: only skin that shear waves reach in a stroke out follows.

    The tip's mean speed is `depth` mm times 4 f, about 0.7 m/s at 1.5 mm and 117 1/s.
    """
    speed = _QUARTERS * pen.frequency * max(depth, _NO_DEPTH)
    reached = _find_reach(skin, pen.needle, ground, speed, depth, draws)
    side = pen.head_diameter * sqrt(pi / 4 / pen.needles)
    springs = ground.springs(np.minimum(np.full(draws.n, pen.head_diameter / 2), reached))
    return derive_needle_law(skin, pen.needle, ground, Crowd(side, side, springs), draws, reached, speed)


def drive_pen(
    pen: Pen,
    law: NeedleLaw,
    places: Places,
    depth: Float[Array, "draw stroke"],
    force: Float[Array, "draw stroke"],
    rng: np.random.Generator,
    pins: Pins | None = None,
) -> tuple[Contacts, Ride]:
    """Drive needles out to `depth` mm at `places`, the nose held down with `force` N; a stroke is a pass.

    The motor goes its way whatever the force. The nose keeps the skin from bowing away under the needles, as long as it
    is held down harder than they push. `pins` are its bent and blunt needles.
    """
    draws, passes = law.draws, depth.shape[1]
    luck = rng.random((places.count, LUCK))
    shorter, entry, tip = _find_entries(law, places, pins, luck)
    group = places.draw * passes + places.stroke
    time = np.full(draws.n, 1 / (_QUARTERS * pen.frequency))
    met = np.bincount(group, minlength=depth.size)
    starts = np.concatenate([[0], np.cumsum(met)])
    counts = np.maximum(met, 1)
    draw, stroke = np.divmod(np.arange(depth.size), passes)
    outs = np.zeros((cell.LEFT_ROWS, places.count))
    work = np.zeros((cell.WORK_ROWS, depth.size))

    def strike_part(first: int, last: int) -> None:
        mechanics.strike(
            first, last, draw, starts, depth.ravel(), force.ravel() / pen.needles, time, law.rows, shorter, entry,
            tip, PEN_STEPS, outs, work,
        )  # fmt: skip

    share_out(strike_part, depth.size)
    by_pass: dict[str, Array] = dict(zip(WORK, work, strict=True))
    inside = sum_by_group(group, outs[cell.TIP_MOST] > 0, depth.size) / counts * pen.needles
    # At their most the needles lift that much of the hand's force off the nose.
    push = sum_by_group(group, outs[cell.FORCE_MOST], depth.size) / counts * pen.needles
    held = np.maximum(1 - np.divide(push, force.ravel(), out=push.copy(), where=force.ravel() > 0), 0)
    ride = Ride(
        draw,
        stroke,
        np.ones(depth.size),
        depth.ravel(),
        inside,
        held,
        np.zeros(depth.size),
        by_pass,
        _UNTRACED,
    )
    return _gather_contacts(places, outs, luck, pins), ride


def _find_entries(
    law: NeedleLaw, places: Places, pins: Pins | None, luck: Float[Array, "contact 4"]
) -> tuple[Float[Array, " contact"], Float[Array, " contact"], Float[Array, " contact"]]:
    """How much shorter each needle is, mm, the force N at which it enters there, and its depth mm when it has."""
    draws, d = law.draws, places.draw
    # Strength of the skin at each place, against its middle.
    strength = np.exp(np.log(draws["puncture.entry.place_spread"])[d] * ndtri(luck[:, 0]))
    entry, depth, shorter = law.entry_force()[d], law.entry_depth()[d], np.zeros(places.count)
    if pins is not None:
        blunter = np.maximum(draws["instruments.needle.blunt_tip"] / law.needle.tip_radius, 1.0)
        entry = np.where(pins.is_blunt, law.entry_force(blunter)[d], entry)
        depth = np.where(pins.is_blunt, law.entry_depth(blunter)[d], depth)
        shorter = pins.shorter
    return shorter, entry * strength, depth


def _gather_contacts(
    places: Places, outs: Float[Array, "9 contact"], luck: Float[Array, "contact 4"], pins: Pins | None
) -> Contacts:
    """Contacts at `places`, with what the compiled core left of each in `outs`."""
    if pins is not None:
        places = pins.move_tips(places)
        outs[cell.LEAN_THERE] += pins.lean
    return Contacts.of(
        places.draw, places.stroke, places.needle, places.x, places.y, places.heading, outs, luck
    )
