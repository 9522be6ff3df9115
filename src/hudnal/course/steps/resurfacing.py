"""What resurfacing does, the other way to new skin: peels, dermabrasion, fractional laser columns."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
from scipy.special import ndtr

from hudnal.arrays import PerDraw
from hudnal.course.injury import assess_contamination, find_awake_share, find_felt_pain, open_channels
from hudnal.course.removal import peel_corneum_off
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, SoFar, look_up_hours
from hudnal.result.timeline import Moment
from hudnal.tissue import Wound, wound_of_columns, wound_of_sheet
from hudnal.transport import Channels
from hudnal.treatment.steps import Laser, Peel
from hudnal.units import MM2_PER_CM2

_BY_HEAT = ("co2-laser", "erbium-laser")  # of the agents that take off a whole layer
_NEARLY = 0.95  # of the scale: no usual pain is its very end


def _peel_skin(step: Peel, moment: Moment, state: State, setting: Setting) -> State:
    """A layer comes off, by acid or grinding."""
    draws, skin = setting.draws, setting.skin
    usual = f"handling.peel_depth.{step.with_}"
    depth = draws[usual] if step.depth is None else np.full(draws.n, step.depth)
    wound = wound_of_sheet(depth, skin, draws)
    bare = np.clip(depth / skin.corneum, 0, 1)
    deeper = (depth / draws.anchor.value(usual)) ** draws["handling.peel_pain.depth_exponent"]
    state = _add_pain(draws[f"handling.peel_pain.{step.with_}"], deeper, depth, state, setting)
    # The epidermis is thicker in one place than in the next: what comes off bares the thin places first.
    bared = ndtr(np.log(depth / skin.surface_to_dermis) / skin.variation)
    burnt = wound.injured * (step.with_ in _BY_HEAT)
    state = peel_corneum_off(state, bare)
    state = _add_wound(state, wound, bare, bare, depth, setting, bared, burnt, is_sheet=True)
    session = state.session
    return state.with_session(
        acid=session.acid + wound.injured - burnt,
        heat=session.heat + burnt,
        bared=bared if session.bared is None else np.maximum(bared, session.bared),
    )


def _laser_skin(step: Laser, moment: Moment, state: State, setting: Setting) -> State:
    """Columns of skin are vaporised, or cooked under a corneum that stays."""
    draws, none = setting.draws, np.zeros(setting.draws.n)
    density = step.density / MM2_PER_CM2
    wound = wound_of_columns(
        density, step.diameter, step.depth, step.coagulation, setting.skin, draws, step.ablative
    )
    covered = np.full(draws.n, _find_lattice_share(density, step.diameter))
    reached = np.full(draws.n, -np.expm1(-density * pi * draws["outcome.redness.flare_reach"] ** 2))
    depth = np.full(draws.n, step.depth)
    group = "handling.laser_pain."
    heated = _find_lattice_share(density, step.diameter + 2 * step.coagulation)
    harsher = (depth / draws.anchor[group + "reference_depth"]) ** draws[group + "depth_exponent"]
    harsher = harsher * (heated / draws.anchor[group + "reference_share"]) ** draws[group + "share_exponent"]
    state = _add_pain(draws[group + "reference"], harsher, depth, state, setting)
    bare = covered if step.ablative else none
    state = _add_wound(state, wound, bare, reached, depth, setting, covered, wound.injured)
    state = state.with_session(heat=state.session.heat + wound.injured)
    if not step.ablative:
        return state
    columns = Channels.uniform(
        np.full(draws.n, density), np.full(draws.n, step.diameter), depth, np.ones(draws.n)
    )
    return open_channels(columns.density, columns.width, columns.depth, state)


def _find_lattice_share(density: float, diameter: float) -> float:
    """Share of the surface under columns of `diameter` mm that stand on a lattice, `density` 1/mm2."""
    return min(density * pi / 4 * diameter**2, 1.0)


def _add_wound(
    state: State,
    wound: Wound,
    bare: PerDraw,
    reached: PerDraw,
    depth: PerDraw,
    setting: Setting,
    bared: PerDraw,
    burnt: PerDraw,
    is_sheet: bool = False,
) -> State:
    """The state with what every injury without needles leaves: wound, redness, bare skin, what comes in.

    `bared` is the share of the surface that it leaves without epidermis, `burnt` the share of the dermis that heat
    hurt, (draw,) each.
    """
    draws, session = setting.draws, state.session
    pain = np.zeros(draws.n) if state.worst_pain_without_cream is None else state.worst_pain_without_cream
    return replace(
        state,
        tissue=state.tissue.add_wound(wound, f"resurfacing-{session.resurfaced}"),
        reaction=state.reaction.add_injury(reached, wound.injured, draws, bared * wound.injured, burnt=burnt),
        aftermath=state.aftermath.add_injury(reached, bare, depth, pain, draws),
        bare=state.bare.remove_corneum(bare, state.time, is_sheet) if bare.any() else state.bare,
        session=replace(
            session,
            hurt=session.hurt + wound.injured,
            resurfaced=session.resurfaced + 1,
            **assess_contamination(bare, wound.reaches_dermis.astype(float), state, setting, np.sign(bare)),
        ),
    )


def _add_pain(usual: PerDraw, harsher: PerDraw, depth: PerDraw, state: State, setting: Setting) -> State:
    """The state after pain of an injury that reaches `depth` mm and is so many times `harsher` than the usual one.

    `usual` is that one's pain 0-10, without cream, (draw,). The scale ends at 10 as that of needles does.
    """
    ceiling = setting.draws.value("outcome.pain.ceiling")
    usual = np.minimum(usual, _NEARLY * ceiling)
    raw = usual / (1 - usual / ceiling) * harsher
    left, numb_depth = find_felt_pain(depth, state, setting)
    felt = ceiling * raw * left / (ceiling + raw * left) * find_awake_share(state, setting)
    whole = ceiling * raw / (ceiling + raw)
    return state.with_pain(felt, whole).with_numbness(numb_depth)


def _pass_on_opening(step: Peel | Laser, so_far: SoFar, setting: Setting) -> SoFar:
    return replace(so_far, opened=True)


KINDS = (
    Kind(Peel, "injury", _peel_skin, look_up_hours, pass_on=_pass_on_opening),
    Kind(Laser, "injury", _laser_skin, look_up_hours, pass_on=_pass_on_opening),
)
