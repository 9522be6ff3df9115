from __future__ import annotations

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin, list_sites


def at(site: str = "cheek", **person) -> Skin:
    draws = Draws(16, 3)
    return Skin.at(site, Person(**person), Lesion.none(draws), draws)


@pytest.mark.parametrize("site", list_sites())
def test_layers_of_every_site_are_skin(site):
    skin = at(site)
    assert np.all((skin.corneum > 0.003) & (skin.corneum < 0.1))
    assert np.all((skin.epidermis > 0.01) & (skin.epidermis < 0.3))
    assert np.all((skin.dermis > 0.2) & (skin.dermis < 6))
    assert np.all(skin.plexus_depth < skin.thickness)
    assert np.all(skin.loop_depth <= skin.surface_to_dermis)


def test_published_thickness_of_the_forearm():
    """Sandby-Møller 2003: corneum 18.3 um, cellular epidermis 56.6 um on the dorsal forearm."""
    draws = Draws(1)
    skin = Skin.at("dorsal-forearm", Person(age=40), Lesion.none(draws), draws)
    assert skin.corneum[0] * 1000 == pytest.approx(18.3, rel=0.02)
    assert skin.epidermis[0] * 1000 == pytest.approx(56.6, rel=0.02)


def test_age_takes_collagen_loops_and_speed():
    young, old = at(age=25), at(age=75)
    for name in (
        "collagen",
        "loop_density",
        "loop_flow",
        "synthesis",
        "barrier_speed",
        "epithelium_speed",
        "elastin",
    ):
        assert np.all(getattr(old, name) < getattr(young, name)), name
    assert np.all(old.stiffness > young.stiffness)
    assert np.all(old.turnover > young.turnover)


def test_smoking_lowers_synthesis():
    assert np.all(at(smoker=True).synthesis < at().synthesis)


def test_men_have_thicker_dermis_on_the_forehead():
    assert np.median(at("forehead", sex="male").dermis) > np.median(at("forehead").dermis)


def test_unknown_site_is_an_error():
    with pytest.raises(KeyError):
        at("moon")


def test_a_stretch_mark_has_thin_epidermis_and_parallel_fibres():
    draws = Draws(16, 3)
    plain = Skin.at("thigh", Person(), Lesion.none(draws), draws)
    mark = Skin.at("thigh", Person(), Lesion.of("stretch-mark", draws, "striae", 5, None), draws)
    assert np.all(mark.epidermis < plain.epidermis)
    assert np.all(mark.lesion.alignment > plain.lesion.alignment)
    assert np.all(mark.lesion.width == 5)


def test_scars_have_the_make_of_their_kind():
    draws = Draws(16, 3)

    def scarred(kind, form, **sizes):
        return Skin.at("cheek", Person(), Lesion.of(kind, draws, form, **sizes), draws)

    plain = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    acne, surgical = scarred("acne-scar", "icepick"), scarred("surgical-scar", "surgical", length=40.0)
    for scar in (acne, surgical):
        assert np.all(scar.elastin < plain.elastin)
        assert np.all(scar.lesion.alignment > plain.lesion.alignment)
        assert np.allclose(scar.epidermis, plain.epidermis)
    assert np.all(acne.lesion.width <= 2.0)
    assert np.median(surgical.collagen) > np.median(acne.collagen)
    assert np.all(surgical.lesion.length == 40)
    assert not acne.lesion.length.any()
