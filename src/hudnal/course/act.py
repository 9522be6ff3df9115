"""What each kind of step does to the skin: one small function a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hudnal.course.injury import entered
from hudnal.course.plan import Moment
from hudnal.course.state import Session, State
from hudnal.course.steps.needling import needle
from hudnal.course.steps.resurfacing import laser, peel
from hudnal.course.world import World
from hudnal.outcome.cuts import bundles_cut, tethers_cut
from hudnal.outcome.infection import Hygiene, by_source, caught
from hudnal.outcome.risks import (
    bruise_hazard,
    heavy_bleeding_hazard,
    herpes_hazard,
    pigment_hazard,
    tram_hazard,
)
from hudnal.puncture import Holes
from hudnal.puncture.bleeding import lower_plexus_crossings
from hudnal.transport import Depot, Product
from hudnal.treatment.steps import (
    Apply,
    Clean,
    Disinfect,
    Laser,
    LaterSeal,
    LaterSun,
    Needling,
    Numb,
    Peel,
    Reuse,
    Seal,
    Spread,
    Step,
    Sun,
    Wait,
    Wash,
)

_PER_CM2 = 100  # mm2
_UM_PER_MM = 1000


def act(moment: Moment, state: State, world: World) -> State:
    """The state just after a step of a session or of aftercare."""
    step = moment.step
    assert step is not None
    if isinstance(step, Needling):
        return needle(step, moment, state, world)
    return _ACTS[type(step)](step, state, world)


def begin_session(state: State, world: World) -> State:
    """A new session: its own patch of holes, a new sterile instrument, unwashed skin."""
    n = world.draws.n
    state = replace(
        state,
        holes=Holes.none(world.patch_side, n),
        session=Session.begin(n),
        hygiene=Hygiene.unprepared(world.draws),
    )
    # What was put on at home is washed off on the way.
    return _off(state, world, "wash").on_surface(cover="none", cover_until=0.0, petrolatum_at=None, serums=())


def end_session(state: State, world: World) -> State:
    """What the session adds up to: hazards, tethers cut, and the quantities that the first one leaves."""
    draws, skin, sums, holes = world.draws, state.skin, state.session, state.holes
    width, tip = holes.mean(holes.width), holes.mean(holes.tip_depth)
    torn = holes.mean(holes.find_torn(draws["puncture.channel.bridge"]).astype(float))
    volume = (
        np.bincount(holes.draw, weights=holes.blood_volume(), minlength=draws.n) / holes.side**2 * _PER_CM2
    )
    pigment = (
        pigment_hazard(sums.hurt - sums.heat - sums.acid, "needle", skin, draws)
        + pigment_hazard(sums.heat, "heat", skin, draws)
        + pigment_hazard(sums.acid, "acid", skin, draws)
    )
    bruise = bruise_hazard(lower_plexus_crossings(holes, skin), skin, draws)
    hazards = state.hazards.add(
        pigment=pigment,
        bruise=bruise,
        tram=tram_hazard(torn, tip, sums.rolled, skin, draws),
        heavy_bleeding=heavy_bleeding_hazard(volume, draws),
        **by_source(sums.carried, sums.infection, draws),
        bloodborne=sums.bloodborne,
        granuloma=sums.granuloma,
        herpes=herpes_hazard(sums.hurt, skin, draws),
    )
    cut = tethers_cut(holes.density, width, tip, skin, draws)
    signal = state.tissue.mean("signal")
    notes = {
        **state.notes,
        "hurt": signal,
        "pigment_hazard": pigment,
        "redness_hours": state.reaction.redness_lasts(signal, state.tissue.signal_decay),
        "swelling_hours": state.reaction.swelling_lasts(),
    }
    if "blood_volume" not in notes and holes.strokes:
        notes |= _of_holes(holes, volume, world)
    state = replace(
        state,
        hazards=hazards,
        cut=1 - (1 - state.cut) * (1 - cut),
        bundles=1 - (1 - state.bundles) * (1 - bundles_cut(holes, skin, draws)),
        notes=notes,
        dark_marks=state.dark_marks.hurt(pigment),
        bruises=state.bruises.hurt(bruise),
    )
    # From here on what still comes in is counted by itself.
    return state.in_session(carried={**sums.carried, "later": np.zeros(draws.n)})


def _of_holes(holes: Holes, volume: np.ndarray, world: World) -> dict[str, np.ndarray]:
    """The quantities of the contract that one session's holes give, in the contract's units."""
    draws = world.draws
    depths = {
        name: holes.median(getattr(holes, field)) * _UM_PER_MM
        for name, field in (
            ("tip_depth", "tip_depth"),
            ("channel_depth", "channel_depth"),
            ("dye_depth", "dye_depth"),
            ("channel_width", "width"),
            ("slit_length", "slit"),
        )
    }
    return {
        **depths,
        "attempted_density": np.full(draws.n, world.planned_density * _PER_CM2),
        # The patch has a little more or less than its share of contacts; what counts is how many made a hole.
        "hole_density": world.planned_density * _PER_CM2 * holes.count / np.maximum(holes.attempts, 1),
        "tip_depth_spread": holes.deviation(holes.tip_depth) * _UM_PER_MM,
        "needle_force": holes.median(holes.force),
        "blood_volume": volume,
    }


def _put_on(state: State, world: World, what: Product, amount: float | None) -> State:
    amount = what.default_amount if amount is None else amount
    depots, plasma = dict(state.depots), dict(state.plasma)
    for compound in what.actives:
        depot = depots.get(compound) or Depot.empty(
            compound, state.skin, world.draws, state.time, world.layers
        )
        depots[compound] = depot.spread(what, amount, world.draws)
        if world.draws.has(f"transport.compounds.{compound}.clearance") and not world.treatment.in_vitro:
            plasma.setdefault(compound, np.zeros(world.draws.n))
    if what.anti_inflammatory:
        state = state.on_surface(
            soothed_until=state.time + world.draws.value("transport.closure.soothed_hours")
        )
    return replace(state, depots=depots, plasma=plasma)


def _drying(state: State, world: World) -> State:
    """With a film of cream or serum that dries in its time."""
    return state.on_surface(wet_until=state.time + world.draws.value("handling.duration.drying"))


def _off(state: State, world: World, how: str) -> State:
    """Wash or wipe what lies on the skin."""
    share = world.draws[f"transport.removal.{how}"]
    return replace(state, depots={name: depot.remove(share) for name, depot in state.depots.items()})


def _numb(step: Numb, state: State, world: World) -> State:
    cream = world.shelf.product(step.with_)
    state = _put_on(state, world, cream, step.amount)
    if cream.narrows_vessels:
        state = state.on_surface(narrowing_at=state.time)
    if step.covered:
        state = state.on_surface(cover="airtight", cover_until=state.time + step.for_)
    return state.on_surface(wet_until=state.time + step.for_)


def _wash(step: Step, state: State, world: World) -> State:
    # A layer of cream is wiped off before one washes: what would stay of it feeds the skin for a day.
    state = _off(_off(state, world, "clean"), world, "wash")
    cleaner = np.maximum(state.hygiene.skin_reduction, world.draws["outcome.infection.antiseptic.wash"])
    hygiene = replace(state.hygiene, skin_reduction=cleaner, serum_load=np.zeros(world.draws.n))
    state = replace(state, hygiene=hygiene)
    return state.on_surface(wet_until=0.0, cover="none", cover_until=0.0, petrolatum_at=None, serums=())


def _antiseptic(state: State, world: World, name: str) -> State:
    reduced = state.hygiene.skin_reduction + world.draws[f"outcome.infection.antiseptic.{name}"]
    # Two cleanings do not add without end: the deep flora stays.
    most = world.draws["outcome.infection.most_reduction"]
    return replace(state, hygiene=replace(state.hygiene, skin_reduction=np.minimum(reduced, most)))


def _disinfect(step: Disinfect, state: State, world: World) -> State:
    # An antiseptic is wiped on, and takes along what a wash has left.
    return _antiseptic(_off(state, world, "clean"), world, step.with_)


def _spread(step: Spread, state: State, world: World) -> State:
    what = world.shelf.product(step.what)
    state = _drying(_put_on(state, world, what, step.amount), world)
    if not what.sterile:
        load = state.hygiene.serum_load + world.draws["outcome.infection.serum"]
        state = replace(state, hygiene=replace(state.hygiene, serum_load=load))
        state = state.on_surface(serums=(*state.surface.serums, what.name))
    return state


def _clean(step: Clean, state: State, world: World) -> State:
    # Wiping goes on as long as the step: what comes later shows again.
    until = state.time + world.draws.value("handling.duration.clean")
    state = replace(_off(state, world, "clean"), holes=state.holes.wipe_blood(until))
    state = state.on_surface(wet_until=0.0)
    return _antiseptic(state, world, step.with_) if step.with_ is not None else state


def _seal(step: Seal | LaterSeal, state: State, world: World) -> State:
    if step.with_ == "film":
        until = state.time + world.draws.value("handling.duration.film")
        return state.on_surface(cover="airtight", cover_until=until)
    until = state.time + world.draws.value("transport.water.petrolatum_hours")
    return state.on_surface(cover="petrolatum", cover_until=until, petrolatum_at=state.time)


def _apply(step: Apply, state: State, world: World) -> State:
    what = world.shelf.product(step.what)
    # Before the next layer the face has been washed.
    state = _drying(_put_on(_off(state, world, "wash"), world, what, step.amount), world)
    if not what.sterile and "later" in state.session.carried:
        held = caught(state.session.punctured, world.draws) * state.closure.lumen
        state = entered(state, world.draws["outcome.infection.serum"] * held, world)
    strength = np.zeros(world.draws.n)
    for compound, percent in what.actives.items():
        potency = f"transport.compounds.{compound}.retinoid_potency"
        if world.draws.has(potency):
            strength = strength + percent * world.draws[potency]
    if (strength > 0).any():
        state = replace(state, vitamin_a=state.vitamin_a.put_on(strength, state.time + step.every))
    return state


def _sun(step: Sun | LaterSun, state: State, world: World) -> State:
    if step.protected:
        return state
    # The longer, the more, up to the full factor at the reference exposure; and the more the skin is still inflamed.
    hours = np.minimum(step.for_ / world.draws["outcome.pigment.sun_hours"], 1.0)
    factor = world.draws["outcome.pigment.sun"] ** hours
    zero = np.zeros(world.draws.n)
    signal, hurt = state.tissue.mean("signal"), state.notes.get("hurt", zero)
    inflamed = np.divide(np.minimum(signal, hurt), hurt, out=zero.copy(), where=hurt > 0)
    more = state.notes.get("pigment_hazard", zero) * (factor - 1) * inflamed
    return replace(state, hazards=state.hazards.add(pigment=more), dark_marks=state.dark_marks.hurt(more))


def _reuse(step: Reuse, state: State, world: World) -> State:
    draws = world.draws
    killed = draws[f"outcome.infection.processing.{step.cleaned}"]
    left = 10**-killed
    hygiene = replace(
        state.hygiene,
        device_load=draws["outcome.infection.device_load"] * left,
        device_blood=left if step.shared else np.zeros(draws.n),
    )
    return replace(state, hygiene=hygiene).in_session(punctures=step.times * world.punctures())


def _nothing(step: Wait, state: State, world: World) -> State:
    return state


_ACTS: dict[type[Step], Callable] = {
    Numb: _numb,
    Wash: _wash,
    Disinfect: _disinfect,
    Spread: _spread,
    Clean: _clean,
    Seal: _seal,
    LaterSeal: _seal,
    Apply: _apply,
    Peel: peel,
    Laser: laser,
    Sun: _sun,
    LaterSun: _sun,
    Reuse: _reuse,
    Wait: _nothing,
}
