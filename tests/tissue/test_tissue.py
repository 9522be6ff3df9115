"""The biology: homeostasis, conservation over skin that joins, order of the stepping, directions, published figures."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Tissue, biology, wound_of_columns, wound_of_holes, wound_of_sheet
from hudnal.tissue.biology import FIELDS
from hudnal.tissue.stepping import integrate

DRAWS = Draws(16, 3)
ONE = np.ones(16)


def skin(**person) -> Skin:
    return Skin.at("cheek", Person(**person), Lesion.none(DRAWS), DRAWS)


SKIN = skin()


def collagen(t: Tissue) -> np.ndarray:
    return (t.mean("collagen_i") + t.mean("collagen_iii")) / (
        t.start("collagen_i") + t.start("collagen_iii")
    ) - 1


def healed(density=6.5, width=0.15, depth=1.0, days=180.0, person=SKIN, sessions=1, gap=28.0) -> Tissue:
    tissue = Tissue.of(person, DRAWS)
    for session in range(sessions):
        tissue = tissue.hurt(wound_of_holes(density * ONE, width * ONE, depth * ONE, person, DRAWS))
        tissue = tissue.advance((gap if session < sessions - 1 else days) * 24)
    return tissue


def test_healthy_skin_is_a_steady_state():
    start = Tissue.of(SKIN, DRAWS)
    state = start.before.copy()
    integrate(state, start.rates, 24.0 * 365, 1e-6)
    assert np.abs(state - start.before).max() < 1e-9


def test_without_wound_and_vitamin_nothing_changes():
    assert np.array_equal(Tissue.of(SKIN, DRAWS).advance(1e4).rest, Tissue.of(SKIN, DRAWS).before)


def test_compiled_code_is_kept_under_the_mark_of_the_biology():
    """Numba's cache looks at one file only: what is closed over is part of its key."""
    marks = [cell.cell_contents for cell in integrate.py_func.__closure__]
    assert crc32(Path(biology.__file__).read_bytes()) in marks


def test_third_order_in_time():
    """Rodas3: the error of one step falls with the fourth power, measured against a fine solution."""
    rates = Tissue.of(SKIN, DRAWS).rates[:1]
    start = Tissue.of(SKIN, DRAWS).hurt(wound_of_holes(6.5 * ONE, 0.15 * ONE, ONE, SKIN, DRAWS)).wounded[:1]
    reference = start.copy()
    integrate(reference, rates, 64.0, 1e-9)
    errors, steps = [], []
    for tolerance in (1e-2, 1e-3, 1e-4, 1e-5):
        state = start.copy()
        taken = integrate(state, rates, 64.0, tolerance)
        errors.append(np.abs((state - reference) / (np.abs(reference) + 1e-3)).max())
        steps.append(int(taken[0]))
    # With error control: ten times the tolerance costs 10^(1/3) fewer steps, and the error follows the tolerance.
    assert np.all(np.diff(errors) < 0)
    assert errors[-1] < 1e-3
    order = np.log(errors[0] / errors[-1]) / np.log(steps[-1] / steps[0])
    assert order > 2.3


def test_splitting_an_interval_changes_nothing_that_matters():
    whole, parts = healed(days=60), healed(days=1)
    for _ in range(59):
        parts = parts.advance(24.0)
    assert np.allclose(whole.wounded, parts.wounded, rtol=5e-3, atol=2e-4)


@given(
    density=st.floats(0, 60),
    width=st.floats(0, 0.4),
    depth=st.floats(0, 3),
    times=st.integers(1, 6),
    gap=st.floats(0.5, 60),
)
@settings(deadline=None, max_examples=25)
def test_fields_stay_positive_and_finite(density, width, depth, times, gap):
    tissue = healed(density, width, depth, 30, sessions=times, gap=gap)
    assert np.all(np.isfinite(tissue.wounded))
    assert np.all(tissue.wounded >= 0)
    alignment = tissue.wounded[:, FIELDS.index("alignment")]
    assert np.all(alignment <= 1 + 1e-9)
    assert np.all((tissue.answering >= 0) & (tissue.answering <= 1))


def test_skin_that_joins_keeps_the_mean():
    """A wound without injury (nothing hurt) that widens the answering share must not change any mean."""
    from dataclasses import replace

    tissue = healed(density=0.5, days=20)
    wound = wound_of_holes(3 * ONE, 0.15 * ONE, ONE, SKIN, DRAWS)
    zero = np.zeros(16)
    harmless = replace(wound, hurt=zero, removed=zero, killed=zero, epidermis_left=ONE)
    joined = tissue.hurt(harmless)
    assert np.all(joined.answering > tissue.answering - 1e-12)
    for name in FIELDS:
        assert np.allclose(joined.mean(name), tissue.mean(name))


def test_more_injury_more_inflammation():
    base = healed(days=1)
    for more in (healed(density=13, days=1), healed(width=0.25, days=1), healed(depth=1.4, days=1)):
        assert np.all(more.mean("signal") >= base.mean("signal") - 1e-12)
    assert np.all(healed(depth=0.03, days=1).mean("signal") == 0)


def test_short_needles_do_not_reach_the_dermis():
    assert np.all(np.abs(collagen(healed(depth=0.03))) < 1e-9)


