"""Contacts become holes, holes open vessels, and vessels bleed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import log1p, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from rides import Given, cheek, ground_of, rolled, roller

from hudnal.instrument import Roller, build_from_catalogue
from hudnal.parameters import Draws
from hudnal.puncture import Contacts, ElasticLayers, Ground, Holes, add_blood, derive_drum_law, punch_holes
from hudnal.puncture.bleeding import (
    LOWER,
    count_drops_by_stroke,
    covered_share,
    lower_plexus_crossings,
    shows_drop,
)
from hudnal.puncture.insertion import relaxed_share
from hudnal.skin import Lesion, Person, Skin
from hudnal.skin.field import SkinField

DRAWS = Given(8, 3)
SKIN = cheek(DRAWS)
GROUND = ground_of(SKIN, DRAWS)
ROLLER = roller(DRAWS)
LAW = derive_drum_law(ROLLER, SKIN, GROUND, np.full(8, 5.0), DRAWS)[0]
SIDE = 10.0
NEVER_TAUT = np.full(8, False)


def field_of(draws: Draws) -> SkinField:
    return SkinField.of(draws["skin.layers.variation_length"], np.random.default_rng(7))


FIELD = field_of(DRAWS)


@cache
def by_roller(strokes: int, force: float = 5.0) -> Holes:
    headings = np.linspace(0, 3, strokes)
    law, _, contacts, _ = rolled(ROLLER, SKIN, GROUND, DRAWS, force, headings, SIDE)
    return punch_holes(Holes.none(SIDE, 8), contacts, strokes, law, SKIN, FIELD, ROLLER)


def contacts_at(
    x: np.ndarray,
    y: np.ndarray,
    draw: ArrayLike = 0,
    stroke: ArrayLike = 0,
    tip: ArrayLike = 1.0,
    luck: ArrayLike = 0.5,
    **more: ArrayLike,
) -> Contacts:
    """Contacts by hand, at `x` and `y` mm from the middle of the sample area."""
    given = {
        "draw": draw, "stroke": stroke, "needle": 0, "x": x, "y": y, "heading": 0.0, "way": 1.5, "tip_depth": tip,
        "dent": 0.2, "lean": 0.0, "force": 0.05, "held": 0.1, "entered": True, **more,
    }  # fmt: skip
    whole = {"draw": int, "stroke": int, "needle": int, "entered": bool}
    columns = {
        name: np.broadcast_to(values, x.size).astype(whole.get(name, float)) for name, values in given.items()
    }
    return Contacts(**columns, luck=np.broadcast_to(luck, (x.size, 4)).astype(float))


def punched(contacts: Contacts, strokes: int = 1, before: Holes | None = None, side=SIDE, **how) -> Holes:
    draws, skin, law = how.pop("draws", DRAWS), how.pop("skin", SKIN), how.pop("law", LAW)
    return punch_holes(
        before or Holes.none(side, draws.n), contacts, strokes, law, skin, field_of(draws), **how
    )


def bleeding(holes: Holes, skin: Skin = SKIN, flow: float = 1.0, taut=NEVER_TAUT, strokes: int = 16) -> Holes:
    times = np.arange(strokes) * 1e-3
    return add_blood(holes, 0, times, skin, DRAWS, np.full(8, flow), taut)


# Which contacts make a hole


def test_distinct_holes_are_fewer_than_contacts_and_grow_ever_slower():
    found = [by_roller(n) for n in (4, 16, 48)]
    counts, attempts = (np.stack([getattr(h, name) for h in found]) for name in ("count", "attempts"))
    assert np.all(counts <= attempts)
    assert np.all(np.diff(counts.sum(axis=1) / attempts.sum(axis=1)) < 0)
    assert found[-1].strokes == 48
    np.testing.assert_allclose(found[0].density, found[0].count / 100)


@given(radius=st.floats(0.1, 0.4), share=st.floats(0.05, 0.7), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=8)
def test_random_contacts_make_as_many_holes_as_capture_leaves(radius, share, seed):
    """lam_d = ln(1 + pi rc^2 lam) / (pi rc^2): the first-order law of distinct holes by chance."""
    one, side = Given(1, puncture_channel_capture_radius=radius), 40.0
    area = pi * radius**2
    density = share / area
    skin = cheek(one)
    law = derive_drum_law(roller(one), skin, ground_of(skin, one), np.full(1, 5.0), one)[0]
    x, y = np.random.default_rng(seed).uniform(-side / 2, side / 2, (2, int(density * side**2)))
    holes = punched(contacts_at(x, y), side=side, draws=one, skin=skin, law=law)
    assert holes.attempts[0] == x.size
    assert holes.density[0] == pytest.approx(log1p(area * density) / area, rel=0.05)


def test_a_needle_falls_into_the_nearest_hole_within_reach():
    reach = DRAWS["puncture.channel.capture_radius"][0]
    x = np.array([0.0, 1.3 * reach, 0.75 * reach, 3.0])
    depth = np.array([0.5, 0.6, 0.9, 0.7])
    holes = punched(contacts_at(x, np.zeros(4), stroke=[0, 1, 2, 3], tip=depth), strokes=4)
    np.testing.assert_allclose(holes.x - SIDE / 2, x[[0, 1, 3]])
    np.testing.assert_allclose(holes.y, SIDE / 2)
    # It deepens the one it fell into, which keeps its place and its maker.
    np.testing.assert_allclose(holes.tip_depth, [0.5, 0.9, 0.7])
    np.testing.assert_array_equal(holes.stroke, [0, 1, 3])
    np.testing.assert_array_equal(holes.last_hit, [0, 2, 3])
    # A shallower needle does not fill it up.
    again = punched(contacts_at(x[:1], np.zeros(1), tip=0.1), before=holes)
    np.testing.assert_allclose(again.tip_depth, holes.tip_depth)
    assert again.last_hit[0] == 4 and again.strokes == 5


def test_draws_do_not_share_holes():
    holes = punched(contacts_at(np.zeros(8), np.zeros(8), draw=np.arange(8)))
    np.testing.assert_array_equal(holes.count, np.ones(8))
    np.testing.assert_array_equal(holes.starts, np.arange(9))


def test_a_second_round_keeps_the_first_ones_holes():
    first = by_roller(8)
    law, _, contacts, _ = rolled(ROLLER, SKIN, GROUND, DRAWS, 5.0, np.linspace(0, 3, 8), SIDE, seed=2)
    both = punch_holes(first, contacts, 8, law, SKIN, FIELD, ROLLER)
    assert np.all(both.count >= first.count) and both.strokes == 16
    assert np.all(np.diff(both.draw) >= 0)
    assert np.all(both.attempts > first.attempts)
    for draw in range(8):
        old, now = first.draw == draw, (both.draw == draw) & (both.stroke < 8)
        np.testing.assert_array_equal(first.x[old], both.x[now])
        np.testing.assert_array_equal(first.y[old], both.y[now])
        assert np.all(both.tip_depth[now] >= first.tip_depth[old])
    assert both.x.min() >= 0 and both.x.max() <= SIDE and both.y.min() >= 0 and both.y.max() <= SIDE


def test_needles_that_do_not_pierce_leave_no_hole():
    holes = by_roller(2, force=1e-4)
    assert holes.x.size == 0 and not holes.count.any()
    assert np.all(holes.attempts > 0)
    assert np.all(np.isnan(holes.median(holes.tip_depth)))
    assert not holes.mean(holes.tip_depth).any()
    # The corneum they must pierce is thicker here and thinner there: many times over on an area of this size.
    draws = Given(8, 3, skin_layers_variation_length=0.3)
    skin = cheek(draws)
    x, y = np.random.default_rng(3).uniform(-5, 5, (2, 4000))
    some = punched(contacts_at(x, y, tip=skin.corneum[0]), draws=draws, skin=skin)
    assert 0.2 < some.x.size / some.attempts[0] < 0.8
    assert np.all(some.tip_depth > skin.corneum[0] * some.thickness)


def test_means_and_medians_are_over_the_holes_of_each_draw():
    holes = by_roller(4)
    for draw in (0, 5):
        mine = holes.width[holes.draw == draw]
        assert holes.mean(holes.width)[draw] == pytest.approx(mine.mean())
        assert holes.median(holes.width)[draw] == pytest.approx(np.median(mine))
        assert holes.deviation(holes.width)[draw] == pytest.approx(mine.std(), abs=1e-9)


# Their shape


def test_channel_stain_and_tip_lie_below_each_other():
    holes = by_roller(8)
    floor = DRAWS["puncture.channel.floor"][holes.draw]
    assert np.all(holes.channel_depth <= holes.dye_depth + 1e-12)
    assert np.all(holes.dye_depth <= holes.tip_depth + 1e-12)
    assert np.all(holes.channel_depth >= floor * holes.tip_depth - 1e-12)
    assert np.all(holes.channel_depth > 0) and np.all(holes.width > 0)
    assert np.all(holes.width <= 0.25) and np.all(holes.slit >= holes.width)


def test_what_has_not_relaxed_springs_back():
    """The channel is as much shallower than the tip was as the dent springs back; held for long, it stays."""
    held = np.array([1e-6, 0.1, 10.0])
    holes = punched(contacts_at(np.array([-2.0, 0.0, 2.0]), np.zeros(3), draw=3, dent=0.3, held=held))
    lost = relaxed_share(held, DRAWS, np.full(3, 3))
    np.testing.assert_allclose(holes.channel_depth, 1.0 - 0.3 * (1 - lost))
    assert np.all(np.diff(holes.channel_depth) > 0)


def test_holes_are_as_wide_as_the_needle_there_and_as_long_as_it_is_dragged():
    kept = DRAWS["puncture.channel.width_kept"]
    depth = np.full(8, 0.4)
    at = contacts_at(np.zeros(8), np.zeros(8), draw=np.arange(8), tip=depth)
    stamped = punched(at)
    np.testing.assert_allclose(stamped.width, 2 * LAW.needle.radius_at(depth) * kept)
    np.testing.assert_allclose(stamped.slit, stamped.width)
    np.testing.assert_allclose(punched(at, drag=0.07).slit, stamped.width + 0.07)
    cut = DRAWS["puncture.channel.slit_cut"]
    for slip in (0.0, 0.2):
        by_drum = punched(at, roller=ROLLER, slip=slip)
        np.testing.assert_allclose(by_drum.slit, stamped.width + cut * ROLLER.slit(depth, slip))
    worn = replace(LAW, needle=LAW.needle.wear_down(np.full(8, 1.5)))
    assert np.all(punched(at, roller=ROLLER, law=worn).slit > punched(at, roller=ROLLER).slit)


def test_tilted_needles_leave_slanted_holes():
    at = contacts_at(np.zeros(2), np.array([-1.0, 1.0]), lean=[0.1, -0.2], heading=[1.0, 7.0])
    holes = punched(at)
    np.testing.assert_allclose(holes.slant, [0.1, -0.2])
    np.testing.assert_allclose(holes.heading, [1.0, 7.0 - 2 * pi])


# Bridges that tear


def slits(gap: float, along: bool, draws=(0, 0), bridge: float = 0.05) -> tuple[Holes, np.ndarray]:
    """Two holes 0.4 mm long and 0.1 mm wide, with `gap` mm of skin between them; whether their bridge is torn."""
    apart = gap + (0.4 if along else 0.1)
    x, y = np.array([0.0, apart]), np.zeros(2)
    if not along:
        x, y = y, x
    holes = punched(contacts_at(x, y, draw=np.array(draws)))
    holes = replace(holes, slit=np.full(2, 0.4), width=np.full(2, 0.1))
    return holes, holes.find_torn(np.full(8, bridge))


@pytest.mark.parametrize("along", [True, False])
def test_thin_bridges_between_slits_tear(along):
    """Along the stroke slits reach half their length, across it half their width."""
    assert slits(0.049, along)[1].all()
    assert not slits(0.051, along)[1].any()
    assert not slits(0.049, along, bridge=0.01)[1].any()
    assert not slits(0.0, along, draws=(1, 6))[1].any()


def test_one_hole_is_torn_from_nothing():
    assert not punched(contacts_at(np.zeros(1), np.zeros(1))).find_torn(np.full(8, 5.0)).any()
    assert Holes.none(SIDE, 8).find_torn(np.full(8, 5.0)).size == 0


def test_longer_slits_and_thicker_bridges_tear_more():
    holes = by_roller(16)
    thin = holes.find_torn(np.full(8, 0.01))
    thick, longer = (
        holes.find_torn(np.full(8, 0.1)),
        replace(holes, slit=holes.slit * 3).find_torn(np.full(8, 0.01)),
    )
    assert thick.sum() > thin.sum() and np.all(thick | ~thin)
    assert longer.sum() > thin.sum() and np.all(longer | ~thin)


# Blood


def test_blood_comes_with_flow_thinners_and_gaping():
    holes = by_roller(16)
    plain = bleeding(holes).blood_volume().sum()
    assert plain > 0
    person = Person(blood_thinner="anticoagulant")
    thin = Skin.at("cheek", person, Lesion.none(DRAWS), DRAWS)
    assert bleeding(holes, thin).blood_volume().sum() > 1.5 * plain
    # It clots as much later as the tables say.
    times = "puncture.bleeding.thinner."
    later = DRAWS[times + "anticoagulant"] / DRAWS[times + "none"]
    found, usual = bleeding(holes, thin).clotting, bleeding(holes).clotting
    np.testing.assert_allclose(found / usual, later[holes.draw])
    assert bleeding(holes, flow=0.5).blood_volume().sum() == pytest.approx(plain / 2)
    assert bleeding(holes, taut=np.full(8, True)).blood_volume().sum() > plain


def test_a_hole_bleeds_until_it_has_clotted():
    """The flow dies away: flow x clotting time in the end, nothing before the hit."""
    holes = bleeding(by_roller(8))
    times = np.array([-1.0, 0.0, 0.01, 0.05, 0.2, 1.0, 50.0])
    bled = np.stack([holes.blood_volume(t) for t in times])
    assert not bled[0].any()
    assert np.all(np.diff(bled, axis=0) >= 0)
    full = holes.flow * holes.clotting
    assert np.all(holes.earlier == 0)
    np.testing.assert_allclose(bled[-1], full)
    np.testing.assert_allclose(holes.blood_volume(), full)
    np.testing.assert_array_equal(holes.drop_volume(), holes.blood_volume())
    np.testing.assert_allclose(holes.blood_volume(holes.since + holes.clotting), full * (1 - np.exp(-1)))


def test_wiping_takes_the_drops_and_not_what_was_lost():
    holes = bleeding(by_roller(8))
    clean = holes.wipe_blood(0.05)
    assert not clean.drop_volume(0.05).any() and holes.drop_volume(0.05).any()
    np.testing.assert_array_equal(clean.blood_volume(), holes.blood_volume())
    # What comes after the wiping lies there again.
    np.testing.assert_allclose(
        clean.drop_volume(1.0), holes.blood_volume(1.0) - holes.blood_volume(0.05), atol=1e-15
    )


def test_a_needle_in_an_old_hole_makes_it_bleed_again():
    first = bleeding(by_roller(16))
    onto = contacts_at(first.x - SIDE / 2, first.y - SIDE / 2, first.draw, luck=0.99)
    again = punch_holes(first, onto, 1, LAW, SKIN, FIELD)
    assert again.x.size == first.x.size
    later = add_blood(again, 16, np.array([5.0]), SKIN, DRAWS, np.ones(8), NEVER_TAUT)
    np.testing.assert_allclose(later.earlier, first.blood_volume(5.0))
    np.testing.assert_allclose(later.blood_volume(5.0), first.blood_volume(5.0))
    assert later.blood_volume().sum() > first.blood_volume().sum() * 1.1
    assert np.all(later.since == 5.0) and np.all(later.vessel >= first.vessel)


def test_a_second_needle_does_not_stop_the_blood_of_the_first():
    """The first opens a vessel, half a minute later another falls in and opens none."""
    luck = np.array([[0.5, 0.99, 0.99, 0.9], [0.5, 0.0, 0.0, 0.1]])
    twice = contacts_at(np.zeros(2), np.zeros(2), stroke=[0, 1], luck=luck)
    times = np.array([0.0, 0.01])
    one, both = (
        add_blood(punched(c, 2), 0, times, SKIN, DRAWS, np.ones(8), NEVER_TAUT)
        for c in (twice.select(np.array([0])), twice)
    )
    assert one.blood_volume(0.01)[0] > 0
    assert both.blood_volume(0.01)[0] >= one.blood_volume(0.01)[0] * (1 - 1e-9)
    assert both.vessel[0] >= one.vessel[0]


def test_clotted_holes_stay_clotted_when_other_skin_is_held_taut():
    first = bleeding(by_roller(8)).wipe_blood(1.0)
    onto = contacts_at(np.zeros(1), np.zeros(1))
    later = punch_holes(first, onto, 1, LAW, SKIN, FIELD)
    later = add_blood(later, 8, np.array([2.0]), SKIN, DRAWS, np.ones(8), np.full(8, True))
    old = later.last_hit < 8
    np.testing.assert_allclose(later.drop_volume(2.0)[old], 0, atol=1e-6)


def test_drops_after_each_stroke():
    """(draw, stroke); in a first round nothing is wiped, so that ever more of the skin is under drops."""
    holes = by_roller(10)
    times = np.linspace(0.01, 0.1, 10)
    holes = add_blood(holes, 0, times - 0.005, SKIN, DRAWS, np.ones(8), NEVER_TAUT)
    drops, under = count_drops_by_stroke(holes, 0, times, DRAWS)
    assert drops.shape == under.shape == (8, 10)
    for values in (drops, under):
        assert np.all(np.diff(values, axis=1) >= 0) and values[:, -1].sum() > 0
    assert np.all(under < 1)
    assert np.all(drops[:, -1] <= holes.density)
    # Later strokes alone, of holes made before and after.
    late, _ = count_drops_by_stroke(holes, 6, times[6:], DRAWS)
    np.testing.assert_allclose(late, drops[:, 6:])


def test_drops_show_once_they_are_large_enough_and_cover_more_as_they_grow():
    """Each is half a ball of its volume; by chance they cover 1 - exp(-n A) of the skin."""
    x = np.linspace(-4, 4, 5)
    holes = punched(contacts_at(x, np.zeros(5), draw=2))
    least = DRAWS["puncture.bleeding.visible_drop"][2]
    volume = least * np.array([0.5, 0.99, 1.01, 2.0, 10.0])
    holes = replace(holes, flow=volume / holes.clotting[2])
    np.testing.assert_array_equal(shows_drop(holes, DRAWS), [False, False, True, True, True])
    radius = (3 * volume[2:] / (2 * pi)) ** (1 / 3)
    expected = 1 - np.exp(-(pi * radius**2).sum() / SIDE**2)
    assert covered_share(holes, DRAWS)[2] == pytest.approx(expected)
    assert not covered_share(holes, DRAWS)[[0, 1, 3]].any()
    share = [covered_share(bleeding(by_roller(16), flow=f), DRAWS) for f in (0.5, 1.0, 3.0)]
    assert np.all(np.diff(share, axis=0) >= 0) and np.all(share[2] > share[0])
    assert np.all(covered_share(bleeding(by_roller(16), flow=1e6), DRAWS) <= 1)


@given(deeper=st.floats(1.05, 3), wider=st.floats(1, 1.5))
@settings(deadline=None, max_examples=8)
def test_deeper_holes_reach_more_and_never_fewer_vessels(deeper, wider):
    """Chance belongs to the contact: at the same place a deeper hole never bleeds less."""
    holes = by_roller(8)
    larger = replace(holes, tip_depth=holes.tip_depth * deeper, width=holes.width * wider)
    one, other = bleeding(holes), bleeding(larger)
    assert np.all(other.flow >= one.flow) and other.flow.sum() > one.flow.sum()
    assert np.all(other.vessel >= one.vessel)
    assert np.all((one.vessel >= 0) & (one.vessel <= LOWER))
    np.testing.assert_array_equal(one.vessel > 0, one.flow > 0)
    assert np.all(lower_plexus_crossings(larger, SKIN) >= lower_plexus_crossings(holes, SKIN))


def test_shallow_holes_open_no_vessel():
    """Loops begin below the epidermis, the plexuses in the dermis."""
    holes = by_roller(8)
    shallow = bleeding(replace(holes, tip_depth=0.5 * SKIN.loop_depth[holes.draw] * holes.thickness))
    assert shallow.vessel.mean() < 0.02 * bleeding(holes).vessel.mean()
    assert np.all(lower_plexus_crossings(shallow, SKIN) < 0.1 * lower_plexus_crossings(holes, SKIN) + 1e-3)
    skin = bleeding(replace(holes, tip_depth=3 * SKIN.thickness[holes.draw]))
    assert (skin.vessel == LOWER).any()
    # All of the lower plexus is reached: its length by the width of needle and vessel.
    d = holes.draw
    expected = SKIN.deep_length * holes.mean(holes.width + SKIN.plexus_diameter[d]) * holes.density
    np.testing.assert_allclose(lower_plexus_crossings(skin, SKIN), expected, rtol=1e-3)


def many_rolled(site: str, name: str, force: float, strokes: int = 8) -> tuple[Draws, Skin, Holes]:
    many = Draws(64, 1)
    skin = Skin.at(site, Person(), Lesion.none(many), many)
    drum = build_from_catalogue(name, many)
    assert isinstance(drum, Roller)
    ground = Ground(ElasticLayers.of(skin, skin.tension, many))
    law, _, contacts, _ = rolled(drum, skin, ground, many, force, np.linspace(0, 3, strokes), SIDE)
    return many, skin, punch_holes(Holes.none(SIDE, 64), contacts, strokes, law, skin, field_of(many), drum)


def test_blood_of_one_hole_stays_below_a_lance_with_vacuum():
    """Cunningham et al. 2000: 3-10 uL from a forearm lance under vacuum bound what a needle hole gives."""
    many, skin, holes = many_rolled("cheek", "dermaroller-mf8", 5.0)
    holes = add_blood(holes, 0, np.zeros(8), skin, many, np.ones(64), np.full(64, True))
    shows = shows_drop(holes, many)
    assert shows.any() and np.median(holes.blood_volume()[shows]) < 3.0


def test_measured_roller_channel_lies_in_the_interval():
    """Kalluri et al. 2011: channels 152.5 um deep from a roller with needles of 770 um (rat)."""
    _, _, holes = many_rolled("volar-forearm", "dermaroller-770", 5.0, 2)
    low, high = np.nanquantile(holes.median(holes.channel_depth), (0.05, 0.95))
    assert low < 0.1525 < high


@pytest.mark.parametrize("width", [0.04, 0.0707, 0.2])
def test_chance_to_open_a_loop_by_the_width_of_the_hole(width):
    """Loops stand one in a papilla: 1 - exp(-n pi/4 (w + d)^2), of which the share that is cut and not pushed aside."""
    n = 20_000
    x, y = np.random.default_rng(4).uniform(-60, 60, (2, n))
    luck = np.random.default_rng(5).random((n, 4))
    holes = punched(contacts_at(x, y, tip=0.2, luck=luck), side=120.0)
    holes = replace(holes, width=np.full_like(holes.width, width))
    lonely = replace(SKIN, plexus_length=np.zeros(8), deep_length=np.zeros(8))
    holes = add_blood(holes, 0, np.zeros(1), lonely, DRAWS, np.ones(8), NEVER_TAUT)
    reached = holes.tip_depth > SKIN.loop_depth[0] * holes.thickness
    met = SKIN.loop_density[0] * np.pi / 4 * (width + SKIN.loop_diameter[0]) ** 2
    expected = -np.expm1(-met * DRAWS["puncture.bleeding.cut_share"][0])
    assert (holes.vessel[reached] > 0).mean() == pytest.approx(
        expected, abs=5 * np.sqrt(expected / reached.sum())
    )
