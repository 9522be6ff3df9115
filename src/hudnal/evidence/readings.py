"""Trials simulated: every treatment once for all figures that are read off it, side by side on several cores."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.simulate import simulate
from hudnal.evidence.case import Case, Role
from hudnal.evidence.observation import observe_course, unit_of
from hudnal.evidence.trial import Trial
from hudnal.intake.load import load
from hudnal.parameters import Posterior
from hudnal.progress import Progress
from hudnal.store.portions import Portion
from hudnal.study.executors import Task, here
from hudnal.study.shards import Sharded, gather_portions
from hudnal.units import PERCENT

_Look = tuple[str, str, str | None]  # what is observed, as JSON; the raters; the zone, None for all


@dataclass(frozen=True)
class Readings:
    """What the model says of cases: `values` (draw,) by the case's id, and the parameters that each rests on."""

    values: Mapping[str, PerDraw]
    used: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Order:
    """One run, and all that is read off it."""

    task: Task
    looks: tuple[_Look, ...]


def read_figures(
    cases: Sequence[Case],
    draws: int,
    seed: int,
    belief: Posterior | str = "posterior",
    progress: Progress | None = None,
    sharded: Sharded | None = None,
) -> Readings:
    """Every case's figure, for each draw. A treatment that several cases share is simulated once.

    In the mean of a group what differs between its people stands at the median; a case of one person draws it too. The
    numbers are the same in this process and `sharded`. Raises NotObserved for what a course does not have, and
    ShardsFailed.
    """
    orders = _orders_for(cases, draws, seed, belief)
    seen: dict[tuple[str, bool, _Look], PerDraw] = {}
    used: dict[tuple[str, bool], frozenset[str]] = {}
    where = sharded or Sharded(here())
    where.announce_cost((load(json.loads(order.task.treatment)) for order in orders), draws)
    for number, portion in gather_portions(read_off_run, orders, where.executor, where.folder, progress):
        order = orders[number]
        treatment, people = order.task.treatment, order.task.people
        used[treatment, people] = frozenset(portion.told["used"])
        values = portion.arrays["values"]
        seen |= {(treatment, people, look): value for look, value in zip(order.looks, values, strict=True)}

    def mean_of_trial(case: Case, trial: Trial) -> PerDraw:
        look = _look_at(case, trial)
        parts = (share * seen[treatment, case.single, look] for share, treatment in trial.runs)
        return sum(parts, np.zeros(draws))

    return Readings(
        {c.id: _set_against_second(c, [mean_of_trial(c, trial) for trial in c.trials]) for c in cases},
        {
            c.id: frozenset().union(*(used[t, c.single] for trial in c.trials for _, t in trial.runs))
            for c in cases
        },
    )


def _orders_for(cases: Sequence[Case], draws: int, seed: int, belief: Posterior | str) -> list[_Order]:
    """One order for each treatment, the longest first: no core is left waiting for the last one."""
    wanted: dict[tuple[str, bool], dict[_Look, None]] = {}
    for case in cases:
        for trial in case.trials:
            for _, treatment in trial.runs:
                wanted.setdefault((treatment, case.single), {})[_look_at(case, trial)] = None
    orders = [
        _Order(Task(treatment, draws, seed, belief, people, keep=("quantities", "series")), tuple(looks))
        for (treatment, people), looks in wanted.items()
    ]
    return sorted(orders, key=lambda order: -len(order.task.treatment))


def _look_at(case: Case, trial: Trial) -> _Look:
    """What is observed, by which raters, and in which zone.

    Who knows what was done hopes for both arms of a pair. In a ratio of two changes that would drown what one arm
    does more than the other; both are seen with blinded eyes there.
    """
    of_changes = case.is_pair and case.how == "ratio" and unit_of(case.observe) == "%"
    raters = "blinded" if of_changes and trial.raters == "open" else trial.raters
    return json.dumps(dict(case.observe), sort_keys=True), raters, trial.zone


def _set_against_second(case: Case, values: list[PerDraw]) -> PerDraw:
    """The trial's values, or what they are against the second trial's in the same draws, (draw,).

    Relative is for changes in %: by how many % less (or more) is left after the one than after the other. What a
    study's raters add to both on the logarithm of after over before, as hope does, cancels.
    """
    if len(values) == 1:
        return values[0]
    one, other = values
    with np.errstate(invalid="ignore", divide="ignore"):  # never against never is not known
        if case.how == "relative":
            return PERCENT * ((PERCENT + one) / (PERCENT + other) - 1)
        return one - other if case.how == "difference" else one / other


def read_off_run(order: _Order) -> Portion:
    """What is read off one run, and the parameters that it asked for."""
    task = order.task
    course = simulate(
        json.loads(task.treatment),
        task.draws,
        task.seed,
        belief=task.belief,
        people=task.people,
        keep=task.keep,
    )
    values = [
        observe_course(course if zone is None else course.zones[zone], json.loads(what), raters)
        for what, raters, zone in order.looks
    ]
    return Portion({"values": np.stack(values)}, {"used": sorted(course.used)})


def cases_of_role(cases: Iterable[Case], role: Role) -> list[Case]:
    """The cases of that role, in order."""
    return [case for case in cases if case.role == role]
