"""What injuries have in common, with needles or without: how much is felt, and what comes in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.outcome.infection import (
    assess_bloodborne,
    assess_infection,
    count_doses,
    count_later_dose,
    split_by_source,
)
from hudnal.outcome.pain import measure_felt_share
from hudnal.outcome.risks import assess_granuloma
from hudnal.transport import Depot
from hudnal.transport.numbness import blocking_concentration

_CLEAN_LOAD = 1.0  # CFU that a sterilised instrument has at most
_STILL_OPEN = 0.01  # lumen share below which old holes are history


def find_anaesthetics(state: State, setting: Setting) -> list[Depot]:
    """The depots of compounds that numb: none where nothing feels."""
    if setting.treatment.in_vitro:
        return []
    potent = (name for name in state.depots if setting.draws.has(f"transport.compounds.{name}.potency"))
    return [state.depots[name] for name in potent]


def find_felt_pain(depth: PerDraw, state: State, setting: Setting) -> tuple[PerDraw, PerDraw]:
    """Share of an injury's pain that numbness leaves, and mm of skin that is numb; (draw,) each.

    `depth` mm (draw,): how deep the injury reaches.
    """
    draws, numbness = setting.draws, setting.numbness
    creams = find_anaesthetics(state, setting)
    if not creams or numbness is None:
        return np.ones(draws.n), np.zeros(draws.n)
    layers = creams[0].layers
    block = numbness.block(blocking_concentration(creams, draws))
    share = measure_felt_share(depth, layers.centre[:, layers.viable], block, draws)
    return share, numbness.numb_depth(creams, draws)


def find_awake_share(state: State, setting: Setting) -> PerDraw:
    """Share of the pain that a block, vibration, cooling or sleep leaves at this moment, (draw,): 1 without."""
    share = np.ones(setting.draws.n)
    for way, until in state.session.numbed.items():
        share = share * np.where(state.time < until, setting.draws[f"outcome.anaesthesia.{way}"], 1.0)
    return share


def assess_contamination(
    area: PerDraw, deep: PerDraw, state: State, setting: Setting, taken_off: PerDraw | float = 0.0
) -> dict[str, Any]:
    """The session's hazards of infection, blood-borne disease and granuloma, and what they rest on.

    Of the session so far: `area` share of the surface that was opened, `deep` share of openings that reach the
    dermis, `taken_off` part of that area where skin was taken off, (draw,) each. What is on the session's instruments
    came in with them.
    """
    draws, treatment, session = setting.draws, setting.treatment, state.session
    taken_off = np.maximum(taken_off, session.taken_off)
    area = np.maximum(area, session.punctured)
    deep = np.maximum(deep, session.deep)
    rules = "clinic" if treatment.in_vitro else treatment.setting
    in_skin = [(state.instrument(kit), used) for kit, used in session.kits.items()]
    load = sum((instrument.load * used for instrument, used in in_skin), np.zeros(draws.n))
    blood = sum((instrument.blood * used for instrument, used in in_skin), np.zeros(draws.n))
    carried = count_doses(state.hygiene, load, area, treatment.area, rules, draws)
    foreign = _assess_foreign_bodies(area, deep, state, setting)
    return {
        "carried": carried,
        "granuloma": np.maximum(session.granuloma, foreign),
        "punctured": area,
        "deep": deep,
        "taken_off": taken_off,
        "infection": assess_infection(carried, area, deep, draws, taken_off),
        "bloodborne": assess_bloodborne(blood, area, draws),
        "unclean": session.unclean | bool(state.surface.foreign) | (load > _CLEAN_LOAD),
    }


def _assess_foreign_bodies(area: PerDraw, deep: PerDraw, state: State, setting: Setting) -> PerDraw:
    """Hazard of granuloma by what lies on the skin and is not made for the dermis, (draw,): by the worst of it."""
    draws = setting.draws
    if not state.surface.foreign:
        return np.zeros(draws.n)
    hazard, worst = assess_granuloma(area, deep, draws), np.ones(draws.n)
    for product in map(setting.treatment.shelf.find_product, state.surface.foreign):
        times = np.ones(draws.n)
        if product.is_water_free:
            times = times * draws["outcome.granuloma.oily"]
        if product.particles:
            times = times * draws["outcome.granuloma.coloured"]
        worst = np.maximum(worst, times)
    return hazard * worst


def infect_open_holes(state: State, later: State, setting: Setting) -> State:
    """`later`, after an interval in which fingers met the holes that were still open."""
    carried, open_share = state.session.carried, (state.closure.lumen + later.closure.lumen) / 2
    if "later" not in carried or state.cover == "airtight" or not (open_share > _STILL_OPEN).any():
        return later
    open_hours = open_share * (later.time - state.time)
    dose = count_later_dose(open_hours, state.session.punctured, setting.treatment.setting, setting.draws)
    return add_late_dose(later, dose["later"], setting)


def add_late_dose(state: State, dose: PerDraw, setting: Setting) -> State:
    """The state with `dose` CFU, (draw,), that came into holes after the session.

    The session's hazard is shared out anew among all sources.
    """
    sums, draws = state.session, setting.draws
    carried = {**sums.carried, "later": sums.carried["later"] + dose}
    hazard = assess_infection(carried, sums.punctured, sums.deep, draws, sums.taken_off)
    before, now = (
        split_by_source(sums.carried, sums.infection, draws),
        split_by_source(carried, hazard, draws),
    )
    hazards = state.hazards.add(**{source: part - before[source] for source, part in now.items()})
    return replace(state, hazards=hazards).with_session(carried=carried, infection=hazard)


def open_channels(
    density: PerDraw, width: Float[Array, "draw class_"], depth: Float[Array, "draw class_"], state: State
) -> State:
    """The state with new ways in beside those still open: `density` 1/mm2, `width` and `depth` mm of each class."""
    still = state.channels.density * (state.closure.lumen > _STILL_OPEN)
    return replace(
        state,
        closure=state.closure.add_channels(still, density, state.time),
        channels=replace(state.channels, density=still).add(density, width, depth),
    )
