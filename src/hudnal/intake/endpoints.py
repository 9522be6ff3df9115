"""What steps that end when something shows on the skin cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from hudnal.treatment import Fault, TreatmentFile
from hudnal.treatment.fault import FilePlace
from hudnal.treatment.steps import Repeat, Step, Wait


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
        elif not (step.may_end_early or _takes_no_time(step)):
            yield Fault("step_before_endpoint", place, values={"name": step.name})
    if not any(step.needles for step in repeat.steps):
        yield Fault("until_without_needles", path)


def _takes_no_time(step: Step) -> bool:
    """Whether it is a wait of no time, which is what a zone sees of a step that is done elsewhere."""
    return isinstance(step, Wait) and step.for_ == 0
