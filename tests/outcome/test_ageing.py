"""Ageing skin as instruments see it, and how it starts."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.outcome.ageing import (
    Matrix,
    measure_density_change,
    measure_firmness_change,
    measure_lines_gone,
    measure_thickness_change,
)
from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin

DRAWS = Draws(64, 1, "prior")
ZERO, ONE = np.zeros(64), np.ones(64)
NONE = Matrix(ZERO, ZERO, ZERO)


def skin(**person) -> Skin:
    return Skin.at("cheek", Person(**person), Lesion.none(DRAWS), DRAWS)


def test_no_change_of_the_tissue_no_change_to_see():
    assert not measure_lines_gone(NONE, DRAWS).any()
    assert np.allclose(measure_firmness_change(NONE, DRAWS), 0)
    assert not measure_density_change(ZERO, DRAWS).any()


@pytest.mark.parametrize("field", ["collagen", "elastin_new", "epidermis"])
def test_more_of_it_is_firmer_and_smoother(field):
    more = Matrix(**{**dict.fromkeys(("collagen", "elastin_new", "epidermis"), ZERO), field: 0.3 * ONE})
    assert np.all(measure_lines_gone(more, DRAWS) > 0)
    assert np.all(measure_firmness_change(more, DRAWS) >= 0)
    lots = Matrix(*(100 * ONE,) * 3)
    assert np.all(measure_lines_gone(lots, DRAWS) <= 1)


def test_thickness_hardly_follows_density():
    """A laser that changed a scar's depth by a fifth left the dermis as it was (1.22 to 1.23 mm)."""
    thicker, denser = (
        measure_thickness_change(0.2 * ONE, skin(), DRAWS),
        measure_density_change(0.2 * ONE, DRAWS),
    )
    assert np.median(thicker) < 0.03 < np.median(denser)
    assert np.all(thicker >= 0)


def test_the_start_by_age_sun_and_smoking():
    young, old = skin(age=25), skin(age=65)
    assert np.all(old.collagen < young.collagen)
    assert np.all(old.elastin < young.elastin)
    assert np.all(old.turnover > young.turnover)
    sheltered, tanned = (skin(age=60, sun=s) for s in ("little", "much"))
    usual = skin(age=60)
    assert np.all(sheltered.collagen >= usual.collagen) and np.all(usual.collagen >= tanned.collagen)
    # Elastotic skin has more elastin in all, and a smaller share of it is young.
    assert np.all(tanned.elastin > usual.elastin)
    assert np.all(tanned.tropoelastin_share < usual.tropoelastin_share)
    smoker = skin(age=60, smoker=True)
    assert np.all(smoker.collagen <= usual.collagen) and np.all(smoker.synthesis < usual.synthesis)
