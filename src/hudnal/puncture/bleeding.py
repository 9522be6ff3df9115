"""Vessels that holes open, and the drops that show.

Capillary loops stand upright, one in a papilla: a hole hits those whose foot falls within it. The plexuses are
nets that lie flat: a hole crosses them in proportion to its width. A crossed vessel is opened or pushed aside;
an open one bleeds with a flow by its diameter until it clots.
"""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
from scipy.special import ndtr, pdtr, pdtrik

from hudnal.parameters import Draws
from hudnal.puncture.holes import Holes
from hudnal.skin import Skin


def bleed(
    holes: Holes,
    fresh_from: int,
    skin: Skin,
    draws: Draws,
    flow: np.ndarray,
    taut: np.ndarray,
) -> Holes:
    """The same holes, with the blood of those hit since stroke `fresh_from`.

    `flow` (draw,) multiplies the flow of blood: 1, or less where a cream has narrowed the vessels. `taut` (draw,)
    says whether the skin is held tauter than it is by itself: then holes gape and bleed for longer.
    """
    fresh = np.nonzero(holes.last_hit >= fresh_from)[0]
    d = holes.draw[fresh]
    tip, width = holes.tip_depth[fresh], holes.width[fresh]
    cut = draws["puncture.bleeding.cut_share"][d]

    loops = skin.loop_density[d] * pi / 4 * (width + skin.loop_diameter[d]) ** 2 * (tip > skin.loop_depth[d])
    reached = ndtr((tip - skin.plexus_depth[d]) / (skin.plexus_breadth[d] * skin.plexus_depth[d]))
    upper = skin.plexus_length[d] * (width + skin.plexus_diameter[d]) * reached
    lower = _lower_plexus(tip, width, skin, d)

    per_volume = skin.loop_flow[d] * draws["puncture.bleeding.hyperaemia"][d] * flow[d]
    time = (
        draws["puncture.bleeding.clotting_time"]
        * draws[f"puncture.bleeding.thinner.{skin.person.blood_thinner}"]
    )
    time = time * np.where(taut, draws["puncture.bleeding.taut_opening"], 1)
    per_volume = per_volume * time[d]
    wider = (skin.plexus_diameter / skin.loop_diameter)[d]
    exponent = draws.value("puncture.bleeding.flow_exponent")
    between = np.log(skin.plexus_variation[d]) * holes.vessel_score[fresh]
    # Chance belongs to the contact, apart from the rates, so that a deeper hole at the same place never bleeds less.
    volume = per_volume * (
        _events(loops * cut, holes.loop_luck[fresh])
        + _events((upper + lower) * cut, holes.plexus_luck[fresh]) * (wider * np.exp(between)) ** exponent
    )
    total, drop = holes.volume.copy(), holes.drop.copy()
    total[fresh] += volume
    drop[fresh] += volume
    return replace(holes, volume=total, drop=drop)


def _events(rate: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Poisson counts of mean `rate` at the quantiles `chance`: they grow with the rate."""
    count = np.ceil(pdtrik(chance, np.maximum(rate, np.finfo(float).tiny)))
    # The inverse is a float: where it came out a hair too high, the count below already holds the quantile.
    return np.where(pdtr(np.maximum(count - 1, 0), rate) >= chance, np.maximum(count - 1, 0), count)


def visible(holes: Holes, draws: Draws) -> np.ndarray:
    """Whether each hole shows a drop, bool, (hole,)."""
    return holes.drop > draws["puncture.bleeding.visible_drop"][holes.draw]


def deep_hits(holes: Holes, skin: Skin) -> np.ndarray:
    """Crossings of the lower plexus per mm2 of skin, (draw,): what a bruise comes from."""
    d = holes.draw
    crossings = _lower_plexus(holes.tip_depth, holes.width, skin, d)
    return np.bincount(d, weights=crossings, minlength=holes.attempts.size) / holes.side**2


def _lower_plexus(tip: np.ndarray, width: np.ndarray, skin: Skin, d: np.ndarray) -> np.ndarray:
    """Crossings that a hole makes with the vessels at the bottom of the dermis, whose depth varies, (hole,)."""
    reached = ndtr((tip - skin.thickness[d]) / (skin.plexus_breadth[d] * skin.thickness[d]))
    return skin.deep_length[d] * (width + skin.plexus_diameter[d]) * reached
