"""The fit: every uncertain parameter from all fit figures together. Read `fit_belief` first.

Two waves. The model is run over the prior, and an emulator learns each figure; NUTS infers the parameters' scores from
all of them. The model is run again where that belief lies, the emulators learn from both, and NUTS has the last word.
Why so: the model has no gradient and a thousand runs are what half an hour allows, so NUTS goes through emulators
whose own error is part of the likelihood; an ensemble Kalman step would take every figure for linear, and a particle
filter would degenerate with a hundred figures.
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
from scipy.special import ndtri

from hudnal.arrays import Array, Float, PerDraw
from hudnal.evidence.case import Case
from hudnal.evidence.case_file import load_cases
from hudnal.evidence.emulator import Emulator, fit_emulator
from hudnal.evidence.forecast import (
    BETWEEN_PEOPLE,
    REPORTED,
    REPORTED_LASTING,
    WITHIN_STUDY,
    find_reported,
    standard_error,
)
from hudnal.evidence.infer import Figure, Inferred, infer_scores, measure_convergence, weight_of_figure
from hudnal.evidence.readings import Readings, cases_of_role, read_figures
from hudnal.parameters import Draws, Posterior, parameters
from hudnal.parameters.draws import dimension_of
from hudnal.parameters.posterior import FILE
from hudnal.progress import Progress
from hudnal.study.shards import Sharded
from hudnal.version import __version__

FIRST, SECOND = 320, 192  # draws of the two waves
_SHARES = (0.6, 0.05, 0.3, 0.05)  # of the work: wave, inference, wave, inference
_FAR = 5.0  # on the scale: how far from what is measured a run still counts as different
_OLD_WEIGHT = 0.3  # of a run of the first wave against one of the second
_INFORMED = 0.3  # information along a direction, against the prior's, from which on it is kept
_POINTS = 2000  # of a distribution whose mean and spread are looked for
_INFLATED = 1.3  # the second wave looks a little beyond the first's belief


@dataclass(frozen=True)
class Learnt:
    """A case and the emulator that learnt its figure from the model's runs."""

    case: Case
    emulator: Emulator


@dataclass(frozen=True)
class Fit:
    """The belief that came out of the fit, and how it came about."""

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
                one.case.id: {
                    "explained": round(one.emulator.explained, 3),
                    "noise": round(one.emulator.noise, 4),
                    "terms": len(one.emulator.terms),
                }
                for one in self.learnt
            },
        }


def fit_belief(
    draws: tuple[int, int] = (FIRST, SECOND),
    seed: int = 1,
    progress: Progress | None = None,
    cases: Sequence[Case] | None = None,
    sharded: Sharded | None = None,
    chain: tuple[int, int] = (600, 1500),
) -> Fit:
    """Fit to all `cases` with the role fit (the package's, where none are given).

    `draws` are those of the two waves, `chain` the steps of NUTS that warm up and that count, in each of its chains.
    `progress` is called with the share done. The same seed gives the same belief on the same machine. Raises
    ImportError without the extra `fit`.
    """
    cases = cases_of_role(load_cases() if cases is None else cases, "fit")
    first = read_figures(cases, draws[0], seed, "prior", _progress_of_part(progress, 0), sharded)
    names = find_fitted_parameters(first)
    scores = Draws(draws[0], seed, "prior").scores(names)
    inferred, learnt = _infer_from_readings(cases, first, names, scores, None, seed, chain)
    between = Posterior.of_sample(names, _widen(inferred.scores), inferred.information, {}, _INFORMED)

    second = read_figures(cases, draws[1], seed + 1, between, _progress_of_part(progress, 2), sharded)
    both = Readings(
        {c.id: np.concatenate([first.values[c.id], second.values[c.id]]) for c in cases}, first.used
    )
    where = np.concatenate([scores, Draws(draws[1], seed + 1, between).scores(names)])
    weight = np.concatenate([np.full(draws[0], _OLD_WEIGHT), np.ones(draws[1])])
    inferred, learnt = _infer_from_readings(cases, both, names, where, weight, seed, chain)

    made = {
        "version": __version__,
        "cases": [c.id for c in cases],
        "draws": list(draws),
        "seed": seed,
        "samples": int(inferred.scores.shape[0]),
    }
    posterior = Posterior.of_sample(names, inferred.scores, inferred.information, made, _INFORMED)
    return Fit(posterior, inferred, measure_convergence(inferred), learnt, draws, seed)


