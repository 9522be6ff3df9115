"""What resurfacing does, the other way to new skin: peels, dermabrasion, fractional laser columns."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np

from hudnal.course.injury import carried_in, felt, opened
from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.tissue import Wound, wound_of_columns, wound_of_sheet
from hudnal.transport import Channels
from hudnal.treatment.steps import Laser, Peel

_PER_CM2 = 100  # mm2
_NEARLY = 0.95  # of the scale: no usual pain is its very end


def peel(step: Peel, state: State, world: World) -> State:
    """A layer comes off, by acid or grinding."""
    draws = world.draws
    usual = f"handling.peel_depth.{step.with_}"
    depth = draws[usual] if step.depth is None else np.full(draws.n, step.depth)
    wound = wound_of_sheet(depth, state.skin, draws)
    bare = np.clip(depth / state.skin.corneum, 0, 1)
    deeper = (depth / draws.value(usual)) ** draws["handling.peel_pain.depth_exponent"]
    state = _hurting(draws[f"handling.peel_pain.{step.with_}"], deeper, depth, state, world)
    return _wounded(state, wound, bare, bare, depth, world).in_session(acid=state.session.acid + wound.injured)


def laser(step: Laser, state: State, world: World) -> State:
    """Columns of skin are vaporised, or cooked under a corneum that stays."""
    draws, none = world.draws, np.zeros(world.draws.n)
    density = step.density / _PER_CM2
    wound = wound_of_columns(
        density, step.diameter, step.depth, step.coagulation, state.skin, draws, step.ablative
    )
    covered = np.full(draws.n, _share_of_lattice(density, step.diameter))
    reached = np.full(draws.n, -np.expm1(-density * pi * draws["outcome.redness.flare_reach"] ** 2))
    depth = np.full(draws.n, step.depth)
    group = "handling.laser_pain."
    heated = _share_of_lattice(density, step.diameter + 2 * step.coagulation)
    harsher = (depth / draws[group + "reference_depth"]) ** draws[group + "depth_exponent"]
    harsher = harsher * (heated / draws[group + "reference_share"]) ** draws[group + "share_exponent"]
    state = _hurting(draws[group + "reference"], harsher, depth, state, world)
    state = _wounded(state, wound, covered if step.ablative else none, reached, depth, world)
    state = state.in_session(heat=state.session.heat + wound.injured)
    if not step.ablative:
        return state
    columns = Channels.uniform(np.full(draws.n, density), np.full(draws.n, step.diameter), depth, np.ones(draws.n))
    return opened(columns.density, columns.width, columns.depth, state)


def _share_of_lattice(density: float, diameter: float) -> float:
    """Share of the surface under columns of `diameter` mm that stand on a lattice, `density` 1/mm2."""
    return min(density * pi / 4 * diameter**2, 1.0)


def _wounded(
    state: State, wound: Wound, bare: np.ndarray, reached: np.ndarray, depth: np.ndarray, world: World
) -> State:
    """What every injury without needles leaves: wound, redness, bare skin, an epithelium to close."""
    return replace(
        state,
        tissue=state.tissue.add_wound(wound, f"resurfacing-{state.session.resurfaced}"),
        reaction=state.reaction.hurt(reached, wound.injured, world.draws),
        aftermath=state.aftermath.hurt(reached, bare, depth, state.notes["pain_without_cream"], world.draws),
        bare=state.bare.remove_corneum(bare, state.time) if bare.any() else state.bare,
        session=replace(
            state.session,
            hurt=state.session.hurt + wound.injured,
            resurfaced=state.session.resurfaced + 1,
            **carried_in(bare, wound.reaches_dermis.astype(float), state, world),
        ),
    )


def _hurting(usual: np.ndarray, harsher: np.ndarray, depth: np.ndarray, state: State, world: World) -> State:
    """Pain of an injury that reaches `depth` mm and is so many times `harsher` than the one whose pain is `usual`.

    `usual` 0-10, without cream, (draw,). The scale ends at 10 as that of needles does.
    """
    ceiling = world.draws.value("outcome.pain.ceiling")
    usual = np.minimum(usual, _NEARLY * ceiling)
    raw = usual / (1 - usual / ceiling) * harsher
    share, numb_depth = felt(depth, state, world)
    zero = np.zeros_like(raw)

    def worst(name: str, left: np.ndarray | float) -> np.ndarray:
        return np.maximum(state.notes.get(name, zero), ceiling * raw * left / (ceiling + raw * left))

    pain = {"pain": worst("pain", share), "pain_without_cream": worst("pain_without_cream", 1.0)}
    return replace(state, notes={"numb_depth": numb_depth, **state.notes, **pain})
