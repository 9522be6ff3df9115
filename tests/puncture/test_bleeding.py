"""Holes open vessels, and vessels bleed what the skin has for them."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from punches import (
    DRAWS,
    FIELD,
    LAW,
    NEVER_TAUT,
    SIDE,
    SKIN,
    bleeding,
    by_roller,
    contacts_at,
    many_rolled,
    punched,
)
from rides import Given, ground_of, roller

from hudnal.parameters import Draws
from hudnal.puncture import add_blood, add_blood_and_look, derive_drum_law, punch_holes
from hudnal.puncture.bleeding import (
    LOWER,
    Catchments,
    add_blood_by_stroke,
    covered_share,
    lower_plexus_crossings,
    measure_supply,
    shows_drop,
)
from hudnal.skin import Lesion, Person, Skin


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
    # The vessels give half as much, and so does the skin that feeds them.
    assert bleeding(holes, flow=0.5).blood_volume().sum() == pytest.approx(plain / 2)
    assert bleeding(holes, taut=np.full(8, True)).blood_volume().sum() > plain


def test_a_hole_bleeds_until_it_has_clotted():
    """The flow dies away: flow x clotting time in the end, nothing before the hit."""
    holes = bleeding(by_roller(8))
    times = np.array([0.008, 0.01, 0.05, 0.2, 1.0, 50.0])
    bled = np.stack([holes.blood_volume(t) for t in times])
    first = next(
        add_blood_by_stroke(by_roller(8), 0, np.arange(8) * 1e-3, SKIN, DRAWS, np.ones(8), NEVER_TAUT)
    )
    assert not first.blood_volume(-1.0).any() and first.blood_volume(0.0005).any()
    assert np.all(np.diff(bled, axis=0) >= 0)
    left = holes.flow * holes.clotting  # after the last stroke
    np.testing.assert_allclose(bled[-1], holes.earlier + left)
    np.testing.assert_allclose(holes.blood_volume(), holes.earlier + left)
    np.testing.assert_array_equal(holes.drop_volume(), holes.blood_volume())
    after = holes.blood_volume(holes.since + holes.clotting) - holes.earlier
    np.testing.assert_allclose(after, left * (1 - np.exp(-1)))


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
    bled, drops, under = add_blood_and_look(
        holes, 0, (times - 0.005, times), SKIN, DRAWS, np.ones(8), NEVER_TAUT
    )
    assert drops.shape == under.shape == (8, 10)
    for values in (drops, under):
        assert np.all(np.diff(values, axis=1) >= 0) and values[:, -1].sum() > 0
    assert np.all(under < 1)
    assert np.all(drops[:, -1] <= holes.density)
    same = add_blood(holes, 0, times - 0.005, SKIN, DRAWS, np.ones(8), NEVER_TAUT)
    np.testing.assert_array_equal(bled.blood_volume(), same.blood_volume())
    # What shows after a stroke does not know of those that come later.
    early = add_blood_by_stroke(holes, 0, times - 0.005, SKIN, DRAWS, np.ones(8), NEVER_TAUT)
    third = [next(early) for _ in range(3)][-1]
    shows = shows_drop(third, DRAWS, times[2] + DRAWS["puncture.bleeding.look"][holes.draw])
    np.testing.assert_allclose(drops[:, 2], np.bincount(holes.draw, shows, 8) / SIDE**2)


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
    """Chance belongs to the contact: at the same place a deeper hole never opens less, and all together bleed more."""
    holes = by_roller(8)
    larger = replace(holes, tip_depth=holes.tip_depth * deeper, width=holes.width * wider)
    one, other = bleeding(holes), bleeding(larger)
    more, less = (np.bincount(h.draw, h.blood_volume(), 8) for h in (other, one))
    assert np.all(more >= less * (1 - 1e-12)) and more.sum() > less.sum()
    assert np.all(other.vessel >= one.vessel)
    assert np.all((one.vessel >= 0) & (one.vessel <= LOWER))
    np.testing.assert_array_equal(one.vessel > 0, one.blood_volume() > 0)
    assert np.all(lower_plexus_crossings(larger, SKIN) >= lower_plexus_crossings(holes, SKIN))


def test_shallow_holes_open_no_vessel():
    """Loops begin below the epidermis, the plexuses in the dermis."""
    holes = by_roller(8)
    shallow = bleeding(replace(holes, tip_depth=0.5 * SKIN.loop_depth[holes.draw] * holes.thickness))
    assert shallow.vessel.mean() < 0.05 * bleeding(holes).vessel.mean()
    assert np.all(lower_plexus_crossings(shallow, SKIN) < 0.1 * lower_plexus_crossings(holes, SKIN) + 1e-3)
    skin = bleeding(replace(holes, tip_depth=3 * SKIN.thickness[holes.draw]))
    assert (skin.vessel == LOWER).any()
    # All of the lower plexus is reached: its length by the width of needle and vessel.
    d = holes.draw
    expected = SKIN.deep_length * holes.mean(holes.width + SKIN.plexus_diameter[d]) * holes.density
    np.testing.assert_allclose(lower_plexus_crossings(skin, SKIN), expected, rtol=1e-3)


def test_blood_of_one_hole_stays_below_a_lance_with_vacuum():
    """Cunningham et al. 2000: 3-10 uL from a forearm lance under vacuum bound what a needle hole gives."""
    many, skin, holes = many_rolled("cheek", "dermaroller-mf8", 5.0)
    holes = add_blood(holes, 0, np.zeros(8), skin, many, np.ones(64), np.full(64, True))
    shows = shows_drop(holes, many)
    assert shows.any() and np.median(holes.blood_volume()[shows]) < 3.0


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


# What the skin has for all of them


def one_lance(n: int, site: str, **fixed: float) -> tuple[Draws, Catchments]:
    """One wound in the middle of much skin, as a lance makes it, on a hand that is 50 years old."""
    draws = Given(n, 1, **fixed)
    skin = Skin.at(site, Person(age=50), Lesion.none(draws), draws)
    law = derive_drum_law(roller(draws), skin, ground_of(skin, draws), np.full(n, 5.0), draws)[0]
    at = contacts_at(np.zeros(n), np.zeros(n), draw=np.arange(n), tip=1.5)
    holes = punched(at, draws=draws, skin=skin, law=law, side=60.0)
    return draws, Catchments.of(holes, skin, draws, np.ones(n))


def test_one_small_hole_bleeds_as_if_the_supply_were_endless():
    flow = np.zeros(8)
    _, lone = one_lance(8, "cheek")
    asked = 1e-4 * lone.supply[lone.of_hole]
    np.testing.assert_allclose(lone.share_blood(flow, asked), asked, rtol=2e-4)
    # However much a wound could give, no more comes than there is.
    given_all = lone.share_blood(flow, 1e6 * lone.supply[lone.of_hole])
    np.testing.assert_allclose(given_all, lone.supply[lone.of_hole], rtol=2e-6)
    _, endless = one_lance(8, "cheek", puncture_bleeding_supply=1e12)
    np.testing.assert_allclose(endless.share_blood(flow, asked), asked, rtol=1e-6)


@given(
    supply=st.floats(0.1, 1e5),
    catchment=st.floats(0.02, 3.0),
    apart=st.floats(1e-5, 0.2),
    later=st.floats(0, 3),
)
@settings(deadline=None, max_examples=25, phases=(Phase.explicit, Phase.generate))
def test_no_catchment_gives_more_than_its_supply(supply, catchment, apart, later):
    """V <= S (time + tau): what flows at once is never more than the supply, and it dies away with tau."""
    draws = Given(8, 3, puncture_bleeding_supply=supply, puncture_bleeding_catchment=catchment)
    holes, times = by_roller(8), np.arange(8) * apart
    bled = add_blood(holes, 0, times, SKIN, draws, np.ones(8), NEVER_TAUT)
    parts = Catchments.of(holes, SKIN, draws, np.ones(8))
    whole = np.bincount(parts.of_hole, bled.blood_volume(times[-1] + later), parts.supply.size)
    of_draw = np.zeros(parts.supply.size, int)
    of_draw[parts.of_hole] = holes.draw
    lasted = times[-1] + draws["puncture.bleeding.clotting_time"][of_draw]
    assert np.all(whole <= parts.supply * lasted * (1 + 1e-9))
    assert np.all(bled.flow >= 0) and bled.blood_volume().sum() > 0


def test_how_strokes_are_cut_does_not_matter():
    """All at once, or one after the other at the same time."""
    holes = by_roller(6)
    draws = Given(8, 3, puncture_bleeding_supply=20.0)
    many = add_blood(holes, 0, np.full(6, 1.0), SKIN, draws, np.ones(8), NEVER_TAUT)
    at_once = replace(holes, reopened=np.zeros_like(holes.reopened))
    once = add_blood(at_once, 0, np.full(1, 1.0), SKIN, draws, np.ones(8), NEVER_TAUT)
    np.testing.assert_allclose(many.flow, once.flow, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(many.blood_volume(), once.blood_volume(), rtol=1e-9, atol=1e-15)


@given(less=st.floats(0.05, 0.95))
@settings(deadline=None, max_examples=5, phases=(Phase.explicit, Phase.generate))
def test_more_wounds_bleed_more_and_each_of_them_less(less):
    draws = Given(8, 3, puncture_bleeding_supply=50.0)
    holes = by_roller(8)
    # Only some of the holes are fresh: the others are of skin that was left in peace.
    some = replace(holes, last_hit=np.where(holes.loop_luck < less, holes.last_hit, -1))
    times = np.arange(8) * 1e-3
    few, all_of_them = (add_blood(h, 0, times, SKIN, draws, np.ones(8), NEVER_TAUT) for h in (some, holes))
    fewer, more = (np.bincount(h.draw, h.blood_volume(), 8) for h in (few, all_of_them))
    assert np.all(fewer <= more * (1 + 1e-12))
    same = few.blood_volume() > 0
    assert np.all(all_of_them.blood_volume()[same] <= few.blood_volume()[same] * (1 + 1e-12))


@pytest.mark.parametrize(
    ("site", "fixed", "least", "most"),
    [
        # Grady et al. 2014: 3.1 uL (SD 2.1) from a fingertip that is squeezed.
        ("hand-dorsum", {}, 3.1, 3.1),
        # Cunningham et al. 2000: 3 to 10 uL from a forearm under half an atmosphere, which brings up to five times.
        ("volar-forearm", {"puncture_bleeding_hyperaemia": 5.0}, 3.0, 10.0),
    ],
)
def test_a_lance_takes_what_its_catchment_gives(site, fixed, least, most):
    """It cuts vessels that would give far more than the skin around has: the published volume lies within 5 to 95 %."""
    draws, lone = one_lance(64, site, **fixed)
    given_all = lone.share_blood(np.zeros(64), 1e6 * lone.supply[lone.of_hole])
    volume = given_all * draws["puncture.bleeding.clotting_time"]
    low, high = np.quantile(volume, [0.05, 0.95])
    assert low < least and most < high


def test_what_the_skin_carries_goes_with_its_loops():
    """430 uL/cm2/h on the cheek of the young; hands have thrice the loops."""
    cheek_of, hand = (
        measure_supply(Skin.at(site, Person(age=20), Lesion.none(DRAWS), DRAWS), DRAWS)
        for site in ("cheek", "hand-dorsum")
    )
    np.testing.assert_allclose(cheek_of * 100, DRAWS["puncture.bleeding.supply"])
    assert 2 < np.median(hand / cheek_of) < 5
