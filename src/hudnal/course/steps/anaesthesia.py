"""Pain taken by other ways than cream: a nerve block, vibration or cooling beside the needles, sleep."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np

from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, SoFar
from hudnal.instrument.use import Use
from hudnal.outcome.doses import warn_of_anaesthesia, warn_of_block
from hudnal.outcome.law import warn_of_law
from hudnal.outcome.rules import PlanWarning
from hudnal.parameters import Draws
from hudnal.result.timeline import Moment
from hudnal.treatment.fault import name_place
from hudnal.treatment.steps import Anaesthesia
from hudnal.units import UG_PER_MG

_USUAL_DOSE = "handling.anaesthesia.dose"  # mg of a block of which the file gives none
_BY_OTHERS = ("block", "general")  # ways that need somebody trained


def _numb_nerves(step: Anaesthesia, moment: Moment, state: State, setting: Setting) -> State:
    """The state in which less is felt until the session ends, or a block wears off, and its drug at the nerve."""
    draws, drug = setting.draws, step.injected
    wears_off = state.time + draws["outcome.anaesthesia.block_hours"] if drug else np.full(draws.n, inf)
    state = state.with_session(numbed={**state.session.numbed, step.by: wears_off})
    if drug is None:
        return state
    there = state.injected.get(drug, np.zeros(draws.n))
    plasma = {**state.plasma, drug: state.plasma.get(drug, np.zeros(draws.n))}
    # One injection is for all zones that it numbs; each holds its share of the drug.
    share = setting.treatment.area / setting.find_area(name_place(moment.path))
    dose = draws[_USUAL_DOSE] if step.dose is None else step.dose
    injected = {**state.injected, drug: there + dose * share * UG_PER_MG}
    return replace(state, injected=injected, plasma=plasma)


def _look_up_hours(step: Anaesthesia, use: Use | None, draws: Draws) -> float:
    """The hours until it works."""
    return draws.value(f"handling.anaesthesia.{step.by}")


def _warn(step: Anaesthesia, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    treatment, draws, drug = setting.treatment, setting.draws, step.injected
    warnings: list[PlanWarning] = []
    if step.by in _BY_OTHERS:
        warnings += warn_of_anaesthesia(place, treatment.setting)
    if drug is None:
        return warnings
    dose = draws.value(_USUAL_DOSE) if step.dose is None else step.dose
    warnings += warn_of_block(drug, dose, treatment.person.weight, place, draws)
    return [*warnings, *warn_of_law({"substance": 1.0}, treatment.setting, draws, {}, place)]


KINDS = (Kind(Anaesthesia, "cream", _numb_nerves, _look_up_hours, warn=_warn),)
