"""The worked examples: each is run as its user would, and one thing that must be so is asked of its answer."""

from __future__ import annotations

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from math import hypot, pi
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sampling import sample, whole

import hudnal

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
EXAMPLES = ("engineer", "formulation_scientist", "dermatologist", "practitioner", "home_user")
DRUM = pi * 2.0 * 2.0  # cm2 that it rolls over in a turn


@cache
def example(name):
    spec = spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def with_draws(monkeypatch, n):
    simulate = hudnal.simulate
    monkeypatch.setattr(hudnal, "simulate", lambda treatment, draws: simulate(treatment, draws=n))


@cache
def answer(name):
    """What an example finds, with fewer draws than it has for its user."""
    with pytest.MonkeyPatch.context() as patch:
        with_draws(patch, 16)
        return example(name).main()


@pytest.fixture
def few_draws(monkeypatch):
    with_draws(monkeypatch, 3)


def in_order(found):
    median, low, high = found
    return low <= median <= high


def test_every_user_has_an_example():
    assert {path.stem for path in FOLDER.glob("*.py")} == set(EXAMPLES)
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in EXAMPLES:
        assert f"({name}.py)" in page


@whole
def test_engineer_needles_that_meet_the_skin_are_geometry():
    found = answer("engineer")
    for needles in (192, 540):
        assert found[needles]["met_per_stroke"] == pytest.approx(needles / DRUM, rel=1e-6)
    assert round(found[192]["met_per_stroke"], 1) == 15.3


@whole
def test_engineer_depth_and_pattern():
    found = answer("engineer")
    for needles in (192, 540):
        depths = [depth for _, depth in sorted(found[needles]["tip_depth"].items())]
        for less, more in pairwise(depths):
            assert less[0] <= more[0] * 1.02  # force; once the drum lies on the skin it takes what is added
        assert all(in_order(depth) and depth[1] > 0 and depth[2] <= 1500 for depth in depths)
        assert found[needles]["tip_depth"][5][0] < found[needles]["deepest"][0] <= 1500
        assert 0 < found[needles]["own_hole"][1] <= found[needles]["own_hole"][2] <= 100
    assert found["deeper"][1] > 0  # more needles share the hand's force
    assert found[540]["own_hole"][0] < found[192]["own_hole"][0]
    assert found[540]["empty"][0] < found[192]["empty"][0]


def test_formulation_scientist_shares_and_balance():
    found = answer("formulation_scientist")
    for share in (*found["share"].values(), found["share_whole"]):
        assert in_order(share) and share[1] >= 0 and share[2] <= 1
    assert found["unaccounted"] < 1e-6
    assert found["share_whole"][0] < found["share"][0][0]
    assert found["enhancement"][1] > 1


def test_formulation_scientist_holes_close_and_blood_gets_more():
    found = answer("formulation_scientist")
    medians = [share[0] for _, share in sorted(found["share"].items())]
    assert all(later < sooner for sooner, later in pairwise(medians))
    assert found["barrier_closed"][0] < found["channel_closed"][0]
    assert found["plasma_times"][1] > 1
    assert "cream_on_holes" in found["warnings"]


@whole
def test_dermatologist_longer_needles_and_more_sessions_fill_and_mark_more():
    plans = answer("dermatologist")["plans"]
    for plan in plans.values():
        assert 0 <= plan["marks"][1] <= plan["marks"][2] <= 1
        assert plan["depth"][0] < answer("dermatologist")["before"]
    for gentler in ("0.5 mm, 4 sessions", "1.5 mm, 2 sessions", "1.5 mm, 4 sessions of one round"):
        assert plans[gentler]["depth_change"][1] > 0, gentler
        assert plans[gentler]["marks_change"][2] < 0, gentler
    assert plans["1.5 mm, 6 sessions"]["depth_change"][0] < 0
    assert plans["1.5 mm, 6 sessions"]["marks_change"][1] > 0


@whole
def test_dermatologist_same_draws_tell_more_than_two_intervals():
    plans = answer("dermatologist")["plans"]
    usual = width(plans["1.5 mm, 4 sessions"]["depth"])
    for name, plan in plans.items():
        if "depth_change" in plan:
            apart = hypot(usual, width(plan["depth"]))  # of two plans on draws of their own
            assert width(plan["depth_change"]) < apart, name


def width(found):
    return found[2] - found[1]


@whole
def test_practitioner_cream_and_sterile_product():
    found = answer("practitioner")
    assert found["pain"][0] < found["pain_without_cream"][0]
    assert set(found["warnings"]) - set(found["warnings_sterile"]) == {"serum_not_sterile"}
    assert found["infection_change"][2] < 0
    assert found["barrier_closed"][0] < 24 * found["redness_days"][0]


@pytest.mark.parametrize(("language", "danger"), [("sv", "Fara: "), ("en", "Danger: ")])
def test_practitioner_is_told_in_both_languages(few_draws, capsys, language, danger):
    example("practitioner").main(language=language)
    told = capsys.readouterr().out
    assert danger in told
    assert ("Hål" in told or "hål" in told) == (language == "sv")


@whole
def test_home_user_short_needles_stay_shallow():
    found = answer("home_user")
    home, clinic, long = (found[n] for n in ("0.2 mm at home", "1.5 mm at a clinic", "1.5 mm at home"))
    assert home["tip_depth"][0] < home["tip_depth"][2] <= 200 < 300 < clinic["tip_depth"][1]
    assert home["blood_volume"][0] < long["blood_volume"][0]
    assert clinic["more"]["blood_volume"][1] > 0
    assert home["collagen_change"][0] < clinic["collagen_change"][0]
    assert home["through"] < long["through"] <= clinic["through"]


def test_home_user_clinics_are_safer():
    found = answer("home_user")
    clinic, long = found["1.5 mm at a clinic"], found["1.5 mm at home"]
    assert clinic["infection_probability"][0] < long["infection_probability"][0]
    assert "length_home" in long["dangers"]
    assert not found["0.2 mm at home"]["dangers"] and not clinic["dangers"]


@pytest.mark.parametrize("name", sample(EXAMPLES, 1))
def test_figures_only_where_they_are_asked_for(few_draws, monkeypatch, tmp_path, name):
    monkeypatch.chdir(tmp_path)
    example(name).main(tmp_path / "figures")
    assert [path.name for path in tmp_path.iterdir()] == ["figures"]
    assert ElementTree.parse(tmp_path / "figures" / f"{name}.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize("name", sample(EXAMPLES, 1))
def test_the_answer_is_said_in_sentences_and_nothing_is_written(
    few_draws, monkeypatch, tmp_path, capsys, name
):
    monkeypatch.chdir(tmp_path)
    example(name).main()
    assert not list(tmp_path.iterdir())
    told = capsys.readouterr().out
    assert " to " in told or " till " in told  # an interval
    assert "nan" not in told and "None" not in told
