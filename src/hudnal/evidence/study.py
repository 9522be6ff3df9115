"""Studies simulated: every treatment once for all figures that are read off it, side by side on several cores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np

from hudnal.course.simulate import simulate
from hudnal.evidence.case import Case, Study
from hudnal.evidence.observation import observed
from hudnal.parameters import Posterior

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Readings:
    """What the model says of cases: `values` (draw,) by the case's id, and the parameters that each rests on."""

    values: Mapping[str, np.ndarray]
    used: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Task:
    treatment: str  # JSON
    people: bool  # whether what differs between people is drawn, or stands at its median
    looked_at: tuple[tuple[str, str], ...]  # what is observed as JSON, and by which raters
    draws: int
    seed: int
    belief: Posterior | str


def read_off(
    cases: Sequence[Case],
    draws: int,
    seed: int,
    belief: Posterior | str = "posterior",
    progress: Progress | None = None,
    workers: int = 1,
) -> Readings:
    """Every case's figure, for each draw. A treatment that several cases share is simulated once.

    In the mean of a group what differs between its people stands at the median; a case of one person draws it too.
    """
    wanted: dict[tuple[str, bool], dict[tuple[str, str], None]] = {}
    for case in cases:
        for study in filter(None, (case.study, case.than)):
            for _, treatment in study.parts:
                wanted.setdefault((treatment, case.single), {})[_look(case, study)] = None
    tasks = [
        _Task(treatment, people, tuple(looks), draws, seed, belief)
        for (treatment, people), looks in wanted.items()
    ]
    seen: dict[tuple[str, bool, tuple[str, str]], np.ndarray] = {}
    used: dict[tuple[str, bool], frozenset[str]] = {}
    for done, (task, values, asked) in enumerate(_run(tasks, workers), start=1):
        used[task.treatment, task.people] = asked
        for look, value in zip(task.looked_at, values, strict=True):
            seen[task.treatment, task.people, look] = value
        if progress:
            progress(done / len(tasks))

    def mean(case: Case, study: Study) -> np.ndarray:
        look = _look(case, study)
        return sum(
            (share * seen[treatment, case.single, look] for share, treatment in study.parts), np.zeros(draws)
        )

    def names(case: Case) -> frozenset[str]:
        studies = filter(None, (case.study, case.than))
        return frozenset().union(*(used[t, case.single] for s in studies for _, t in s.parts))

    found = {c.id: _set_against(c, [mean(c, s) for s in (c.study, c.than) if s is not None]) for c in cases}
    return Readings(found, {case.id: names(case) for case in cases})


def _look(case: Case, study: Study) -> tuple[str, str]:
    return json.dumps(dict(case.observe), sort_keys=True), study.raters


def _set_against(case: Case, values: list[np.ndarray]) -> np.ndarray:
    """The study's values, or what they are against the second study's in the same draws, (draw,)."""
    if len(values) == 1:
        return values[0]
    with np.errstate(invalid="ignore", divide="ignore"):  # never against never is not known
        return values[0] - values[1] if case.how == "difference" else values[0] / values[1]


def _run(tasks: list[_Task], workers: int) -> Iterator[tuple[_Task, list[np.ndarray], frozenset[str]]]:
    if workers <= 1:
        yield from map(_one, tasks)
        return
    from multiprocessing import get_context

    # The longest first: no core is left waiting for the last one.
    ordered = sorted(tasks, key=lambda t: -len(t.treatment))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(_one, task) for task in ordered]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:  # stopped on the way, nothing more is begun
            pool.shutdown(wait=False, cancel_futures=True)


def _one(task: _Task) -> tuple[_Task, list[np.ndarray], frozenset[str]]:
    course = simulate(
        json.loads(task.treatment), task.draws, task.seed, belief=task.belief, people=task.people
    )
    values = [observed(course, json.loads(what), raters) for what, raters in task.looked_at]
    return task, values, course.used


def cases_of(cases: Iterable[Case], role: str) -> list[Case]:
    """Those of that role."""
    return [case for case in cases if case.role == role]
