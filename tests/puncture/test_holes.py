"""Contacts become holes, holes open vessels, and vessels bleed."""

from __future__ import annotations

from dataclasses import replace
from math import log1p, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from punches import (
    DRAWS,
    FIELD,
    GROUND,
    LAW,
    ROLLER,
    SIDE,
    SKIN,
    by_roller,
    contacts_at,
    many_rolled,
    punched,
)
from rides import Given, cheek, ground_of, rolled, roller

from hudnal.puncture import Drag, derive_drum_law, punch_holes
from hudnal.puncture.insertion import relaxed_share

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
    both = punch_holes(first, contacts, 8, law, SKIN, FIELD, Drag(ROLLER))
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
    assert not stamped.torn.any()
    cut, rate = (DRAWS[f"puncture.channel.{name}"] for name in ("slit_cut", "slit_rate"))
    usual = DRAWS.value("puncture.channel.slit_speed")
    for slip in (0.0, 0.2):
        # A roller's hand moves just so fast that it pulls its needles at the usual speed.
        speed = usual * (ROLLER.path_inside(depth, slip) / ROLLER.drag(depth, slip))[0]
        by_drum = punched(at, drag=Drag(ROLLER, slip, speed))
        np.testing.assert_allclose(by_drum.slit, stamped.width + cut * ROLLER.slit(depth, slip))
        np.testing.assert_allclose(by_drum.torn, cut * ROLLER.drag(depth, slip))
        faster = punched(at, drag=Drag(ROLLER, slip, 3 * speed))
        np.testing.assert_allclose(faster.torn / by_drum.torn, 3**rate)
    worn = replace(LAW, needle=LAW.needle.wear_down(np.full(8, 1.5)))
    rolls = Drag(ROLLER, 0.0, 50.0)
    assert np.all(punched(at, drag=rolls, law=worn).slit > punched(at, drag=rolls).slit)


@given(speed=st.floats(0.5, 300), share=st.floats(0.05, 1.0))
@settings(deadline=None, max_examples=20)
def test_a_pen_tears_for_as_long_as_its_needles_are_in(speed, share):
    """Half a cycle where nothing dents, less where the tip comes out of its dent; never more than it is pulled along."""
    at = contacts_at(np.zeros(8), np.zeros(8), draw=np.arange(8), tip=1.5 * share, way=1.5)
    holes = punched(at, drag=Drag(speed=speed, frequency=100.0))
    way = holes.torn / np.minimum(
        DRAWS["puncture.channel.slit_cut"]
        * (speed / DRAWS.value("puncture.channel.slit_speed")) ** DRAWS["puncture.channel.slit_rate"],
        1.0,
    )
    np.testing.assert_allclose(way, speed / 100 * (0.5 - np.arcsin(1 - share) / pi))
    assert np.all(holes.torn <= speed / 200 * (1 + 1e-12))
    np.testing.assert_allclose(holes.slit, holes.width + holes.torn)


def test_tilted_needles_leave_slanted_holes():
    at = contacts_at(np.zeros(2), np.array([-1.0, 1.0]), lean=[0.1, -0.2], heading=[1.0, 7.0])
    holes = punched(at)
    np.testing.assert_allclose(holes.slant, [0.1, -0.2])
    np.testing.assert_allclose(holes.heading, [1.0, 7.0 - 2 * pi])


def test_measured_roller_channel_lies_in_the_interval():
    """Kalluri et al. 2011: channels 152.5 um deep from a roller with needles of 770 um (rat)."""
    _, _, holes = many_rolled("volar-forearm", "dermaroller-770", 5.0, 2)
    low, high = np.nanquantile(holes.median(holes.channel_depth), (0.05, 0.95))
    assert low < 0.1525 < high
