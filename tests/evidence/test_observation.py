"""What a study measured, read off a course that is made up here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from hudnal.evidence.fault import CaseFault, NotObserved
from hudnal.evidence.observation import check_observation, observe_course, unit_of


@dataclass(frozen=True)
class Seen:
    """What of a course is read off it."""

    time: np.ndarray = field(default_factory=lambda: np.zeros(1))
    ends: tuple[float, ...] = (0.0,)
    series: dict[str, np.ndarray] = field(default_factory=dict)
    quantities: dict[str, np.ndarray] = field(default_factory=dict)


def test_the_area_under_a_series_since_the_last_session():
    time = np.array([0.0, 5.0, 6.0, 10.0, 20.0])
    series = {"path_open": np.array([0.0, 1.0, 1.0, 0.5, 0.1])[:, None] * np.array([1.0, 2.0])}
    course = Seen(time=time, ends=(5.0,), series=series)
    found = observe_course(course, {"area": "path_open", "until": "5 h"})
    np.testing.assert_allclose(found, [4.0, 8.0])  # one whole hour, four at three quarters


def test_grades_are_those_of_the_studys_raters():
    quantities = {"wrinkle_change": np.array([-5.0]), "wrinkle_change_open": np.array([-30.0])}
    course = Seen(quantities=quantities)
    assert observe_course(course, {"quantity": "wrinkle_change"})[0] == -5
    assert observe_course(course, {"quantity": "wrinkle_change"}, "open")[0] == -30
    assert (
        observe_course(course, {"quantity": "wrinkle_change"}, "patient")[0] == -5
    )  # patients give no such grade


def test_what_a_course_does_not_have_is_told():
    course = Seen()
    with pytest.raises(NotObserved, match=r"has no 'blood\.drug'"):
        observe_course(course, {"share": "drug", "of": "blood", "at": "1 h"})
    with pytest.raises(NotObserved, match="time"):
        observe_course(course, {"ratio": "drug", "at": "soon"})


def healed(share):
    """A series that rises at the session's end, 10 h, and falls to `share` of its rise by 20 h; two draws."""
    time = np.array([0.0, 10.0, 20.0, 30.0])
    rise = np.array([0.0, 1.0, share, 0.0])[:, None] * np.array([1.0, 4.0])
    return Seen(time=time, ends=(2.0, 10.0), series={"redness": 5.0 + rise})


@pytest.mark.parametrize(
    ("share", "below", "hours"),
    [(0.5, 0.5, 10.0), (0.25, 0.5, 10 * 0.5 / 0.75), (0.5, 0.25, 15.0), (0.5, 1.0, 0.0), (1.0, 0.5, 15.0)],
)
def test_hours_until_a_series_has_come_down(share, below, hours):
    """Straight between what was seen, after the last session, whatever the height of the rise."""
    found = observe_course(healed(share), {"until": "redness", "below": below})
    np.testing.assert_allclose(found, [hours, hours])


def test_what_does_not_come_down_is_never():
    time, values = np.array([0.0, 10.0, 20.0]), np.array([0.0, 1.0, 0.9])[:, None]
    course = Seen(time=time, ends=(10.0,), series={"redness": values})
    assert observe_course(course, {"until": "redness", "below": 0.5}).tolist() == [np.inf]


def test_a_rise_that_a_film_hides_at_first_is_not_over():
    """Below the level at once, above it later: over when it stays below."""
    time = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    values = np.array([0.0, 1.0, 0.2, 0.8, 0.0])[:, None]
    course = Seen(time=time, ends=(10.0,), series={"tewl": values})
    np.testing.assert_allclose(observe_course(course, {"until": "tewl", "below": 0.4}), [20 + 10 * 0.5])


