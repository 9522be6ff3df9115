"""Creams and serums: numbing, spread before the needles, and put on again and again afterwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.injury import add_late_dose
from hudnal.course.particles import lay_particles
from hudnal.course.removal import remove_products, wipe_film
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import CreamLeft, Kind, SoFar, look_up_hours, read_hours, take_no_time
from hudnal.outcome.doses import warn_of_child_cream
from hudnal.outcome.infection import catch_share
from hudnal.outcome.law import warn_of_law
from hudnal.outcome.misuse import warn_of_particles_after
from hudnal.outcome.rules import CreamUse, PlanWarning, warn_of_cream, warn_of_gel
from hudnal.parameters import Draws
from hudnal.result.timeline import Moment
from hudnal.transport import Depot, Product
from hudnal.transport.amount import spread_over_area
from hudnal.transport.depot import PRODUCT_DENSITY
from hudnal.treatment.amount import WholeAmount
from hudnal.treatment.steps import Apply, Numb, Spread
from hudnal.units import G_PER_MG, MG_PER_G, ML_CM2_PER_MM

_LABEL_AREA = 10.0  # cm2 that a label's dose is given for


def add_product(state: State, product: Product, given: float | WholeAmount | None, setting: Setting) -> State:
    """The state with an amount of a product on the skin, as the file gives it, or with what is usual of it."""
    draws = setting.draws
    amount = spread_over_area(given, product, setting.treatment.area, draws.__getitem__)
    depots, plasma = dict(state.depots), dict(state.plasma)
    for compound in product.actives:
        depot = depots.get(compound) or Depot.empty(compound, setting.skin, draws, state.time, setting.layers)
        depots[compound] = depot.spread(product, amount, draws)
        if draws.has(f"transport.compounds.{compound}.clearance") and not setting.treatment.in_vitro:
            plasma.setdefault(compound, np.zeros(draws.n))
    if product.anti_inflammatory:
        until = state.time + draws.value("transport.closure.soothed_hours")
        state = state.with_surface(soothed_until=until)
    state = _shade_skin(state, product, amount, draws)
    return lay_particles(replace(state, depots=depots, plasma=plasma), product, amount, draws)


def _shade_skin(state: State, product: Product, amount: PerDraw | float, draws: Draws) -> State:
    """The state under a sunscreen; what is laid on thinner than it was measured protects less (Faurschou 2007)."""
    if product.spf is None:
        return state
    layer = np.minimum(amount / draws.value("outcome.sunscreen.layer"), 1.0)
    return state.with_surface(
        protection=np.full(draws.n, product.spf**layer),
        is_tinted="iron-oxide" in product.particles,
        protected_until=state.time + draws["outcome.sunscreen.lasts"],
    )


def _weigh(step: Numb | Spread | Apply, product: Product, setting: Setting) -> float:
    """mg/cm2 of the product in the middle of what is not known, as rules and people read it."""
    return float(spread_over_area(step.amount, product, setting.treatment.area, setting.draws.value))


def _add_wet_film(state: State, product: Product, hours: float) -> State:
    """The state with a film of cream or serum that stays wet for `hours`."""
    return state.with_surface(wet_until=state.time + hours, under_ointment=product.is_water_free)


def _numb_skin(step: Numb, moment: Moment, state: State, setting: Setting) -> State:
    cream = setting.treatment.shelf.find_product(step.with_)
    state = add_product(state, cream, step.amount, setting)
    if cream.narrows_vessels:
        narrowing = dict.fromkeys((*state.surface.narrowing, *cream.actives))
        state = state.with_surface(narrowing=tuple(narrowing))
    if step.covered:
        state = state.with_surface(cover="airtight", cover_until=state.time + step.for_)
    state = _add_wet_film(_add_foreign(state, cream, setting), cream, step.for_)
    return state.with_surface(cream_until=state.time + step.for_ if step.wiped else None)


def _warn_of_cream(step: Numb, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    cream = setting.treatment.shelf.find_product(step.with_)
    dose = cream.label_dose
    use = CreamUse(
        place=place,
        name=cream.name,
        lidocaine=cream.actives.get("lidocaine", 0.0),
        amount=_weigh(step, cream, setting),
        label_amount=None if dose is None else dose * MG_PER_G / _LABEL_AREA,
        on_holes=so_far.opened,
        hours=step.for_,
        label_area=cream.label_area,
        label_hours=cream.label_hours,
        source=cream.label_source,
        prilocaine_cream=so_far.prilocaine_cream + _weigh_prilocaine_cream(step, place, setting),
        weight=setting.treatment.person.weight,
    )
    values = {"product": use.name}
    return [
        *warn_of_cream(use, setting.find_area(place), setting.draws),
        *warn_of_child_cream(use, setting.find_area(place), setting.treatment.person.age, setting.draws),
        *warn_of_law(
            {"cream": 1.0, f"cream.{cream.name}": 1.0},
            setting.treatment.setting,
            setting.draws,
            values,
            place,
        ),
    ]


def _pass_on_cream(step: Numb, so_far: SoFar, setting: Setting) -> SoFar:
    cream = setting.treatment.shelf.find_product(step.with_)
    thickness = _weigh(step, cream, setting) * G_PER_MG / PRODUCT_DENSITY / ML_CM2_PER_MM
    film = np.full(setting.draws.n, thickness)
    left = CreamLeft(so_far.place, cream.name, wipe_film(film, setting.draws) if step.wiped else film)
    grams = so_far.prilocaine_cream + _weigh_prilocaine_cream(step, so_far.place, setting)
    return replace(so_far, cream=left if cream.actives else so_far.cream, prilocaine_cream=grams)


def _weigh_prilocaine_cream(step: Numb, place: str, setting: Setting) -> float:
    """How much of a cream with prilocaine the step puts on, g; 0 of any other."""
    cream = setting.treatment.shelf.find_product(step.with_)
    return (
        _weigh(step, cream, setting) * setting.find_area(place) * G_PER_MG * ("prilocaine" in cream.actives)
    )


def _spread_product(step: Spread, moment: Moment, state: State, setting: Setting) -> State:
    product = setting.treatment.shelf.find_product(step.what)
    drying = setting.draws.value("handling.duration.drying")
    state = _add_wet_film(add_product(state, product, step.amount, setting), product, drying)
    return _add_foreign(state, product, setting)


def _add_foreign(state: State, product: Product, setting: Setting) -> State:
    """The state with a product on the skin that needles must not take in, unless it is sterile."""
    if product.sterile:
        return state
    load = state.hygiene.serum_load + setting.draws["outcome.infection.serum"]
    state = replace(state, hygiene=replace(state.hygiene, serum_load=load))
    return state.with_surface(foreign=(*state.surface.foreign, product.name))


def _warn_of_product(step: Spread | Apply, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    if not so_far.opened:
        return []
    product = setting.treatment.shelf.find_product(step.what)
    warnings = warn_of_gel(step.what, place) if product.anti_inflammatory else []
    waited = getattr(step, "from_", 0.0)
    return [
        *warnings,
        *warn_of_particles_after(product.name, product.particles, waited, place, setting.draws),
    ]


def _pass_on_serum(step: Spread, so_far: SoFar, setting: Setting) -> SoFar:
    product = setting.treatment.shelf.find_product(step.what)
    serum = so_far.serum or (None if product.sterile else product.name)
    oily = so_far.oily or (product.name if product.is_water_free else None)
    coloured = so_far.coloured or (product.name if product.particles else None)
    drug = so_far.drug or bool(product.actives)
    return replace(so_far, serum=serum, oily=oily, coloured=coloured, drug=drug)


def _apply_product(step: Apply, moment: Moment, state: State, setting: Setting) -> State:
    draws, product = setting.draws, setting.treatment.shelf.find_product(step.what)
    # Before the next layer the face has been washed.
    state = remove_products(state, "wash", setting)
    drying = draws.value("handling.duration.drying")
    state = _add_wet_film(add_product(state, product, step.amount, setting), product, drying)
    if not product.sterile and "later" in state.session.carried:
        held = catch_share(state.session.punctured, draws) * state.closure.lumen
        state = add_late_dose(state, draws["outcome.infection.serum"] * held, setting)
    strength = np.zeros(draws.n)
    for compound, percent in product.actives.items():
        potency = f"transport.compounds.{compound}.retinoid_potency"
        if draws.has(potency):
            strength = strength + percent * draws[potency]
    if (strength > 0).any():
        state = replace(state, vitamin_a=state.vitamin_a.add_layer(strength, state.time + step.every))
    return state


KINDS = (
    Kind(Numb, "cream", _numb_skin, read_hours, warn=_warn_of_cream, pass_on=_pass_on_cream),
    Kind(Spread, "product", _spread_product, look_up_hours, warn=_warn_of_product, pass_on=_pass_on_serum),
    Kind(Apply, "product", _apply_product, take_no_time, warn=_warn_of_product),
)
