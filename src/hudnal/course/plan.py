"""The timeline: when each step of each session, each application after it, and each look at the skin comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from hudnal.course.steps import find_kind
from hudnal.instrument.use import Use
from hudnal.intake.treatment import Treatment
from hudnal.parameters import Draws
from hudnal.result.timeline import BEFORE, Moment, MomentKind
from hudnal.treatment.fault import FilePlace
from hudnal.treatment.phase import Phase
from hudnal.treatment.steps import Step
from hudnal.units import HOURS_PER_WEEK

# Looks at the skin after each session, h: close together at first.
_LOOKS_AFTER = (
    0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 30, 36, 42, 48, 60, 72, 84, 96,
    120, 144, 168, 216, 264, 336, 408, 504, 600, 672,
)  # fmt: skip
_LOOK_WEEKS = HOURS_PER_WEEK * 2
# After each but the first and last dozens of a course of very many sessions.
_RARE_LOOKS_AFTER = (0.5, 2, 12, 24, 48, 96, 168, 336, 672)
_OFTEN = 12
# Looks during a step that lasts, h: at most this apart while it is young, then farther and farther.
_FIRST_SILENCE = 1 / 12
_YOUNG = 2.0
_SILENCE_GROWS = 0.25  # of the time since the step began
_ROUNDING = 1e-9  # h


def count_moments(treatment: Treatment, uses: Mapping[int, Use], draws: Draws) -> int:
    """About how many moments the timeline has, without making it."""
    sessions = treatment.sessions_of_course
    starts = [start for start, _ in sessions]
    of_phase = {phase: _count_moments_of_session(phase, uses, draws) for _, phase in sessions}
    moments = 2.0 + treatment.preparation_hours / _LOOK_WEEKS
    moments += sum(_count_repeats(step, treatment.preparation_hours) for step in treatment.beforehand)
    for number, (start, phase) in enumerate(sessions):
        last = number + 1 == len(sessions)
        pause = treatment.course.follow_up if last else starts[number + 1] - start
        looks = _choose_looks_after(number, len(sessions))
        moments += of_phase[phase] + sum(look < pause for look in looks)
        moments += max(pause - looks[-1], 0.0) / _LOOK_WEEKS
        moments += sum(_count_repeats(step, pause) for step in phase.aftercare)
    return round(moments)


def _count_moments_of_session(phase: Phase, uses: Mapping[int, Use], draws: Draws) -> int:
    hours = (
        find_kind(step).hours(step, uses.get(order), draws)
        for order, (_, _, step) in enumerate(phase.unroll_steps(), start=phase.first_order)
    )
    return sum(len(list_looks_within(one)) + 1 for one in hours) + 2


def _count_repeats(step: Step, pause: float) -> float:
    every = getattr(step, "every", None)
    return min(pause, getattr(step, "for_", 0.0)) / every + 1 if every else 1


def make_timeline(
    treatment: Treatment, uses: Mapping[int, Use], draws: Draws, follow_up: float
) -> tuple[Moment, ...]:
    """Every moment of the course, in order of time, until `follow_up` h after the last session.

    `uses` are the steps with needles by their order among the unrolled steps. What is done beforehand begins at time 0.
    """
    sessions, lead = treatment.sessions_of_course, treatment.preparation_hours
    moments = [Moment(0.0, "open", BEFORE if lead else 0)]
    ends: list[float] = []
    for session, (start, phase) in enumerate(sessions):
        # A session that outlasts the interval pushes the next one on.
        moments += _plan_session(phase, session, max([lead + start, *ends]), uses, draws)
        ends.append(moments[-1].time)
    close = ends[-1] + follow_up
    moments += _plan_preparation(treatment.beforehand, lead)
    following = [*[lead + start for start, _ in sessions[1:]], close]
    for session, (end, stop) in enumerate(zip(ends, following, strict=True)):
        looks = _choose_looks_after(session, len(sessions))
        moments += _plan_looks(looks, session, end, stop)
        home = sessions[session][1].walk_aftercare()
        moments += _plan_home_steps(home, "aftercare", session, end, stop)
    moments.append(Moment(close, "close", len(sessions) - 1))
    return tuple(sorted(moments, key=lambda m: m.time))


def add_looks(timeline: tuple[Moment, ...], times: Iterable[float]) -> tuple[Moment, ...]:
    """The timeline with looks at these `times` in h besides, those after its end left out."""
    extra = [Moment(time, "look", 0) for time in times if time < timeline[-1].time]
    return tuple(sorted([*timeline, *extra], key=lambda m: m.time))


def _plan_session(
    phase: Phase, session: int, start: float, uses: Mapping[int, Use], draws: Draws
) -> list[Moment]:
    """A session's begin, steps, looks during long steps, and end."""
    moments = [Moment(start, "begin", session)]
    time = start
    steps = list(enumerate(phase.unroll_steps(), start=phase.first_order))
    for order, (path, round_now, step) in steps:
        until = time + find_kind(step).hours(step, uses.get(order), draws)
        kit = _find_kit(order, step, steps[-1][0], uses)
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


def _find_kit(order: int, step: Step, last: int, uses: Mapping[int, Use]) -> str | None:
    """The instrument in the hand; for a step that readies one, that of the next needles until the `last` step."""
    if order in uses:
        return uses[order].kit
    if not step.readies_instrument:
        return None
    return next((uses[later].kit for later in range(order, last + 1) if later in uses), None)


def _choose_looks_after(session: int, sessions: int) -> tuple[float, ...]:
    """When one looks at the skin after a session, h; in a course of very many, at most of them seldom."""
    rare = _OFTEN <= session < sessions - _OFTEN
    return _RARE_LOOKS_AFTER if rare else _LOOKS_AFTER


def _plan_looks(looks: Iterable[float], session: int, end: float, stop: float) -> list[Moment]:
    """Looks at the skin between a session's end and the next one's start, or the end of the course."""
    times = [end + h for h in looks]
    times += list(np.arange(times[-1], stop, _LOOK_WEEKS))
    return [Moment(time, "look", session) for time in times if time < stop]


def _plan_preparation(steps: Iterable[Step], lead: float) -> list[Moment]:
    """What is done in the `lead` hours before the first session, and looks at the skin."""
    places = ((("beforehand", i, step.name), step) for i, step in enumerate(steps))
    looks = [Moment(float(time), "look", BEFORE) for time in np.arange(_LOOK_WEEKS, lead, _LOOK_WEEKS)]
    return [*_plan_home_steps(places, "beforehand", BEFORE, 0.0, lead), *looks]


def _plan_home_steps(
    steps: Iterable[tuple[FilePlace, Step]], kind: MomentKind, session: int, start: float, stop: float
) -> list[Moment]:
    """Every time that a step at home is done, counted from `start`, before `stop`."""
    return [
        Moment(time, kind, session, step, path)
        for path, step in steps
        for time in _list_repeats(step, start)
        if time < stop
    ]


def _list_repeats(step: Step, start: float) -> list[float]:
    """When a step at home is done, h, counted from `start`."""
    first = start + getattr(step, "from_", 0.0)
    every = getattr(step, "every", None)
    if every is None:
        return [first]
    return list(np.arange(first, first + getattr(step, "for_", 0.0) - _ROUNDING, every))
