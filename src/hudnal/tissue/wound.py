"""What was done, as an initial state for healing: holes, laser columns and peeled sheets are shares of volume.

A needle's hole is narrower than a voxel, so a voxel keeps the share of it that was injured, and every source is linear
in that share: what is conserved is the injured volume, not the outline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from hudnal.arrays import Array, Bool, Float, Int, PerDraw, sum_by_group
from hudnal.compiled import compiled, njit
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.tissue import biology as bio
from hudnal.tissue.grid import CELL_SLABS, Grid, divide_depth

_SLICES = 4  # of a slab, on which a hole's width is looked at
_SAMPLES = 6  # of a voxel's side, on which its share is counted
CONE, CYLINDER = 1.0, 0.0

PerColumn = Float[Array, " column"]


@dataclass(frozen=True)
class Columns:
    """Holes or columns of each draw, and the shapes that stand for them, one entry a column."""

    density: PerDraw  # 1/mm2
    draw: Int[Array, " column"]
    radius: PerColumn  # mm, at the surface
    depth: PerColumn  # mm
    taper: float  # CONE or CYLINDER
    scattered: bool  # at random, so that they overlap; or on a lattice
    dies: PerDraw  # share of what is inside that dies and sends signals
    removed: PerDraw  # share of the matrix inside that is gone
    killed: PerDraw  # share of the cells
    layers: PerDraw  # share of the epidermis' layers over it that is lost
    x: PerColumn | None = None  # mm, in the sample area; None where they have no place
    y: PerColumn | None = None
    span: float = 0.0  # mm, side of that area

    @property
    def weight(self) -> PerColumn:
        """Density that each column stands for, 1/mm2."""
        count = np.bincount(self.draw, minlength=self.density.size)
        return (self.density / np.maximum(count, 1))[self.draw]

    def positions(self) -> tuple[PerColumn, PerColumn]:
        """Where the columns are, x and y in mm. Raises ValueError where they have no place."""
        if self.x is None or self.y is None:
            raise ValueError("these columns have no places")
        return self.x, self.y

    def select_draw(self, draw: int) -> Columns:
        """The columns of one draw, as the only one."""
        mine, one = self.draw == draw, slice(draw, draw + 1)
        return replace(
            self,
            density=self.density[one],
            draw=np.zeros(int(mine.sum()), np.int64),
            radius=self.radius[mine],
            depth=self.depth[mine],
            dies=self.dies[one],
            removed=self.removed[one],
            killed=self.killed[one],
            layers=self.layers[one],
            x=None if self.x is None else self.x[mine],
            y=None if self.y is None else self.y[mine],
        )


@dataclass(frozen=True)
class Wound:
    """Columns and a peeled sheet, and what they come to.

    Several kinds of columns lie inside each other, on one axis: what they do adds up.
    """

    columns: tuple[Columns, ...]
    sheet: PerDraw  # mm that was peeled off, 0 without
    width: PerDraw  # mm, of the gap that the epidermis has to close; 0 without
    injured: PerDraw  # share of the observed dermis that is clot or dying
    reaches_dermis: Bool[Array, " draw"]
    epidermal_signal: PerDraw  # signal of dying epidermis, against dermis
    most_lost: PerDraw  # share that can be gone or dead at any place

    @property
    def density(self) -> PerDraw:
        """Number of columns, 1/mm2: those that share an axis count once."""
        return np.max([c.density for c in self.columns] or [np.zeros_like(self.sheet)], axis=0)

    def select_draw(self, draw: int) -> Wound:
        """The wound of one draw, as the only one."""
        one = slice(draw, draw + 1)
        return Wound(
            tuple(c.select_draw(draw) for c in self.columns),
            *(
                getattr(self, name)[one]
                for name in ("sheet", "width", "injured", "reaches_dermis", "epidermal_signal", "most_lost")
            ),
        )


def _make_wound(
    columns: tuple[Columns, ...], sheet: PerDraw, width: PerDraw, skin: Skin, draws: Draws
) -> Wound:
    z_edges, _ = divide_depth(skin, draws, CELL_SLABS)
    top = skin.surface_to_dermis
    bottom = top + np.minimum(draws.value("tissue.wound.observed_depth"), skin.dermis)
    grid = Grid(
        np.tile([0.0, 1.0], (draws.n, 1)), np.tile([0.0, 1.0], (draws.n, 1)), z_edges, np.zeros(0, int)
    )
    died = np.zeros((draws.n, z_edges.shape[1] - 1))
    deep = sheet > top
    for c in columns:
        died += c.dies[:, None] * _share_by_depth(c, z_edges)
        deep = deep | (sum_by_group(c.draw, c.depth > top[c.draw], draws.n) > 0) & (c.density > 0)
    whole = (1 - peeled_share(sheet, z_edges)) * (1 - np.minimum(died, 1.0))
    injured = ((1 - whole) * grid.depth_share(top, bottom)).sum(axis=1)
    return Wound(
        columns,
        sheet,
        width,
        injured,
        deep,
        draws["tissue.wound.epidermal_signal"],
        1 - draws["tissue.wound.survivors"],
    )


def wound_of_holes(
    density: PerDraw,
    width: PerColumn,
    tip_depth: PerColumn,
    skin: Skin,
    draws: Draws,
    draw: Int[Array, " column"] | None = None,
    places: tuple[PerColumn, PerColumn, float] | None = None,
) -> Wound:
    """Needle holes: cones of `width` mm at the mouth to `tip_depth` mm, each with a crushed rim.

    `density` is 1/mm2. `width` and `tip_depth` are those of each hole, whose `draw` is given, at `places` x and y mm in
    a sample area of a side in mm; or one for each draw, which stands for all of its holes.
    """
    draw = np.arange(draws.n) if draw is None else draw
    made = (width > 0) & (tip_depth > 0)
    radius = np.where(made, width / 2 + draws["tissue.wound.rim"][draw], 0.0)
    columns = Columns(
        density=density * (sum_by_group(draw, made, draws.n) > 0),
        draw=draw,
        radius=radius,
        depth=np.where(made, tip_depth, 0.0),
        taper=CONE,
        scattered=True,
        dies=np.ones(draws.n),
        removed=draws["tissue.wound.removed"],
        killed=draws["tissue.wound.cells_killed"],
        layers=draws["tissue.wound.removed"],
        x=None if places is None else places[0],
        y=None if places is None else places[1],
        span=0.0 if places is None else places[2],
    )
    count = np.bincount(draw, minlength=draws.n)
    mean = sum_by_group(draw, width, draws.n) / np.maximum(count, 1)
    return _make_wound((columns,), np.zeros(draws.n), np.where(columns.density > 0, mean, 0.0), skin, draws)


def wound_of_columns(
    density: float,
    diameter: float,
    depth: float,
    coagulation: float,
    skin: Skin,
    draws: Draws,
    ablative: bool = True,
) -> Wound:
    """Laser columns: cylinders of `diameter` mm to `depth` mm within a mantle of `coagulation` mm; 1/mm2.

    Ablative columns are vaporised; the others are cooked and left where they are, under a corneum that stays.
    """
    one, zero = np.ones(draws.n), np.zeros(draws.n)
    mantle = draws["tissue.wound.rim_coagulated"]

    whole = Columns(
        density=density * one,
        draw=np.arange(draws.n),
        radius=(diameter / 2 + coagulation) * one,
        depth=depth * one,
        taper=CYLINDER,
        scattered=False,
        dies=mantle,
        removed=zero,
        killed=one,
        layers=zero,
    )
    # The core lies inside: it adds what the mantle's share leaves of it; where it is vaporised its matrix is gone.
    core = replace(
        whole,
        radius=diameter / 2 * one,
        dies=1 - mantle,
        removed=one if ablative else zero,
        killed=zero,
        layers=one,
    )
    return _make_wound((whole, core), zero, (diameter + 2 * coagulation) * one, skin, draws)


def wound_of_sheet(depth: PerDraw, skin: Skin, draws: Draws) -> Wound:
    """A layer peeled off down to `depth` mm."""
    # Epithelium comes from hairs and glands at random: exp(-n pi r2) of the surface is farther than r from any.
    farthest = np.sqrt(-np.log(draws.value("tissue.front.uncovered")) / (pi * skin.adnexa))
    gap = 2 * farthest / draws["tissue.front.islands"]
    # A peel that ends above the basal layer leaves no gap: the layers are renewed from below.
    return _make_wound((), depth, np.where(depth > skin.surface_to_dermis, gap, 0.0), skin, draws)


def peeled_share(sheet: PerDraw, z_edges: Float[Array, "_ z_edge"]) -> Float[Array, "draw z"]:
    """Share of each slab that is gone with a peeled `sheet` mm thick."""
    return np.clip((sheet[:, None] - z_edges[:, :-1]) / np.diff(z_edges, axis=1), 0, 1)


def _share_by_depth(columns: Columns, z_edges: Float[Array, "draw z_edge"]) -> Float[Array, "draw z"]:
    """Share of each slab that columns take up: at random they overlap."""
    share = np.zeros((columns.density.size, z_edges.shape[1] - 1))
    _add_areas(columns.draw, columns.weight, columns.radius, columns.depth, columns.taper, z_edges, share)
    return -np.expm1(-share) if columns.scattered else np.minimum(share, 1.0)


@njit
def _radius_at(z, radius, depth, taper):
    """mm, of a column at depth `z`; 0 below its end."""
    if z >= depth:
        return 0.0
    return radius * (1 - taper * z / depth)


@compiled()
def _add_areas(draw, weight, radius, depth, taper, z_edges, share):
    nz = z_edges.shape[1] - 1
    for i in range(draw.size):
        d = draw[i]
        for z in range(nz):
            top, thick = z_edges[d, z], z_edges[d, z + 1] - z_edges[d, z]
            if top >= depth[i]:
                break
            for k in range(_SLICES):
                r = _radius_at(top + (k + 0.5) / _SLICES * thick, radius[i], depth[i], taper)
                share[d, z] += weight[i] * pi * r * r / _SLICES


def share_in_cell(columns: Columns, density: PerDraw, grid: Grid) -> Float[Array, "draw z ring"]:
    """Injured share of each ring and slab of the healing cell of `density` 1/mm2 in all.

    The mean over the columns that stand for the draw; the volume is that of columns at random where they are.
    """
    nz, _, rings = grid.shape
    share = np.zeros((density.size, nz, rings))
    weight = columns.weight / density[columns.draw]
    _add_rings(
        columns.draw,
        weight,
        columns.radius,
        columns.depth,
        columns.taper,
        grid.z_edges,
        grid.x_edges**2,
        share,
    )
    drawn = (share * grid.x_share[:, None]).sum(axis=2)
    wanted = _share_by_depth(columns, grid.z_edges)
    scale = np.divide(wanted, drawn, out=np.ones_like(drawn), where=drawn > 0)
    return np.minimum(share * scale[..., None], 1.0)


@compiled()
def _add_rings(draw, weight, radius, depth, taper, z_edges, square, share):
    nz, rings = share.shape[1], share.shape[2]
    for i in range(draw.size):
        d = draw[i]
        for z in range(nz):
            top, thick = z_edges[d, z], z_edges[d, z + 1] - z_edges[d, z]
            if top >= depth[i]:
                break
            for k in range(_SLICES):
                r = _radius_at(top + (k + 0.5) / _SLICES * thick, radius[i], depth[i], taper)
                for j in range(rings):
                    inside = min(r * r, square[d, j + 1]) - square[d, j]
                    if inside <= 0:
                        break
                    share[d, z, j] += weight[i] * inside / (square[d, j + 1] - square[d, j]) / _SLICES


def share_in_block(columns: Columns, grid: Grid) -> Float[Array, "z y x"]:
    """Injured share of each voxel of a skin block by the columns of its one draw. Raises ValueError without places."""
    x, y = columns.positions()
    kept = np.ones(grid.shape)
    _cut_out(
        x, y, columns.radius, columns.depth, columns.taper,
        grid.x_edges[0], grid.y_edges[0], grid.z_edges[0], grid.periodic, kept,
    )  # fmt: skip
    return 1 - kept


@compiled()
def _cut_out(x, y, radius, depth, taper, x_edges, y_edges, z_edges, periodic, kept):
    """`kept` *= 1 - share of each hole; a slice's area is that of its disc, whatever the voxels make of it."""
    nz, ny, nx = kept.shape
    hx, hy = x_edges[1] - x_edges[0], y_edges[1] - y_edges[0]
    for i in range(x.size):
        reach_x, reach_y = int(radius[i] / hx) + 2, int(radius[i] / hy) + 2
        x0, y0 = int(np.floor((x[i] - x_edges[0]) / hx)), int(np.floor((y[i] - y_edges[0]) / hy))
        part = np.empty((2 * reach_y + 1, 2 * reach_x + 1))
        for z in range(nz):
            top, thick = z_edges[z], z_edges[z + 1] - z_edges[z]
            if top >= depth[i]:
                break
            part[:] = 0.0
            for k in range(_SLICES):
                r = _radius_at(top + (k + 0.5) / _SLICES * thick, radius[i], depth[i], taper)
                _add_disc(part, r, x[i], y[i], x0 - reach_x, y0 - reach_y, x_edges[0], y_edges[0], hx, hy)
            for b in range(part.shape[0]):
                for a in range(part.shape[1]):
                    if part[b, a] > 0:
                        xx, yy = x0 - reach_x + a, y0 - reach_y + b
                        if periodic:
                            xx, yy = xx % nx, yy % ny
                        if 0 <= xx < nx and 0 <= yy < ny:
                            kept[z, yy, xx] *= 1 - min(part[b, a] / _SLICES, 1.0)


