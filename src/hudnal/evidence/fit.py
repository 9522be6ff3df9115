"""The fit: every uncertain parameter from all fit figures together. Read `fit` first.

Two waves. The model is run over the prior, and an emulator learns each figure; NUTS infers the parameters' scores from
all of them. The model is run again where that belief lies, the emulators learn from both, and NUTS has the last word.
Why so: the model has no gradient and a thousand runs are what half an hour allows, so NUTS goes through emulators
whose own error is part of the likelihood; an ensemble Kalman step would take every figure for linear, and particles
would die out between a hundred figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from hudnal.evidence.case import Case, load_cases
from hudnal.evidence.compare import standard_error
from hudnal.evidence.emulator import Emulator, emulate
from hudnal.evidence.infer import Figure, Inferred, diagnostics, infer
from hudnal.evidence.study import Progress, Readings, cases_of, read_off
from hudnal.parameters import Draws, Posterior, parameters
from hudnal.parameters.draws import dimension_of
from hudnal.parameters.posterior import FILE
from hudnal.version import __version__

FIRST, SECOND = 320, 192  # draws of the two waves
_SHARES = (0.6, 0.05, 0.3, 0.05)  # of the work: wave, inference, wave, inference
_FAR = 5.0  # on the scale: how far from what is measured a run still counts as different
_OLD_WEIGHT = 0.3  # of a run of the first wave against one of the second
_INFORMED = 0.3  # information along a direction, against the prior's, from which on it is kept
_INFLATED = 1.3  # the second wave looks a little beyond the first's belief


@dataclass(frozen=True)
class Learnt:
    """An emulator and how well the model's own runs of the second wave agree with the first's."""

    case: Case
    emulator: Emulator


@dataclass(frozen=True)
class Fit:
    """What the fit found."""

    posterior: Posterior
    inferred: Inferred
    diagnostics: Mapping[str, float]
    learnt: tuple[Learnt, ...]
    draws: tuple[int, int]
    seed: int

    def report(self) -> dict[str, Any]:
        """Diagnostics and emulators as plain data."""
        return {
            "diagnostics": dict(self.diagnostics),
            "emulators": {
                found.case.id: {
                    "explained": round(found.emulator.explained, 3),
                    "noise": round(found.emulator.noise, 4),
                    "terms": len(found.emulator.terms),
                }
                for found in self.learnt
            },
        }


def fit(
    draws: tuple[int, int] = (FIRST, SECOND),
    seed: int = 1,
    progress: Progress | None = None,
    cases: Sequence[Case] | None = None,
    workers: int = 1,
    chain: tuple[int, int] = (600, 1500),
) -> Fit:
    """Fit to all `cases` with the role fit. `progress` is called with the share done.

    The same seed gives the same belief on the same machine. Raises ImportError without the extra `fit`.
    """
    cases = cases_of(load_cases() if cases is None else cases, "fit")

    def part(k: int) -> Progress:
        return lambda share: progress(sum(_SHARES[:k]) + share * _SHARES[k]) if progress else None

    first = read_off(cases, draws[0], seed, "prior", part(0), workers)
    names = moved_by(first)
    scores = Draws(draws[0], seed, "prior").scores(names)
    found, learnt = _infer(cases, first, names, scores, None, seed, chain)
    between = Posterior.of_sample(names, _wider(found.scores), found.information, {}, _INFORMED)

    second = read_off(cases, draws[1], seed + 1, between, part(2), workers)
    both = Readings(
        {c.id: np.concatenate([first.values[c.id], second.values[c.id]]) for c in cases}, first.used
    )
    where = np.concatenate([scores, Draws(draws[1], seed + 1, between).scores(names)])
    weight = np.concatenate([np.full(draws[0], _OLD_WEIGHT), np.ones(draws[1])])
    found, learnt = _infer(cases, both, names, where, weight, seed, chain)

    made = {
        "version": __version__,
        "cases": [c.id for c in cases],
        "draws": list(draws),
        "seed": seed,
        "samples": int(found.scores.shape[0]),
    }
    posterior = Posterior.of_sample(names, found.scores, found.information, made, _INFORMED)
    return Fit(posterior, found, diagnostics(found), learnt, draws, seed)


def moved_by(readings: Readings) -> list[str]:
    """Parameters that any figure rests on and that nobody knows; how people differ is no matter of a fit."""
    used = frozenset().union(*readings.used.values())
    kinds = {n for n in parameters() if n.startswith("evidence.between_studies.")}
    return sorted(
        name
        for name in {*used, *kinds, "evidence.between_people"}
        if (p := parameters().get(name)) is not None
        and p.distribution.kind != "fixed"
        and p.varies == "knowledge"
        and dimension_of(name) == name
    )


def _wider(scores: np.ndarray) -> np.ndarray:
    middle = scores.mean(axis=0)
    return middle + _INFLATED * (scores - middle)


def _infer(
    cases: Sequence[Case], readings: Readings, names: list[str], scores: np.ndarray, weight: np.ndarray | None,
    seed: int, chain: tuple[int, int],
) -> tuple[Inferred, tuple[Learnt, ...]]:  # fmt: skip
    middle = Draws(1, seed, "prior")
    learnt = tuple(
        Learnt(
            case,
            emulate(
                scores,
                _near(case, readings.values[case.id]),
                [k for k, name in enumerate(names) if name in readings.used[case.id]],
                weight,
            ),
        )
        for case in cases
    )
    figures = [_figure(found, names, middle) for found in learnt]
    return infer(figures, len(names), seed, *chain), learnt


def _near(case: Case, values: np.ndarray) -> np.ndarray:
    """The model's values on the case's scale; what is very far from what is measured is brought nearer."""
    ends = case.scale.to(np.array([case.low, case.high]))
    low, high = (float(x) if np.isfinite(x) else np.nan for x in ends)
    found = case.scale.to(values)
    known = found[np.isfinite(found)]
    inner = (
        [x for x in (low, high, *np.quantile(known, (0.05, 0.95))) if np.isfinite(x)] if known.size else [0.0]
    )
    return np.clip(np.nan_to_num(found, nan=max(inner) + _FAR), min(inner) - _FAR, max(inner) + _FAR)


def _figure(found: Learnt, names: list[str], middle: Draws) -> Figure:
    case = found.case
    tau = f"evidence.between_studies.{case.kind}"
    prior = parameters()[tau].distribution
    low, high, value = case.scale.to(np.array([case.low, case.high, case.value]))
    return Figure(
        id=case.id,
        study=f"{case.source} {case.kind}",
        kind=names.index(tau),
        tau=(prior.a, log(prior.b)),
        emulator=found.emulator,
        value=float(value),
        low=float(low),
        high=float(high),
        error=float(standard_error(case, middle)[0]),
        count=case.count,
        n=case.n,
        weight=Figure.weighing(case.told_twice),
    )


def belief_file() -> Path:
    """Where the package keeps the belief that it uses."""
    return Path(str(resources.files("hudnal.parameters") / FILE))


def as_json(posterior: Posterior) -> str:
    """The posterior's file: a line for each parameter and for each direction."""
    data = posterior.as_dict()
    rows = [f"  {json.dumps(n)}: {json.dumps(e)}" for n, e in data["parameters"].items()]
    lines = [f"  {json.dumps(row)}" for row in data["directions"]]
    return (
        "{\n"
        f' "schema": {json.dumps(data["schema"])},\n'
        f' "made": {json.dumps(data["made"])},\n'
        ' "parameters": {\n' + ",\n".join(rows) + "\n },\n"
        f' "kept": {json.dumps(data["kept"])},\n'
        ' "directions": [\n' + ",\n".join(lines) + "\n ]\n}\n"
    )
