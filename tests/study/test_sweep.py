"""A sweep varies the file, and nothing else: one point of it is the same run as by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal import load
from hudnal.intake.change import change_treatment
from hudnal.study.device_sheet import simulate_first_session
from hudnal.study.sweep import sweep
from hudnal.treatment import TreatmentError


@pytest.fixture(scope="module")
def found():
    return sweep(load("classic"), {"length": ["0.5 mm", "1.0 mm", "1.5 mm"], "strokes": ["4", "8"]}, draws=4)


def test_every_combination_once(found):
    assert [(p["length"], p["strokes"]) for p in found.points] == [
        (length, strokes) for length in ("0.5 mm", "1.0 mm", "1.5 mm") for strokes in ("4", "8")
    ]
    assert len(found.write_table().splitlines()) == 7


def test_the_treatment_as_it_stands_is_told_among_the_points(found):
    assert found.baseline is None  # it has 10 strokes
    own = load("classic").with_(strokes=8)
    swept = sweep(own, found.varied, draws=2)
    assert swept.baseline is not None and swept.points[swept.baseline] == {"length": "1.5 mm", "strokes": "8"}
    assert swept.to_dataframe()["is_baseline"].tolist() == [False] * 5 + [True]


def test_longer_needles_go_deeper_and_more_strokes_make_more_holes(found):
    depth = {
        (p["length"], p["strokes"]): f["tip_depth"][0]
        for p, f in zip(found.points, found.results, strict=True)
    }
    assert depth["0.5 mm", "8"] < depth["1.0 mm", "8"] < depth["1.5 mm", "8"]
    attempts = [f["attempted_density"][0] for f in found.results]
    np.testing.assert_allclose(np.array(attempts[1::2]) / attempts[::2], 2, rtol=1e-4)


def test_a_point_is_the_run_of_that_file(found):
    plan = change_treatment(load("classic"), {"length": "1.5 mm", "strokes": "8"})
    course = simulate_first_session(load(plan), 4, 1)
    assert found.results[-1]["tip_depth"] == course.interval("tip_depth")


def test_an_instrument_of_the_catalogue_is_written_out():
    plan = change_treatment(load("classic"), {"needles_per_ring": "30"})
    assert plan["instrument"]["kind"] == "roller"
    assert plan["instrument"]["needles_per_ring"] == 30
    assert plan["instrument"]["drum_diameter"] == "20 mm"


def test_bad_geometry_is_refused_before_anything_runs():
    with pytest.raises(TreatmentError):
        sweep(load("classic"), {"drum_diameter": ["20 mm", "-3 mm"]}, draws=2)
    with pytest.raises(TreatmentError):
        sweep(load("classic"), {"length": ["3.9 mm"], "drum_diameter": ["6 mm"]}, draws=2)
    with pytest.raises(KeyError):
        sweep(load("classic"), {"colour": ["red"]}, draws=2)
