"""Peels, dermabrasion and lasers: what goes deeper or covers more costs more, through the same healing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from hudnal import simulate


@cache
def lasered(density=200, diameter="120 um", depth="0.6 mm", coagulation="50 um", ablative=True, **person):
    step = {
        "density": f"{density} /cm2", "diameter": diameter, "depth": depth, "coagulation": coagulation,
        "ablative": ablative,
    }  # fmt: skip
    return done({"laser": step}, person)


@cache
def peeled(agent, depth=None, **person):
    return done({"peel": {"with": agent, **({} if depth is None else {"depth": depth})}}, person)


def done(step, person):
    return simulate(
        {
            "person": {"age": "35 year", "phototype": "IV", **person},
            "session": ["wash", {"disinfect": {"with": "chlorhexidine-alcohol"}}, step],
            "course": {"follow_up": "12 week"},
        },
        draws=8,
    ).quantities


HARMS = ("pain", "downtime_days", "redness_days", "swelling_days", "pih_probability")


@pytest.mark.parametrize("harsher", [{"density": 800}, {"depth": "1.2 mm"}, {"coagulation": "100 um"}])
def test_more_of_a_laser_costs_more(harsher):
    less, more = lasered(), lasered(**harsher)
    for name in HARMS:
        assert (more[name] >= 0.999 * less[name]).all(), name
        assert more[name].mean() > less[name].mean(), name


@pytest.mark.parametrize("agent", ["tca-35", "dermabrasion"])
def test_a_deeper_peel_costs_more(agent):
    shallow, deep = peeled(agent, "0.08 mm"), peeled(agent, "0.4 mm")
    for name in HARMS:
        assert (deep[name] >= 0.999 * shallow[name]).all(), name
        assert deep[name].mean() > shallow[name].mean(), name


def test_a_peel_above_the_basal_layer_is_renewed_from_below_within_days():
    light, through = peeled("glycolic-35", "0.03 mm"), peeled("glycolic-35", "0.2 mm")
    assert np.isnan(light["epidermis_closed"]).all()
    assert (light["downtime_days"] < 7).all()
    assert np.isfinite(through["epidermis_closed"]).all()
    assert (through["downtime_days"] > light["downtime_days"]).all()
    assert (through["downtime_days"] * 24 > through["epidermis_closed"]).all()


def test_a_surface_left_whole_keeps_its_barrier_and_lets_nothing_in():
    open_, whole = lasered(), lasered(ablative=False)
    assert np.isnan(whole["barrier_closed"]).all()
    assert (whole["infection_probability"] == 0).all()
    assert (open_["infection_probability"] > 0).all()
    assert (whole["tewl_peak"] < open_["tewl_peak"]).all()
    # What dies in the column dies either way: the epidermis closes and the skin hurts and reddens alike.
    for name in ("pain", "redness_days", "epidermis_closed"):
        np.testing.assert_allclose(whole[name], open_[name], rtol=1e-6)
    assert (whole["collagen_change"] > open_["collagen_change"]).mean() > 0.5


def test_a_bared_face_is_red_for_weeks_and_the_deeper_the_longer():
    """One pass of CO2 4.5 weeks and back at work within two, many passes 4.5 months (co2_eryag_compared, co2_500)."""
    one, many = peeled("co2-laser"), peeled("co2-laser", "0.3 mm")
    assert 4.5 / 2.5 < np.median(one["redness_days"]) / 7 < 4.5 * 2.5
    assert 4.5 / 2 < np.median(many["redness_days"]) / 30 < 4.5 * 2
    assert (many["redness_days"] > one["redness_days"]).all()
    for bared in (one, many):
        assert 5 < np.median(bared["downtime_days"]) < 25
        assert (bared["downtime_days"] <= np.maximum(bared["redness_days"], 25)).all()
    # Columns close within a day or so: they grow no vessels.
    assert np.median(lasered()["redness_days"]) < 10
    assert (lasered()["herpes_probability"] < many["herpes_probability"]).all()
    assert (lasered()["pih_probability"] < many["pih_probability"]).all()


def test_pain_stays_on_its_scale():
    worst = lasered(5000, "0.5 mm", "4 mm", "0.2 mm")
    assert (worst["pain"] < 10).all()
    assert np.median(worst["pain"]) > 8


def test_smoke_lays_less_collagen_and_age_slows_closure():
    smoker, old = {"smoker": True}, {"age": "75 year"}
    for course in (lasered, lambda **p: peeled("dermabrasion", **p)):
        assert (course(**smoker)["collagen_change"] < course()["collagen_change"]).all()
        for name in ("epidermis_closed", "barrier_closed", "downtime_days"):
            assert (course(**old)[name] >= 0.999 * course()[name]).all(), name
        assert (course(**old)["epidermis_closed"] > course()["epidermis_closed"]).all()
