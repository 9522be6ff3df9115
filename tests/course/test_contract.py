"""What a run leaves: every name of the contract, with unit, interval and sources."""

from __future__ import annotations

import json

import numpy as np
import pytest
import yaml
from sampling import sample

from hudnal import simulate
from hudnal.outcome.declared import all_quantities
from hudnal.parameters.bibliography import bibliography
from hudnal.treatment.presets import list_presets, read_preset

# The names and units of the contract, spelt out: other programs rely on them.
UNITS = {
    "1/cm2": ["attempted_density", "hole_density", "bleeding_points"],
    "um": ["tip_depth", "channel_depth", "dye_depth", "channel_width", "slit_length", "tip_depth_spread"],
    "N": ["needle_force", "entry_force", "lying_force", "push_force"],
    "uL/cm2": ["blood_volume"],
    "1": ["pinpoint_stroke", "confluent_stroke", "hurting_strokes", "goodman_baron_grade", "strokes_done",
        "endpoint_stroke"],
    "0-10": ["pain", "pain_without_cream"],
    "mm": ["numb_depth", "scar_depth", "scar_width"],
    "ug/mL": ["lidocaine_peak"],
    "g/m2/h": ["tewl_peak"],
    "h": ["needling_hours", "numb_hours", "tingling_hours", "pain_hours",
        "barrier_closed", "channel_closed", "closed_by_water_loss", "closed_by_dye", "closed_by_impedance",
        "closed_by_tomography", "epidermis_closed",
    ],
    "%": [
        "epidermal_thickness_change", "collagen_change", "collagen_iii_change", "elastin_change",
        "healthy_collagen_change", "tropoelastin_change", "scar_depth_change", "scar_volume_change",
        "goodman_baron_change", "wrinkle_change",
        "goodman_baron_change_open", "goodman_baron_score_change", "goodman_baron_score_change_open",
        "ecca_change", "ecca_change_open", "overall_improvement", "overall_improvement_open",
        "patient_improvement", "wrinkle_depth_change", "wrinkle_change_open", "firmness_change",
        "dermal_density_change", "dermal_thickness_change", "methaemoglobin_peak",
    ],
    "ug/cm2": ["particles_in_dermis"],
    "day": ["redness_days", "swelling_days", "downtime_days", "dryness_days", "mycobacteria_days"],
    "0-1": [
        "fibre_alignment", "tethers_cut", "bundles_cut", "pih_probability", "bruise_probability", "tram_track_probability",
        "heavy_bleeding_probability", "infection_probability", "bloodborne_probability",
        "irritation_probability", "numb_share", "responders", "responders_open", "patient_satisfied",
        "responders_two", "responders_two_open",
        "granuloma_probability", "herpes_probability", "raised_scar_probability", "tattoo_probability",
        "infection_from_skin", "infection_from_instrument", "infection_from_hands", "infection_from_serum",
        "infection_from_later", "mycobacteria_probability", "worker_stick_probability", "worker_bloodborne_probability",
    ],
}  # fmt: skip
SERIES = ["water_loss", "barrier_open", "channel_open", "numb_depth", "redness", "inflammation", "fibroblasts",
          "collagen_i_change", "collagen_iii_change", "elastin_change", "epidermal_thickness_change"]  # fmt: skip
NOTHING = {"person": {"age": "35 year", "sex": "female", "phototype": "II"}, "site": "cheek", "area": "100 cm2",
           "setting": "home", "course": {"sessions": 3, "interval": "2 week", "follow_up": "12 week"}}  # fmt: skip


@pytest.fixture(scope="module", params=[*sample(list_presets(), 2), "nothing"])
def course(request):
    if request.param == "nothing":
        return simulate({**NOTHING, "concern": "ageing", "session": ["wash", "seal"]}, draws=8)
    return simulate(request.param, draws=8)


def test_the_contract_is_whole():
    assert {name: unit for unit, names in UNITS.items() for name in names} == {
        name: quantity.unit for name, quantity in all_quantities().items()
    }


def test_every_name_is_there(course):
    summary = course.summary()
    assert set(summary) >= {
        "schema", "version", "treatment", "seed", "draws", "quantities", "series", "warnings", "sources", "notice",
    }  # fmt: skip
    assert summary["schema"] == "hudnal/summary/1"
    for unit, names in UNITS.items():
        for name in names:
            found = summary["quantities"][name]
            assert {"median", "low", "high", "unit", "sources"} <= set(found)
            assert set(found) <= {"median", "low", "high", "unit", "sources", "mean", "by_needles"}
            assert found["unit"] == unit
    assert set(summary["moved_by"]) == {name for name in UNITS["0-1"] if name.endswith("_probability")}
    for compound in course.compounds:
        assert f"delivered.{compound}" in summary["quantities"]
        assert f"enhancement.{compound}" in summary["quantities"]
    assert set(SERIES) <= set(summary["series"])
    assert "scar_depth" in summary["series"] or "wrinkle_change" in summary["series"]  # the relief


