from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hudnal.parameters import Draws, parameters
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import (
    Channels,
    Compound,
    Depot,
    TransportConditions,
    compound_names,
    product,
    product_names,
)
from hudnal.transport.compound import neutral_share

DRAWS = Draws(16, 3, "prior")  # of the tables, whatever a fit makes of them
SKIN = Skin.at("volar-forearm", Person(), Lesion.none(DRAWS), DRAWS)
STILL = np.zeros(16)
WHOLE = Channels.none(16)


def needled(density=6.0, width=0.07, depth=0.15, open_share=1.0) -> Channels:
    one = np.ones(16)
    return Channels.uniform(density * one, width * one, depth * one, open_share * one)


def applied(name="ascorbic-acid", what="vitamin-c-serum", amount=2.0) -> Depot:
    return Depot.empty(name, SKIN, DRAWS, 0.0).spread(product(what), amount, DRAWS)


@pytest.mark.parametrize("what", [p for p in product_names() if product(p).actives])
def test_mass_is_conserved_through_everything(what):
    """Applied = on skin + in skin + blood + broken down + washed off + evaporated, to 1e-6 (here to 1e-12)."""
    for name in product(what).actives:
        d = applied(name, what, 5.0)
        d = d.advance(0.7, WHOLE, STILL, TransportConditions(0.5, 1.0, covered=True), DRAWS)
        d = d.remove_film(np.full(16, 0.9)).strip_corneum(np.full(16, 0.2))
        d = d.advance(0.1, needled(), np.full(16, 0.3), TransportConditions(0.2, 0.8), DRAWS)
        d = d.spread(product(what), 2.0, DRAWS)
        d = d.advance(
            3.0, needled(9.0, 0.1, 0.4, 0.5), np.full(16, 0.1), TransportConditions(0.2, 1.2), DRAWS
        )
        d = d.advance(
            27.0, needled(9.0, 0.1, 0.4, 0.37), np.full(16, 0.1), TransportConditions(0.2, 1.2), DRAWS
        )
        d = d.remove_film(np.ones(16)).advance(
            200.0, needled(open_share=0.0), STILL, TransportConditions(0.0, 1.0), DRAWS
        )
        for strip in (d.needled, d.whole):
            assert np.allclose(strip.total() / d.applied, 1, rtol=0, atol=1e-12)
            assert np.all(strip.on_skin == 0)
            # Ahead of a steep front a level may swing below zero, by next to nothing.
            assert np.all(strip.levels >= -1e-4 * d.applied[:, None])


@pytest.mark.parametrize("seed", range(4))
def test_what_runs_down_ends_at_nothing_and_not_below(seed):
    """A cream that was wiped off late, looked at every six hours until there is none: no layer owes anything."""
    draws = Draws(64, seed, "prior")
    skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    still, conditions = np.zeros(64), TransportConditions(0.2, 1.0)
    for name in ("lidocaine", "prilocaine"):
        depot = Depot.empty(name, skin, draws, 0.0).spread(product("emla"), 100.0, draws)
        depot = depot.advance(1.0, Channels.none(64), still, conditions, draws).remove_film(np.full(64, 0.9))
        for _ in range(16):
            depot = depot.advance(6.0, Channels.none(64), still, conditions, draws)
            assert np.all(depot.whole.in_skin() >= -1e-7 * depot.applied)
            assert np.allclose(depot.whole.total() / depot.applied, 1, rtol=0, atol=1e-12)


def test_whole_and_needled_are_one_until_there_are_holes():
    d = applied().advance(1.0, WHOLE, STILL, TransportConditions(0.3, 1.0), DRAWS)
    assert np.array_equal(d.needled.delivered(), d.whole.delivered())
    d = d.advance(1.0, needled(), STILL, TransportConditions(0.3, 1.0), DRAWS)
    assert np.all(d.needled.delivered() > d.whole.delivered())


