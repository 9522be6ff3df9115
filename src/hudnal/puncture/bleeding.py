"""Vessels that holes open, and the drops that show.

Capillary loops stand upright, one in a papilla: a hole hits those whose foot falls within it. The plexuses are
nets that lie flat: a hole crosses them in proportion to its width. A crossed vessel is opened or pushed aside;
an open one bleeds with a flow by its diameter, which dies away as it clots. A drop shows once it is large enough;
where drops cover too much of the skin they run together.
"""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
from scipy.special import ndtr, pdtr, pdtrik

from hudnal.arrays import Array, Bool, Float, Int, PerDraw, sum_by_group
from hudnal.parameters import Draws
from hudnal.puncture.holes import Holes
from hudnal.skin import Skin

LOOP, UPPER, LOWER = 1, 2, 3  # vessels, as `Holes.vessel` tells them
_MOST_ONE_BY_ONE = 12  # vessels of a hole that are counted one by one


def add_blood(
    holes: Holes,
    fresh_from: int,
    times: Float[Array, " stroke"],
    skin: Skin,
    draws: Draws,
    flow: PerDraw,
    taut: Bool[Array, " draw"],
) -> Holes:
    """The same holes, with the blood of those hit since stroke `fresh_from`, at `times` h of the strokes since then.

    `flow` multiplies the flow of blood: 1, or less where a cream has narrowed the vessels. `taut` says whether the skin
    is held tauter than it is by itself: then holes gape and bleed for longer.
    """
    fresh = np.nonzero(holes.last_hit >= fresh_from)[0]
    d = holes.draw[fresh]
    tip, width = holes.tip_depth[fresh], holes.width[fresh]
    cut = draws["puncture.bleeding.cut_share"][d]

    # Loops begin as much deeper as the epidermis above them is thicker here.
    reaches = tip > skin.loop_depth[d] * holes.thickness[fresh]
    loops = skin.loop_density[d] * pi / 4 * (width + skin.loop_diameter[d]) ** 2 * reaches
    reached = ndtr((tip - skin.plexus_depth[d]) / (skin.plexus_breadth[d] * skin.plexus_depth[d]))
    upper = skin.plexus_length[d] * (width + skin.plexus_diameter[d]) * reached
    lower = _lower_crossings(tip, width, skin, d)

    rate = skin.loop_flow[d] * draws["puncture.bleeding.hyperaemia"][d] * flow[d]
    time = (
        draws["puncture.bleeding.clotting_time"]
        * draws[f"puncture.bleeding.thinner.{skin.person.blood_thinner}"]
        * np.where(taut, draws["puncture.bleeding.taut_opening"], 1)
    )
    wider = (skin.plexus_diameter / skin.loop_diameter)[d]
    exponent = draws.value("puncture.bleeding.flow_exponent")
    between = np.log(skin.plexus_variation[d]) * holes.vessel_score[fresh]
    # Chance belongs to the contact, apart from the rates, so that a deeper hole at the same place never bleeds less.
    of_loops = _count_events(loops * cut, holes.loop_luck[fresh])
    of_lower = _count_events(lower * cut, holes.plexus_luck[fresh])
    of_both = _count_events((upper + lower) * cut, holes.plexus_luck[fresh])
    now = rate * (of_loops + of_both * (wider * np.exp(between)) ** exponent)
    vessel = np.where(of_lower > 0, LOWER, np.where(of_both > 0, UPPER, np.where(of_loops > 0, LOOP, 0)))

    hit = times[holes.reopened[fresh] - fresh_from]
    columns = {
        name: getattr(holes, name).copy() for name in ("earlier", "flow", "clotting", "since", "vessel")
    }
    columns["earlier"][fresh] = holes.blood_volume(_time_of_hit(holes, fresh, hit))[fresh]
    columns["flow"][fresh] = now
    columns["clotting"][fresh] = time[d]
    columns["since"][fresh] = hit
    columns["vessel"][fresh] = np.maximum(columns["vessel"][fresh], vessel)
    return replace(holes, **columns)