def test_a_series_at_a_time_after_the_last_session_and_its_change():
    course = healed(0.5)
    assert observe_course(course, {"series": "redness", "at": "10 h"}).tolist() == [5.5, 7.0]
    assert observe_course(course, {"series": "redness", "at": "start"}).tolist() == [5.0, 5.0]
    change = observe_course(course, {"series": "redness", "at": "0 h", "against": "start"})
    np.testing.assert_allclose(change, [20.0, 80.0])
    scaled = observe_course(course, {"series": "redness", "at": "10 h", "times": 2, "plus": -1})
    assert scaled.tolist() == [10.0, 13.0]


def test_a_compound_as_a_share_and_as_a_ratio():
    series = {
        "blood.drug": np.array([[0.0], [3.0]]),
        "applied.drug": np.array([[12.0], [12.0]]),
        "delivered.drug": np.array([[0.0], [8.0]]),
        "delivered_whole.drug": np.array([[0.0], [2.0]]),
    }
    course = Seen(time=np.array([0.0, 24.0]), ends=(0.0,), series=series)
    assert observe_course(course, {"share": "drug", "of": "blood", "at": "1 day"}).tolist() == [25.0]
    assert observe_course(course, {"ratio": "drug", "at": "1 day"}).tolist() == [4.0]


@pytest.mark.parametrize(
    ("what", "unit"),
    [
        ({"quantity": "pain"}, "1"),
        ({"quantity": "redness_days"}, "day"),
        ({"series": "water_loss", "at": "1 h"}, "g/m2/h"),
        ({"series": "water_loss", "at": "1 h", "against": "start"}, "%"),
        ({"area": "path_open", "until": "1 h"}, "1 h"),
        ({"until": "redness", "below": 0.5}, "h"),
        ({"share": "drug", "of": "blood", "at": "1 h"}, "%"),
        ({"ratio": "drug", "at": "1 h"}, "1"),
    ],
)
def test_the_unit_of_what_is_observed(what, unit):
    assert unit_of(what) == unit


def test_nothing_is_nothing():
    with pytest.raises(NotObserved, match=r"nothing to observe in \{'odd': 1\}"):
        observe_course(Seen(), {"odd": 1})


def test_flux_and_lag_of_a_diffusion_cell():
    """A curve that is flat until 2 h and then a line: its slope, and where it leaves the axis."""
    time = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 8.0])
    whole = np.maximum(time - 3.0, 0)[:, None] * np.array([1.0, 2.0])
    needled = np.maximum(time - 2.0, 0)[:, None] * np.array([10.0, 10.0])
    course = Seen(time=time + 5, ends=(5.0,), series={"received.drug": needled, "received_whole.drug": whole})

    def see(kind, skin, until="8 h"):
        return observe_course(course, {kind: "drug", "skin": skin, "until": until})

    np.testing.assert_allclose(see("flux", "needled"), [10, 10])
    np.testing.assert_allclose(see("flux", "difference"), [9, 8])
    np.testing.assert_allclose(see("flux", "ratio"), [10, 5])
    np.testing.assert_allclose(see("lag", "needled"), [2, 2])
    np.testing.assert_allclose(see("lag", "whole"), [3, 3])
    assert see("flux", "whole", "3 h").tolist() == [0, 0]
    assert unit_of({"flux": "drug", "skin": "whole", "until": "3 h"}) == "ug/cm2/h"
    assert unit_of({"lag": "drug", "skin": "ratio", "until": "3 h"}) == "1"
    with pytest.raises(CaseFault, match=r"'until'"):
        unit_of({"flux": "drug", "skin": "whole"})
    with pytest.raises(CaseFault, match=r"needled, whole, difference, ratio"):
        check_observation({"flux": "drug", "skin": "bare", "until": "3 h"})
    with pytest.raises(NotObserved):
        observe_course(course, {"flux": "other", "skin": "whole", "until": "3 h"})


def test_the_share_of_people_above_a_grade():
    """At the mean half of them; one deviation below it, 84 %."""
    course = Seen(quantities={"overall_improvement": np.array([50.0, 75.0])})
    what = {"quantity": "overall_improvement", "above": 50, "differ": 25}
    np.testing.assert_allclose(observe_course(course, what), [0.5, 0.8413447])
    assert unit_of(what) == "1"
