"""The timeline of a course: what happens when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.treatment.steps import Step

MomentKind = Literal["open", "begin", "step", "end", "beforehand", "aftercare", "look", "close"]
BEFORE = -1  # the session of what comes before the first
_APART = 1e-6  # h, some milliseconds: by which files tell looks at the same moment apart


@dataclass(frozen=True)
class Moment:
    """Something that happens at `time` h from the start of the course: the first session's, or what is done beforehand.

    The first one opens the course on untouched skin, the last one closes it.
    """

    time: float
    kind: MomentKind
    session: int = 0
    step: Step | None = None
    path: tuple[str | int, ...] = ()
    round: int = 0
    order: int = 0  # of the step among all unrolled ones
    until: float = 0.0  # when the step is over
    kit: str | None = None  # the instrument in the hand, or that is made ready for the next step with needles

    @property
    def event(self) -> str:
        """What has just happened, in one word: a step's name, or the kind of the moment, such as `begin` or `look`."""
        return self.kind if self.step is None else self.step.name


@dataclass(frozen=True)
class Frame:
    """What of a course is known before it runs."""

    time: Float[Array, " time"]  # h, of every moment
    events: tuple[str, ...]  # what has just happened at each
    sessions: tuple[
        int, ...
    ]  # the session of each, from 1; of those that follow one, that one; 0 before the first
    ends: tuple[float, ...]  # h, when each session is over
    steps: tuple[Moment, ...]  # of the first session
    needle_shape: tuple[float, float] | None  # length and diameter in mm of the first instrument's needles


def tell_times_apart(time: Float[Array, " time"]) -> Float[Array, " time"]:
    """The times in h, each later than the one before it.

    A step changes the skin at one moment, of which the state before it and the one after it are both kept. Programs
    that select by time need one time for each: what comes after is put a millionth of an hour later.
    """
    apart = np.array(time, dtype=float)
    for i in range(1, apart.size):
        apart[i] = max(apart[i], apart[i - 1] + _APART)
    return apart
