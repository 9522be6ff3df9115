"""Cases as they stand in a file: YAML with trials under `studies:` and a list under `cases:`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hudnal.evidence.case import Case
from hudnal.evidence.case_entry import first_given, read_case
from hudnal.evidence.fault import CaseFault, CaseFaults
from hudnal.intake.load import load
from hudnal.treatment.document import MOST_CHARACTERS, read_document
from hudnal.treatment.fault import TreatmentError

_MOST_BYTES = 4 * MOST_CHARACTERS  # as many as a character can take


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
    for fault in _find_repeats(cases):
        raise fault
    return tuple(cases)


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of one file of the same kind, whose sources need not be in the bibliography.

    Raises CaseFault for a file that cannot be read, with all that is wrong with its cases and treatments at once.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1).decode("utf-8-sig")
        cases, faults = _gather_cases(text)
        faults += [fault for case in cases for fault in _find_untreatable(case)]
        faults += _find_repeats(cases)
        if faults:
            raise CaseFaults(faults)
    except OSError as fault:
        raise CaseFault("in_file", file=path, problem=fault.strerror or fault) from fault
    except UnicodeDecodeError as fault:
        raise CaseFault("in_file", file=path, problem=CaseFault("not_text")) from fault
    except CaseFaults as fault:
        raise CaseFaults(CaseFault("in_file", file=path, problem=one) for one in fault.faults) from fault
    except CaseFault as fault:
        raise CaseFault("in_file", file=path, problem=fault) from fault
    return tuple(cases)


def parse_cases(text: str) -> list[Case]:
    """The cases of a YAML text, in order. Raises CaseFault for one that is not whole, CaseFaults for several faults."""
    cases, faults = _gather_cases(text)
    if faults:
        raise CaseFaults(faults)
    return cases


def _gather_cases(text: str) -> tuple[list[Case], list[CaseFault]]:
    """The cases that are whole, and all that is wrong with the others. Raises CaseFault for what holds no cases."""
    document = read_document(text)
    if any(fault.key != "empty" for fault in document.faults):
        raise CaseFault("unreadable", problem=TreatmentError("", document.faults))
    content = _merge_entries(document.data)
    if not isinstance(content, dict) or not {"studies", "cases"} <= content.keys():
        raise CaseFault("heads")
    entries, trials = content["cases"], content["studies"]
    if not isinstance(trials, dict) or not all(isinstance(trial, dict) for trial in trials.values()):
        raise CaseFault("studies_form")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise CaseFault("cases_form")
    cases: list[Case] = []
    faults: list[CaseFault] = []
    for place, entry in enumerate(entries):
        case, found = read_case(entry, trials)
        name = first_given(entry, "id", lambda place=place: f"[{place}]")
        faults += [CaseFault("in_case", case=name, problem=fault) for fault in found]
        cases += [case] if case is not None else []
    return cases, faults


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


def _find_untreatable(case: Case) -> list[CaseFault]:
    """What is wrong with the treatments of the case that cannot be run, each said once."""
    faults: dict[str, CaseFault] = {}
    for trial in case.trials:
        for _, treatment in trial.parts:
            try:
                load(json.loads(treatment))
            except TreatmentError as fault:
                one = CaseFault("in_case", case=case.id, problem=fault)
                faults.setdefault(one.text(), one)
    return list(faults.values())


def _find_repeats(cases: Iterable[Case]) -> list[CaseFault]:
    """What is wrong with ids that stand more than once, in one line; nothing where none does."""
    twice = sorted(name for name, count in Counter(c.id for c in cases).items() if count > 1)
    return [CaseFault("twice", names=", ".join(twice))] if twice else []