def test_holes_bring_polar_drugs_in_and_lipophilic_ones_hardly():
    for name, what, hours, low, high in (
        ("ascorbic-acid", "vitamin-c-serum", 1.0, 3, 1e6),
        ("tretinoin", "tretinoin-0.05", 8.0, 0, 30),
    ):
        d = applied(name, what).advance(
            hours, needled(), np.full(16, 0.1), TransportConditions(0.3, 1.0), DRAWS
        )
        needled_part, whole_part = d.needled.delivered(), d.whole.delivered()
        # Where whole skin takes much, holes also let a little back out.
        assert np.all(needled_part >= whole_part * 0.95)
        assert low < np.median(needled_part / whole_part) < high


def test_more_deeper_and_wider_holes_bring_more():
    def delivered(channels):
        return (
            applied(amount=50.0)
            .advance(0.05, channels, STILL, TransportConditions(0.3, 1.0), DRAWS)
            .needled.delivered()
        )

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
    covered = TransportConditions(1.0, 1e4, covered=True)
    before, moved = (d.advance(t, WHOLE, STILL, covered, DRAWS) for t in times)
    flux = (moved.whole.delivered() - before.whole.delivered()) / (times[1] - times[0])
    permeability = compound.corneum_diffusivity * compound.corneum_partition / SKIN.corneum
    charged = DRAWS["transport.relations.ionised"] * permeability * (1 - d.film_neutral)
    follicles = DRAWS["transport.relations.shunt"] * compound.passage * compound.water_diffusivity
    pores = (follicles + charged) / d.film_neutral
    activity = np.minimum(moved.whole.on_skin / (0.1 * d.holds * d.film), compound.saturation)
    expected = 0.1 * (permeability + pores) * activity
    assert np.all(flux < expected * 1.02)
    assert np.median(flux / expected) > 0.8


def test_covered_corneum_lets_more_through():
    dry, wet = (
        applied("lidocaine", "emla", 150).advance(1.0, WHOLE, STILL, TransportConditions(h, 1.0), DRAWS)
        for h in (0.0, 1.0)
    )
    assert np.all(wet.whole.delivered() > dry.whole.delivered())


def in_corneum(depot: Depot) -> np.ndarray:
    """ug/cm2."""
    return depot.whole.levels[:, depot.layers.corneum].sum(axis=1)


def test_corneum_is_a_reservoir():
    """What is in the corneum after washing goes on into living skin."""
    d = applied("lidocaine", "emla", 150).advance(1.0, WHOLE, STILL, TransportConditions(1.0, 1.0), DRAWS)
    d = d.remove_film(np.ones(16))
    later = d.advance(1.0, WHOLE, STILL, TransportConditions(0.5, 1.0), DRAWS)
    assert np.all(later.whole.delivered() > d.whole.delivered())
    assert np.all(in_corneum(later) < in_corneum(d))


def test_an_open_film_dries_and_pushes_harder_than_a_covered_one():
    """Water leaves a thin serum within minutes; what stays is more concentrated, up to what dissolves."""
    wet, dried = (
        applied("tretinoin", "tretinoin-0.05").advance(
            2.0, WHOLE, STILL, TransportConditions(0.3, 1.0, covered), DRAWS
        )
        for covered in (True, False)
    )
    assert np.all(dried.film < wet.film)
    assert np.all(dried.whole.delivered() > wet.whole.delivered())
    assert np.allclose(wet.film, applied("tretinoin", "tretinoin-0.05").film)


def test_holes_that_do_not_pass_the_corneum_are_no_way_in():
    """Half of the holes of no depth, half twice as deep, bring less than as many holes of the mean."""
    depth, width = np.tile(np.repeat([0.0, 0.3], 4), (16, 1)), np.full((16, 8), 0.07)
    half = Channels(np.full(16, 6.0), width, depth, np.ones(16))

    def brought(channels):
        d = applied().advance(0.05, channels, STILL, TransportConditions(0.3, 1.0), DRAWS)
        return d.needled.delivered() - d.whole.delivered()

    assert np.all(brought(half) < 0.95 * brought(needled()))


