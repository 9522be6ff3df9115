"""What a run will cost is told from its plan, and one that costs too much is refused before anything runs."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from hudnal import cli, load, simulate
from hudnal.course.estimate import (
    Limits,
    TooLong,
    UnreadableLimit,
    count_work,
    estimate_run,
    require_within_limits,
)
from hudnal.course.plan import count_moments, list_looks_within, make_timeline
from hudnal.course.prepare import prepare, resolve_uses
from hudnal.parameters import Draws
from hudnal.treatment.presets import list_presets

DENSE = {
    "area": "5 cm2", "instrument": "dermaroller-mf8", "course": {"follow_up": "1 week"},
    "session": 5 * [{"repeat": {"rounds": 30, "steps": [{"roll": {"back_and_forth": 200, "overlap": "90 %"}}]}}],
}  # fmt: skip
SLOW_PEN = {
    "area": "20000 cm2", "course": {"follow_up": "1 week"},
    "session": ["wash", {"pen": {
        "with": {"kind": "pen", "length": "1 mm", "needles": 4, "head_diameter": "1 mm", "frequency": "100 Hz"},
        "passes": 100, "depth": "0.5 mm", "speed": "0.5 mm/s",
    }}],
}  # fmt: skip
OFTEN = {
    "session": [{"spread": {"what": "caffeine-3"}}], "course": {"sessions": 24, "interval": "1 year", "follow_up": "1 year"},
    "aftercare": [{"apply": {"what": "caffeine-3", "every": "1 h", "for": "5 year"}}],
}  # fmt: skip


@pytest.mark.parametrize("treatment", [SLOW_PEN, OFTEN, DENSE], ids=["memory", "moments", "strokes"])
def test_what_would_take_too_long_is_refused_in_a_line(treatment, monkeypatch):
    monkeypatch.setenv("HUDNAL_THREADS", "1")
    with pytest.raises(TooLong) as caught:
        simulate(treatment)
    (line,) = caught.value.lines("en")
    assert "HUDNAL_MAX_" in line
    assert len(caught.value.lines("sv")) == 1


def test_limits_can_be_raised_and_lowered(monkeypatch):
    classic = load("classic")
    require_within_limits([classic], 64)
    monkeypatch.setenv("HUDNAL_MAX_TIME", "1 s")
    with pytest.raises(TooLong, match="min"):
        require_within_limits([classic], 64)
    monkeypatch.setenv("HUDNAL_MAX_TIME", "100 h")
    monkeypatch.setenv("HUDNAL_MAX_MEMORY", "100 MB")
    with pytest.raises(TooLong, match="GB"):
        require_within_limits([classic], 64)
    monkeypatch.setenv("HUDNAL_MAX_MEMORY", "1000 GB")
    require_within_limits([classic], 65536)
    assert Limits.read() == Limits(100.0, 1e12)


@pytest.mark.parametrize(("variable", "example"), [("HUDNAL_MAX_TIME", "1 s"), ("HUDNAL_MAX_MEMORY", "1 MB")])
def test_what_the_line_says_is_enough(variable, example, monkeypatch):
    monkeypatch.setenv(variable, example)
    with pytest.raises(TooLong) as caught:
        require_within_limits([load("too-hard")], 1000)
    told = re.search(r"such as '(\d+ \w+)'", str(caught.value))
    assert told is not None
    monkeypatch.setenv(variable, told[1])
    require_within_limits([load("too-hard")], 1000)


@pytest.mark.parametrize("value", ["much", "3", "0 h", "-1 h", "3 kg"])
def test_limits_that_are_none_are_told(value, monkeypatch):
    monkeypatch.setenv("HUDNAL_MAX_TIME", value)
    with pytest.raises(UnreadableLimit, match="3 h"):
        Limits.read()


def test_a_wait_of_weeks_is_looked_at_as_often_as_weeks_of_healing():
    wait = {"area": "5 cm2", "instrument": "digital-stamp-0.5", "course": {"follow_up": "1 week"}}
    stamp = {"stamp": {"force": "10 N"}}
    waited = load({**wait, "session": ["wash", stamp, {"wait": {"for": "8 week"}}]})
    healed = load({**wait, "session": ["wash", stamp], "course": {"follow_up": "8 week"}})
    draws = Draws(1, 1)
    timelines = [prepare(one, draws).timeline for one in (waited, healed)]
    assert len(timelines[0]) < 2.5 * len(timelines[1])


def test_looks_within_a_step_are_close_together_at_first():
    assert list_looks_within(0.05) == []
    for hours in (0.5, 1.0, 2.0, 7.0, 1344.0, 43920.0):
        looks = [0.0, *list_looks_within(hours), hours]
        gaps = [after - before for before, after in pairwise(looks)]
        assert min(gaps) > 0
        assert all(
            gap <= 1 / 12 + 1e-9 for look, gap in zip(looks, gaps, strict=False) if look < min(hours, 1.9)
        )
        assert len(looks) < 250


@pytest.mark.parametrize("name", list_presets())
def test_moments_are_counted_without_being_made(name):
    treatment, draws = load(name), Draws(1, 1)
    uses = resolve_uses(treatment, np.zeros(1), draws)
    made = len(make_timeline(treatment, uses, draws, treatment.course.follow_up))
    assert count_moments(treatment, uses, draws) == pytest.approx(made, rel=0.1)


def test_more_draws_and_more_strokes_cost_more():
    few, many = (load({**DENSE, "session": [{"roll": {"strokes": n}}]}) for n in (4, 40))
    assert estimate_run(few, 8).seconds < estimate_run(few, 64).seconds < estimate_run(many, 64).seconds
    assert estimate_run(few, 8).bytes < estimate_run(many, 8).bytes


NARROW = {
    "kind": "roller", "rings": 44, "needles_per_ring": 62, "drum_diameter": "28 mm", "drum_width": "1 mm",
    "length": "0.05 mm", "diameter": "0.11 mm",
}  # fmt: skip


def test_a_drum_that_sinks_deeper_costs_more():
    """It begins farther out, and more needles touch at a time: a run under 45 N took six times what it was told to."""
    light, hard = (
        load({**DENSE, "session": [{"roll": {"with": NARROW, "strokes": 4, "force": force}}]})
        for force in ("0.1 N", "45 N")
    )
    assert count_work(hard, 1).turned > 1.5 * count_work(light, 1).turned
    assert estimate_run(hard, 8).seconds > estimate_run(light, 8).seconds


def test_a_needle_of_a_stamp_costs_more_than_one_of_a_pen():
    """It is followed while the plate goes down: dense stamps took three times what they were told to."""
    head = {"needles": 62, "length": "1 mm", "diameter": "0.06 mm"}
    stamp = {"stamp": {"with": {"kind": "stamp", "head_width": "2 mm", **head}, "times": 196}}
    work = count_work(load({**DENSE, "session": [stamp]}), 8)
    assert work.pressed == work.contacts > 0 == work.turned
    assert count_work(load(DENSE), 8).pressed == 0


@pytest.mark.parametrize(
    "words", [["run"], ["handout"], ["holes"], ["sweep"], ["compare", "home"], ["deliver", "caffeine"]]
)
def test_every_command_that_simulates_can_be_limited(words, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUDNAL_MAX_TIME", "")
    given = ["hudnal", *words, "too-hard" if words[0] != "deliver" else "home", "--max-time", "1 ms"]
    monkeypatch.setattr("sys.argv", given)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert "--max-time" in told and told.count("\n") == 1
    assert not list(tmp_path.iterdir())
