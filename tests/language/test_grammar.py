"""Plural forms, lists and dates come from the files of the languages."""

from __future__ import annotations

from datetime import date

import pytest

from hudnal.language import LANGUAGES, Words
from hudnal.language.grammar import FORMS, choose_form, format_date, join_list, list_forms
from hudnal.language.numbers import count
from hudnal.language.say import texts


def test_a_form_for_each_kind_of_number():
    assert [choose_form(n, "sv") for n in (0, 1, 2, 1.5, -1)] == ["other", "one", "other", "other", "one"]
    assert list_forms("en") == ("one", "other")


def test_how_many_of_a_thing():
    assert [count(n, "words.days", Words("en")) for n in (1, 2, 1.5)] == ["1 day", "2 days", "1.5 days"]
    assert [count(n, "words.weeks", Words("sv")) for n in (1, 2)] == ["1 vecka", "2 veckor"]
    assert count(0.5, "words.days", Words("sv")) == "0,5 dagar"
    assert count(2, "words.every_days", Words("sv")) == "Varannan dag"  # a form for that number alone


def test_several_things_in_a_sentence():
    assert join_list(["a"], "en") == "a"
    assert join_list(["a", "b"], "sv") == "a och b"
    assert join_list(iter("abc"), "en") == "a, b and c"


def test_a_day_as_people_write_it():
    assert format_date(date(2026, 3, 1), "en") == "1 March 2026"
    assert format_date(date(2026, 12, 31), "sv") == "31 december 2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_counted_text_has_each_form(language):
    """A text with the form `other` has one for every kind of number that the language tells apart."""
    known = texts(language)
    heads = {key.removesuffix(".other") for key in known if key.endswith(".other") and key != "faults.other"}
    assert "words.days" in heads
    lacking = [
        f"{head}.{form}" for head in heads for form in list_forms(language) if f"{head}.{form}" not in known
    ]
    assert lacking == []
    rules = {key.rpartition(".")[2] for key in known if key.startswith("grammar.plural.")}
    assert rules <= set(FORMS[:-1])
    assert sum(key.startswith("dates.months.") for key in known) == 12
