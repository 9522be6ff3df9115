"""An instrument has its own state: sharp and sterile when new, and what was done with it goes with it."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal import load
from hudnal.course.prepare import prepare
from hudnal.course.simulate import fold
from hudnal.parameters import Draws

DRAWS = 4
ROLL = {"roll": {"strokes": 8, "force": "5 N", "with": "dermaroller-mf8"}}
PEN = {"pen": {"passes": 4, "depth": "1 mm", "with": "skinpen"}}
PLAN = {"area": "100 cm2", "course": {"follow_up": "1 day"}}


def folded(*session, **plan):
    """The setting of a session, and the state just after each of its steps."""
    setting = prepare(load({**PLAN, "session": list(session), **plan}), Draws(DRAWS, 2))
    states = [(moment, state) for _, moment, state in fold(setting) if moment.kind == "step"]
    return setting, states


def infected_by_instrument(*session):
    _, states = folded("wash", *session)
    return states[-1][1].session.carried["instrument"]


def test_a_fresh_roller_is_sharp_whatever_was_used_before_it():
    alone, _ = folded("wash", ROLL)
    second, _ = folded("wash", PEN, ROLL)
    wear = {
        name: [p for (_, p) in setting.drives.made]
        for name, setting in (("alone", alone), ("second", second))
    }
    assert wear == {"alone": [0.0], "second": [0.0, 0.0]}
    force, same_force = (list(s.drives.made.values())[-1].law.entry_force() for s in (alone, second))
    np.testing.assert_array_equal(force, same_force)


def test_the_same_roller_gets_blunter_from_step_to_step():
    setting, _ = folded("wash", ROLL, ROLL)
    (first, second) = setting.drives.made
    each = setting.uses[1].punctures
    assert first == (1, 0.0)
    assert second == (2, pytest.approx(each))
    before, after = (drive.law.entry_force() for drive in setting.drives.made.values())
    assert np.all(after > before)


def test_a_fresh_second_roller_is_sterile_and_the_dirty_one_is_not():
    reuse = {"reuse": {"times": 3, "shared": True, "cleaned": "none"}}
    clean = infected_by_instrument(ROLL)
    assert not clean.any()
    dirty = infected_by_instrument(reuse, ROLL)
    assert np.all(dirty > 0)
    np.testing.assert_array_equal(infected_by_instrument(reuse, ROLL, PEN), dirty)
    # What is said of the roller does not hold for the pen that is used before it.
    _, states = folded("wash", PEN, reuse, ROLL)
    kits = {
        m.step.name: state.session.carried["instrument"] for m, state in states if m.step and m.step.needles
    }
    assert not kits["pen"].any()
    np.testing.assert_array_equal(kits["roll"], dirty)


def test_blood_of_another_person_goes_with_the_instrument_in_the_hand():
    reuse = {"reuse": {"times": 1, "shared": True, "cleaned": "rinse"}}
    _, states = folded("wash", PEN, reuse, ROLL)
    pen, roll = (state.session.bloodborne for m, state in states if m.step and m.step.needles)
    assert not pen.any()
    assert np.all(roll > 0)


def test_an_instrument_that_is_used_again_remembers_the_sessions_before():
    reuse = {"reuse": {"times": 2, "cleaned": "alcohol"}}
    course = {"sessions": 3, "interval": "1 week", "follow_up": "1 day"}
    kept, _ = folded("wash", reuse, ROLL, course=course)
    each = kept.uses[2].punctures
    assert [p for _, p in kept.drives.made] == pytest.approx([2 * each, 3 * each, 4 * each])
    new, _ = folded("wash", ROLL, course=course)
    assert [p for _, p in new.drives.made] == [0.0]


def test_instruments_written_alike_are_one_and_others_are_not():
    longer = {"roll": {**ROLL["roll"], "with": "medical-roller-2.0"}}
    setting, states = folded("wash", ROLL, longer, ROLL)
    assert [p != 0 for _, p in setting.drives.made] == [False, False, True]
    assert set(states[-1][1].instruments) == {"dermaroller-mf8", "medical-roller-2.0"}
