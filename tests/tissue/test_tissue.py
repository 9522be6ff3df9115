"""The tissue of a course: homeostasis, wounds as shares of volume, sessions, directions, published figures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling import whole

from hudnal import vectors
from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import (
    Tissue,
    batch_engine,
    biology,
    block_kernels,
    kernels,
    lanes,
    lapse,
    step_control,
    wound_of_columns,
    wound_of_holes,
    wound_of_sheet,
)
from hudnal.tissue.biology import BARE, COVER, FIELDS, STRATA
from hudnal.tissue.grid import make_block_grid, make_healing_cell
from hudnal.tissue.wound import closing_hours_in_block, share_in_block, share_in_cell

DRAWS = Draws(16, 3)
ONE = np.ones(16)


def skin(**person) -> Skin:
    return Skin.at("cheek", Person(**person), Lesion.none(DRAWS), DRAWS)


SKIN = skin()


def change(t: Tissue, *names: str) -> np.ndarray:
    return np.asarray(sum(t.mean(n) for n in names) / sum(t.start_of(n) for n in names) - 1)


def collagen(t: Tissue) -> np.ndarray:
    return change(t, "collagen_i", "collagen_iii")


def elastin(t: Tissue) -> np.ndarray:
    return change(t, "elastin_old", "elastin_new")


def holes(density=6.5, width=0.15, depth=1.0, person=SKIN):
    return wound_of_holes(density * ONE, width * ONE, depth * ONE, person, DRAWS)


def healed(density=6.5, width=0.15, depth=1.0, days=180.0, person=SKIN, sessions=1, gap=28.0) -> Tissue:
    tissue = Tissue.of(person, DRAWS)
    for session in range(sessions):
        tissue = tissue.add_wound(holes(density, width, depth, person))
        tissue = tissue.advance((gap if session < sessions - 1 else days) * 24)
    return tissue


# --- steadiness, and the compiled code ---


def test_healthy_skin_is_a_steady_state():
    start = Tissue.of(SKIN, DRAWS)
    volume, cover = start.volume.copy(), start.cover.copy()
    batch_engine.advance_batch(volume, cover, start.rates, start.couplings, 24.0 * 365, np.full(16, 1.0))
    assert np.abs(volume - start.volume).max() < 1e-9
    assert np.abs(cover - start.cover).max() < 1e-9


def test_without_wound_and_vitamin_nothing_changes():
    start = Tissue.of(SKIN, DRAWS)
    later = start.advance(1e4)
    assert np.array_equal(later.volume, start.volume)
    for name in (*FIELDS, "epidermis", "alignment"):
        assert np.array_equal(later.mean(name), start.start_of(name)), (
            name
        )  # not to rounding: no change is no change
        weighed = (start.profile(name) * start.observed).sum(axis=1) if name in FIELDS else start.mean(name)
        assert np.allclose(weighed, start.start_of(name), rtol=1e-12, atol=1e-12), name


def cache_of(function: Any) -> str:
    """The kind of cache that Numba keeps a compiled function in."""
    return type(function._cache).__name__


def test_what_is_compiled_and_kept_is_named_by_all_that_it_rests_on():
    """Numba's cache looks at a function's own file only: the sums of the others stand in its name."""
    of_batch = (biology, kernels, lanes, lapse, step_control, vectors)
    sums = {m: f"{crc32(Path(str(m.__file__)).read_bytes()):08x}" for m in of_batch}
    for function, modules in (
        (batch_engine._advance_draws, of_batch),
        (block_kernels.take_first_stage, (biology, kernels, vectors)),
        (kernels.evaluate_cover_stage, (biology,)),
    ):
        assert cache_of(function) == "_MendingCache"
        assert [s for m, s in sums.items() if s in function.py_func.__qualname__] == [
            sums[m] for m in modules
        ]
    # What they call is compiled with them and not kept by itself.
    for function in (
        biology.evaluate_change,
        biology.evaluate_cover_change,
        lanes.take_first_stage,
        lapse.average_conditions,
        step_control.scale_step,
    ):
        assert cache_of(function) == "NullCache"


@whole
def test_a_second_process_compiles_nothing_again(tmp_path):
    """All that two engines do is found in the cache that the first process left."""
    code = """
