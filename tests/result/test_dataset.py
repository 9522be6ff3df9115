"""A course as a dataset: what a script selects, interpolates and unstacks, from memory and from the file."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import hudnal
from hudnal.outcome.contract import CompoundQuantity
from hudnal.outcome.declared import (
    COMPOUND_QUANTITIES,
    COMPOUND_SERIES,
    all_quantities,
    all_series,
)
from hudnal.result.tables import describe_unit
from hudnal.result.timeline import tell_times_apart

# Of UDUNITS: a number of base units with a prefix and a whole power, divided by others.
_UNIT = r"(?:[numcdk]?(?:m|g|L|N|Pa|s)|h|day|rad)\d?"
COMPACT = 2**16  # bytes of an attribute that lies beside the others in HDF5; a larger one lies elsewhere
UDUNITS = re.compile(rf"%|(?:1|{_UNIT})(?:/{_UNIT})*")


@pytest.fixture(scope="module")
def course(classic):
    return classic


@pytest.fixture(scope="module", params=["memory", "disk"])
def dataset(request, course, tmp_path_factory):
    if request.param == "memory":
        yield course.to_dataset()
        return
    path = tmp_path_factory.mktemp("run") / "course.nc"
    course.to_netcdf(path)
    with xr.open_dataset(path, engine="h5netcdf") as read:
        yield read.load()


def test_a_time_stands_once_and_the_order_stays(course, dataset):
    times = dataset["time"].to_index()
    assert times.is_unique and times.is_monotonic_increasing
    np.testing.assert_allclose(times, course.time, atol=1e-5)
    np.testing.assert_array_equal(dataset["redness"], course.series["redness"])
    assert dataset["time"].attrs["units"] == "h"


def test_what_lies_close_is_told_apart_and_the_rest_left():
    np.testing.assert_allclose(
        tell_times_apart(np.array([0.0, 0.0, 0.0, 1.0, 1.0, 2.5])), [0.0, 1e-6, 2e-6, 1.0, 1 + 1e-6, 2.5]
    )
    assert tell_times_apart(np.array([])).size == 0


def test_a_script_selects_by_time(course, dataset):
    week = dataset["redness"].sel(time=24 * 7, method="nearest")
    at = int(np.abs(course.time - 24 * 7).argmin())
    np.testing.assert_array_equal(week, course.series["redness"][at])
    assert dataset.sel(time=slice(0, 24)).sizes["time"] > 8


def test_a_script_interpolates(course, dataset):
    read = dataset[["redness", "collagen_change"]].interp(time=[24.0, 48.0])
    assert np.isfinite(read["redness"]).all() and read["redness"].shape == (2, course.draws)
    # At a moment that is known it is what was seen, before the step.
    known = float(dataset["time"][40])
    np.testing.assert_allclose(dataset["redness"].interp(time=known), course.series["redness"][40])


def test_a_script_makes_a_frame_with_a_column_a_draw(course, dataset):
    frame = dataset[["redness"]].to_dataframe()["redness"].unstack()
    assert frame.shape == (course.time.size, course.draws)
    np.testing.assert_array_equal(frame.to_numpy(), course.series["redness"])


def test_events_say_what_had_just_happened(course, dataset):
    events = [str(event) for event in dataset["event"].values]
    assert events[0] == "open" and events[-1] == "close" and {"numb", "roll", "look", "end"} <= set(events)
    assert set(dataset["session"].values) == {1}
    # The whole skin stands before the first needle, the pierced one after it.
    first = events.index("roll")
    holes = dataset["channel_open"]
    assert holes.isel(time=first - 1).max() == 0 < holes.isel(time=first).min()


def test_names_and_units_follow_the_conventions(course, dataset):
    assert dataset.attrs["Conventions"].startswith("CF-1.")
    assert dataset["draw"].attrs["standard_name"] == "realization"
    for name, column in {**dataset.data_vars, **dataset.coords}.items():
        assert column.attrs["long_name"] and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", str(name)), name
        assert name == "event" or UDUNITS.fullmatch(column.attrs["units"]), name
        if name != "draw":
            assert "standard_name" not in column.attrs, name  # CF's table has none for what is seen of skin


@pytest.mark.parametrize(
    "one",
    [*all_quantities().values(), *COMPOUND_QUANTITIES, *all_series().values(), *COMPOUND_SERIES],
    ids=lambda one: f"{'quantity' if isinstance(one, CompoundQuantity) else type(one).__name__}-{one.name}",
)
def test_every_unit_is_one_that_udunits_reads(one):
    told = describe_unit(one.unit)
    assert UDUNITS.fullmatch(told["units"])
    assert ("comment" in told) == ("-" in one.unit)


def test_the_treatment_lies_in_the_file_and_loads_again(course, dataset):
    assert hudnal.load(json.loads(dataset.attrs["treatment"])) == course.treatment


def test_a_treatment_larger_than_an_attribute_usually_is_lies_in_the_file_too(course, tmp_path):
    roll = {"roll": {"strokes": 4, "directions": [0, 45, 90, 135], "force": "5 N", "waver": "10 %"}}
    large = hudnal.load(
        {
            **hudnal.load("classic").as_data(),
            "session": [{"repeat": {"rounds": 1, "steps": [roll] * 100}}] * 5,
        }
    )
    assert len(large.canonical_text.encode()) > COMPACT
    replace(course, treatment=large).to_netcdf(tmp_path / "x.nc")
    with xr.open_dataset(tmp_path / "x.nc", engine="h5netcdf") as read:
        assert hudnal.load(json.loads(read.attrs["treatment"])) == large


def test_a_summary_has_the_times_of_the_file(course, dataset):
    entry = course.summary()["series"]["redness"]
    np.testing.assert_allclose(entry["time_h"], dataset["time"], atol=1e-6)
    assert (np.diff(entry["time_h"]) > 0).all()
    np.testing.assert_allclose(entry["median"], dataset["redness"].median("draw"), rtol=1e-5)


def test_a_frame_has_every_quantity_with_its_unit_and_meaning(course):
    frame = course.to_dataframe()
    assert list(frame.columns) == ["median", "low", "high", "unit", "title", "meaning"]
    assert set(frame.index) == set(course.quantities)
    assert tuple(frame.loc["pain", ["median", "low", "high"]]) == course.interval("pain")
    assert frame.loc["hole_density", "unit"] == "1/cm2"
    assert frame[["unit", "title", "meaning"]].map(bool).all(axis=None)
    assert course.to_dataframe("sv").loc["pain", "title"] == "Smärta"


@pytest.mark.parametrize("language", ["en", "sv"])
def test_what_can_be_asked_is_listed(course, language):
    listed, followed = hudnal.quantities(language), hudnal.series(language)
    kinds = {name.split(".")[0] for name in course.quantities}
    assert kinds <= {name.split(".")[0] for name in listed.index}
    assert {name.split(".")[0] for name in course.series} <= {name.split(".")[0] for name in followed.index}
    assert listed.map(bool).all(axis=None) and followed.map(bool).all(axis=None)
