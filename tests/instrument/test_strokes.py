"""Strokes become lanes: each covers the area once, chance belongs to a place and not to the hand's force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rides import roller

from hudnal.instrument.strokes import LUCK, Passes, lay_passes
from hudnal.parameters import Draws

DRAWS = Draws(4, 1)
DRUM = roller(DRAWS, drum_width=7.0)
LEAD = np.full(4, 2.0)


def over(headings, width=12.0, height=12.0, seed=1, lead=LEAD, draws=DRAWS, **hand) -> Passes:
    turns = np.atleast_1d(np.asarray(headings, float))
    return lay_passes(DRUM, turns, width, height, draws, np.random.default_rng(seed), lead, **hand)


def luck_of(passes: Passes, numbers: int = 30) -> np.ndarray:
    """Luck of the contacts of every pass, (pass, ring, number, LUCK), numbered on both sides of the middle."""
    shape = (passes.count, DRUM.rings, numbers)
    of, ring, number = (index.ravel() for index in np.indices(shape))
    return passes.draw_luck(of, ring, number - numbers // 2).reshape(*shape, LUCK)


def covering(passes: Passes, strokes: int, points: int = 200) -> np.ndarray:
    """How many drums of each draw's stroke go over each of random points of the area, (draw, stroke, point)."""
    x, y = np.random.default_rng(5).uniform(-0.5, 0.5, (2, points))
    x, y = x * passes.width, y * passes.height
    cos, sin = np.cos(passes.heading)[:, None], np.sin(passes.heading)[:, None]
    across, along = y * cos - x * sin, x * cos + y * sin
    under = np.abs(across - passes.lane[:, None]) <= DRUM.drum_width / 2
    under &= (along >= passes.begin[:, None]) & (along <= (passes.begin + passes.span)[:, None])
    found = np.zeros((DRAWS.n * strokes, points))
    np.add.at(found, passes.draw * strokes + passes.stroke, under)
    return found.reshape(DRAWS.n, strokes, points)


@given(angle=st.floats(0, 360), width=st.floats(1, 40), height=st.floats(1, 40), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=25)
def test_every_stroke_covers_the_area_exactly_once(angle, width, height, seed):
    passes = over(np.deg2rad([angle, angle + 180, angle + 45]), width, height, seed)
    assert np.all(covering(passes, 3) == 1)


@given(overlap=st.floats(0, 0.7), angle=st.floats(0, 180))
@settings(deadline=None, max_examples=8)
def test_overlapping_lanes_cover_on_the_mean_as_often_as_they_overlap(overlap, angle):
    """Lanes W (1 - o) apart: each place lies under 1 / (1 - o) drums on the mean, and never under none."""
    headings = np.full(200, np.deg2rad(angle))
    found = covering(over(headings, overlap=overlap), 200, 10)
    expected = 1 / (1 - overlap)
    assert found.min() >= np.floor(expected) and found.max() <= np.ceil(expected + 1e-9)
    assert found.mean() == pytest.approx(expected, rel=0.02)


def test_passes_come_in_order_and_lanes_lie_side_by_side():
    passes = over([0.0, 1.0, 2.0], overlap=0.25)
    assert np.all(np.diff(passes.draw * 3 + passes.stroke) >= 0)
    same = np.diff(passes.draw * 3 + passes.stroke) == 0
    np.testing.assert_allclose(np.diff(passes.lane)[same], 7.0 * 0.75)
    np.testing.assert_array_equal(passes.heading, np.array([0.0, 1.0, 2.0])[passes.stroke])


def test_back_and_forth_have_their_own_lanes_and_phases():
    passes = over([0.0, np.pi])
    back, forth = (passes.select(passes.stroke == s) for s in (0, 1))
    for name in ("phase", "lane"):
        one, other = getattr(back, name), getattr(forth, name)
        assert not np.isin(one, other).any(), name
    assert not np.isin(luck_of(back), luck_of(forth)).any()
    assert np.all((passes.phase >= 0) & (passes.phase < 1))
    assert np.all((passes.first >= 0) & (passes.first < DRUM.needles_per_ring))
    assert not np.isin(passes.select(passes.draw == 0).phase, passes.select(passes.draw == 1).phase).any()


