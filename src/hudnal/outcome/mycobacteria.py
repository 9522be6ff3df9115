"""Mycobacteria of water (nontuberculous) under needles: rare, weeks later, and hard to treat.

They come from tap water and from products, not from the skin: by whether what touched the needles was sterile, times
the share of people whom needles with them infected in outbreaks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hudnal.arrays import Array, Bool, PerDraw
from hudnal.outcome.chance import read_chance
from hudnal.outcome.contract import Quantity
from hudnal.parameters import Draws

_GROUP = "outcome.mycobacteria."


def assess_mycobacteria(
    unclean: Bool[Array, " draw"] | bool, deep: PerDraw, punctured: PerDraw, draws: Draws
) -> PerDraw:
    """Hazard of an infection by mycobacteria from one session, (draw,).

    `unclean`: whether an instrument was used before and not sterilised, or a product that is not sterile lay under the
    needles; `deep` share of holes that reach the dermis, `punctured` share of the surface, (draw,) each.
    """
    there = np.where(unclean, draws[_GROUP + "unclean"], draws[_GROUP + "clean"])
    return -np.log1p(-there * draws[_GROUP + "attack"] * deep) * (punctured > 0)


def _read_delay(ending: Any) -> PerDraw | None:
    return ending.draws[_GROUP + "delay"] if ending.hazards.mycobacteria.any() else None


QUANTITIES = (
    Quantity("mycobacteria_probability", "0-1", "risk", read_chance("mycobacteria"), over_zones="most"),
    Quantity("mycobacteria_days", "day", "risk", _read_delay, over_zones="most"),
)
