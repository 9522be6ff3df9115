"""How forecasts fared: inside or not, by what factor, how sharp beside comparable studies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_up import plain, samples

from hudnal.evidence.forecast import Forecast
from hudnal.evidence.scale import scale_of
from hudnal.evidence.score import plain_spreads, score_forecasts


def test_inside_means_that_the_intervals_meet():
    case = plain(low=1.0, high=3.0)
    assert Forecast(case, samples(2, 2, 2)).inside
    assert not Forecast(case, samples(4, 5, 6)).inside
    assert Forecast(case, samples(2.5, 5, np.inf)).inside  # "never" for some draws: an open end
    assert not Forecast(case, samples()).inside


def test_the_factor_by_which_a_median_is_off():
    assert Forecast(plain(value=2.0), samples(4, 4, 4)).factor == pytest.approx(2)
    assert Forecast(plain(low=1.0, high=3.0), samples(2.9, 2.9, 2.9)).factor == 1  # within the range
    assert Forecast(plain(low=1.0, high=3.0), samples(6, 6, 6)).factor == pytest.approx(2)
    grade = plain(value=-20.0, low=-20.0, high=-20.0, scale=scale_of("change"))
    assert Forecast(grade, samples(-60, -60, -60)).factor == pytest.approx(2)  # half as much is left
    assert Forecast(plain(), samples(np.inf, np.inf, np.inf)).factor is None


def test_sharper_than_what_comparable_studies_spread():
    group = [plain(id=f"g{i}", value=v, low=v, high=v, alike="g") for i, v in enumerate((1.0, 2.0, 4.0))]
    width = plain_spreads(group)["g"]
    assert width == pytest.approx(2 * 1.645 * np.log(2) * np.sqrt(4 / 3), rel=1e-3)
    narrow = [Forecast(c, samples(*np.linspace(1.9, 2.1, 21))) for c in group]
    sharpness = score_forecasts(narrow).sharpness
    assert sharpness is not None and sharpness < 0.1
    assert plain_spreads(group[:2]) == {}


def width_of(case, values):
    width = Forecast(case, values).width
    assert width is not None
    return width


def test_a_forecast_that_everybody_responds_has_a_width():
    group = [
        plain(
            id=f"g{i}",
            value=k / 30,
            low=k / 30,
            high=k / 30,
            count=k,
            n=30,
            scale=scale_of("share"),
            alike="g",
        )
        for i, k in enumerate((20, 26, 30))
    ]
    spread = plain_spreads(group)["g"]
    assert np.isfinite(spread)
    always = Forecast(group[2], np.ones(64))
    assert always.width == 0
    assert width_of(group[1], samples(*np.array((28, 30, 30)) / 30)) > 0
    assert width_of(group[1], samples(*np.array((28, 30, 30)) / 30)) < width_of(
        group[1], samples(*np.array((10, 20, 30)) / 30)
    )
    # Twice the people, the same share: the last of them weighs less.
    more = replace(group[2], n=60, count=60)
    assert width_of(more, np.array([0.5, 1.0])) > width_of(group[2], np.array([0.5, 1.0]))
