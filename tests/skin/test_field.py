"""The random field of skin: normal scores, alike over its length, and always the same at the same place."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.skin.field import SkinField

MANY = 20_000


def drawn(length: float = 1.0, draws: int = MANY, seed: int = 1) -> SkinField:
    return SkinField.of(np.full(draws, length), np.random.default_rng(seed))


@given(x=st.floats(-20, 20), y=st.floats(-20, 20), others=st.integers(0, 50), draw=st.integers(0, 4))
@settings(deadline=None, max_examples=20)
def test_a_place_has_one_score_whatever_else_is_asked(x, y, others, draw):
    field = drawn(draws=5)
    rng = np.random.default_rng(others)
    alone = field.scores_at(np.array([draw]), np.array([x]), np.array([y]))[0]
    xs, ys = np.append(rng.uniform(-9, 9, others), x), np.append(rng.uniform(-9, 9, others), y)
    among = field.scores_at(np.append(rng.integers(5, size=others), draw), xs, ys)[-1]
    assert alone == among


def test_scores_are_normal_over_draws():
    """Mean 0, variance 1, and no skew, within five standard errors; tails as of a normal law."""
    score = drawn().scores_at(np.arange(MANY), np.full(MANY, 3.1), np.full(MANY, -7.4))
    assert abs(score.mean()) < 5 / np.sqrt(MANY)
    assert abs(score.var() - 1) < 5 * np.sqrt(2 / MANY)
    assert abs((score**3).mean()) < 5 * np.sqrt(15 / MANY)
    np.testing.assert_allclose((np.abs(score) > 1.96).mean(), 0.05, atol=5 * np.sqrt(0.0475 / MANY) + 1e-3)


@given(length=st.floats(0.2, 5), turn=st.floats(0, 2 * np.pi), apart=st.sampled_from([0.3, 1.0, 2.0, 4.0]))
@settings(deadline=None, max_examples=8)
def test_correlation_falls_as_a_gaussian_of_the_distance(length, turn, apart):
    """exp(-r^2 / (2 length^2)): exp(-1/2) one length away, in every direction."""
    draws, places = 10_000, 8
    field, r = drawn(length, draws), apart * length
    # Pairs of places far from each other, so that each of them tells anew.
    every, x = np.repeat(np.arange(draws), places), np.tile(np.arange(places) * 30.0 * length, draws)
    here = field.scores_at(every, x, np.zeros_like(x))
    there = field.scores_at(every, x + r * np.cos(turn), np.full_like(x, r * np.sin(turn)))
    assert abs((here * there).mean() - np.exp(-(apart**2) / 2)) < 5 * np.sqrt(2 / x.size)


def test_draws_have_their_own_lengths_and_fields():
    field = SkinField.of(np.array([0.01, 100.0]), np.random.default_rng(2))
    x = np.linspace(0, 1, 400)
    short, long = (field.scores_at(np.full(400, d), x, np.zeros(400)) for d in (0, 1))
    assert short.std() > 0.5
    assert np.ptp(long) < 0.1


def test_the_same_chance_gives_the_same_field():
    at = (np.zeros(3, int), np.arange(3.0), np.ones(3))
    np.testing.assert_array_equal(
        drawn(draws=1, seed=4).scores_at(*at), drawn(draws=1, seed=4).scores_at(*at)
    )
    assert not np.array_equal(drawn(draws=1, seed=4).scores_at(*at), drawn(draws=1, seed=5).scores_at(*at))
