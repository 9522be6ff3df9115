"""The timeline: when each step of each session, each application after it, and each look at the skin comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hudnal.instrument import Instrument, Pen, Roller, Stamp
from hudnal.instrument.catalogue import build_from_catalogue, build_from_entry
from hudnal.parameters import Draws
from hudnal.treatment import Treatment
from hudnal.treatment.instrument import Geometry, InstrumentSpec
from hudnal.treatment.steps import Apply, LaterSeal, LaterSun, Needling, Numb, Roll, Step, Sun, Wait
from hudnal.treatment.steps import Pen as PenStep
from hudnal.treatment.steps import Stamp as StampStep

_MM2_PER_CM2 = 100
_S_PER_H = 3600
# Looks at the skin after each session, h: close together at first.
_LOOKS_AFTER = (
    0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 30, 36, 42, 48, 60, 72, 84, 96,
    120, 144, 168, 216, 264, 336, 408, 504, 600, 672,
)  # fmt: skip
_LOOK_WEEKS = 168 * 2.0
_LONGEST_SILENCE = 1 / 12  # h, between looks during a session


@dataclass(frozen=True)
class Moment:
    """Something that happens at `time` h from the first session's start."""

    time: float
    kind: Literal["begin", "step", "end", "aftercare", "look"]
    session: int = 0
    step: Step | None = None
    path: tuple[str | int, ...] = ()
    round: int = 0
    order: int = 0  # of the step in its session
    until: float = 0.0  # when the step is over


def build_instrument(spec: InstrumentSpec, draws: Draws) -> Instrument:
    """The instrument that a file names or writes out."""
    if isinstance(spec, str):
        return build_from_catalogue(spec, draws)
    assert isinstance(spec, Geometry)
    return build_from_entry(spec.kind, spec.model_dump(), draws)  # type: ignore[attr-defined]


def strokes_of(step: Needling) -> int:
    """Strokes of a roller, passes of a pen, presses of a stamp."""
    if isinstance(step, Roll):
        return step.stroke_count
    return step.passes if isinstance(step, PenStep) else step.times if isinstance(step, StampStep) else 0


def density_of(step: Needling, instrument: Instrument, draws: Draws) -> float:
    """Needles that meet each mm2 in the whole step, 1/mm2."""
    if isinstance(instrument, Roller):
        slip, overlap = (step.slip, step.overlap) if isinstance(step, Roll) else (0.0, 0.0)
        return instrument.density_per_stroke(slip) / (1 - overlap) * strokes_of(step)
    if isinstance(instrument, Pen):
        return instrument.density_per_stroke(speed_of(step, instrument, draws)) * strokes_of(step)
    return instrument.density_per_stroke * strokes_of(step)


def speed_of(step: Needling, instrument: Instrument, draws: Draws) -> float:
    """mm/s with which the hand moves the instrument."""
    given = getattr(step, "speed", None)
    if given is not None:
        return given
    return draws.value(
        "instruments.hand.pen_speed" if isinstance(instrument, Pen) else "instruments.hand.speed"
    )


def duration_of(step: Step, instrument: Instrument | None, area: float, draws: Draws) -> float:
    """Hours that a step takes on `area` cm2."""
    if isinstance(step, (Numb, Wait, Sun)):
        return step.for_
    if isinstance(step, Needling) and instrument is not None:
        if isinstance(instrument, Stamp):
            return strokes_of(step) * area * _MM2_PER_CM2 / instrument.head_area / _S_PER_H
        lane = instrument.drum_width if isinstance(instrument, Roller) else instrument.head_diameter
        lane *= 1 - getattr(step, "overlap", 0.0)
        stroke = area * _MM2_PER_CM2 / (lane * speed_of(step, instrument, draws))
        return strokes_of(step) * stroke / _S_PER_H
    key = f"handling.duration.{step.name}"
    return draws.value(key) if draws.has(key) else 0.0


def timeline(
    treatment: Treatment, instruments: dict[tuple[str | int, ...], Instrument], draws: Draws
) -> list[Moment]:
    """Every moment of the course, in order of time."""
    course = treatment.course
    moments: list[Moment] = []
    ends: list[float] = []
    for session in range(course.sessions):
        start = session * course.interval
        # A session that outlasts the interval pushes the next one on.
        time = start = max([start, *ends])
        moments.append(Moment(start, "begin", session))
        for order, (path, round_now, step) in enumerate(treatment.unrolled()):
            until = time + duration_of(step, instruments.get(path), treatment.area, draws)
            moments.append(Moment(time, "step", session, step, path, round_now, order, until))
            pauses = int((until - time) / _LONGEST_SILENCE)
            moments += [Moment(t, "look", session) for t in np.linspace(time, until, pauses + 2)[1:-1]]
            time = until
        moments.append(Moment(time, "end", session))
        ends.append(time)
    close = ends[-1] + course.follow_up
    following = [*[s * course.interval for s in range(1, course.sessions)], close]
    for session, (end, stop) in enumerate(zip(ends, following, strict=True)):
        looks = [end + h for h in _LOOKS_AFTER]
        looks += list(np.arange(end + _LOOKS_AFTER[-1], stop, _LOOK_WEEKS))
        moments += [Moment(t, "look", session) for t in looks if t < stop]
        for order, step in enumerate(treatment.aftercare):
            path = ("aftercare", order, step.name)
            moments += [Moment(t, "aftercare", session, step, path) for t in _repeats(step, end) if t < stop]
    moments.append(Moment(close, "look", course.sessions - 1))
    return sorted(moments, key=lambda m: m.time)


def _repeats(step: Step, end: float) -> list[float]:
    """When an aftercare step comes, after a session that ended at `end`."""
    assert isinstance(step, (Apply, LaterSun, LaterSeal))
    if isinstance(step, LaterSun):
        return [end + step.from_]
    return list(np.arange(end + step.from_, end + step.from_ + step.for_ - 1e-9, step.every))
