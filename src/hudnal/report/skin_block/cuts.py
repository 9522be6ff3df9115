"""Cuts through the block of skin as pictures: where they meet most holes, and what is seen on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.colors import to_rgb
from scipy.ndimage import zoom

from hudnal.arrays import Array, Float, Int
from hudnal.report.skin_block.fields import ShownField
from hudnal.report.skin_block.svg import Rgb

NOTCH = 0.60  # share of the block's side that is cut away
HOLE = "#2b1512"
# Each layer's colour where a field is as before; what differs covers it.
TINTS = {"epidermis": "#f3d5b6", "dermis": "#ffffff", "fat": "#fff0b4"}

_FINE = 2  # pixels across a voxel
_COVERS = 0.8  # how much of a layer's own colour the strongest colour of a field hides
_ENTIRE = (0.0, 1.0)

Box = Float[Array, "z y x"]
Picture = Float[Array, "row column"]


def _sum_holes(patch: xr.Dataset) -> Float[Array, "y x"]:
    """How much of each column of voxels is hole, in mm."""
    return np.tensordot(np.diff(patch["z_edge"].values), patch["hole"].values.astype(float), 1)


def find_square(patch: xr.Dataset, side: float) -> tuple[slice, slice]:
    """The cells (y, x) of a square of `side` mm whose cut faces meet as many holes as possible."""
    step = float(patch["x"][1] - patch["x"][0])
    ny, nx = patch.sizes["y"], patch.sizes["x"]
    n = min(round(side / step), nx, ny)
    inner, amount = round(n * NOTCH), _sum_holes(patch)
    along_x = np.cumsum(np.pad(amount, ((0, 0), (1, 0))), axis=1)
    along_y = np.cumsum(np.pad(amount, ((1, 0), (0, 0))), axis=0)
    most, corner = -1.0, (0, 0)
    for j in range(ny - n + 1):
        for i in range(nx - n + 1):
            front = along_x[j, i + n] - along_x[j, i]
            back = along_x[j + inner, i + n] - along_x[j + inner, i + n - inner]
            right = along_y[j + n, i + n - 1] - along_y[j, i + n - 1]
            left = along_y[j + inner, i + n - inner - 1] - along_y[j, i + n - inner - 1]
            if front + back + right + left > most + 1e-12:
                most, corner = front + back + right + left, (j, i)
    return slice(corner[0], corner[0] + n), slice(corner[1], corner[1] + n)


def find_upright_cut(patch: xr.Dataset, span: float) -> tuple[float, float]:
    """The row that meets most holes over a `span` of the side, and where it starts; shares of the side."""
    amount = _sum_holes(patch)
    n = max(1, round(span * amount.shape[1]))
    summed = np.cumsum(np.pad(amount, ((0, 0), (1, 0))), axis=1)
    row, start = np.unravel_index(
        (summed[:, n:] - summed[:, : summed.shape[1] - n]).argmax(),
        (amount.shape[0], amount.shape[1] - n + 1),
    )
    return (float(row) + 0.5) / amount.shape[0], float(start) / amount.shape[1]


@dataclass(frozen=True)
class Cut:
    """A square of the patch, any face of which can be had as a picture. mm from its near left corner."""

    patch: xr.Dataset
    rows: slice
    columns: slice
    depth: float  # mm, down to which it is shown

    @property
    def step(self) -> float:
        """Side of a voxel in mm."""
        return float(self.patch["x"][1] - self.patch["x"][0])

    @property
    def width(self) -> float:
        """How far the square goes along x, in mm."""
        return (self.columns.stop - self.columns.start) * self.step

    @property
    def length(self) -> float:
        """How far the square goes along y, in mm."""
        return (self.rows.stop - self.rows.start) * self.step

    @property
    def borders(self) -> tuple[float, float]:
        """Depth in mm of the junction under the epidermis, and of the end of the dermis."""
        return float(self.patch.attrs["junction_mm"]), float(self.patch.attrs["dermis_end_mm"])

    def paint_level(self, time: int, field: ShownField, depth: float, x=_ENTIRE, y=_ENTIRE) -> Rgb:
        """Colours at one depth, row by row along y, over the shares `x` and `y` of the square."""
        z = np.array([depth])
        box = self._read_box(time, field, _choose_cells(self.rows, y), _choose_cells(self.columns, x))
        values, hole = (_make_finer(self._move_to_depths(b, z)[0], (_FINE, _FINE)) for b in box)
        return self._paint(time, field, values, hole, z)

    def paint_wall(
        self, time: int, field: ShownField, depths: tuple[float, float], *, x=None, y=None, span=_ENTIRE
    ) -> Rgb:
        """Colours of an upright cut at the share `x` or `y` of the square, downwards, over the share `span`."""
        rows = _choose_cells(self.rows, span if y is None else y)
        columns = _choose_cells(self.columns, span if x is None else x)
        z = np.linspace(*depths, max(2, round((depths[1] - depths[0]) / self.step * _FINE)) * 2 + 1)[1::2]
        box = self._read_box(time, field, rows, columns)
        values, hole = (_make_finer(self._move_to_depths(b, z).reshape(z.size, -1), (1, _FINE)) for b in box)
        return self._paint(time, field, values, hole, z)

    def _read_box(self, time: int, field: ShownField, rows: slice, columns: slice) -> tuple[Box, Box]:
        """A field's values, and how much of each voxel is hole."""
        values = self.patch[field.name][time, :, rows, columns].values.astype(float)
        return values, self.patch["hole"][:, rows, columns].values.astype(float)

    def _find_layers(self, z: Float[Array, " depth"]) -> Int[Array, " depth"]:
        """The layer at each depth: 0 epidermis, 1 dermis, 2 fat."""
        return np.searchsorted(self.borders, z)

    def _move_to_depths(self, box: Box, z: Float[Array, " depth"]) -> Float[Array, "depth y x"]:
        """The box at other depths; nothing is mixed across the layers' borders."""
        cells = self.patch["z"].values
        moved = np.empty((z.size, *box.shape[1:]))
        of_cells, of_z = self._find_layers(cells), self._find_layers(z)
        for layer in np.unique(of_z):
            own = np.nonzero(of_cells == layer)[0]
            at = np.interp(z[of_z == layer], cells[own], own)
            low = np.floor(at).astype(int)
            high, share = np.minimum(low + 1, own[-1]), (at - low)[:, None, None]
            moved[of_z == layer] = box[low] * (1 - share) + box[high] * share
        return moved

    def _are_open(self, time: int) -> bool:
        """Whether half of the holes or more are open."""
        injured = self.patch["hole"].values.max(0) > 0.5
        return bool(injured.any() and (self.patch["bare"].values[time][injured] > 0).mean() >= 0.5)

    def _paint(
        self, time: int, field: ShownField, values: Picture, hole: Picture, z: Float[Array, " depth"]
    ) -> Rgb:
        """The field's colours over those of the layers; holes dark while they are open. `z`: of each row, or of all."""
        tints = np.array([to_rgb(c) for c in TINTS.values()])[self._find_layers(z)][:, None]
        covered = tints + (1 - tints) * (_COVERS * np.sqrt(field.away(values)))[..., None]
        rgb = field.colours(values) * covered
        dark = np.clip(hole, 0, 1)[..., None] * self._are_open(time)
        return rgb * (1 - dark) + np.array(to_rgb(HOLE)) * dark


def _choose_cells(whole: slice, share: tuple[float, float] | float) -> slice:
    """The cells of a side between two shares of it, or the one at a share."""
    n = whole.stop - whole.start
    if isinstance(share, tuple):
        return slice(whole.start + round(n * share[0]), whole.start + round(n * share[1]))
    at = min(whole.start + round(n * share), whole.stop - 1)
    return slice(at, at + 1)


def _make_finer(values: Picture, times: tuple[int, int]) -> Float[Array, "fine_row fine_column"]:
    return np.asarray(zoom(values, times, order=3, mode="nearest", grid_mode=True))
