"""Products and compounds of a file's own go all the way: into skin, blood, warnings, report."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hudnal import load, simulate
from hudnal.parameters import Draws, parameters
from hudnal.report import render_report
from hudnal.treatment.presets import list_presets

SIZE = {"molar_mass": "300 g/mol", "log_kow": 2.1}
ROLL = {"roll": {"strokes": 4, "directions": [0, 90], "force": "5 N"}}
PLAN = {
    "instrument": "dermaroller-cit8",
    "compounds": {
        "my-drug": {**SIZE, "pka": 8.2, "clearance": "60 L/h"},
        "stor A-syra": {"molar_mass": "700 g/mol", "log_kow": {"value": 7, "spread": 0.5}, "retinoid_potency": 0.5},
    },
    "products": {
        "my cream (4 %)": {"kind": "numbing", "actives": {"lidocaine": "4 %", "my-drug": "1 %"}, "amount": "150 mg/cm2"},
        "my-gel": {"actives": {"my-drug": "2 %"}, "vehicle": "gel", "ph": 6.5, "sterile": True, "amount": "2 mg/cm2"},
        "natt": {"kind": "retinoid", "actives": {"stor A-syra": "0.1 %"}, "vehicle": "retinoid-cream"},
    },
    "session": [{"numb": {"with": "my cream (4 %)"}}, "wash", "disinfect", {"spread": {"what": "my-gel"}}, ROLL],
    "aftercare": [{"apply": {"what": "natt", "from": "1 day", "for": "1 week"}}],
    "course": {"follow_up": "2 week"},
}  # fmt: skip


@pytest.fixture(scope="module")
def course():
    return simulate(PLAN, draws=8, seed=4)


def test_they_get_in_and_into_the_blood(course):
    assert set(course.compounds) == {"lidocaine", "my-drug", "stor A-syra"}
    for name in course.compounds:
        applied, delivered = course.series[f"applied.{name}"][-1], course.series[f"delivered.{name}"][-1]
        assert (delivered > 0).all() and (delivered <= applied).all()
    # 150 mg of 1 % and 2 mg of 2 %.
    np.testing.assert_allclose(course.series["applied.my-drug"][-1], 1540)
    assert (course.quantities["plasma_peak.my-drug"] > 0).all()
    assert "plasma_peak.stor A-syra" not in course.quantities
    assert (course.quantities["numb_depth"] > 0).any()


def test_the_retinoid_of_the_file_thickens_the_epidermis(course):
    without = simulate({**PLAN, "aftercare": []}, draws=8, seed=4)
    assert (
        course.quantities["epidermal_thickness_change"] > without.quantities["epidermal_thickness_change"]
    ).all()


def test_what_the_file_leaves_out_is_assumed_and_wide(course):
    sample = course.sample
    for key in ("unbound", "volume"):
        found = sample.parameter(f"transport.compounds.my-drug.{key}")
        assert found.status == "assumed"
        assert found.distribution == parameters()[f"transport.unknown.{key}"].distribution
        assert found.name in course.used
    assert sample.parameter("transport.compounds.my-drug.clearance").status == "defined"
    assert np.ptp(sample["transport.compounds.my-drug.clearance"]) == 0
    assert not sample.has("transport.compounds.stor A-syra.clearance")
    assert np.ptp(sample["transport.compounds.stor A-syra.log_kow"]) > 0.5


def test_an_own_spread_is_what_it_says():
    plan = {
        "compounds": {"x": {**SIZE, "unbound": {"value": 0.9, "spread": 2}, "pka": {"value": 8, "spread": 0.5}}},
        "session": ["seal"],
    }  # fmt: skip
    draws = Draws(512, 1).including(load(plan).shelf.list_parameters())
    unbound = draws["transport.compounds.x.unbound"]
    assert unbound.max() <= 1 and unbound.min() < 0.3
    assert draws["transport.compounds.x.pka"].std() == pytest.approx(0.5, rel=0.05)


def test_a_copy_of_a_known_compound_behaves_like_it():
    """Caffeine's own numbers under another name, at the median of everything."""
    numbers: dict[str, float | str] = {
        key: parameters()[f"transport.compounds.caffeine.{key}"].value
        for key in ("molar_mass", "log_kow", "unbound")
    }
    numbers["molar_mass"] = f"{numbers['molar_mass']} g/mol"
    plan = {
        "compounds": {"mine": {**numbers, "unbound": 0.675}},
        "products": {"my-caffeine": {"actives": {"mine": "3 %"}, "vehicle": "gel", "ph": 6}},
        "session": [{"spread": {"what": "my-caffeine"}}],
        "course": {"follow_up": "1 day"},
    }
    own = simulate(plan, draws=1)
    shipped = simulate({**plan, "session": [{"spread": {"what": "caffeine-3"}}]}, draws=1)
    np.testing.assert_allclose(own.series["delivered.mine"], shipped.series["delivered.caffeine"], rtol=1e-9)


def test_what_is_brought_along_and_not_used_changes_nothing():
    plan = {k: v for k, v in PLAN.items() if k not in ("compounds", "products")}
    plan["session"], plan["aftercare"] = [{"spread": {"what": "caffeine-3"}}, ROLL], []
    bare = simulate(plan, draws=4)
    loaded = simulate({**plan, "compounds": PLAN["compounds"], "products": PLAN["products"]}, draws=4)
    for name, values in bare.series.items():
        np.testing.assert_array_equal(values, loaded.series[name], err_msg=name)
    assert bare.used == loaded.used


def test_warnings_call_them_by_their_names(course):
    for language in ("en", "sv"):
        told = [course.describe_warning(w, language)["text"] for w in course.warnings]
        assert any("stor A-syra" in text and "700" in text for text in told)
        assert any("stor A-syra" in text and "log Kow 7" in text for text in told)
        assert not any("my-drug" in text and "log Kow" in text for text in told)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_report_shows_their_names_as_written(course, language):
    page = render_report(course, language)
    for name in ("my cream (4 %)", "my-gel", "natt", "my-drug", "stor A-syra"):
        assert name in page


def test_summary_and_dataset_hold_them(course, tmp_path):
    summary = course.summary()
    assert json.dumps(summary)
    assert summary["quantities"]["delivered.my-drug"]["sources"]
    again = simulate(summary["treatment"], draws=8, seed=4)
    for name, values in course.quantities.items():
        np.testing.assert_array_equal(again.quantities[name], values, err_msg=name)
    course.to_netcdf(tmp_path / "course.nc")


def test_blocks_of_draws_know_them():
    short = {
        **PLAN,
        "session": [{"spread": {"what": "my-gel"}}],
        "aftercare": [],
        "course": {"follow_up": "1 day"},
    }
    course = simulate(short, draws=70, seed=2)
    assert course.series["delivered.my-drug"].shape[1] == 70
    assert len(np.unique(course.quantities["delivered.my-drug"])) > 60


def test_shipped_treatments_need_no_shelf_of_their_own():
    for name in list_presets():
        assert load(name).shelf.list_parameters() == {}
