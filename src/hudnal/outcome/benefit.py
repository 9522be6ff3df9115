"""Benefit: wrinkles and scars as raters grade them."""

from __future__ import annotations

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin


def wrinkle_change(collagen_change: np.ndarray, draws: Draws) -> np.ndarray:
    """Change of a wrinkle grade as a blinded rater would give it, share of the grade, (draw,).

    The rater's gain differs between trials several-fold: it is a spread, not a noise around zero.
    """
    return -np.tanh(draws["outcome.ageing.wrinkle_gain"] * collagen_change)


def goodman_baron_change(depth: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    """Change of a blinded rater's Goodman-Baron grade, share of the grade, (draw,)."""
    rise = np.divide(depth, skin.lesion.depth, out=np.ones_like(depth), where=skin.lesion.depth > 0) - 1
    return np.maximum(draws["outcome.scars.rater_gain"] * rise, -1.0)
