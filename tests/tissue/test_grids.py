"""The whole biology on its grids: order in time, bounds, steady states, and the grids against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Tissue, wound_of_holes
from hudnal.tissue import biology as bio
from hudnal.tissue.batch_engine import advance_batch
from hudnal.tissue.block_engine import BlockEngine
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.grid import CELL_SLABS, Grid, make_block_grid, make_point
from hudnal.tissue.healing import fields_at_rest
from hudnal.tissue.wound import apply_wound, closing_hours_in_block, share_in_block

ONE = Draws(1, 1)
SKIN = Skin.at("cheek", Person(), Lesion.none(ONE), ONE)
DAY = 24.0  # h
ANY = np.inf  # tolerance of a step that is always taken


def ordinary(grid: Grid) -> Couplings:
    return Couplings.of(grid, bio.diffusion_of(ONE), bio.layer_factors_of(ONE))


def in_steps(volume, cover, rates, couplings, hours: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Both after `count` even steps over `hours`: by the batch if it can, which has one row and closed sides."""
    dt = hours / count
    if volume.shape[2] == 1 and not couplings.wraps:
        volume, cover, steps = volume[None].copy(), cover[None].copy(), np.zeros(1)
        for _ in range(count):
            steps[:] = dt
            advance_batch(volume, cover, rates[None], couplings, dt, steps, ANY, dt)
        return volume[0], cover[0]
    engine = BlockEngine(volume.copy(), cover.copy(), rates, couplings, ANY)
    for _ in range(count):
        engine.step = dt
        assert engine.advance(dt) == dt
    return engine.volume, engine.cover


def with_control(volume, cover, rates, couplings, hours: float, tolerance: float = 1e-2):
    """Both after `hours`, by the block's engine under its error control."""
    engine, passed = BlockEngine(volume.copy(), cover.copy(), rates, couplings, tolerance), 0.0
    while passed < hours:
        passed += engine.advance(hours - passed)
    return engine.volume, engine.cover


