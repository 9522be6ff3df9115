"""What zones come to in one person: within the trait, by place, and no less than the worst zone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.outcome.declared import all_quantities
from hudnal.outcome.raised import find_prone_share
from hudnal.outcome.risks import find_relapsing_share
from hudnal.outcome.zones import join_alike, join_prone
from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin

SITES = ("cheek", "forehead", "thigh", "chest")
DRAWS = Draws(4, 2)
SKINS = [Skin.at(site, Person(phototype=4), Lesion.none(DRAWS), DRAWS) for site in SITES]
JOINED = {
    "alike": join_alike(),
    "frail": join_alike("outcome.tram.frailty"),
    "herpes": join_prone(find_relapsing_share),
    "raised": join_prone(find_prone_share),
}
SHARES = {"herpes": find_relapsing_share, "raised": find_prone_share}
CHANCES = st.lists(st.floats(0, 0.99), min_size=4, max_size=4)


def spread(name: str, chances: list[float]) -> np.ndarray:
    """A chance of each zone in each draw: of those who are prone there, where only some are."""
    each = np.repeat(np.array(chances)[:, None], DRAWS.n, axis=1)
    return each * np.stack([SHARES[name](skin, DRAWS) for skin in SKINS]) if name in SHARES else each


@pytest.mark.parametrize("name", JOINED)
@given(chances=CHANCES)
def test_a_person_is_in_no_less_danger_than_in_the_worst_zone_and_no_more_than_in_all(name, chances):
    each = spread(name, chances)
    person = JOINED[name](each, SKINS, DRAWS)
    assert (person >= each.max(axis=0) - 1e-9).all()
    assert (person <= np.minimum(each.sum(axis=0), 1) + 1e-9).all()
    if name in SHARES:
        prone = np.stack([SHARES[name](skin, DRAWS) for skin in SKINS])
        assert (person <= prone.max(axis=0) + 1e-9).all()


@pytest.mark.parametrize("name", JOINED)
def test_a_face_cut_into_zones_is_a_face(name):
    each = spread(name, [0.3] * 4)[[0, 0, 0]]
    cut = JOINED[name](each, [SKINS[0]] * 3, DRAWS)
    np.testing.assert_allclose(cut, each[0], rtol=1e-9)


@pytest.mark.parametrize("name", JOINED)
def test_another_place_adds_and_the_order_of_zones_is_nothing(name):
    each = spread(name, [0.3, 0.2, 0.4, 0.1])
    person = JOINED[name](each, SKINS, DRAWS)
    assert (person > JOINED[name](each[:3], SKINS[:3], DRAWS)).all()
    np.testing.assert_allclose(JOINED[name](each[::-1], SKINS[::-1], DRAWS), person, rtol=1e-9)


def test_frail_people_are_hit_in_both_places():
    """Who marks easily marks everywhere: together they are fewer than if zones were strangers."""
    each = np.repeat([[0.3], [0.3]], DRAWS.n, axis=1)
    skins = [SKINS[0], SKINS[2]]
    frail, alike = (JOINED[name](each, skins, DRAWS) for name in ("frail", "alike"))
    np.testing.assert_allclose(alike, 1 - 0.7**2)
    assert (frail < alike).all()


def test_harms_of_a_person_are_told_of_all_zones():
    risks = {
        name for name, one in all_quantities().items() if one.weight == "harm" and one.over_zones == "main"
    }
    assert not risks