def _time_of_hit(holes: Holes, fresh: Int[Array, " hit"], hit: Float[Array, " hit"]) -> Float[Array, " hole"]:
    """Time in h up to which each hole's older wound has bled: until it was hit again, or without end."""
    until = np.full(holes.x.size, np.inf)
    until[fresh] = hit
    return until


def _count_events(rate: Float[Array, " hole"], chance: Float[Array, " hole"]) -> Float[Array, " hole"]:
    """Poisson counts of mean `rate` at the quantiles `chance`: they grow with the rate."""
    # Most holes meet next to nothing: counts are few, and found one by one.
    term = np.exp(-rate)
    count, sum_so_far = np.zeros_like(rate), term.copy()
    unmet = np.nonzero(sum_so_far < chance)[0]
    for number in range(1, _MOST_ONE_BY_ONE):
        if not unmet.size:
            return count
        term[unmet] *= rate[unmet] / number
        sum_so_far[unmet] += term[unmet]
        count[unmet] = number
        unmet = unmet[sum_so_far[unmet] < chance[unmet]]
    many = np.ceil(pdtrik(chance[unmet], rate[unmet]))
    # The inverse is a float: where it came out a hair too high, the count below already holds the quantile.
    lower = np.maximum(many - 1, 0)
    count[unmet] = np.where(pdtr(lower, rate[unmet]) >= chance[unmet], lower, many)
    return count


def shows_drop(
    holes: Holes, draws: Draws, time: Float[Array, " hole"] | float = np.inf
) -> Bool[Array, " hole"]:
    """Whether each hole shows a drop at `time` h."""
    return holes.drop_volume(time) > draws["puncture.bleeding.visible_drop"][holes.draw]


def covered_share(holes: Holes, draws: Draws, time: Float[Array, " hole"] | float = np.inf) -> PerDraw:
    """Share of the skin under drops at `time` h: each is half a ball, and they lie where holes lie."""
    drop = np.where(shows_drop(holes, draws, time), holes.drop_volume(time), 0.0)
    area = pi * (3 * drop / (2 * pi)) ** (2 / 3)
    return -np.expm1(-sum_by_group(holes.draw, area, holes.attempts.size) / holes.side**2)


def count_drops_by_stroke(
    holes: Holes, before: int, times: Float[Array, " stroke"], draws: Draws
) -> tuple[Float[Array, "draw stroke"], Float[Array, "draw stroke"]]:
    """Drops per mm2 that show, and the share of skin under them, after each stroke since `before`,
    when one looks at it a little later than its end at `times` h."""
    shows, under = np.zeros((draws.n, times.size)), np.zeros((draws.n, times.size))
    look = draws["puncture.bleeding.look"][holes.draw]
    for stroke, time in enumerate(times):
        # A hole made later does not bleed yet.
        made = holes.stroke <= before + stroke
        now = np.where(made, time + look, -np.inf)
        shown = shows_drop(holes, draws, now) & made
        shows[:, stroke] = sum_by_group(holes.draw, shown, draws.n) / holes.side**2
        under[:, stroke] = covered_share(holes, draws, now)
    return shows, under


def lower_plexus_crossings(holes: Holes, skin: Skin) -> PerDraw:
    """Crossings of the lower plexus per mm2 of skin: what a bruise comes from."""
    d = holes.draw
    crossings = _lower_crossings(holes.tip_depth, holes.width, skin, d)
    return sum_by_group(d, crossings, holes.attempts.size) / holes.side**2


def _lower_crossings(
    tip: Float[Array, " hole"], width: Float[Array, " hole"], skin: Skin, draw: Int[Array, " hole"]
) -> Float[Array, " hole"]:
    """Crossings that a hole makes with the vessels at the bottom of the dermis, whose depth varies."""
    reached = ndtr((tip - skin.thickness[draw]) / (skin.plexus_breadth[draw] * skin.thickness[draw]))
    return skin.deep_length[draw] * (width + skin.plexus_diameter[draw]) * reached
