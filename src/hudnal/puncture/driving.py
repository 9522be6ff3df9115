"""An instrument over the sample area: its strokes become contacts, by the mechanics of its kind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.instrument import (
    Drum,
    Pen,
    Pins,
    Roller,
    Stamp,
    lay_passes,
    lay_pen_places,
    lay_stamp_places,
)
from hudnal.instrument.catalogue import wear_after
from hudnal.instrument.use import Use
from hudnal.parameters import Draws
from hudnal.puncture.contacts import IMAGES, Contacts, Ride
from hudnal.puncture.dent import Ground
from hudnal.puncture.insertion import NeedleLaw
from hudnal.puncture.lying import find_lying_force, squeeze_up
from hudnal.puncture.pressing import derive_pen_law, derive_stamp_law, drive_pen, press_stamp
from hudnal.puncture.rolling import derive_drum_law, lead_length, roll_drum
from hudnal.skin import Skin
from hudnal.treatment.steps import PenPasses, Roll


@dataclass(frozen=True)
class Drive:
    """What the needles do in one step: their law, what each of them did, and what the hand did."""

    law: NeedleLaw
    contacts: Contacts
    ride: Ride
    lying_force: PerDraw | None = None  # N, from which on a drum lies on the skin

    def image(self, session: int) -> Drive:
        """The same in a later session: at other places of the sample area, an image of it in the square."""
        return replace(self, contacts=self.contacts.reflect(session % IMAGES))


def drive_needles(
    use: Use,
    punctures: PerDraw | float,
    side: float,
    skin: Skin,
    ground: Ground,
    draws: Draws,
    rng: np.random.Generator,
) -> Drive:
    """Needles that have punctured skin so often before, over the sample area of `side` mm on the skin's `ground`."""
    # A needle is as blunt as half-way through the step.
    wear = wear_after(punctures + use.punctures / 2, draws)
    instrument = replace(use.instrument, needle=use.instrument.needle.wear_down(wear))
    # The hand: its force varies from stroke to stroke.
    spread = draws["instruments.hand.force_variation"][:, None]
    varied = np.exp(spread * rng.standard_normal((draws.n, use.strokes)) - spread**2 / 2)
    if isinstance(instrument, Roller):
        return _drive_roller(use, instrument, ground, varied, side, skin, draws, rng)
    if isinstance(instrument, Stamp):
        return _drive_stamp(use, instrument, ground, varied, side, skin, draws, rng)
    return _drive_pen(use, instrument, ground, varied, side, skin, draws, rng)


def _drive_roller(
    use: Use,
    roller: Roller,
    ground: Ground,
    varied: Float[Array, "draw stroke"],
    side: float,
    skin: Skin,
    draws: Draws,
    rng: np.random.Generator,
) -> Drive:
    step = use.step
    if not isinstance(step, Roll):
        raise TypeError(f"a roller rolls; it is not used for {step.name}")
    force = np.full(draws.n, step.force)
    law, strip = derive_drum_law(roller, skin, ground, force, draws)
    waver = None if step.waver is None else np.full(draws.n, step.waver)
    headings = np.deg2rad(step.headings)
    passes = lay_passes(roller, headings, side, side, draws, rng, lead_length(strip), step.overlap, waver)
    speed = draws["instruments.hand.speed"] if step.speed is None else np.full(draws.n, step.speed)
    drum = Drum.of(roller, draws, rng)
    contacts, ride = roll_drum(drum, law, strip, passes, force[:, None] * varied, speed, step.slip)
    lying = find_lying_force(roller, law, ground, speed)
    return Drive(law, squeeze_up(contacts, roller, law, ground), ride, lying)


def _drive_stamp(
    use: Use,
    stamp: Stamp,
    ground: Ground,
    varied: Float[Array, "draw stroke"],
    side: float,
    skin: Skin,
    draws: Draws,
    rng: np.random.Generator,
) -> Drive:
    given = getattr(use.step, "force", None)
    force = draws["instruments.hand.stamp_force"][:, None] if given is None else given
    law = derive_stamp_law(stamp, skin, ground, draws)
    places = lay_stamp_places(stamp, use.strokes, side, draws.n, rng)
    pins, time = Pins.of(stamp, places, draws, rng), draws["instruments.hand.press_time"]
    return Drive(law, *press_stamp(stamp, law, places, force * varied, time, rng, pins))


def _drive_pen(
    use: Use,
    pen: Pen,
    ground: Ground,
    varied: Float[Array, "draw stroke"],
    side: float,
    skin: Skin,
    draws: Draws,
    rng: np.random.Generator,
) -> Drive:
    step = use.step
    if not isinstance(step, PenPasses):
        raise TypeError(f"a pen is pulled in passes; it is not used for {step.name}")
    force = draws["instruments.hand.pen_force"][:, None] if step.force is None else step.force
    law = derive_pen_law(pen, skin, ground, step.depth, draws)
    places = lay_pen_places(pen, np.deg2rad(step.headings), use.speed, side, draws.n, rng)
    out = np.clip(step.depth + draws["instruments.hand.protrusion"], 0.0, pen.needle.length)
    depth = np.broadcast_to(out[:, None], (draws.n, use.strokes))
    pins = Pins.of(pen, places, draws, rng)
    return Drive(law, *drive_pen(pen, law, places, depth, force * varied, rng, pins))
