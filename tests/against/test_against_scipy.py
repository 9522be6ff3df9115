"""The engine against the method of lines: SciPy's BDF on the same biology, with fluxes written anew.

Fluxes here are those between the middles of finite volumes, face by face, in the cell of a hole and on a skin block;
nothing of the engine's grids, couplings or kernels is used but the edges of its voxels.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.sparse import csr_matrix

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Tissue, wound_of_holes
from hudnal.tissue import biology as bio
from hudnal.tissue.batch_engine import advance_batch
from hudnal.tissue.block_engine import BlockEngine
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.grid import Grid, make_block_grid
from hudnal.tissue.healing import fields_at_rest

ONE = Draws(1, 1)
SKIN = Skin.at("cheek", Person(), Lesion.none(ONE), ONE)
FIELDS, COVER, MOVING = len(bio.FIELDS), len(bio.COVER), bio.MOVING
HOURS = (24.0, 96.0)
WITHIN = 5e-5  # of each field's scale, at a tolerance of 1e-5; 2.2e-5 was found


@dataclass(frozen=True)
class Problem:
    """A state, its grid and the constants, of the first draw."""

    grid: Grid
    volume: np.ndarray  # (field, z, y, x)
    cover: np.ndarray  # (field, y, x)
    rates: np.ndarray

    @property
    def couplings(self) -> Couplings:
        return Couplings.of(self.grid, bio.diffusion_of(ONE), bio.layer_factors_of(ONE))


def healing_cell() -> Problem:
    wound = wound_of_holes(np.array([6.5]), np.array([0.15]), np.array([1.0]), SKIN, ONE)
    tissue = Tissue.of(SKIN, ONE, (1, 2, 4, 1), 6).add_wound(wound)
    return Problem(tissue.grid, tissue.volume[0], tissue.cover[0], tissue.rates[0])


def small_block(periodic: bool) -> Problem:
    grid = make_block_grid(SKIN, ONE, (0.2, 0.25), 0.05, (1, 2, 2, 1), periodic)
    dermis, epidermis = bio.healthy_state(SKIN, ONE)
    volume = np.empty((FIELDS, *grid.shape))
    volume[...] = fields_at_rest(dermis, grid)[0][:, :, None, None]
    cover = np.empty((COVER, *grid.shape[1:]))
    cover[...] = epidermis[0][:, None, None]
    hurt = np.zeros(grid.shape)
    hurt[:3, 1, 2], hurt[:4, 3, 0], hurt[0, 3, 1] = 0.8, 0.4, 0.3
    volume[bio.SIGNAL] = volume[bio.CLOT] = hurt
    volume[bio.FIBROBLASTS] *= 1 - hurt
    volume[bio.COLLAGEN_III : bio.ELASTIN_NEW + 1] *= 1 - 0.3 * hurt
    cover[bio.BARE] = np.where(hurt[0] > 0, 6 + 30 * hurt[0], cover[bio.BARE])
    cover[bio.STRATA] = 1 - hurt[0]
    return Problem(grid, volume, cover, bio.rates_of(SKIN, ONE)[0])


PROBLEMS = {
    "healing cell": healing_cell,
    "block": lambda: small_block(False),
    "periodic block": lambda: small_block(True),
}


@dataclass(frozen=True)
class Faces:
    """Every face between two voxels, by their numbers in (z, y, x)."""

    one: np.ndarray
    other: np.ndarray
    area: np.ndarray  # mm2
    way_one: np.ndarray  # mm from the middle of the voxel to the face
    way_other: np.ndarray
    volume: np.ndarray  # mm3 of each voxel


def faces_of(grid: Grid) -> Faces:
    z, y, x = (e[0] for e in (grid.z_edges, grid.y_edges, grid.x_edges))
    nz, ny, nx = grid.shape
    number = np.arange(nz * ny * nx).reshape(grid.shape)
    hz, hy, hx = (np.diff(e) for e in (z, y, x))
    if grid.radial:
        floor = pi * (x[1:] ** 2 - x[:-1] ** 2)[None]
        walls = 2 * pi * x[1:]  # of height 1, at the outer edge of each ring
    else:
        floor = hy[:, None] * hx
        walls = np.ones(nx)
    volume = (hz[:, None, None] * floor).ravel()
    found = []

    def add(one, other, area, way_one, way_other):
        shape = one.shape
        found.append([np.broadcast_to(a, shape).ravel() for a in (one, other, area, way_one, way_other)])

    add(number[:-1], number[1:], floor, (hz[:-1] / 2)[:, None, None], (hz[1:] / 2)[:, None, None])
    depth = hz[:, None, None]
    across = walls[:-1] if grid.radial else hy[:, None]
    add(number[..., :-1], number[..., 1:], depth * across, hx[:-1] / 2, hx[1:] / 2)
    if not grid.radial:
        add(number[:, :-1], number[:, 1:], depth * hx, (hy[:-1] / 2)[:, None], (hy[1:] / 2)[:, None])
    if grid.periodic:
        add(number[..., -1:], number[..., :1], depth * hy[:, None], hx[-1] / 2, hx[0] / 2)
        add(number[:, -1:], number[:, :1], depth * hx, hy[-1] / 2, hy[0] / 2)
    one, other, area, way_one, way_other = (np.concatenate(c) for c in zip(*found, strict=True))
    return Faces(one.astype(int), other.astype(int), area, way_one, way_other, volume)


class Lines:
    """The problem as one large system of ordinary equations, for any solver of such."""

    def __init__(self, problem: Problem) -> None:
        self.grid, self.faces = problem.grid, faces_of(problem.grid)
        self.rates = bio.Rates(*problem.rates)
        layer = np.repeat(problem.grid.layer, problem.grid.shape[1] * problem.grid.shape[2])
        spread = bio.diffusion_of(ONE)[0][:, None] * bio.layer_factors_of(ONE)[0][:, layer]
        f = self.faces
        with np.errstate(divide="ignore"):
            # Two half voxels in series.
            self.conducts = f.area / (f.way_one / spread[:, f.one] + f.way_other / spread[:, f.other])
        self.voxels, self.columns = layer.size, problem.cover[0].size
        self.dermis = (layer > 0).astype(float)
        self.start = np.concatenate([problem.volume.ravel(), problem.cover.ravel()])

    def parts(self, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(field, voxel) and (field, column)."""
        split = FIELDS * self.voxels
        return state[:split].reshape(FIELDS, -1), state[split:].reshape(COVER, -1)

    def slope(self, _: float, state: np.ndarray) -> np.ndarray:
        u, s = self.parts(state)
        production, loss = bio.evaluate_change.py_func(u, ..., self.dermis, self.rates)
        change = np.stack(production) - np.stack(loss) * u
        f = self.faces
        moved = u[:MOVING, f.one] - u[:MOVING, f.other]
        flux = self.conducts * moved  # from one to the other
        growth = u[bio.GROWTH]
        climbs = self.rates.attraction * growth / (self.rates.growth_half + growth)
        pull = climbs[f.other] - climbs[f.one]
        cells, conducts = u[bio.FIBROBLASTS], self.conducts[bio.FIBROBLASTS]
        damps = np.maximum(np.abs(pull) / 2 - 1, 0)
        crawled = (cells[f.one] + cells[f.other]) / 2 * pull + damps * (cells[f.one] - cells[f.other])
        flux[bio.FIBROBLASTS] += conducts * crawled
        for k in range(MOVING):
            out = np.bincount(f.one, flux[k], self.voxels) - np.bincount(f.other, flux[k], self.voxels)
            change[k] -= out / f.volume
        top = self.grid.uppermost * self.columns
        under = u[:, top : top + self.columns]
        matrix = under[bio.COLLAGEN_III] + under[bio.COLLAGEN_I]
        production, loss = bio.evaluate_cover_change.py_func(s, ..., under[bio.GROWTH], matrix, self.rates)
        over = np.stack(np.broadcast_arrays(*production)) - np.stack(np.broadcast_arrays(*loss)) * s
        return np.concatenate([change.ravel(), over.ravel()])

    def sparsity(self) -> csr_matrix:
        """What can depend on what: fields of a voxel on each other, moving ones on their neighbours."""
        n, f = self.voxels, self.faces
        rows, columns = [], []

        def depends(of: np.ndarray, on: np.ndarray) -> None:
            rows.append(of.ravel())
            columns.append(on.ravel())

        voxel = np.arange(n)
        for a in range(FIELDS):
            for b in range(FIELDS):
                depends(a * n + voxel, b * n + voxel)
        for near, far in ((f.one, f.other), (f.other, f.one)):
            for a in range(MOVING):
                depends(a * n + near, a * n + far)
            depends(bio.FIBROBLASTS * n + near, bio.GROWTH * n + far)
        column = np.arange(self.columns)
        top = self.grid.uppermost * self.columns + column
        for a in range(COVER):
            for b in range(COVER):
                depends(FIELDS * n + a * self.columns + column, FIELDS * n + b * self.columns + column)
            for b in (bio.GROWTH, bio.COLLAGEN_III, bio.COLLAGEN_I):
                depends(FIELDS * n + a * self.columns + column, b * n + top)
        i, j = np.concatenate(rows), np.concatenate(columns)
        return csr_matrix((np.ones(i.size), (i, j)), shape=(self.start.size,) * 2)


