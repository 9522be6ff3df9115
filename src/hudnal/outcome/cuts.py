"""What needles cut in a scar: tethers that hold its floor down, and old bundles of collagen."""

from __future__ import annotations

from math import pi

import numpy as np

from hudnal.arrays import PerDraw, sum_by_group
from hudnal.outcome.contract import Quantity
from hudnal.parameters import Draws
from hudnal.puncture import Holes
from hudnal.skin import Skin

_DEPTHS = (np.arange(8) + 0.5) / 8  # of the dermis, at which bundles are looked at


def cut_tethers(density: PerDraw, width: PerDraw, tip_depth: PerDraw, skin: Skin, draws: Draws) -> PerDraw:
    """Share of a scar's tethers that one session cuts for good, (draw,).

    A tether is cut when a hole that reaches its depth falls across it: 1 - exp(-n w b).
    """
    deep_enough = tip_depth >= skin.surface_to_dermis + skin.lesion.tether_depth * skin.dermis
    # Depths differ between holes and tethers: half of them beyond the mean counts smoothly.
    margin = (tip_depth - skin.surface_to_dermis) / np.maximum(skin.lesion.tether_depth * skin.dermis, 1e-6)
    reached = np.clip(margin, 0, 1) ** draws["outcome.scars.reach_power"] * ~deep_enough + deep_enough
    hit = -np.expm1(-density * width * draws["outcome.scars.tether_breadth"])
    return hit * reached * draws["outcome.scars.stays_cut"]


def cut_bundles(holes: Holes, skin: Skin, draws: Draws) -> PerDraw:
    """Share of the dermis' collagen that lies in bundles which one session cuts, (draw,).

    Slits in all directions meet a bundle of length l (2 / pi) l s times for each mm of slit a mm2 (Buffon's needle), so
    1 - exp(-(2 / pi) l sum(s)) of it is cut at a depth; a hole's slit runs out towards its tip.
    """
    length = draws["outcome.scars.bundle_length"]
    tip, slit = np.maximum(holes.tip_depth, 1e-9), np.maximum(holes.slit, holes.width)
    cut = np.zeros(draws.n)
    for share in _DEPTHS:
        depth = (skin.surface_to_dermis + share * skin.dermis)[holes.draw]
        here = slit * np.maximum(1 - depth / tip, 0.0)
        per_area = sum_by_group(holes.draw, here, draws.n) / holes.side**2
        cut += -np.expm1(-2 / pi * length * per_area) / _DEPTHS.size
    return cut


BUNDLES_CUT = Quantity("bundles_cut", "0-1", "relief", lambda ending: ending.bundles_cut)
