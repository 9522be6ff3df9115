"""What is warned against and done all the same runs, and its danger is told with its size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml

import hudnal
from hudnal.language import LANGUAGES
from hudnal.result.interval import Chance

DAY = {"course": {"follow_up": "1 day"}}
PEN = {"pen": {"depth": "1.5 mm", "passes": 4}}
# The cream is left on and the pen goes through it.
THROUGH_CREAM = """
site: cheek
setting: spa
instrument: dermapen
session:
  - numb: {with: blt, for: 30 min}
  - pen: {depth: 1.5 mm, passes: 4}
"""
# An oily vitamin C under the needles, a tinted sunscreen after them: granulomas weeks later.
OILY_VITAMIN = """
person: {age: 55 year, phototype: II}
site: face
setting: spa
instrument: {kind: pen, length: 2.5 mm, needles: 12, head_diameter: 8 mm, frequency: 100 Hz}
products:
  oily-vitamin-c: {vehicle: oil, actives: {tetrahexyldecyl-ascorbate: 10 %}}
session:
  - numb: {with: blt, for: 30 min}
  - spread: {what: oily-vitamin-c}
  - pen: {depth: 1.5 mm, passes: 4}
  - spread: {what: tinted-sunscreen}
"""
# Thirty grams under film for three hours on face and neck of a light person, put on again over the holes.
OVERDOSE = """
person: {age: 24 year, weight: 45 kg}
site: face
area: 400 cm2
setting: spa
instrument: dermaroller-mf8
session:
  - numb: {with: emla, amount: 75 mg/cm2, for: 3 h, covered: true}
  - clean
  - roll: {back_and_forth: 12, directions: [0, 90, 45, 135]}
  - numb: {with: emla, amount: 75 mg/cm2, for: 60 min, covered: true}
  - clean
  - roll: {back_and_forth: 12, directions: [0, 90, 45, 135]}
