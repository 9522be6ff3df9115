"""A field of several scars: the numbers of a course are the first one's, and each has its own."""

from __future__ import annotations

import numpy as np
import pytest
from sampling import NEEDLED, whole

from hudnal import load, simulate

SHAPES = ("boxcar", "rolling", "icepick")


def treated(concern, sessions=1, needle="dermaroller-mf8"):
    plan = load("acne-scars").as_data() | {"concern": concern, "aftercare": [], "instrument": needle}
    plan["session"] = [step for step in plan["session"] if "numb" not in step]
    return simulate(plan | {"course": {"sessions": sessions, "follow_up": "12 week"}}, draws=8, keep=NEEDLED)


@pytest.fixture(scope="module")
def field():
    return treated([{"acne-scar": {"shape": shape}} for shape in SHAPES])


@pytest.fixture(scope="module")
def alone():
    return treated({"acne-scar": {"shape": "boxcar"}})


def test_the_numbers_of_a_field_are_those_of_its_first_scar(field, alone):
    for name in (
        "scar_depth",
        "scar_depth_change",
        "scar_width",
        "scar_volume_change",
        "tethers_cut",
        "bundles_cut",
    ):
        assert np.array_equal(field.quantities[name], alone.quantities[name]), name
    assert np.array_equal(field.scars[0][1].depth, field.quantities["scar_depth"])
    for name in ("scar_depth", "scar_width", "scar_volume"):
        assert np.array_equal(field.series[name][-1], getattr(field.scars[0][1], name.removeprefix("scar_")))


def test_each_scar_has_its_own_numbers(field, alone):
    assert len(alone.summary()["scars"]) == 1
    entries = field.summary()["scars"]
    assert [entry["shape"] for entry in entries] == list(SHAPES)
    for entry in entries:
        for name in ("depth", "width", "volume"):
            found = entry[name]
            assert set(found) == {"before", "after", "change"}
            assert all(f["low"] <= f["median"] <= f["high"] for f in found.values())
    change = {entry["shape"]: entry["depth"]["change"]["median"] for entry in entries}
    assert change["rolling"] < change["icepick"] < 0  # tethers let go; a deep pit is hardly filled


@whole
def test_the_dataset_holds_every_surface(field):
    data = field.to_dataset()
    assert data["relief"].sizes == {"moment": 2, "scar": 3, "distance": data.sizes["distance"], "draw": 8}
    np.testing.assert_allclose(
        data["relief"].sel(moment="before").isel(distance=0), data["relief_depth"].sel(moment="before")
    )
    assert (data["relief_depth"].sel(moment="after") <= data["relief_depth"].sel(moment="before")).all()
    assert "relief" not in simulate("home", draws=2).to_dataset()


def test_fibres_turn_back_to_a_basket_weave(alone):
    alignment = alone.series["fibre_alignment"]
    assert np.median(alignment[-1] - alignment[0]) < 0
    assert np.all(alignment[-1] < alignment[0] + 0.05)


def test_more_sessions_cut_more_and_short_needles_hardly_any(alone):
    often = treated({"acne-scar": {"shape": "boxcar"}}, sessions=3)
    short = treated({"acne-scar": {"shape": "boxcar"}}, needle="dermaroller-c8")
    for name in ("tethers_cut", "bundles_cut"):
        assert np.all(often.quantities[name] > alone.quantities[name]), name
        assert np.all((often.quantities[name] > 0) & (often.quantities[name] <= 1)), name
        assert np.all(short.quantities[name] < 0.5 * alone.quantities[name]), name
