"""The shelf: enough products, each whole, with sources that can be found."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.evidence.case_file import load_cases
from hudnal.parameters import Draws, parameters, reference_of, table
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Compound, compound_names, product, product_names, vehicle_names
from hudnal.transport.permeability import list_outside_range
from hudnal.transport.product import particle_names

DRAWS = Draws(8, 3)
SKIN = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)
KINDS = ("numbing", "serum", "retinoid", "sunscreen", "make-up", "seal", "antiseptic")


def test_there_are_enough_and_of_every_kind():
    assert len(product_names()) >= 30
    assert {product(name).kind for name in product_names()} == set(KINDS)
    assert sum(product(name).anti_inflammatory for name in product_names()) >= 1


@pytest.mark.parametrize("name", product_names())
def test_a_product_is_whole(name):
    what = product(name)
    assert what.vehicle in vehicle_names()
    assert set(what.actives) <= set(compound_names())
    assert all(percent > 0 for percent in what.actives.values())
    assert set(what.particles) <= set(particle_names())
    assert sum(what.actives.values()) + sum(what.particles.values()) <= 100
    assert 0 < what.ph < 14
    assert what.default_amount >= 0
    for fact in (*what.source, *what.label_source):
        assert reference_of(fact).key
    limits = (what.label_dose, what.label_area, what.label_hours)
    assert bool(what.label_source) == any(limit is not None for limit in limits)
    assert all(limit is None or limit > 0 for limit in limits)


def test_numbing_products_numb_and_retinoids_are_retinoids():
    for name in product_names("numbing"):
        assert any(f"transport.compounds.{c}.potency" in parameters() for c in product(name).actives)
    for name in product_names("retinoid"):
        assert any(f"transport.compounds.{c}.retinoid_potency" in parameters() for c in product(name).actives)


def test_every_compound_is_used_by_a_product_or_a_case():
    used = {active for name in product_names() for active in product(name).actives}
    told = " ".join(str((case.trial, case.observe)) for case in load_cases())
    assert [name for name in compound_names() if name not in used and name not in told] == []


def test_every_vehicle_is_used_by_a_product():
    assert set(vehicle_names()) == {product(name).vehicle for name in product_names()}


@pytest.mark.parametrize("name", compound_names())
def test_a_compound_has_what_transport_needs(name):
    compound = Compound.of(name, SKIN, DRAWS)
    for values in (
        compound.corneum_partition,
        compound.corneum_diffusivity,
        compound.tissue_partition,
        compound.tissue_diffusivity,
    ):
        assert np.all(np.isfinite(values)) and np.all(values > 0)
    entry = table("transport")["compounds"][name]
    assert not {"pka", "pka_acid"} <= set(entry)
    assert ("clearance" in entry) == ("volume" in entry)


def test_labels_are_those_of_the_sources():
    """2 g a 10 cm2 of EMLA (ANA-004), 60 g on 400 cm2 for 3 h (ANA-001); 59 g of Pliaglis there for 2 h (A17)."""
    for name in ("emla", "lidocaine-prilocaine"):
        cream = product(name)
        assert (cream.label_dose, cream.label_area, cream.label_hours) == (2.0, 400, 3)
    peel = product("pliaglis")
    assert peel.label_dose == pytest.approx(59 / 400 * 10)
    assert (peel.label_area, peel.label_hours) == (400, 2)


def test_the_range_of_the_relation():
    assert list_outside_range(2.0, 300.0) == []
    assert list_outside_range(-4.0, 50_000.0) == ["log_kow", "molar_mass"]
    assert list_outside_range(6.5, 300.0) == ["log_kow"]
    assert list_outside_range(1.0, 600.0) == ["molar_mass"]