"""


def run(plan, **more):
    data = yaml.safe_load(plan) if isinstance(plan, str) else {"instrument": "dermapen", **plan}
    return hudnal.simulate({**data, **DAY, **more}, draws=2, keep=())


def find(course, code) -> Any:
    return next((one for one in course.warnings if one.code == code), None)


@pytest.fixture(scope="module")
def washed():
    session = [{"numb": {"with": "blt", "for": "30 min"}}, "wash", PEN]
    return run({"session": session, "site": "cheek", "setting": "spa"})


@pytest.fixture(scope="module")
def through_cream():
    return run(THROUGH_CREAM)


def test_needles_through_cream_run_and_say_what_goes_in(through_cream, washed):
    danger = find(through_cream, "needles_through_cream")
    assert danger and danger.level == "danger"
    assert 1 < danger.values["left"] < 16  # mg/cm2, the smear that sticks when 150 were wiped off
    assert danger.values["dose"] > 1  # mg, of some 120 that lie there
    assert danger.values["dose"] < danger.values["left"] * 0.3 * 100
    assert isinstance(danger.values["infection"], Chance)
    for language in LANGUAGES:
        text = through_cream.describe_warning(danger, language)["text"]
        assert "{" not in text and "BLT" in text
    assert find(washed, "needles_through_cream") is None
    more = through_cream.quantities["lidocaine_peak"] / washed.quantities["lidocaine_peak"]
    assert np.all(more > 1)
    assert np.all(
        through_cream.quantities["infection_probability"] > washed.quantities["infection_probability"]
    )


def test_a_cream_that_nobody_wipes_feeds_the_holes(through_cream):
    """With the whole layer left on, more comes in than with the smear."""
    session = [{"numb": {"with": "blt", "for": "30 min", "wiped": False}}, PEN]
    left_on = run({"session": session, "site": "cheek", "setting": "spa"})
    danger = find(left_on, "needles_through_cream")
    assert danger is not None and danger.values["left"] == 150
    wiped = find(through_cream, "needles_through_cream")
    assert wiped is not None and danger.values["dose"] > 2 * wiped.values["dose"]


@pytest.fixture(scope="module")
def oily():
    return run(OILY_VITAMIN)


def test_what_is_oily_coloured_or_not_for_the_dermis_is_told(oily):
    codes = {one.code for one in oily.warnings if one.level == "danger"}
    assert {
        "needles_through_cream", "needles_through_oil", "serum_not_sterile", "particles_on_holes", "not_disinfected",
    } <= codes  # fmt: skip
    assert oily.chance("granuloma_probability").mean > 0.0003
    within = oily.quantities["particles_in_dermis"]
    assert np.all((within > 0) & (within < 0.1 * 130))  # ug/cm2, of 130 that were laid on
    told = find(oily, "particles_on_holes")
    assert told is not None and told.values["particles"] == pytest.approx(np.median(within), rel=0.06)


def test_make_up_under_needles_tattoos_more_than_after():
    under = run({"session": ["wash", "disinfect", {"spread": {"what": "make-up"}}, PEN]})
    after = run({"session": ["wash", "disinfect", PEN, {"spread": {"what": "make-up"}}]})
    assert find(under, "needles_through_particles") and find(after, "particles_on_holes")
    assert np.all(under.quantities["particles_in_dermis"] > after.quantities["particles_in_dermis"])
    assert np.all(under.quantities["tattoo_probability"] >= after.quantities["tattoo_probability"])
    later = {"aftercare": [{"apply": {"what": "make-up", "from": "3 day", "for": "1 day"}}]}
    late = hudnal.load({"instrument": "dermapen", "session": ["wash", PEN], **later, **DAY})
    assert find(hudnal.simulate(late, draws=1, keep=()), "particles_on_holes") is None


def test_petroleum_jelly_as_a_glide_and_a_razor_are_dangers():
    course = run({"session": [{"shave": {"dry": True}}, "disinfect", "seal", PEN]})
    assert {"needles_through_petrolatum", "shaved_before_needles"} <= {
        one.code for one in course.warnings if one.level == "danger"
    }
    plain = run({"session": ["disinfect", PEN]})
    for harm in ("granuloma_probability", "infection_from_skin"):
        assert np.all(course.quantities[harm] > plain.quantities[harm]), harm


def test_an_overdose_is_told_with_round_numbers():
    course = run(OVERDOSE)
    told = {one.code: one for one in course.warnings}
    assert {"cream_on_holes", "methaemoglobin", "needles_through_cream"} <= set(told)
    assert told["methaemoglobin"].values["grams"] == "60"  # twice 75 mg/cm2 on 400 cm2
    assert told["methaemoglobin"].values["limit"] == "39"  # of 60 g, for 45 of 70 kg
    alarm = told.get("plasma_alarm") or told["plasma_toxic"]
    assert len(f"{alarm.values['level']:g}".replace(".", "").lstrip("0")) <= 2


def test_a_cream_left_on_for_an_hour_is_wiped_off_and_what_stays_is_told():
    course = run({"session": [{"numb": {"with": "emla", "for": "60 min"}}], "site": "cheek"})
    left = find(course, "cream_left")
    assert left is not None and 1 < left.values["left"] < 16
    assert 1 < (course.interval("numb_hours").median or 0) < 24


HOME = {
    "setting": "home",
    "instrument": {
        "kind": "pen",
        "length": "2.5 mm",
        "needles": 12,
        "head_diameter": "8 mm",
        "frequency": "120 Hz",
    },
    "session": [
        {"numb": {"with": "lidocaine-5", "for": "25 min", "covered": False}},
        "wash",
        {"disinfect": {"with": "ethanol-60"}},
        {"spread": {"what": "hyaluronic-acid-serum"}},
        {"pen": {"depth": "0.5 mm", "passes": 4}},
    ],
    "aftercare": [{"apply": {"what": "sunscreen-30", "every": "1 day", "from": "1 day", "for": "2 week"}}],
}


def test_a_guide_for_home_runs_with_its_strengths():
    course = run(HOME)
    assert course.quantities["lidocaine_peak"].min() > 0
    assert find(course, "cream_strength") is not None  # 5 % is more than the 4 % of no prescription
    weak = run(
        {**HOME, "session": [s for s in HOME["session"] if s != {"disinfect": {"with": "ethanol-60"}}]}
    )
    assert np.all(course.quantities["infection_from_skin"] < weak.quantities["infection_from_skin"])


@pytest.mark.parametrize(("amount", "most"), [("2 mg/cm2", 0.35), ("0.5 mg/cm2", 0.7)])
def test_a_sunscreen_stops_most_of_what_sun_adds(amount, most):
    """An untinted one lets visible light through, and a thin layer more than that."""
    base = {"session": ["wash", "disinfect", PEN], "course": {"follow_up": "4 day"}}
    sun = {"sun": {"from": "2 day", "for": "90 min"}}
    cream = {"apply": {"what": "sunscreen-30", "amount": amount, "from": "2 day", "for": "1 day"}}

    def marks(*aftercare):
        plan = {"instrument": "dermapen", **base, "aftercare": list(aftercare)}
        return hudnal.simulate(plan, draws=2, keep=()).quantities["pih_probability"]

    without, bare, shaded = marks(), marks(sun), marks(cream, sun)
    added = (shaded - without) / (bare - without)
    assert np.all((added > 0) & (added < 1)) and np.median(added) < most
