"""What a value can be stands beside its declaration, and values that mechanics or chemistry would drive beyond stop."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from bounded import list_violations

from hudnal import simulate
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
