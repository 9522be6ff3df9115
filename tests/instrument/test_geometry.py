"""Shapes of instruments: density and slit by geometry, real ones, needles that blunt with use."""

from __future__ import annotations

from math import acos, cos, pi, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rides import Given, pen, roller, stamp
from scipy.optimize import root_scalar

from hudnal.instrument import Drum, Pen, Roller, Stamp, build_from_catalogue, lay_pen_places, lay_stamp_places
from hudnal.instrument.catalogue import list_instruments, wear_after
from hudnal.parameters import Draws

DRAWS = Draws(4, 1)


def test_medical_roller_by_geometry():
    """192 needles on a 20 x 20 mm drum: 192 / (2 pi r W) = 15.3 per cm2 and stroke, 32 of them in the skin at once."""
    drum = roller(DRAWS)
    assert drum.needles == 192
    assert drum.density_per_stroke() * 100 == pytest.approx(192 / (pi * 2 * 2), rel=1e-12)
    assert drum.density_per_stroke() * 100 == pytest.approx(15.3, abs=0.03)
    assert drum.engaged == pytest.approx(192 * acos(10 / 11.5) / pi, rel=1e-12)
    assert drum.pitch * drum.row * drum.density_per_stroke() == pytest.approx(1, rel=1e-12)


@given(slip=st.floats(-0.5, 1))
@settings(deadline=None, max_examples=10)
def test_slip_thins_what_each_stroke_meets(slip):
    drum = roller(DRAWS)
    assert drum.density_per_stroke(slip) == pytest.approx(drum.density_per_stroke() / (1 + slip), rel=1e-12)


def trochoid(drum: Roller, depth: float, slip: float) -> float:
    """mm between the two places at which a tip's path crosses the skin, found along the path itself."""
    outer = drum.drum_radius + drum.needle.length
    rolling = outer - depth
    crossing = root_scalar(lambda t: rolling - outer * cos(t), bracket=(0, pi / 2), xtol=1e-15, rtol=1e-15)
    turn = float(crossing.root)
    return 2 * abs(rolling * (1 + slip) * turn - outer * sin(turn))


@given(
    length=st.floats(0.1, 3),
    diameter=st.floats(10, 40),
    share=st.floats(0.02, 1),
    slip=st.floats(-0.3, 0.3),
)
@settings(deadline=None, max_examples=40)
def test_slit_is_where_the_tips_path_crosses_the_skin(length, diameter, share, slip):
    """The tip of a rolling drum runs a trochoid; the closed form against its root."""
    drum = roller(DRAWS, length=length, drum_diameter=diameter)
    for s in (0.0, slip):
        found = drum.slit(np.array([share * length]), s)[0]
        assert found == pytest.approx(trochoid(drum, share * length, s), abs=1e-10)


@given(share=st.floats(0.02, 1), slip=st.floats(0, 1), more=st.floats(0.01, 1))
@settings(deadline=None, max_examples=20)
def test_a_drum_that_slips_drags_its_needles_farther(share, slip, more):
    """Without slip by its slit; with it by more at every depth, but no farther than the hand goes while they are in."""
    drum = roller(DRAWS)
    depth = np.array([share * 1.5])
    np.testing.assert_allclose(drum.drag(depth), drum.slit(depth))
    np.testing.assert_allclose(drum.drag(depth, -slip), drum.slit(depth, -slip))
    assert drum.slit(depth, slip) <= drum.drag(depth, slip) < drum.drag(depth, slip + more)
    assert drum.drag(depth, slip) <= drum.path_inside(depth, slip)


def test_shallow_slits_against_their_limit():
    """slit -> (4 sqrt(2) / 3) d^1.5 / sqrt(R + L) = 1.886 d^1.5 / sqrt(R + L) for small depths."""
    drum = roller(DRAWS)
    depth = np.array([1e-4, 1e-3, 0.01, 0.05])
    limit = 4 * np.sqrt(2) / 3 * depth**1.5 / np.sqrt(11.5)
    assert 4 * np.sqrt(2) / 3 == pytest.approx(1.886, abs=5e-4)
    np.testing.assert_allclose(drum.slit(depth)[:2], limit[:2], rtol=1e-3)
    assert np.all(np.diff(np.abs(drum.slit(depth) / limit - 1)) > 0)
    assert drum.slit(np.zeros(1))[0] == 0
    assert np.all(np.diff(drum.slit(np.linspace(0, 1.5, 40))) > 0)


