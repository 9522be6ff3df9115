"""What the body does by itself between two steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.injury import infect_open_holes
from hudnal.course.removal import take_cream_off
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.parameters import Draws
from hudnal.transport import Closure, TransportConditions
from hudnal.transport.blood import PRILOCAINE, absorb_block
from hudnal.transport.closure import closing_rates, surface_rate
from hudnal.transport.numbness import blocking_concentration, perfusion
from hudnal.treatment.model import FranzCell
from hudnal.units import ML_PER_L

_MOST_GAIN = 100.0  # of vitamin A through holes: beyond it the effect has long levelled off
_SHORTEST = 1e-12  # h: shorter waits are none
_AS_BEFORE = 1e-3  # share of narrowing and widening at which vessels are as they were


def live(state: State, until: float, setting: Setting) -> State:
    """The state at time `until`: creams go in, holes close, tissue heals, redness fades."""
    # A cover, a film of cream or the work of a drug that ends on the way divides it.
    surface = state.surface
    cream_until = until if surface.cream_until is None else surface.cream_until
    for ends in sorted(
        (surface.cover_until, surface.wet_until, surface.soothed_until, state.vitamin_a.until, cream_until)
    ):
        if state.time < ends < until:
            state = live(state, ends, setting)
    return take_cream_off(_live_on(state, until, setting), setting)


def _live_on(state: State, until: float, setting: Setting) -> State:
    """The state at time `until`, in an interval in which nothing ends."""
    hours = until - state.time
    if hours <= _SHORTEST:
        return replace(state, time=until)
    draws = setting.draws
    if setting.treatment.in_vitro:  # excised skin neither closes its holes nor heals
        return replace(_move_compounds(state, hours, np.zeros(draws.n), setting), time=until)
    channels, skin = state.channels, setting.skin
    rates = closing_rates(
        channels.mean_depth, channels.mean_width, state.cover, state.is_soothed, skin, draws
    )
    state = _move_compounds(state, hours, rates[1], setting)
    closure = _close_holes(state.closure, hours, rates, state.time)
    if not setting.heals:
        return replace(state, time=until, closure=closure)
    return _heal(state, replace(state, time=until, closure=closure), hours, setting)


def _heal(state: State, later: State, hours: float, setting: Setting) -> State:
    """`later`, `hours` after `state`, with tissue and marks that went on, and what fingers brought to holes."""
    draws, cover = setting.draws, state.cover
    vitamin_a = state.vitamin_a.advance(hours, state.time, _find_gain_of_vitamin_a(state, draws), draws)
    tissue = state.tissue.set_conditions(vitamin_a.rate_drive(draws), cover != "none")
    closes = tissue.closes_in
    later = replace(
        later,
        tissue=tissue.advance(hours),
        vitamin_a=vitamin_a,
        reaction=state.reaction.advance(hours, closes),
        aftermath=state.aftermath.advance(hours),
        dark_marks=state.dark_marks.advance(hours),
        bruises=state.bruises.advance(hours),
        bare=state.bare.advance(hours, surface_rate(cover, setting.skin, draws), state.time, closes),
    )
    later = infect_open_holes(state, later, setting)
    dries = bool(cover == "none" and state.time >= state.surface.wet_until)
    measures = state.measure_holes(draws).advance(
        state.open_skin, later.open_skin, state.time, later.time, dries, draws
    )
    return replace(later, measures=measures)


def _find_gain_of_vitamin_a(state: State, draws: Draws) -> PerDraw:
    """How many times more vitamin A the epidermis holds than it would without holes, (draw,)."""
    held = np.zeros((2, draws.n))
    for name, depot in state.depots.items():
        potency = f"transport.compounds.{name}.retinoid_potency"
        if draws.has(potency):
            epidermis = depot.layers.epidermis
            for i, strip in enumerate((depot.needled, depot.whole)):
                held[i] += draws[potency] * strip.levels[:, epidermis].sum(axis=1)
    gain = np.divide(held[0], held[1], out=np.ones(draws.n), where=held[1] > 0)
    return np.clip(gain, 1, _MOST_GAIN)


def _close_holes(closure: Closure, hours: float, rates: tuple[PerDraw, PerDraw], time: float) -> Closure:
    return closure.advance(hours, rates, time) if np.isfinite(closure.since) else closure


def _move_compounds(state: State, hours: float, closing: PerDraw, setting: Setting) -> State:
    """Transport through skin and holes into blood; the corneum swells under cover and dries again."""
    draws = setting.draws
    hydration, mean_hydration = _hydrate(state, hours, draws)
    if setting.treatment.in_vitro:
        mean_hydration = np.ones(draws.n)  # from below
    covered, barrier = state.cover == "airtight", None
    if setting.treatment.in_vitro:
        covered = covered or (setting.treatment.cell or FranzCell()).is_covered
    if state.bare.share.any():
        barrier = state.bare.find_barrier(setting.skin, draws)
    conditions = TransportConditions(mean_hydration, state.surface.flow, covered, barrier)
    paths = state.channels_now.narrow(draws["transport.holes.patency"])
    depots, plasma = dict(state.depots), dict(state.plasma)
    left, absorbed = absorb_block(state.injected, hours, draws)
    taken: dict[str, PerDraw] = {name: amount / hours for name, amount in absorbed.items()}  # ug/h
    for name, depot in state.depots.items():
        depots[name] = depot.advance(hours, paths, closing, conditions, draws)
        if name in plasma:
            through_skin = depots[name].needled.blood - depot.needled.blood
            taken[name] = taken.get(name, 0.0) + through_skin * setting.treatment.area / hours
    for name, uptake in taken.items():
        plasma[name] = _mix_into_blood(plasma[name], uptake, hours, name, setting)
    state = replace(state, depots=depots, plasma=plasma, injected=left).with_surface(hydration=hydration)
    return _change_flow(_form_methaemoglobin(state, taken, hours, setting), hours, setting)


def _form_methaemoglobin(state: State, taken: Mapping[str, PerDraw], hours: float, setting: Setting) -> State:
    """The state with what prilocaine does to the blood in `hours` in which it was `taken` up, ug/h by compound."""
    if PRILOCAINE not in taken:
        return state
    person, uptake = setting.skin.person, taken[PRILOCAINE]
    return replace(state, methaemoglobin=state.methaemoglobin.advance(hours, uptake, person, setting.draws))


def _hydrate(state: State, hours: float, draws: Draws) -> tuple[PerDraw, PerDraw]:
    """Water in the corneum after `hours`, and its mean over them, 0-1, (draw,) each."""
    surface = state.surface
    aim = np.full(draws.n, float(state.cover == "airtight"))
    wet = state.time < surface.wet_until
    if not aim.any() and (wet or state.cover == "petrolatum"):
        vehicle = "ointment" if wet and surface.under_ointment else "cream"
        aim = draws[f"transport.relations.hydration_{vehicle}"]
    # It swells for an hour and dries in minutes.
    swells = aim >= surface.hydration
    rate = 1 / np.where(
        swells, draws["transport.relations.hydration_time"], draws["transport.relations.drying_time"]
    )
    fade = np.exp(-rate * hours)
    after = aim + (surface.hydration - aim) * fade
    return after, aim + (surface.hydration - aim) * (1 - fade) / (rate * hours)


def _mix_into_blood(level: PerDraw, taken: PerDraw, hours: float, compound: str, setting: Setting) -> PerDraw:
    """Level in plasma, ug/mL, after `hours` in which `taken` ug/h came into a body that clears it, (draw,)."""
    draws = setting.draws
    size = setting.skin.person.weight / draws.value("transport.plasma.weight")
    own = f"transport.compounds.{compound}."
    clearance = draws[own + "clearance"] * size ** draws["transport.plasma.exponent"]
    k = clearance / (draws[own + "volume"] * size)
    # Constant uptake over the interval: C' = J A / V - k C, exactly.
    steady = taken / (clearance * ML_PER_L)
    return steady + (level - steady) * np.exp(-k * hours)


def _change_flow(state: State, hours: float, setting: Setting) -> State:
    """The state with the blood flow that creams that narrow vessels leave, after `hours`.

    Vessels narrow as long as there is drug around them, and are wider than before for a time once it has gone.
    """
    surface, draws, numbness = state.surface, setting.draws, setting.numbness
    if not surface.narrowing or numbness is None:
        return state
    depots = [state.depots[name] for name in surface.narrowing if name in state.depots]
    dermis = depots[0].layers.dermis.start - depots[0].layers.viable.start
    narrowed = numbness.narrow_vessels(blocking_concentration(depots, draws)[:, dermis], draws)
    faded = surface.widening * np.exp(-hours / draws["transport.numbness.flush_time"])
    widening = np.maximum(narrowed, faded)
    if (widening < _AS_BEFORE).all():
        return state.with_surface(narrowing=(), widening=0.0, flow=1.0)
    return state.with_surface(widening=widening, flow=perfusion(narrowed, widening, draws))


def measure_flow(state: State, draws: Draws) -> PerDraw:
    """Blood flow in the skin against rest, under a cream that narrows vessels, (draw,)."""
    return np.ones(draws.n) * state.surface.flow
