"""Distributions are those of the textbook, cut where they are said to be; what makes no sense is refused."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hudnal.parameters import Distribution
from hudnal.parameters.distribution import read_distribution

U = np.array([[0.001, 0.2, 0.5], [0.7, 0.95, 0.9999]])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Distribution("normal", 3.0, 0.5), stats.norm(3.0, 0.5)),
        (Distribution("normal", 1.0, 2.0, low=0.5), stats.truncnorm(-0.25, inf, 1.0, 2.0)),
        (Distribution("normal", 1.0, 2.0, low=-1.0, high=1.5), stats.truncnorm(-1.0, 0.25, 1.0, 2.0)),
        (Distribution("lognormal", 2.0, 1.7), stats.lognorm(np.log(1.7), scale=2.0)),
        (Distribution("lognormal", 0.5, 3.0), stats.lognorm(np.log(3.0), scale=0.5)),
        (Distribution("lognormal", 2.0, 1.7, low=-1.0), stats.lognorm(np.log(1.7), scale=2.0)),
        (Distribution("lognormal", 2.0, 1.7, low=0.0), stats.lognorm(np.log(1.7), scale=2.0)),
        (Distribution("uniform", -1.0, 3.0), stats.uniform(-1.0, 4.0)),
        (Distribution("loguniform", 0.1, 10.0), stats.loguniform(0.1, 10.0)),
        (Distribution("beta", 0.5, 60.0), stats.beta(0.5, 60.0)),
        (Distribution("beta", 2.0, 0.5), stats.beta(2.0, 0.5)),
    ],
    ids=lambda d: str(d) if isinstance(d, Distribution) else "",
)
def test_quantiles_are_those_of_the_textbook(ours, theirs):
    values = ours.quantile(U)
    assert values.shape == U.shape
    np.testing.assert_allclose(values, theirs.ppf(U), rtol=1e-9)


def test_a_cut_lognormal_is_the_rest_of_it():
    low, high = 1.5, 5.0
    cut, whole = Distribution("lognormal", 2.0, 1.7, low, high), stats.lognorm(np.log(1.7), scale=2.0)
    below, above = whole.cdf([low, high])
    np.testing.assert_allclose(cut.quantile(U), whole.ppf(below + (above - below) * U), rtol=1e-9)


def test_medians_and_shapes_below_one_make_sense():
    assert Distribution("lognormal", 0.01, 1.01).quantile(np.array([0.5]))[0] == pytest.approx(0.01)
    assert Distribution("beta", 0.5, 0.5).quantile(np.array([0.5]))[0] == pytest.approx(0.5)


def test_what_is_exact_has_one_value():
    assert Distribution("fixed", 2.5).quantile(U).tolist() == np.full(U.shape, 2.5).tolist()


def test_points_may_be_whole_numbers_or_single_precision():
    assert Distribution("uniform", 0.0, 3.0).quantile(np.array([0, 1])).tolist() == [0.0, 3.0]
    assert Distribution("loguniform", 1.0, 3.0).quantile(np.array([0.3], np.float32)).dtype == np.float64


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_quantiles_rise(u, v):
    low, high = min(u, v), max(u, v)
    for spread in (
        Distribution("normal", 1.0, 0.3, low=0.2),
        Distribution("lognormal", 2.0, 1.7),
        Distribution("uniform", -1.0, 3.0),
        Distribution("loguniform", 0.1, 10.0),
        Distribution("beta", 0.5, 60.0),
    ):
        a, b = spread.quantile(np.array([low, high]))
        assert a <= b


def test_cut_normal_stays_within():
    values = Distribution("normal", 0.0, 1.0, low=-0.5, high=0.25).quantile(np.linspace(0.0001, 0.9999, 99))
    assert values.min() >= -0.5
    assert values.max() <= 0.25


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("normal", 1.0, 0.0), "normal needs a standard deviation above 0, not 0.0"),
        (("lognormal", -1.0, 2.0), "lognormal needs a median above 0 and a GSD above 1, not -1.0, 2.0"),
        (("lognormal", 0.0, 2.0), "lognormal needs"),
        (("lognormal", 1.0, 1.0), "lognormal needs"),
        (("uniform", 2.0, 1.0), "uniform needs low < high, not 2.0, 1.0"),
        (("uniform", 1.0, 1.0), "uniform needs low < high"),
        (("loguniform", 2.0, 1.0), "loguniform needs low < high"),
        (("loguniform", 0.0, 1.0), "loguniform needs ends above 0, not 0.0"),
        (("loguniform", -1.0, 1.0), "loguniform needs ends above 0"),
        (("beta", 0.0, 1.0), "beta needs two shapes above 0, not 0.0, 1.0"),
        (("beta", 1.0, 0.0), "beta needs two shapes above 0"),
        (("normal", 1.0, 1.0, 2.0, 1.0), "the cut needs low < high, not 2.0, 1.0"),
        (("normal", 1.0, 1.0, 2.0, 2.0), "the cut needs low < high"),
    ],
)
def test_senseless_spreads_are_refused(wrong, told):
    with pytest.raises(ValueError, match=told):
        Distribution(*wrong)


@pytest.mark.parametrize(
    ("spread", "meant"),
    [
        (None, Distribution("fixed", 2.0)),
        ({}, Distribution("fixed", 2.0)),
        ({"gsd": 1.4}, Distribution("lognormal", 2.0, 1.4)),
        ({"gsd": "1.4", "min": 1, "max": "9"}, Distribution("lognormal", 2.0, 1.4, 1.0, 9.0)),
        ({"sd": 0.2}, Distribution("normal", 2.0, 0.2)),
        ({"sd": 0.2, "min": 1.5}, Distribution("normal", 2.0, 0.2, low=1.5)),
        ({"sd": 0.2, "max": 2.5}, Distribution("normal", 2.0, 0.2, high=2.5)),
        ({"uniform": [1, 3]}, Distribution("uniform", 1.0, 3.0)),
        ({"loguniform": [1, 10]}, Distribution("loguniform", 1.0, 10.0)),
        ({"beta": [2, 30]}, Distribution("beta", 2.0, 30.0)),
    ],
)
def test_a_spread_as_a_table_writes_it(spread, meant):
    assert read_distribution(2.0, spread) == meant


@pytest.mark.parametrize(
    ("spread", "told"),
    [
        ({"gsd": 1.4, "sd": 0.2}, r"one kind of spread is needed, not \['gsd', 'sd'\]"),
        ({"min": 1.0}, r"one kind of spread is needed, not \[\]"),
        ({"uniform": [1, 3], "min": 0}, "uniform has its own ends: no min, no max"),
        ({"loguniform": [1, 3], "max": 5}, "loguniform has its own ends"),
        ({"beta": [1, 3], "min": 0}, "beta has its own ends"),
        ({"cauchy": 1.0}, "unknown spread 'cauchy'"),
        ({"uniform": [1, 2, 3]}, "too many values"),
    ],
)
def test_a_spread_that_is_none_is_refused(spread, told):
    with pytest.raises(ValueError, match=told):
        read_distribution(2.0, spread)


def test_a_spread_leaves_the_table_as_it_was():
    spread = {"sd": 0.2, "min": 1.0}
    read_distribution(2.0, spread)
    assert spread == {"sd": 0.2, "min": 1.0}
