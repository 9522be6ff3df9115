"""Numbers, spans of time and chances as people of a language write them."""

from __future__ import annotations

import pytest

from hudnal.language import LANGUAGES, Words, say
from hudnal.language.numbers import (
    NONE,
    format_as,
    format_chance,
    format_duration,
    format_given,
    format_number,
    format_probability,
    format_quantity,
    format_repetition,
    format_unit,
    round_nicely,
)


@pytest.mark.parametrize(
    ("value", "digits", "en", "sv"),
    [
        (1234.5, 2, "1\u202f200", "1\u202f200"),
        (0.123, 2, "0.12", "0,12"),
        (0.0999, 2, "0.10", "0,10"),  # rounding up leaves no digit too many
        (99.9, 2, "100", "100"),
        (3, 3, "3.00", "3,00"),
        (-3.0, 2, "\u22123.0", "\u22123,0"),
        (-4.2e-5, 2, "\u22124.2·10⁻⁵", "\u22124,2·10⁻⁵"),
        (0.00012, 2, "0.00012", "0,00012"),
        (-1.8e-14, 2, "0", "0"),  # left by rounding
        (0.0, 2, "0", "0"),
        (None, 2, NONE, NONE),
        (float("nan"), 2, NONE, NONE),
        (float("inf"), 2, NONE, NONE),
    ],
)
def test_numbers_have_few_digits_and_the_signs_of_the_language(value, digits, en, sv):
    assert format_number(value, "en", digits) == en
    assert format_number(value, "sv", digits) == sv


def test_a_probability_too_small_to_tell_is_not_told_as_a_number():
    assert format_probability(3e-24, "en") == format_probability(-3e-24, "en") == "≈\u202f0"
    assert format_probability(0.0, "en") == "0"
    assert format_probability(2e-6, "en") == format_number(2e-6, "en")


def test_what_somebody_gave_is_told_as_given():
    assert format_given(0.5, "sv") == "0,5"
    assert format_given(12.0, "sv") == "12"
    assert format_given(-1.25, "sv") == "\u22121,25"
    assert format_quantity(4.5, "mm", Words("sv"), None) == "4,5\u202fmm"
    assert format_quantity(4.5, "mm", Words("en"), 1) == "4\u202fmm"


def test_a_number_in_a_given_form():
    assert format_as(0.256, "+.2f", "en") == "+0.26"
    assert format_as(0.256, ".0%", "sv") == "26%"
    assert format_as(1234.5, ".1f", "sv") == "1234,5"
    assert format_as(None, ".2f", "sv") == NONE


@pytest.mark.parametrize("language", LANGUAGES)
def test_units_are_printed_as_people_know_them(language):
    words = Words(language)
    assert format_unit("ug/cm2", words) == "µg/cm²"
    assert format_unit("day", words) == say("units.day", language)
    assert format_unit("N", words) == "N"  # as the program has it
    assert [format_unit(plain, words) for plain in ("1", "0-1", "0-10")] == ["", "", ""]
    assert format_quantity(2, "1", words) == format_number(2, language)
    assert format_quantity(None, "mm", words) == NONE


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (0.5, "30\u202fmin"), (1, "1 hour"), (1.5, "90\u202fmin"), (2, "2 hours"), (2.5, "150\u202fmin"), (3.5, "3.5 hours"), (23, "23 hours"),
        (24, "1 day"), (36, "1.5 days"), (120, "5 days"), (168, "1 week"), (180, "7.5 days"), (8 * 168, "8 weeks"),
    ],
)  # fmt: skip
def test_a_span_of_time_has_the_unit_that_people_would_use(hours, told):
    assert format_duration(hours, Words("en")) == told


def test_how_often():
    words = Words("sv")
    assert [format_repetition(h, words) for h in (24, 48, 72, 1, 12, 36)] == [
        "Dagligen", "Varannan dag", "Var 3:e dag", "Varje timme", "Var 12:e timme", "Var 36:e timme",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("probability", "en", "sv"),
    [
        (0.02, "1 in 50", "1 av 50"),
        (0.0001, "1 in 10\u202f000", "1 av 10\u202f000"),
        (0.54, "1 in 2", "1 av 2"),
        (0.7, "7 in 10", "7 av 10"),
        (0.965, "9 in 10", "9 av 10"),
        (0.98, "nearly everybody", "nästan alla"),
        (1e-12, "less than 1 in a million", "mindre än 1 av en miljon"),
        (0.0, "cannot happen with this plan", "kan inte uppstå med denna plan"),
        (None, "does not apply", "gäller inte"),
    ],
)
def test_a_chance_as_people_understand_it(probability, en, sv):
    assert format_chance(probability, Words("en")) == en
    assert format_chance(probability, Words("sv")) == sv


def test_zero_of_what_is_possible_is_too_small_to_tell():
    assert format_chance(0.0, Words("en"), possible=True) == "less than 1 in a million"


def test_round_numbers():
    assert [round_nicely(v) for v in (0.2, 1, 7.2, 13, 47, 133, 9870)] == [1, 1, 8, 15, 50, 150, 10000]
