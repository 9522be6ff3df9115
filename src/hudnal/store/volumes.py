"""The block of skin for other programs: Zarr, and a series of VTK image files for ParaView."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

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


def choose_writer(name: str, patch: xr.Dataset) -> Callable[[Path], None]:
    """What writes `patch` to a path in one of FORMATS."""
    return {"zarr": _zarr, "vti": _vti}[name](patch)


def _zarr(patch: xr.Dataset) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        chunks = {name: (1, *v.shape[1:]) for name, v in patch.data_vars.items() if "time" in v.dims}
        patch.to_zarr(
            path, mode="w", consolidated=False, encoding={name: {"chunks": c} for name, c in chunks.items()}
        )

    return write


def _vti(patch: xr.Dataset) -> Callable[[Path], None]:
    """A folder of .vti files, one a look, and a .pvd file that gives them their times in hours."""

    def write(path: Path) -> None:
        from pyevtk.hl import imageToVTK
        from pyevtk.vtk import VtkGroup

        path.mkdir()
        even, depth = _even_depth(patch)
        x, y = patch["x"].values, patch["y"].values
        step = float(x[1] - x[0]), float(y[1] - y[0]), depth
        group = VtkGroup(str(path / "patch"))
        volumes = [n for n, v in patch.data_vars.items() if v.dims == ("time", "z", "y", "x")]
        for i, time in enumerate(patch["time"].values):
            fields = {str(n): _turned(patch[n][i].values[even]) for n in volumes}
            fields["hole"] = _turned(patch["hole"].values[even])
            name = f"patch-{i:03d}"
            # Depth runs downwards: the surface lies at 0 and the block below it.
            imageToVTK(str(path / name), (0.0, 0.0, -depth * even.size), step, cellData=fields)
            group.addFile(str(path / f"{name}.vti"), float(time))
        group.save()

    return write


def _even_depth(patch: xr.Dataset) -> tuple[np.ndarray, float]:
    """Which depth cell each of an even series of cells lies in, (n,), and their thickness in mm."""
    edges = patch["z_edge"].values
    depth = float(patch["x"].values[1] - patch["x"].values[0])
    middle = np.arange(depth / 2, edges[-1], depth)
    return np.searchsorted(edges, middle, side="right") - 1, depth


def _turned(values: np.ndarray) -> np.ndarray:
    """(z, y, x) downwards as (x, y, z) upwards, in the order that VTK wants."""
    return np.asfortranarray(values[::-1].transpose(2, 1, 0), dtype=np.float32)
