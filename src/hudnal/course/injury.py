"""What injuries have in common, with needles or without: how much is felt, and what comes in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.outcome.infection import bloodborne_hazard, doses, infection_hazard
from hudnal.outcome.pain import felt_share
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
    return share, world.numbness.depth(creams, world.draws)


def carried_in(area: np.ndarray, deep: np.ndarray, state: State, world: World) -> dict[str, np.ndarray]:
    """The session's hazards of infection and blood-borne disease, and what they rest on.

    Of the session so far: `area` share of the surface that was opened, `deep` share of openings that reach the
    dermis, (draw,).
    """
    draws, treatment = world.draws, world.treatment
    area = np.maximum(area, state.session.punctured)
    deep = np.maximum(deep, state.session.deep)
    setting = "clinic" if treatment.in_vitro else treatment.setting
    carried = doses(state.hygiene, area, treatment.area, setting, draws)
    return {
        "punctured": area,
        "deep": deep,
        "infection": infection_hazard(carried, area, deep, draws),
        "bloodborne": bloodborne_hazard(state.hygiene, area, draws),
    }


def opened(density: np.ndarray, width: np.ndarray, depth: np.ndarray, state: State) -> State:
    """With new ways in beside those still open: `density` 1/mm2 (draw,), `width` and `depth` mm (draw, class)."""
    still = state.ways.density * (state.closure.lumen > _STILL_OPEN)
    return replace(
        state,
        closure=state.closure.reopened(still, density, state.time),
        ways=replace(state.ways, density=still).beside(density, width, depth),
    )


_STILL_OPEN = 0.01  # lumen share below which old holes are history