import numpy as np
from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Tissue, batch_engine, kernels, wound_of_sheet
draws = Draws(2, 1)
skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
Tissue.of(skin, draws).add_wound(wound_of_sheet(np.full(2, 0.1), skin, draws)).advance(1.0).volume
stats = batch_engine._advance_draws.stats
print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""
    run = [sys.executable, "-c", code]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    told = [
        subprocess.run(run, env=environment, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(2)
    ]
    assert told == [["0", "1"], ["1", "0"]]


@whole
def test_splitting_an_interval_changes_nothing_that_matters():
    whole, parts = healed(days=60), healed(days=1)
    for _ in range(59):
        parts = parts.advance(24.0)
    for name in FIELDS:
        scale = np.maximum(np.abs(whole.mean(name)), 0.05)
        assert np.all(np.abs(whole.mean(name) - parts.mean(name)) / scale < 0.02), name


@given(
    density=st.floats(0, 60),
    width=st.floats(0, 0.4),
    depth=st.floats(0, 3),
    times=st.integers(1, 4),
    gap=st.floats(0.5, 60),
)
@whole
@settings(deadline=None, max_examples=15)
def test_fields_stay_positive_and_finite(density, width, depth, times, gap):
    tissue = healed(density, width, depth, 30, sessions=times, gap=gap)
    assert np.all(np.isfinite(tissue.volume))
    across = FIELDS.index("across")
    assert np.all(np.delete(tissue.volume, across, axis=1) >= 0)
    assert np.all(tissue.mean("alignment") <= 1 + 1e-9)
    assert np.all(tissue.cover[:, STRATA] <= 1 + 1e-6)


# --- wounds as shares of volume ---


@given(density=st.floats(0.1, 40), width=st.floats(0.01, 0.3), depth=st.floats(0.2, 2.0))
@settings(deadline=None, max_examples=20)
def test_a_cell_holds_the_volume_of_holes_at_random(density, width, depth):
    """Boolean model: 1 - exp(-n A) of each depth, A the area of a cone's section."""
    wound = holes(density, width, depth)
    columns = wound.columns[0]
    grid = make_healing_cell(SKIN, DRAWS, density * ONE)
    share = (share_in_cell(columns, density * ONE, grid) * grid.x_share[:, None]).sum(axis=2)
    z = (grid.z_edges[:, 1:] + grid.z_edges[:, :-1]) / 2
    radius = columns.radius[:, None] * np.clip(1 - z / depth, 0, None)
    expected = -np.expm1(-density * np.pi * radius**2)
    thick = np.diff(grid.z_edges, axis=1)
    # Where a crowd's holes fill the whole cell, no share can be more than all of it.
    assert np.all((share * thick).sum(axis=1) <= (expected * thick).sum(axis=1) * 1.03 + 1e-6)
    if density * np.pi * columns.radius.max() ** 2 < 0.7:
        assert np.allclose((share * thick).sum(axis=1), (expected * thick).sum(axis=1), rtol=0.03, atol=1e-6)


@given(st.floats(0.3, 0.7), st.floats(0.3, 0.7), st.floats(0.02, 0.2), st.floats(0.1, 1.5))
@settings(deadline=None, max_examples=25)
def test_a_block_holds_the_volume_of_a_hole_wherever_it_lies(x, y, width, depth):
    one = Draws(1, 3)
    face = Skin.at("cheek", Person(), Lesion.none(one), one)
    single = np.ones(1)
    wound = wound_of_holes(
        single, width * single, depth * single, face, one, np.zeros(1, int), (x * single, y * single, 1.0)
    )
    grid = make_block_grid(face, one, (1.0, 1.0), 0.025)
    share = share_in_block(wound.columns[0], grid)
    thick = np.diff(grid.z_edges[0])
    volume = (share.sum(axis=(1, 2)) * 0.025**2 * thick).sum()
    cone = np.pi * wound.columns[0].radius[0] ** 2 * depth / 3
    bottom = grid.z_edges[0, -1]
    assert depth < bottom
    assert volume == pytest.approx(cone, rel=0.05)
    assert share.max() <= 1


def test_the_hurt_share_is_the_volume_in_the_observed_dermis():
    """A sheet: its depth in the dermis over what is looked at; a cone: an integral in closed form."""
    sheet = wound_of_sheet(0.3 * ONE, SKIN, DRAWS)
    observed = np.minimum(0.6, SKIN.dermis)
    assert np.allclose(sheet.injured, np.clip(0.3 - SKIN.surface_to_dermis, 0, observed) / observed)
    wound = holes(0.5, 0.1, 1.0)
    r, top, end = (
        wound.columns[0].radius,
        SKIN.surface_to_dermis,
        np.minimum(SKIN.surface_to_dermis + observed, 1),
    )
    volume = np.pi * r**2 * ((1 - top) ** 3 - (1 - end) ** 3) / 3
    assert np.allclose(wound.injured, 0.5 * volume / observed, rtol=0.02)


def test_needles_in_two_parts_are_the_session_s_needles():
    """What a session's later needles make of the wound replaces what it was: nothing is counted twice."""
    twice = Tissue.of(SKIN, DRAWS).add_wound(holes(3.0)).advance(0.2).add_wound(holes(6.5))
    once = Tissue.of(SKIN, DRAWS).add_wound(holes(6.5))
    assert np.allclose(twice.volume, once.volume)
    beside = (
        Tissue.of(SKIN, DRAWS)
        .add_wound(holes(3.0), "needles")
        .add_wound(wound_of_sheet(0.2 * ONE, SKIN, DRAWS), "peel")
    )
    assert np.all(beside.mean("signal") > once.mean("signal") * 0.5)
    assert np.all(beside.mean("signal") > Tissue.of(SKIN, DRAWS).add_wound(holes(3.0)).mean("signal"))


def test_a_later_session_meets_the_mean_of_what_is_there():
    """A wound that hurts nothing changes no mean, though its cells are others."""
    tissue = healed(density=2.0, days=20)
    harmless = wound_of_holes(6.0 * ONE, 0 * ONE, 0 * ONE, SKIN, DRAWS)
    joined = tissue.add_wound(harmless)
    assert joined.grid.x_edges[0, -1] > tissue.grid.x_edges[0, -1] * 0.5
    for name in FIELDS:
        assert np.allclose(joined.mean(name), tissue.mean(name)), name
    assert np.allclose(joined.mean("epidermis"), tissue.mean("epidermis"), rtol=1e-2)


def test_more_injury_more_inflammation():
    base = healed(days=1)
    for more in (healed(density=13, days=1), healed(width=0.25, days=1), healed(depth=1.4, days=1)):
        assert np.all(more.mean("signal") >= base.mean("signal") - 1e-6)


def test_short_needles_do_next_to_nothing_to_the_dermis():
    """What stays in the epidermis only sends a little signal down."""
    shallow = healed(depth=0.03)
    assert np.all(np.abs(collagen(shallow)) < 0.05)
    assert np.all(np.abs(collagen(shallow)) < np.maximum(np.abs(collagen(healed())), 0.05))


# --- the epidermis ---


def test_the_front_closes_a_hole_after_its_lag_and_way():
    tissue = Tissue.of(SKIN, DRAWS).add_wound(holes(width=0.2))
    expected = tissue.front.lag + 0.1 / tissue.front.speed
    assert np.allclose(tissue.advance(100.0).front.closing_hours, expected)
    covered = (
        Tissue.of(SKIN, DRAWS).add_wound(holes(width=0.2)).set_conditions(np.zeros(16), True).advance(100.0)
    )
    assert np.allclose(covered.front.closing_hours, expected / tissue.front.cover_gain)
    # On the rings: open in the middle until then, and nowhere after.
    just = tissue.advance(float(expected.min()) * 0.9)
    assert np.all(just.cover[:, BARE, 0, 0] > 0)
    assert np.all(tissue.advance(float(expected.max()) + 0.5).cover[:, BARE] < 0)


def test_layers_stand_again_within_a_week_of_a_column():
    """Tannous 2006 (healing:T03): basal layer at 24 h, whole epidermis at 7 days; no granular layer at 48 h (T38)."""
    tissue = Tissue.of(SKIN, DRAWS).add_wound(wound_of_columns(16.0, 0.1, 0.4, 0.02, SKIN, DRAWS))
    middle = [tissue.advance(24.0 * d).cover[:, STRATA, 0, 0] for d in (1, 2, 7)]
    assert np.median(middle[0]) < 0.4
    assert np.median(middle[1]) < 0.75
    assert np.median(middle[2]) > 0.9


def test_on_a_block_the_front_comes_from_the_nearest_rim():
    one = Draws(1, 3)
    face = Skin.at("cheek", Person(), Lesion.none(one), one)
    single = np.ones(1)
    wound = wound_of_holes(
        single, 0.16 * single, single, face, one, np.zeros(1, int), (0.5 * single, 0.5 * single, 1.0)
    )
    grid = make_block_grid(face, one, (1.0, 1.0), 0.01)
    left = closing_hours_in_block(wound.columns[0], grid, 12.0, 0.015)
    r = wound.columns[0].radius[0]
    assert left.max() == pytest.approx(12 + r / 0.015, rel=0.1)
    assert np.isfinite(left).sum() * 0.01**2 == pytest.approx(np.pi * r**2, rel=0.25)


# --- directions and published figures ---


def test_inflammation_rises_and_falls():
    tissue = Tissue.of(SKIN, DRAWS).add_wound(holes())
    cells, builders = [], []
    for _ in range(28):
        tissue = tissue.advance(24.0)
        cells.append(tissue.mean("macrophages"))
        builders.append(tissue.mean("myofibroblasts"))
    peak = np.array(cells).argmax(axis=0) + 1
    assert 1 <= np.median(peak) <= 5
    assert np.all(np.array(builders)[6] > 0), "myofibroblasts are there at day 7 (Tannous 2006)"
    assert np.median(cells[-1] / np.max(cells, axis=0)) < 0.1


def test_collagen_iii_leads_and_collagen_i_follows():
    early, late = healed(days=21), healed(days=180)
    assert np.median(change(early, "collagen_iii")) > np.median(change(late, "collagen_iii"))
    assert np.median(change(late, "collagen_i")) > 0


def test_old_elastin_falls_while_new_elastin_rises():
    """El-Domyati 2015: total elastin down, tropoelastin up."""
    tissue = healed(days=30, sessions=3, gap=14)
    # Not in every draw: where little is cut and elastin turns over fast, the new has grown old by then.
    assert (change(tissue, "elastin_old") < 0).mean() > 0.8
    assert np.all(change(tissue, "elastin_new") > 0)


def test_smokers_and_the_old_lay_down_less():
    """Jorgensen 1998: never-smokers 1.8 times the smokers' collagen."""
    laid = {age: healed(days=60, person=skin(age=age)).mean("laid") for age in (35, 80)}
    smoking = healed(days=60, person=skin(smoker=True)).mean("laid")
    assert np.all(smoking < laid[35])
    assert np.median(laid[80] / laid[35]) < 1


def test_the_old_start_with_less():
    """Sibilla (A03): 1 / (1 - 0.0075) a year beyond 25."""
    young, old = (Tissue.of(skin(age=age), DRAWS) for age in (25, 75))
    ratio = [t.start_of("collagen_i") + t.start_of("collagen_iii") for t in (young, old)]
    assert np.allclose(ratio[0], 1)
    assert 0.5 < np.median(ratio[1]) < 0.75
    assert np.all(old.start_of("elastin_old") < young.start_of("elastin_old"))


def test_sessions_add_up_with_diminishing_returns():
    gains = [np.median(collagen(healed(sessions=n, days=90))) for n in (1, 2, 4, 8)]
    assert gains == sorted(gains)
    assert gains[1] - gains[0] > (gains[3] - gains[2]) / 4


def test_too_short_an_interval_leaves_more_of_a_scar():
    """The macrophage-myofibroblast circuit: short pulses die away, a wound that is kept open scars."""
    often, seldom = healed(sessions=8, gap=2, days=150), healed(sessions=8, gap=28, days=150)
    share = [t.mean("scarred") / t.mean("laid") for t in (often, seldom)]
    assert np.median(share[0] - share[1]) > 0
    assert np.median(often.mean("alignment")) >= np.median(seldom.mean("alignment"))


def test_a_wound_of_much_dermis_scars_where_holes_do_not():
    sheet = Tissue.of(SKIN, DRAWS).add_wound(wound_of_sheet(0.8 * ONE, SKIN, DRAWS)).advance(24.0 * 90)
    needles = healed(days=90)
    assert np.median(sheet.mean("alignment")) > np.median(needles.mean("alignment"))
    assert (sheet.mean("myofibroblasts") > needles.mean("myofibroblasts")).mean() > 0.8


def test_five_sessions_against_lotfi():
    """Papillary collagen +53 % eight weeks after five monthly sessions lies in the interval."""
    many = Draws(64, 1)
    face = Skin.at("cheek", Person(age=45), Lesion.none(many), many)
    tissue, one = Tissue.of(face, many), np.ones(64)
    for _ in range(5):
        tissue = tissue.add_wound(wound_of_holes(3 * one, 0.15 * one, 1.1 * one, face, many)).advance(
            28 * 24.0
        )
    low, high = np.quantile(collagen(tissue.advance(28 * 24.0)), (0.05, 0.95))
    assert low < 0.53 < high


def test_vitamin_a_thickens_everywhere_and_feeds_collagen_late():
    """Griffiths 1995 and El-Domyati 2004: epidermis within months, collagen not at 6 months but at 10."""
    treated = Tissue.of(SKIN, DRAWS).set_conditions(0.9 * ONE, False)
    early, late = treated.advance(60 * 24.0), treated.advance(300 * 24.0)
    assert np.all(early.mean("epidermis") > 1.1)
    assert np.median(collagen(early)) < 0.25 * np.median(collagen(late))


def test_fibres_turn_to_the_tension_where_new_ones_are_laid():
    """A scar's fibres that lie across the tension lose their order first: the mean of both is a basket weave."""
    scar = Skin.at("cheek", Person(), Lesion.of("surgical-scar", DRAWS, "surgical", 3.0, 0.3, False), DRAWS)
    start = Tissue.of(scar, DRAWS)
    later = start.add_wound(holes(12.0, 0.2, 1.0, scar)).advance(24.0 * 120)
    assert np.median(later.mean("alignment") - start.start_of("alignment")) < 0


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
        tissue = tissue.add_wound(wound)
        assert np.all(tissue.mean("fibroblasts") > 0)
        tissue = tissue.advance(24 * 30.0)
    tissue = tissue.advance(24 * 365.0)
    assert np.isfinite(tissue.volume).all()
    assert np.all(tissue.mean("fibroblasts") > 0.8)
    assert np.all(collagen(tissue) > -0.9)


def test_every_field_has_a_scale_and_a_floor():
    assert biology.SCALE.shape == biology.FLOOR.shape == (len(FIELDS),)
    assert biology.COVER_SCALE.shape == biology.COVER_FLOOR.shape == (len(COVER),)
