"""Where the biology runs: a point, the healing cell of one hole (r, z), a skin block (x, y, z).

All three are one kind of box of voxels (z, y, x), z downwards from the surface, with a weight for every face. A point
is one voxel; in a healing cell x is the radius and there is one y; in a skin block x and y are even. Slabs, the voxels
of one depth, are aligned with the layers and grow downwards, so that few of them do.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
from scipy.optimize.elementwise import find_root

from hudnal.arrays import Array, Float, Int, PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin

LAYERS = ("epidermis", "papillary", "reticular", "fat")
Slabs = tuple[int, int, int, int]  # number in each of LAYERS
CELL_SLABS: Slabs = (2, 5, 12, 3)  # of a healing cell,
CELL_RINGS = 12  # and its rings
BLOCK_SLABS: Slabs = (4, 8, 30, 8)  # of a skin block
_INNER = 0.012  # mm, of the innermost ring: a needle's hole is five of them wide
_DEEPER = 1.1  # of a slab against the one above it


@dataclass(frozen=True)
class Grid:
    """Voxels of each draw's grid; there is one of a draw where all draws share it.

    A quantity q spreads along x as D (low (q_left - q) + high (q_right - q)), with `low` and `high` 1/mm2: face over
    distance and volume. They are 0 at a side without flux; at periodic sides the ends are each other's neighbours.
    """

    x_edges: Float[Array, "draw x_edge"]  # mm, radius in a healing cell
    y_edges: Float[Array, "draw y_edge"]  # mm
    z_edges: Float[Array, "depths z_edge"]  # mm
    layer: Int[Array, " slab"]  # which of LAYERS each slab lies in
    radial: bool = False
    periodic: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of voxels along z, y and x."""
        return self.z_edges.shape[1] - 1, self.y_edges.shape[1] - 1, self.x_edges.shape[1] - 1

    @property
    def x_share(self) -> Float[Array, "draw x"]:
        """Share of a layer's area that lies in each ring or column."""
        return _shares(self.x_edges**2 if self.radial else self.x_edges)

    @property
    def y_share(self) -> Float[Array, "draw y"]:
        """Share of a layer's area that lies in each row along x."""
        return _shares(self.y_edges)

    def x_coupling(self) -> tuple[Float[Array, "draw x"], Float[Array, "draw x"]]:
        """Couplings `low` and `high` along x, 1/mm2."""
        if self.radial:
            volume = np.diff(self.x_edges**2, axis=1) / 2
            return _coupling(self.x_edges, self.x_edges, volume, False)
        return _coupling(
            self.x_edges, np.ones_like(self.x_edges), np.diff(self.x_edges, axis=1), self.periodic
        )

    def y_coupling(self) -> tuple[Float[Array, "draw y"], Float[Array, "draw y"]]:
        """Couplings `low` and `high` along y, 1/mm2."""
        return _coupling(
            self.y_edges, np.ones_like(self.y_edges), np.diff(self.y_edges, axis=1), self.periodic
        )

    def z_coupling(
        self, diffusion: Float[Array, "draw moving z"]
    ) -> tuple[Float[Array, "draw moving z"], Float[Array, "draw moving z"]]:
        """Couplings from above and from below, 1/h, for this `diffusion` mm2/h.

        Two voxels conduct in series, so that flux is continuous where layers meet.
        """
        thick = np.diff(self.z_edges, axis=1)[:, None]
        with np.errstate(divide="ignore"):
            resistance = thick / 2 / diffusion
            face = 1 / (resistance[..., :-1] + resistance[..., 1:])
        above, below = np.zeros_like(diffusion), np.zeros_like(diffusion)
        above[..., 1:] = face / thick[..., 1:]
        below[..., :-1] = face / thick[..., :-1]
        return above, below

    def depth_share(self, top: PerDraw, bottom: PerDraw) -> Float[Array, "draw z"]:
        """Weight of each slab in a mean between depths `top` and `bottom` mm."""
        low = np.clip(self.z_edges[:, :-1], top[:, None], bottom[:, None])
        high = np.clip(self.z_edges[:, 1:], top[:, None], bottom[:, None])
        return (high - low) / (bottom - top)[:, None]

    def mean_over_area(self, values: Float[Array, "draw ... y x"]) -> Float[Array, "draw ..."]:
        """Mean of `values` over x and y."""
        weight = self.y_share[:, :, None] * self.x_share[:, None]
        flat = values.reshape(*values.shape[:-2], -1)
        weight = np.broadcast_to(weight, (values.shape[0], *weight.shape[1:])).reshape(values.shape[0], -1, 1)
        return (flat.reshape(values.shape[0], -1, weight.shape[1]) @ weight).reshape(values.shape[:-2])

    @property
    def in_dermis(self) -> Float[Array, " slab"]:
        """1 below the epidermis and 0 in it."""
        return (self.layer > 0).astype(float)

    @property
    def uppermost(self) -> int:
        """Index of the first slab below the epidermis."""
        return int((self.layer > 0).argmax())