@given(stagger=st.floats(0, 1))
@settings(deadline=None, max_examples=10)
def test_rings_are_staggered(stagger):
    drum = roller(DRAWS, stagger=stagger)
    phase = lay_passes(drum, np.zeros(2), 9, 9, DRAWS, np.random.default_rng(1), LEAD).phase
    off = (np.diff(phase, axis=1) - stagger + 0.5) % 1.0
    np.testing.assert_allclose(off, 0.5, atol=1e-9)


def test_the_drum_is_put_down_before_the_area_and_lifted_behind_it():
    passes = over([0.0, np.pi / 2, np.pi / 4], width=10.0, height=20.0)
    half = np.array([5.0, 10.0, 15 / np.sqrt(2)])[passes.stroke]
    np.testing.assert_allclose(passes.begin, -half - 2.0)
    np.testing.assert_allclose(passes.begin + passes.span, half + 1.0)


def test_chance_does_not_depend_on_how_hard_the_drum_is_put_down():
    """A harder hand needs a longer lead; lanes, phases, needles, luck and tremor stay."""
    one, other = over([0.0, 1.0], seed=3), over([0.0, 1.0], seed=3, lead=LEAD * 1.7)
    for name in ("draw", "stroke", "lane", "phase", "first", "wave", "chance"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert np.all(other.span > one.span)


def test_the_force_wavers_along_a_lane_as_much_as_asked():
    """Relative amplitudes a of sines vary the force by sqrt(sum a^2 / 2)."""
    passes = over([0.0] * 5, waver=np.array([0.0, 0.1, 0.2, 0.3]))
    amount = np.sqrt((passes.wave[..., 0] ** 2).sum(axis=1) / 2)
    np.testing.assert_allclose(amount, np.array([0.0, 0.1, 0.2, 0.3])[passes.draw], rtol=1e-12)
    along = np.linspace(0, 3000, 30001)
    a, k, p = np.moveaxis(passes.wave[passes.draw == 2][0], -1, 0)
    force = 1 + (a[:, None] * np.sin(k[:, None] * along + p[:, None])).sum(axis=0)
    assert force.std() == pytest.approx(0.2, rel=0.02) and force.mean() == pytest.approx(1, abs=0.01)
    own = over([0.0] * 5)
    amount = np.sqrt((own.wave[..., 0] ** 2).sum(axis=1) / 2)
    np.testing.assert_allclose(amount, DRAWS["instruments.hand.force_waver"][own.draw])


def test_luck_is_even_and_of_each_contact_alone():
    luck = luck_of(over(np.zeros(8)))
    assert np.all((luck > 0) & (luck < 1))  # a normal score of the ends would be infinite
    counts = np.histogram(luck, 10, (0, 1))[0] / luck.size
    np.testing.assert_allclose(counts, 0.1, atol=6 * np.sqrt(0.09 / luck.size))
    assert np.unique(luck).size == luck.size
    # Neighbours in a ring, rings, passes, and the numbers of one contact have nothing to do with each other.
    for axis in range(4):
        one, other = (luck.take(range(first, luck.shape[axis] - 1 + first), axis).ravel() for first in (0, 1))
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(one.size), axis


def test_places_turn_with_the_heading():
    passes = over([0.0, np.pi / 2, np.pi])
    for stroke, (x, y) in enumerate([(3.0, 1.0), (-1.0, 3.0), (-3.0, -1.0)]):
        of = np.nonzero(passes.stroke == stroke)[0]
        found = passes.locate(of, np.full(of.size, 3.0), np.full(of.size, 1.0))
        np.testing.assert_allclose(found[0], x, atol=1e-12)
        np.testing.assert_allclose(found[1], y, atol=1e-12)


def test_part_takes_whole_passes():
    passes = over([0.0, 1.0])
    some = passes.select(passes.draw == 2)
    assert 0 < some.count < passes.count and some.width == passes.width
    np.testing.assert_array_equal(luck_of(some), luck_of(passes)[passes.draw == 2])
