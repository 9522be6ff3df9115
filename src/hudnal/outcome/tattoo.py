"""Particles that needles carry into the dermis, where they stay, and whether one sees them: a tattoo nobody wanted."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi, sqrt
from typing import Any

import numpy as np
from scipy.special import expit

from hudnal.arrays import PerDraw
from hudnal.outcome.contract import Quantity
from hudnal.parameters import Draws


def assess_tattoo(particles: Mapping[str, PerDraw], draws: Draws) -> PerDraw:
    """Share of people in whom one sees what came into the dermis, (draw,).

    `particles` ug/cm2 by kind, (draw,) each, as much as was carried in. What stays is weighed by how it colours against
    a tattoo's pigment (Engel 2008); people differ log-logistically.
    """
    group = "outcome.tattoo."
    coloured = sum(
        (dose * draws[f"{group}tint.{kind}"] for kind, dose in particles.items()), np.zeros(draws.n)
    )
    seen = draws[group + "full"] * draws[group + "visible"]
    with np.errstate(divide="ignore"):  # nothing came in: a logarithm of minus infinity, and no chance
        score = np.log(coloured * draws[group + "stays"] / seen) / draws[group + "person"]
    return expit(score * pi / sqrt(3))


def _read_probability(ending: Any) -> PerDraw:
    if not ending.particles:
        return np.zeros(ending.draws.n)
    return assess_tattoo(ending.particles, ending.draws)


def _weigh_particles(ending: Any) -> PerDraw:
    return sum(ending.particles.values(), np.zeros(ending.draws.n))


QUANTITIES = (
    Quantity("tattoo_probability", "0-1", "risk", _read_probability, weight="harm", over_zones="most"),
    Quantity("particles_in_dermis", "ug/cm2", "delivery", _weigh_particles),
)