def untouched(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    dermis, epidermis = bio.healthy_state(SKIN, ONE)
    volume = np.empty((len(bio.FIELDS), *grid.shape))
    volume[...] = fields_at_rest(dermis, grid)[0][:, :, None, None]
    cover = np.empty((len(bio.COVER), *grid.shape[1:]))
    cover[...] = epidermis[0][:, None, None]
    return volume, cover


def needled(grid: Grid, holes: list[tuple[float, float, float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """A skin block after holes at x, y of a width to a depth, mm."""
    volume, cover = untouched(grid)
    x, y, width, depth = np.array(holes).T
    draw = np.zeros(x.size, int)
    area = grid.x_edges[0, -1] * grid.y_edges[0, -1]
    density = np.array([x.size / area])
    wound = wound_of_holes(density, width, depth, SKIN, ONE, draw, (x, y, float(grid.x_edges[0, -1])))
    (columns,) = wound.columns
    share = share_in_block(columns, grid)
    apply_wound(volume[None], [(columns, share[None])], wound, np.zeros((1, grid.shape[0])), grid)
    front = Tissue.of(SKIN, ONE).front
    opened = closing_hours_in_block(replace(columns, radius=width / 2), grid, front.lag[0], front.speed[0])
    cover[bio.BARE] = np.maximum(cover[bio.BARE], opened)
    cover[bio.STRATA] *= 1 - columns.removed[0] * share[0]
    return volume, cover


def wounded(where: str) -> tuple:
    """State, rates and couplings just after needling: the cell of a hole, or a small block with three."""
    rates = bio.rates_of(SKIN, ONE)[0]
    assert rates[bio.RATES.index("attraction")] > 0
    if where == "cell":
        wound = wound_of_holes(np.array([6.5]), np.array([0.15]), np.array([1.0]), SKIN, ONE)
        tissue = Tissue.of(SKIN, ONE, (1, 3, 6, 2), 8).add_wound(wound)
        return tissue.volume[0], tissue.cover[0], rates, tissue.couplings
    grid = make_block_grid(SKIN, ONE, (0.4, 0.45), 0.05, (1, 2, 4, 1), where == "periodic block")
    return (
        *needled(grid, [(0.1, 0.1, 0.15, 0.9), (0.33, 0.2, 0.2, 0.6), (0.15, 0.38, 0.1, 1.2)]),
        rates,
        ordinary(grid),
    )


def apart(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Largest difference of each field of the volume and of the cover, against its scale."""
    scales = bio.SCALE, bio.COVER_SCALE
    return np.concatenate(
        [
            np.abs(a - b).reshape(a.shape[0], -1).max(axis=1) / scale
            for a, b, scale in zip(one, other, scales, strict=True)
        ]
    )


@pytest.mark.parametrize("where", ["cell", "block", "periodic block"])
def test_order_two_in_time(where):
    """All fields at once, cells crawling, from a day after the wound on, when its sharp edge has spread."""
    volume, cover, rates, couplings = wounded(where)
    start = in_steps(volume, cover, rates, couplings, DAY, 240)
    fine = in_steps(*start, rates, couplings, 16.0, 1024)
    errors = [
        apart(in_steps(*start, rates, couplings, 16.0, count), fine).max() for count in (16, 32, 64, 128)
    ]
    assert errors[-1] < 2e-4
    assert np.log2(np.array(errors[1:-1]) / errors[2:]) == pytest.approx(2, abs=0.25)


# Bounds and steady states


def check_bounds(volume: np.ndarray, cover: np.ndarray) -> None:
    """Finite, none below its floor, shares no more than all, and nothing beyond what a full wound can bring."""
    field = dict(zip(bio.FIELDS, np.moveaxis(volume, -4, 0), strict=True))
    assert np.isfinite(volume).all()
    assert np.isfinite(cover).all()
    assert (np.moveaxis(volume, -4, -1) >= bio.FLOOR).all()
    for name in ("signal", "clot"):
        assert field[name].max() <= 1 + 1e-6
    assert np.hypot(field["along"], field["across"]).max() <= 1
    assert (field["scarred"] <= field["laid"] + 1e-6).all()
    assert field["macrophages"].max() < 10
    assert field["fibroblasts"].max() < 50
    assert (field["collagen_i"] + field["collagen_iii"]).max() < 5
    bare, strata, epidermis = np.moveaxis(cover, -3, 0)
    assert bare.max() < 10 * DAY
    assert strata.max() <= 1 + 1e-6
    assert 0.2 < epidermis.min() <= epidermis.max() < 5


EIGHT = Draws(8, 5)
EIGHT_SKINS = Skin.at("cheek", Person(), Lesion.none(EIGHT), EIGHT)


@settings(max_examples=8)
@given(
    density=st.floats(0.1, 60),
    width=st.floats(0.02, 0.4),
    depth=st.floats(0.05, 2.5),
    days=st.sampled_from([0.1, 2.0, 9.0, 60.0]),
)
def test_the_cell_stays_within_bounds(density, width, depth, days):
    every = np.ones(EIGHT.n)
    wound = wound_of_holes(density * every, width * every, depth * every, EIGHT_SKINS, EIGHT)
    tissue = Tissue.of(EIGHT_SKINS, EIGHT, (1, 3, 6, 2), 8).add_wound(wound).advance(days * DAY)
    check_bounds(tissue.volume, tissue.cover)


@settings(max_examples=6)
@given(
    holes=st.lists(
        st.tuples(st.floats(0, 0.4), st.floats(0, 0.45), st.floats(0.02, 0.3), st.floats(0.05, 2.0)),
        min_size=1,
        max_size=6,
    ),
    periodic=st.booleans(),
    days=st.sampled_from([0.1, 2.0, 30.0]),
)
def test_a_block_stays_within_bounds(holes, periodic, days):
    grid = make_block_grid(SKIN, ONE, (0.45, 0.4), 0.05, (1, 2, 4, 1), periodic)
    volume, cover = needled(grid, holes)
    check_bounds(volume, cover)
    check_bounds(*with_control(volume, cover, bio.rates_of(SKIN, ONE)[0], ordinary(grid), days * DAY))


def test_healthy_skin_is_steady_in_the_cell():
    """Every field of every draw, over a year."""
    tissue = Tissue.of(EIGHT_SKINS, EIGHT)
    volume, cover = tissue.volume.copy(), tissue.cover.copy()
    advance_batch(volume, cover, tissue.rates, tissue.couplings, 365 * DAY, tissue.steps.copy())
    assert np.abs(volume - tissue.volume).max() < 1e-9
    # Time since the basal layer was hurt goes on, if slowly.
    assert np.abs(cover - tissue.cover)[:, bio.STRATA :].max() < 1e-9


@pytest.mark.parametrize("periodic", [False, True])
def test_healthy_skin_is_steady_on_a_block(periodic):
    grid = make_block_grid(SKIN, ONE, (0.3, 0.35), 0.05, (1, 2, 4, 1), periodic)
    volume, cover = untouched(grid)
    found, over = with_control(volume, cover, bio.rates_of(SKIN, ONE)[0], ordinary(grid), 365 * DAY)
    assert np.abs(found - volume).max() < 1e-9
    assert np.abs(over - cover)[bio.STRATA :].max() < 1e-9


# The grids against each other


@pytest.mark.parametrize("periodic", [False, True])
def test_a_block_that_is_the_same_everywhere_is_a_point(periodic):
    """After the same wound all over it, for four weeks."""
    rates, states = bio.rates_of(SKIN, ONE)[0], []
    x, y, z = (np.linspace(0, side, n + 1)[None] for side, n in ((0.5, 5), (0.4, 4), (0.3, 3)))
    for grid in (make_point(), Grid(x, y, z, np.ones(3, int), periodic=periodic)):
        volume, cover = untouched(grid)
        volume[bio.SIGNAL] = volume[bio.CLOT] = 0.3
        volume[bio.FIBROBLASTS] *= 0.8
        cover[bio.BARE], cover[bio.STRATA] = 30.0, 0.4
        states.append(in_steps(volume, cover, rates, ordinary(grid), 28 * DAY, 300))
    (at_point, over_point), (volume, cover) = states
    assert np.abs(volume - at_point).max() < 1e-12
    assert np.abs(cover - over_point).max() < 1e-12
    assert at_point[bio.LAID].item() > 0.01


def test_each_draw_is_that_draw_alone():
    """Bit for bit, whoever it is in a batch with."""
    every = np.ones(EIGHT.n)
    wound = wound_of_holes(6.5 * every, 0.15 * every, np.linspace(0.3, 2, EIGHT.n), EIGHT_SKINS, EIGHT)
    before = Tissue.of(EIGHT_SKINS, EIGHT, (1, 3, 6, 2), 8).add_wound(wound)
    after = before.advance(10 * DAY)
    c = before.couplings
    for i in range(EIGHT.n):
        one = slice(i, i + 1)
        volume, cover, steps = before.volume[one].copy(), before.cover[one].copy(), before.steps[one].copy()
        alone = replace(
            c, lateral=c.lateral[one], x_low=c.x_low[one], x_high=c.x_high[one], y_low=c.y_low[one],
            y_high=c.y_high[one], above=c.above[one], below=c.below[one]
        )  # fmt: skip
        advance_batch(volume, cover, before.rates[one], alone, 10 * DAY, steps)
        assert np.array_equal(volume, after.volume[one])
        assert np.array_equal(cover, after.cover[one])
        assert steps[0] == after.steps[i]


def test_the_healing_cell_is_a_square_with_a_hole_in_its_middle():
    """A lattice of holes is one square of it with closed sides; the cell has its area. Means differ by 5 % at most."""
    density, width, depth = np.array([6.5]), np.array([0.15]), np.array([1.0])
    wound = wound_of_holes(density, width, depth, SKIN, ONE)
    # On a lattice no hole falls on another.
    wound = replace(wound, columns=tuple(replace(c, scattered=False) for c in wound.columns))
    cell = Tissue.of(SKIN, ONE).add_wound(wound)
    side = float(1 / np.sqrt(density[0]))
    grid = make_block_grid(SKIN, ONE, (side, side), side / 16, CELL_SLABS)
    state = needled(grid, [(side / 2, side / 2, width[0], depth[0])])
    engine = BlockEngine(*state, bio.rates_of(SKIN, ONE)[0], ordinary(grid))
    start = Tissue.of(SKIN, ONE)

    def means() -> tuple[np.ndarray, np.ndarray]:
        """Change of every observed mean in the cell and on the square."""
        across = engine.volume.mean(axis=(2, 3)) @ cell.observed[0]
        stands = (engine.cover[bio.STRATA] * engine.cover[bio.EPIDERMIS]).mean()
        names = (*bio.FIELDS, "epidermis")
        before = np.array([start.mean(name)[0] for name in names])
        return np.array([cell.mean(n)[0] for n in names]) - before, np.append(across, stands) - before

    courses, passed = [means()], 0.0
    for day in (3, 14, 60):
        cell = cell.advance(day * DAY - passed)
        while passed < day * DAY:
            passed += engine.advance(day * DAY - passed)
        courses.append(means())
    in_cell, on_square = np.moveaxis(np.array(courses), 1, 0)
    largest = np.abs(in_cell).max(axis=0)
    moved = largest > 0
    assert moved.sum() == len(bio.FIELDS) + 1 - 2  # without vitamin A none answers to it, nor do fibres turn
    assert (np.abs(in_cell - on_square)[:, moved] / largest[moved]).max() < 0.05
