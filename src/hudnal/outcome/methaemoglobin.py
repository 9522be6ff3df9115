"""Methaemoglobin, which carries no oxygen: what a cream or a block with prilocaine makes of the blood's pigment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.outcome.contract import Quantity
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.units import PERCENT


def _find_highest(ending: Any) -> PerDraw | None:
    """The highest share of haemoglobin, with what there is of it without any drug; None where no prilocaine was."""
    if ending.methaemoglobin is None:
        return None
    return np.minimum(ending.draws["outcome.methaemoglobin.usual"] + ending.methaemoglobin, PERCENT)


def _add_up_rises(each: Float[Array, "zone draw"], skins: Sequence[Skin], draws: Draws) -> PerDraw:
    """What the prilocaine of all zones comes to: their rises are taken to be highest at one time."""
    usual = draws["outcome.methaemoglobin.usual"]
    known = ~np.isnan(each)
    highest = np.minimum(usual + np.where(known, each - usual, 0.0).sum(axis=0), PERCENT)
    return np.where(known.any(axis=0), highest, np.nan)


QUANTITIES = (
    Quantity(
        "methaemoglobin_peak",
        "%",
        "plasma",
        _find_highest,
        bounds=(0.0, PERCENT),
        over_zones=_add_up_rises,
    ),
)
