"""An emulator by the command: learnt, asked, refused."""

from __future__ import annotations

import json

import pytest
import yaml

SMALL = {
    "session": ["wash", {"roll": {"strokes": 2, "directions": [0, 90], "force": "5 N"}}],
    "instrument": "dermaroller-mf8",
    "course": {"follow_up": "1 day"},
}


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    return path


def test_learnt_and_asked(hudnal, small, tmp_path):
    over = ("--over", "length=0.5..1.5 mm", "--over", "person.smoker=false,true")
    made = tmp_path / "small.json"
    code, out, err = hudnal(
        "emulate", small, *over, "--settings", 16, "--draws", 2, "--workers", 1, "-o", made
    )
    assert (code, err) == (0, "")
    assert "Errors at settings that were left out" in out and str(made) in out.replace("\n", "")
    assert {p.name for p in tmp_path.iterdir()} == {"small.yaml", "small.json"}
    code, out, err = hudnal("ask", made, "--at", "length=1 mm", "-o", tmp_path / "a.json")
    assert (code, err) == (0, "") and "does not diagnose" in out
    answer = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert answer["schema"] == "hudnal/answer/1"
    assert answer["settings"] == {"length": "1 mm", "person.smoker": "false"}
    depth = answer["quantities"]["tip_depth"]
    assert depth["low"] <= depth["median"] <= depth["high"] and set(depth["off"]) == {"median", "low", "high"}
    for language, said in (("en", "has learnt 0.5..1.5 mm"), ("sv", "har lärt sig 0.5..1.5 mm")):
        code, out, err = hudnal("ask", made, "--at", "length=2 mm", "--lang", language)
        assert (code, out) == (2, "")
        assert said in err and len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("emulate", "FILE"), "--over is needed"),
        (("emulate", "FILE", "--over", "force=5 N"), "--over needs a range"),
        (("emulate", "FILE", "--over", "rounds=1..3"), "no step `repeat`"),
        (("emulate", "FILE", "--over", "force=1..9000 N"), "force"),
        (("ask", "FILE"), "is no emulator"),
        (("ask", "FILE", "--at", "force"), "is no emulator"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(hudnal, small, tmp_path, words, said):
    code, out, err = hudnal(*(small if word == "FILE" else word for word in words))
    assert (code, out) == (2, "")
    assert said in err and "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["small.yaml"]
