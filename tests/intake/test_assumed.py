"""What a file does not say is told as assumed, and what it says is not."""

from __future__ import annotations

import pytest

import hudnal
from hudnal.intake.assumed import SETTINGS, list_assumed_settings
from hudnal.language import LANGUAGES, Words
from hudnal.report.words.assumed import tell_assumed_settings

LEAST = {"instrument": "dermaroller-mf8", "session": ["wash", {"roll": {"back_and_forth": 5}}]}


def test_of_the_least_file_all_is_assumed():
    assert list_assumed_settings(hudnal.load(LEAST)) == SETTINGS


def test_what_is_stated_is_not_assumed_even_where_it_is_the_usual():
    stated = {**LEAST, "person": {"age": "35 year"}, "site": "cheek"}
    left = list_assumed_settings(hudnal.load(stated))
    assert set(SETTINGS) - set(left) == {("person", "age"), ("site",)}


def test_of_a_whole_file_nothing_is_told():
    whole = hudnal.load(hudnal.load(LEAST).as_data())  # as data it states everything
    assert list_assumed_settings(whole) == () and tell_assumed_settings(whole, Words("en")) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_names_what_was_taken(language):
    words = Words(language)
    told = tell_assumed_settings(hudnal.load(LEAST), words)
    for part in (words("words.female"), words("words.phototype", roman="II"), words("sites.cheek")):
        assert part in told
