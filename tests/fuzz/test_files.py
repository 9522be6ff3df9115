"""A small share of the search for files that cannot be read; `make fuzz` goes on for hours."""

from __future__ import annotations

import files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling import WHOLE

EXAMPLES = 400 if WHOLE else 60


@given(st.randoms(use_true_random=False))
@settings(max_examples=EXAMPLES)
def test_data_load_or_are_told_in_lines(random):
    assert files.check_data(files.make_data(random)) is None


@given(st.randoms(use_true_random=False))
@settings(max_examples=EXAMPLES)
def test_texts_load_or_are_told_in_lines(random):
    assert files.check_text(files.make_text(random)) is None


@pytest.mark.parametrize("letter", ["\\0", "\\e[2J", "\\u2028", "\\x85", "\\ud800", "\\n"])
def test_letters_that_nothing_can_show_are_refused_where_they_stand(letter):
    """A title with one of them would go into files and terminals."""
    assert files.check_text(f'title: "a{letter}b"\nsession: [stamp]\n') is None
    with pytest.raises(files.TreatmentError, match=r"control characters|YAML|character"):
        files.load_text(f'title: "a{letter}b"\ninstrument: digital-stamp-0.5\nsession: [stamp]\n', "file")


def test_thousands_of_faults_are_a_few_lines():
    """39 000 doubled entries, or as many tags that mean nothing."""
    for text in ("".join("a: 1\n" for _ in range(19_000)), "[" + "!x y, " * 15_000 + "]"):
        with pytest.raises(files.TreatmentError) as caught:
            files.load_text(text, "file.yaml")
        assert len(caught.value.lines()) <= 51
