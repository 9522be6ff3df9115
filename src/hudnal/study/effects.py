"""What each parameter moves: one at a time, in many treatments, all others at their median.

The table that comes of it (`result/effects.json`, by `make effects`) tells what a quantity rests on and what may be
told as a cause of its range. A parameter that the run asks for is moved by one standard score up and down (by a tenth
if it is exact); every quantity that changes by one bit rests on it. How much it moves a quantity is told against the
strongest parameter in the same treatment. Rates are scaled by what the trials behind them did; what moves a quantity
only through that scaling is no cause of it, and is seen by holding the trials still (`Draws.anchor`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, isnan, log

import numpy as np
from scipy.special import ndtr

from hudnal.course.prepare import prepare
from hudnal.course.simulate import run_batch
from hudnal.intake.load import load
from hudnal.parameters import Distribution, Draws, Parameter, parameters
from hudnal.parameters.draws import SITE_GROUP
from hudnal.progress import Progress
from hudnal.result.rests_on import Effect, Effects, find_family, split_compound
from hudnal.study.executors import Executor, here
from hudnal.study.scenarios import Scenario

_SCORE = 1.0  # normal scores by which a parameter is moved
_TENTH = 0.1  # of an exact value
_AT_ONCE = 12  # parameters of one treatment that a task moves
_FIRST_PART = 0.7  # of the work, for the progress
_SEED = 1
_COMPOUNDS = "transport.compounds."
_FARTHEST = 3.0  # a factor of twenty, as a logarithm

Numbers = Mapping[str, float]  # a run's quantities


@dataclass(frozen=True)
class Moves:
    """Parameters to be moved in one treatment, which is kept as JSON text."""

    treatment: str
    names: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class Shift:
    """How far a quantity goes when a parameter is moved: on the whole, and with the trials behind rates held still."""

    moves: Moves
    parameter: str
    quantity: str
    size: float
    cause: float


def measure_effects(
    scenarios: Iterable[Scenario], executor: Executor | None = None, progress: Progress | None = None
) -> Effects:
    """The table of effects.

    In whole scenarios all that is asked for is moved, in the others only what no earlier one asked for; and what moved
    nothing there is tried in each of the others until it does.
    """
    executor = executor or here()
    asked = ask_scenarios(scenarios)
    tasks = plan_moves(asked)
    shifts: list[Shift] = []
    for done, (_, part) in enumerate(executor.map(move_parameters, tasks), start=1):
        shifts += part
        if progress:
            progress(_FIRST_PART * done / len(tasks))
    searches = plan_searches(asked, find_silent(tasks, shifts))
    for done, (_, part) in enumerate(executor.map(move_where_it_acts, searches), start=1):
        shifts += part
        if progress:
            progress(_FIRST_PART + (1 - _FIRST_PART) * done / len(searches))
    return weigh_shifts(tasks, shifts)


def ask_scenarios(scenarios: Iterable[Scenario]) -> list[Moves]:
    """Every scenario with all the parameters of the tables that its run asks for."""
    asked = []
    for scenario in scenarios:
        text = json.dumps(scenario.data, sort_keys=True)
        sample = make_sample(text, {})
        run_once(text, sample)
        names = tuple(name for name in sorted(sample.used) if name in parameters())
        asked.append(Moves(text, names, scenario.whole))
    return asked


def plan_moves(asked: Sequence[Moves]) -> list[Moves]:
    """Tasks that move every parameter that any scenario asks for."""
    tasks: list[Moves] = []
    moved: set[str] = set()
    for each in asked:
        names = [n for n in each.names if each.whole or _name_measurement(n) not in moved]
        moved |= {_name_measurement(name) for name in names}
        parts = (tuple(names[i : i + _AT_ONCE]) for i in range(0, len(names), _AT_ONCE))
        tasks += [Moves(each.treatment, part, each.whole) for part in parts]
    return tasks


def plan_searches(asked: Sequence[Moves], silent: Iterable[str]) -> list[tuple[Moves, ...]]:
    """For each kind of parameter that moved nothing so far, the treatments that ask for it, the last ones first."""
    searches: dict[str, list[Moves]] = {kind: [] for kind in sorted(silent)}
    for each in reversed(asked):
        for kind, name in {_name_measurement(name): name for name in each.names}.items():
            if kind in searches:
                searches[kind].append(Moves(each.treatment, (name,), whole=False))
    return [tuple(moves) for moves in searches.values()]


def find_silent(tasks: Sequence[Moves], shifts: Sequence[Shift]) -> set[str]:
    """The kinds of parameters that the tasks moved and that moved no quantity."""
    return {_name_measurement(n) for task in tasks for n in task.names} - {
        _name_measurement(shift.parameter) for shift in shifts
    }


def move_where_it_acts(search: Sequence[Moves]) -> list[Shift]:
    """What moves in the first of the treatments in which anything does; empty for none."""
    return next((shifts for shifts in map(move_parameters, search) if shifts), [])


def _name_measurement(parameter: str) -> str:
    """What one measurement stands for: a family, but for compounds, which differ in what they are for."""
    return parameter if parameter.startswith(_COMPOUNDS) else find_family(parameter)


def make_sample(treatment: str, own: Mapping[str, Parameter]) -> Draws:
    """One draw of the tables, at their medians but for the parameters of `own`."""
    shelf = load(json.loads(treatment)).shelf.list_parameters()
    return Draws(1, _SEED, "prior").including({**shelf, **own})


def run_once(treatment: str, sample: Draws) -> Numbers:
    """The quantities of a treatment's one draw."""
    record = run_batch(prepare(load(json.loads(treatment)), sample))
    return {name: float(values[0]) for name, values in record.whole.quantities.items()}


