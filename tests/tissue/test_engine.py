"""The engine without the biology: exact solutions and their orders in space, conservation, chemotaxis."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import cast

import numpy as np
import pytest
from sampling import sample
from scipy.optimize import brentq
from scipy.special import j1, jn_zeros

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import biology as bio
from hudnal.tissue.batch_engine import advance_batch
from hudnal.tissue.block_engine import BlockEngine
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.grid import LAYERS, Grid, make_block_grid, make_healing_cell, make_point

ONE = Draws(1, 1)
SKIN = Skin.at("cheek", Person(), Lesion.none(ONE), ONE)
ANY = np.inf  # tolerance of a step that is always taken
# What the biology divides by stays when all else is at rest.
_KEPT = (
    "macrophage_half", "myofibroblast_half", "growth_half", "fibroblast_capacity", "saturation", "retinoid_lag",
    "scar_half", "own_collagen", "epidermis_adapts", "zero", "one", "half", "tiny", "smooth", "long_ago"
)  # fmt: skip


def at_rest_but(**rates: float) -> np.ndarray:
    """Rates at which nothing reacts and nobody crawls, but for those named."""
    found = bio.rates_of(SKIN, ONE)[0]
    kept = [bio.RATES.index(name) for name in _KEPT]
    row = np.zeros_like(found)
    row[kept] = found[kept]
    for name, value in rates.items():
        row[bio.RATES.index(name)] = value
    return row


def box(z, y, x, layer=None, radial=False, periodic=False) -> Grid:
    """A grid with these edges, all of it papillary dermis if not said otherwise."""
    x_edges, y_edges, z_edges = (np.atleast_2d(np.asarray(e, float)) for e in (x, y, z))
    if layer is None:
        layer = np.ones(z_edges.shape[1] - 1, int)
    return Grid(x_edges, y_edges, z_edges, layer, radial, periodic)


def even(length: float, count: int) -> np.ndarray:
    return np.linspace(0, length, count + 1)


def middles(edges: np.ndarray) -> np.ndarray:
    return (edges[1:] + edges[:-1]) / 2


def shares(grid: Grid) -> np.ndarray:
    """Share of the grid's volume that lies in each voxel of the first draw, (nz, ny, nx)."""
    thick = np.diff(grid.z_edges[0])
    depth = thick / thick.sum()
    return depth[:, None, None] * grid.y_share[0][:, None] * grid.x_share[0]


def spreading(grid: Grid, diffusion: np.ndarray | float, layers: np.ndarray | None = None) -> Couplings:
    """Couplings where every moving field spreads alike, or as told; the same in all layers if not told."""
    spread = np.broadcast_to(np.asarray(diffusion, float), (1, bio.MOVING)).copy()
    return Couplings.of(grid, spread, np.ones((1, bio.MOVING, len(LAYERS))) if layers is None else layers)


def ordinary(grid: Grid) -> Couplings:
    return Couplings.of(grid, bio.diffusion_of(ONE), bio.layer_factors_of(ONE))


