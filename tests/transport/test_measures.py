"""The same holes, four instruments."""

from __future__ import annotations

from itertools import pairwise
from math import log

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import MEASURES, Closure, Measures, OpenSkin
from hudnal.transport.closure import closing_rates

N = 256
DRAWS = Draws(N, 3)
ONE = np.ones(N)
FEW = 1e-6  # 1/mm2, so that the mouths do not share their air
TIMES = (0.0, 0.1, 0.25, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 900.0, 3000.0)


def left(name):
    return DRAWS[f"transport.measures.{name}_left"]


def skin(age=35.0):
    return Skin.at("volar-forearm", Person(age=age), Lesion.none(DRAWS), DRAWS)


def opened(closure, density=FEW, width=0.07, bare=0.0):
    return OpenSkin(density * ONE, width * ONE, closure.barrier, closure.lumen, bare * ONE)


def told(rates, times=TIMES, dries=True, density=FEW, width=0.07, since=0.0):
    """What the instruments have told of holes made at `since` that close at these rates."""
    closure = Closure.none(N).add_channels(np.zeros(N), ONE, since)
    measures = Measures.none(N).restart_after_needling(since, opened(closure, density, width), DRAWS)
    for a, b in pairwise(times):
        later = closure.advance(b - a, rates, since + a)
        before, after = opened(closure, density, width), opened(later, density, width)
        measures = measures.advance(before, after, since + a, since + b, dries, DRAWS)
        closure = later
    return measures


def usual(depth=0.1525, width=0.0707, cover="none", soothed=False, age=35.0, density=FEW):
    """Of holes of that size, under that cover."""
    rates = closing_rates(depth * ONE, width * ONE, cover, soothed, skin(age), DRAWS)
    return told(rates, dries=cover == "none", density=density, width=width).closing_hours


def test_what_sees_the_lumen_alone_is_an_exact_exponential():
    for name in ("dye", "tomography"):
        found = told((0.3 * ONE, 0.07 * ONE)).closing_hours[name]
        np.testing.assert_allclose(found, np.log(1 / left(name)) / 0.07, rtol=1e-12)


def test_water_loss_of_few_holes_is_an_exact_exponential_and_of_many_closes_later():
    rates = (0.3 * ONE, 0.07 * ONE)
    few, many = (told(rates, density=d).closing_hours["water_loss"] for d in (FEW, 1e3))
    np.testing.assert_allclose(few, np.log(1 / left("water_loss")) / 0.3, rtol=1e-4)
    # Where the mouths pass nearly all that the air takes, closing half of them stops less than half.
    assert np.all(many > few)


def test_current_through_barrier_and_lumen_that_close_alike():
    found = told((0.1 * ONE, 0.1 * ONE), dries=False).closing_hours["impedance"]
    np.testing.assert_allclose(found, np.log(1 / left("impedance")) / 0.1, rtol=1e-12)
    # In the open air the mouths dry as well.
    drying = log(2) / DRAWS["transport.measures.mouth_drying"]
    found = told((0.1 * ONE, 0.1 * ONE)).closing_hours["impedance"]
    np.testing.assert_allclose(found, np.log(1 / left("impedance")) / (0.1 + drying), rtol=1e-12)


def test_current_lies_between_its_two_parts():
    """In series: open no longer than the more open of the two, no shorter than the less open."""
    found = told((0.5 * ONE, 0.05 * ONE), dries=False).closing_hours["impedance"]
    soonest, latest = (np.log(1 / left("impedance")) / rate for rate in (0.5, 0.05))
    assert np.all((found >= soonest) & (found <= latest))


def test_one_interval_is_as_good_as_many():
    rates = (0.31 * ONE, 0.07 * ONE)
    for dries in (True, False):
        once = told(rates, times=(0.0, 900.0), dries=dries, density=3.0).closing_hours
        often = told(
            rates, times=tuple(np.linspace(0, 900, 37)), dries=dries, density=3.0, since=17.0
        ).closing_hours
        for name in MEASURES:
            np.testing.assert_allclose(often[name], once[name], rtol=1e-9, err_msg=name)


def test_not_closed_yet_and_no_holes_at_all():
    young = told((0.3 * ONE, 0.07 * ONE), times=(0.0, 0.01))
    assert all(np.isnan(hours).all() for hours in young.closing_hours.values())
    whole = Closure.none(N)
    never = Measures.none(N).restart_after_needling(np.nan, opened(whole), DRAWS)
    never = never.advance(opened(whole), opened(whole), 0.0, 100.0, True, DRAWS)
    assert all(np.isnan(hours).all() for hours in never.closing_hours.values())
    assert not never.wet_path(opened(whole), DRAWS).any()


def test_new_needles_begin_anew():
    measures = told((0.3 * ONE, 0.07 * ONE))
    assert all(np.isfinite(hours).all() for hours in measures.closing_hours.values())
    fresh = Closure.none(N).add_channels(np.zeros(N), ONE, 4000.0)
    again = measures.restart_after_needling(4000.0, opened(fresh), DRAWS)
    assert all(np.isnan(hours).all() for hours in again.closing_hours.values())
    np.testing.assert_allclose(again.wet_path(opened(fresh), DRAWS), 1.0)


@pytest.mark.parametrize(
    "worse", [{"depth": 0.6}, {"width": 0.2}, {"age": 80}, {"cover": "airtight"}, {"soothed": True}], ids=str
)
def test_every_instrument_says_later_for_worse_holes(worse):
    for name, hours in usual().items():
        assert np.all(usual(**worse)[name] >= hours), name
        assert np.median(usual(**worse)[name] / hours) > 1.02, name


def test_the_order_published_for_holes_in_the_open_air():
    """Rat rollers (Kalluri 2011): water loss 4-5 h, dye 12-18 h; people (Gupta 2011): impedance within 2 h;
    swelling needles (Donnelly 2014): water loss within a day, tomography not."""
    hours = {name: np.median(times) for name, times in usual().items()}
    assert hours["impedance"] <= 2 < hours["water_loss"] < hours["dye"]
    assert hours["water_loss"] < hours["tomography"]
    wide = {name: np.median(times) for name, times in usual(depth=0.3, width=0.15).items()}
    assert wide["water_loss"] < 24 < wide["tomography"]


def test_a_cover_keeps_the_way_for_current_open_for_days():
    """Gupta 2011 and Ogunjimi 2021: within 2 h in the open, 58-63 h under a cover."""
    open_air, covered = (usual(depth=0.3, width=0.1, cover=c)["impedance"] for c in ("none", "airtight"))
    assert np.quantile(open_air, 0.5) < 2
    assert np.quantile(covered, 0.25) < 58 and np.quantile(covered, 0.75) > 63
