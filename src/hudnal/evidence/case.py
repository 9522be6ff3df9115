"""A case: a published figure, the study that it comes from, and what of the course is compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import inf, isfinite
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from hudnal.evidence.observation import unit_of
from hudnal.evidence.scale import Scale, scale
from hudnal.intake.load import load
from hudnal.parameters import parameters, reference_of, table
from hudnal.treatment.fault import TreatmentError

Role = Literal["fit", "check"]
How = Literal["difference", "ratio"]
Raters = Literal["blinded", "open", "patient"]

_KINDS = {
    "closing": ("epidermis_closed",),
    "barrier": ("tewl", "barrier_closed", "channel_closed", "channel_open", "closed_by", "path_open", "water_loss"),
    "matrix": ("collagen_change", "collagen_i", "collagen_laid", "elastin", "tropoelastin", "dermal", "firmness"),
    "epidermis": ("epidermal",),
    "cells": ("myofibroblasts", "collagenase", "collagen_message", "inflammation", "macrophages", "fibroblasts",
              "growth_factor", "fibre_alignment"),
    "grade": ("goodman_baron", "ecca", "wrinkle"),
    "impression": ("overall", "patient"),
    "relief": ("scar_",),
    "redness": ("redness", "swelling", "downtime", "tingling", "dryness", "pain_hours"),
    "pain": ("pain",),
    "numbness": ("numb",),
    "plasma": ("lidocaine_peak", "plasma"),
    "delivery": ("delivered", "enhancement", "received", "blood", "in_skin"),
    "holes": ("attempted", "hole_", "tip_depth", "channel_", "slit", "dye", "bleeding", "pinpoint", "blood_volume"),
    "force": ("needle_force", "entry_force", "push_force"),
    "risk": ("responders", "satisfied"),
}  # fmt: skip


@dataclass(frozen=True)
class Study:
    """How a trial is simulated: its treatment, its `people` in parts that are alike, who rated."""

    treatment: Mapping[str, Any]  # as plain data
    people: tuple[tuple[float, Mapping[str, Any]], ...] = ()  # share, and what of the person differs
    raters: Raters = "blinded"

    @property
    def parts(self) -> list[tuple[float, str]]:
        """Share of the people, and the treatment of that part as JSON."""
        alike = self.people or ((1.0, {}),)
        found = []
        for share, person in alike:
            whole = {**self.treatment, "person": {**self.treatment.get("person", {}), **person}}
            found.append((share, json.dumps(whole if person else self.treatment, sort_keys=True)))
        return found


@dataclass(frozen=True)
class Case:
    """One published figure.

    `role` fit: it goes into the fit; check: neither it nor anything else of its source does. `low` and `high` are the
    ends of what the source leaves open: both equal `value` where it gives one number only, and where it tells one
    end only (a bound, a direction) the other is infinite. `count` of `n` people makes `value` a share. `error` is the
    standard error in the figure's unit, where it is told.
    """

    id: str
    title: str
    fact: str
    role: Role
    study: Study
    observe: Mapping[str, Any]
    value: float
    low: float
    high: float
    unit: str
    n: int | None
    spread: str
    cause: str  # the likely cause of a miss, in words
    kind: str  # of thing, for how far studies differ
    scale: Scale
    error: float | None = None
    count: int | None = None
    alike: str = ""  # cases of one such name measured the same thing after comparable treatments
    than: Study | None = None  # a second treatment, of the same draws, that it is set against
    how: How = "difference"  # less the second, or over it

    @property
    def source(self) -> str:
        """The bibliography's key; the fact as it stands where that knows nothing of it, as in a set of one's own."""
        try:
            return reference_of(self.fact).key
        except KeyError:
            return self.fact

    @property
    def single(self) -> bool:
        """Whether it is the figure of one person, and no mean."""
        return self.n == 1

    @property
    def is_range(self) -> bool:
        """Whether the source leaves a range open."""
        return self.low < self.high

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Of the range; None for one that the source does not tell."""
        return (self.low if isfinite(self.low) else None, self.high if isfinite(self.high) else None)

    @property
    def told_twice(self) -> bool:
        """Whether the fact also stands behind a prior of the tables."""
        return self.fact in facts_in_parameters()