def empty(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    cover = np.ones((len(bio.COVER), *grid.shape[1:]))
    cover[bio.BARE] = -bio.LONG_AGO
    return np.zeros((len(bio.FIELDS), *grid.shape)), cover


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


# Exact solutions


@dataclass(frozen=True)
class Mode:
    """A shape (nz, ny, nx) that only fades: at D `fades` per hour, without decay."""

    grid: Grid
    shape: np.ndarray
    fades: float
    layers: np.ndarray | None = None


DIFFUSION = 0.02  # mm2/h


def cosine_on_a_block(n: int) -> Mode:
    sides = 0.5, 0.4, 0.6
    z_edges, y_edges, x_edges = (even(s, n) for s in sides)
    grid = box(z_edges, y_edges, x_edges)
    z, y, x = (np.cos(pi * middles(even(s, n)) / s) for s in sides)
    return Mode(grid, z[:, None, None] * y[:, None] * x, DIFFUSION * sum((pi / s) ** 2 for s in sides))


def waves_on_a_periodic_block(n: int) -> Mode:
    sides = 1.0, 0.8
    y_edges, x_edges = (even(s, n) for s in sides)
    grid = box([0, 1], y_edges, x_edges, periodic=True)
    y, x = (np.cos(2 * pi * middles(even(s, n)) / s + at) for s, at in zip(sides, (1.0, 0.3), strict=True))
    return Mode(grid, (y[:, None] * x)[None], DIFFUSION * sum((2 * pi / s) ** 2 for s in sides))


def cosine_in_depth(n: int) -> Mode:
    shape = np.cos(2 * pi * middles(even(1.0, n)))
    return Mode(box(even(1.0, n), [0, 1], [0, 1]), shape[:, None, None], DIFFUSION * (2 * pi) ** 2)


def _bessel(grid: Grid) -> Mode:
    """J0(k r) with J1(k R) = 0, as means over the rings."""
    edges = grid.x_edges[0]
    k = jn_zeros(1, 2)[1] / edges[-1]
    mean = 2 * np.diff(edges * j1(k * edges)) / k / np.diff(edges**2)
    return Mode(grid, np.broadcast_to(mean, grid.shape).copy(), DIFFUSION * k**2)


def bessel_on_even_rings(n: int) -> Mode:
    return _bessel(box([0, 1], [0, 1], even(0.5, n), radial=True))


def bessel_in_the_healing_cell(n: int) -> Mode:
    """On the rings as they are, which grow outwards."""
    return _bessel(make_healing_cell(SKIN, ONE, np.array([1.0]), (1, 1, 2, 1), 2 * n))


def two_layers(n: int) -> Mode:
    """cos(k1 z) meets cos(k2 (L - z)): D1 k1^2 = D2 k2^2, and the flux is one, D1 k1 tan(k1 a) = -D2 k2 tan(k2 b)."""
    a, b, ratio = 0.4, 0.6, 0.1

    def off(k: float) -> float:
        k2 = k / np.sqrt(ratio)
        return k * np.sin(k * a) * np.cos(k2 * b) + ratio * k2 * np.sin(k2 * b) * np.cos(k * a)

    k = cast("float", brentq(off, 1.0, 1.6))
    k2 = k / np.sqrt(ratio)
    upper, lower = even(a, n), a + even(b, n)
    shape = np.concatenate(
        [np.cos(k * middles(upper)) * np.cos(k2 * b), np.cos(k2 * (a + b - middles(lower))) * np.cos(k * a)]
    )
    layers = np.ones((1, bio.MOVING, len(LAYERS)))
    layers[..., 2] = ratio
    grid = box(np.concatenate([upper, lower[1:]]), [0, 1], [0, 1], np.repeat([1, 2], n))
    return Mode(grid, shape[:, None, None], DIFFUSION * k**2, layers)


MODES = (
    cosine_on_a_block,
    waves_on_a_periodic_block,
    cosine_in_depth,
    bessel_on_even_rings,
    bessel_in_the_healing_cell,
    two_layers,
)


def orders(errors: list[float]) -> np.ndarray:
    return np.log2(np.array(errors[:-1]) / errors[1:])


@pytest.mark.parametrize("mode_of", sample(MODES, 3), ids=lambda mode: mode.__name__)
def test_order_two_in_space(mode_of):
    """Signal that spreads and decays; steps so short that their error does not show."""
    errors = []
    for n in (7, 14, 28):
        mode = mode_of(n)
        hours, decay = 0.8 / mode.fades, mode.fades / 3
        rates = at_rest_but(signal_decay=decay)
        volume, cover = empty(mode.grid)
        volume[bio.SIGNAL] = mode.shape + 1.5
        couplings = spreading(mode.grid, DIFFUSION, mode.layers)
        found, _ = in_steps(volume, cover, rates, couplings, hours, 120)
        exact = (mode.shape * np.exp(-mode.fades * hours) + 1.5) * np.exp(-decay * hours)
        off = found[bio.SIGNAL] - exact
        errors.append(float(np.sqrt((off**2 * shares(mode.grid)).sum())))
    assert errors[-1] < 2e-3
    assert orders(errors) == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize("mode_of", sample(MODES[:5], 3), ids=lambda mode: mode.__name__)
def test_signal_makes_growth_factor_as_it_should(mode_of):
    """s = e^-at and g' = c s - b g, so g = c (e^-at - e^-bt) / (b - a), each with its own diffusion."""
    errors = []
    spread = np.full(bio.MOVING, DIFFUSION)
    spread[bio.GROWTH] = DIFFUSION / 2
    for n in (7, 14, 28):
        mode = mode_of(n)
        hours, decay, fading, gain = 0.8 / mode.fades, mode.fades / 3, mode.fades / 9, mode.fades
        rates = at_rest_but(signal_decay=decay, growth_decay=fading, growth_by_signal=gain)
        volume, cover = empty(mode.grid)
        volume[bio.SIGNAL] = 1 + mode.shape
        found, _ = in_steps(volume, cover, rates, spreading(mode.grid, spread), hours, 120)
        exact = 0.0
        for shape, fades in ((1.0, 0.0), (mode.shape, mode.fades)):
            a, b = fades + decay, fades / 2 + fading
            exact = exact + shape * gain * (np.exp(-a * hours) - np.exp(-b * hours)) / (b - a)
        off = found[bio.GROWTH] - exact
        errors.append(float(np.sqrt((off**2 * shares(mode.grid)).sum())))
    assert errors[-1] < 2e-3
    assert orders(errors) == pytest.approx(2, abs=0.15)


# Conservation

GRIDS = {
    "cell": lambda: make_healing_cell(SKIN, ONE, np.array([6.5]), (1, 3, 6, 2), 9),
    "block": lambda: make_block_grid(SKIN, ONE, (0.3, 0.4), 0.05, (1, 2, 4, 1)),
    "periodic block": lambda: make_block_grid(SKIN, ONE, (0.3, 0.4), 0.05, (1, 2, 4, 1), periodic=True),
}


@pytest.mark.parametrize("where", GRIDS)
def test_what_moves_is_neither_made_nor_lost(where):
    """Without reactions the total of every moving field stays, that of crawling cells as well, whatever the step."""
    grid = GRIDS[where]()
    rng = np.random.default_rng(4)
    volume, cover = empty(grid)
    volume[: bio.MOVING] = 1 + 0.5 * rng.random((bio.MOVING, *grid.shape))
    weight = shares(grid)
    rates = at_rest_but(attraction=6.0)
    for hours, count in ((0.5, 50), (20.0, 10)):
        found, _ = in_steps(volume, cover, rates, ordinary(grid), hours, count)
        for f in range(bio.MOVING):
            assert (found[f] * weight).sum() == pytest.approx((volume[f] * weight).sum(), rel=1e-12)
            assert np.abs(found[f] - volume[f]).max() > 1e-3
            assert found[f].min() > 0
        assert np.array_equal(found[bio.MOVING :], volume[bio.MOVING :])


@pytest.mark.parametrize("where", GRIDS)
def test_signal_decays_in_the_mean_as_it_does_at_a_point(where):
    """However it spreads: to rounding with the same steps, and exp(-decay t) to the error of the steps."""
    grid, decay, hours, count = GRIDS[where](), 0.05, 40.0, 40
    volume, cover = empty(grid)
    volume[bio.SIGNAL] = 1 + np.random.default_rng(5).random(grid.shape)
    rates = at_rest_but(signal_decay=decay)
    start = (volume[bio.SIGNAL] * shares(grid)).sum()
    found, _ = in_steps(volume, cover, rates, ordinary(grid), hours, count)
    left = (found[bio.SIGNAL] * shares(grid)).sum() / start

    volume, cover = empty(make_point())
    volume[bio.SIGNAL] = 1.0
    alone, _ = in_steps(volume, cover, rates, ordinary(make_point()), hours, count)
    assert left == pytest.approx(alone[bio.SIGNAL].item(), rel=1e-12)
    assert left == pytest.approx(np.exp(-decay * hours), rel=(decay * hours / count) ** 2 * decay * hours)


# Chemotaxis

LINES = {
    "x": lambda edges: box([0, 1], [0, 1], edges),
    "y": lambda edges: box([0, 1], edges, even(0.2, 2)),
    "z": lambda edges: box(edges, [0, 1], [0, 1]),
    "r": lambda edges: box([0, 1], [0, 1], edges, radial=True),
    "x of a skin block": lambda edges: box([0, 1], even(0.2, 2), edges),
}


def gathered(along: str, count: int, attraction: float, hours: float, tolerance: float) -> tuple:
    """Fibroblasts about a fixed lure after some time; the grid, and the cells' pull."""
    edges = even(1.0, count)
    grid = LINES[along](edges)
    volume, cover = empty(grid)
    lure = 2 * np.cos(pi * middles(edges) / 2) ** 2
    volume[bio.GROWTH] = lure.reshape([-1 if n == count else 1 for n in grid.shape])
    volume[bio.FIBROBLASTS] = 1.0
    spread = np.zeros(bio.MOVING)
    spread[bio.FIBROBLASTS] = 0.05
    rates = at_rest_but(attraction=attraction)
    found, _ = with_control(volume, cover, rates, spreading(grid, spread), hours, tolerance)
    half = rates[bio.RATES.index("growth_half")]
    pull = attraction * volume[bio.GROWTH] / (half + volume[bio.GROWTH])
    return grid, found[bio.FIBROBLASTS], pull


@pytest.mark.parametrize("along", LINES)
def test_crawling_cells_gather_as_the_exact_profile_has_it(along):
    """No flux, so grad n = n grad(attraction response): n ~ exp(attraction response), found with order 2."""
    errors = []
    for count in (8, 16, 32):
        grid, found, pull = gathered(along, count, 2.0, 400.0, 1e-5)
        exact = np.exp(pull)
        exact /= (exact * shares(grid)).sum()
        errors.append(float(np.abs(found - exact).max()))
    assert errors[-1] < 5e-3
    assert orders(errors) == pytest.approx(2, abs=0.25)


@pytest.mark.parametrize("along", LINES)
def test_strongly_drawn_cells_heap_up_without_ripples(along):
    """Where a voxel's pull outruns diffusion: no density below 0, none that falls towards the lure, none lost."""
    grid, found, pull = gathered(along, 12, 200.0, 40.0, 1e-5)
    assert np.abs(np.diff(pull.ravel())).max() > 2
    profile = found.mean(axis=tuple(i for i, n in enumerate(found.shape) if n != 12))
    assert found.min() >= 0
    assert np.diff(profile).max() < 1e-5
    assert profile[0] > 5
    assert (found * shares(grid)).sum() == pytest.approx(1, rel=1e-3)
