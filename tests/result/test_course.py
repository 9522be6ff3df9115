"""What is left of a run: the belief and people it was run with, only what was to be kept, and light enough to send."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import hudnal
from hudnal.parameters import Draws
from hudnal.result.course import ALL, NotKeptError

SMALL = {
    "session": ["wash", {"roll": {"strokes": 2}}],
    "instrument": "dermaroller-c8he",
    "course": {"follow_up": "1 day"},
}


def test_a_course_keeps_the_belief_that_it_was_run_with():
    """F2: what is told afterwards is of the draws of the run, and not of the fitted belief."""
    prior = hudnal.simulate(SMALL, draws=8, belief="prior")
    fitted = hudnal.simulate(SMALL, draws=8)
    name = "puncture.entry.blunt_from"
    expected = Draws(8, 1, "prior")[name]
    np.testing.assert_array_equal(prior.sample[name], expected)
    assert not np.array_equal(prior.sample[name], fitted.sample[name])
    assert prior.sample.belief.names == ()


def test_a_course_keeps_whom_it_was_run_with():
    alike = hudnal.simulate(SMALL, draws=8, people=False)
    names = [n for n in alike.used if alike.sample.parameter(n).varies == "people"]
    assert names
    assert all(np.ptp(alike.sample[name]) == 0 for name in names)


def test_what_was_not_kept_says_so_and_how_to_keep_it():
    light = hudnal.simulate(SMALL, draws=4, keep=())
    whole = hudnal.simulate(SMALL, draws=4)
    for name, values in whole.quantities.items():
        np.testing.assert_array_equal(light.quantities[name], values, err_msg=name)
    for part in ALL:
        assert getattr(whole, part) is not None
        with pytest.raises(NotKeptError, match=f"did not keep its {part}.*keep="):
            getattr(light, part)
    assert {"series", "scars"} == whole.summary().keys() - light.summary().keys()
    told = {
        name: {key: value for key, value in entry.items() if key != "by_needles"}
        for name, entry in whole.summary()["quantities"].items()
    }
    assert light.summary()["quantities"] == told != whole.summary()["quantities"]
    assert set(light.table().variables) == {f"quantity_{name}" for name in light.quantities}
    some = hudnal.simulate(SMALL, draws=4, keep=("quantities", "series"))
    assert some.kept == ("series",)
    assert some.series.keys() == whole.series.keys()
    with pytest.raises(ValueError, match=r"quantities, series.*not holse"):
        hudnal.simulate(SMALL, draws=4, keep=("holse",))


def test_a_repr_tells_in_ten_lines_what_it_is_of_and_what_is_kept():
    light, whole = hudnal.simulate(SMALL, draws=4, keep=()), hudnal.simulate(SMALL, draws=4)
    assert "4 draws, seed 1, 0.0 MB" in repr(light)
    assert "quantities, series, strokes, holes, tissue, scars" in repr(whole)
    assert len(repr(whole).splitlines()) <= 12 and max(map(len, repr(whole).splitlines())) <= 110
    assert "Pain" in repr(whole) and "Pain" in whole._repr_html_()


def test_a_danger_stands_in_full_in_a_notebook():
    plan = {**SMALL, "session": ["wash", {"spread": {"what": "vitamin-c-serum"}}, {"roll": {"strokes": 2}}]}
    course = hudnal.simulate(plan, draws=4)
    dangers = [warning.code for warning in course.warnings if warning.level == "danger"]
    assert "serum_not_sterile" in dangers and f"({', '.join(dangers)})" in repr(course)
    assert course._repr_html_().count(">danger: ") == len(dangers)


@pytest.mark.parametrize(
    "ask",
    [
        lambda course: course.interval("pian"),
        lambda course: course.chance("pian"),
        lambda course: course.moved_by("pian"),
        lambda course: course.sources_of("pian"),
        lambda course: course.effect_of_needles("pian"),
        lambda course: course.quantities["pian"],
    ],
)
def test_a_quantity_that_is_not_there_is_told_with_the_nearest(ask):
    with pytest.raises(KeyError, match=r"^no quantity 'pian'; the nearest are pain"):
        ask(hudnal.simulate(SMALL, draws=4))


def test_a_series_that_is_not_there_is_told_with_the_nearest():
    course = hudnal.simulate(SMALL, draws=4)
    with pytest.raises(KeyError, match="no series 'rednes'; the nearest are redness"):
        course.plot("rednes")
    with pytest.raises(KeyError, match=r"one number of the whole course: course.interval\('hole_density'\)"):
        course.plot("hole_density")
    with pytest.raises(KeyError, match="no unit of time 'month'; the nearest are h, day, week"):
        course.plot("redness", over="month")


def test_a_comparison_and_a_table_show_themselves_in_ten_lines():
    course = hudnal.simulate(SMALL, draws=4)
    comparison = hudnal.compare(["one", "other"], [course, course])
    assert len(repr(comparison).splitlines()) <= 11 and "one" in repr(comparison)
    assert len(repr(course.table()).splitlines()) <= 10 and "(time, draw)" in repr(course.table())
    for shown in (comparison, course.table()):
        assert "<table>" in shown._repr_html_()
    frame = comparison.to_dataframe()
    assert tuple(frame.loc[("pain", "other"), ["median", "low", "high"]]) == course.interval("pain")
    assert frame.loc[("pain", "other"), "difference_median"] == 0
    with pytest.raises(KeyError, match="no quantity 'pian'; the nearest are pain"):
        comparison.difference("pian", "other")
    with pytest.raises(KeyError, match="no treatment beside the first 'one'; the nearest are other"):
        comparison.difference("pain", "one")


@pytest.mark.parametrize("belief", ["posterior", "prior"])
def test_a_course_survives_a_pickle(belief):
    course = hudnal.simulate(SMALL, draws=4, belief=belief)
    again = pickle.loads(pickle.dumps(course))
    for name, values in course.quantities.items():
        np.testing.assert_array_equal(again.quantities[name], values, err_msg=name)
    name = "puncture.entry.blunt_from"
    np.testing.assert_array_equal(again.sample[name], course.sample[name])
    assert again.summary() == course.summary()


def test_a_light_course_of_64_draws_is_below_400_kb():
    """500 of them stay below 200 MB, with all that they drag along."""
    light = hudnal.simulate(SMALL, draws=64, keep=())
    assert len(pickle.dumps(light)) < 400_000
