"""The skin block for other programs: Zarr, and a series of VTK image files for ParaView."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hudnal.arrays import Array, Float, Int
from hudnal.store.files import OutputFault

if TYPE_CHECKING:
    import xarray as xr

_PACKAGES = {"zarr": "zarr", "vti": "pyevtk"}
FORMATS = tuple(_PACKAGES)


def check_formats(formats: tuple[str, ...]) -> None:
    """Raise OutputFault for a format whose package is not there, before anything runs."""
    for name in formats:
        if find_spec(_PACKAGES[name]) is None:
            raise OutputFault("missing_extra", value=name, package=_PACKAGES[name])


def choose_writer(name: str, skin_block: xr.Dataset) -> Callable[[Path], None]:
    """A function that writes a skin block to a path, in one of FORMATS. Raises KeyError for another format."""
    return {"zarr": _write_zarr, "vti": _write_vti}[name](skin_block)


def _write_zarr(skin_block: xr.Dataset) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        chunks = {name: (1, *v.shape[1:]) for name, v in skin_block.data_vars.items() if "time" in v.dims}
        skin_block.to_zarr(
            path, mode="w", consolidated=False, encoding={name: {"chunks": c} for name, c in chunks.items()}
        )

    return write


def _write_vti(skin_block: xr.Dataset) -> Callable[[Path], None]:
    """A folder of .vti files, one a snapshot, and a .pvd file that gives them their times in hours."""

    def write(path: Path) -> None:
        from pyevtk.hl import imageToVTK
        from pyevtk.vtk import VtkGroup

        path.mkdir()
        even, depth = _find_even_depth(skin_block)
        x, y = skin_block["x"].values, skin_block["y"].values
        step = float(x[1] - x[0]), float(y[1] - y[0]), depth
        group = VtkGroup(str(path / "patch"))
        volumes = [n for n, v in skin_block.data_vars.items() if v.dims == ("time", "z", "y", "x")]
        for i, time in enumerate(skin_block["time"].values):
            fields = {str(n): _turn_upwards(skin_block[n][i].values[even]) for n in volumes}
            fields["hole"] = _turn_upwards(skin_block["hole"].values[even])
            name = f"patch-{i:03d}"
            # Depth runs downwards: the surface lies at 0 and the block below it.
            imageToVTK(str(path / name), (0.0, 0.0, -depth * even.size), step, cellData=fields)
            group.addFile(str(path / f"{name}.vti"), float(time))
        group.save()

    return write


def _find_even_depth(skin_block: xr.Dataset) -> tuple[Int[Array, " cell"], float]:
    """Which depth cell each of an even series of cells lies in, (n,), and their thickness in mm."""
    edges = skin_block["z_edge"].values
    depth = float(skin_block["x"].values[1] - skin_block["x"].values[0])
    middle = np.arange(depth / 2, edges[-1], depth)
    return np.searchsorted(edges, middle, side="right") - 1, depth


def _turn_upwards(values: Float[Array, "z y x"]) -> Float[Array, "x y z"]:
    """(z, y, x) downwards as (x, y, z) upwards, in the order that VTK wants."""
    return np.asfortranarray(values[::-1].transpose(2, 1, 0), dtype=np.float32)
