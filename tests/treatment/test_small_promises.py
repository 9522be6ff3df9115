"""Small promises of the file, each of which a change of one sign would break."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from hudnal import TreatmentError, load
from hudnal.intake.check import MOST_STEPS, _check_size, make_full_schema
from hudnal.intake.load import load_with_compound, read_source
from hudnal.treatment.document import Document, read_document
from hudnal.treatment.fault import MOST_LINES, Fault
from hudnal.treatment.model import TreatmentFile
from hudnal.treatment.phase import count_unrolled
from hudnal.treatment.read import read_text

PLAN = {"instrument": "dermaroller-mf8", "session": ["wash", {"roll": {"strokes": 2}}]}
DRUM = {
    "kind": "roller", "length": "1 mm", "rings": 4, "needles_per_ring": 12, "drum_diameter": "20 mm",
    "drum_width": "20 mm",
}  # fmt: skip


def keys_of(data) -> list[str]:
    """The keys of what is wrong with plain data; none where it can be run."""
    try:
        load(data)
    except TreatmentError as error:
        return [fault.key for fault in error.faults]
    return []


def rolled(**entries) -> dict[str, Any]:
    return {**PLAN, "session": ["wash", {"roll": {"strokes": 2, **entries}}]}


def roll_of(**entries) -> Any:
    """The rolling of a treatment with these entries."""
    return [step for _, step in load(rolled(**entries)).walk_steps()][1]


def test_excised_skin_is_in_vitro_and_a_clinic_is_not():
    serum = [{"spread": {"what": "caffeine-3"}}]
    assert load({"setting": "franz-cell", "session": serum}).in_vitro is True
    assert load(PLAN).in_vitro is False


def test_the_main_concern_comes_first():
    one = load({**PLAN, "concern": {"acne-scar": {"shape": "boxcar"}}})
    assert [concern.name for concern in one.concerns] == ["acne-scar"]
    several = load(
        {**PLAN, "concern": [{"acne-scar": {"shape": "boxcar"}}, {"acne-scar": {"shape": "rolling"}}]}
    )
    assert [getattr(concern, "shape", None) for concern in several.concerns] == ["boxcar", "rolling"]


def test_what_comes_from_another_person():
    steps = load(
        {**PLAN, "session": ["wash", {"reuse": {"shared": True}}, {"reuse": {}}, {"roll": {"strokes": 2}}]}
    )
    done = [step for _, step in steps.walk_steps()]
    assert [step.instrument_of_another for step in done] == [False, True, False, False]
    assert not any(step.in_bare_sun for step in done)


def test_rounds_in_rounds_are_counted():
    inner = {"repeat": {"rounds": 3, "steps": ["clean", "wash"]}}
    roll = {"roll": {"strokes": 2}}
    steps = load({**PLAN, "session": ["wash", {"repeat": {"rounds": 4, "steps": [inner, roll]}}]}).session
    assert steps is not None
    assert count_unrolled(steps) == 1 + 4 * (3 * 2 + 1)


@pytest.mark.parametrize(
    ("strokes", "keys"),
    [
        (1, []),
        (400, []),
        (4.0, []),
        (401, ["count_range"]),
        (0, ["count_range"]),
        (4.5, ["count"]),
        (True, ["count"]),
    ],
)
def test_a_count_is_a_whole_number_between_its_bounds(strokes, keys):
    assert keys_of({**PLAN, "session": ["wash", {"roll": {"strokes": strokes}}]}) == keys


def test_a_tension_is_read_and_an_angle_is_no_truth():
    assert roll_of(skin="15 N/m").skin == 15
    assert roll_of(skin="taut").skin == "taut"
    assert roll_of(directions=[45]).headings[0] == 45
    assert keys_of(rolled(directions=[True]))


@pytest.mark.parametrize(("radius", "keys"), [("0.05 mm", []), ("0.051 mm", ["tip_too_wide"])])
def test_a_tip_is_at_most_as_wide_as_its_needle(radius, keys):
    assert keys_of({**PLAN, "instrument": {**DRUM, "diameter": "0.1 mm", "tip_radius": radius}}) == keys


def test_a_step_is_one_thing():
    schema = make_full_schema()
    jsonschema.validate(PLAN, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**PLAN, "session": [{"wash": {}, "clean": {}}]}, schema)


def test_faults_of_yaml_name_their_lines():
    def faults(text):
        return [(fault.key, fault.line) for fault in read_document(text).faults]

    assert faults("a: 1\n? [b]\n: 2\n") == [("key_not_text", 2)]
    assert faults("a: 1\nb: 2\na: 3\n") == [("key_twice", 3)]
    document = read_document("\na:\n  - b: 1\n")
    assert (document.line_of(("a", 0, "b")), document.line_of(("a", 3)), document.line_of(("z",))) == (
        3,
        2,
        2,
    )
    assert Document().line_of(("a",)) is None


def test_what_is_no_yaml_is_told_once():
    for text, keys in (("a: [", ["yaml"]), ("- a", ["not_a_mapping"]), ("", ["empty"])):
        with pytest.raises(TreatmentError) as caught:
            read_text(text, "mine")
        assert [fault.key for fault in caught.value.faults] == keys
        assert (caught.value.key, caught.value.values) == ("treatment", {"name": "mine"})
        assert caught.value.text("en") == "\n".join(caught.value.lines("en"))
        assert caught.value.text("en").startswith("mine: ")


def test_a_file_may_have_as_many_letters_as_that(monkeypatch):
    monkeypatch.setattr("hudnal.treatment.document.MOST_CHARACTERS", 4)
    assert not read_document("a: 1").faults
    assert [fault.key for fault in read_document("a: 12").faults] == ["too_large"]


def test_half_a_letter_is_a_control_character():
    assert keys_of({**PLAN, "title": "\ud800"}) == ["control_character"]


@pytest.mark.parametrize(
    ("name", "key"), [("a\0b", "file_unreadable"), (300 * "x", "file_unreadable"), (".", "file_folder")]
)
def test_what_cannot_be_read_says_why(name, key):
    with pytest.raises(TreatmentError) as caught:
        read_source(name)
    assert [fault.key for fault in caught.value.faults] == [key]


@pytest.mark.parametrize(("name", "near"), [("cafeine", ("caffeine",)), ("zzzz", ())])
def test_an_unknown_compound_names_the_nearest(name, near):
    with pytest.raises(TreatmentError) as caught:
        load_with_compound("home", name)
    (fault,) = caught.value.faults
    assert (fault.key, fault.values["near"]) == ("unknown_compound", near)


def test_faults_come_in_the_order_of_their_lines_and_those_of_no_line_first():
    faults = [Fault("missing", ("area",), 9), Fault("missing", ("site",), 2), Fault("missing", ("title",))]
    assert [fault.line for fault in TreatmentError("x", faults).faults] == [None, 2, 9]


def test_a_title_is_in_a_language_that_is_spoken_here():
    assert keys_of({**PLAN, "title": {"sv": "Kind", "en": "Cheek"}}) == []
    assert keys_of({**PLAN, "title": {"de": "Wange"}}) == ["not_one_of"]


@pytest.mark.parametrize(("more", "faults"), [([], []), (["wash"], ["too_many_steps"])])
def test_as_many_steps_as_anybody_does_are_allowed(more, faults):
    round_of_ten = {"repeat": {"rounds": 20, "steps": 10 * ["wash"]}}
    model = TreatmentFile.model_validate({**PLAN, "session": [*(MOST_STEPS // 200) * [round_of_ten], *more]})
    assert [fault.key for fault in _check_size(model)] == faults


@pytest.mark.parametrize(("length", "shown"), [(60, 60 * "x"), (61, 57 * "x" + "...")])
def test_how_much_of_a_long_word_is_shown(length, shown):
    with pytest.raises(TreatmentError) as error:
        load({**PLAN, "setting": length * "x"})
    assert [fault.values["value"] for fault in error.value.faults] == [shown]


def test_how_many_faults_more_there_are():
    error = TreatmentError("x", [Fault("empty", line=i) for i in range(MOST_LINES + 3)])
    assert len(error.lines()) == MOST_LINES + 1 and "3 more" in error.lines()[-1]
    assert len(TreatmentError("x", error.faults[:MOST_LINES]).lines()) == MOST_LINES


def test_a_step_of_which_nothing_is_said_is_its_word():
    assert load(PLAN).as_data()["session"][0] == "wash"


def test_a_catalogue_name_that_nobody_has_is_told_where_it_stands():
    """At the top once; in the step's own `with:` there."""
    assert keys_of({**PLAN, "instrument": "odd"}) == ["unknown_instrument"]
    assert keys_of(rolled(**{"with": "odd"})) == ["unknown_instrument"]


def test_defaults_of_the_schema_are_as_a_file_says_them():
    person = make_full_schema()["$defs"]["PersonSpec"]["properties"]
    assert person["age"]["default"] == "35 year"
    assert "default" not in make_full_schema()["properties"]["instrument"]