def test_classes_of_single_holes_keep_their_means():
    rng = np.random.default_rng(0)
    draw = np.repeat(np.arange(3), (40, 5, 0))
    depth, width = rng.random(45), 0.1 + rng.random(45)
    found = Channels.sort_into_classes(depth, width, draw, 3)
    for values, classes in zip((depth, width), found, strict=True):
        for d in (0, 1):
            assert classes[d].mean() == pytest.approx(values[draw == d].mean())
        assert np.all(classes[2] == 0)
    assert np.all(np.diff(found[0], axis=1) >= 0)


def test_new_holes_beside_old_ones_keep_depth_and_number():
    old = needled(4.0, 0.05, 0.1)
    new = needled(2.0, 0.1, 0.4)
    both = old.add(new.density, new.width, new.depth)
    assert np.allclose(both.density, 6.0)
    assert np.allclose(both.mean_depth, (4 * 0.1 + 2 * 0.4) / 6)
    assert np.allclose(both.mean_width, (4 * 0.05 + 2 * 0.1) / 6)
    assert np.all(np.diff(both.depth, axis=1) >= -1e-12)


def test_published_permeability_of_lidocaine():
    """Between HuskinDB's 3.0e-3 cm/h at 25 C and the 118 ug/cm2/h of a saturated solution, some 3e-2, on abdomens."""
    one = Draws(1, belief="prior")
    skin = Skin.at("abdomen", Person(), Lesion.none(one), one)
    c = Compound.of("lidocaine", skin, one)
    kp = c.corneum_diffusivity[0] * c.corneum_partition[0] / skin.corneum[0] / 10
    assert 3.0e-3 <= kp <= 3.0e-2
    low, high = parameters()["transport.compounds.lidocaine.permeability"].distribution.quantile(
        np.array([0.05, 0.95])
    )
    assert low / 10 <= 4.0e-3
    assert high / 10 >= 3.0e-2


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
            c.uptake(1.0),
            c.tissue_diffusivity,
            c.corneum_diffusivity,
        ):
            assert np.all(np.isfinite(values))
            assert np.all(values > 0)


def test_steps_are_short_enough(monkeypatch):
    """The amounts after a day differ little from those with a tenth of the step."""
    import hudnal.transport.depot as module

    def moved():
        conditions = TransportConditions(0.5, 1.0)
        return applied("lidocaine", "emla", 150).advance(24.0, needled(), np.full(16, 0.1), conditions, DRAWS)

    coarse = moved()
    original = module.choose_steps
    monkeypatch.setattr(
        module, "choose_steps", lambda t, first, growth, longest: original(t, first / 10, 1.03, 0.5)
    )
    fine = moved()
    for strip in ("needled", "whole"):
        one, other = getattr(coarse, strip).delivered(), getattr(fine, strip).delivered()
        assert np.allclose(one, other, rtol=0.02)


def test_levels_are_thin_enough():
    """Twice as many levels change what is delivered within an hour by little."""
    from hudnal.transport.drug_layers import DrugLayers

    def moved(name, what, refine):
        d = Depot.empty(name, SKIN, DRAWS, 0.0, DrugLayers.of(SKIN, refine)).spread(
            product(what), 50.0, DRAWS
        )
        return d.advance(1.0, needled(), np.full(16, 0.1), TransportConditions(0.8, 1.0, covered=True), DRAWS)

    for name, what in (("lidocaine", "emla"), ("ascorbic-acid", "vitamin-c-serum")):
        coarse, fine = (moved(name, what, r).needled.delivered() for r in (1, 2))
        assert np.allclose(coarse, fine, rtol=0.03)


def test_unknown_compound_is_an_error():
    with pytest.raises(KeyError):
        Depot.empty("unobtainium", SKIN, DRAWS, 0.0)


def test_paths_are_data():
    assert replace(WHOLE, density=np.ones(16)).density.sum() == 16


