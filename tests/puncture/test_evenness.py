"""Evenness: chance gives 1, a lattice keeps apart, and what is far from a hole is far from a hole."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.puncture.evenness import far_share, pair_correlation

EDGES = np.linspace(0, 1.5, 16)


def test_by_chance_pairs_are_as_frequent_as_by_chance():
    rng = np.random.default_rng(1)
    found = [pair_correlation(x, y, 10.0, EDGES) for x, y in rng.uniform(0, 10, (20, 2, 800))]
    np.testing.assert_allclose(np.mean(found, axis=0)[2:], 1, atol=0.03)


def test_a_lattice_has_no_pair_below_its_pitch():
    x, y = (a.ravel() for a in np.meshgrid(np.arange(0.5, 10), np.arange(0.5, 10)))
    g = pair_correlation(x, y, 10.0, np.array([0, 0.99, 1.01, 1.4]))
    assert g[0] == 0 and g[2] == 0
    # Four neighbours at the pitch against the ring's share of the density, 1/mm2.
    assert g[1] == pytest.approx(4 / (pi * (1.01**2 - 0.99**2)), rel=0.02)


def test_one_hole_has_no_pair():
    assert np.isnan(pair_correlation(np.ones(1), np.ones(1), 10.0, EDGES)).all()


def test_far_from_a_single_hole():
    share = far_share(np.array([5.0]), np.array([5.0]), 10.0, 1.0)
    assert share == pytest.approx(1 - pi / 64, abs=2e-3)  # of the 8 x 8 mm inside the rim
    assert far_share(np.zeros(0), np.zeros(0), 10.0, 1.0) == 1


@given(st.integers(1, 60), st.integers(0, 10_000))
def test_more_holes_leave_less_out(count, seed):
    x, y = np.random.default_rng(seed).uniform(0, 10, (2, count))
    all_of_them = far_share(x, y, 10.0, 0.7)
    assert 0 <= all_of_them <= far_share(x[: count // 2], y[: count // 2], 10.0, 0.7) <= 1
