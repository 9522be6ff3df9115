"""From YAML to plain data, and from plain data to models that nobody can change."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from hudnal import TreatmentError, load
from hudnal.treatment import TreatmentFile, compound, instrument, model, product, steps
from hudnal.treatment.document import read_document
from hudnal.treatment.steps import Wash

STAMP = {"instrument": "digital-stamp-0.5", "session": ["stamp"]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, True) for word in ("true", "True", "yes", "on", "ja", "Ja")),
        *((word, False) for word in ("false", "no", "No", "off", "nej", "NEJ")),
        *((word, None) for word in ("", "~", "null", "NULL")),
        *((word, word) for word in ("0x10", "1:30", "0b11", "2026-11-26", "1 mm", "y")),
        ("12", 12), ("1_000", 1000), ("1.5", 1.5), ("1.0", 1.0), ("1e3", "1e3"), ("1.0e+3", 1000.0), ("-3", -3),
        ('"yes"', "yes"), ("'ja'", "ja"), ("[1, ja]", [1, True]), ("{a: nej}", {"a": False}),
    ],
)  # fmt: skip
def test_plain_values_are_what_people_mean(text, value):
    document = read_document(f"a: {text}")
    assert not document.faults
    assert document.data == {"a": value}
    assert type(document.data["a"]) is type(value)


def test_numbers_that_are_none_are_told():
    assert [fault.key for fault in read_document("a: 1.0e+999").faults] == ["number_not_finite"]
    # YAML's own words for them are words here, which no field takes for a number.
    assert read_document("a: [.inf, -.inf, .nan]").data == {"a": [".inf", "-.inf", ".nan"]}


def test_every_model_is_frozen_and_takes_nothing_unknown():
    models = {
        one
        for module in (compound, instrument, model, product, steps)
        for one in vars(module).values()
        if isinstance(one, type)
        and issubclass(one, BaseModel)
        and one.__module__.startswith("hudnal.treatment")
    }
    assert len(models) > 20
    for one in models:
        assert one.model_config.get("frozen") is True, one
        assert one.model_config.get("extra") == "forbid", one


def test_models_may_stand_where_their_words_do():
    file = TreatmentFile.model_validate({"session": [Wash(), "wash", {"wash": None}]})
    assert file.session == (Wash(), Wash(), Wash())


def test_data_are_as_a_file_gives_them():
    data = load({"session": [{"numb": {"with": "emla", "for": "30 min"}}]}).as_data()
    assert data["session"] == [{"numb": {"with": "emla", "for": "0.5 h", "covered": True, "wiped": True}}]
    assert None not in data.values()


@pytest.mark.parametrize(
    "step", ["wash", "disinfect", "clean", {"wait": {"for": "1 h"}}, {"reuse": {"times": 1}}]
)
def test_steps_that_treat_nothing_are_no_treatment_alone(step):
    with pytest.raises(TreatmentError) as caught:
        load({**STAMP, "session": [step]})
    assert "no_needles" in [fault.key for fault in caught.value.faults]


def test_needles_are_shorter_than_the_drum_is_thick():
    drum = {
        "kind": "roller",
        "rings": 1,
        "needles_per_ring": 2,
        "drum_diameter": "4 mm",
        "drum_width": "5 mm",
    }
    plan = {"session": [{"roll": {"strokes": 1}}]}
    load({**plan, "instrument": {**drum, "length": "1.99 mm"}})
    with pytest.raises(TreatmentError) as caught:
        load({**plan, "instrument": {**drum, "length": "2 mm"}})
    assert [fault.key for fault in caught.value.faults] == ["needles_longer_than_drum"]


def test_a_pen_goes_its_directions_in_turn():
    pen = {"with": "skinpen", "depth": "1 mm", "passes": 3, "directions": [0, 90]}
    step: Any = next(load({**STAMP, "session": [{"pen": pen}]}).walk_steps())[1]
    assert step.headings == [0, 90, 0]


def test_the_sun_is_bare_where_nothing_protects():
    plan = {**STAMP, "aftercare": [{"sun": {}}, {"sun": {"protected": True}}]}
    assert [step.in_bare_sun for step in load(plan).aftercare] == [True, False]


def test_a_title_is_that_of_the_language_or_the_first():
    def titles(given):
        treatment = load({**STAMP, "title": given})
        return [treatment.title_in(language) for language in ("en", "sv")]

    assert titles("one") == ["one", "one"]
    assert titles({"sv": "två", "en": "two"}) == ["two", "två"]
    assert titles({"sv": "två"}) == ["två", "två"]


def test_a_treatment_is_copied_as_it_is_and_a_fault_cannot_be_changed():
    treatment = load(STAMP)
    assert treatment.model_copy() == treatment
    with pytest.raises(TypeError, match="has to be checked"):
        treatment.model_copy(update={"area": 1.0})
    with pytest.raises(AttributeError):
        read_document("a: 1.0e+999").faults[0].line = 3  # type: ignore[misc]


@pytest.mark.parametrize(("rings", "fits"), [(10, True), (11, False)])
def test_needles_have_to_fit_on_a_drum(rings, fits):
    """On a drum of 20 mm, 80 to a ring and 0.56 mm thick: ten rings cover 197 of 201 mm2."""
    drum = {
        "kind": "roller", "length": "1 mm", "diameter": "0.56 mm", "rings": rings, "needles_per_ring": 80,
        "drum_diameter": "20 mm", "drum_width": "3.2 mm",
    }  # fmt: skip
    plan = {"instrument": drum, "session": ["wash", {"roll": {"strokes": 2}}]}
    if fits:
        assert getattr(load(plan).instrument, "rings", None) == rings
    else:
        with pytest.raises(TreatmentError, match="needles of"):
            load(plan)


def test_a_file_may_have_as_many_values_as_that_and_no_more(monkeypatch):
    monkeypatch.setattr(
        "hudnal.treatment.document._MOST_COMPOSED", 7
    )  # the mapping, and a key and a value each
    assert not read_document("{a: 1, b: 2, c: 3}").faults
    assert [fault.key for fault in read_document("{a: 1, b: 2, c: 3, d: 4}").faults] == ["too_deep"]
