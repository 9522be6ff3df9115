"""What the body does by itself between two steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.course.injury import touched
from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.transport import Closure, TransportConditions
from hudnal.transport.closure import closing_rates, surface_rate
from hudnal.transport.numbness import perfusion

_MOST_GAIN = 100.0  # of vitamin A through holes: beyond it the effect has long levelled off
_ANSWERED = 1e-12  # h: shorter waits are none


def live(state: State, until: float, world: World) -> State:
    """The state at time `until`: creams go in, holes close, tissue heals, redness fades."""
    # A cover, a film of cream or the work of a drug that ends on the way divides it.
    surface = state.surface
    for ends in sorted(
        (surface.cover_until, surface.wet_until, surface.soothed_until, state.vitamin_a.until)
    ):
        if state.time < ends < until:
            state = live(state, ends, world)
    hours = until - state.time
    if hours <= _ANSWERED:
        return replace(state, time=until)
    draws = world.draws
    if world.treatment.in_vitro:  # excised skin neither closes its holes nor heals
        still = np.zeros(draws.n)
        return replace(_creams(state, hours, still, world), time=until)
    cover, ways = state.cover_now(), state.ways
    rates = closing_rates(ways.mean_depth, ways.mean_width, cover, state.soothed_now(), state.skin, draws)
    state = _creams(state, hours, rates[1], world)
    if not world.heals:
        return replace(state, time=until, closure=_close(state.closure, hours, rates, state.time))
    vitamin_a = state.vitamin_a.advance(hours, state.time, _through_holes(state, world), draws)
    tissue = state.tissue.set_conditions(vitamin_a.drive(draws), cover != "none")
    later = replace(
        state,
        time=until,
        closure=_close(state.closure, hours, rates, state.time),
        tissue=tissue.advance(hours),
        vitamin_a=vitamin_a,
        reaction=state.reaction.advance(hours),
        aftermath=state.aftermath.advance(hours),
        dark_marks=state.dark_marks.advance(hours),
        bruises=state.bruises.advance(hours),
        bare=state.bare.advance(hours, surface_rate(cover, state.skin, draws), state.time),
    )
    later = touched(state, later, world)
    dries = cover == "none" and state.time >= state.surface.wet_until
    told = state.measured(draws).advance(state.openings, later.openings, state.time, until, dries, draws)
    return replace(later, measures=told)


def _through_holes(state: State, world: World) -> np.ndarray:
    """How many times more vitamin A the epidermis holds than it would without holes, (draw,)."""
    held = np.zeros((2, world.draws.n))
    for name, depot in state.depots.items():
        potency = f"transport.compounds.{name}.retinoid_potency"
        if world.draws.has(potency):
            epidermis = depot.layers.epidermis
            for i, strip in enumerate((depot.needled, depot.whole)):
                held[i] += world.draws[potency] * strip.levels[:, epidermis].sum(axis=1)
    gain = np.divide(held[0], held[1], out=np.ones(world.draws.n), where=held[1] > 0)
    return np.clip(gain, 1, _MOST_GAIN)


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
    if world.treatment.in_vitro:
        mean_hydration = np.ones(draws.n)  # from below
    setting = TransportConditions(mean_hydration, flow, state.cover_now() == "airtight")
    paths = state.paths.narrow(draws["transport.holes.patency"])
    depots, plasma = dict(state.depots), dict(state.plasma)
    for name, depot in state.depots.items():
        depots[name] = depot.advance(hours, paths, closing, setting, draws)
        if name in plasma:
            taken = (depots[name].needled.blood - depot.needled.blood) * world.treatment.area / hours
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
