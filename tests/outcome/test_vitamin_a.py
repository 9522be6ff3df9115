from __future__ import annotations

import numpy as np

from hudnal.outcome.vitamin_a import VitaminA
from hudnal.parameters import Draws

DRAWS = Draws(16, 2)
ONE = np.ones(16)


def under(percent: float, hours: float = 24.0, gain: float = 1.0) -> VitaminA:
    none = VitaminA.none(16)
    return none.add_layer(percent * ONE, 1e6).advance(hours, 0.0, gain * ONE, DRAWS)


def test_thickening_levels_off_where_irritation_does_not():
    """Griffiths 1995: 0.1 % thickens no more than 0.025 %, and irritates more."""
    weak, strong = under(0.025), under(0.1)
    assert np.all(strong.rate_drive(DRAWS) / weak.rate_drive(DRAWS) < 1.4)
    assert np.median(strong.rate_irritation(DRAWS) / weak.rate_irritation(DRAWS)) > 1.5
    assert np.all(under(0.001).rate_drive(DRAWS) < 0.4)


def test_skin_gets_used_to_it():
    early, late = under(0.05), under(0.05, 24 * 7 * 12)
    assert np.all(late.rate_irritation(DRAWS) < early.rate_irritation(DRAWS))
    assert np.all(late.worst >= late.rate_irritation(DRAWS))


def test_open_holes_make_it_stronger():
    assert np.all(under(0.025, gain=20).rate_irritation(DRAWS) > under(0.025).rate_irritation(DRAWS))


def test_it_hastens_renewal_and_ends():
    on = under(0.05)
    days = 14.0 * ONE
    assert np.all(on.find_turnover(days, DRAWS) < days)
    off = on.add_layer(0.05 * ONE, 10.0).advance(1.0, 11.0, ONE, DRAWS)
    assert np.array_equal(off.find_turnover(days, DRAWS), days)
    assert not off.rate_irritation(DRAWS).any()
