"""Trials simulated: people averaged, and the same numbers whatever the number of workers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from made_up import MINE

from hudnal.course.simulate import simulate
from hudnal.evidence.case_file import load_cases, read_cases
from hudnal.evidence.readings import read_figures
from hudnal.evidence.trial import Trial
from hudnal.parameters import Posterior
from hudnal.study.executors import choose_executor
from hudnal.study.shards import Sharded


def test_people_of_a_study_are_averaged():
    """Half of them marked as often as dark skin is, half as light skin."""
    case = next(c for c in load_cases() if c.id == "pih-dark")
    treatment = {**case.trial.treatment, "course": {"sessions": 1, "follow_up": "1 week"}}
    alone = [
        replace(case, id=t, trial=Trial({**treatment, "person": {"age": "26 year", "phototype": t}}))
        for t in ("II", "IV")
    ]
    mixed = Trial(
        {**treatment, "person": {"age": "26 year"}}, ((0.5, {"phototype": "II"}), (0.5, {"phototype": "IV"}))
    )
    both = replace(case, id="both", trial=mixed)
    found = read_figures([*alone, both], 4, 1).values
    assert np.allclose(found["both"], (found["II"] + found["IV"]) / 2)


def test_people_who_were_treated_otherwise_are_averaged():
    """A third of them with each depth, where it was set by what was seen."""
    case = next(c for c in load_cases() if c.id == "tram-skinpen")
    assert [share for share, _ in case.trial.parts] == [0.33, 0.34, 0.33]
    short = {**case.trial.treatment, "course": {"sessions": 1, "follow_up": "1 day"}}
    sessions = [["disinfect", {"pen": {"depth": depth, "passes": 1}}] for depth in ("0.5 mm", "1.5 mm")]
    alone = [replace(case, id=str(i), trial=Trial({**short, "session": s})) for i, s in enumerate(sessions)]
    mixed = Trial(short, tuple((0.5, {"session": session}) for session in sessions))
    found = read_figures([*alone, replace(case, id="both", trial=mixed)], 4, 1).values
    assert np.allclose(found["both"], (found["0"] + found["1"]) / 2)
    assert np.all(found["1"] > found["0"])


def test_the_same_numbers_whatever_the_number_of_workers(tmp_path):
    """Two trials, one of them of two kinds of people, and one person's figure beside a mean."""
    head, case = MINE.split("cases:\n")
    other = "other: {people: [{share: 0.25, phototype: II}, {share: 0.75}],"
    head += head.removeprefix("studies:\n").replace("mine: {", f"{other} ")
    lines = [case]
    lines += [case.replace("id: a", "id: b").replace("study: mine", "study: other")]
    lines += [case.replace("id: a", "id: c").replace('unit: "1"', 'unit: "1", n: 1')]
    lines += [case.replace("id: a", "id: d").replace("study: mine", "study: mine, than: {site: forehead}")]
    file = tmp_path / "mine.yaml"
    file.write_text(head + "cases:\n" + "".join(lines), encoding="utf-8")
    cases = read_cases(file)
    here, apart = (
        read_figures(cases, 3, 1, Posterior.none(), sharded=Sharded(choose_executor(workers), folder))
        for workers, folder in ((1, None), (2, tmp_path / "shards"))
    )
    assert here.used == apart.used
    assert here.values.keys() == apart.values.keys() == set("abcd")
    for name, values in here.values.items():
        assert np.array_equal(values, apart.values[name])
    assert not np.array_equal(here.values["a"], here.values["c"])
    assert (here.values["d"] != 0).any()


CHANGES = """\
studies:
  mine: {site: cheek, area: 50 cm2, concern: {acne-scar: {shape: rolling}}, setting: clinic, instrument: dermaroller-mf8, raters: open,
    session: [{roll: {strokes: 8, force: 5 N}}], course: {follow_up: 4 week}}
cases:
  - {id: left, title: T, fact: f, role: check, study: mine, how: relative, with: {course: {sessions: 3, interval: 4 week, follow_up: 4 week}},
     than: {}, observe: {quantity: goodman_baron_change}, measured: {value: -5, unit: "%"}}
  - {id: blinded, title: T, fact: f, role: check, study: mine, how: relative, with: {raters: blinded, course: {sessions: 3, interval: 4 week, follow_up: 4 week}},
     than: {raters: blinded}, observe: {quantity: goodman_baron_change}, measured: {value: -5, unit: "%"}}
  - {id: ratio, title: T, fact: f, role: check, study: mine, how: ratio, with: {course: {sessions: 3, interval: 4 week, follow_up: 4 week}},
     than: {}, observe: {quantity: goodman_baron_change}, measured: {value: 2, unit: "1"}}
  - {id: arm, title: T, fact: f, role: check, study: mine, observe: {quantity: goodman_baron_change}, measured: {value: -5, unit: "%"}}
"""


def test_what_raters_hope_cancels_in_a_pair(tmp_path):
    """Open raters hope for both arms: by what is left it cancels, and a ratio of changes is one of what is seen."""
    file = tmp_path / "mine.yaml"
    file.write_text(CHANGES, encoding="utf-8")
    found = read_figures(read_cases(file), 3, 1, Posterior.none()).values
    np.testing.assert_allclose(found["left"], found["blinded"], rtol=1e-9, atol=1e-9)
    assert (found["left"] < 0).all() and (found["ratio"] > 1.1).all()
    assert (found["arm"] < -5).all()  # most of which was hoped for


ZONES = """\
studies:
  face: {zones: {forehead: {area: 20 cm2}, cheek: {area: 20 cm2}}, concern: none, setting: clinic, instrument: skinpen,
    session: [disinfect, {pen: {passes: 1, depth: 0.4 mm, on: forehead}}, {pen: {passes: 1, depth: 1.5 mm, on: cheek}}], course: {follow_up: 1 day}}
cases:
  - {id: whole, title: T, fact: f, role: check, study: face, observe: {quantity: tip_depth}, measured: {value: 300, unit: um}}
  - {id: cheek, title: T, fact: f, role: check, study: face, with: {zone: cheek}, observe: {quantity: tip_depth}, measured: {value: 900, unit: um}}
  - {id: redness, title: T, fact: f, role: check, study: face, with: {zone: forehead}, observe: {series: redness, at: 1 h}, measured: {value: 1, unit: "1"}}
  - {id: pair, title: T, fact: f, role: check, study: face, with: {zone: cheek}, than: {zone: forehead}, how: difference,
     observe: {quantity: tip_depth}, measured: {value: 600, unit: um}}
"""


def test_one_zone_of_a_treatment_with_zones(tmp_path):
    """Read off the zone that is named; without a name off the person, whose main zone is the first, not the first by name."""
    file = tmp_path / "mine.yaml"
    file.write_text(ZONES, encoding="utf-8")
    cases = read_cases(file)
    assert len({treatment for case in cases for trial in case.trials for _, treatment in trial.runs}) == 1
    found = read_figures(cases, 3, 1, Posterior.none()).values
    treatment = cases[0].trial.treatment
    course = simulate(treatment, 3, 1, belief=Posterior.none(), people=False, keep=("series",))
    assert np.array_equal(found["whole"], course.zones["forehead"].quantities["tip_depth"])
    assert np.array_equal(found["cheek"], course.zones["cheek"].quantities["tip_depth"])
    assert (found["cheek"] > 2 * found["whole"]).all()
    assert np.array_equal(found["pair"], found["cheek"] - found["whole"])
    hour = np.abs(course.time - course.ends[-1] - 1.0).argmin()
    assert np.array_equal(found["redness"], course.zones["forehead"].series["redness"][hour])
