"""A treatment run over and over with other geometry, force or strokes: what an engineer would vary on the bench."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from hudnal.instrument.catalogue import find_instrument
from hudnal.intake.load import load
from hudnal.intake.treatment import Treatment
from hudnal.language import HudnalError
from hudnal.outcome.declared import find_quantity
from hudnal.progress import Progress
from hudnal.result.interval import Interval, interval
from hudnal.study.device_sheet import shorten_to_session
from hudnal.study.shards import Sharded, simulate_each
from hudnal.treatment.model import CourseSpec, PersonSpec

STEPS = ("roll", "pen", "stamp")
# Of an instrument written out; what the catalogue gives in mm or as a number gets its unit back.
_LENGTHS = {"length", "diameter", "tip_radius", "drum_diameter", "drum_width", "head_diameter", "head_width"}
OF_INSTRUMENT = _LENGTHS | {
    "taper", "rings", "needles_per_ring", "stagger", "needles", "frequency", "tilt", "bent", "blunt",
}  # fmt: skip
# What has a unit wherever it stands.
_WITH_UNITS = _LENGTHS | {
    "frequency", "force", "speed", "depth", "area", "person.age", "person.weight", "course.interval",
    "course.follow_up", "numb.for", "numb.amount",
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
    "site", "area", "setting",
    *(f"course.{name}" for name in CourseSpec.model_fields),
    *(f"person.{name}" for name in PersonSpec.model_fields),
    *OF_OTHER_STEPS,
}  # fmt: skip
QUANTITIES = (
    "attempted_density", "hole_density", "tip_depth", "channel_depth", "channel_width", "slit_length", "needle_force",
    "lying_force", "push_force", "bleeding_points", "blood_volume", "pain_without_cream",
)  # fmt: skip


@dataclass(frozen=True)
class Sweep:
    """The first session's quantities at every combination of what was varied."""

    varied: Mapping[str, Sequence[str]]
    points: list[dict[str, str]]  # what stood in the file
    results: list[dict[str, Interval]]

    def write_table(self) -> str:
        """The sweep as CSV: a row for each point, with median, low and high of each quantity in its unit."""
        heads = [
            f"{name}_{part}_{find_quantity(name).unit}"
            for name in QUANTITIES
            for part in ("median", "low", "high")
        ]
        lines = [",".join([*self.varied, *heads])]
        for point, result in zip(self.points, self.results, strict=True):
            cells = [f'"{v}"' if "," in v else v for v in point.values()]
            cells += ["" if v is None else f"{v:g}" for name in QUANTITIES for v in result[name]]
            lines.append(",".join(cells))
        return "\n".join(lines) + "\n"


class BadVariation(HudnalError):
    """What is to be varied is not written as it should be, or nothing has it."""

    head = "cli"


def read_variations(words: Iterable[str], whole: bool = False) -> dict[str, list[str]]:
    """What to vary with its values, of words such as "force=1 N,5 N".

    Of a `whole` treatment, or of its needling alone. Raises BadVariation.
    """
    possible = OF_INSTRUMENT | OF_STEP | (OF_PLAN if whole else set())
    varied: dict[str, list[str]] = {}
    for word in words:
        key, given, values = word.partition("=")
        key = key.strip()
        listed = [v.strip() for v in values.split(",") if v.strip()]
        if not given or not listed:
            raise BadVariation("sweep_form", value=word)
        if key not in possible:
            raise BadVariation("sweep_key", value=key, known=", ".join(sorted(possible)))
        if _has_decimal_comma(key, listed):
            raise BadVariation("sweep_comma", value=values.strip(), right=".".join(listed[:2]))
        varied[key] = listed
    return varied


def _has_decimal_comma(key: str, values: Sequence[str]) -> bool:
    """Whether a comma between two values is one of decimals: the first is a bare number where a unit is needed."""
    return key in _WITH_UNITS and len(values) > 1 and values[0].isdigit() and values[1][:1].isdigit()


def count_points(varied: Mapping[str, Sequence[str]]) -> int:
    """Number of combinations of what is varied."""
    return prod(map(len, varied.values()))


def require_needles(treatment: Treatment) -> Treatment:
    """The treatment, whose needles are to be looked at or varied. Raises BadVariation where it has none."""
    if not any(step.needles for _, step in treatment.walk_steps()):
        raise BadVariation("no_needles")
    return treatment


