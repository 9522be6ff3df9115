"""What the needles did is told against the same course without them, in the same draws."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal import simulate
from hudnal.result.course import NotKeptError
from hudnal.result.interval import NOTHING

CREAM = {"apply": {"what": "retinol-0.3", "every": "1 day", "for": "4 week"}}
ROLLED = {
    "instrument": "dermaroller-mf8", "session": [{"spread": {"what": "caffeine-3"}}, {"roll": {"strokes": 4}}],
    "course": {"follow_up": "6 week"}, "aftercare": [CREAM],
}  # fmt: skip


@pytest.fixture(scope="module")
def rolled():
    return simulate(ROLLED, draws=8, keep=("control",))


def test_the_control_is_the_course_without_its_needles(rolled):
    """The creams go on at the same times: a pause stands where one rolled; it is looked at oftener, and stepped so."""
    pause = {"wait": {"for": f"{_measure_rolling(rolled)} h"}}
    only = simulate({**ROLLED, "session": [ROLLED["session"][0], pause]}, draws=8, keep=())
    for name in (
        "collagen_change",
        "epidermal_thickness_change",
        "irritation_probability",
        "delivered.caffeine",
    ):
        assert np.allclose(rolled.control[name], only.quantities[name], rtol=0.01), name


def _measure_rolling(course) -> float:
    """Hours that the rolling of the first session takes."""
    (moment,) = [m for m in course.steps if m.step.name == "roll"]
    return moment.until - moment.time


def test_the_needles_did_what_the_control_lacks(rolled):
    difference = rolled.quantities["collagen_change"] - rolled.control["collagen_change"]
    assert rolled.effect_of_needles("collagen_change").median == pytest.approx(
        np.median(difference), rel=1e-5
    )


def test_a_cream_alone_is_not_the_needles_doing():
    course = simulate({**ROLLED, "session": [ROLLED["session"][0]]}, draws=4)
    assert not course.is_needled and "control" not in course.kept
    assert course.effect_of_needles("collagen_change") == NOTHING


def test_a_light_course_has_no_control():
    course = simulate({**ROLLED, "aftercare": []}, draws=2, keep=())
    with pytest.raises(NotKeptError, match="control"):
        course.effect_of_needles("collagen_change")
