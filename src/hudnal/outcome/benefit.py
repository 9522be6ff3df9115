"""Benefit: finer wrinkles, fuller scars. Relief follows new collagen and cut tethers; grades follow raters."""

from __future__ import annotations

from math import pi

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin


def wrinkle_change(collagen_change: np.ndarray, draws: Draws) -> np.ndarray:
    """Change of a wrinkle grade as a blinded rater would give it, share of the grade, (draw,).

    The rater's gain differs between trials several-fold: it is a spread, not a noise around zero.
    """
    return -np.tanh(draws["outcome.ageing.wrinkle_gain"] * collagen_change)


def tethers_cut(
    density: np.ndarray, width: np.ndarray, tip_depth: np.ndarray, skin: Skin, draws: Draws
) -> np.ndarray:
    """Share of a scar's tethers that one session cuts for good, (draw,).

    A tether is cut when a hole that reaches its depth falls across it: 1 - exp(-n w b).
    """
    deep_enough = tip_depth >= skin.surface_to_dermis + skin.lesion.tether_depth * skin.dermis
    # Depths differ between holes and tethers: half of them beyond the mean counts smoothly.
    margin = (tip_depth - skin.surface_to_dermis) / np.maximum(skin.lesion.tether_depth * skin.dermis, 1e-6)
    reached = np.clip(margin, 0, 1) ** 4 * ~deep_enough + deep_enough
    hit = -np.expm1(-density * width * draws["outcome.scars.tether_breadth"])
    return hit * reached * draws["outcome.scars.stays_cut"]


def scar_depth(skin: Skin, cut: np.ndarray, collagen_gain: np.ndarray, draws: Draws) -> np.ndarray:
    """Depth of the scar in mm, (draw,).

    `cut` share of tethers gone; `collagen_gain` of the observed dermis, young skin's collagen 1, less the share of it
    that is lost to fibres that lie as in a scar. Tethers let the floor rise by their share of the depth; new volume
    lifts it.
    """
    lesion = skin.lesion
    observed = draws.value("tissue.wound.observed_depth")
    lift = draws["outcome.scars.levelling"] * lesion.reach * collagen_gain * observed
    held = lesion.depth * lesion.tether_share
    return np.maximum(lesion.depth - held * cut - lift, 0)


def scar_volume(depth: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    """Volume of the dent in mm3 (a cone of its width), (draw,), at `depth` mm; it narrows as it rises."""
    lesion = skin.lesion
    rise = np.divide(depth, lesion.depth, out=np.ones_like(depth), where=lesion.depth > 0) - 1
    width = lesion.width * (1 + draws["outcome.scars.narrows"] * rise)
    return pi / 12 * depth * width**2


def goodman_baron_change(depth: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    """Change of a blinded rater's Goodman-Baron grade, share of the grade, (draw,)."""
    rise = np.divide(depth, skin.lesion.depth, out=np.ones_like(depth), where=skin.lesion.depth > 0) - 1
    return np.maximum(draws["outcome.scars.rater_gain"] * rise, -1.0)
