"""A box is read from words, filled evenly, and written as a file spells it."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal import load
from hudnal.intake.change import BadVariation, change_treatment, find_setting
from hudnal.study.emulator.box import Axis, read_box, split_point, spread_settings, write_point

WORDS = [
    "force=2..10 N",
    "numb.for=20..90 min",
    "rounds=1..4",
    "person.phototype=II..V",
    "person.sun=little,much",
    "overlap=0.0..0.5",
]


def test_a_box_is_read_and_told_again():
    box = read_box(WORDS)
    assert [axis.span for axis in box] == ["2..10 N", "20..90 min", "1..4", "II..V", "little,much", "0..0.5"]
    assert [axis.whole for axis in box] == [False, False, True, True, False, False]
    assert [axis.by_ratio for axis in box] == [True, True, True, False, False, False]
    assert tuple(Axis.of_dict(axis.as_dict()) for axis in box) == box


@pytest.mark.parametrize(
    "word",
    [
        "force=5 N",
        "force=2 N",
        "force=8..2 N",
        "force=2..2 N",
        "force=a..b",
        "person.sun=much",
        "person.sun=much,much",
        "force=..",
        "force",
        "speed_of_light=1..2",
    ],
)
def test_what_is_no_range_is_told(word):
    with pytest.raises(BadVariation):
        read_box([word])


def test_settings_fill_the_box_and_fewer_are_the_first_of_more():
    box = read_box(WORDS)
    many, few = spread_settings(box, 256, 1), spread_settings(box, 40, 1)
    assert np.array_equal(many[:40], few)
    assert not np.array_equal(spread_settings(box, 40, 2), few)
    for axis, column in zip(box, many.T, strict=True):
        if axis.choices:
            assert np.bincount(column.astype(int)).min() > 256 / len(axis.choices) - 8
        else:
            assert axis.low <= column.min() and column.max() <= axis.high
            places = axis.place(column)
            assert places.min() < -0.9 and places.max() > 0.9
            assert axis.whole or abs(places.mean()) < 0.05


def test_a_point_is_written_so_that_the_file_takes_it():
    box = read_box([word for word in WORDS if "overlap" not in word])
    classic = load("classic")
    for row in spread_settings(box, 8, 1):
        point = write_point(box, row)
        changed = load(change_treatment(classic, point))
        for axis, value in zip(box, row, strict=True):
            assert axis.read(find_setting(changed, axis.name)) == pytest.approx(value)


def test_rounds_and_creams_are_changed_wherever_they_stand():
    classic = load("classic")
    changed = change_treatment(classic, {"rounds": "2", "numb.with": "lmx-4", "numb.for": "30 min"})
    assert (
        changed["session"][0]["numb"]["with"] == "lmx-4" and changed["session"][0]["numb"]["for"] == "30 min"
    )
    assert [
        step["repeat"]["rounds"] for step in changed["session"] if isinstance(step, dict) and "repeat" in step
    ] == [2]
    with pytest.raises(BadVariation, match="no step `numb`"):
        change_treatment(load("home"), {"numb.for": "30 min"})


def test_what_stands_in_the_file_is_found():
    classic = load("classic")
    told = {
        name: find_setting(classic, name)
        for name in ("length", "force", "rounds", "course.sessions", "person.age", "site")
    }
    assert told == {
        "length": "1.5 mm",
        "force": "5 N",
        "rounds": 3,
        "course.sessions": 1,
        "person.age": "35 year",
        "site": "cheek",
    }
    assert find_setting(classic, "depth") is None and find_setting(load("home"), "numb.for") is None


def test_a_point_is_split():
    assert split_point(["force=6 N", " person.sun = much "]) == {"force": "6 N", "person.sun": "much"}
    for word in ("force", "=6 N", "force="):
        with pytest.raises(BadVariation, match="--at needs KEY=VALUE"):
            split_point([word])
