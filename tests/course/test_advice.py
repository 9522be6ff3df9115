"""Warnings: the label's limits, cream on open skin, gels that keep holes open, levels in the blood, the relation's range."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from hudnal import load
from hudnal.course.advice import advise
from hudnal.course.prepare import prepare
from hudnal.language import say
from hudnal.parameters import Draws, reference_of
from hudnal.transport import product

DRAWS = Draws(16, 3)
ROLL = {"roll": {"strokes": 4, "force": "5 N"}}


def told(*session, quantities=None, **plan):
    """Warnings of a session by code; what was seen is given as quantities."""
    plan = {"instrument": "dermaroller-mf8", "setting": "clinic", "session": list(session), **plan}
    treatment = load(plan)
    setting = prepare(treatment, DRAWS.including(treatment.shelf.list_parameters()))
    found = advise(setting, defaultdict(lambda: np.zeros(16), quantities or {}))
    for warning in found:
        assert warning.source, warning.code
        assert all(reference_of(fact).key for fact in warning.source)
        for language in ("en", "sv"):
            assert say(f"warnings.{warning.code}", language, **warning.values)
    return {warning.code: warning for warning in found}


def numb(name="emla", **more):
    return {"numb": {"with": name, "amount": "0.1 g/cm2", "for": "60 min", **more}}


def test_within_the_label_nothing_is_said():
    codes = set(told(numb(), "wash", "disinfect", ROLL))
    assert not codes & {"cream_amount", "cream_area", "cream_hours", "cream_on_holes", "cream_strength"}


@pytest.mark.parametrize("name", ["emla", "lidocaine-prilocaine", "pliaglis"])
@pytest.mark.parametrize(
    ("code", "step", "area"),
    [
        ("cream_amount", {"amount": "0.25 g/cm2"}, "100 cm2"),
        ("cream_hours", {"for": "4 h"}, "100 cm2"),
        ("cream_area", {}, "600 cm2"),
    ],
)
def test_over_the_label_is_told_with_the_labels_source(name, code, step, area):
    found = told(numb(name, **step), "wash", "disinfect", ROLL, area=area)
    assert set(product(name).label_source) <= set(found[code].source)
    assert found[code].level == "danger"
    assert found[code].values["product"] == name


def test_a_cream_without_a_label_is_measured_against_the_best_studied_area():
    assert "safety:ANA-001" in told(numb("blt"), "wash", ROLL, area="600 cm2")["cream_area"].source


@pytest.mark.parametrize("name", ["blt", "lidocaine-10", "pliaglis"])
def test_strong_creams_are_told(name):
    assert "cream_strength" in told(numb(name), "wash", ROLL)


@pytest.mark.parametrize(
    "before",
    [
        [ROLL],
        [{"pen": {"with": "skinpen", "depth": "0.5 mm"}}],
        [{"laser": {"density": "100 /cm2", "diameter": "0.1 mm", "depth": "0.5 mm"}}],
        [{"peel": {"with": "tca-35"}}],
    ],
)
def test_cream_on_open_skin_speaks(before):
    found = told("wash", "disinfect", *before, numb(), "wash")
    assert found["cream_on_holes"].level == "danger"
    assert "cream_on_holes" not in told(numb(), "wash", "disinfect", *before)


def test_cream_again_in_the_second_round_comes_onto_holes():
    steps = [numb(), "wash", ROLL]
    assert "cream_on_holes" not in told({"repeat": {"rounds": 1, "steps": steps}})
    found = told({"repeat": {"rounds": 2, "steps": steps}})
    assert found["cream_on_holes"].place == "session[0].repeat.steps[0].numb"


def test_serum_put_on_between_rounds_is_under_the_needles_of_the_next():
    steps = [ROLL, {"spread": {"what": "vitamin-c-serum"}}]
    assert "serum_not_sterile" not in told({"repeat": {"rounds": 1, "steps": steps}})
    assert "serum_not_sterile" in told({"repeat": {"rounds": 2, "steps": steps}})
    assert "serum_not_sterile" not in told(
        {"repeat": {"rounds": 2, "steps": [ROLL, {"spread": {"what": "sterile-tranexamic-acid"}}]}}
    )


def test_a_gel_against_inflammation_on_needled_skin():
    gel = {"spread": {"what": "diclofenac-gel-1"}}
    assert "anti_inflammatory" not in told(gel, "wash", ROLL)
    assert "anti_inflammatory" in told("wash", ROLL, gel)
    later = [{"apply": {"what": "diclofenac-gel-1", "for": "3 day"}}]
    assert told("wash", ROLL, aftercare=later)["anti_inflammatory"].place == "aftercare[0].apply"
    assert "anti_inflammatory" not in told("seal", aftercare=later)


@pytest.mark.parametrize(
    ("quantity", "level", "code"),
    [
        ("lidocaine_peak", 0.9, None),
        ("lidocaine_peak", 1.1, "plasma_alarm"),
        ("lidocaine_peak", 5.1, "plasma_toxic"),
        ("plasma_peak.prilocaine", 5.9, None),
        ("plasma_peak.prilocaine", 6.1, "plasma_toxic"),
        ("plasma_peak.naltrexone", 50.0, None),
    ],
)
def test_levels_in_the_blood(quantity, level, code):
    found = told(numb(), "wash", ROLL, quantities={quantity: np.full(16, level)})
    assert {c for c in found if c.startswith("plasma")} == ({code} if code else set())


def test_two_levels_at_once_are_both_told():
    treatment = load({"session": [numb(), "wash"]})
    levels = {"lidocaine_peak": np.full(4, 9.0), "plasma_peak.prilocaine": np.full(4, 9.0)}
    found = advise(prepare(treatment, DRAWS), levels)
    assert sorted(str(w.values["compound"]) for w in found if w.code == "plasma_toxic") == [
        "lidocaine",
        "prilocaine",
    ]


def test_a_compound_outside_the_relation_is_never_passed_over():
    found = told({"spread": {"what": "hyaluronic-acid-serum"}})
    assert {"outside_log_kow", "outside_molar_mass"} <= set(found)
    assert found["outside_molar_mass"].values["compound"] == "hyaluronic-acid"
    assert not {c for c in told({"spread": {"what": "caffeine-3"}}) if c.startswith("outside")}
    own = {"molar_mass": "800 g/mol", "log_kow": 2}
    brought = {"compounds": {"big": own}, "products": {"p": {"actives": {"big": "1 %"}}}}
    step = {"spread": {"what": "p"}}
    assert told(step, **brought)["outside_molar_mass"].values == {"compound": "big", "value": 800.0}
    measured = {**brought, "compounds": {"big": {**own, "permeability": "1e-4 cm/h"}}}
    assert "outside_molar_mass" not in told(step, **measured)


def test_a_cream_that_nobody_washes_off_is_told_with_what_is_left():
    assert "cream_left" not in told(numb(), "wash", "disinfect", ROLL)
    for session in ([numb(), "clean", "disinfect", ROLL], [numb()]):
        found = told(*session)
        assert found["cream_left"].level == "caution"
        assert found["cream_left"].place == "session[0].numb"
    wiped, left = (float(str(told(*s)["cream_left"].values["left"])) for s in ([numb(), "clean"], [numb()]))
    assert 0 < wiped < left < 15


def test_much_prilocaine_is_told_by_its_grams_and_the_persons_weight():
    """All reports to one agency: more than 60 g. Two layers add up, a light person bears less, lidocaine has none."""
    assert "methaemoglobin" not in told(numb(), "wash", "disinfect", ROLL, area="400 cm2")
    assert "methaemoglobin" in told(numb(amount="0.16 g/cm2"), "wash", ROLL, area="400 cm2")
    twice = told(numb(), "wash", numb(), "wash", ROLL, area="400 cm2")
    assert twice["methaemoglobin"].place == "session[2].numb"
    assert twice["methaemoglobin"].level == "danger"
    assert "m5-methb-spain" in twice["methaemoglobin"].source
    assert "methaemoglobin" in told(numb(), "wash", ROLL, area="400 cm2", person={"weight": "40 kg"})
    assert "methaemoglobin" not in told(numb("lmx-4"), "wash", numb("lmx-4"), "wash", ROLL, area="400 cm2")
