"""Washing, shaving, antiseptics, and wiping blood off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.course.removal import peel_corneum_off, remove_products, wipe_film
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, SoFar, look_up_hours, take_no_time
from hudnal.outcome.infection import find_reduction
from hudnal.outcome.misuse import warn_of_razor
from hudnal.outcome.rules import PlanWarning
from hudnal.result.timeline import Moment
from hudnal.treatment.steps import Clean, Disinfect, LaterWash, Shave, Wash


def _wash_skin(step: Wash | LaterWash, moment: Moment, state: State, setting: Setting) -> State:
    # A layer of cream is wiped off before one washes: what would stay of it feeds the skin for a day.
    state = remove_products(remove_products(state, "clean", setting), "wash", setting)
    reduced = np.maximum(state.hygiene.skin_reduction, setting.draws["outcome.infection.antiseptic.wash"])
    hygiene = replace(state.hygiene, skin_reduction=reduced, serum_load=np.zeros(setting.draws.n))
    state = replace(state, hygiene=hygiene)
    return state.with_surface(
        wet_until=0.0, cream_until=None, cover="none", cover_until=0.0, petrolatum_at=None, foreign=()
    )


def _shave_skin(step: Shave, moment: Moment, state: State, setting: Setting) -> State:
    """The state after a razor: nicks let bacteria in, and it takes the top of the horny layer with what that holds."""
    draws = setting.draws
    nicked = draws["outcome.infection.shaved.wet"]
    if step.dry:
        nicked = nicked * draws["outcome.infection.shaved.dry"]
    state = remove_products(state, "clean" if step.dry else "wash", setting)
    taken = draws["handling.shaving.corneum"]
    state = peel_corneum_off(state, taken)
    hygiene = replace(state.hygiene, nicked=np.maximum(state.hygiene.nicked, nicked))
    return replace(state, hygiene=hygiene, bare=state.bare.remove_corneum(taken, state.time, is_sheet=True))


def _disinfect_skin(step: Disinfect, moment: Moment, state: State, setting: Setting) -> State:
    # An antiseptic is wiped on, and takes along what a wash has left.
    return _kill_bacteria(remove_products(state, "clean", setting), step.with_, setting)


def _wipe_skin(step: Clean, moment: Moment, state: State, setting: Setting) -> State:
    # Wiping goes on as long as the step: what comes later shows again.
    until = state.time + setting.draws.value("handling.duration.clean")
    state = replace(remove_products(state, "clean", setting), holes=state.holes.wipe_blood(until))
    state = state.with_surface(wet_until=0.0, cream_until=None)
    return state if step.with_ is None else _kill_bacteria(state, step.with_, setting)


def _kill_bacteria(state: State, antiseptic: str, setting: Setting) -> State:
    """The state with the skin's bacteria reduced by an antiseptic."""
    draws = setting.draws
    reduced = state.hygiene.skin_reduction + find_reduction(antiseptic, draws)
    # Two cleanings do not add without end: the deep flora stays.
    most = draws["outcome.infection.most_reduction"]
    return replace(state, hygiene=replace(state.hygiene, skin_reduction=np.minimum(reduced, most)))


def _warn_of_razor(step: Shave, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    if not setting.uses:
        return []
    return warn_of_razor(place, so_far.opened, setting.draws)


def _pass_on_wash(step: Wash | LaterWash, so_far: SoFar, setting: Setting) -> SoFar:
    return replace(
        so_far, washed=True, serum=None, drug=False, cream=None, seal=None, oily=None, coloured=None
    )


def _pass_on_antiseptic(step: Disinfect, so_far: SoFar, setting: Setting) -> SoFar:
    return replace(_wipe_cream(so_far, setting), disinfected=True)


def _pass_on_wiping(step: Clean, so_far: SoFar, setting: Setting) -> SoFar:
    return replace(_wipe_cream(so_far, setting), serum=None, drug=False, seal=None, oily=None, coloured=None)


def _wipe_cream(so_far: SoFar, setting: Setting) -> SoFar:
    """What rules have to know once a cream that has not been washed off was wiped."""
    cream = so_far.cream
    if cream is None:
        return so_far
    return replace(so_far, cream=replace(cream, film=wipe_film(cream.film, setting.draws)))


KINDS = (
    Kind(Wash, "cleaning", _wash_skin, look_up_hours, pass_on=_pass_on_wash),
    Kind(Shave, "cleaning", _shave_skin, look_up_hours, warn=_warn_of_razor),
    Kind(Disinfect, "cleaning", _disinfect_skin, look_up_hours, pass_on=_pass_on_antiseptic),
    Kind(LaterWash, "cleaning", _wash_skin, take_no_time, pass_on=_pass_on_wash),
    Kind(Clean, "cleaning", _wipe_skin, look_up_hours, pass_on=_pass_on_wiping),
)
