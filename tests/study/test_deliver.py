"""One compound followed through skin: balance, both strips, diffusion cells, analytic limits through the whole way."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.intake.load import load
from hudnal.study.deliver import PLACES, NotApplied, deliver

CELL = {
    "setting": "franz-cell",
    "site": "abdomen",
    "area": "1 cm2",
    "cell": {"receptor": "20 mL", "skin": "0.3 mm"},
    "products": {
        "solution": {
            "kind": "serum", "actives": {"caffeine": "0.1 %"}, "vehicle": "ointment", "ph": 7, "sterile": True,
            "amount": "900 mg/cm2",
        }
    },
}  # fmt: skip
ROLL = {"roll": {"strokes": 8, "directions": [0, 90], "force": "5 N"}}
SPREAD = {"spread": {"what": "solution"}}


@pytest.fixture(scope="module")
def whole():
    return deliver(load({**CELL, "session": [SPREAD]}), "caffeine", 16, 1, 48.0)


@pytest.fixture(scope="module")
def rolled():
    treatment = load({**CELL, "instrument": "dermaroller-cit8", "session": [ROLL, SPREAD]})
    return deliver(treatment, "caffeine", 16, 1, 48.0)


@pytest.fixture(scope="module")
def on_a_person():
    return deliver(load("classic"), "lidocaine", 8, 1, 24.0)


def test_nothing_is_lost(whole, rolled, on_a_person):
    for delivery in (whole, rolled, on_a_person):
        assert delivery.balance_error < 1e-6
        for places in delivery.balance.values():
            assert set(places) == set(PLACES)
            assert np.allclose(sum(places.values()), 100, atol=1e-4)


def test_a_diffusion_cell_has_no_blood_and_a_body_no_receptor(rolled, on_a_person):
    for strip in ("needled", "whole"):
        assert not rolled.places[strip]["blood"].any()
        assert not rolled.places[strip]["fat"].any()
        assert rolled.places[strip]["received"][-1].min() > 0
        assert not on_a_person.places[strip]["received"].any()
        assert on_a_person.places[strip]["blood"][-1].min() > 0
    assert rolled.plasma is None
    assert (on_a_person.plasma.max(axis=0) > 0).all()


def test_whole_skin_is_its_own_control(whole, rolled):
    """What the needled skin's twin shows is what skin that nobody rolled shows."""
    assert np.allclose(whole.through("needled"), whole.through("whole"))
    for name in ("cumulative", "peak_flux"):
        assert np.allclose(rolled.quantities[f"{name}.whole"], whole.quantities[f"{name}.whole"], rtol=0.03)
    assert np.all(rolled.quantities["enhancement.cumulative"] > 1)
    # Where whole skin lets nearly all through at once, holes hasten nothing.
    assert np.all(rolled.quantities["lag_time.needled"] <= 1.01 * rolled.quantities["lag_time.whole"])


def test_flux_and_lag_are_those_of_the_curve(whole):
    """The tangent at the steepest place: J (t - lag) is the amount there; late in an infinite dose it holds on."""
    q = whole.quantities
    line = q["peak_flux.whole"] * (whole.time[-1] - q["lag_time.whole"])
    steady = whole.balance["whole"]["on_skin"] > 95
    assert steady.any()
    assert np.allclose(whole.through("whole")[-1][steady] / line[steady], 1, atol=0.06)


def test_a_smaller_receptor_holds_it_back():
    small = {**CELL, "cell": {"receptor": "0.05 mL", "skin": "0.3 mm"}, "session": [SPREAD]}
    large = {**CELL, "session": [SPREAD]}
    one, other = (deliver(load(t), "caffeine", 8, 1, 48.0).through("whole")[-1] for t in (small, large))
    assert np.all(one < other)


def test_profiles_fall_with_depth(on_a_person):
    """Below the corneum of whole skin there is the less the deeper one looks, an hour after it came on."""
    profile = on_a_person.profiles["whole"][1]
    living = on_a_person.depth > 0.15
    for draw in range(8):
        assert np.all(np.diff(profile[draw][living[draw]]) <= 1e-9 * profile[draw].max())


def test_what_is_not_there_is_an_error():
    with pytest.raises(NotApplied):
        deliver(load("classic"), "minoxidil", 4, 1, 5.0)


def test_a_compound_outside_the_relation_is_told_of():
    odd = {
        **CELL,
        "compounds": {"giant": {"molar_mass": "2000 g/mol", "log_kow": 1.0}},
        "products": {
            "solution": {**CELL["products"]["solution"], "actives": {"giant": "1 %"}},
        },
        "session": [SPREAD],
    }
    found = deliver(load(odd), "giant", 8, 1, 5.0)
    assert [w.code for w in found.warnings] == ["outside_molar_mass"]


def test_cream_on_needled_skin_is_told_of():
    session = [ROLL, {"numb": {"with": "emla", "for": "60 min"}}, "wash"]
    treatment = load({"instrument": "dermaroller-mf8", "session": session})
    codes = [w.code for w in deliver(treatment, "lidocaine", 8, 1, 5.0).warnings]
    assert "cream_on_holes" in codes


def test_a_donor_dries_only_where_its_chamber_is_open():
    """By default nothing dries, as guidelines have it; without a cover water is gone within minutes, and with it the push."""
    water = {"solution": {**CELL["products"]["solution"], "vehicle": "water", "amount": "5 mg/cm2"}}
    cells = {
        name: {**CELL["cell"], **more}
        for name, more in (("usual", {}), ("covered", {"donor": "covered"}), ("open", {"donor": "open"}))
    }
    seen = {
        name: deliver(
            load({**CELL, "products": water, "cell": cell, "session": [SPREAD]}), "caffeine", 4, 1, 6.0
        )
        for name, cell in cells.items()
    }
    through = {name: delivery.quantities["cumulative.whole"] for name, delivery in seen.items()}
    assert np.array_equal(through["usual"], through["covered"])
    assert np.all(through["open"] > through["covered"])  # what is left of the water holds all of it
    assert all(delivery.balance_error < 1e-6 for delivery in seen.values())