@njit
def _add_disc(part, r, x, y, first_x, first_y, x_start, y_start, hx, hy):
    """Add to `part` the share of each voxel that a disc covers, scaled so that the area is right."""
    area = pi * r * r / (hx * hy)
    if area <= 0:
        return
    share = np.zeros_like(part)
    total = 0.0
    for b in range(part.shape[0]):
        for a in range(part.shape[1]):
            count = 0
            for j in range(_SAMPLES):
                dy = y_start + (first_y + b + (j + 0.5) / _SAMPLES) * hy - y
                for i in range(_SAMPLES):
                    dx = x_start + (first_x + a + (i + 0.5) / _SAMPLES) * hx - x
                    if dx * dx + dy * dy < r * r:
                        count += 1
            share[b, a] = count / _SAMPLES**2
            total += share[b, a]
    if total == 0:  # finer than the samples: all of it lies in the voxel of its axis
        part[part.shape[0] // 2, part.shape[1] // 2] += area
        return
    for b in range(part.shape[0]):
        for a in range(part.shape[1]):
            part[b, a] += share[b, a] * area / total


def closing_hours_in_block(columns: Columns, grid: Grid, lag: float, speed: float) -> Float[Array, "y x"]:
    """Hours until the front has closed over each place of a skin block; -inf where nothing was opened.

    Model M0: a place is covered once the lag is over and the front has come from the nearest rim.
    Raises ValueError for columns without places.
    """
    x = (grid.x_edges[0, 1:] + grid.x_edges[0, :-1]) / 2
    y = (grid.y_edges[0, 1:] + grid.y_edges[0, :-1]) / 2
    left = np.full((y.size, x.size), -np.inf)
    half = max(x[1] - x[0], y[1] - y[0]) / 2 if x.size > 1 and y.size > 1 else 0.0
    for cx, cy, r in zip(*columns.positions(), columns.radius, strict=True):
        i = slice(*np.searchsorted(x, (cx - r - half, cx + r + half)))
        j = slice(*np.searchsorted(y, (cy - r - half, cy + r + half)))
        way = r - np.hypot(x[i][None] - cx, y[j][:, None] - cy)
        hours = np.where(way > -half, lag + np.maximum(way, 0) / speed, -np.inf)
        left[j, i] = np.maximum(left[j, i], hours)
    return left


def apply_wound(
    volume: Float[Array, "draw field z y x"],
    shares: list[tuple[Columns, Array]],
    wound: Wound,
    gone: Float[Array, "draw z"],
    grid: Grid,
) -> None:
    """Put a wound on the fields, in place.

    `shares` are the injured shares of each kind of columns, (draw, z, y, x); `gone` is that of the sheet.
    """

    def each(values: PerDraw) -> Array:
        return values[:, None, None, None]

    left = np.broadcast_to(1 - gone[:, :, None, None], (volume.shape[0], *volume.shape[2:]))
    died, lost, dead = (np.zeros(left.shape) for _ in range(3))
    for columns, share in shares:
        died += each(columns.dies) * share
        lost += each(columns.removed) * share
        dead += each(columns.killed) * share
    whole, matrix, cells = (left * (1 - np.minimum(a, 1.0)) for a in (died, lost, dead))
    dermis = grid.in_dermis[:, None, None]
    injured, least = 1 - whole, each(1 - wound.most_lost)
    volume[:, bio.CLOT] += injured * dermis
    volume[:, bio.SIGNAL] += injured * np.where(dermis > 0, 1.0, each(wound.epidermal_signal))
    for field in (bio.COLLAGEN_III, bio.COLLAGEN_I, bio.ELASTIN_OLD, bio.ELASTIN_NEW, bio.LAID, bio.SCARRED):
        volume[:, field] *= np.maximum(matrix, least)
    for field in (bio.FIBROBLASTS, bio.MYOFIBROBLASTS):
        volume[:, field] *= np.maximum(cells, least)