def _shares(edges: Array) -> Array:
    return np.diff(edges, axis=1) / (edges[:, -1:] - edges[:, :1])


def _coupling(edges: Array, face: Array, volume: Array, periodic: bool) -> tuple[Array, Array]:
    middle = (edges[:, 1:] + edges[:, :-1]) / 2
    conducts = face[:, 1:-1] / np.diff(middle, axis=1)
    low, high = np.zeros_like(volume), np.zeros_like(volume)
    low[:, 1:] = conducts / volume[:, 1:]
    high[:, :-1] = conducts / volume[:, :-1]
    if periodic and volume.shape[1] > 1:
        around = face[:, 0] / ((volume[:, 0] + volume[:, -1]) / 2)
        low[:, 0], high[:, -1] = around / volume[:, 0], around / volume[:, -1]
    return low, high


def divide_depth(
    skin: Skin, draws: Draws, slabs: Slabs
) -> tuple[Float[Array, "draw z_edge"], Int[Array, " slab"]]:
    """Edges of the slabs of each draw, mm, and the layer of each slab.

    The uppermost dermis is even; below it slabs grow by a constant factor, the same in every draw.
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
    for k, count in enumerate(slabs):
        top, bottom = bottoms[k][:, None], bottoms[k + 1][:, None]
        parts.append(top + (bottom - top) * _growing_ends(count, _DEEPER if k > 1 else 1.0))
    return np.concatenate(parts, axis=1), np.repeat(np.arange(len(LAYERS)), slabs)


def _growing_ends(count: int, factor: float) -> Float[Array, " slab"]:
    """Ends of `count` slabs of a whole of 1, each `factor` times the one before."""
    sizes = factor ** np.arange(count)
    return np.cumsum(sizes) / sizes.sum()


def make_healing_cell(
    skin: Skin,
    draws: Draws,
    density: PerDraw,
    slabs: Slabs = CELL_SLABS,
    rings: int = CELL_RINGS,
) -> Grid:
    """The healing cell of one hole of `density` 1/mm2: the circle that has its share of the area, without flux."""
    radius = 1 / np.sqrt(pi * density)
    z_edges, layer = divide_depth(skin, draws, slabs)
    x_edges = _rings(radius, rings)
    return Grid(x_edges, np.tile([0.0, 1.0], (draws.n, 1)), z_edges, layer, radial=True)


def _rings(radius: PerDraw, count: int) -> Float[Array, "draw edge"]:
    """Edges of rings that are finest at the hole: even where the cell is small, else growing outwards."""
    inner = _INNER * CELL_RINGS / count
    power = np.arange(count)

    def overshoot(factor: Array, radius: Array) -> Array:
        return inner * (factor[..., None] ** power).sum(axis=-1) - radius

    factor = np.ones_like(radius)
    wide = (radius > inner * count) & (count > 1)
    # A last ring of the whole radius alone is more than enough.
    factor[wide] = find_root(overshoot, (factor[wide], radius[wide] / inner), args=(radius[wide],)).x
    sizes = factor[:, None] ** power
    ends = np.cumsum(sizes, axis=1) / sizes.sum(axis=1, keepdims=True)
    return np.concatenate([np.zeros((radius.size, 1)), radius[:, None] * ends], axis=1)


def make_block_grid(
    skin: Skin,
    draws: Draws,
    side: tuple[float, float],
    voxel: float,
    slabs: Slabs = BLOCK_SLABS,
    periodic: bool = False,
) -> Grid:
    """A skin block of `side` (y, x) mm with voxels of `voxel` mm; the depths of the first draw."""
    z_edges, layer = divide_depth(skin, draws, slabs)
    y, x = (np.linspace(0, s, max(round(s / voxel), 1) + 1)[None] for s in side)
    return Grid(x, y, z_edges[:1], layer, periodic=periodic)


def make_point(layer: int = 1) -> Grid:
    """A grid of one voxel of a layer, where nothing moves."""
    edges = np.array([[0.0, 1.0]])
    return Grid(edges, edges, edges, np.array([layer]))
