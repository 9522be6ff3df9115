"""A step with needles, resolved once before anything runs; and what an instrument remembers from use to use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.instrument.catalogue import build_from_entry, find_instrument
from hudnal.instrument.geometry import Instrument, Pen, Roller, Stamp
from hudnal.parameters import Draws
from hudnal.treatment.instrument import Geometry, InstrumentSpec
from hudnal.treatment.steps import Needling, PenPasses
from hudnal.units import MM2_PER_CM2, N_PER_MM, SECONDS_PER_HOUR

_LEAST_TENSION = 0.1  # N/m: a membrane without tension has no stiffness of its own


@dataclass(frozen=True)
class InstrumentState:
    """What one instrument remembers of what was done with it."""

    punctures: PerDraw  # of each needle so far
    load: PerDraw  # CFU on it
    blood: PerDraw  # share of another person's blood left on it: 0 for an own or a new instrument

    @staticmethod
    def new(draws: int) -> InstrumentState:
        """A new instrument: sharp and sterile."""
        zero = np.zeros(draws)
        return InstrumentState(zero, zero, zero)

    def used(self, punctures: PerDraw) -> InstrumentState:
        """The instrument after each needle has punctured skin so often more, (draw,)."""
        return replace(self, punctures=self.punctures + punctures)


@dataclass(frozen=True)
class Endpoint:
    """What shows on the skin when it was needled enough, and where the run of strokes begins that it ends."""

    sign: str  # pinpoint-bleeding or even-redness
    run: int  # order of the first step of these strokes in its session

    def begins_at(self, order: int) -> bool:
        """Whether the step of that order in its session is the first of these strokes."""
        return order == self.run


@dataclass(frozen=True)
class Use:
    """A step with needles: what is in the hand, how often it meets the skin, for how long, on skin how taut.

    `kit` tells instruments apart: steps of one session whose instrument is written alike share one. Where an `endpoint`
    ends it, the strokes and all that goes with them are the most that may be.
    """

    step: Needling
    order: int  # of the step among all of its session, rounds repeated
    turn: int  # of the step among those of its kind
    kit: str
    instrument: Instrument  # as new
    strokes: int
    density: float  # needles that meet each mm2 in the whole step, 1/mm2
    speed: float  # mm/s with which the hand moves it
    hours: float  # that the step takes
    tension: PerDraw  # N/mm of the skin
    punctures: float  # of each needle in the step
    endpoint: Endpoint | None = None

    @property
    def roller(self) -> Roller | None:
        """The instrument where it is a roller."""
        return self.instrument if isinstance(self.instrument, Roller) else None

    @property
    def reach(self) -> float:
        """How far the needles reach out, mm: as far as they are set, or as long as they are."""
        reach = self.step.needle_reach
        return self.instrument.needle.length if reach is None else reach


def build_instrument(spec: InstrumentSpec, draws: Draws, step: Needling) -> Instrument:
    """The instrument that a file names or writes out, set as the `step` has it and with its cartridge."""
    written = spec.model_dump() if isinstance(spec, Geometry) else find_instrument(str(spec))
    name = written["kind"] if isinstance(spec, Geometry) else str(spec)
    return build_from_entry(name, {**written, **_list_settings(step)}, draws)


def _list_settings(step: Needling) -> dict[str, Any]:
    """What a step with a pen sets of it: its motor, and what its cartridge has of its own."""
    if not isinstance(step, PenPasses):
        return {}
    cartridge = {} if step.cartridge is None else step.cartridge.model_dump(exclude_none=True)
    return cartridge if step.frequency is None else {**cartridge, "frequency": step.frequency}


def name_kit(spec: InstrumentSpec, step: Needling) -> str:
    """What tells these needles from others: the instrument's catalogue name, or its geometry, and the cartridge."""
    name = spec.model_dump_json() if isinstance(spec, Geometry) else str(spec)
    cartridge = getattr(step, "cartridge", None)
    return name if cartridge is None else f"{name} {cartridge.model_dump_json(exclude_none=True)}"


def resolve_use(
    step: Needling,
    order: int,
    turn: int,
    spec: InstrumentSpec,
    area: float,
    natural_tension: PerDraw,
    draws: Draws,
) -> Use:
    """The use that a step makes of the instrument `spec` on `area` cm2 of skin.

    `natural_tension` N/mm, (draw,), is what the skin has by itself.
    """
    instrument = build_instrument(spec, draws, step)
    speed = _speed_of_hand(step, instrument, draws)
    density = _density_of_strokes(step, instrument, speed)
    return Use(
        step=step,
        order=order,
        turn=turn,
        kit=name_kit(spec, step),
        instrument=instrument,
        strokes=step.stroke_count,
        density=density,
        speed=speed,
        hours=_hours_of_strokes(step, instrument, speed, area),
        tension=_tension_in_all(step, natural_tension, draws),
        punctures=density * area * MM2_PER_CM2 / instrument.needles,
    )


def _speed_of_hand(step: Needling, instrument: Instrument, draws: Draws) -> float:
    """Speed in mm/s with which the hand moves the instrument."""
    given = getattr(step, "speed", None)
    if given is not None:
        return given
    usual = "pen_speed" if isinstance(instrument, Pen) else "speed"
    return draws.value(f"instruments.hand.{usual}")


def _density_of_strokes(step: Needling, instrument: Instrument, speed: float) -> float:
    """Needles that meet each mm2 in the whole step, 1/mm2."""
    if isinstance(instrument, Roller):
        slip, overlap = getattr(step, "slip", 0.0), getattr(step, "overlap", 0.0)
        return instrument.density_per_stroke(slip) / (1 - overlap) * step.stroke_count
    if isinstance(instrument, Pen):
        return instrument.density_per_stroke(speed) * step.stroke_count
    return instrument.density_per_stroke * step.stroke_count


def _hours_of_strokes(step: Needling, instrument: Instrument, speed: float, area: float) -> float:
    """Hours that the strokes take on `area` cm2."""
    if isinstance(instrument, Stamp):
        return step.stroke_count * area * MM2_PER_CM2 / instrument.head_area / SECONDS_PER_HOUR
    lane = instrument.drum_width if isinstance(instrument, Roller) else instrument.head_diameter
    lane *= 1 - getattr(step, "overlap", 0.0)
    stroke = area * MM2_PER_CM2 / (lane * speed)
    return step.stroke_count * stroke / SECONDS_PER_HOUR


def _tension_in_all(step: Needling, natural: PerDraw, draws: Draws) -> PerDraw:
    """Tension of the skin under the needles, N/mm, (draw,): its own, and what the stretching hand adds.

    A tension in the file stands for both.
    """
    if isinstance(step.skin, float):
        return np.full(draws.n, max(step.skin, _LEAST_TENSION) * N_PER_MM)
    added = draws["skin.mechanics.taut"] * N_PER_MM if step.skin == "taut" else 0.0
    return natural + added
