"""Which name somebody may have meant: by letters, by what it is called in any language, by spelling, and no further."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.language.near import MOST_NAMES, find_near, list_examples

SITES = ("cheek", "chin", "upper-lip", "forehead")


@pytest.mark.parametrize(
    ("word", "heads", "names", "found"),
    [
        ("Upper Lip", ("sites",), SITES, ("upper-lip",)),
        ("kind", ("sites",), SITES, ("cheek",)),
        ("överläpp", ("sites",), SITES, ("upper-lip",)),
        ("forhead", ("sites",), SITES, ("forehead",)),
        ("scalp", ("sites",), SITES, ()),
        ("tvätta", ("steps",), ("wash", "clean"), ("wash",)),
        ("nålning", ("steps",), ("roll", "pen", "wash"), ("roll", "pen")),
        ("", ("sites",), SITES, ()),
    ],
)
def test_names_are_found(word, heads, names, found):
    assert find_near(word, names, *heads) == found


def test_a_strict_search_offers_nothing_else():
    assert find_near("rf-stamp", ("stamp", "pen"), "steps", strict=True) == ()
    assert find_near("tretinoin-0.5", ("tretinoin-0.05",), "products", strict=True) == ()
    assert find_near("emlaa", ("emla", "let"), "products", strict=True) == ("emla",)


@given(st.text(), st.lists(st.text(), max_size=12, unique=True))
def test_only_names_are_offered(word, names):
    assert set(find_near(word, names, "sites")) <= set(names)
    examples = list_examples(word, names)
    assert len(examples) == min(len(names), MOST_NAMES) and set(examples) <= set(names)
