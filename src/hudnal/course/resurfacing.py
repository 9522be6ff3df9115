"""What resurfacing does, the other way to new skin: peels, dermabrasion, fractional laser columns."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np

from hudnal.course.injury import carried_in, felt, opened
from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.tissue import Wound, wound_of_columns, wound_of_sheet
from hudnal.transport import Paths
from hudnal.treatment.steps import Laser, Peel

_PER_CM2 = 100  # mm2


def peel(step: Peel, state: State, world: World) -> State:
    """A layer comes off, by acid or grinding."""
    draws = world.draws
    depth = draws[f"handling.peel_depth.{step.with_}"] if step.depth is None else np.full(draws.n, step.depth)
    wound = wound_of_sheet(depth, state.skin, draws)
    bare = np.clip(depth / state.skin.corneum, 0, 1)
    state = _hurting(draws[f"handling.peel_pain.{step.with_}"], depth, state, world)
    return _wounded(state, wound, bare, bare, depth, world).in_session(acid=state.session.acid + wound.hurt)


def laser(step: Laser, state: State, world: World) -> State:
    """Columns of skin are vaporised or coagulated."""
    draws = world.draws
    density = step.density / _PER_CM2
    wound = wound_of_columns(density, step.diameter, step.depth, step.coagulation, state.skin, draws)
    covered = np.full(draws.n, -np.expm1(-density * pi / 4 * step.diameter**2))
    reached = np.full(draws.n, -np.expm1(-density * pi * draws["outcome.redness.flare_reach"] ** 2))
    depth = np.full(draws.n, step.depth)
    state = _hurting(draws["handling.laser_pain.reference"], depth, state, world)
    state = _wounded(state, wound, covered, reached, depth, world)
    state = state.in_session(heat=state.session.heat + wound.hurt)
    columns = Paths.alike(np.full(draws.n, density), np.full(draws.n, step.diameter), depth, np.ones(draws.n))
    return opened(columns.density, columns.width, columns.depth, state)


def _wounded(
    state: State, wound: Wound, bare: np.ndarray, reached: np.ndarray, depth: np.ndarray, world: World
) -> State:
    """What every injury without needles leaves: wound, redness, bare skin, an epithelium to close."""
    return replace(
        state,
        tissue=state.tissue.hurt(wound, f"resurfacing-{state.session.resurfaced}"),
        reaction=state.reaction.hurt(reached, wound.hurt, world.draws),
        aftermath=state.aftermath.hurt(reached, bare, depth, state.notes["pain_without_cream"], world.draws),
        bare=state.bare.taken_off(bare, state.time),
        session=replace(
            state.session,
            hurt=state.session.hurt + wound.hurt,
            resurfaced=state.session.resurfaced + 1,
            **carried_in(bare, wound.deep.astype(float), state, world),
        ),
    )


def _hurting(pain: np.ndarray, depth: np.ndarray, state: State, world: World) -> State:
    """Pain of an injury that would be `pain` 0-10 without cream and reaches `depth` mm, (draw,)."""
    share, numb_depth = felt(depth, state, world)
    pain = np.minimum(pain, world.draws.value("outcome.pain.ceiling"))
    zero = np.zeros_like(pain)
    worst = {
        "pain": np.maximum(state.notes.get("pain", zero), pain * share),
        "pain_without_cream": np.maximum(state.notes.get("pain_without_cream", zero), pain),
    }
    return replace(state, notes={"numb_depth": numb_depth, **state.notes, **worst})