def sweep(
    treatment: Treatment,
    varied: Mapping[str, Sequence[str]],
    draws: int = 32,
    seed: int = 1,
    progress: Progress | None = None,
    sharded: Sharded | None = None,
) -> Sweep:
    """Run the first session with every combination of the values in `varied`, as a file would give them.

    The same draws and the same chance in every run, one after the other or `sharded`. Raises TreatmentError, before
    anything runs, for a combination that cannot be run, TooLong where all together would cost too much, and KeyError
    for a name that nothing has.
    """
    for name in varied:
        if name not in OF_INSTRUMENT | OF_STEP:
            raise KeyError(name)
    points = [dict(zip(varied, values, strict=True)) for values in product(*varied.values())]
    loaded = [load(change_treatment(treatment, point)) for point in points]
    courses = simulate_each([shorten_to_session(one) for one in loaded], draws, seed, progress, sharded)
    results = [{name: interval(course.quantities[name]) for name in QUANTITIES} for course in courses]
    return Sweep(varied, points, results)


def change_treatment(treatment: Treatment, point: Mapping[str, str]) -> dict[str, Any]:
    """The treatment as plain data with the values of `point` in every step with needles, or in its instrument.

    Names of OF_PLAN stand for an entry of the file itself, `course.interval` for one of its course, `rounds` and
    `numb.for` for one of every such step. Raises BadVariation where the session has none.
    """
    plan = deepcopy(treatment.as_data())
    for name in OF_OTHER_STEPS.keys() & point.keys():
        step, entry = OF_OTHER_STEPS[name]
        if not _change_steps(plan["session"], step, {entry: _read_plain(point[name])}):
            raise BadVariation("sweep_no_step", value=name, step=step)
    for name in (OF_PLAN - OF_OTHER_STEPS.keys()) & point.keys():
        part, _, entry = name.rpartition(".")
        (plan.setdefault(part, {}) if part else plan)[entry] = _read_plain(point[name])
    of_step = {k: v for k, v in point.items() if k in OF_STEP}
    _change_needling(plan, of_step, {k: _read_plain(v) for k, v in point.items() if k in OF_INSTRUMENT})
    return plan


def find_setting(treatment: Treatment, name: str) -> object:
    """What stands in the treatment's file where a variation of that name changes it; None where nothing does.

    Of several steps it is the first that has it.
    """
    plan = treatment.as_data()
    if name in OF_OTHER_STEPS:
        step, entry = OF_OTHER_STEPS[name]
        return next(_list_entries(plan["session"], (step,), entry), None)
    if name in OF_PLAN:
        part, _, entry = name.rpartition(".")
        return (plan.get(part, {}) if part else plan).get(entry)
    if name in OF_STEP:
        return next(_list_entries(plan["session"], STEPS, name), None)
    instrument = plan.get("instrument")
    return None if instrument is None else _write_out(instrument).get(name)


def _list_entries(steps: Sequence[Any], names: Sequence[str], entry: str) -> Iterator[Any]:
    """That entry of every step with one of the names that has it, in rounds too."""
    for step in steps:
        for word, content in step.items() if isinstance(step, dict) else ():
            if word in names and entry in content:
                yield content[entry]
            if word == "repeat":
                yield from _list_entries(content["steps"], names, entry)


def _change_steps(steps: Sequence[Any], name: str, entries: Mapping[str, str | int]) -> int:
    """Give every step of that name these entries, in rounds too; how many there are."""
    count = 0
    for step in steps:
        for word, content in step.items() if isinstance(step, dict) else ():
            if word == name:
                content.update(entries)
                count += 1
            if word == "repeat":
                count += _change_steps(content["steps"], name, entries)
    return count


def _change_needling(node: Any, of_step: Mapping[str, str], of_instrument: Mapping[str, str | int]) -> None:
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
    entry = {k: v for k, v in find_instrument(value).items() if k not in ("source", "note")}
    for key, number in entry.items():
        if key in _LENGTHS:
            entry[key] = f"{number} mm"
        elif key == "frequency":
            entry[key] = f"{number} Hz"
    return entry


def _read_plain(value: str) -> str | int:
    return int(value) if value.isdigit() else value