def test_pen_density_is_needles_times_rate_over_swept_area():
    motor = build_from_catalogue("skinpen", DRAWS)
    assert isinstance(motor, Pen)
    rng = np.random.default_rng(1)
    found = lay_pen_places(motor, np.deg2rad([0, 90, 30, 120]), 15.0, 6.0, 10, rng)
    expected = motor.needles * motor.frequency / (15.0 * motor.head_diameter)
    assert motor.density_per_stroke(15.0) == pytest.approx(expected, rel=1e-12)
    assert found.count == pytest.approx(expected * 36 * 40, rel=0.05)


def test_each_needle_of_a_pen_comes_down_once_a_cycle():
    """Along a lane one needle's marks lie v / f apart; lanes lie a head apart."""
    motor = pen(DRAWS)
    found = lay_pen_places(motor, np.zeros(1), 20.0, 30.0, 1, np.random.default_rng(2))
    assert set(found.needle) == set(range(motor.needles))
    for needle in range(motor.needles):
        mine = found.needle == needle
        lanes = np.unique(np.round(found.y[mine], 9))
        np.testing.assert_allclose(np.diff(lanes), motor.head_diameter, atol=1e-6)
        along = np.sort(found.x[mine & (np.abs(found.y - lanes[0]) < 1e-6)])
        np.testing.assert_allclose(np.diff(along), 20.0 / motor.frequency, atol=1e-6)


def test_stamps_leave_their_plate_turned_and_shifted_by_chance():
    plate = build_from_catalogue("digital-stamp-0.5", DRAWS)
    assert isinstance(plate, Stamp)
    found = lay_stamp_places(plate, 50, 15.0, 10, np.random.default_rng(1))
    assert found.count == pytest.approx(40 / 100 * 225 * 500, rel=0.03)
    one = (found.draw == 3) & (found.stroke == 7)
    apart = np.hypot(*(a[one, None] - a[None, one] for a in (found.x, found.y)))
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_allclose(apart.min(axis=0), 1 / np.sqrt(plate.density_per_stroke), rtol=1e-6)


@pytest.mark.parametrize("kind", ["pen", "stamp"])
def test_places_count_from_the_middle_in_order(kind):
    rng = np.random.default_rng(4)
    if kind == "pen":
        found = lay_pen_places(pen(DRAWS), np.array([0.0, 1.0, 2.0]), 60.0, 9.0, 4, rng)
    else:
        found = lay_stamp_places(stamp(DRAWS), 30, 9.0, 4, rng)
    assert np.all(np.diff(found.draw * 1000 + found.stroke) >= 0)
    for a in (found.x, found.y):
        assert np.all(np.abs(a) < 4.5)
        assert abs(a.mean()) < 6 * 9 / np.sqrt(12 * found.count)


def test_catalogue_has_real_instruments():
    assert len(list_instruments()) >= 8
    assert set(list_instruments()) == {n for k in ("roller", "pen", "stamp") for n in list_instruments(k)}
    for name in list_instruments():
        assert build_from_catalogue(name, DRAWS).source, name
    with pytest.raises(KeyError):
        build_from_catalogue("fork", DRAWS)


def test_tips_that_are_not_published_are_drawn():
    assert np.ptp(build_from_catalogue("dermaroller-mf8", DRAWS).needle.tip_radius) > 0
    assert np.all(build_from_catalogue("dermaroller-770", DRAWS).needle.tip_radius == 0.004)


