"""The front of epidermis: a lag, then a way from the rim."""

from __future__ import annotations

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Front

DRAWS = Draws(16, 3)
ONE = np.ones(16)


def skin(**person) -> Skin:
    return Skin.at("cheek", Person(**person), Lesion.none(DRAWS), DRAWS)


def closed(width, *, hours=(400.0,), cover=(False,), **person):
    front = Front.of(skin(**person), DRAWS).open_gap(width * ONE)
    for span, covered in zip(hours, cover, strict=True):
        front = front.advance(span, front.pace(covered))
    return front.closing_hours


def test_epidermis_closes_from_the_rim():
    """T = t_lag + r / v; no wound, no time; under a cover all of it goes faster; the old are slower."""
    narrow, wide = closed(0.07), closed(0.3)
    lag, speed = DRAWS["tissue.front.lag"], DRAWS["tissue.front.speed"] * 1e-3
    one = skin()
    np.testing.assert_allclose(wide, lag / one.epithelium_speed + 0.15 / (speed * one.epithelium_speed))
    assert np.all(wide > narrow)
    assert np.isnan(closed(0.0)).all()
    assert np.isinf(closed(0.3, hours=(1.0,))).all()
    np.testing.assert_allclose(closed(0.3, cover=(True,)), wide / DRAWS["tissue.front.cover_gain"])
    assert np.all(closed(0.07, age=75) > narrow)


def test_the_front_does_not_mind_how_time_is_cut():
    whole = closed(0.3)
    cut = closed(0.3, hours=(0.3, 7.0, 5.5, 9.0, 400.0), cover=(False,) * 5)
    np.testing.assert_allclose(cut, whole, rtol=1e-12)
    late = closed(0.3, hours=(400.0, 10.0), cover=(False, True))
    np.testing.assert_allclose(late, whole)
