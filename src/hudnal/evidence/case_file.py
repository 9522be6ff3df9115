"""Cases as they stand in a file: YAML with trials under `studies:` and a list under `cases:`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from math import inf
from pathlib import Path
from typing import Any, get_args

import yaml

from hudnal.evidence.case import Case, How, Role
from hudnal.evidence.fault import CaseFault
from hudnal.evidence.observation import unit_of
from hudnal.evidence.scale import SCALES, Scale, scale_of
from hudnal.evidence.trial import Trial, read_trial
from hudnal.intake.load import load
from hudnal.outcome.declared import find_quantity, find_series
from hudnal.parameters import table
from hudnal.treatment.fault import TreatmentError


@cache
def load_cases() -> tuple[Case, ...]:
    """Every case of the package's `cases/*.yaml`, sorted by file and place. Raises CaseFault for a faulty one."""
    folder = resources.files("hudnal.evidence") / "cases"
    cases: list[Case] = []
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name):
        try:
            cases += parse_cases(file.read_text(encoding="utf-8"))
        except CaseFault as fault:
            raise CaseFault("in_file", file=file.name, problem=fault) from fault
    return _refuse_repeats(cases)


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of one file of the same kind, whose sources need not be in the bibliography.

    Raises CaseFault for a file that cannot be read, and for a case that is not whole or whose treatment cannot be run.
    """
    try:
        cases = _refuse_repeats(parse_cases(path.read_text(encoding="utf-8-sig")))
        for case in cases:
            _check_treatments(case)
    except OSError as fault:
        raise CaseFault("in_file", file=path, problem=fault.strerror or fault) from fault
    except UnicodeDecodeError as fault:
        raise CaseFault("in_file", file=path, problem=CaseFault("not_text")) from fault
    except CaseFault as fault:
        raise CaseFault("in_file", file=path, problem=fault) from fault
    return cases


def parse_cases(text: str) -> list[Case]:
    """The cases of a YAML text, in order. Raises CaseFault for one that is not whole."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise CaseFault("not_yaml", line=mark.line + 1 if mark else 1) from fault
    if not isinstance(content, dict) or not {"studies", "cases"} <= content.keys():
        raise CaseFault("heads")
    entries, trials = content["cases"], content["studies"]
    if not isinstance(trials, dict) or not all(isinstance(trial, dict) for trial in trials.values()):
        raise CaseFault("studies_form")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CaseFault("cases_form")
    return [_read_named_case(entry, trials) for entry in entries]


def _check_treatments(case: Case) -> None:
    """Raise CaseFault where a treatment of the case cannot be run."""
    for trial in case.trials:
        for _, treatment in trial.parts:
            try:
                load(json.loads(treatment))
            except TreatmentError as fault:
                raise CaseFault("in_case", case=case.id, problem=fault) from fault


def _refuse_repeats(cases: list[Case]) -> tuple[Case, ...]:
    names = [c.id for c in cases]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise CaseFault("twice", names=", ".join(sorted(twice)))
    return tuple(cases)


def _read_named_case(entry: dict[str, Any], trials: dict[str, Any]) -> Case:
    """One case; whatever is wrong with it is told with its id."""
    try:
        return _read_case(entry, trials)
    except KeyError as fault:
        problem = CaseFault("missing", entry=fault.args[0])
    except CaseFault as fault:
        problem = fault
    except (TypeError, ValueError, AttributeError) as fault:
        problem = CaseFault("malformed", problem=fault)
    raise CaseFault("in_case", case=entry.get("id"), problem=problem) from problem


