"""The cell of one hole: its own analytic limits, and that strips with holes agree with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drug_cell import DrugCell

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Channels, Depot, TransportConditions, product
from hudnal.transport.diffusion import choose_steps
from hudnal.transport.drug_layers import DrugLayers
from hudnal.transport.strip import Film, Flows

DRAWS = Draws(8, 3)
SKIN = Skin.at("volar-forearm", Person(), Lesion.none(DRAWS), DRAWS)
ONE, STILL = np.ones(8), np.zeros(8)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("ascorbic-acid", "vitamin-c-serum"),
        ("lidocaine", "lmx-4"),
        ("hyaluronic-acid", "hyaluronic-acid-serum"),
        ("retinol", "retinol-0.3"),
    ],
)
@pytest.mark.parametrize("deep", [0.1, 0.7])
def test_strips_with_holes_agree_with_the_cell_of_one(name, what, deep):
    """Two rings and a shared fluid against 24 rings around and below one hole: within 5 % in the median draw."""
    conditions = TransportConditions(0.3, 1.0, covered=True)
    depot = Depot.empty(name, SKIN, DRAWS, 0.0).spread(product(what), 5.0, DRAWS)
    layers = depot.layers
    bottom = np.cumsum(layers.width, axis=1)
    depth = bottom[np.arange(8), np.abs(bottom - deep).argmin(axis=1)]
    channels = Channels.uniform(6 * ONE, 0.07 * ONE, depth, ONE)
    cell = DrugCell.around(depot.compound, layers, 6 * ONE, 0.07 * ONE, depth)
    cell = replace(cell, on_skin=depot.applied.copy())
    before = 0.0
    for time in (0.1, 1.0, 8.0):
        steps = choose_steps(time - before, 1 / 600 if before == 0 else before / 8, 1.15)
        capacity = np.repeat((depot.holds * depot.film)[:, None], steps.size, axis=1)
        film = Film(capacity, depot.film_neutral, depot.compound.saturation, STILL)
        depot = depot.advance(time - before, channels, STILL, conditions, DRAWS)
        cell = cell.advance(steps, film, depot.flows(conditions, DRAWS))
        strip = depot.needled
        inside = strip.delivered() + strip.fluid[:, layers.viable.start :].sum(axis=1)
        assert np.median(inside / cell.delivered()) == pytest.approx(1, abs=0.05)
        assert np.allclose(cell.total() / depot.applied, 1, atol=1e-12)
        before = time


def test_without_a_difference_between_rings_the_cell_is_the_layered_skin():
    """A hole of no depth: every ring is whole skin, and the cell gives what the strip of whole skin gives."""
    conditions = TransportConditions(0.5, 1.0, covered=True)
    depot = Depot.empty("lidocaine", SKIN, DRAWS, 0.0).spread(product("emla"), 50.0, DRAWS)
    cell = DrugCell.around(depot.compound, depot.layers, 6 * ONE, 0.07 * ONE, STILL)
    cell = replace(cell, on_skin=depot.applied.copy())
    steps = choose_steps(2.0, 1 / 120, 1.6)
    capacity = np.repeat((depot.holds * depot.film)[:, None], steps.size, axis=1)
    film = Film(capacity, depot.film_neutral, depot.compound.saturation, STILL)
    cell = cell.advance(steps, film, depot.flows(conditions, DRAWS))
    depot = depot.advance(2.0, Channels.none(8), STILL, conditions, DRAWS)
    assert np.allclose(cell.delivered(), depot.whole.delivered(), rtol=1e-9)


def test_a_disc_source_gives_its_analytic_flux():
    """The foot of a hole is a disc: into a tube of radius R and length L it gives C / (psi/(4 K D r) + L/(pi R2 K D)).

    psi = 1 - 1.4092 e + 0.3381 e^3 + 0.0679 e^5, e = r/R (the constriction of a tube, known for a century). What is
    wrong is the disc's rim, where the flux is singular: it halves with the width of the rings.
    """
    coarse, fine = (abs(flux / expected - 1) for flux, expected in map(flux_of_a_disc, (1, 2)))
    assert fine < 0.02
    assert fine < 0.6 * coarse


def flux_of_a_disc(refine):
    """What passes a disc into a tube in the steady state, by the cell and by the formula."""
    one = Draws(1)
    skin = Skin.at("volar-forearm", Person(), Lesion.none(one), one)
    r, outer, length, plate = 0.05, 0.4, 2.0, 0.002
    deep = 0.004 * 1.09 ** np.arange(60)
    deep *= (length) / deep.sum()
    width = np.concatenate([[plate], deep, [0.01]])[None]
    layers = DrugLayers(
        width, np.cumsum(width, axis=1) - width / 2, slice(0, 1), slice(1, 2), slice(2, 61), slice(61, 62),
        slice(62, 62),
    )  # fmt: skip
    compound = Depot.empty("lidocaine", skin, one, 0.0).compound
    # A plate that nothing passes but by the hole, a hole that holds nothing up, a sink far below.
    compound = replace(compound, water_diffusivity=np.array([1e5]), neutral_in_tissue=np.ones(1))
    conduct, uptake = np.full(width.shape, 2.0), np.zeros(width.shape)
    conduct[0, 0], uptake[0, -1], conduct[0, -1] = 1e-12, 1e9, 1e6
    flows = Flows(conduct, uptake, np.zeros(width.shape), np.zeros(1), np.zeros(1))
    density = np.array([1 / (np.pi * outer**2)])
    cell = DrugCell.around(compound, layers, density, np.array([2 * r]), np.array([plate]), refine=refine)
    cell = replace(cell, on_skin=np.array([1e8]))
    steps = choose_steps(40.0, 1e-2, 2.0, 5.0)
    film = Film(np.full((1, steps.size), 1e9), np.ones(1), np.full(1, np.inf), np.zeros(1))
    cell = cell.advance(steps, film, flows)
    later = cell.advance(np.full(5, 1.0), film, flows)
    activity = float(cell.on_skin[0]) / 0.1 / 1e9
    e = r / outer
    psi = 1 - 1.4092 * e + 0.3381 * e**3 + 0.0679 * e**5
    resistance = psi / (4 * 2.0 * r) + length / (np.pi * outer**2 * 2.0)
    expected = 0.1 * activity / resistance * density[0]
    return (later.lost - cell.lost)[0] / 5.0, expected
