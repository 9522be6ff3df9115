"""Cases as they stand in a file: YAML with trials under `studies:` and a list under `cases:`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from math import inf, isfinite
from pathlib import Path
from typing import Any, get_args

from hudnal.evidence.case import Case, How, Role
from hudnal.evidence.entries import (
    choose,
    read_entries,
    read_number,
    read_text_entry,
    read_whole_number,
    refuse_unknown,
)
from hudnal.evidence.fault import CaseFault
from hudnal.evidence.observation import check_observation, unit_of
from hudnal.evidence.scale import SCALES, Scale, scale_of
from hudnal.evidence.trial import read_trial
from hudnal.intake.load import load
from hudnal.outcome.declared import find_quantity, find_series
from hudnal.parameters import table
from hudnal.treatment.document import MOST_CHARACTERS, read_document
from hudnal.treatment.fault import TreatmentError

_MOST_BYTES = 4 * MOST_CHARACTERS  # as many as a character can take
_ENTRIES = (
    "id", "title", "fact", "role", "study", "with", "than", "how", "observe", "measured", "kind", "scale", "alike",
    "cause",
)  # fmt: skip
_MEASURED = ("value", "count", "n", "unit", "low", "high", "se", "sd", "spread")


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
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1).decode("utf-8-sig")
        cases = _refuse_repeats(parse_cases(text))
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
    document = read_document(text)
    if document.faults:
        raise CaseFault("unreadable", problem=TreatmentError("", document.faults))
    content = _merge_entries(document.data)
    if not isinstance(content, dict) or not {"studies", "cases"} <= content.keys():
        raise CaseFault("heads")
    entries, trials = content["cases"], content["studies"]
    if not isinstance(trials, dict) or not all(isinstance(trial, dict) for trial in trials.values()):
        raise CaseFault("studies_form")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise CaseFault("cases_form")
    return [_read_named_case(entry, trials, place) for place, entry in enumerate(entries)]


def _merge_entries(node: Any) -> Any:
    """YAML's `<<: *other`: the entries of another mapping, or of a list of them, that a mapping has not itself."""
    if isinstance(node, list):
        return [_merge_entries(one) for one in node]
    if not isinstance(node, dict):
        return node
    own = {key: _merge_entries(child) for key, child in node.items()}
    others = own.pop("<<", {})
    others = others if isinstance(others, list) else [others]
    if not all(isinstance(other, dict) for other in others):
        raise CaseFault("not_entries", entry="<<")
    return {key: child for other in [*reversed(others), own] for key, child in other.items()}


def _check_treatments(case: Case) -> None:
    """Raise CaseFault where a treatment of the case cannot be run."""
    for trial in case.trials:
        for _, treatment in trial.parts:
            try:
                load(json.loads(treatment))
            except TreatmentError as fault:
                raise CaseFault("in_case", case=case.id, problem=fault) from fault


def _refuse_repeats(cases: list[Case]) -> tuple[Case, ...]:
    twice = {name for name, count in Counter(c.id for c in cases).items() if count > 1}
    if twice:
        raise CaseFault("twice", names=", ".join(sorted(twice)))
    return tuple(cases)


def _read_named_case(entry: dict[str, Any], trials: dict[str, Any], place: int) -> Case:
    """One case; whatever is wrong with it is told with its id, or its `place` in the list where it has none."""
    try:
        return _read_case(entry, trials)
    except KeyError as fault:
        problem = CaseFault("missing", entry=fault.args[0])
    except CaseFault as fault:
        problem = fault
    raise CaseFault(
        "in_case", case=_first_given(entry, "id", lambda: f"[{place}]"), problem=problem
    ) from problem


