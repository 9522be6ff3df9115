"""The circuit of macrophages and myofibroblasts: full wounds heal, and small ones do so however it is made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling import whole
from scipy.integrate import solve_ivp

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Tissue, wound_of_holes, wound_of_sheet
from hudnal.tissue.biology import (
    FIBROBLASTS,
    FIELDS,
    GROWTH,
    MACROPHAGES,
    MYOFIBROBLASTS,
    RATES,
    SIGNAL,
    Rates,
    evaluate_change,
    rates_of,
)
from hudnal.tissue.circuit import find_holding_half

DRAWS = Draws(16, 3)
ONE = np.ones(16)
SKIN = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)
HALF, CELLS = RATES.index("myofibroblast_half"), RATES.index("macrophage_half")
WEEK = 24.0 * 7


def by_name(rates: np.ndarray) -> dict[str, np.ndarray]:
    return {name: rates[:, i] for i, name in enumerate(RATES)}


def end_of_full_wound(row: np.ndarray, myofibroblasts: float = 0.0) -> np.ndarray:
    """Macrophages and myofibroblasts two years after all of a well-mixed tissue was hurt: the biology at one point."""
    rates = Rates(*row)
    moves = [SIGNAL, GROWTH, MACROPHAGES, FIBROBLASTS, MYOFIBROBLASTS]
    start = np.zeros(len(FIELDS))
    start[[SIGNAL, FIBROBLASTS, FIELDS.index("clot")]] = 1.0
    start[FIELDS.index("collagen_i")] = 1.0
    start[MYOFIBROBLASTS] = myofibroblasts

    def change(_, u):
        production, loss = evaluate_change.py_func(u[:, None], 0, 1.0, rates)
        return np.array(production) - np.array(loss) * u

    end = solve_ivp(change, (0, 104 * WEEK), start, method="LSODA", rtol=1e-6, atol=1e-9).y[:, -1]
    assert np.isfinite(end[moves]).all()
    return end[[MACROPHAGES, MYOFIBROBLASTS]]


@pytest.mark.parametrize("draw", range(0, 16, 5))
def test_the_limit_parts_what_heals_from_what_does_not(draw):
    """A point's ordinary differential equations after a full wound, on both sides of the limit in closed form."""
    rates = rates_of(SKIN, DRAWS)
    limit = find_holding_half(by_name(rates))[draw]
    kept, healed = rates[draw].copy(), rates[draw].copy()
    kept[HALF], healed[HALF] = 0.8 * limit, 1.25 * limit
    assert (end_of_full_wound(kept) > 0.01).all()
    assert (end_of_full_wound(healed) < 1e-3).all()


def test_the_source_s_own_constants_have_a_hot_end():
    """Adler 2020 (healing:P09), gain 0.8 and loss 0.3 a day: hot at 0.55 and 0.42 with halves of 0.30 and 0.08."""
    rates = by_name(rates_of(SKIN, DRAWS))
    own = {"circuit_gain": 0.8 / 24, "macrophage_loss": 0.3 / 24, "myofibroblast_loss": 0.3 / 24}
    own |= {"macrophage_half": 0.30, "activation": 1e-6}
    limit = find_holding_half({**rates, **{name: value * ONE for name, value in own.items()}})
    assert np.all(limit > 2 * 0.08)
    row = rates_of(SKIN, DRAWS)[0].copy()
    for name, value in {**own, "myofibroblast_half": 0.08, "activation": 1e-5}.items():
        row[RATES.index(name)] = value
    assert end_of_full_wound(row, 0.4) == pytest.approx([0.55, 0.42], rel=0.1)


@given(
    st.floats(0.02, 3.0),
    st.floats(0.01, 2.0),
    st.floats(0.0, 3e-3),
    st.floats(0.005, 0.03),
    st.floats(0.003, 0.02),
)
@settings(deadline=None, max_examples=50)
def test_more_feeding_or_less_loss_lets_the_circuit_hold_longer(half, more, activation, loss, other_loss):
    rates = by_name(rates_of(SKIN, DRAWS))
    base = {**rates, "macrophage_half": half * ONE, "activation": activation * ONE}
    base |= {"macrophage_loss": loss * ONE, "myofibroblast_loss": other_loss * ONE}
    limit = find_holding_half(base)
    assert np.all(limit >= 0)
    for harder, factor in (
        ("macrophage_half", 1 + more),
        ("macrophage_loss", 1 + more),
        ("myofibroblast_loss", 1 + more),
    ):
        assert np.all(find_holding_half({**base, harder: base[harder] * factor}) <= limit + 1e-12)
    assert np.all(
        find_holding_half({**base, "circuit_gain": base["circuit_gain"] * (1 + more)}) >= limit - 1e-12
    )


def lasting_share(tissue: Tissue, weeks: int) -> np.ndarray:
    """The greater of macrophages and myofibroblasts `weeks` later, as shares of their peaks."""
    cells = []
    for _ in range(weeks):
        tissue = tissue.advance(WEEK)
        cells.append([tissue.mean("macrophages"), tissue.mean("myofibroblasts")])
    found = np.array(cells)
    return (found[-1] / found.max(axis=0)).max(axis=0)


def test_nobody_stays_inflamed_whatever_is_done():
    """No series tells of it: 0 of 1845 needled (juhasz2020), scars in fewer than 1 % of 500 bared faces (co2_500)."""
    many = Draws(64, 1)
    face = Skin.at("cheek", Person(), Lesion.none(many), many)
    ones = np.ones(64)
    bared = Tissue.of(face, many).add_wound(wound_of_sheet(0.4 * ones, face, many))
    often = Tissue.of(face, many)
    for _ in range(4):
        often = often.add_wound(wound_of_holes(20 * ones, 0.2 * ones, 2.0 * ones, face, many)).advance(WEEK)
    for tissue in (bared, often):
        share = lasting_share(tissue, 39)
        assert (share < 0.1).all()


@whole
@given(st.floats(0.5, 60), st.floats(0.05, 0.4), st.floats(0.3, 3.0), st.integers(1, 4))
@settings(deadline=None, max_examples=8)
def test_every_wound_heals_in_the_end(density, width, depth, times):
    tissue = Tissue.of(SKIN, DRAWS)
    for _ in range(times):
        tissue = tissue.add_wound(
            wound_of_holes(density * ONE, width * ONE, depth * ONE, SKIN, DRAWS)
        ).advance(WEEK)
    assert (lasting_share(tissue, 52) < 0.1).all()


def test_a_lone_hole_loses_to_its_sides_what_a_sheet_holds():
    """With the source's halves, of those prone to scars: signal and cells spread out of a hole below a critical radius."""

    def make_prone(tissue: Tissue) -> Tissue:
        rates = tissue.rates.copy()
        rates[:, CELLS], rates[:, HALF] = 0.30, 0.08
        return replace(tissue, rates=rates)

    def cells(wound) -> np.ndarray:
        return make_prone(Tissue.of(SKIN, DRAWS)).add_wound(wound).advance(26 * WEEK).mean("macrophages")

    sheet = cells(wound_of_sheet(0.4 * ONE, SKIN, DRAWS))
    assert (sheet > 0.1).mean() > 0.6
    for width in (0.1, 0.3):
        assert (cells(wound_of_holes(0.05 * ONE, width * ONE, ONE, SKIN, DRAWS)) < 1e-3).all()
    assert (cells(wound_of_holes(0.05 * ONE, 3.0 * ONE, ONE, SKIN, DRAWS)) > 0.01).any()
