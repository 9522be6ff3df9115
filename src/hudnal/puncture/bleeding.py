"""Vessels that holes open, the blood that skin has for them, and the drops that show.

Capillary loops stand upright, one in a papilla: a hole hits those whose foot falls within it. The plexuses are
nets that lie flat: a hole crosses them in proportion to its width. A crossed vessel is opened or pushed aside;
an open one bleeds with a flow by its diameter, which dies away as it clots. All that are open in one catchment share
the blood that its skin carries. A drop shows once it is large enough; where drops cover too much of the skin they run
together.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import pi

import numpy as np
from scipy.special import ndtr, pdtr, pdtrik

from hudnal.arrays import Array, Bool, Float, Int, PerDraw, sum_by_group
from hudnal.parameters import Draws
from hudnal.puncture.holes import Holes
from hudnal.skin import Person, Skin
from hudnal.units import MM2_PER_CM2

LOOP, UPPER, LOWER = 1, 2, 3  # vessels, as `Holes.vessel` tells them
_MOST_ONE_BY_ONE = 12  # vessels of a hole that are counted one by one


@dataclass(frozen=True)
class Catchments:
    """Squares of the sample area, each of about a catchment's size, whose wounds share the blood that it carries.

    What a wound would give alone falls to S / (S + Q) of it, with S the catchment's supply and Q what all its open
    wounds would give alone. Where less flows less is washed away, and it clots as much sooner, dq/dt = -q (1 + Q/S) /
    tau: so the blood that comes dies away with tau, whatever is shared, and no catchment gives more than S at once nor
    more than S (time + tau) in all. Form ours.
    """

    of_hole: Int[Array, " hole"]
    supply: Float[Array, " catchment"]  # uL/h

    @staticmethod
    def of(holes: Holes, skin: Skin, draws: Draws, flow: PerDraw) -> Catchments:
        """The catchments of the sample area, at a `flow` of blood against rest without injury."""
        area = draws["puncture.bleeding.catchment"] * MM2_PER_CM2
        along = np.maximum(np.rint(holes.side / np.sqrt(area)), 1).astype(int)
        size = holes.side / along
        first = np.concatenate([[0], np.cumsum(along**2)])
        d = holes.draw
        column, row = (
            np.clip((place / size[d]).astype(int), 0, along[d] - 1) for place in (holes.x, holes.y)
        )
        carried = measure_supply(skin, draws) * draws["puncture.bleeding.hyperaemia"] * flow
        return Catchments(first[d] + row * along[d] + column, np.repeat(carried * size**2, along**2))

    def share_blood(
        self, flow: Float[Array, " hole"], opened: Float[Array, " hole"]
    ) -> Float[Array, " hole"]:
        """uL/h of each hole, where `flow` came so far, after wounds that would give `opened` uL/h alone were added."""
        taken, asked = (self._measure_share(one) for one in (flow, opened))
        left = np.maximum(1 - taken, 0.0)
        kept = 1 / (1 + left * asked)
        return (flow + opened * left[self.of_hole]) * kept[self.of_hole]

    def _measure_share(self, flow: Float[Array, " hole"]) -> Float[Array, " catchment"]:
        """Flow of all holes of each catchment, over its supply; 1 where it has none."""
        total = sum_by_group(self.of_hole, flow, self.supply.size)
        return np.divide(total, self.supply, out=np.ones_like(total), where=self.supply > 0)


def measure_supply(skin: Skin, draws: Draws) -> PerDraw:
    """Blood that uninjured skin at rest carries, uL/h/mm2: as much more than on a cheek as it has more loops."""
    loops = skin.loop_density / draws["skin.sites.cheek.loop_density"]
    return draws["puncture.bleeding.supply"] / MM2_PER_CM2 * loops


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
    latest = deque(add_blood_by_stroke(holes, fresh_from, times, skin, draws, flow, taut), maxlen=1)
    return latest[0] if latest else holes


def find_thinning(person: Person, draws: Draws) -> PerDraw:
    """Times that a drug of the person's lengthens bleeding, (draw,); 1 without one.

    Of one that was stopped the logarithm of that halves in each half-life, which is that of its effect and not its own.
    """
    factor = draws[f"puncture.bleeding.thinner.{person.blood_thinner}"]
    if person.thinner_stopped is None:
        return factor
    half_life = draws[f"puncture.bleeding.recovery.{person.blood_thinner}"]
    return factor ** (0.5 ** (person.thinner_stopped / half_life))


def add_blood_by_stroke(
    holes: Holes,
    fresh_from: int,
    times: Float[Array, " stroke"],
    skin: Skin,
    draws: Draws,
    flow: PerDraw,
    taut: Bool[Array, " draw"],
) -> Iterator[Holes]:
    """The holes just after each of the strokes at `times` h, none of a later one bleeding yet; as `add_blood` else."""
    fresh = np.nonzero(holes.last_hit >= fresh_from)[0]
    asked, vessel = _open_vessels(holes, fresh, skin, draws, flow)
    catchments = Catchments.of(holes, skin, draws, flow)
    clotting = (
        draws["puncture.bleeding.clotting_time"]
        * find_thinning(skin.person, draws)
        * np.where(taut, draws["puncture.bleeding.taut_opening"], 1)
    )[holes.draw]
    stroke = holes.reopened[fresh] - fresh_from
    for number, time in enumerate(times):
        hit = stroke == number
        now, opened, seen = holes.flow_at(time), np.zeros(holes.x.size), holes.vessel.copy()
        # The needle takes the place of an older wound in the same hole.
        now[fresh[hit]], opened[fresh[hit]] = 0.0, asked[hit]
        seen[fresh[hit]] = np.maximum(seen[fresh[hit]], vessel[hit])
        holes = replace(
            holes,
            earlier=holes.blood_volume(time),
            flow=catchments.share_blood(now, opened),
            clotting=clotting,
            since=np.full(holes.x.size, time),
            vessel=seen,
        )
        yield holes


def _open_vessels(
    holes: Holes, fresh: Int[Array, " hit"], skin: Skin, draws: Draws, flow: PerDraw
) -> tuple[Float[Array, " hit"], Int[Array, " hit"]]:
    """What the `fresh` holes would bleed alone, uL/h, and the deepest vessel that each opened."""
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
    wider = (skin.plexus_diameter / skin.loop_diameter)[d]
    exponent = draws.value("puncture.bleeding.flow_exponent")
    between = np.log(skin.plexus_variation[d]) * holes.vessel_score[fresh]
    # Chance belongs to the contact, apart from the rates, so that a deeper hole at the same place never bleeds less.
    of_loops = _count_events(loops * cut, holes.loop_luck[fresh])
    of_lower = _count_events(lower * cut, holes.plexus_luck[fresh])
    of_both = _count_events((upper + lower) * cut, holes.plexus_luck[fresh])
    alone = rate * (of_loops + of_both * (wider * np.exp(between)) ** exponent)
    vessel = np.where(of_lower > 0, LOWER, np.where(of_both > 0, UPPER, np.where(of_loops > 0, LOOP, 0)))
    return alone, vessel


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


def add_blood_and_look(
    holes: Holes,
    fresh_from: int,
    times: tuple[Float[Array, " stroke"], Float[Array, " stroke"]],
    skin: Skin,
    draws: Draws,
    flow: PerDraw,
    taut: Bool[Array, " draw"],
) -> tuple[Holes, Float[Array, "draw stroke"], Float[Array, "draw stroke"]]:
    """As `add_blood`, with the drops per mm2 that show after each stroke and the share of skin under them.

    `times` h are those at which strokes make their holes, and those at which they end; one looks a little later.
    """
    made, ends = times
    shows, under = np.zeros((draws.n, ends.size)), np.zeros((draws.n, ends.size))
    look, bled = draws["puncture.bleeding.look"][holes.draw], holes
    by_stroke = add_blood_by_stroke(holes, fresh_from, made, skin, draws, flow, taut)
    for stroke, bled in enumerate(by_stroke):
        shown = shows_drop(bled, draws, ends[stroke] + look)
        shows[:, stroke] = sum_by_group(bled.draw, shown, draws.n) / bled.side**2
        under[:, stroke] = covered_share(bled, draws, ends[stroke] + look)
    return bled, shows, under


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