def test_needles_blunt_with_every_puncture_and_level_off():
    """Vanhooydonck et al. 2024: F_n = F_1 (1 + g (n - 1)) at first, then ever slower, to a limit."""
    many = Draws(64, 1)
    punctures = np.geomspace(1, 1e7, 30)
    worn = np.stack([wear_after(p, many) for p in punctures])
    limit = many["instruments.needle.dulling_limit"]
    assert np.all(wear_after(0, many) == 1)
    assert np.all(np.diff(worn, axis=0) >= 0) and np.all(worn > 1)
    assert np.all(worn <= limit + 1e-9)
    np.testing.assert_allclose(worn[-1], limit, rtol=1e-3)
    growth = many["instruments.needle.dulling"] * many["instruments.needle.dulling_in_skin"]
    np.testing.assert_allclose(wear_after(0.01, many) - 1, 0.01 * growth, rtol=1e-2)


def test_needles_blunt_on_film_as_published():
    """Vanhooydonck: 12-33 % more force at the fifth puncture of the test film."""
    film = Given(64, 1, instruments_needle_dulling_in_skin=1.0)
    assert 1.12 < np.median(wear_after(4, film)) < 1.33
    assert np.all(wear_after(4, Draws(64, 1)) < wear_after(4, film))


def test_needle_is_a_cone_that_runs_into_a_shaft():
    needle = roller(DRAWS, tip_radius=0.004).needle
    depth = np.tile(np.linspace(0, 1.5, 50), (4, 1))
    radius = needle.radius_at(depth)
    np.testing.assert_allclose(radius[:, 0], 0.004)
    np.testing.assert_allclose(radius[:, -1], 0.125)
    assert np.all(np.diff(radius, axis=1) >= 0)
    np.testing.assert_allclose(needle.radius_at(np.full(4, 0.2)) - 0.004, 0.2 * needle.slope)
    twice = needle.wear_down(np.full(4, 1.2)).wear_down(np.full(4, 1.5))
    np.testing.assert_allclose(twice.wear, 1.8)


def test_a_good_drum_has_every_tip_on_one_circle():
    drum = Drum.of(roller(DRAWS), DRAWS, np.random.default_rng(1))
    assert drum.reach.shape == (4, 8, 24)
    np.testing.assert_allclose(drum.reach, 11.5)
    for a in (drum.angle, drum.lean, drum.aside):
        assert not a.any()
    assert np.all(drum.blunter == 1)


@given(tilt=st.floats(-30, 30))
@settings(deadline=None, max_examples=10)
def test_tilted_needles_stand_on_the_drum(tilt):
    """Foot and tip of each needle are its length apart, at its lean to the drum's radius."""
    drum = Drum.of(roller(DRAWS, tilt=tilt), DRAWS, np.random.default_rng(1))
    along, up = drum.reach * np.sin(drum.angle), drum.reach * np.cos(drum.angle) - 10
    np.testing.assert_allclose(np.hypot(along, up), 1.5, rtol=1e-9)
    np.testing.assert_allclose(np.arctan2(along, up), np.deg2rad(tilt), atol=1e-9)


def test_bent_needles_keep_their_length_and_blunt_ones_their_place():
    draws = Draws(16, 1)
    drum = Drum.of(roller(draws, bent=0.3, blunt=0.2), draws, np.random.default_rng(1))
    bent = (drum.lean != 0) | (drum.aside != 0)
    assert bent.mean() == pytest.approx(0.3, abs=0.04)
    assert (drum.blunter > 1).mean() == pytest.approx(0.2, abs=0.04)
    along, up = drum.reach * np.sin(drum.angle), drum.reach * np.cos(drum.angle) - 10
    np.testing.assert_allclose(np.sqrt(along**2 + up**2 + drum.aside**2), 1.5, rtol=1e-9)
    assert np.all(drum.reach[bent] < 11.5)
    np.testing.assert_allclose(drum.reach[~bent], 11.5)
    # Blunt needles of one draw are as wide as each other.
    width = drum.blunter * drum.roller.needle.tip_radius[:, None, None]
    np.testing.assert_allclose(
        width.max(axis=(1, 2)), np.maximum(draws["instruments.needle.blunt_tip"], width.min(axis=(1, 2)))
    )
