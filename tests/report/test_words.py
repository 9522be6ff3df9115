"""What is told of a course: intervals, the five numbers, what moves a risk."""

from __future__ import annotations

import re

import numpy as np
import pytest

import hudnal
from hudnal.language import Words
from hudnal.language.numbers import format_number, format_probability
from hudnal.report.words.chances import tell_chance
from hudnal.report.words.headlines import LASTING, PASSING, format_pain, pick_headlines, tell_headlines
from hudnal.report.words.intervals import (
    format_cell,
    format_interval,
    format_measured,
    format_row,
    format_span,
)
from hudnal.report.words.movers import tell_movers
from hudnal.report.words.sentences import describe_treatment, lower_first, name_concern
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
    benefit, likeliest, lasting, days, pain = pick_headlines(classic, words)
    ends = classic.effect_of_needles("healthy_collagen_change")
    median, low, high = (format_number(v, "en") for v in ends)
    assert benefit.value == f"+{median}\u202f%" and low in benefit.range and high in benefit.range
    means = {name: classic.chance(name).mean for name in (*PASSING, *LASTING)}
    grave = max(LASTING, key=means.__getitem__)
    common = max((name for name in means if name != grave), key=means.__getitem__)
    for headline, name, key in ((likeliest, common, "likeliest"), (lasting, grave, "lasting")):
        assert headline.value == tell_chance(classic.chance(name), words)[0]
        assert headline.text == words(f"five.{key}", name=lower_first(words(f"quantities.{name}.name")))
        assert headline.level != "good"  # a harm is never coloured as a gain
    assert days.text == words("five.days") and days.value.endswith("days")
    assert pain.value == format_number(classic.interval("pain").median, "en")
    without = format_number(classic.interval("pain_without_cream").median, "en")
    assert pain.text == f"{words('five.pain')}; {without} without cream"
    assert [line.strip().split("  ")[0] for line in tell_headlines(classic, words)] == [
        h.value for h in pick_headlines(classic, words)
    ]


def test_of_a_scar_its_depth_is_told_and_no_collagen():
    course = hudnal.simulate("acne-scars", draws=2)
    first = pick_headlines(course, Words("en"))[0]
    before, after = (format_number(float(np.median(course.series["scar_depth"][at])), "en") for at in (0, -1))
    assert (
        first.value == f"{format_number(course.effect_of_needles('scar_depth_change').median, 'en')}\u202f%"
    )
    assert f"it was {before}\u202fmm deep and comes to {after}\u202fmm" in first.text
    assert not any("collagen" in line.text for line in pick_headlines(course, Words("en")))


def test_pain_that_nobody_feels_is_said_to_be_none():
    assert [format_pain(value, Words("en")) for value in (0.02, 0.49, 0.5, 3.21)] == [
        "not felt", "not felt", "0.50", "3.2",
    ]  # fmt: skip


def test_what_moves_a_risk_is_told_in_a_sentence(classic):
    words = Words("en")
    told = tell_movers(classic, "pih_probability", words)
    assert classic.moved_by("pih_probability")
    assert re.fullmatch(r"The range is wide mostly because nobody knows .+\.", told[0])
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
