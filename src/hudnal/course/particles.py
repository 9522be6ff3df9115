"""Particles of a product, such as iron oxide: they lie on the skin, and needles and open holes take them in."""

from __future__ import annotations

from dataclasses import replace

from hudnal.arrays import PerDraw
from hudnal.course.state import State
from hudnal.outcome.infection import catch_share
from hudnal.parameters import Draws
from hudnal.transport import Product
from hudnal.units import PERCENT, UG_PER_MG


def lay_particles(state: State, product: Product, amount: PerDraw | float, draws: Draws) -> State:
    """The state with the particles of `amount` mg/cm2 of a product on the skin, and in holes that stand open.

    Of what is laid on a hole that reaches the dermis that share comes in which lies on its open path.
    """
    if not product.particles:
        return state
    session, paths = state.session, draws["transport.holes.patency"]
    mouths = session.punctured * session.deep * state.closure.lumen * paths
    laid, within = dict(state.surface.particles), dict(state.particles)
    for kind, percent in product.particles.items():
        dose = amount * UG_PER_MG * percent / PERCENT
        laid[kind] = laid.get(kind, 0.0) + dose * (1 - mouths)
        within[kind] = within.get(kind, 0.0) + dose * mouths
    return replace(state, particles=within).with_surface(particles=laid)


def push_particles_in(state: State, punctured: PerDraw, deep: PerDraw, draws: Draws) -> State:
    """The state after needles took in what lay where they went: `punctured` share of the surface, new in this step.

    `deep` is the share of holes that reach the dermis; what stays above it is shed.
    """
    if not state.surface.particles:
        return state
    share = catch_share(punctured, draws)
    laid, within = dict(state.surface.particles), dict(state.particles)
    for kind, dose in state.surface.particles.items():
        laid[kind] = dose * (1 - share)
        within[kind] = within.get(kind, 0.0) + dose * share * deep
    return replace(state, particles=within).with_surface(particles=laid)


def remove_particles(state: State, share: PerDraw) -> State:
    """The state after this `share` of what lies on the skin was washed or wiped off."""
    if not state.surface.particles:
        return state
    left = {kind: dose * (1 - share) for kind, dose in state.surface.particles.items()}
    return state.with_surface(particles=left)