def _read_case(entry: dict[str, Any], trials: dict[str, Any]) -> Case:
    base = trials[_choose("study", entry["study"], tuple(trials))]
    measured, observe = _read_entries(entry, "measured"), _read_entries(entry, "observe")
    count, n = _read_whole_number(measured, "count"), _read_whole_number(measured, "n")
    if count is not None and not (n and 0 <= count <= n):
        raise CaseFault("count", count=count)
    value = float(count / n) if count is not None and n else _read_number("value", measured["value"])
    low, high = _read_range(measured, value)
    how = _choose("how", entry.get("how", "difference"), get_args(How))
    return Case(
        id=str(entry["id"]),
        title=str(entry["title"]),
        fact=str(entry["fact"]),
        role=_choose("role", entry["role"], get_args(Role)),  # type: ignore[arg-type]
        trial=read_trial({**base, **entry.get("with", {})}),
        observe=observe,
        value=value,
        low=low,
        high=high,
        unit=_read_unit(measured, observe, is_ratio="than" in entry and how == "ratio"),
        n=n,
        spread=str(measured.get("spread", "range" if low < high else "not given")),
        cause=str(entry.get("cause", "")),
        kind=_choose("kind", entry.get("kind") or _kind_of(observe), _known_kinds()),
        scale=_read_scale(entry.get("scale") or _usual_scale(str(measured["unit"]), observe, count)),
        error=_read_standard_error(measured, n),
        count=count,
        alike=str(entry.get("alike", "")),
        than=_read_second_trial(entry, base),
        how=how,  # type: ignore[arg-type]
    )


def _read_second_trial(entry: Mapping[str, Any], base: Mapping[str, Any]) -> Trial | None:
    return read_trial({**base, **entry["than"]}) if "than" in entry else None


def _choose(word: str, value: object, known: tuple[str, ...]) -> str:
    """`value` where it is one of those that are known. Raises CaseFault."""
    if value not in known:
        raise CaseFault(f"unknown_{word}", value=value, known=", ".join(known))
    return str(value)


def _read_entries(entry: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    if not isinstance(entry[word], dict):
        raise CaseFault("not_entries", entry=word)
    return entry[word]


def _read_number(word: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as fault:
        raise CaseFault("no_number", entry=word, value=value) from fault


def _read_whole_number(measured: Mapping[str, Any], word: str) -> int | None:
    value = measured.get(word)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise CaseFault("no_whole_number", entry=word, value=value)
    return value


def _read_unit(measured: Mapping[str, Any], observe: Mapping[str, Any], is_ratio: bool) -> str:
    unit = str(measured["unit"])
    given = "1" if is_ratio else unit_of(observe)
    if unit != given and "times" not in observe:
        raise CaseFault("unit", given=given, unit=unit)
    return unit


def _read_range(measured: Mapping[str, Any], value: float) -> tuple[float, float]:
    """Both ends: the value itself where none is told, infinity for the other where one is."""
    if "low" not in measured and "high" not in measured:
        return value, value
    low = _read_number("low", measured.get("low", -inf))
    high = _read_number("high", measured.get("high", inf))
    if not low <= value <= high:
        raise CaseFault("outside", value=f"{value:g}", low=f"{low:g}", high=f"{high:g}")
    return low, high


def _read_standard_error(measured: Mapping[str, Any], n: int | None) -> float | None:
    """Standard error of the mean, in the figure's unit; None where neither it nor a deviation and n are told."""
    if "se" in measured:
        return _read_number("se", measured["se"])
    if "sd" in measured and n:
        return _read_number("sd", measured["sd"]) / n**0.5
    return None


def _usual_scale(unit: str, observe: Mapping[str, Any], count: int | None) -> str:
    """The scale of a case that names none, as a file would write it."""
    if count is not None:
        return "share"
    if observe.get("quantity") in ("pain", "pain_without_cream"):
        return "share 10"
    return "change" if unit == "%" and "share" not in observe else "log"


def _read_scale(text: str) -> Scale:
    """The scale that a file writes as `log`, `change`, `share`, or a share of what: `share 10`."""
    name, *top = text.split()
    try:
        return scale_of(name, *map(float, top))
    except (KeyError, TypeError, ValueError):
        raise CaseFault("unknown_scale", value=text, known=", ".join(SCALES)) from None


def _known_kinds() -> tuple[str, ...]:
    return tuple(name for name in table("evidence")["between_studies"] if not name.startswith("_"))


def _kind_of(observe: Mapping[str, Any]) -> str:
    """The kind of thing that is observed, for a case that names none: as the course declares it."""
    if "share" in observe or "ratio" in observe:
        return "delivery"
    if "quantity" in observe:
        return find_quantity(str(observe["quantity"])).group
    return find_series(str(observe.get("series") or observe.get("area") or observe.get("until"))).group
