"""The timeline: when each step of each session, each application after it, and each look at the skin comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from hudnal.course.steps import find_kind
from hudnal.instrument.use import Use
from hudnal.intake.treatment import Treatment
from hudnal.parameters import Draws
from hudnal.result.timeline import Moment
from hudnal.treatment.steps import Step
from hudnal.units import HOURS_PER_WEEK

# Looks at the skin after each session, h: close together at first.
_LOOKS_AFTER = (
    0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 30, 36, 42, 48, 60, 72, 84, 96,
    120, 144, 168, 216, 264, 336, 408, 504, 600, 672,
)  # fmt: skip
_LOOK_WEEKS = HOURS_PER_WEEK * 2
# Looks during a step that lasts, h: at most this apart while it is young, then farther and farther.
_FIRST_SILENCE = 1 / 12
_YOUNG = 2.0
_SILENCE_GROWS = 0.25  # of the time since the step began
_ROUNDING = 1e-9  # h


def count_moments(treatment: Treatment, uses: Mapping[int, Use], draws: Draws) -> int:
    """About how many moments the timeline has, without making it."""
    course = treatment.course
    hours = [
        find_kind(step).hours(step, uses.get(order), draws)
        for order, (_, _, step) in enumerate(treatment.unroll_steps())
    ]
    session = sum(len(list_looks_within(one)) + 1 for one in hours) + 2
    pauses = [course.interval] * (course.sessions - 1) + [course.follow_up]
    after = 0.0
    for pause in pauses:
        after += sum(look < pause for look in _LOOKS_AFTER) + max(pause - _LOOKS_AFTER[-1], 0.0) / _LOOK_WEEKS
    for step in treatment.aftercare:
        every = getattr(step, "every", None)
        times = (min(pause, getattr(step, "for_", 0.0)) / every + 1 if every else 1 for pause in pauses)
        after += sum(times)
    return round(course.sessions * session + after) + 2


def make_timeline(
    treatment: Treatment, uses: Mapping[int, Use], draws: Draws, follow_up: float
) -> tuple[Moment, ...]:
    """Every moment of the course, in order of time, until `follow_up` h after the last session.

    `uses` are a session's steps with needles by their order.
    """
    course = treatment.course
    moments = [Moment(0.0, "open")]
    ends: list[float] = []
    for session in range(course.sessions):
        # A session that outlasts the interval pushes the next one on.
        start = max([session * course.interval, *ends])
        moments += _plan_session(treatment, session, start, uses, draws)
        ends.append(moments[-1].time)
    close = ends[-1] + follow_up
    following = [*[s * course.interval for s in range(1, course.sessions)], close]
    for session, (end, stop) in enumerate(zip(ends, following, strict=True)):
        moments += _plan_time_after(treatment, session, end, stop)
    moments.append(Moment(close, "close", course.sessions - 1))
    return tuple(sorted(moments, key=lambda m: m.time))


def add_looks(timeline: tuple[Moment, ...], times: Iterable[float]) -> tuple[Moment, ...]:
    """The timeline with looks at these `times` in h besides, those after its end left out."""
    extra = [Moment(time, "look", 0) for time in times if time < timeline[-1].time]
    return tuple(sorted([*timeline, *extra], key=lambda m: m.time))


def _plan_session(
    treatment: Treatment, session: int, start: float, uses: Mapping[int, Use], draws: Draws
) -> list[Moment]:
    """A session's begin, steps, looks during long steps, and end."""
    moments = [Moment(start, "begin", session)]
    time = start
    steps = list(treatment.unroll_steps())
    for order, (path, round_now, step) in enumerate(steps):
        until = time + find_kind(step).hours(step, uses.get(order), draws)
        kit = _find_kit(order, steps, uses)
        moments.append(Moment(time, "step", session, step, path, round_now, order, until, kit))
        moments += [Moment(time + h, "look", session) for h in list_looks_within(until - time)]
        time = until
    return [*moments, Moment(time, "end", session)]


def list_looks_within(hours: float) -> list[float]:
    """When one looks at the skin during a step of so many `hours`, h after its begin, both ends left out.

    A step of many weeks is looked at about as often as so many weeks of healing are.
    """
    young = min(hours, _YOUNG)
    looks = list(np.linspace(0.0, young, int(young / _FIRST_SILENCE) + 2)[1:-1])
    time = young
    while time < hours:
        looks.append(time)
        time += min(_SILENCE_GROWS * time, _LOOK_WEEKS)
    return looks


def _find_kit(
    order: int, steps: list[tuple[tuple[str | int, ...], int, Step]], uses: Mapping[int, Use]
) -> str | None:
    """The instrument in the hand; for a step that readies one, that of the next needles."""
    if order in uses:
        return uses[order].kit
    if not steps[order][2].readies_instrument:
        return None
    return next((uses[later].kit for later in range(order, len(steps)) if later in uses), None)


def _plan_time_after(treatment: Treatment, session: int, end: float, stop: float) -> list[Moment]:
    """Looks and aftercare between a session's end and the next one's start, or the end of the course."""
    looks = [end + h for h in _LOOKS_AFTER]
    looks += list(np.arange(end + _LOOKS_AFTER[-1], stop, _LOOK_WEEKS))
    moments = [Moment(t, "look", session) for t in looks if t < stop]
    for order, step in enumerate(treatment.aftercare):
        path = ("aftercare", order, step.name)
        moments += [Moment(t, "aftercare", session, step, path) for t in _list_repeats(step, end) if t < stop]
    return moments


def _list_repeats(step: Step, end: float) -> list[float]:
    """When an aftercare step comes, h, after a session that ended at `end`."""
    start = end + getattr(step, "from_", 0.0)
    every = getattr(step, "every", None)
    if every is None:
        return [start]
    return list(np.arange(start, start + getattr(step, "for_", 0.0) - _ROUNDING, every))