def _progress_of_part(progress: Progress | None, part: int) -> Progress | None:
    """The progress of one of the fit's four parts, each with its share of the work."""
    if progress is None:
        return None
    return lambda share: progress(sum(_SHARES[:part]) + share * _SHARES[part])


def find_fitted_parameters(readings: Readings) -> list[str]:
    """Names, sorted, of the parameters that a fit infers: any figure rests on them, and nobody knows them.

    How people or compounds differ is no matter of a fit, nor is what a site shares its dimension with others by.
    """
    used = frozenset().union(*readings.used.values())
    kinds = {n for n in parameters() if n.startswith("evidence.between_studies.")}
    return sorted(
        name
        for name in {*used, *kinds, BETWEEN_PEOPLE, WITHIN_STUDY, REPORTED, REPORTED_LASTING}
        if (p := parameters().get(name)) is not None
        and p.distribution.kind != "fixed"
        and p.varies == "knowledge"
        and dimension_of(name) == name
    )


def _widen(scores: Float[Array, "sample name"]) -> Float[Array, "sample name"]:
    """The same sample, spread a little farther about its mean."""
    middle = scores.mean(axis=0)
    return middle + _INFLATED * (scores - middle)


def _infer_from_readings(
    cases: Sequence[Case],
    readings: Readings,
    names: list[str],
    scores: Float[Array, "draw name"],
    weight: PerDraw | None,
    seed: int,
    chain: tuple[int, int],
) -> tuple[Inferred, tuple[Learnt, ...]]:
    """An emulator of each case from the model's runs at `scores`, and what all figures together tell."""
    middle = Draws(1, seed, "prior")
    learnt = tuple(
        Learnt(
            case,
            fit_emulator(
                scores,
                _clip_to_informative(case, readings.values[case.id]),
                [k for k, name in enumerate(names) if name in readings.used[case.id]],
                weight,
            ),
        )
        for case in cases
    )
    figures = [_figure_of(one, names, middle) for one in learnt]
    return infer_scores(figures, len(names), seed, *chain), learnt


def _clip_to_informative(case: Case, values: PerDraw) -> PerDraw:
    """The model's values on the case's scale; what is very far from what is measured is brought nearer."""
    ends = case.scale.to(np.array([case.low, case.high]))
    low, high = (float(x) if np.isfinite(x) else np.nan for x in ends)
    on_scale = case.scale.to(values)
    known = on_scale[np.isfinite(on_scale)]
    inner = (
        [x for x in (low, high, *np.quantile(known, (0.05, 0.95))) if np.isfinite(x)] if known.size else [0.0]
    )
    return np.clip(np.nan_to_num(on_scale, nan=max(inner) + _FAR), min(inner) - _FAR, max(inner) + _FAR)


def _figure_of(learnt: Learnt, names: list[str], middle: Draws) -> Figure:
    """What inference needs of a case; `middle` is one draw at every prior's median."""
    case = learnt.case
    tau = f"evidence.between_studies.{case.kind}"
    prior = parameters()[tau].distribution
    untold = find_reported(case)
    within, reported = (parameters()[name].distribution for name in (WITHIN_STUDY, untold))
    low, high, value = case.scale.to(np.array([case.low, case.high, case.value]))
    above, error = _place_of_highest(case, float(standard_error(case, middle)[0]))
    return Figure(
        id=case.id,
        study=f"{case.source} {case.kind}{' pairs' if case.is_pair else ''}",
        kind=names.index(tau),
        tau=(prior.a, log(prior.b)),
        emulator=learnt.emulator,
        value=float(value) - above,
        low=float(low) - above,
        high=float(high) - above,
        error=error,
        count=case.count,
        n=case.n,
        weight=weight_of_figure(case.told_twice),
        within=(names.index(WITHIN_STUDY), within.a, log(within.b)) if case.is_pair else None,
        reported=None if case.is_named else (names.index(untold), reported.a, reported.b),
    )


def _place_of_highest(case: Case, error: float) -> tuple[float, float]:
    """How far above a typical person the highest of n lies, and its spread, on the scale; 0 and `error` for a mean."""
    if not case.is_highest or not case.n:
        return 0.0, error
    shares = (np.arange(_POINTS) + 0.5) / _POINTS
    places = error * ndtri(shares ** (1 / case.n))
    return float(places.mean()), float(places.std())


def belief_file() -> Path:
    """Where the package keeps the belief that it uses."""
    return Path(str(resources.files("hudnal.parameters") / FILE))


def format_posterior(posterior: Posterior) -> str:
    """The text of the posterior's JSON file: a line for each parameter and for each direction."""
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
