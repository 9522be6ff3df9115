"""Redness of days and of weeks: what vessels answer to, and those that grow where the dermis lies bare."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.outcome.redness import Reaction
from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin

DRAWS = Draws(16, 3)
ONE, ZERO = np.ones(16), np.zeros(16)
DECAY = 0.0128 * ONE
SPANS = st.floats(0.0, 300.0)


def react(hurt=0.1, opened=0.1, **person) -> Reaction:
    skin = Skin.at("cheek", Person(**person), Lesion.none(DRAWS), DRAWS)
    return Reaction.of(skin, DRAWS).add_injury(ONE, hurt * ONE, DRAWS, opened * ONE)


def redden(left: float, hurt=0.1, opened=0.1, **person) -> np.ndarray:
    """Days of redness after an injury that hurts, and leaves open, those shares for `left` h."""
    return react(hurt, opened, **person).predict_redness_hours(hurt * ONE, DECAY, left * ONE) / 24


@given(SPANS, SPANS, st.floats(0.0, 400.0))
@settings(deadline=None, max_examples=40)
def test_time_may_be_cut_anywhere(first, second, left):
    once = react().advance(first + second, left * ONE)
    twice = react().advance(first, left * ONE).advance(second, np.maximum(left - first, 0.0) * ONE)
    for name in ("flare", "mediators", "vessels", "leak"):
        np.testing.assert_allclose(getattr(once, name), getattr(twice, name), rtol=1e-9, atol=1e-12)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 400.0))
@settings(deadline=None, max_examples=40)
def test_redness_ends_where_it_is_just_visible(hurt, opened, left):
    days = redden(left, hurt, opened)
    after = react(hurt, opened).advance(days * 24, left * ONE)
    level = after.rate_redness(hurt * ONE * np.exp(-DECAY * days * 24))
    seen = (days > 0) & (days < 365)
    np.testing.assert_allclose(level[seen], 1, rtol=1e-6)
    assert np.all(level[days == 0] <= 1)


def test_what_heat_hurts_is_red_for_longer_and_needles_are_as_before():
    """Redness after each session was shorter with needles than with a laser (safety:AE-014)."""
    skin = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)
    signal, lasts = 0.2 * ONE, []
    for share in (0.0, 0.5, 1.0):
        burnt = Reaction.of(skin, DRAWS).add_injury(ONE, signal, DRAWS, burnt=share * signal)
        lasts.append(burnt.predict_redness_hours(signal, DECAY))
    np.testing.assert_allclose(lasts[0], 24 * redden(0.0, hurt=0.2))
    for shorter, longer in pairwise(lasts):
        assert np.all(longer >= shorter)
    assert np.median(lasts[2] - lasts[0]) > 12


def test_what_closes_in_a_day_grows_no_vessels_and_what_lies_open_longer_is_red_for_longer():
    closed = [redden(left) for left in (0.0, 12.0, 24.0)]
    np.testing.assert_allclose(closed[1], closed[0], rtol=1e-9)
    np.testing.assert_allclose(closed[2], closed[0], rtol=1e-9)
    lasts = [redden(left, hurt=0.3, opened=0.3) for left in (24.0, 100.0, 200.0, 300.0)]
    for shorter, longer in pairwise(lasts):
        assert np.all(longer >= shorter)
    assert np.median(lasts[0]) < 7
    assert np.median(lasts[2]) > 28
    np.testing.assert_allclose(redden(200.0, opened=0.0), closed[0], rtol=1e-9)


def test_vessels_sprout_after_their_lag_and_fade_at_their_time():
    lag = DRAWS["outcome.redness.vessel_lag"] * 24
    bared = react(opened=0.4)
    assert not bared.advance(lag, 200 * ONE).vessels.any()
    grown = bared.advance(200.0, 200 * ONE)
    assert np.all(grown.vessels > 0)
    later = grown.advance(grown.vessel_time, ZERO)
    np.testing.assert_allclose(later.vessels, grown.vessels / np.e)


def test_cells_that_come_in_redden_less_than_those_that_were_torn():
    """On day 2 the infiltrate is at its most and redness has mostly gone (safety:AE-037: within 48 h)."""
    calm = react(hurt=0.0, opened=0.0)
    assert np.all(calm.rate_redness(0.1 * ONE) - calm.rate_redness(ZERO) <= 0.1 / calm.threshold)
    assert np.median(redden(17.0, hurt=0.06)) < 3
    hard = react(hurt=0.3)
    seen_whole = replace(hard, sees=ONE).predict_redness_hours(0.3 * ONE, DECAY)
    assert np.all(hard.predict_redness_hours(0.3 * ONE, DECAY) < seen_whole)


def test_dark_skin_hides_vessels_too():
    assert np.all(redden(200.0, 0.3, 0.3, phototype=6) <= redden(200.0, 0.3, 0.3, phototype=2))


@given(st.floats(1.0, 8.0), st.floats(0.0, 5.0))
@settings(deadline=None, max_examples=20)
def test_holes_that_are_dragged_into_slits_redden_for_longer(tearing, more):
    calm = react(hurt=0.0, opened=0.0)

    def last(times: float) -> np.ndarray:
        torn = calm.add_injury(ONE, 0.06 * ONE, DRAWS, tearing=times)
        return torn.predict_redness_hours(0.06 * ONE, DECAY)

    assert np.all(last(tearing + more) >= last(tearing))
