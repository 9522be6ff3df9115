"""The engineer's sheet and table: geometry, agreement with the course, order of depths."""

from __future__ import annotations

import csv
from math import pi

import numpy as np
import pytest

from hudnal import load
from hudnal.study.device_sheet import (
    COLUMNS,
    fill_device_sheet,
    simulate_first_session,
    simulate_whole_area,
    write_hole_table,
)


@pytest.fixture(scope="module")
def course():
    return simulate_first_session(load("acne-scars"), 8, 1)


@pytest.fixture(scope="module")
def area():
    return simulate_whole_area(load("acne-scars"), 1)


def test_only_the_first_session_is_simulated(course):
    assert course.treatment.course.sessions == 1
    assert course.time[-1] < 48


def test_the_table_holds_every_hole(course):
    lines = write_hole_table(course).splitlines()
    assert "does not diagnose" in lines[0]
    rows = list(csv.DictReader(lines[1:]))
    assert len(rows) == course.holes.x.size
    assert len(rows[0]) == len(COLUMNS)
    tip = np.array([float(row["tip_depth_mm"]) for row in rows])
    channel = np.array([float(row["channel_depth_mm"]) for row in rows])
    np.testing.assert_allclose(tip, course.holes.tip_depth, atol=1e-5)
    dye = np.array([float(row["dye_depth_mm"]) for row in rows])
    assert (channel <= dye + 1e-9).all()
    assert (dye <= tip + 1e-9).all()
    assert {int(row["vessel"]) for row in rows} <= {0, 1, 2, 3}
    assert {int(row["needle"]) for row in rows} <= set(range(1, 193))
    assert min(int(row["stroke"]) for row in rows) == 1


def test_the_sheet_says_what_the_course_says(course, area):
    found = fill_device_sheet(course, area)
    for name in ("hole_density", "tip_depth", "needle_force"):
        entry = found["quantities"][name]
        assert tuple(entry[k] for k in ("median", "low", "high")) == course.interval(name)
    assert found["quantities"]["largest_tip_depth"]["median"] >= found["quantities"]["tip_depth"]["median"]
    assert 0 <= found["quantities"]["share_without_hole"]["median"] <= 1


def test_punctures_a_second_by_geometry(course, area):
    # 50 mm/s over a lane of 20 mm is 10 cm2/s, each with 192 needles over the drum's own surface.
    device = fill_device_sheet(course, area)["instruments"][0]
    assert device["needles"] == 192
    assert device["punctures_per_s"] == pytest.approx(10 * 192 / (pi * 2 * 2), rel=1e-9)


def test_needles_keep_apart_as_far_as_they_fall_into_old_holes(course, area):
    g = fill_device_sheet(course, area)["pair_correlation"]["g"]
    assert g[0]["median"] < 0.5
    assert np.mean([entry["median"] for entry in g[8:]]) == pytest.approx(1, abs=0.1)


def test_the_whole_area_has_the_density_of_the_patch(course, area):
    found = fill_device_sheet(course, area)["whole_area"]
    assert found["contacts"] / found["area_cm2"] == pytest.approx(
        course.interval("attempted_density")[0], rel=0.03
    )
    assert found["holes"] < found["contacts"]


def test_force_over_time_is_balanced(course, area):
    trace = {name: np.array(values) for name, values in fill_device_sheet(course, area)["one_pass"].items()}
    assert (np.diff(trace["time_s"]) > 0).all()
    assert (trace["needles_N"] <= trace["hand_N"] * 1.01).all()
    # A pass along a lane takes its length over the speed of the hand.
    along = area.holes.side / area.sample["instruments.hand.speed"][0]
    assert along < trace["time_s"][-1] < 2 * along
    assert 0 < trace["pull_N"][20:].mean() < 0.5 * trace["hand_N"].mean()


def test_strokes_and_vessels(course, area):
    found = fill_device_sheet(course, area)
    assert all(stroke["push_N"]["median"] > 0 for stroke in found["strokes"])
    assert found["strokes"][0]["drops_per_cm2"]["median"] <= found["strokes"][7]["drops_per_cm2"]["median"]
    assert all(0 <= found["vessels"][name]["median"] <= 1 for name in found["vessels"])
