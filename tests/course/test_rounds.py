"""A session as it is done: rounds are repeated, chance goes with what is done, and what does nothing changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sampling import NEEDLED

from hudnal import TreatmentError, load, simulate

ROLL = {"roll": {"strokes": 6, "force": "5 N", "with": "dermaroller-mf8"}}
PEN = {"pen": {"passes": 2, "depth": "1 mm", "with": "skinpen"}}
NOTHING = {"wait": {"for": "0 h"}}
PLAN = {"area": "50 cm2", "course": {"follow_up": "1 week"}}


def run(*session, **plan):
    return simulate({**PLAN, "session": list(session), **plan}, draws=8, seed=4, keep=NEEDLED)


def assert_same(one, other):
    assert one.quantities.keys() == other.quantities.keys()
    for name, values in one.quantities.items():
        np.testing.assert_array_equal(other.quantities[name], values, err_msg=name)


@pytest.fixture(scope="module")
def plain():
    return run("wash", ROLL, PEN, "clean")


@pytest.mark.parametrize(
    "session",
    [
        (NOTHING, "wash", ROLL, PEN, "clean"),
        ("wash", ROLL, NOTHING, PEN, "clean"),
        ("wash", {"repeat": {"rounds": 1, "steps": [NOTHING, ROLL, PEN]}}, "clean"),
    ],
    ids=["before", "between", "in a round"],
)
def test_a_step_that_does_nothing_changes_nothing(plain, session):
    assert_same(plain, run(*session))


@pytest.mark.parametrize("first", [0, 2])
def test_nor_does_it_in_a_session_of_many_steps(first):
    """Tissue is followed in stretches of so many looks: one look more must not shift them."""
    steps = ["wash", ROLL, *(40 * ["clean", {"wait": {"for": "10 min"}}])]
    assert_same(run(*steps), run(*steps[:first], NOTHING, *steps[first:]))


def test_rounds_are_their_steps_written_out():
    assert_same(
        run("wash", {"repeat": {"rounds": 2, "steps": [ROLL, PEN]}}), run("wash", ROLL, PEN, ROLL, PEN)
    )


def test_two_steps_alike_have_their_own_chance():
    plan = load({**PLAN, "session": ["wash", ROLL]}), load({**PLAN, "session": ["wash", ROLL, ROLL]})
    once, both = (simulate(one, draws=8, seed=4, side=8.0, keep=NEEDLED).holes for one in plan)
    places, all_places = (holes.draw * 1e3 + holes.x + 1j * holes.y for holes in (once, both))
    assert np.unique(all_places).size == all_places.size
    assert np.isin(places, all_places).all()
    assert all_places.size > 1.5 * places.size


def test_rounds_in_rounds_are_refused_before_they_are_unrolled():
    """30^12 steps in a file of some hundred characters."""
    step = {"spread": {"what": "caffeine-3"}}
    for _ in range(12):
        step = {"repeat": {"rounds": 30, "steps": [step]}}
    with pytest.raises(TreatmentError, match=rf"step 1 \(rounds\): the session has {30**12} steps"):
        load({**PLAN, "session": [step]})


SPARSE = [
    {"kind": "pen", "length": "1 mm", "needles": 1, "head_diameter": "60 mm", "frequency": "1 Hz"},
    {"kind": "stamp", "length": "1 mm", "needles": 1, "head_width": "60 mm"},
    {
        "kind": "roller", "length": "1 mm", "rings": 1, "needles_per_ring": 2, "drum_diameter": "100 mm",
        "drum_width": "150 mm",
    },
]  # fmt: skip


@pytest.mark.parametrize("instrument", SPARSE, ids=lambda one: one["kind"])
def test_needles_that_all_miss_the_sample_area_are_no_fault(instrument):
    """One needle on 36 cm2: with few draws no hole is seen at all, and every number is there all the same."""
    step = {
        "pen": {"passes": 1, "depth": "0.5 mm", "speed": "500 mm/s"}, "stamp": {"times": 1}, "roller": {"strokes": 1},
    }[instrument["kind"]]  # fmt: skip
    word = "roll" if instrument["kind"] == "roller" else instrument["kind"]
    course = simulate(
        {**PLAN, "session": ["wash", {word: {**step, "with": instrument}}]}, draws=4, side=0.5, keep=NEEDLED
    )
    assert not course.holes.x.size
    assert not any(np.isnan(values).any() for values in course.series.values())
    assert course.quantities["hole_density"].max() == 0
    # After many holes, too.
    simulate(
        {**PLAN, "session": ["wash", ROLL, {word: {**step, "with": instrument}}]},
        draws=2,
        side=1.0,
        keep=NEEDLED,
    )