def ours(problem: Problem, hours: float, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    if problem.grid.radial:
        volume, cover = problem.volume[None].copy(), problem.cover[None].copy()
        advance_batch(
            volume, cover, problem.rates[None], problem.couplings, hours, np.array([1 / 60]), tolerance, 2.0
        )
        return volume[0], cover[0]
    state = problem.volume.copy(), problem.cover.copy()
    engine, passed = BlockEngine(*state, problem.rates, problem.couplings, tolerance, 2.0), 0.0
    while passed < hours:
        passed += engine.advance(hours - passed)
    return engine.volume, engine.cover


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_engine_is_the_method_of_lines(name):
    problem = PROBLEMS[name]()
    lines = Lines(problem)
    found = solve_ivp(
        lines.slope, (0, HOURS[-1]), lines.start, "BDF", HOURS, rtol=1e-7, atol=1e-10, max_step=0.25,
        jac_sparsity=lines.sparsity(),
    )  # fmt: skip
    assert found.success
    for hours, state in zip(HOURS, found.y.T, strict=True):
        theirs = lines.parts(state)
        for mine, peer, before, scale in zip(
            ours(problem, hours, 1e-5),
            theirs,
            lines.parts(lines.start),
            (bio.SCALE, bio.COVER_SCALE),
            strict=True,
        ):
            off = np.abs(mine.reshape(peer.shape) - peer).max(axis=1) / scale
            assert off.max() < WITHIN
            # The comparison is of something: most fields have moved by far more.
            assert np.median(np.abs(peer - before).max(axis=1) / scale) > 100 * WITHIN
