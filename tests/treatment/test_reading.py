"""From YAML to plain data, and from plain data to models that nobody can change."""

from __future__ import annotations

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
    assert data["session"] == [{"numb": {"with": "emla", "for": "0.5 h", "covered": True}}]
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
