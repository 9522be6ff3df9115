from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Compound, Depot, Paths, compound_names, product, product_names
from hudnal.transport.compound import neutral_share

DRAWS = Draws(16, 3)
SKIN = Skin.at("volar-forearm", Person(), Lesion.none(DRAWS), DRAWS)
STILL = np.zeros(16)
WHOLE = Paths.none(16)


def needled(density=6.0, width=0.07, depth=0.15, open_share=1.0) -> Paths:
    one = np.ones(16)
    return Paths(density * one, width * one, depth * one, open_share * one)


def applied(name="ascorbic-acid", what="vitamin-c-serum", amount=2.0) -> Depot:
    return Depot.empty(name, SKIN, DRAWS, 0.0).spread(product(what), amount, DRAWS)


def total(d: Depot) -> np.ndarray:
    return d.on_skin() + d.in_skin() + d.blood + d.washed_off + d.evaporated


@pytest.mark.parametrize("what", [p for p in product_names() if product(p).actives])
def test_mass_is_conserved_through_everything(what):
    """Applied = on skin + in skin + blood + washed off + evaporated, to 1e-6 (here to 1e-12)."""
    for name in product(what).actives:
        d = applied(name, what, 5.0)
        d = d.advance(0.7, WHOLE, STILL, 0.5, 1.0, DRAWS)
        d = d.remove(np.full(16, 0.9))
        d = d.advance(0.1, needled(), np.full(16, 0.3), 0.2, 0.8, DRAWS).spread(product(what), 2.0, DRAWS)
        d = d.advance(30.0, needled(9.0, 0.1, 0.4, 0.5), np.full(16, 0.1), 0.2, 1.2, DRAWS)
        d = d.remove(np.ones(16)).advance(200.0, needled(open_share=0.0), STILL, 0.0, 1.0, DRAWS)
        assert np.allclose(total(d) / d.applied, 1, rtol=0, atol=1e-12)
        assert np.all(d.on_skin() == 0)


def test_holes_bring_polar_drugs_in_and_lipophilic_ones_hardly():
    for name, what, low, high in (
        ("ascorbic-acid", "vitamin-c-serum", 3, 1e6),
        ("tretinoin", "tretinoin-0.05", 0, 30),
    ):
        d = applied(name, what).advance(8.0, needled(), np.full(16, 0.1), 0.3, 1.0, DRAWS)
        needled_part, whole_part = np.split(d.delivered(), 2)
        # Where whole skin takes much, holes also let a little back out.
        assert np.all(needled_part >= whole_part * 0.95)
        assert low < np.median(needled_part / whole_part) < high


def test_more_deeper_and_wider_holes_bring_more():
    def delivered(paths):
        return applied().advance(0.05, paths, STILL, 0.3, 1.0, DRAWS).delivered()[:16]

    base = delivered(needled())
    for more in (needled(density=9.0), needled(width=0.1)):
        assert np.all(delivered(more) > base)
    assert np.all(delivered(needled(open_share=0.3)) < base)


def test_whole_skin_at_steady_state_passes_its_permeability():
    """Infinite dose, no loss below: the flux into living skin tends to kp (dry) times the push of the film."""
    name = "lidocaine"
    compound = Compound.of(name, SKIN, DRAWS)
    d = Depot.empty(name, SKIN, DRAWS, 0.0).spread(product("lmx-4"), 1000.0, DRAWS)
    times = (4.0, 8.0)
    uptake = []
    for t in times:
        moved = d.advance(t, WHOLE, STILL, 1.0, 1e4, DRAWS)
        uptake.append(moved.delivered()[16:])
    flux = (uptake[1] - uptake[0]) / (times[1] - times[0])
    permeability = compound.corneum_diffusivity * compound.corneum_partition / SKIN.corneum
    pores = DRAWS["transport.relations.shunt"] * compound.water_diffusivity / d.film_neutral[16:]
    expected = 0.1 * (permeability + pores) * d.activity[16:, 0]
    assert np.all(flux < expected * 1.01)
    assert np.median(flux / expected) > 0.8


def test_covered_corneum_lets_more_through():
    dry, wet = (
        applied("lidocaine", "emla", 150).advance(1.0, WHOLE, STILL, h, 1.0, DRAWS) for h in (0.0, 1.0)
    )
    assert np.all(wet.delivered() > dry.delivered())


def test_corneum_is_a_reservoir():
    """What is in the corneum after washing goes on into living skin."""
    d = applied("lidocaine", "emla", 150).advance(1.0, WHOLE, STILL, 1.0, 1.0, DRAWS).remove(np.ones(16))
    later = d.advance(1.0, WHOLE, STILL, 0.5, 1.0, DRAWS)
    assert np.all(later.delivered() > d.delivered())
    assert np.all(later.in_corneum() < d.in_corneum())


def test_published_permeability_of_lidocaine():
    """HuskinDB: 3.0e-3 and 4.0e-3 cm/h through human epidermis, hydrated."""
    one = Draws(1)
    skin = Skin.at("volar-forearm", Person(), Lesion.none(one), one)
    c = Compound.of("lidocaine", skin, one)
    kp = c.corneum_diffusivity[0] * c.corneum_partition[0] / skin.corneum[0] / 10
    assert 3.0e-3 <= kp <= 4.0e-3


def test_acids_and_bases_by_ph():
    assert neutral_share("lidocaine", DRAWS, 7.9)[0] == pytest.approx(0.5)
    assert neutral_share("lidocaine", DRAWS, 9.9)[0] > 0.98
    assert np.all(neutral_share("ascorbic-acid", DRAWS, 3.2) > neutral_share("ascorbic-acid", DRAWS, 6.0))


def test_every_compound_can_be_built():
    for name in compound_names():
        c = Compound.of(name, SKIN, DRAWS)
        for values in (
            c.corneum_partition,
            c.tissue_partition,
            c.uptake,
            c.tissue_diffusivity,
            c.corneum_diffusivity,
        ):
            assert np.all(np.isfinite(values))
            assert np.all(values > 0)


def test_steps_are_short_enough():
    """The amounts after a day differ little from those with a tenth of the step."""
    import hudnal.transport.depot as module

    coarse = applied("lidocaine", "emla", 150).advance(24.0, needled(), np.full(16, 0.1), 0.5, 1.0, DRAWS)
    original = module.steps_over
    module.steps_over = lambda hours, first: original(hours, first / 10, 1.03, 0.5)
    try:
        fine = applied("lidocaine", "emla", 150).advance(24.0, needled(), np.full(16, 0.1), 0.5, 1.0, DRAWS)
    finally:
        module.steps_over = original
    assert np.allclose(coarse.delivered(), fine.delivered(), rtol=0.02)


def test_unknown_compound_is_an_error():
    with pytest.raises(KeyError):
        Depot.empty("unobtainium", SKIN, DRAWS, 0.0)


def test_paths_are_data():
    assert replace(WHOLE, density=np.ones(16)).density.sum() == 16
