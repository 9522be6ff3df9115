"""Skin whose corneum a peel or a laser took: what it lets in, and that nothing is lost or runs uphill there either."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.parameters import Distribution, Draws, Parameter
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import BareSkin, Channels, Depot, Product, TransportConditions, product
from hudnal.transport.closure import surface_rate
from hudnal.transport.drug_layers import DrugLayers
from hudnal.transport.medium import OpenBarrier

DRAWS = Draws(8, 3)
SKIN = Skin.at("abdomen", Person(age=25), Lesion.none(DRAWS), DRAWS)
ONE, STILL = np.ones(8), np.zeros(8)
WHOLE = Channels.none(8)
FILM = 20.0  # mm: as much as the receptor holds
LONG = np.geomspace(1e-2, 1e8, 100)  # h, steps to the end


def barrier(bare=0.0, regained=0.0, thinned=0.0) -> OpenBarrier:
    return OpenBarrier(bare * ONE, regained * ONE, thinned * ONE)


def deliver(name, what, opened, hours=1.0, amount=5.0, channels=WHOLE) -> Depot:
    depot = Depot.empty(name, SKIN, DRAWS, 0.0).spread(product(what), amount, DRAWS)
    conditions = TransportConditions(0.5, 1.0, covered=True, barrier=opened)
    return depot.advance(hours, channels, STILL, conditions, DRAWS)


@settings(max_examples=30)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.99), st.booleans(), st.floats(0.01, 30))
def test_nothing_is_lost(bare, regained, thinned, needled, hours):
    channels = Channels.uniform(6 * ONE, 0.07 * ONE, 0.3 * ONE, ONE) if needled else WHOLE
    depot = deliver("lidocaine", "lmx-4", barrier(bare, regained, thinned), hours, channels=channels)
    for strip in (depot.needled, depot.whole):
        assert np.allclose(strip.total() / depot.applied, 1, rtol=0, atol=1e-12)
        assert np.all(strip.on_skin >= 0)


@settings(max_examples=50)
@given(
    st.sampled_from(["pka", "pka_acid"]),
    st.floats(2, 12),
    st.floats(-3, 5),
    st.floats(3, 10),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_nothing_ends_above_equilibrium(kind, pka, log_kow, ph, bare, regained):
    few, two = Draws(2, 3), np.ones(2)
    skin = Skin.at("abdomen", Person(age=25), Lesion.none(few), few)
    given = {"molar_mass": 300.0, "log_kow": log_kow, "unbound": 0.5, kind: pka}
    own = {
        (name := f"transport.compounds.x.{key}"): Parameter(
            name, value, "1", Distribution("fixed", value), (), "defined", ""
        )
        for key, value in given.items()
    }
    draws = few.including(own)
    donor = Product("donor", "serum", {"x": 1.0}, "water", ph, True, 1.0)
    layers = DrugLayers.excised(skin, 0.5, FILM)
    depot = Depot.empty("x", skin, draws, 0.0, layers).spread(donor, 100 * FILM, draws)
    opened = OpenBarrier(bare * two, regained * two, 0 * two)
    conditions = TransportConditions(1.0, 1.0, covered=True, barrier=opened)
    depot = depot.advance(LONG.sum(), Channels.none(2), 0 * two, conditions, draws, LONG)
    strip, neutral = depot.needled, depot.film_neutral / depot.compound.neutral_in_tissue
    ratio = (strip.in_receptor() / FILM) / (strip.on_skin / depot.film)
    assert np.all(ratio <= np.maximum(neutral, 1) * (1 + 1e-6))
    assert np.allclose(strip.total() / depot.applied, 1, rtol=1e-6)


def test_the_less_corneum_the_more_comes_in():
    amounts = [
        deliver("caffeine", "caffeine-3", opened, 4.0, 200.0).needled.delivered()
        for opened in (None, barrier(thinned=0.5), barrier(0.3), barrier(0.6), barrier(1.0))
    ]
    # Where nearly all goes through pores it counts for nothing how thick the corneum is.
    assert np.all(np.diff(amounts, axis=0) > -1e-3 * np.array(amounts[:-1]))
    assert np.all(np.diff(np.median(amounts, axis=1)) > 0)
    back = deliver("caffeine", "caffeine-3", barrier(1.0, regained=0.9), 4.0, 200.0).needled.delivered()
    assert np.all(amounts[0] < 2 * back) and np.all(back < amounts[-1])


def test_skin_left_whole_stays_whole_beside_it():
    plain, peeled = (deliver("caffeine", "caffeine-3", opened) for opened in (None, barrier(1.0)))
    assert np.allclose(plain.whole.delivered(), peeled.whole.delivered(), rtol=0.03)  # in other steps
    assert peeled.needled is not peeled.whole


def test_bare_skin_helps_a_hydrophile_a_hundredfold_and_a_lipophile_hardly():
    """Lee: a small polar acid 100 to 640 times through fully lasered skin, a lipophile 5 to 12 times."""
    gains = {}
    for name, what in (("ascorbic-acid", "vitamin-c-serum"), ("retinol", "retinol-0.3")):
        depot = deliver(name, what, barrier(1.0), hours=8.0, amount=100.0)
        gains[name] = np.median(depot.needled.delivered() / depot.whole.delivered())
    assert gains["ascorbic-acid"] > 50
    assert gains["retinol"] < 12
    assert gains["ascorbic-acid"] > 10 * gains["retinol"]


def test_thinner_corneum_is_in_series():
    """At the steady state half of the corneum lets through twice as much: more with each strip, as of caffeine."""
    flux = []
    for thinned in (0.0, 0.5, 0.75):
        conditions = TransportConditions(1.0, 1e4, covered=True, barrier=barrier(thinned=thinned))
        depot = Depot.empty("caffeine", SKIN, DRAWS, 0.0).spread(product("caffeine-3"), 1000.0, DRAWS)
        early, late = (depot.advance(t, WHOLE, STILL, conditions, DRAWS) for t in (20.0, 30.0))
        flux.append(np.median(late.needled.delivered() - early.needled.delivered()))
    assert flux[1] / flux[0] == pytest.approx(2, rel=0.25)
    assert flux[2] - flux[1] > (flux[1] - flux[0])  # not in a line


def test_a_cream_that_nobody_stirs_feeds_bare_skin_ever_more_slowly():
    """Higuchi: what bare skin takes of a thick layer goes with the root of the time, not with the time."""
    depot = Depot.empty("lidocaine", SKIN, DRAWS, 0.0).spread(product("emla"), 150.0, DRAWS)
    conditions = TransportConditions(1.0, 1.0, covered=True, barrier=barrier(1.0))
    taken = []
    for _ in range(24):
        depot = depot.advance(1 / 12, WHOLE, STILL, conditions, DRAWS)
        taken.append(depot.applied - depot.needled.on_skin)
    assert np.all(taken[23] < 3.3 * taken[5])  # four times as long
    assert np.all((taken[5] > 0.02 * depot.applied) & (taken[23] < 0.5 * depot.applied))


def found(skin: BareSkin) -> OpenBarrier:
    """The barrier of skin that is bare somewhere."""
    opened = skin.find_barrier(SKIN, DRAWS)
    assert opened is not None
    return opened


def test_how_a_bared_surface_counts_as_it_closes():
    rate = surface_rate("none", SKIN, DRAWS)
    assert BareSkin.none(8).find_barrier(SKIN, DRAWS) is None
    skin = BareSkin.none(8).remove_corneum(ONE, 0.0, is_sheet=True)
    fresh = found(skin)
    assert np.allclose(fresh.bare, 1) and np.allclose(fresh.regained, 0) and not fresh.thinned.any()
    regained = [fresh.regained]
    for day in range(4):
        skin = skin.advance(24.0, rate, 24.0 * day)
        regained.append(found(skin).regained)
    assert np.all(np.diff(regained, axis=0) > 0)
    # Half of the water is held back long before half of the resistance is there again.
    assert np.median(regained[1]) < 0.3
    assert skin.advance(24.0 * 60, rate, 96.0).find_barrier(SKIN, DRAWS) is None


def test_a_sheet_that_stays_within_the_corneum_only_thins_it():
    skin = BareSkin.none(8).remove_corneum(0.4 * ONE, 0.0, is_sheet=True)
    opened = found(skin)
    assert np.allclose(opened.thinned, 0.4) and not opened.bare.any()
    columns = BareSkin.none(8).remove_corneum(0.05 * ONE, 0.0)
    assert np.allclose(found(columns).bare, 0.05)
