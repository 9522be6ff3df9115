"""Nothing runs uphill: however charged a drug is, it ends in the receptor as it stands in the donor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.parameters import Distribution, Draws, Parameter, parameters
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Channels, Depot, Product, TransportConditions
from hudnal.transport.drug_layers import DrugLayers

N = 2
DRAWS = Draws(N, 3)
SKIN = Skin.at("volar-forearm", Person(), Lesion.none(DRAWS), DRAWS)
TISSUE_PH = parameters()["transport.relations.tissue_ph"].value
COVERED = TransportConditions(1.0, 1.0, covered=True)
FILM = 20.0  # mm: as much as the receptor holds
LONG = np.geomspace(1e-2, 1e9, 120)  # h, steps to the end


def equilibrate(
    charges: dict[str, float], log_kow: float, ph: float, channels: Channels
) -> tuple[np.ndarray, ...]:
    """Receptor over donor, both ug/mL of all forms, at the end of a very long time; and the depot's shares."""
    given = {"molar_mass": 300.0, "log_kow": log_kow, "unbound": 0.5, **charges}
    own = {
        (name := f"transport.compounds.x.{key}"): Parameter(
            name, value, "1", Distribution("fixed", value), (), "defined", ""
        )
        for key, value in given.items()
    }
    draws = DRAWS.including(own)
    layers = DrugLayers.excised(SKIN, 0.5, FILM)
    donor = Product("donor", "serum", {"x": 1.0}, "water", ph, True, 1.0)
    depot = Depot.empty("x", SKIN, draws, 0.0, layers).spread(donor, 100 * FILM, draws)
    depot = depot.advance(LONG.sum(), channels, np.zeros(N), COVERED, draws, LONG)
    strip = depot.needled if channels.any_open else depot.whole
    ratio = (strip.in_receptor() / FILM) / (strip.on_skin / depot.film)
    return ratio, depot.film_neutral / depot.compound.neutral_in_tissue, strip.total() / depot.applied


CHARGES = [
    {"pka": 9.5},
    {"pka": 10.6},
    {"pka_acid": 5.5},
    {"pka_acid": 4.0},
    {"pka": 9.6, "pka_acid": 2.3},  # a zwitterion, as amino acids are
    {"pka": 6.0, "pka_acid": 9.0},  # neutral between its two
    {"permanent_charge": 1.0},
]


@pytest.mark.parametrize("charges", CHARGES, ids=str)
def test_the_same_on_both_sides_ends_the_same(charges):
    ratio, _, whole = equilibrate(charges, 1.0, TISSUE_PH, Channels.none(N))
    assert np.allclose(ratio, 1, rtol=1e-3)
    assert np.allclose(whole, 1, rtol=1e-9)


@given(
    st.sampled_from([("pka",), ("pka_acid",), ("pka", "pka_acid"), ("permanent_charge",)]),
    st.tuples(st.floats(2, 12), st.floats(2, 12)),
    st.floats(-3, 5),
    st.floats(3, 10),
    st.booleans(),
)
def test_nothing_ends_above_equilibrium(kinds, pkas, log_kow, ph, needled):
    """Between all forms alike and the neutral alike: where the sides differ in pH these two part."""
    one = np.ones(N)
    channels = Channels.uniform(6 * one, 0.07 * one, 0.3 * one, one) if needled else Channels.none(N)
    if kinds == ("permanent_charge",):
        log_kow = min(log_kow, 1.0)  # ions like water
    ratio, neutral, whole = equilibrate(dict(zip(kinds, pkas, strict=False)), log_kow, ph, channels)
    assert np.all(ratio <= np.maximum(neutral, 1) * (1 + 1e-6))
    assert np.allclose(whole, 1, rtol=1e-6)