def test_what_is_empty_rests():
    """Once next to nothing is left a depot stays as it is, and nothing is missing."""
    later = TransportConditions(0.0, 1.0)
    d = applied("lidocaine", "emla", 150).advance(1.0, needled(), STILL, TransportConditions(1.0, 1.0), DRAWS)
    d = d.remove_film(np.ones(16)).advance(20_000.0, WHOLE, STILL, later, DRAWS)
    assert np.all(d.needled.in_skin() <= 1e-9 * d.applied)
    again = d.advance(24.0, WHOLE, STILL, later, DRAWS)
    assert again.needled is d.needled
    assert again.quiet == d.quiet + 24
    assert np.allclose(again.needled.total(), d.applied, rtol=1e-12, atol=0)


def test_draws_that_rest_leave_their_fluid_to_the_tissue(monkeypatch):
    """Channels close in draws that are empty and in draws that are not: either way nothing is lost."""
    import hudnal.transport.depot as module

    wet, closing = TransportConditions(0.5, 1.0), np.full(16, 0.3)
    before = applied().advance(0.2, needled(), closing, wet, DRAWS)
    left = np.maximum(*(1 - strip.gone() / before.applied for strip in (before.needled, before.whole)))
    monkeypatch.setattr(module, "_LEAST", float(np.median(left)))
    after = before.advance(3.0, needled(open_share=0.9), closing, wet, DRAWS)
    rests = left <= np.median(left)
    assert 0 < rests.sum() < 16
    for strip, old in ((after.needled, before.needled), (after.whole, before.whole)):
        assert np.allclose(strip.total(), after.applied, rtol=1e-12, atol=0)
        assert np.array_equal(strip.blood[rests], old.blood[rests])
        assert np.all(strip.blood[~rests] > old.blood[~rests])
    assert np.all(after.needled.in_channels()[rests] < before.needled.in_channels()[rests])


def test_strips_with_the_same_in_them_stay_the_same():
    d = applied("tretinoin", "tretinoin-0.05")
    d = replace(d, needled=replace(d.whole)).advance(30.0, WHOLE, STILL, TransportConditions(0.1, 1.0), DRAWS)
    for name in ("activity", "on_skin", "evaporated", "blood", "metabolised"):
        assert np.array_equal(getattr(d.needled, name), getattr(d.whole, name))


def test_steps_over_an_old_film_are_short_enough():
    """Weeks under a film that was never taken off, in steps of up to a day: within 1e-4 of the dose, every draw."""
    dry = TransportConditions(0.1, 1.0)
    for name, what in (("tretinoin", "tretinoin-0.05"), ("retinol", "retinol-0.3"), ("lidocaine", "lmx-4")):
        d = applied(name, what).advance(300.0, WHOLE, STILL, dry, DRAWS)
        coarse = d.advance(336.0, WHOLE, STILL, dry, DRAWS)
        fine = d.advance(336.0, WHOLE, STILL, dry, DRAWS, np.full(672, 0.5))
        for part in (
            lambda strip: strip.on_skin,
            lambda strip: strip.in_skin(),
            lambda strip: strip.delivered(),
        ):
            assert np.all(np.abs(part(coarse.whole) - part(fine.whole)) < 1e-4 * d.applied)


def test_channels_that_shut_early_let_no_more_in_beside_those_that_stay_open():
    """What a draw receives hangs on its own channels: its neighbours' move it by less than a thousandth."""

    mean = DRAWS.of_one_person  # through whose skin enough comes for a thousandth of it to count

    def deliver(closing):
        depot = Depot.empty("tretinoin", SKIN, mean, 0.0).spread(product("tretinoin-0.05"), 2.0, mean)
        share = np.ones(16)
        for hours in (0.5, *[2.0] * 11, *[24.0] * 4):
            channels = replace(needled(), open_share=share)
            depot = depot.advance(hours, channels, closing, TransportConditions(0.5, 1.0), mean)
            share = share * np.exp(-closing * hours)
        return depot.needled.delivered()

    early = np.arange(16) < 8
    alike, mixed = deliver(np.full(16, 0.4)), deliver(np.where(early, 0.4, 0.0))
    assert np.allclose(alike[early], mixed[early], rtol=1e-3)
