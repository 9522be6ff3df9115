"""What a value can be stands beside its declaration, and values that mechanics or chemistry would drive beyond stop."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from bounded import list_violations

from hudnal import simulate
from hudnal.outcome.aftermath import count_hours_above
from hudnal.outcome.ageing import measure_density_change
from hudnal.outcome.declared import (
    COMPOUND_QUANTITIES,
    COMPOUND_SERIES,
    all_quantities,
    all_series,
)
from hudnal.parameters import Draws


def test_everything_declared_has_bounds():
    for one in (*all_quantities().values(), *all_series().values(), *COMPOUND_QUANTITIES, *COMPOUND_SERIES):
        low, high = one.limits
        assert low < high
        assert (low, high) != (-inf, inf), one.name


def test_no_more_than_all_of_the_dermis_density_can_go():
    draws = Draws(64, 1)
    for collagen in (-1.0, -0.9, 0.0, 0.5):
        found = measure_density_change(np.full(64, collagen), draws)
        assert np.all(found >= -1)
    assert measure_density_change(np.full(64, -1.0), draws).min() == -1


@pytest.mark.parametrize(
    "session",
    [
        [{"peel": {"with": "dermabrasion", "depth": "4 mm"}}],
        [
            {
                "roll": {
                    "with": {
                        "kind": "roller", "length": "2 mm", "diameter": "0.4 mm", "rings": 1, "needles_per_ring": 2,
                        "stagger": 0, "drum_diameter": "16 mm", "drum_width": "5 mm",
                    },
                    "strokes": 3,
                    "skin": "500 N/m",
                }
            }
        ],
        [{"roll": {"with": "dermaroller-c8he", "strokes": 25, "directions": [360], "force": "59.588 N"}}],
    ],
    ids=["dermabrasion of 4 mm", "two needles", "a catalogue's roller, pressed hard"],
)  # fmt: skip
def test_extremes_stay_within_bounds(session):
    course = simulate(
        {"area": "5 cm2", "site": "thigh", "session": session, "course": {"follow_up": "1 week"}}, draws=8
    )
    assert not list_violations(course)  # as of every course that a test makes
    assert course.strokes.push.size == 0 or course.strokes.push.min() >= 0


def test_it_is_told_in_how_many_draws_there_is_a_value():
    """Needles that hardly reach through leave holes in some draws only; the others say nothing of their depth."""
    stamp = {"kind": "stamp", "length": "0.05 mm", "needles": 4, "head_width": "10 mm"}
    plan = {
        "area": "5 cm2",
        "session": [{"stamp": {"with": stamp, "force": "0.05 N"}}],
        "course": {"follow_up": "1 day"},
    }
    course = simulate(plan, draws=32)
    shares = {
        name: entry["known"]
        for name, entry in course.summary()["quantities"].items()
        if entry.get("known") is not None
    }
    assert "tip_depth" in shares
    for name, share in shares.items():
        assert 0.5 < share < 1
        assert share == pytest.approx(1 - np.isnan(course.quantities[name]).mean(), abs=1e-6)
    for name, entry in course.summary()["quantities"].items():
        if name in course.quantities and entry["median"] is not None and name not in shares:
            assert not np.isnan(course.quantities[name]).any()


@pytest.mark.filterwarnings("error")
def test_hours_above_a_level_of_what_hardly_rises():
    values = np.array([[0.0, 1.0], [5e-324, 1.0 + 2e-16]])
    assert count_hours_above(np.array([0.0, 2.0]), values, 0.5).tolist() == [0.0, 2.0]


@pytest.mark.parametrize(
    ("needles", "site", "roll"),
    [
        ("medical-roller-2.0", "nose", {"back_and_forth": 40, "slip": 0.1}),
        (
            "medical-roller-3.0",
            "upper-arm",
            {"strokes": 60, "force": "60 N", "speed": "700 mm/s", "skin": "relaxed"},
        ),
    ],
)
def test_a_wavering_hand_pushes_no_tip_deeper_than_its_needle(needles, site, roll):
    """Found by the search: such a drum rolls now on its needles and now on itself."""
    steps = ["wash", {"roll": {"with": needles, "waver": 0.6, **roll}}]
    course = simulate({"site": site, "area": "100 cm2", "session": steps}, draws=8, seed=3)
    assert not list(list_violations(course))
