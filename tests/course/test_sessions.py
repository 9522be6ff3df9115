"""Interval, number and hardness: benefit levels off, what comes too soon or too hard heals as a scar."""

from __future__ import annotations

from functools import cache

import numpy as np
from sampling import NEEDLED, whole

from hudnal import Course, simulate

NEEDLES = {
    "kind": "roller", "rings": 8, "needles_per_ring": 24, "stagger": 0.5, "drum_diameter": "20 mm",
    "drum_width": "20 mm", "length": "1.5 mm", "diameter": "0.25 mm", "tip_radius": "4 um",
}  # fmt: skip


@cache
def rolled(sessions=1, weeks=4, strokes=32, length="1.5 mm") -> Course:
    roll = {"strokes": strokes, "directions": [0, 90, 45, 135], "force": "5 N", "skin": "taut"}
    return simulate(
        {
            "person": {"age": "35 year", "sex": "female", "phototype": "IV"},
            "site": "cheek",
            "instrument": {**NEEDLES, "length": length},
            "session": ["wash", {"disinfect": {"with": "chlorhexidine-alcohol"}}, {"roll": roll}],
            "course": {"sessions": sessions, "interval": f"{weeks} week", "follow_up": "26 week"},
        },
        draws=8,
        keep=NEEDLED,
    )


def healthy(course):
    return course.quantities["healthy_collagen_change"]


def myofibroblasts(course):
    return course.series["myofibroblasts"].max(axis=0)


def scarred(course):
    """Share of the collagen that lies as in a scar, (draw,)."""
    q = course.quantities
    return 1 - (100 + healthy(course)) / (100 + q["collagen_change"])


def test_sessions_too_close_raise_myofibroblasts_and_scarred_fibres_and_cost_benefit():
    close, apart = rolled(4, 1), rolled(4, 6)
    assert (myofibroblasts(close) > 1.1 * myofibroblasts(apart)).all()
    assert (scarred(close) > scarred(apart)).all()
    assert np.median(healthy(close)) < np.median(healthy(apart))
    assert (healthy(close) < healthy(apart)).mean() > 0.5
    assert close.quantities["fibre_alignment"].mean() > apart.quantities["fibre_alignment"].mean()


def test_benefit_levels_off_with_the_number_of_sessions():
    one, three, six = (healthy(rolled(n)) for n in (1, 3, 6))
    assert np.median(one) < np.median(three) < np.median(six)
    assert (six - three < 3 * one).mean() > 0.8
    # The wrinkle's grade levels off faster than the collagen under it.
    grade = [np.median(rolled(n).quantities["wrinkle_change"]) for n in (3, 6)]
    assert grade[1] / grade[0] < 2


@whole
def test_more_strokes_raise_every_harm_and_at_last_lower_the_benefit():
    courses = [rolled(strokes=n) for n in (8, 64, 256)]
    harms = (
        "pih_probability",
        "tram_track_probability",
        "bruise_probability",
        "blood_volume",
        "infection_probability",
    )
    for name in (*harms, "redness_days", "swelling_days", "downtime_days"):
        few, many, most = (c.quantities[name] for c in courses)
        assert few.mean() < many.mean() < most.mean(), name
    assert (scarred(courses[0]) < scarred(courses[1])).all()
    few, many, most = (healthy(c) for c in courses)
    assert np.median(few) < np.median(many)
    # Per hole it falls all the way; too many in one session leave less in all than a quarter of them.
    assert np.median(most) / np.median(many) < 256 / 64 / 2
    hard, harder = (healthy(rolled(strokes=n, length="2.5 mm")) for n in (64, 400))
    assert np.median(harder) < np.median(hard)
    again, harder_again = (healthy(rolled(4, 2, strokes=n)) for n in (32, 256))
    assert np.median(harder_again) < np.median(again)


def test_longer_needles_leave_more_collagen_and_more_of_it_as_a_scar():
    short, mid, long = (rolled(length=f"{x} mm") for x in (0.5, 1.5, 2.5))
    assert np.median(healthy(short)) < np.median(healthy(mid)) < np.median(healthy(long))
    assert np.median(scarred(short)) < np.median(scarred(mid)) < np.median(scarred(long))