def _read_case(entry: dict[str, Any], trials: dict[str, Any]) -> Case:
    refuse_unknown(entry, _ENTRIES)
    base = trials[choose("study", entry["study"], tuple(trials))]
    measured, observe = read_entries(entry, "measured"), read_entries(entry, "observe")
    refuse_unknown(measured, _MEASURED)
    check_observation(observe)
    count, n = read_whole_number(measured, "count", 0), read_whole_number(measured, "n", 1)
    if count is not None and (n is None or count > n):
        raise CaseFault("count", count=count)
    value = float(count / n) if count is not None and n else read_number("value", measured["value"])
    low, high = _read_range(measured, value)
    how = choose("how", entry.get("how", "difference"), get_args(How))
    scale = _read_scale(
        _first_given(entry, "scale", lambda: _usual_scale(str(measured["unit"]), observe, count))
    )
    for number in (value, low, high):
        if isfinite(number) and not scale.holds(number):
            raise CaseFault("not_on_scale", value=f"{number:g}", scale=scale.name)
    return Case(
        id=read_text_entry(entry, "id"),
        title=read_text_entry(entry, "title"),
        fact=read_text_entry(entry, "fact"),
        role=choose("role", entry["role"], get_args(Role)),  # type: ignore[arg-type]
        trial=read_trial({**base, **_read_changes(entry, "with")}),
        observe=observe,
        value=value,
        low=low,
        high=high,
        unit=_read_unit(measured, observe, is_ratio="than" in entry and how == "ratio"),
        n=n,
        spread=read_text_entry(measured, "spread", "range" if low < high else "not given"),
        cause=read_text_entry(entry, "cause", ""),
        kind=choose("kind", _first_given(entry, "kind", lambda: _kind_of(observe)), _known_kinds()),
        scale=scale,
        error=_read_standard_error(measured, n),
        count=count,
        alike=read_text_entry(entry, "alike", ""),
        than=read_trial({**base, **_read_changes(entry, "than")}) if "than" in entry else None,
        how=how,  # type: ignore[arg-type]
    )


def _first_given(entry: Mapping[str, Any], word: str, usual: Callable[[], str]) -> Any:
    """What stands under `word`; what is usual where nothing does."""
    given = entry.get(word)
    return usual() if given is None else given


def _read_changes(entry: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    """What the entry changes of its study's treatment."""
    return read_entries(entry, word) if word in entry else {}


def _read_unit(measured: Mapping[str, Any], observe: Mapping[str, Any], is_ratio: bool) -> str:
    unit = read_text_entry(measured, "unit")
    given = "1" if is_ratio else unit_of(observe)
    if unit != given and "times" not in observe:
        raise CaseFault("unit", given=given, unit=unit)
    return unit


def _read_range(measured: Mapping[str, Any], value: float) -> tuple[float, float]:
    """Both ends: the value itself where none is told, infinity for the other where one is."""
    if "low" not in measured and "high" not in measured:
        return value, value
    low = read_number("low", measured["low"]) if "low" in measured else -inf
    high = read_number("high", measured["high"]) if "high" in measured else inf
    if not low <= value <= high:
        raise CaseFault("outside", value=f"{value:g}", low=f"{low:g}", high=f"{high:g}")
    return low, high


def _read_standard_error(measured: Mapping[str, Any], n: int | None) -> float | None:
    """Standard error of the mean, in the figure's unit; None where neither it nor a deviation and n are told."""
    if "se" in measured:
        return read_number("se", measured["se"], above=0)
    if "sd" in measured and n:
        return read_number("sd", measured["sd"], above=0) / n**0.5
    return None


def _usual_scale(unit: str, observe: Mapping[str, Any], count: int | None) -> str:
    """The scale of a case that names none, as a file would write it."""
    if count is not None:
        return "share"
    if observe.get("quantity") in ("pain", "pain_without_cream"):
        return "share 10"
    return "change" if unit == "%" and "share" not in observe else "log"


def _read_scale(told: object) -> Scale:
    """The scale that a file writes as `log`, `change`, `share`, or a share of what: `share 10`."""
    try:
        name, *top = str(told).split() if isinstance(told, str) else [""]
        return scale_of(name, *(read_number("scale", text, above=0) for text in top))
    except (KeyError, TypeError, ValueError):  # of CaseFault too
        raise CaseFault("unknown_scale", value=told, known=", ".join(SCALES)) from None


def _known_kinds() -> tuple[str, ...]:
    return tuple(name for name in table("evidence")["between_studies"] if not name.startswith("_"))


def _kind_of(observe: Mapping[str, Any]) -> str:
    """The kind of thing that is observed, for a case that names none: as the course declares it."""
    if {"share", "ratio", "flux", "lag"} & observe.keys():
        return "delivery"
    if "quantity" in observe:
        return find_quantity(str(observe["quantity"])).group
    return find_series(str(observe.get("series") or observe.get("area") or observe.get("until"))).group
