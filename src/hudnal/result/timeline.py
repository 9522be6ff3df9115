"""The timeline of a course: what happens when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hudnal.arrays import Array, Float
from hudnal.treatment.steps import Step


@dataclass(frozen=True)
class Moment:
    """Something that happens at `time` h from the first session's start.

    The first one opens the course on untouched skin, the last one closes it.
    """

    time: float
    kind: Literal["open", "begin", "step", "end", "aftercare", "look", "close"]
    session: int = 0
    step: Step | None = None
    path: tuple[str | int, ...] = ()
    round: int = 0
    order: int = 0  # of the step in its session
    until: float = 0.0  # when the step is over
    kit: str | None = None  # the instrument in the hand, or that is made ready for the next step with needles


@dataclass(frozen=True)
class Frame:
    """What of a course is known before it runs."""

    time: Float[Array, " time"]  # h, of every moment
    ends: tuple[float, ...]  # h, when each session is over
    steps: tuple[Moment, ...]  # of the first session
    needle_shape: tuple[float, float] | None  # length and diameter in mm of the first instrument's needles
