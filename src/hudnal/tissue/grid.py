"""Where the biology runs: a point, the cell of one hole (r, z), a patch of skin (x, y, z).

All three are one kind of box of voxels (z, y, x), z downwards from the surface, with a weight for every face. A point
is one voxel; in a hole's cell x is the radius and there is one y; on a patch x and y are even. Depth cells are aligned
with the layers and grow downwards, so that few of them do.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
from scipy.optimize.elementwise import find_root

from hudnal.parameters import Draws
from hudnal.skin import Skin

LAYERS = ("epidermis", "papillary", "reticular", "fat")
CELL_DEPTH = (2, 5, 12, 3)  # depth cells of each layer in a hole's cell,
CELL_RADIAL = 12  # and rings
PATCH_DEPTH = (4, 8, 30, 8)
_INNER = 0.012  # mm, of the innermost ring: a needle's hole is five of them wide


@dataclass(frozen=True)
class Grid:
    """Voxels of each draw's grid. Lengths mm; `draw` is 1 where all draws share it.

    A quantity q spreads along x as D (low (q_left - q) + high (q_right - q)), with `low` and `high` 1/mm2: face over
    distance and volume. They are 0 at a side without flux; at periodic sides the ends are each other's neighbours.
    """

    x_edges: np.ndarray  # (draw, nx + 1): radius in a hole's cell
    y_edges: np.ndarray  # (draw, ny + 1)
    z_edges: np.ndarray  # (draw, nz + 1)
    layer: np.ndarray  # int, (nz,): which of LAYERS each depth cell lies in
    radial: bool = False
    periodic: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """(nz, ny, nx)."""
        return self.z_edges.shape[1] - 1, self.y_edges.shape[1] - 1, self.x_edges.shape[1] - 1

    @property
    def x_share(self) -> np.ndarray:
        """Share of a layer's area that lies in each ring or column, (draw, nx)."""
        return _shares(self.x_edges**2 if self.radial else self.x_edges)

    @property
    def y_share(self) -> np.ndarray:
        """The same along y, (draw, ny)."""
        return _shares(self.y_edges)

    def x_coupling(self) -> tuple[np.ndarray, np.ndarray]:
        """`low` and `high` along x, 1/mm2, (draw, nx) each."""
        if self.radial:
            volume = np.diff(self.x_edges**2, axis=1) / 2
            return _coupling(self.x_edges, self.x_edges, volume, False)
        return _coupling(
            self.x_edges, np.ones_like(self.x_edges), np.diff(self.x_edges, axis=1), self.periodic
        )

    def y_coupling(self) -> tuple[np.ndarray, np.ndarray]:
        """The same along y, (draw, ny) each."""
        return _coupling(
            self.y_edges, np.ones_like(self.y_edges), np.diff(self.y_edges, axis=1), self.periodic
        )

    def z_coupling(self, diffusion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From above and from below, 1/h, (draw, field, nz) each, for `diffusion` mm2/h of the same shape.

        Two cells conduct in series, so that flux is continuous where layers meet.
        """
        thick = np.diff(self.z_edges, axis=1)[:, None]
        with np.errstate(divide="ignore"):
            resistance = thick / 2 / diffusion
            face = 1 / (resistance[..., :-1] + resistance[..., 1:])
        above, below = np.zeros_like(diffusion), np.zeros_like(diffusion)
        above[..., 1:] = face / thick[..., 1:]
        below[..., :-1] = face / thick[..., :-1]
        return above, below

    def depth_share(self, top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
        """Weight of each depth cell in a mean between depths `top` and `bottom` mm, (draw,) each; (draw, nz)."""
        low = np.clip(self.z_edges[:, :-1], top[:, None], bottom[:, None])
        high = np.clip(self.z_edges[:, 1:], top[:, None], bottom[:, None])
        return (high - low) / (bottom - top)[:, None]

    def across(self, values: np.ndarray) -> np.ndarray:
        """Mean over x and y of `values` (draw, ..., ny, nx)."""
        weight = self.y_share[:, :, None] * self.x_share[:, None]
        flat = values.reshape(*values.shape[:-2], -1)
        weight = np.broadcast_to(weight, (values.shape[0], *weight.shape[1:])).reshape(values.shape[0], -1, 1)
        return (flat.reshape(values.shape[0], -1, weight.shape[1]) @ weight).reshape(values.shape[:-2])

    @property
    def in_dermis(self) -> np.ndarray:
        """1 below the epidermis and 0 in it, (nz,)."""
        return (self.layer > 0).astype(float)

    @property
    def uppermost(self) -> int:
        """Index of the first depth cell below the epidermis."""
        return int((self.layer > 0).argmax())


def _shares(edges: np.ndarray) -> np.ndarray:
    return np.diff(edges, axis=1) / (edges[:, -1:] - edges[:, :1])


def _coupling(
    edges: np.ndarray, face: np.ndarray, volume: np.ndarray, periodic: bool
) -> tuple[np.ndarray, np.ndarray]:
    middle = (edges[:, 1:] + edges[:, :-1]) / 2
    conducts = face[:, 1:-1] / np.diff(middle, axis=1)
    low, high = np.zeros_like(volume), np.zeros_like(volume)
    low[:, 1:] = conducts / volume[:, 1:]
    high[:, :-1] = conducts / volume[:, :-1]
    if periodic and volume.shape[1] > 1:
        around = face[:, 0] / ((volume[:, 0] + volume[:, -1]) / 2)
        low[:, 0], high[:, -1] = around / volume[:, 0], around / volume[:, -1]
    return low, high


def depths(skin: Skin, draws: Draws, cells: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Edges (draw, nz + 1) of `cells` depth cells in each of LAYERS, and the layer of each cell.

    The uppermost dermis is even; below it cells grow by a constant factor, the same in every draw.
    """
    junction = skin.surface_to_dermis
    papillary = np.minimum(draws["tissue.layers.papillary_depth"], skin.dermis / 3)
    bottoms = (
        np.zeros(draws.n),
        junction,
        junction + papillary,
        junction + skin.dermis,
        junction + skin.dermis + draws.value("tissue.layers.fat_depth"),
    )
    parts = [bottoms[0][:, None]]
    for k, count in enumerate(cells):
        top, bottom = bottoms[k][:, None], bottoms[k + 1][:, None]
        parts.append(top + (bottom - top) * (_growing(count, _DEEPER) if k > 1 else _growing(count, 1.0)))
    return np.concatenate(parts, axis=1), np.repeat(np.arange(len(LAYERS)), cells)


_DEEPER = 1.1  # of a depth cell against the one above it


def _growing(count: int, factor: float) -> np.ndarray:
    """Ends of `count` cells of a whole of 1, each `factor` times the one before, (count,)."""
    sizes = factor ** np.arange(count)
    return np.cumsum(sizes) / sizes.sum()


def hole_cell(
    skin: Skin,
    draws: Draws,
    density: np.ndarray,
    cells: tuple[int, int, int, int] = CELL_DEPTH,
    rings: int = CELL_RADIAL,
) -> Grid:
    """The cell of one hole of `density` 1/mm2, (draw,): the circle that has its share of the area, without flux."""
    radius = 1 / np.sqrt(pi * density)
    z_edges, layer = depths(skin, draws, cells)
    x_edges = _rings(radius, rings)
    return Grid(x_edges, np.tile([0.0, 1.0], (draws.n, 1)), z_edges, layer, radial=True)


def _rings(radius: np.ndarray, count: int) -> np.ndarray:
    """Edges of rings that are finest at the hole: even where the cell is small, else growing outwards."""
    inner = _INNER * CELL_RADIAL / count
    power = np.arange(count)

    def overshoot(factor: np.ndarray, radius: np.ndarray) -> np.ndarray:
        return inner * (factor[..., None] ** power).sum(axis=-1) - radius

    factor = np.ones_like(radius)
    wide = (radius > inner * count) & (count > 1)
    # A last ring of the whole radius alone is more than enough.
    factor[wide] = find_root(overshoot, (factor[wide], radius[wide] / inner), args=(radius[wide],)).x
    sizes = factor[:, None] ** power
    ends = np.cumsum(sizes, axis=1) / sizes.sum(axis=1, keepdims=True)
    return np.concatenate([np.zeros((radius.size, 1)), radius[:, None] * ends], axis=1)


def patch(
    skin: Skin,
    draws: Draws,
    side: tuple[float, float],
    voxel: float,
    cells: tuple[int, int, int, int] = PATCH_DEPTH,
    periodic: bool = False,
) -> Grid:
    """A patch of `side` (y, x) mm with voxels of `voxel` mm; the depths of one draw."""
    z_edges, layer = depths(skin, draws, cells)
    y, x = (np.linspace(0, s, max(round(s / voxel), 1) + 1)[None] for s in side)
    return Grid(x, y, z_edges[:1], layer, periodic=periodic)


def point(layer: int = 1) -> Grid:
    """One voxel of a layer, where nothing moves."""
    edges = np.array([[0.0, 1.0]])
    return Grid(edges, edges, edges, np.array([layer]))