def move_parameter(name: str, score: float) -> Parameter:
    """The parameter at so many normal scores from its median, as an exact number; an exact one by tenths of itself."""
    parameter = parameters()[name]
    if parameter.distribution.kind == "fixed":
        value = parameter.value * (1 + _TENTH * score)
    else:
        value = float(parameter.distribution.quantile(np.array([ndtr(score)]))[0])
    return replace(parameter, value=value, distribution=Distribution("fixed", value))


def move_parameters(moves: Moves) -> list[Shift]:
    """How far each of the parameters moves each quantity that it moves at all."""
    anchor = make_sample(moves.treatment, {})
    base = run_once(moves.treatment, make_sample(moves.treatment, {}).with_anchor(anchor))
    shifts = []
    for name in moves.names:
        whole = _run_both_sides(moves.treatment, name, None)
        direct = _run_both_sides(moves.treatment, name, anchor) if name in anchor.used else whole
        for quantity, middle in base.items():
            down, up = (side[quantity] for side in whole)
            if not (_is_same(down, middle) and _is_same(up, middle)):
                size = abs(measure_shift(down, middle, up))
                cause = measure_shift(direct[0][quantity], middle, direct[1][quantity])
                shifts.append(Shift(moves, name, quantity, size, cause))
    return shifts


def _run_both_sides(treatment: str, name: str, anchor: Draws | None) -> tuple[Numbers, Numbers]:
    """The quantities with a parameter moved down and up; with an `anchor` the trials behind rates stay as they are."""
    sides = []
    for score in (-_SCORE, _SCORE):
        sample = make_sample(treatment, {name: move_parameter(name, score)})
        sides.append(run_once(treatment, sample if anchor is None else sample.with_anchor(anchor)))
    return sides[0], sides[1]


def _is_same(a: float, b: float) -> bool:
    return a == b or (isnan(a) and isnan(b))


def measure_shift(down: float, middle: float, up: float) -> float:
    """How far a quantity goes from one side to the other, signed.

    In logarithms where it is positive, else against its size; from a number to never is as far as can be.
    """
    if not all(map(isfinite, (down, up))):
        first, last = (inf if isnan(end) else end for end in (down, up))
        return 0.0 if first == last else (_FARTHEST if last > first else -_FARTHEST)
    if min(down, middle, up) > 0:
        return log(up / down)
    scale = max(abs(middle), abs(up), abs(down))
    return (up - down) / scale if scale > 0 else 0.0


def weigh_shifts(tasks: Sequence[Moves], shifts: Sequence[Shift]) -> Effects:
    """Effects of the shifts, each against the strongest of its quantity in a whole scenario.

    What a whole scenario moved is known by its own name, but for sites, which stand for each other.
    """
    measured = {
        name for task in tasks if task.whole for name in task.names if not name.startswith(SITE_GROUP)
    }
    measured |= {name for task in tasks for name in task.names if name.startswith(_COMPOUNDS)}
    strongest: dict[tuple[str, bool], float] = {}
    for shift in shifts:
        key = shift.quantity, shift.moves.whole
        strongest[key] = max(strongest.get(key, 0.0), shift.size)
    effects: dict[str, dict[str, Effect]] = {}
    for shift in shifts:
        scale = strongest.get((shift.quantity, True)) or strongest[shift.quantity, False] or 1.0
        effect = Effect(min(shift.size / scale, 1.0), float(np.clip(shift.cause / scale, -1, 1)))
        by_name = effects.setdefault(split_compound(shift.quantity)[0], {})
        for name in {shift.parameter} & measured | {find_family(shift.parameter)}:
            if name not in by_name or effect.weight > by_name[name].weight:
                by_name[name] = effect
    moved = {find_family(shift.parameter) for shift in shifts}
    silent = {find_family(name) for task in tasks for name in task.names} - moved
    return Effects(effects, frozenset(measured), frozenset(silent))
