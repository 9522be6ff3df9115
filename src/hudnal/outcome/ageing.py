"""Ageing skin as instruments see it: firmness, fine lines, the dermis under ultrasound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.outcome.contract import Quantity, Series, read_at_end
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.units import PERCENT

_GROUP = "outcome.ageing."


@dataclass(frozen=True)
class Matrix:
    """How collagen, new elastin and epidermis changed against before, as shares, (draw,) each."""

    collagen: PerDraw
    elastin_new: PerDraw  # against all elastin that there was
    epidermis: PerDraw


def measure_firmness_change(matrix: Matrix, draws: Draws) -> PerDraw:
    """Change of firmness (what a suction cup pulls up less), share, (draw,).

    Stiffness goes with the density of collagen to a power; new elastin draws skin back.
    """
    collagen = np.maximum(1 + matrix.collagen, 0.0) ** draws[_GROUP + "firmness_power"]
    return collagen * (1 + draws[_GROUP + "firmness_elastin"] * matrix.elastin_new) - 1


def measure_lines_gone(matrix: Matrix, draws: Draws) -> PerDraw:
    """Share of the depth of fine lines that is gone, (draw,), at most 1: filled from below, padded from above."""
    filled = draws[_GROUP + "wrinkle_gain"] * matrix.collagen
    padded = draws[_GROUP + "wrinkle_epidermis"] * matrix.epidermis
    return np.tanh(filled + padded + draws[_GROUP + "wrinkle_elastin"] * matrix.elastin_new)


def measure_density_change(collagen: PerDraw, draws: Draws) -> PerDraw:
    """Change of the dermis' density as ultrasound echoes show it, share, (draw,); at least -1: no echoes at all."""
    return np.maximum(draws[_GROUP + "echo_gain"] * collagen, -1.0)


def measure_thickness_change(collagen: PerDraw, skin: Skin, draws: Draws) -> PerDraw:
    """Change of the dermis' thickness, share, (draw,): part of the new matrix makes room for itself."""
    observed = np.minimum(draws.value("tissue.wound.observed_depth"), skin.dermis)
    return draws[_GROUP + "thickens"] * collagen * observed / skin.dermis


SERIES = (
    Series(
        "firmness_change",
        "%",
        "change of the skin's firmness",
        lambda look: PERCENT * measure_firmness_change(look.matrix, look.draws),
    ),
    Series(
        "dermal_density_change",
        "%",
        "change of the dermis' density as ultrasound shows it",
        lambda look: PERCENT * measure_density_change(look.collagen_change / PERCENT, look.draws),
    ),
    Series(
        "dermal_thickness_change",
        "%",
        "change of the dermis' thickness",
        lambda look: (
            PERCENT * measure_thickness_change(look.collagen_change / PERCENT, look.skin, look.draws)
        ),
    ),
)
QUANTITIES = tuple(
    Quantity(f"{name}_change", "%", "matrix", read_at_end(f"{name}_change"))
    for name in ("firmness", "dermal_density", "dermal_thickness")
)