@cache
def load_cases() -> tuple[Case, ...]:
    """Every case of `cases/*.yaml`, sorted by file and place. Raises ValueError for one that is not whole."""
    folder = resources.files("hudnal.evidence") / "cases"
    found: list[Case] = []
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name):
        try:
            found += _cases_in(file.read_text(encoding="utf-8"))
        except ValueError as fault:
            raise ValueError(f"{file.name}: {fault}") from fault
    return _each_once(found)


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of one file of the same kind, whose sources need not be in the bibliography.

    Raises ValueError for one that is not whole or whose treatment cannot be run, and OSError.
    """
    found = _cases_in(path.read_text(encoding="utf-8"))
    for case in found:
        for study in filter(None, (case.study, case.than)):
            for _, treatment in study.parts:
                try:
                    load(json.loads(treatment))
                except TreatmentError as fault:
                    raise ValueError(
                        f"case {case.id}: {'; '.join(f.text('en') for f in fault.faults)}"
                    ) from fault
    return _each_once(found)


def _cases_in(text: str) -> list[Case]:
    try:
        content = yaml.safe_load(text)
        entries, studies = content["cases"], content["studies"]
    except (yaml.YAMLError, KeyError, TypeError) as fault:
        raise ValueError(f"a file of cases has 'studies:' and 'cases:' ({fault!r})") from fault
    if not isinstance(studies, dict) or not all(isinstance(study, dict) for study in studies.values()):
        raise ValueError("'studies:' has a treatment under each name")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("'cases:' is a list, each with its entries")
    return [_case(entry, studies) for entry in entries]


def _each_once(cases: list[Case]) -> tuple[Case, ...]:
    names = [c.id for c in cases]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise ValueError(f"cases stand twice: {sorted(twice)}")
    return tuple(cases)


def _case(entry: dict[str, Any], studies: dict[str, Any]) -> Case:
    try:
        if entry["study"] not in studies:
            raise ValueError(f"no study '{entry['study']}'")
        if entry["role"] not in get_args(Role):
            raise ValueError(f"no role '{entry['role']}'; there are {', '.join(get_args(Role))}")
        for word in ("observe", "measured"):
            if not isinstance(entry[word], dict):
                raise ValueError(f"'{word}:' has entries of its own")
        base = studies[entry["study"]]
        measured, observe = entry["measured"], entry["observe"]
        count, n = measured.get("count"), measured.get("n")
        if count is not None and not (n and 0 <= count <= n):
            raise ValueError(f"a count of {count} needs as many people, 'n'")
        value = float(measured["value"] if count is None else count / n)
        low, high = _range(measured, value)
        unit = str(measured["unit"])
        how = entry.get("how", "difference")
        given = "1" if "than" in entry and how == "ratio" else unit_of(observe)
        if unit != given and "times" not in observe:
            raise ValueError(
                f"the course tells it in '{given}', the case in '{unit}': 'times' brings one to the other"
            )
        chosen = entry.get("scale") or _scale_of(unit, observe, count)
        kind = entry.get("kind") or _kind_of(observe)
        if kind not in table("evidence")["between_studies"]:
            raise ValueError(f"no kind '{kind}'")
        return Case(
            id=entry["id"],
            title=entry["title"],
            fact=entry["fact"],
            role=entry["role"],
            study=_study({**base, **entry.get("with", {})}),
            observe=observe,
            value=value,
            low=low,
            high=high,
            unit=unit,
            n=n,
            spread=str(measured.get("spread", "range" if low < high else "not given")),
            cause=entry.get("cause", ""),
            kind=kind,
            scale=_named_scale(chosen),
            error=_error(measured, n),
            count=count,
            alike=entry.get("alike", ""),
            than=_study({**base, **entry["than"]}) if "than" in entry else None,
            how=how,
        )
    except KeyError as fault:
        raise ValueError(f"case {entry.get('id')}: {fault} is missing") from fault
    except (TypeError, ValueError) as fault:
        raise ValueError(f"case {entry.get('id')}: {fault}") from fault


def _study(data: Mapping[str, Any]) -> Study:
    treatment = dict(data)
    raters = treatment.pop("raters", "blinded")
    people = tuple(
        (float(part["share"]), {k: v for k, v in part.items() if k != "share"})
        for part in treatment.pop("people", ())
    )
    if people and abs(sum(share for share, _ in people) - 1) > 1e-6:
        raise ValueError("shares of the people must add up to 1")
    return Study(treatment, people, raters)


def _range(measured: Mapping[str, Any], value: float) -> tuple[float, float]:
    """Both ends: the value itself where none is told, infinity for the other where one is."""
    if "low" not in measured and "high" not in measured:
        return value, value
    low, high = float(measured.get("low", -inf)), float(measured.get("high", inf))
    if not low <= value <= high:
        raise ValueError(f"the value {value:g} lies outside its range, {low:g} to {high:g}")
    return low, high


def _error(measured: Mapping[str, Any], n: int | None) -> float | None:
    """Standard error of the mean, in the figure's unit."""
    if "se" in measured:
        return float(measured["se"])
    if "sd" in measured and n:
        return float(measured["sd"]) / n**0.5
    return None


def _scale_of(unit: str, observe: Mapping[str, Any], count: int | None) -> str:
    if count is not None:
        return "share"
    if observe.get("quantity") in ("pain", "pain_without_cream"):
        return "share 10"
    return "change" if unit == "%" and "share" not in observe else "log"


def _named_scale(told: str) -> Scale:
    """Of `log`, `change`, `share`, or a share of what: `share 10`."""
    name, *top = told.split()
    try:
        return scale(name, *map(float, top))
    except KeyError:
        raise ValueError(f"no scale '{told}'") from None


def _kind_of(observe: Mapping[str, Any]) -> str:
    if "share" in observe or "ratio" in observe:
        return "delivery"
    name = str(
        observe.get("quantity") or observe.get("series") or observe.get("area") or observe.get("until")
    )
    if name.endswith("_probability"):
        return "risk"
    found = [kind for kind, heads in _KINDS.items() if name.startswith(heads)]
    if not found:
        raise ValueError(f"say the kind of '{name}'")
    return found[0]


@cache
def facts_in_parameters() -> frozenset[str]:
    """Facts that some number of the model rests on; those of the rules only set warnings."""
    kept_apart = ("rules.", "evidence.")
    return frozenset(f for p in parameters().values() if not p.name.startswith(kept_apart) for f in p.source)
