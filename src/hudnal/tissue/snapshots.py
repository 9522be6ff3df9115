"""Snapshots of a skin block: what is kept of its fields at each observation time, in arrays on disk."""

from __future__ import annotations

import io
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hudnal.arrays import Array, Float, UInt8
from hudnal.store.checks import DIGEST_BYTES, DamagedRun, digest_bytes
from hudnal.store.files import telling_faults
from hudnal.tissue.biology import BARE, EPIDERMIS, FIELDS, STRATA
from hudnal.tissue.grid import LAYERS, Grid
from hudnal.units import PERCENT

if TYPE_CHECKING:
    import xarray as xr

_AT = {name: i for i, name in enumerate(FIELDS)}
_KEPT = np.dtype(np.float32)
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
    """Arrays (time, z, y, x) and (time, y, x) in a folder, written one time after the other.

    `digests`, (time, name, byte), are those of what has been written, 0 elsewhere. A run that is gone on with hands in
    what it has stored of them: then the files must be there and hold just that. Raises DamagedRun.
    """

    def __init__(
        self,
        folder: Path,
        count: int,
        grid: Grid,
        own_collagen: float,
        digests: UInt8[Array, "time name byte"] | None = None,
    ) -> None:
        self._grid, self._own_collagen = grid, own_collagen
        shapes = dict.fromkeys(VOLUME, grid.shape) | dict.fromkeys(SURFACE, grid.shape[1:])
        self._files = {name: _SeriesFile(folder / f"{name}.npy", count, shapes[name]) for name in shapes}
        if digests is None:
            self.digests = np.zeros((count, len(shapes), DIGEST_BYTES), np.uint8)
            for file in self._files.values():
                file.create()
        else:
            self.digests = digests
            for column, file in enumerate(self._files.values()):
                file.check(digests[:, column])

    def write(self, i: int, volume: Float[Array, "field z y x"], cover: Float[Array, "cover y x"]) -> None:
        """Keep a state as snapshot `i`, on the disk when this returns. Raises OutputFault."""
        for column, (name, file) in enumerate(self._files.items()):
            self.digests[i, column] = file.write(i, self._derive(name, volume, cover))

    def _derive(self, name: str, volume: Array, cover: Array) -> Array:
        """What is kept of a state under a name, (z, y, x) or (y, x)."""
        if name == "collagen_change":
            # Fat has septa and no dermis: what is said of it would mean little.
            dermis = np.isin(self._grid.layer, _DERMIS)[:, None, None]
            collagen = volume[_AT["collagen_i"]] + volume[_AT["collagen_iii"]]
            return PERCENT * (collagen / self._own_collagen - 1) * dermis
        if name == "alignment":
            return np.hypot(volume[_AT["along"]], volume[_AT["across"]])
        if name == "epidermis":
            return cover[STRATA] * cover[EPIDERMIS]
        return cover[BARE] if name == "bare" else volume[_AT[name]]

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
                variables[name] = (dims, self._files[name].open(), {"units": unit, "long_name": text})
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


class _SeriesFile:
    """A .npy file of an array (time, ...) in single precision, written by time.

    It is mapped into memory only to be read: where a disk is full, writing to such memory ends the process.
    """

    def __init__(self, path: Path, count: int, shape: tuple[int, ...]) -> None:
        self._path, self._shape = path, shape
        self._bytes = math.prod(shape) * _KEPT.itemsize  # of one time
        head = io.BytesIO()
        about = {
            "descr": np.lib.format.dtype_to_descr(_KEPT),
            "fortran_order": False,
            "shape": (count, *shape),
        }
        np.lib.format.write_array_header_1_0(head, about)
        self._head = head.getvalue()
        self._size = len(self._head) + count * self._bytes

    def create(self) -> None:
        """Make the file anew, without times."""
        with telling_faults(self._path), self._path.open("wb") as file:
            file.write(self._head)
            file.truncate(self._size)

    def write(self, i: int, values: Array) -> UInt8[Array, " byte"]:
        """Put the values of time `i` there, on the disk when this returns; their digest."""
        data = np.asarray(values, _KEPT).tobytes()
        with telling_faults(self._path), self._path.open("rb+") as file:
            file.seek(len(self._head) + i * self._bytes)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return np.frombuffer(digest_bytes(data), np.uint8)

    def check(self, digests: UInt8[Array, "time byte"]) -> None:
        """Raise DamagedRun unless the file holds what has these digests, at the times that have any."""
        try:
            with self._path.open("rb") as file:
                whole = self._path.stat().st_size == self._size and file.read(len(self._head)) == self._head
                for i in np.flatnonzero(digests.any(axis=1)) if whole else ():
                    file.seek(len(self._head) + int(i) * self._bytes)
                    whole = whole and digest_bytes(file.read(self._bytes)) == digests[i].tobytes()
        except FileNotFoundError as error:
            raise DamagedRun("damaged_missing", path=self._path) from error
        except OSError as error:
            raise DamagedRun("damaged_content", path=self._path) from error
        if not whole:
            raise DamagedRun("damaged_content", path=self._path)

    def open(self) -> Array:
        """The array, (time, ...), read from the disk as it is needed."""
        return np.lib.format.open_memmap(self._path, "r")
