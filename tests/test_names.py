"""A name that is not there is told with those that come nearest."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.card import Card
from hudnal.names import ByName, UnknownName, list_nearest
from hudnal.outcome.declared import all_quantities

NAMES = list(all_quantities())


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("collagen", "collagen_change"),
        ("Hole density", "hole_density"),
        ("hole-density", "hole_density"),
        ("pian", "pain"),
    ],
)
def test_the_nearest_comes_first(asked, first):
    assert list_nearest(asked, NAMES)[0] == first


@given(st.text(max_size=30))
def test_of_any_text_at_most_five_that_are_there(asked):
    near = list_nearest(asked, NAMES)
    assert len(near) <= 5 and set(near) <= set(NAMES) and len(set(near)) == len(near)


def test_a_slip_is_told_and_what_is_there_is_given():
    values = ByName("quantity", dict.fromkeys(NAMES, 1.0), "all are listed")
    assert values["pain"] == 1.0 and values.get("pian") is None and "pian" not in values
    with pytest.raises(KeyError, match=r"^no quantity 'pian'; the nearest are pain.* \(all are listed\)$"):
        values["pian"]
    with pytest.raises(UnknownName, match=r"^no quantity 'qqqq'$"):
        ByName("quantity", dict.fromkeys(NAMES, 1.0))["qqqq"]


def test_names_and_errors_survive_a_pickle():
    values = ByName("quantity", {"pain": 1.0}, "hint")
    again = pickle.loads(pickle.dumps(values))
    assert again == values and (again.kind, again.hint) == ("quantity", "hint")
    error = UnknownName("quantity", "pian", ["pain"], "hint")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_card_has_columns_and_takes_nothing_for_a_tag():
    card = Card("<b>", [("a", "long"), ("longer", "&")], "foot")
    assert card.text().splitlines() == ["<b>", "  a       long", "  longer  &", "foot"]
    assert "<b>&lt;b&gt;</b>" in card.html() and "&amp;" in card.html()
    assert max(map(len, Card("x" * 500, [("y" * 500,)]).text().splitlines())) <= 110
