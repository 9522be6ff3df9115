from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from hudnal import load
from hudnal.treatment import list_presets, read_preset
from hudnal.treatment.schema import list_names_at, make_schema
from hudnal.treatment.steps import Numb, Roll


@pytest.mark.parametrize("name", list_presets())
def test_presets_are_valid_for_us_and_for_the_schema(name):
    treatment = load(name)
    assert treatment.title_in("sv") != treatment.title_in("en")
    jsonschema.validate(yaml.safe_load(read_preset(name)), make_schema())


def test_there_are_the_six():
    assert list_presets()[0] == "classic"


def test_classic_is_the_articles_procedure():
    treatment = load("classic")
    steps = [step for _, _, step in treatment.unroll_steps()]
    assert [s.name for s in steps] == ["numb", "wash", "disinfect", "spread", *["roll", "clean"] * 3, "seal"]
    numb, roll = steps[0], steps[4]
    assert isinstance(numb, Numb)
    assert (numb.with_, numb.amount, numb.for_, numb.covered) == ("emla", 150.0, 1.0, True)
    assert isinstance(roll, Roll)
    assert roll.stroke_count == 16
    assert roll.headings[:4] == [0.0, 180.0, 90.0, 270.0]
    assert treatment.course.follow_up == 26 * 168


def test_schema_gives_defaults_as_the_file_says_them_and_names_from_the_right_catalogue():
    schema = make_schema({"site": ["cheek"], "Roll": ["a-roller"], "Spread": ["a-serum"]})
    steps = schema["$defs"]
    assert steps["Roll"]["properties"]["force"]["default"] == "5 N"
    assert steps["CourseSpec"]["properties"]["interval"]["default"] == "672 h"
    assert steps["Roll"]["properties"]["with"]["examples"] == ["a-roller"]
    assert steps["Spread"]["properties"]["what"]["examples"] == ["a-serum"]
    assert "a-serum" not in steps["Peel"]["properties"]["with"].get("examples", [])
    for holder in (schema, *steps.values()):
        for entry in holder.get("properties", {}).values():
            if "default" in entry:
                jsonschema.Draft202012Validator({**entry, "$defs": steps}).validate(entry["default"])


def test_schema_is_a_schema_and_refuses_what_we_refuse():
    schema = make_schema({"site": ["cheek"]})
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.dumps(schema)
    good = yaml.safe_load(read_preset("classic"))
    for bad in (
        {"sight": 1},
        {"setting": "hospital"},
        {"session": []},
        {"session": ["wassh"]},
        {"course": {"sessions": 0}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schema).validate({**good, **bad})


def test_every_step_kind_of_the_design_can_be_written():
    load(
        {
            "site": "cheek",
            "instrument": "dermaroller-mf8",
            "session": [
                {"numb": {"with": "emla", "for": "30 min"}},
                "wash",
                "disinfect",
                {"spread": {"what": "sterile-saline"}},
                {"reuse": {"times": 2, "shared": True, "cleaned": "steam"}},
                {
                    "repeat": {
                        "rounds": 2,
                        "steps": [{"roll": {"strokes": 4, "speed": "30 mm/s", "slip": "5 %"}}, "clean"],
                    }
                },
                {"pen": {"with": "skinpen", "depth": "0.5 mm", "passes": 1}},
                {"stamp": {"with": "digital-stamp-0.5", "times": 1}},
                {"roll": {"strokes": 2, "skin": "12 N/m"}},
                {"peel": {"with": "glycolic-35"}},
                {"laser": {"density": "50 /cm2", "diameter": "120 um", "depth": "0.4 mm"}},
                {"wait": {"for": "10 min"}},
                {"sun": {"for": "10 min", "protected": True}},
                "seal",
            ],
            "aftercare": [
                {"apply": {"what": "retinol-0.3", "every": "2 day", "from": "1 day", "for": "1 week"}},
                {"seal": {"every": "12 h", "for": "2 day"}},
                {"sun": {"from": "5 day", "for": "1 h"}},
            ],
        }
    )


def test_names_at_a_place():
    assert "force" in list_names_at(("session", 3, "roll"))
    assert "age" in list_names_at(("person",))
    assert "drum_width" in list_names_at(("instrument",))
    assert list_names_at(("session", 3, "roll", "force")) == []


def test_mapping_and_file_mean_the_same(tmp_path):
    file = tmp_path / "t.yaml"
    file.write_text(read_preset("home"), encoding="utf-8")
    assert load(file) == load("home") == load(yaml.safe_load(read_preset("home")))


def test_a_field_of_scars_or_one_of_them():
    preset = yaml.safe_load(read_preset("acne-scars"))
    field = [{"acne-scar": {"shape": shape}} for shape in ("icepick", "boxcar")] + ["surgical-scar"]
    treatment = load({**preset, "concern": field})
    assert [scar.name for scar in treatment.scars] == ["acne-scar", "acne-scar", "surgical-scar"]
    assert treatment.main_concern == treatment.scars[0]
    assert load(treatment.as_data()) == treatment
    jsonschema.validate({**preset, "concern": field}, make_schema({}))
    assert load(preset).scars == (load(preset).main_concern,)
    assert load({**preset, "concern": "ageing"}).scars == ()
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**preset, "concern": ["ageing"]}, make_schema({}))
