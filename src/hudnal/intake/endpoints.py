"""Which steps of a session end when something shows on the skin, and what such steps cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from hudnal.instrument.use import Endpoint
from hudnal.treatment import Fault, TreatmentFile
from hudnal.treatment.fault import FilePlace
from hudnal.treatment.steps import Needling, Repeat

_INNER = 3  # parts of a place from a repeat to a step in it: `steps`, its number, its word


def find_endpoints(treatment: TreatmentFile) -> dict[int, Endpoint]:
    """The endpoint of every step with needles that has one, by its order in the session, rounds repeated.

    One that a `repeat` names ends the strokes of all its rounds, which are one run.
    """
    repeats = dict(_list_repeats(treatment))
    endpoints: dict[int, Endpoint] = {}
    run, last = 0, None
    for order, (path, round_now, step) in enumerate(treatment.unroll_steps()):
        if not isinstance(step, Needling):
            continue
        around = repeats.get(path[:-_INNER])
        if around is None or around.until is None:
            if step.until is not None:
                endpoints[order] = Endpoint(step.until, order)
            continue
        here = (round_now, path[-2])
        if last is None or last[0] != path[:-_INNER] or here <= last[1]:
            run = order  # the first step of its rounds, or of the same ones again
        last = (path[:-_INNER], here)
        endpoints[order] = Endpoint(around.until, run)
    return endpoints


def check_endpoints(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of steps that are to end at an endpoint: no needles, or what nobody can end for some people alone."""
    for path, step in treatment.walk_steps():
        until = getattr(step, "until", None)
        if until is None:
            continue
        if treatment.in_vitro:
            yield Fault("until_in_vitro", (*path, "until"))
        if isinstance(step, Repeat):
            yield from _check_rounds(step, path)


def _check_rounds(repeat: Repeat, path: FilePlace) -> Iterator[Fault]:
    for number, step in enumerate(repeat.steps):
        place = (*path, "steps", number, step.name)
        if getattr(step, "until", None) is not None:
            yield Fault("until_twice", (*place, "until"))
        elif not step.may_end_early:
            yield Fault("step_before_endpoint", place, values={"name": step.name})
    if not any(step.needles for step in repeat.steps):
        yield Fault("until_without_needles", path)


def _list_repeats(treatment: TreatmentFile) -> Iterator[tuple[FilePlace, Repeat]]:
    return ((path, step) for path, step in treatment.walk_steps() if isinstance(step, Repeat))
