"""What is told of a course: intervals, the five numbers, what moves a risk."""

from __future__ import annotations

import re

import numpy as np
import pytest

import hudnal
from hudnal.language import Words
from hudnal.language.numbers import format_number, format_probability
from hudnal.report.words.headlines import pick_headlines, tell_headlines
from hudnal.report.words.intervals import (
    format_cell,
    format_interval,
    format_measured,
    format_row,
    format_span,
)
from hudnal.report.words.movers import tell_movers
from hudnal.report.words.sentences import describe_treatment, name_concern
from hudnal.result.interval import Interval

FOUND = Interval(2.0, 1.5, 3000.0)


def test_an_interval_has_its_median_first_and_its_low_end_before_the_high_one():
    assert format_interval(FOUND, Words("en"), " mm") == "2.0 mm (1.5 to 3\u202f000)"
    assert format_interval(FOUND, Words("sv"), digits=3) == "2,00 (1,50 till 3\u202f000)"
    assert format_span(1.5, None, Words("en")) == "1.5 to –"
    assert format_cell(FOUND, "sv") == "2,0 (1,5 – 3\u202f000)"
    assert format_cell(Interval(1e-9, 0.0, 0.5), "en", show=format_probability) == "≈\u202f0 (0 – 0.50)"
    assert format_cell(Interval(None, None, None), "en") == "–"


@pytest.mark.parametrize(
    ("unit", "told"),
    [("ug/cm2", "Dose: 2.00 µg/cm² (1.50 to 3\u202f000)"), ("1", "Dose: 2.00 (1.50 to 3\u202f000)")],
)
def test_a_quantity_of_a_file_as_a_line(unit, told):
    assert format_row("Dose", {**FOUND.as_dict(), "unit": unit}, Words("en")) == told


def test_a_measured_value_with_what_its_source_leaves_open():
    assert format_measured(3, (3, 3), "en") == "3.00"
    assert format_measured(3, (2, 4), "sv") == "3,00 (2,00 – 4,00)"
    assert format_measured(3, (None, 3.5), "en") == "≤ 3.50"
    assert format_measured(3, (3, None), "en") == "≥ 3.00"


def test_the_five_numbers_are_those_of_the_course(classic):
    words = Words("en")
    lines = pick_headlines(classic, words)
    named = ("hole_density", "pain", "redness_days", "healthy_collagen_change", "pih_probability")
    assert len(lines) == len(named)
    for line, name in zip(lines[:4], named, strict=False):
        ends = (
            classic.effect_of_needles(name) if name == "healthy_collagen_change" else classic.interval(name)
        )
        median, low, high = (format_number(v, "en") for v in ends)
        assert line.value.strip("+\u202f%") == median
        ends = (line.range.split(" to ")[i].strip("+\u202f%") for i in (0, 1))
        assert tuple(ends) == (low, high), name
    assert lines[3].value.startswith("+") and lines[3].value.endswith("%")
    assert lines[4].value.startswith("1 in ")
    depth = classic.interval("channel_depth").median / 1000
    assert lines[0].text == f"holes per cm², {format_number(depth, 'en')}\u202fmm deep"
    without = format_number(classic.interval("pain_without_cream").median, "en")
    assert lines[1].text == f"worst pain of 10; {without} without cream"
    assert [line.strip().split("  ")[0] for line in tell_headlines(classic, words)] == [
        h.value for h in lines
    ]


def test_of_a_scar_its_depth_is_told_and_no_collagen():
    course = hudnal.simulate("acne-scars", draws=2)
    texts = [line.text for line in pick_headlines(course, Words("en"))]
    before = format_number(float(np.median(course.series["scar_depth"][0])), "en")
    without = format_number(float(np.median(course.control["scar_depth"])), "en")
    assert (
        f"mm: depth of the scar after 26 weeks (before: {before}); without needles it would be {without}"
        in texts
    )
    assert not any("collagen" in text for text in texts)


def test_what_moves_a_risk_is_told_with_its_way(classic):
    words = Words("en")
    movers = classic.moved_by("pih_probability")
    told = tell_movers(classic, "pih_probability", words)
    up, down = (f"(the more, the {way} the risk)" for way in ("higher", "lower"))
    ways = [up if m.correlation > 0 else down for m in movers]
    assert movers and set(ways) == {way for way in (up, down) if way in told[0]}
    assert "sun" in told[1]
    shares = tell_movers(classic, "infection_probability", words)[-1]
    percents = [float(percent) for percent in re.findall(r"([\d.]+)\u202f%", shares)]
    assert percents == sorted(percents, reverse=True) and 90 < sum(percents) < 102
    assert tell_movers(classic, "bloodborne_probability", words) == []  # it cannot happen here


def test_bare_sun_is_told_from_shade():
    plan = hudnal.load("classic").as_data()
    for sun, told in (
        ({"from": "1 day"}, "protect the skin"),
        ({"from": "1 day", "protected": True}, "would make the risk"),
    ):
        course = hudnal.simulate({**plan, "aftercare": [{"sun": sun}]}, draws=2)
        assert told in tell_movers(course, "pih_probability", Words("en"))[-1]


def test_whom_where_and_why():
    plan = {
        **hudnal.load("classic").as_data(),
        "person": {"age": "41 year", "sex": "male", "phototype": "IV", "smoker": True, "sun": "much"},
        "site": "forehead",
        "area": "12.5 cm2",
        "concern": [{"surgical-scar": {"length": "40 mm", "depth": "0.3 mm"}}, {"stretch-mark": {}}],
        "setting": "home",
        "instrument": "dermaroller-cit8",
    }
    treatment = hudnal.load(plan)
    assert describe_treatment(treatment, Words("sv")) == (
        "Man, 41 år, hudtyp IV, rökare, mycket sol genom åren, panna, 12,5\u202fcm². "
        "Ett operationsärr (längd 40\u202fmm, djup 0,3\u202fmm) och hudbristningar, behandling hemma."
    )
    assert [name_concern(scar, Words("en")) for scar in treatment.scars] == [
        "a surgical scar",
        "stretch marks",
    ]
