"""A treatment with other values at named places."""

from __future__ import annotations

import pytest

import hudnal
from hudnal.intake.change import OF_INSTRUMENT, OF_PLAN, OF_STEP, BadVariation, find_setting


def test_a_value_is_changed_and_the_first_one_stays():
    usual = hudnal.load("classic")
    gentle = usual.with_(force="3 N", rounds=1, **{"person.age": "50 year"})
    assert (find_setting(gentle, "force"), find_setting(gentle, "rounds"), gentle.person.age) == (
        "3 N",
        1,
        50,
    )
    assert (find_setting(usual, "force"), find_setting(usual, "rounds"), usual.person.age) == ("5 N", 3, 35)
    assert gentle.with_({"force": "5 N", "rounds": 3, "person.age": "35 year"}) == usual


def test_nothing_changed_is_the_same_treatment():
    for name in hudnal.list_presets():
        assert hudnal.load(name).with_() == hudnal.load(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instrument", "medical-roller-2.0"),
        ("length", "1 mm"),
        ("site", "forehead"),
        ("course.sessions", 2),
        ("person.smoker", True),
        ("person.conditions", ["pregnant"]),
        ("numb.for", "0.5 h"),
    ],
)
def test_what_was_put_is_found(name, value):
    assert find_setting(hudnal.load("classic").with_({name: value}), name) == value


def test_instrument_and_its_needles_can_be_changed_at_once():
    changed = hudnal.load("classic").with_(instrument="medical-roller-2.0", length="1 mm")
    assert changed == hudnal.load("classic").with_(length="1 mm", instrument="medical-roller-2.0")
    assert find_setting(changed, "length") == "1 mm"


def test_what_cannot_be_run_is_told_as_of_a_file():
    with pytest.raises(hudnal.TreatmentError, match="has no unit"):
        hudnal.load("classic").with_(force="3")
    with pytest.raises(BadVariation, match="no step `numb`"):
        hudnal.load("home").with_({"numb.for": "30 min"})
    cream = hudnal.load({"session": ["wash", {"spread": {"what": "vitamin-c-serum"}}]})
    with pytest.raises(BadVariation, match="no step with needles"):
        cream.with_(force="3 N")
    assert cream.with_(site="forehead").site == "forehead"


def test_a_name_that_nothing_has_is_told_with_the_nearest():
    with pytest.raises(KeyError, match=r"the nearest are person\.age"):
        hudnal.load("classic").with_({"person.aeg": "50 year"})
    assert {"force", "length", "person.age"} <= OF_INSTRUMENT | OF_STEP | OF_PLAN


def test_a_treatment_shows_itself_in_ten_lines():
    for name in hudnal.list_presets():
        treatment = hudnal.load(name)
        shown = repr(treatment)
        assert len(shown.splitlines()) <= 10 and treatment.title_in("en") in shown and treatment.site in shown
        assert "<table>" in treatment._repr_html_()
    own = hudnal.load("classic").with_(length="1 mm")
    assert "roller of its own, 1 mm" in repr(own)