def test_intervals_are_in_order(course):
    for name, found in course.summary()["quantities"].items():
        low, median, high = found["low"], found["median"], found["high"]
        if median is None:
            continue  # never, for most; the low end can still be a number
        assert low is not None and low <= median, name
        assert high is None or median <= high, name


def test_series_are_whole(course):
    for name, found in course.summary()["series"].items():
        lengths = {len(found[key]) for key in ("time_h", "median", "low", "high")}
        assert lengths == {course.time.size}, name
        assert found["unit"]
        times = np.array(found["time_h"])
        assert (np.diff(times) >= 0).all()
        assert (np.array(found["low"]) <= np.array(found["high"])).all(), name


def test_probabilities_are_probabilities(course):
    for name, values in course.quantities.items():
        if name.endswith("_probability") or name == "fibre_alignment":
            assert ((values >= 0) & (values <= 1)).all(), name


def test_amounts_are_conserved(course):
    for compound in course.compounds:
        held = sum(
            course.series[f"{kind}.{compound}"]
            for kind in ("on_skin", "in_skin", "blood", "washed_off", "evaporated", "received")
        )
        applied = course.series[f"applied.{compound}"]
        assert applied[-1].min() > 0
        np.testing.assert_allclose(held, applied, rtol=1e-6, atol=1e-6 * applied.max())
        for kind in ("on_skin", "in_skin", "blood", "washed_off", "evaporated", "delivered"):
            assert course.series[f"{kind}.{compound}"].min() >= -1e-6 * applied.max(), (kind, compound)


def test_numbers_are_plain_json(course):
    text = json.dumps(course.summary(), allow_nan=False)
    assert json.loads(text) == course.summary()


def test_sources_are_in_the_bibliography(course):
    summary = course.summary()
    known = set(bibliography())
    assert len(summary["sources"]) > 10
    assert set(summary["sources"]) <= known
    for name, found in summary["quantities"].items():
        # A scar is as wide as the file says, or as is assumed: what lifts its ground hardly changes that.
        assert found["sources"] or found["median"] in (None, 0.0) or name == "scar_width", name
        assert set(found["sources"]) <= known
    for warning in summary["warnings"]:
        assert warning["text"] and set(warning["sources"]) <= known


def test_the_treatment_in_the_summary_runs_again(course):
    again = simulate(course.summary()["treatment"], draws=8)
    for name, values in course.quantities.items():
        np.testing.assert_array_equal(again.quantities[name], values, err_msg=name)


def test_null_where_it_does_not_apply():
    found = simulate({**NOTHING, "concern": "ageing", "session": ["wash", "seal"]}, draws=4).summary()[
        "quantities"
    ]
    for name in ("scar_depth", "scar_volume_change", "goodman_baron_change", "pinpoint_stroke", "tip_depth"):
        assert found[name]["median"] is None
    assert found["wrinkle_change"]["median"] is not None
    acne = yaml.safe_load(read_preset("acne-scars"))
    found = simulate(acne, draws=4).summary()["quantities"]
    for name in ("scar_depth", "scar_volume_change", "goodman_baron_change"):
        assert found[name]["median"] is not None
    assert found["wrinkle_change"]["median"] is None


def test_no_needling_no_healing():
    c = simulate(
        {**NOTHING, "concern": "ageing", "session": ["wash", {"wait": {"for": "1 h"}}, "seal"]}, draws=16
    )
    for name in ("collagen_change", "collagen_iii_change", "elastin_change", "tropoelastin_change",
                 "epidermal_thickness_change", "wrinkle_change", "redness_days", "swelling_days"):  # fmt: skip
        assert np.abs(c.quantities[name]).max() < 1e-6, name
    for name in ("inflammation", "macrophages", "growth_factor", "redness", "swelling", "barrier_open"):
        assert np.abs(c.series[name]).max() < 1e-6, name
    for name in ("bruise_probability", "tram_track_probability", "heavy_bleeding_probability",
                 "bloodborne_probability", "pih_probability", "raised_scar_probability"):  # fmt: skip
        assert c.quantities[name].max() < 1e-9, name
    water = c.series["water_loss"]
    assert (water <= water[0] * (1 + 1e-9)).all()  # petrolatum holds it back for hours, then it is as before
    np.testing.assert_allclose(water[-1], water[0], rtol=1e-9)
