"""A treatment from wherever it comes, and a compound of one's own beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from hudnal import TreatmentError, load
from hudnal.intake.check import make_full_schema
from hudnal.intake.load import load_with_compound
from hudnal.treatment.compound import CompoundSpec
from hudnal.treatment.model import AcneScar, CourseSpec, FranzCell, StretchMark, SurgicalScar
from hudnal.treatment.quantity import Phototype
from hudnal.treatment.units import BadTimes, read_time, read_times

STAMP = {"instrument": "digital-stamp-0.5", "session": ["stamp"]}
OWN = "name: own\nmolar_mass: 300 g/mol\nlog_kow: 2\n"


def needles_of(source) -> Any:
    """The instrument that a treatment writes out."""
    return load(source).instrument


def faults_of(source):
    with pytest.raises(TreatmentError) as caught:
        load(source)
    return [fault.key for fault in caught.value.faults]


def test_a_compound_is_a_known_name_or_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_with_compound("classic", "caffeine")[1] == "caffeine"
    for name in ("own.yaml", "own"):  # with an ending or without
        (tmp_path / name).write_text(OWN, encoding="utf-8")
        treatment, compound = load_with_compound("classic", name)
        assert compound == "own" and treatment.shelf.find_product("own").actives == {"own": 1.0}


@pytest.mark.parametrize(
    ("compound", "key"), [("cafeine", "unknown_compound"), ("own.yaml", "no_such_file"), (".", "file_folder")]
)
def test_a_compound_that_is_none_is_told(compound, key, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TreatmentError) as caught:
        load_with_compound("classic", compound)
    assert [fault.key for fault in caught.value.faults] == [key]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device")
def test_a_file_without_end_is_too_large():
    assert faults_of("/dev/zero") == ["too_large"]


def test_needles_that_just_fit_are_taken():
    """Circles of 0.5 mm on a plate of 5 mm, which holds 127 of them by their area: 120 fit, 130 do not."""
    stamp = {"kind": "stamp", "length": "1 mm", "diameter": "0.5 mm", "head_width": "5 mm"}
    plan = {"instrument": {**stamp, "needles": 120}, "session": ["stamp"]}
    assert needles_of(plan).needles == 120
    assert faults_of({**plan, "instrument": {**stamp, "needles": 130}}) == ["needles_do_not_fit"]
    ring = {
        "kind": "roller",
        "length": "1 mm",
        "diameter": "1 mm",
        "rings": 1,
        "drum_diameter": "20 mm",
        "drum_width": "9 mm",
    }
    plan = {"instrument": {**ring, "needles_per_ring": 62}, "session": [{"roll": {"strokes": 1}}]}
    assert needles_of(plan).needles_per_ring == 62
    assert faults_of({**plan, "instrument": {**ring, "needles_per_ring": 63}}) == ["needles_do_not_fit"]
    pen = {
        "kind": "pen",
        "length": "1 mm",
        "diameter": "1 mm",
        "head_diameter": "3 mm",
        "frequency": "100 Hz",
    }
    plan = {"instrument": {**pen, "needles": 9}, "session": [{"pen": {"depth": "0.5 mm"}}]}
    assert needles_of(plan).needles == 9
    assert faults_of({**plan, "instrument": {**pen, "needles": 10}}) == ["needles_do_not_fit"]


def test_what_the_file_leaves_out_is_the_usual():
    treatment = load(STAMP)
    assert (treatment.course.interval, treatment.course.follow_up, treatment.course.sessions) == (
        672,
        4368,
        1,
    )
    assert (FranzCell().receptor, FranzCell().skin) == (5.0, 0.5)
    assert CourseSpec() == treatment.course
    assert (treatment.area, treatment.setting, treatment.person.age, treatment.title) == (
        100,
        "clinic",
        35,
        "",
    )


def test_a_concern_has_the_form_that_tables_know():
    assert [AcneScar(shape=shape).form for shape in ("rolling", "boxcar", "icepick")] == [
        "rolling",
        "boxcar",
        "icepick",
    ]
    assert (SurgicalScar().form, StretchMark().form) == ("surgical", "striae")


def test_what_is_read_stays_as_it_is():
    spec = CompoundSpec.model_validate({"molar_mass": "300 g/mol", "log_kow": 2})
    with pytest.raises(ValidationError):
        spec.molar_mass = spec.log_kow
    treatment = load(STAMP)
    with pytest.raises(ValidationError):
        treatment.area = 5.0


@pytest.mark.parametrize("value", [True, False, "0", "7", "VII", 1.5, None, ""])
def test_phototypes_are_one_to_six(value):
    assert faults_of({**STAMP, "person": {"phototype": value}}) == ["phototype"]


def test_phototypes_as_numbers_and_as_numerals():
    for number, name in enumerate(Phototype.NAMES, start=1):
        for value in (number, str(number), name, f" {name.lower()} "):
            assert load({**STAMP, "person": {"phototype": value}}).person.phototype == number


def test_blood_is_followed_where_a_compound_says_how_it_leaves():
    plain = {"molar_mass": "300 g/mol", "log_kow": 2}
    products = {"gel": {"actives": {"own": "1 %"}}}
    for more, expected in (({}, set()), ({"clearance": "60 L/h"}, {"clearance", "volume"})):
        treatment = load({**STAMP, "compounds": {"own": {**plain, **more}}, "products": products})
        names = {name.rpartition(".")[2] for name in treatment.shelf.list_parameters()}
        assert names & {"clearance", "volume"} == expected
        assert {"molar_mass", "log_kow", "unbound"} <= names


def test_times_are_lists_and_single_ones_have_bounds():
    assert read_times("1 day, 4 week,") == (24, 672)
    assert read_time("48 h", 48) == 48
    for text in ("0 h", "-1 h", "49 h", "1 h, 2 h", "", "soon"):
        with pytest.raises(BadTimes):
            read_time(text, 48)


def test_the_schema_offers_what_fits():
    """Each step lists the products, ways and instruments that it can be done with, and no others."""
    steps = make_full_schema()["$defs"]
    examples = {
        name: str(definition["properties"])
        for name, definition in steps.items()
        if "properties" in definition
    }
    assert "emla" in examples["Numb"] and "petrolatum" not in examples["Numb"]
    assert "petrolatum" in examples["Seal"] and "emla" not in examples["Seal"]
    assert "dermabrasion" in examples["Peel"]
    assert "dermaroller-mf8" in examples["Roll"] and "dermaroller-mf8" not in examples["PenPasses"]
    assert "skinpen" in examples["PenPasses"] and "digital-stamp-0.5" in examples["StampPresses"]


def test_a_condition_that_is_misspelt_is_told_with_the_nearest():
    with pytest.raises(TreatmentError) as caught:
        load({**STAMP, "person": {"conditions": ["keloids"]}})
    (fault,) = caught.value.faults
    assert (fault.key, fault.values["near"]) == ("not_one_of", ("keloid",))
    assert faults_of({**STAMP, "person": {"conditions": ["zzz"]}}) == ["not_one_of"]


@pytest.mark.parametrize(("entry", "key"), [("log_kow", "spread"), ("molar_mass", "spread")])
def test_a_spread_is_more_than_none(entry, key):
    """A factor of 1 or a deviation of 0 is no spread: then it is left out."""
    plain = {"molar_mass": "300 g/mol", "log_kow": 2}
    none = 0 if entry == "log_kow" else 1
    compounds = {"own": {**plain, entry: {"value": plain[entry], key: none}}}
    assert faults_of({**STAMP, "compounds": compounds}) == ["out_of_range"]
    compounds["own"][entry][key] = none + 0.01
    load({**STAMP, "compounds": compounds})