def test_inflammation_rises_and_falls():
    tissue = Tissue.of(SKIN, DRAWS).hurt(wound_of_holes(6.5 * ONE, 0.15 * ONE, ONE, SKIN, DRAWS))
    days, cells = [], []
    for _ in range(28):
        tissue = tissue.advance(24.0)
        days.append(tissue.mean("macrophages"))
        cells.append(tissue.mean("myofibroblasts"))
    peak = np.array(days).argmax(axis=0) + 1
    assert 1 <= np.median(peak) <= 5
    assert np.all(np.array(cells)[6] > 0), (
        "myofibroblasts are there at day 7 (fractional columns, Tannous 2006)"
    )
    assert np.median(days[-1] / np.max(days, axis=0)) < 0.1


def test_collagen_iii_leads_and_collagen_i_follows():
    early, late = healed(days=21), healed(days=180)
    share_early = early.mean("collagen_iii") / early.start("collagen_iii")
    share_late = late.mean("collagen_iii") / late.start("collagen_iii")
    assert np.median(share_early) > np.median(share_late)
    assert np.median(late.mean("collagen_i") / late.start("collagen_i")) > 1


def test_old_elastin_falls_while_new_elastin_rises():
    """El-Domyati 2015: total elastin down, tropoelastin up."""
    tissue = healed(days=30, sessions=3, gap=14)
    # Not in every draw: where little is cut and elastin turns over fast, the new has grown old by then.
    assert (tissue.mean("elastin_old") < tissue.start("elastin_old")).mean() > 0.9
    assert np.all(tissue.mean("elastin_new") > tissue.start("elastin_new"))


def test_smokers_and_the_old_lay_down_less():
    """Jorgensen 1998: never-smokers 1.8 times the smokers' collagen."""

    def laid(person: Skin) -> np.ndarray:
        return healed(days=60, person=person).mean("laid")

    assert np.all(laid(skin(smoker=True)) < laid(SKIN))
    # Not in every draw: an older epidermis is thinner, so that the same needle hurts more of the dermis.
    assert np.median(laid(skin(age=80)) / laid(SKIN)) < 1


def test_the_old_start_with_less():
    """Sibilla (A03): 1 / (1 - 0.0075) a year beyond 25; what a session adds is more against little than against much."""
    young, old = (Tissue.of(skin(age=age), DRAWS) for age in (25, 75))
    ratio = [t.start("collagen_i") + t.start("collagen_iii") for t in (young, old)]
    assert np.allclose(ratio[0], 1)
    assert 0.5 < np.median(ratio[1]) < 0.75
    assert np.all(old.start("elastin_old") < young.start("elastin_old"))


def test_sessions_add_up_with_diminishing_returns():
    gains = [np.median(collagen(healed(sessions=n, days=90))) for n in (1, 2, 4, 8)]
    assert gains == sorted(gains)
    assert gains[1] - gains[0] > (gains[3] - gains[2]) / 4


def test_five_sessions_against_lotfi():
    """Papillary collagen +53 % eight weeks after five monthly sessions lies in the interval."""
    many = Draws(64, 1)
    face = Skin.at("cheek", Person(age=45), Lesion.none(many), many)
    tissue = Tissue.of(face, many)
    one = np.ones(64)
    for _ in range(5):
        tissue = tissue.hurt(wound_of_holes(3 * one, 0.15 * one, 1.1 * one, face, many)).advance(28 * 24.0)
    low, high = np.quantile(collagen(tissue.advance(28 * 24.0)), (0.05, 0.95))
    assert low < 0.53 < high


def test_vitamin_a_thickens_everywhere_and_feeds_collagen_late():
    """Griffiths 1995 and El-Domyati 2004: epidermis within months, collagen not at 6 months but at 10."""
    treated = Tissue.of(SKIN, DRAWS).under_retinoid(0.9 * ONE)
    early, late = treated.advance(60 * 24.0), treated.advance(300 * 24.0)
    assert np.all(early.mean("epidermis") > 1.1)
    assert np.median(collagen(early)) < 0.25 * np.median(collagen(late))


@pytest.mark.parametrize("deep", ["sheet", "columns"])
def test_even_the_deepest_wound_heals(deep):
    """All of the observed dermis is gone, again and again: what is left comes back, nothing blows up."""
    wound = (
        wound_of_sheet(4.0 * ONE, SKIN, DRAWS)
        if deep == "sheet"
        else wound_of_columns(50.0, 2.0, 4.0, 1.0, SKIN, DRAWS)
    )
    tissue = Tissue.of(SKIN, DRAWS)
    for _ in range(3):
        tissue = tissue.hurt(wound)
        assert np.all(tissue.mean("fibroblasts") > 0)
        tissue = tissue.advance(24 * 30.0)
    tissue = tissue.advance(24 * 365.0)
    assert np.isfinite(tissue.wounded).all()
    assert np.all(tissue.mean("fibroblasts") > 0.8)
    assert np.all(collagen(tissue) > -0.9)


def test_sheets_and_columns_are_wounds_too():
    sheet = wound_of_sheet(0.3 * ONE, SKIN, DRAWS)
    shallow = wound_of_sheet(0.02 * ONE, SKIN, DRAWS)
    columns = wound_of_columns(1.0, 0.12, 0.8, 0.05, SKIN, DRAWS)
    for wound in (sheet, shallow, columns):
        for share in (wound.hurt, wound.removed, wound.killed, wound.answering, wound.epidermis_left):
            assert np.all((share >= 0) & (share <= 1))
        assert np.all(wound.answering >= wound.hurt - 1e-12)
    assert np.all(sheet.hurt > shallow.hurt)
    assert np.all(sheet.epidermis_left == 0)
    assert columns.hurt == pytest.approx(columns.hurt)
