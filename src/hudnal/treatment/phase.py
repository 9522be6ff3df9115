"""A course in phases: sessions that are alike, one phase after another, or at dates of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hudnal.treatment.fault import FilePlace
from hudnal.treatment.quantity import Count, InUnit
from hudnal.treatment.steps import AnyAftercare, AnyStep, Depth, PenPasses, Repeat, Step

MOST_SESSIONS = 400
_Pause = Annotated[float, InUnit("h", 24, 24 * 366, "4 week")]
_Date = Annotated[float, InUnit("h", 0, 24 * 366 * 10, "8 week")]


class PhaseSpec(BaseModel):
    """Sessions that are alike: so many at an `interval`, the first a `pause` after the phase before; or `at` dates.

    Dates are hours from the start of the course's first session, the others hours from one session to the next. What a
    phase leaves out is that of the file: its steps, its aftercare, its interval. `depth` mm is that of every pen in it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    sessions: Annotated[int, Count(1, MOST_SESSIONS)] | None = None
    interval: _Pause | None = None
    pause: _Pause | None = None
    at: Annotated[
        tuple[_Date, ...], Field(min_length=1, max_length=MOST_SESSIONS, examples=[["0 week", "8 week"]])
    ] | None = None  # fmt: skip
    depth: Depth | None = None
    session: Annotated[tuple[AnyStep, ...], Field(min_length=1, max_length=200)] | None = None
    aftercare: Annotated[tuple[AnyAftercare, ...], Field(max_length=50)] | None = None

    @model_validator(mode="after")
    def _require_one_way_to_say_when(self) -> PhaseSpec:
        if self.at is not None and any(x is not None for x in (self.sessions, self.interval, self.pause)):
            raise PydanticCustomError("hudnal", "{key}", {"key": "dates_or_interval", "values": {}})
        return self


@dataclass(frozen=True)
class Phase:
    """A phase as it is carried out: when its sessions start, h, what is done in each, and after each.

    `first_order` is the order of its first step among the unrolled steps of all phases; phases that do the file's own
    session at one depth share it. `place` and `place_after` are where the steps stand in the file.
    """

    starts: tuple[float, ...]
    steps: tuple[Step, ...]
    aftercare: tuple[Step, ...]
    place: FilePlace
    place_after: FilePlace
    first_order: int = 0

    def unroll_steps(self) -> Iterator[tuple[FilePlace, int, Step]]:
        """Every step of a session as it is done, rounds repeated: place, round from 0, step."""
        yield from _unroll_rounds(self.steps, self.place, 0)

    def walk_steps(self) -> Iterator[tuple[FilePlace, Step]]:
        """Every step of a session in the order of the file, with its place; rounds are not repeated."""
        yield from _walk_into(self.steps, self.place)

    def walk_aftercare(self) -> Iterator[tuple[FilePlace, Step]]:
        """Every step of the aftercare, with its place."""
        for i, step in enumerate(self.aftercare):
            yield (*self.place_after, i, step.name), step


def resolve_phases(
    specs: Sequence[PhaseSpec],
    session: tuple[Step, ...],
    aftercare: tuple[Step, ...],
    sessions: int,
    interval: float,
) -> tuple[Phase, ...]:
    """The phases of a course, times from its first session; without `specs` one of so many `sessions`.

    `session`, `aftercare` and `interval` h are those of the file, for a phase that has none of its own.
    """
    if not specs:
        starts = tuple(n * interval for n in range(sessions))
        return (Phase(starts, session, aftercare, ("session",), ("aftercare",)),)
    phases: list[Phase] = []
    # By place and depth and not by what is done, so that each zone numbers its steps as the whole file does.
    orders: dict[tuple[FilePlace, float | None], int] = {}
    last, made = None, 0
    for i, spec in enumerate(specs):
        own = ("phases", i)
        each = interval if spec.interval is None else spec.interval
        pause = each if spec.pause is None else spec.pause
        first = 0.0 if last is None else last + pause
        starts = spec.at or tuple(first + n * each for n in range(spec.sessions or 1))
        last = max(starts)
        steps = set_depth(session if spec.session is None else spec.session, spec.depth)
        place = ("session",) if spec.session is None else (*own, "session")
        if (place, spec.depth) not in orders:
            orders[place, spec.depth], made = made, made + count_unrolled(steps)
        phases.append(
            Phase(
                tuple(sorted(starts)),
                steps,
                aftercare if spec.aftercare is None else spec.aftercare,
                place,
                ("aftercare",) if spec.aftercare is None else (*own, "aftercare"),
                orders[place, spec.depth],
            )
        )
    return _begin_at_zero(phases)


def _begin_at_zero(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """The same phases, the first session of all at time 0."""
    zero = min(phase.starts[0] for phase in phases)
    return tuple(
        Phase(
            tuple(start - zero for start in phase.starts), phase.steps, phase.aftercare, phase.place,
            phase.place_after, phase.first_order,
        )
        for phase in phases
    )  # fmt: skip


def set_depth(steps: tuple[Step, ...], depth: float | None) -> tuple[Step, ...]:
    """The steps with every pen set to `depth` mm; as they are for None."""
    if depth is None:
        return steps
    changed: list[Step] = []
    for step in steps:
        if isinstance(step, Repeat):
            changed.append(step.model_copy(update={"steps": set_depth(step.steps, depth)}))
        elif isinstance(step, PenPasses):
            changed.append(step.model_copy(update={"depth": depth}))
        else:
            changed.append(step)
    return tuple(changed)


def count_unrolled(steps: Iterable[Step]) -> int:
    """Number of steps that are done when rounds are repeated; known without repeating them."""
    return sum(
        step.round_count * count_unrolled(step.steps) if isinstance(step, Repeat) else 1 for step in steps
    )


def _walk_into(steps: Iterable[Step], path: FilePlace) -> Iterator[tuple[FilePlace, Step]]:
    for i, step in enumerate(steps):
        here = (*path, i, step.name)
        yield here, step
        if isinstance(step, Repeat):
            yield from _walk_into(step.steps, (*here, "steps"))


def _unroll_rounds(
    steps: Iterable[Step], path: FilePlace, round_now: int
) -> Iterator[tuple[FilePlace, int, Step]]:
    for i, step in enumerate(steps):
        here: tuple[Any, ...] = (*path, i, step.name)
        if isinstance(step, Repeat):
            for n in range(step.round_count):
                yield from _unroll_rounds(step.steps, (*here, "steps"), n)
        else:
            yield here, round_now, step
