"""Methaemoglobin, which carries no oxygen: what a cream or a block with prilocaine makes of the blood's pigment."""

from __future__ import annotations

from typing import Any

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.outcome.contract import Quantity
from hudnal.units import PERCENT


def _find_highest(ending: Any) -> PerDraw | None:
    """The highest share of haemoglobin, with what there is of it without any drug; None where no prilocaine was."""
    if ending.methaemoglobin is None:
        return None
    return np.minimum(ending.draws["outcome.methaemoglobin.usual"] + ending.methaemoglobin, PERCENT)


QUANTITIES = (Quantity("methaemoglobin_peak", "%", "plasma", _find_highest, bounds=(0.0, PERCENT)),)
