"""Creams and serums: numbing, spread before the needles, and put on again and again afterwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.course.injury import add_late_dose
from hudnal.course.removal import remove_products, wipe_film
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import CreamLeft, Kind, SoFar, look_up_hours, read_hours, take_no_time
from hudnal.outcome.doses import warn_of_child_cream
from hudnal.outcome.infection import catch_share
from hudnal.outcome.law import warn_of_law
from hudnal.outcome.rules import CreamUse, PlanWarning, warn_of_cream, warn_of_gel
from hudnal.result.timeline import Moment
from hudnal.transport import Depot, Product
from hudnal.transport.depot import PRODUCT_DENSITY
from hudnal.treatment.steps import Apply, Numb, Spread
from hudnal.units import G_PER_MG, MG_PER_G, ML_CM2_PER_MM

_LABEL_AREA = 10.0  # cm2 that a label's dose is given for


def add_product(state: State, product: Product, amount: float | None, setting: Setting) -> State:
    """The state with `amount` mg/cm2 of a product on the skin, or with what is usual of it."""
    draws = setting.draws
    amount = product.default_amount if amount is None else amount
    depots, plasma = dict(state.depots), dict(state.plasma)
    for compound in product.actives:
        depot = depots.get(compound) or Depot.empty(compound, setting.skin, draws, state.time, setting.layers)
        depots[compound] = depot.spread(product, amount, draws)
        if draws.has(f"transport.compounds.{compound}.clearance") and not setting.treatment.in_vitro:
            plasma.setdefault(compound, np.zeros(draws.n))
    if product.anti_inflammatory:
        until = state.time + draws.value("transport.closure.soothed_hours")
        state = state.with_surface(soothed_until=until)
    return replace(state, depots=depots, plasma=plasma)


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
    return _add_wet_film(state, cream, step.for_).with_surface(cream_until=state.time + step.for_)


def _warn_of_cream(step: Numb, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    cream = setting.treatment.shelf.find_product(step.with_)
    dose = cream.label_dose
    use = CreamUse(
        place=place,
        name=cream.name,
        lidocaine=cream.actives.get("lidocaine", 0.0),
        amount=cream.default_amount if step.amount is None else step.amount,
        label_amount=None if dose is None else dose * MG_PER_G / _LABEL_AREA,
        on_holes=so_far.opened,
        hours=step.for_,
        label_area=cream.label_area,
        label_hours=cream.label_hours,
        source=cream.label_source,
        prilocaine_cream=so_far.prilocaine_cream + _weigh_prilocaine_cream(step, setting),
        weight=setting.treatment.person.weight,
    )
    values = {"product": use.name}
    return [
        *warn_of_cream(use, setting.treatment.area, setting.draws),
        *warn_of_child_cream(use, setting.treatment.area, setting.treatment.person.age, setting.draws),
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
    amount = cream.default_amount if step.amount is None else step.amount
    film = np.full(setting.draws.n, amount * G_PER_MG / PRODUCT_DENSITY / ML_CM2_PER_MM)
    left = CreamLeft(so_far.place, cream.name, wipe_film(film, setting.draws))
    grams = so_far.prilocaine_cream + _weigh_prilocaine_cream(step, setting)
    return replace(so_far, cream=left if cream.actives else so_far.cream, prilocaine_cream=grams)


def _weigh_prilocaine_cream(step: Numb, setting: Setting) -> float:
    """How much of a cream with prilocaine the step puts on, g; 0 of any other."""
    cream = setting.treatment.shelf.find_product(step.with_)
    amount = cream.default_amount if step.amount is None else step.amount
    return amount * setting.treatment.area * G_PER_MG * ("prilocaine" in cream.actives)


def _spread_product(step: Spread, moment: Moment, state: State, setting: Setting) -> State:
    product = setting.treatment.shelf.find_product(step.what)
    drying = setting.draws.value("handling.duration.drying")
    state = _add_wet_film(add_product(state, product, step.amount, setting), product, drying)
    if product.sterile:
        return state
    load = state.hygiene.serum_load + setting.draws["outcome.infection.serum"]
    state = replace(state, hygiene=replace(state.hygiene, serum_load=load))
    return state.with_surface(serums=(*state.surface.serums, product.name))


def _warn_of_gel(step: Spread | Apply, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    soothes = so_far.opened and setting.treatment.shelf.find_product(step.what).anti_inflammatory
    return warn_of_gel(step.what, place) if soothes else []


def _pass_on_serum(step: Spread, so_far: SoFar, setting: Setting) -> SoFar:
    product = setting.treatment.shelf.find_product(step.what)
    serum = so_far.serum or (None if product.sterile else product.name)
    return replace(so_far, serum=serum, drug=so_far.drug or bool(product.actives))


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
    Kind(Spread, "product", _spread_product, look_up_hours, warn=_warn_of_gel, pass_on=_pass_on_serum),
    Kind(Apply, "product", _apply_product, take_no_time, warn=_warn_of_gel),
)
