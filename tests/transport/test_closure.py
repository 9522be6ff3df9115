from __future__ import annotations

from math import log

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Closure, water_loss
from hudnal.transport.closure import closing_rates, surface_rate

DRAWS = Draws(16, 3)
ONE = np.ones(16)


def skin(**person) -> Skin:
    return Skin.at("volar-forearm", Person(**person), Lesion.none(DRAWS), DRAWS)


def test_half_of_the_holes_after_a_half_life():
    state = Closure.none(16).reopened(np.zeros(16), ONE, 10.0)
    assert np.all(state.barrier == 1)
    rates = (log(2) / 3.0 * ONE, log(2) / 20.0 * ONE)
    for hours in (1.0, 1.5, 4.0, 30.0):
        state = state.advance(
            hours, rates, 10.0 if hours == 1.0 else 10.0 + {1.5: 1.0, 4.0: 2.5, 30.0: 6.5}[hours]
        )
    assert np.allclose(state.barrier_half, 3.0)
    assert np.allclose(state.lumen_half, 20.0)


def test_new_holes_reopen_in_proportion():
    closed = Closure.none(16).reopened(np.zeros(16), ONE, 0.0).advance(100.0, (ONE, ONE), 0.0)
    again = closed.reopened(3 * ONE, ONE, 100.0)
    assert np.allclose(again.lumen, 0.25)
    assert np.isnan(again.lumen_half).all()
    # Half of those open then: also where the mix starts below one half.
    half = again.advance(100.0, (ONE, ONE * 0.1), 100.0).lumen_half
    assert np.allclose(half, log(2) / 0.1)


def test_deeper_older_and_covered_holes_close_later():
    base = closing_rates(0.15 * ONE, "none", skin(), DRAWS)
    for other in (
        closing_rates(0.6 * ONE, "none", skin(), DRAWS),
        closing_rates(0.15 * ONE, "none", skin(age=80), DRAWS),
        closing_rates(0.15 * ONE, "airtight", skin(), DRAWS),
    ):
        assert np.all(other[0] < base[0])
        assert np.all(other[1] < base[1])


def test_petrolatum_is_no_airtight_film():
    """Petrolatum does not stop repair (Ghadially 1992), an airtight film does (Grubauer 1989)."""
    base, jelly, film = (
        closing_rates(0.15 * ONE, c, skin(), DRAWS)[0] for c in ("none", "petrolatum", "airtight")
    )
    assert np.median(jelly / base) == pytest.approx(1 / 0.9, rel=0.15)
    assert np.all(film < jelly)


def test_published_repair_of_a_stripped_surface():
    """Ghadially 1995: 50 % back at 24 h in the young."""
    one = Draws(1)
    young = Skin.at("volar-forearm", Person(age=25), Lesion.none(one), one)
    back = 1 - np.exp(-24 * surface_rate(young, one))
    assert back[0] == pytest.approx(0.5, abs=0.06)


def loss(density=5.0, width=0.07, barrier=1.0, bare=0.0, age=None):
    return water_loss(skin(), density * ONE, width * ONE, barrier * ONE, bare * ONE, age, DRAWS)


def test_water_loss_through_holes():
    whole = loss(density=0.0)
    assert np.allclose(whole, skin().water_loss)
    assert np.allclose(loss(barrier=0.0), whole)
    assert np.all(loss() > whole)
    assert np.all(loss(density=10.0) > loss())
    # However many and wide the mouths, no more leaves than from a free surface.
    assert np.all(loss(density=1e9) <= whole + DRAWS["transport.water.free_surface"] * 1.001)


def test_petrolatum_stops_half_of_the_loss_and_wears_off():
    """P03: 89 % at 30 min, 58 % at 90 min; P02: over half."""
    bare = loss()
    assert np.all(loss(age=0.0) < 0.35 * bare)
    assert np.all(loss(age=1.5) < 0.75 * bare)
    assert np.allclose(loss(age=200.0), bare)
