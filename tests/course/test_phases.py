"""A course in phases: with depths and pauses of their own, at dates, with something before the first session."""

from __future__ import annotations

import numpy as np
import pytest
from sampling import NEEDLED

from hudnal import load, simulate
from hudnal.course.estimate import estimate_run
from hudnal.course.plan import count_moments
from hudnal.course.prepare import prepare
from hudnal.parameters import Draws
from hudnal.treatment.steps import PenPasses

WEEK = 168.0
PEN = {"site": "cheek", "instrument": "dermapen", "person": {"age": "38 year", "phototype": "III"}}
SESSION = ["wash", "disinfect", {"pen": {"depth": "0.5 mm", "passes": 2}}]
CREAM = {"apply": {"what": "retinol-1.0", "every": "12 h", "for": "4 week"}}


def run(**plan):
    return simulate({**PEN, "session": SESSION, **plan}, draws=8, seed=2, keep=NEEDLED)


@pytest.fixture(scope="module")
def deeper():
    """Every depth once: 0.5, 1.0 and 1.5 mm, two weeks apart and then six."""
    phases = [{}, {"depth": "1 mm", "pause": "2 week"}, {"depth": "1.5 mm", "pause": "6 week"}]
    return run(phases=phases, course={"follow_up": "4 week"})


def test_phases_that_are_alike_are_a_course_without_phases():
    course = {"interval": "3 week", "follow_up": "2 week"}
    plain = run(course={**course, "sessions": 3})
    phased = run(course=course, phases=[{"sessions": 2}, {}])
    assert plain.ends == phased.ends
    for name, values in plain.quantities.items():
        np.testing.assert_array_equal(values, phased.quantities[name], err_msg=name)


def test_each_phase_has_its_own_depth_and_pause(deeper):
    assert deeper.starts == (0.0, 2 * WEEK, 8 * WEEK)
    shallow, deep = (
        run(session=[*SESSION[:2], {"pen": {"depth": depth, "passes": 2}}]) for depth in ("0.5 mm", "1.5 mm")
    )
    np.testing.assert_array_equal(deeper.quantities["tip_depth"], shallow.quantities["tip_depth"])
    # The holes that are kept are those of the last session.
    assert np.median(deeper.holes.tip_depth) == np.median(deep.holes.tip_depth)


def test_dates_lie_between_those_of_other_phases():
    peel = {
        "at": ["4 week", "12 week"],
        "session": ["wash", {"peel": {"with": "glycolic-35"}}],
        "aftercare": [],
    }
    course = run(phases=[{"at": ["0 week", "8 week", "16 week"]}, peel], course={"follow_up": "1 week"})
    assert course.starts == tuple(n * 4 * WEEK for n in range(5))
    events = {
        n: {e for e, s in zip(course.events, course.sessions, strict=True) if s == n} for n in range(1, 6)
    }
    assert [("pen" in events[n], "peel" in events[n]) for n in (1, 2, 3)] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert course.holes.strokes  # though the last needles were a session ago


def test_what_is_done_beforehand_comes_before_the_first_session():
    plain, prepared = run(), run(beforehand=[CREAM])
    assert prepared.starts == (4 * WEEK,)
    assert prepared.sessions[0] == 0 and prepared.events.count("apply") == 56
    epidermis = prepared.series["epidermal_thickness_change"]
    before = prepared.events.index("begin")
    assert (epidermis[before] > 0).all() and (epidermis[0] == 0).all()
    # What needles do hangs on them alone.
    np.testing.assert_array_equal(plain.quantities["hole_density"], prepared.quantities["hole_density"])


def test_a_cream_at_home_is_washed_off():
    cream = {"apply": {"what": "retinol-1.0", "every": "30 day", "for": "1 day", "from": "1 h"}}
    left, washed = (
        run(aftercare=steps, course={"follow_up": "3 day"})
        for steps in ([cream], [cream, {"wash": {"from": "9 h"}}])
    )
    late = np.searchsorted(left.time, left.ends[0] + 10)
    assert (washed.series["on_skin.retinol"][late] < left.series["on_skin.retinol"][late]).all()
    assert (washed.series["washed_off.retinol"][-1] > left.series["washed_off.retinol"][-1]).all()


def test_years_of_short_needles_take_bounded_time():
    home = {**PEN, "session": ["wash", {"roll": {"with": "dermaroller-c8", "strokes": 4}}]}
    long = load({**home, "course": {"sessions": 400, "interval": "3 day", "follow_up": "1 week"}})
    one = Draws(1)
    setting = prepare(long, one)
    assert len(setting.timeline) < 400 * 25
    assert abs(count_moments(long, setting.uses, one) / len(setting.timeline) - 1) < 0.2
    assert estimate_run(long, 64).seconds < 900


def test_what_is_written_down_is_read_again(deeper):
    assert load(deeper.treatment.as_data()) == deeper.treatment


def test_a_variation_reaches_the_steps_of_phases():
    phased = load(
        {**PEN, "course": {"follow_up": "1 week"}, "phases": [{"session": SESSION}, {"session": SESSION[1:]}]}
    )
    changed = phased.with_(passes=3)
    assert [step.stroke_count for _, step in changed.walk_steps() if isinstance(step, PenPasses)] == [3, 3]
