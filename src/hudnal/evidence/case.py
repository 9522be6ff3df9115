"""A case: a published figure, the treatment that stands for its study, and what of the course is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from hudnal.parameters import parameters, reference_of

Role = Literal["fit", "check"]
How = Literal["difference", "ratio"]


@dataclass(frozen=True)
class Case:
    """One published figure.

    `role` fit: it went into a parameter; check: it did not. `low` and `high` are the ends that the source leaves
    open (a range, a confidence interval, a bound); both equal `value` where it gives one number only.
    """

    id: str
    title: str
    fact: str
    role: Role
    study: Mapping[str, Any]  # a treatment as plain data
    observe: Mapping[str, Any]
    value: float
    low: float
    high: float
    unit: str
    n: int | None
    spread: str
    cause: str  # the likely cause of a miss, in words
    than: Mapping[str, Any] | None = None  # a second treatment, of the same draws, that it is set against
    how: How = "difference"  # less the second, or over it

    @property
    def source(self) -> str:
        """The bibliography's key."""
        return reference_of(self.fact).key


@cache
def load_cases() -> tuple[Case, ...]:
    """Every case of `cases/*.yaml`, sorted by file and place. Raises ValueError for one that is not whole."""
    folder = resources.files("hudnal.evidence") / "cases"
    cases: list[Case] = []
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        cases += [_case(entry, content["studies"], file.name) for entry in content["cases"]]
    names = [c.id for c in cases]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise ValueError(f"cases stand twice: {sorted(twice)}")
    return tuple(cases)


def _case(entry: dict[str, Any], studies: dict[str, Any], file: str) -> Case:
    try:
        study = {**studies[entry["study"]], **entry.get("with", {})}
        than = {**studies[entry["study"]], **entry["than"]} if "than" in entry else None
        measured = entry["measured"]
        value = float(measured["value"])
        low, high = float(measured.get("low", value)), float(measured.get("high", value))
        return Case(
            id=entry["id"],
            title=entry["title"],
            fact=entry["fact"],
            role=entry["role"],
            study=study,
            observe=entry["observe"],
            value=value,
            low=low,
            high=high,
            unit=str(measured["unit"]),
            n=measured.get("n"),
            spread=str(measured.get("spread", "range" if low < high else "not given")),
            cause=entry.get("cause", ""),
            than=than,
            how=entry.get("how", "difference"),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError(f"{file}: case {entry.get('id')}: {fault!r}") from fault


def facts_in_parameters() -> set[str]:
    """Facts that some number of the model rests on; those of the rules only set warnings."""
    return {f for p in parameters().values() if not p.name.startswith("rules.") for f in p.source}
