"""What charge does to a drug in water, and an oil to one that likes water or does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.parameters import Distribution, Draws, Parameter
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Compound
from hudnal.transport.compound import find_partition, neutral_share

BASE = Draws(16, 3)
SKIN = Skin.at("abdomen", Person(), Lesion.none(BASE), BASE)


def with_compound(**given):
    own = {
        (name := f"transport.compounds.x.{key}"): Parameter(
            name, value, "1", Distribution("fixed", value), (), "defined", ""
        )
        for key, value in {"molar_mass": 300.0, "log_kow": 1.0, "unbound": 0.5, **given}.items()
    }
    return BASE.including(own)


@given(st.floats(2, 12), st.floats(2, 12), st.floats(1, 13))
def test_two_groups_are_charged_each_by_itself(base, acid, ph):
    both = neutral_share("x", with_compound(pka=base, pka_acid=acid), ph)
    alone = neutral_share("x", with_compound(pka=base), ph) * neutral_share(
        "x", with_compound(pka_acid=acid), ph
    )
    assert np.allclose(both, alone, rtol=1e-12)
    assert np.all((both >= 0) & (both <= 1))


def test_an_amino_acid_is_hardly_ever_neutral():
    """Glycine's pKa: one in some hundred million is neutral at any pH between them."""
    draws = with_compound(pka=9.6, pka_acid=2.34)
    shares = [neutral_share("x", draws, ph)[0] for ph in (3.0, 5.0, 7.0, 9.0)]
    assert max(shares) / min(shares) < 6
    assert shares[2] == pytest.approx(10 ** (2.34 - 9.6), rel=0.01)


def test_what_is_charged_for_good_has_one_form_and_binds_to_no_lipid():
    ion = with_compound(permanent_charge=1.0, log_kow=4.0)
    assert np.all(neutral_share("x", ion, 3.0) == 1)
    binding = [Compound.of("x", SKIN, draws).tissue_partition for draws in (ion, with_compound(log_kow=4.0))]
    assert np.all(binding[0] < binding[1])
    spread = [
        np.std(np.log(Compound.of("x", SKIN, d).corneum_diffusivity))
        for d in (ion, with_compound(log_kow=4.0))
    ]
    assert spread[0] > spread[1]


def test_an_oil_holds_what_likes_it_and_little_of_what_does_not():
    fatty, watery = with_compound(log_kow=4.0), with_compound(log_kow=-2.0)
    for oil in ("oil", "silicone"):
        assert np.median(find_partition("x", oil, fatty)) > 500
        assert np.median(find_partition("x", oil, watery)) < 0.05
    assert np.all(find_partition("x", "suspension", fatty) == 1)
    assert np.median(find_partition("x", "silicone", fatty)) < np.median(find_partition("x", "oil", fatty))
