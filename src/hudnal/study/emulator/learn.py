"""From a table of runs to an emulator, with the error that it makes at settings that it has not seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.progress import Progress
from hudnal.study.emulator.basis import Term, evaluate_terms, list_terms
from hudnal.study.emulator.chance import deal_luck, find_ends
from hudnal.study.emulator.emulator import Emulator, Error, Learnt, Origin, find_bounds
from hudnal.study.emulator.paths import learn_paths
from hudnal.study.emulator.scale import Scale, list_scales
from hudnal.study.emulator.table import RunTable

FOLDS = 8  # parts of the settings, each of which is left out once
# An interval that is narrower than these parts of the mean one, and of its median, counts as so wide.
_OF_USUAL, _OF_MEDIAN = 0.05, 0.01
_LEAST_SETTINGS = 12  # with a value, for its paths to be learnt
_PERCENTILE = 90

Ends = Float[Array, "setting end"]


def learn_emulator(table: RunTable, progress: Progress | None = None) -> Emulator:
    """The emulator of a table of runs, with errors of settings that were left out, all of them once.

    `progress` is called with the share done.
    """
    whole = _learn_table(table, {})
    scales = {name: one.paths.scale for name, one in whole.quantities.items() if one.paths}
    count = len(table.settings)
    folds = np.random.default_rng(table.order.seed).permutation(count) % FOLDS
    predicted = {name: np.full((count, 3), np.nan) for name in table.values}
    for fold in range(FOLDS):
        if progress:
            progress((1 + fold) / (1 + FOLDS))
        out = folds == fold
        part = _learn_table(table.select_settings(~out), scales)
        for name, ends in part.find_ends(table.settings[out], part.luck).items():
            predicted[name][out] = ends
    judged = {}
    for name, one in whole.quantities.items():
        errors, missed = judge_ends(predicted[name], find_ends(table.values[name]))
        judged[name] = replace(one, errors=errors, missed=missed)
    if progress:
        progress(1.0)
    return replace(whole, quantities=judged)


def _learn_table(table: RunTable, scales: Mapping[str, Scale]) -> Emulator:
    """The emulator of a table, without errors; on these scales where they are given, else on the best."""
    order = table.order
    candidates = list_terms(order.box)
    columns = evaluate_terms(order.box, table.settings, candidates)
    luck = deal_luck(order.draws)
    learnt = {
        name: _learn_quantity(name, values, candidates, columns, scales.get(name), luck)
        for name, values in table.values.items()
    }
    origin = Origin(
        json.loads(order.treatment), len(table.settings), order.draws, order.seed, order.people, table.used,
        table.digest, table.version,
    )  # fmt: skip
    return Emulator(origin, order.box, table.usual, learnt, luck)


def _learn_quantity(
    name: str,
    values: Float[Array, "setting draw"],
    candidates: Sequence[Term],
    columns: Float[Array, "setting candidate"],
    scale: Scale | None,
    luck: Float[Array, "repeat draw"],
) -> Learnt:
    """One quantity's paths over the settings at which any draw has a value, and where it has one."""
    finite = np.isfinite(values)
    there = finite.any(axis=1)
    if there.sum() < _LEAST_SETTINGS:
        return Learnt(None)
    bounds = find_bounds(name)
    tried = []
    for one in [scale] if scale else list_scales(values[finite], bounds):
        paths, predicted = learn_paths(candidates, columns[there], one.convert(values[there]), one)
        lucky = predicted[:, None, :] + paths.noise * luck
        ends = find_ends(paths.restore(lucky, bounds)).mean(axis=1)
        errors, _ = judge_ends(ends, find_ends(values[there]))
        tried.append((sum(error.middle + error.ninetieth for error in errors), paths))
    _, best = min(tried, key=lambda one: one[0])
    absent = np.isnan(values)
    if not absent.any():
        return Learnt(best)
    return Learnt(best, learn_paths(candidates, columns, 1.0 - absent, Scale())[0])


def judge_ends(predicted: Ends, direct: Ends) -> tuple[tuple[Error, ...], float]:
    """How far predicted ends, (setting, 3), are from a direct run's, and the share where one of both has none.

    Errors of the median, the low and the high end, as shares of the direct run's interval.
    """
    width = direct[:, 2] - direct[:, 1]
    known = width[np.isfinite(width)]
    usual = float(known.mean()) if known.size else 0.0
    narrowest = np.maximum(_OF_MEDIAN * np.abs(np.nan_to_num(direct[:, 0])), (_OF_USUAL * usual) or 1.0)
    width = np.maximum(np.where(np.isfinite(width), width, usual), narrowest)
    off = np.abs(predicted - direct) / width[:, None]
    both = np.isfinite(off)
    differ = (np.isfinite(predicted) != np.isfinite(direct)).any(axis=1)
    errors = tuple(_sum_up(off[both[:, end], end]) for end in range(3))
    return errors, float(differ.mean())


def _sum_up(off: Float[Array, " setting"]) -> Error:
    if not off.size:
        return Error(0.0, 0.0, 0.0)
    return Error(float(np.median(off)), float(np.percentile(off, _PERCENTILE)), float(off.max()))
