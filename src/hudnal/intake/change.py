"""A treatment with other values at named places: `force` of every step with needles, `length` of its instrument.

The names are those that the command line varies (`--over`): entries of the needling, of its instrument, of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import chain
from typing import Any, TypeVar

from hudnal.instrument.catalogue import ABOUT, find_instrument
from hudnal.language import HudnalError
from hudnal.treatment import TreatmentFile
from hudnal.treatment.model import CourseSpec
from hudnal.treatment.person import PersonSpec

_File = TypeVar("_File", bound=TreatmentFile)

STEPS = ("roll", "pen", "stamp")
# Of an instrument written out; what the catalogue gives in mm or as a number gets its unit back.
LENGTHS = {"length", "diameter", "tip_radius", "drum_diameter", "drum_width", "head_diameter", "head_width"}
OF_INSTRUMENT = LENGTHS | {
    "taper", "rings", "needles_per_ring", "stagger", "needles", "frequency", "tilt", "bent", "blunt",
}  # fmt: skip
OF_STEP = {
    "strokes", "back_and_forth", "force", "speed", "slip", "overlap", "waver", "skin", "passes", "depth", "times",
}  # fmt: skip
# Entries of one kind of step, wherever it stands in the session.
OF_OTHER_STEPS = {
    "rounds": ("repeat", "rounds"), "numb.with": ("numb", "with"), "numb.for": ("numb", "for"),
    "numb.amount": ("numb", "amount"),
}  # fmt: skip
# Of the treatment as a whole: what a comparison can vary besides.
OF_PLAN = {
    "site", "area", "setting", "instrument",
    *(f"course.{name}" for name in CourseSpec.model_fields),
    *(f"person.{name}" for name in PersonSpec.model_fields),
    *OF_OTHER_STEPS,
}  # fmt: skip


class BadVariation(HudnalError):
    """What is to be varied is not written as it should be, or nothing has it."""

    head = "cli"


def change_treatment(treatment: TreatmentFile, point: Mapping[str, Any]) -> dict[str, Any]:
    """The treatment as plain data with the values of `point` in every step with needles, or in its instrument.

    Names of OF_PLAN stand for an entry of the file itself, `course.interval` for one of its course, `rounds` and
    `numb.for` for one of every such step. Raises BadVariation where the session has none.
    """
    plan = deepcopy(treatment.as_data())
    for name in OF_OTHER_STEPS.keys() & point.keys():
        step, entry = OF_OTHER_STEPS[name]
        if not _change_steps(_list_steps(plan), step, {entry: _read_plain(point[name])}):
            raise BadVariation("sweep_no_step", value=name, step=step)
    for name in (OF_PLAN - OF_OTHER_STEPS.keys()) & point.keys():
        part, _, entry = name.rpartition(".")
        (plan.setdefault(part, {}) if part else plan)[entry] = _read_plain(point[name])
    of_step = {k: v for k, v in point.items() if k in OF_STEP}
    _change_needling(plan, of_step, {k: _read_plain(v) for k, v in point.items() if k in OF_INSTRUMENT})
    return plan


def find_setting(treatment: TreatmentFile, name: str) -> object:
    """What stands in the treatment's file where a variation of that name changes it; None where nothing does.

    Of several steps it is the first that has it.
    """
    plan = treatment.as_data()
    if name in OF_OTHER_STEPS:
        step, entry = OF_OTHER_STEPS[name]
        return next(_list_entries(_list_steps(plan), (step,), entry), None)
    if name in OF_PLAN:
        part, _, entry = name.rpartition(".")
        return (plan.get(part, {}) if part else plan).get(entry)
    if name in OF_STEP:
        return next(_list_entries(_list_steps(plan), STEPS, name), None)
    instrument = plan.get("instrument")
    return None if instrument is None else _write_out(instrument).get(name)


def require_needles(treatment: _File) -> _File:
    """The treatment, whose needles are to be looked at or varied. Raises BadVariation where it has none."""
    if not any(step.needles for _, step in treatment.walk_steps()):
        raise BadVariation("no_needles")
    return treatment


def _list_steps(plan: Mapping[str, Any]) -> list[Any]:
    """The steps of every session of a plan, those of its phases after those of the file."""
    phases = (phase.get("session") or () for phase in plan.get("phases", ()))
    return [*(plan.get("session") or ()), *chain.from_iterable(phases)]


def _list_entries(steps: Sequence[Any], names: Sequence[str], entry: str) -> Iterator[Any]:
    """That entry of every step with one of the names that has it, in rounds too."""
    for step in steps:
        for word, content in step.items() if isinstance(step, dict) else ():
            if word in names and entry in content:
                yield content[entry]
            if word == "repeat":
                yield from _list_entries(content["steps"], names, entry)


def _change_steps(steps: Sequence[Any], name: str, entries: Mapping[str, Any]) -> int:
    """Give every step of that name these entries, in rounds too; how many there are."""
    count = 0
    for step in steps:
        for word, content in step.items() if isinstance(step, dict) else ():
            if word == name:
                if "rounds" in entries:  # a number of them, and no endpoint
                    content.pop("until", None)
                    content.pop("most", None)
                content.update(entries)
                count += 1
            if word == "repeat":
                count += _change_steps(content["steps"], name, entries)
    return count


def _change_needling(node: Any, of_step: Mapping[str, Any], of_instrument: Mapping[str, Any]) -> None:
    if isinstance(node, list):
        for part in node:
            _change_needling(part, of_step, of_instrument)
        return
    if not isinstance(node, dict):
        return
    for key, value in list(node.items()):
        if key == "instrument" or (key == "with" and _has_needles(value)):
            if of_instrument and value is not None:
                node[key] = {**_write_out(value), **of_instrument}
        elif key in STEPS and isinstance(value, dict):
            if {"strokes", "back_and_forth"} & of_step.keys():
                value.pop("strokes", None)
                value.pop("back_and_forth", None)
            value.update({k: _read_plain(v) for k, v in of_step.items()})
            # What the step sets of its pen stands before what the pen is.
            for own in (value, value.get("cartridge") or {}):
                own.update({k: v for k, v in of_instrument.items() if k in own})
            _change_needling(value, of_step, of_instrument)
        else:
            _change_needling(value, of_step, of_instrument)


def _has_needles(value: Any) -> bool:
    if isinstance(value, dict):
        return "kind" in value
    try:
        find_instrument(value)
    except KeyError:
        return False
    return True


def _write_out(value: str | dict[str, Any]) -> dict[str, Any]:
    """An instrument of the catalogue as a file would write its geometry out."""
    if isinstance(value, dict):
        return value
    entry = {k: v for k, v in find_instrument(value).items() if k not in ABOUT}
    for key, number in entry.items():
        if key in LENGTHS:
            entry[key] = f"{number} mm"
        elif key == "frequency":
            entry[key] = f"{number} Hz"
    return entry


def _read_plain(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value
