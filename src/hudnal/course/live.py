"""What the body does by itself between two steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.transport import Closure
from hudnal.transport.closure import closing_rates, surface_rate
from hudnal.transport.numbness import perfusion

_ANSWERED = 1e-12  # h: shorter waits are none


def live(state: State, until: float, world: World) -> State:
    """The state at time `until`: creams go in, holes close, tissue heals, redness fades."""
    # A cover, a film of cream or the work of a drug that ends on the way divides it.
    surface = state.surface
    for ends in sorted((surface.cover_until, surface.wet_until, surface.soothed_until, state.retinoid_until)):
        if state.time < ends < until:
            state = live(state, ends, world)
    hours = until - state.time
    if hours <= _ANSWERED:
        return replace(state, time=until)
    draws = world.draws
    cover = state.cover_now()
    rates = closing_rates(state.open_depth, state.open_width, cover, state.soothed_now(), state.skin, draws)
    state = _creams(state, hours, rates[1], world)
    strength = state.retinoid if state.time < state.retinoid_until else np.zeros(draws.n)
    drive = strength / (strength + draws["tissue.epidermis.retinoid_half"])
    tissue = state.tissue.under(drive, cover != "none")
    later = replace(
        state,
        time=until,
        closure=_close(state.closure, hours, rates, state.time),
        tissue=tissue.advance(hours),
        reaction=state.reaction.advance(hours),
        bare=state.bare.advance(hours, surface_rate(cover, state.skin, draws), state.time),
    )
    dries = cover == "none" and state.time >= state.surface.wet_until
    told = state.measured(draws).advance(state.openings, later.openings, state.time, until, dries, draws)
    return replace(later, measures=told)


def _close(closure: Closure, hours: float, rates: tuple[np.ndarray, np.ndarray], time: float) -> Closure:
    return closure.advance(hours, rates, time) if np.isfinite(closure.since) else closure


def _creams(state: State, hours: float, closing: np.ndarray, world: World) -> State:
    """Transport through skin and holes into blood; the corneum swells under cover and dries again."""
    draws, surface = world.draws, state.surface
    aim = np.full(draws.n, float(state.cover_now() == "airtight"))
    if not aim.any() and (state.time < surface.wet_until or state.cover_now() == "petrolatum"):
        aim = draws["transport.relations.hydration_cream"]
    rate = 1 / draws["transport.relations.hydration_time"]
    fade = np.exp(-rate * hours)
    hydration = aim + (surface.hydration - aim) * fade
    mean_hydration = aim + (surface.hydration - aim) * (1 - fade) / (rate * hours)
    flow = world.perfusion(state, hours)
    depots, plasma = dict(state.depots), dict(state.plasma)
    for name, depot in state.depots.items():
        depots[name] = depot.advance(hours, state.paths, closing, mean_hydration, flow, draws)
        if name in plasma:
            taken = (depots[name].blood - depot.blood)[: draws.n] * world.treatment.area / hours
            size = world.person.weight / draws.value("transport.plasma.weight")
            clearance = (
                draws[f"transport.compounds.{name}.clearance"] * size ** draws["transport.plasma.exponent"]
            )
            k = clearance / (draws[f"transport.compounds.{name}.volume"] * size)
            # Constant uptake over the interval: C' = J A / V - k C, exactly.
            steady = taken / (clearance * 1e3)
            plasma[name] = steady + (plasma[name] - steady) * np.exp(-k * hours)
    state = replace(state, depots=depots, plasma=plasma)
    return state.on_surface(hydration=hydration)


def flow_now(state: State, world: World) -> np.ndarray:
    """Blood flow in the skin against rest, under a cream that narrows vessels, (draw,)."""
    started = state.surface.narrowing_at
    return np.ones(world.draws.n) if started is None else perfusion(state.time - started, world.draws)
