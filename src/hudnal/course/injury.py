"""What injuries have in common, with needles or without: how much is felt, and what comes in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.outcome.infection import bloodborne_hazard, by_source, doses, infection_hazard, later_dose
from hudnal.outcome.pain import felt_share
from hudnal.outcome.risks import granuloma_hazard
from hudnal.transport.numbness import blocking_concentration


def felt(depth: np.ndarray, state: State, world: World) -> tuple[np.ndarray, np.ndarray]:
    """Share of an injury's pain that numbness leaves, and mm of skin that is numb; (draw,) each.

    `depth` mm (draw,): how deep the injury reaches.
    """
    creams = world.anaesthetics(state)
    if not creams:
        return np.ones(world.draws.n), np.zeros(world.draws.n)
    layers = creams[0].layers
    block = world.numbness.block(blocking_concentration(creams, world.draws))
    share = felt_share(depth, layers.centre[:, layers.viable], block, world.draws)
    return share, world.numbness.numb_depth(creams, world.draws)


def carried_in(area: np.ndarray, deep: np.ndarray, state: State, world: World) -> dict[str, Any]:
    """The session's hazards of infection, blood-borne disease and granuloma, and what they rest on.

    Of the session so far: `area` share of the surface that was opened, `deep` share of openings that reach the
    dermis, (draw,).
    """
    draws, treatment = world.draws, world.treatment
    area = np.maximum(area, state.session.punctured)
    deep = np.maximum(deep, state.session.deep)
    setting = "clinic" if treatment.in_vitro else treatment.setting
    carried = doses(state.hygiene, area, treatment.area, setting, draws)
    foreign = granuloma_hazard(area, deep, draws) if state.surface.serums else np.zeros(draws.n)
    return {
        "carried": carried,
        "granuloma": np.maximum(state.session.granuloma, foreign),
        "punctured": area,
        "deep": deep,
        "infection": infection_hazard(carried, area, deep, draws),
        "bloodborne": bloodborne_hazard(state.hygiene, area, draws),
    }


def touched(state: State, later: State, world: World) -> State:
    """`later`, after an interval in which fingers met the holes that were still open."""
    carried, open_share = state.session.carried, (state.closure.lumen + later.closure.lumen) / 2
    if "later" not in carried or state.cover_now() == "airtight" or not (open_share > _STILL_OPEN).any():
        return later
    open_hours = open_share * (later.time - state.time)
    dose = later_dose(open_hours, state.session.punctured, world.treatment.setting, world.draws)
    return entered(later, dose["later"], world)


def entered(state: State, dose: np.ndarray, world: World) -> State:
    """With `dose` CFU, (draw,), that came into holes after the session: its hazard is shared out anew among all."""
    sums, draws = state.session, world.draws
    carried = {**sums.carried, "later": sums.carried["later"] + dose}
    hazard = infection_hazard(carried, sums.punctured, sums.deep, draws)
    before, now = by_source(sums.carried, sums.infection, draws), by_source(carried, hazard, draws)
    hazards = state.hazards.add(**{source: part - before[source] for source, part in now.items()})
    return replace(state, hazards=hazards).in_session(carried=carried, infection=hazard)


def opened(density: np.ndarray, width: np.ndarray, depth: np.ndarray, state: State) -> State:
    """With new ways in beside those still open: `density` 1/mm2 (draw,), `width` and `depth` mm (draw, class)."""
    still = state.ways.density * (state.closure.lumen > _STILL_OPEN)
    return replace(
        state,
        closure=state.closure.add_channels(still, density, state.time),
        ways=replace(state.ways, density=still).add(density, width, depth),
    )


_STILL_OPEN = 0.01  # lumen share below which old holes are history
