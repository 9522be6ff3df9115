"""Snapshots of a skin block: what is kept of its fields at each observation time, in arrays on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.tissue.biology import BARE, EPIDERMIS, FIELDS, STRATA
from hudnal.tissue.grid import LAYERS, Grid
from hudnal.units import PERCENT

if TYPE_CHECKING:
    import xarray as xr

_AT = {name: i for i, name in enumerate(FIELDS)}
_DERMIS = [LAYERS.index("papillary"), LAYERS.index("reticular")]

# What is kept at each time: name -> unit, long name.
VOLUME: dict[str, tuple[str, str]] = {
    "signal": ("1", "inflammatory signal, share of the tissue that sends it in full"),
    "growth": ("1", "growth factor"),
    "macrophages": ("1", "macrophages, in units of what a full wound recruits"),
    "fibroblasts": ("1", "fibroblasts against healthy skin"),
    "myofibroblasts": ("1", "myofibroblasts against healthy fibroblasts"),
    "collagen_change": ("%", "change of all collagen against before"),
    "collagen_iii": ("1", "collagen III, all collagen of young skin 1"),
    "alignment": ("1", "alignment of fibres: 0 basket weave, 1 parallel"),
}
SURFACE: dict[str, tuple[str, str]] = {
    "epidermis": ("1", "thickness of the epidermis against before"),
    "bare": ("h", "time until the basal layer is continuous; below 0 since then"),
}


class Snapshots:
    """Arrays (time, z, y, x) and (time, y, x) in a folder, written one time after the other."""

    def __init__(self, folder: Path, count: int, grid: Grid, own_collagen: float, resumed: bool) -> None:
        self._grid, self._own_collagen = grid, own_collagen
        shapes = dict.fromkeys(VOLUME, (count, *grid.shape))
        shapes |= dict.fromkeys(SURFACE, (count, *grid.shape[1:]))
        self._arrays: dict[str, Any] = {}
        for name, shape in shapes.items():
            path = folder / f"{name}.npy"
            mode = "r+" if resumed and path.is_file() else "w+"
            self._arrays[name] = np.lib.format.open_memmap(path, mode, np.float32, shape)

    def write(self, i: int, volume: Float[Array, "field z y x"], cover: Float[Array, "cover y x"]) -> None:
        """Keep a state as snapshot `i`."""
        # Fat has septa and no dermis: what is said of it would mean little.
        dermis = np.isin(self._grid.layer, _DERMIS)[:, None, None]
        for name in VOLUME:
            if name == "collagen_change":
                collagen = volume[_AT["collagen_i"]] + volume[_AT["collagen_iii"]]
                self._arrays[name][i] = PERCENT * (collagen / self._own_collagen - 1) * dermis
            elif name == "alignment":
                self._arrays[name][i] = np.hypot(volume[_AT["along"]], volume[_AT["across"]])
            else:
                self._arrays[name][i] = volume[_AT[name]]
        self._arrays["epidermis"][i] = cover[STRATA] * cover[EPIDERMIS]
        self._arrays["bare"][i] = cover[BARE]

    def make_dataset(
        self, times: tuple[float, ...], hole: Float[Array, "z y x"], attributes: dict[str, Any]
    ) -> xr.Dataset:
        """All snapshots at their `times` h, read from disk as they are needed; `hole` is the injured share."""
        import xarray as xr

        grid = self._grid

        def middles(edges: Array) -> Array:
            return (edges[0, 1:] + edges[0, :-1]) / 2

        variables: dict[str, Any] = {}
        for names, dims in ((VOLUME, ("time", "z", "y", "x")), (SURFACE, ("time", "y", "x"))):
            for name, (unit, text) in names.items():
                variables[name] = (dims, self._arrays[name], {"units": unit, "long_name": text})
        injured = {"units": "1", "long_name": "share of the voxel that was injured"}
        variables["hole"] = (("z", "y", "x"), hole.astype(np.float32), injured)
        edges = {"units": "mm", "long_name": "edges of the depth cells"}
        variables["z_edge"] = (("edge",), grid.z_edges[0], edges)
        return xr.Dataset(
            variables,
            coords={
                "time": ("time", np.array(times), {"units": "h"}),
                "z": ("z", middles(grid.z_edges), {"units": "mm", "long_name": "depth below the surface"}),
                "y": ("y", middles(grid.y_edges), {"units": "mm"}),
                "x": ("x", middles(grid.x_edges), {"units": "mm"}),
            },
            attrs=attributes,
        )
