"""Columns with names, dimensions and units, as a dataset or as a NetCDF-4 file.

The file is written by h5netcdf itself: by way of xarray the hundreds of small columns of a run take twice the time, and
xarray has to be loaded for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

Column = tuple[tuple[str, ...], Any, Mapping[str, str]]  # dimensions, values, attributes

_PACKED = {"compression": "gzip", "compression_opts": 1, "shuffle": True}


@dataclass(frozen=True)
class Table:
    """Variables, the coordinates that they stand over, and what is said of the whole."""

    variables: Mapping[str, Column]
    coordinates: Mapping[str, Column]
    attributes: Mapping[str, str | int]

    def to_dataset(self) -> xr.Dataset:
        """The table as a dataset of xarray."""
        import xarray as xr

        return xr.Dataset(dict(self.variables), coords=dict(self.coordinates), attrs=dict(self.attributes))

    def sizes(self) -> dict[str, int]:
        """The length of each dimension by its name. Raises ValueError where a column does not fit its dimensions."""
        sizes: dict[str, int] = {}
        for dimensions, values, _ in (*self.coordinates.values(), *self.variables.values()):
            sizes |= zip(dimensions, np.shape(values), strict=True)
        return sizes

    def write(self, path: Path) -> None:
        """Write a new NetCDF-4 file at `path`; what is no coordinate is packed."""
        import h5netcdf

        with h5netcdf.File(path, "w") as file:
            file.dimensions = self.sizes()
            for name, column in self.coordinates.items():
                _put_column(file, name, column)
            for name, column in self.variables.items():
                beside = self._list_beside(column[0])
                _put_column(
                    file, name, column, {"coordinates": " ".join(beside)} if beside else {}, **_PACKED
                )
            for name, value in self.attributes.items():
                file.attrs[name] = value

    def _list_beside(self, dimensions: tuple[str, ...]) -> list[str]:
        """Coordinates that are no dimension and that stand over some of these."""
        return sorted(
            name
            for name, column in self.coordinates.items()
            if column[0] != (name,) and set(column[0]) <= set(dimensions)
        )


def _put_column(
    file: Any, name: str, column: Column, more: Mapping[str, str] | None = None, **packing: Any
) -> None:
    import h5py

    dimensions, given, about = column
    values = np.asarray(given)
    kind, blank = values.dtype, np.nan if values.dtype.kind == "f" else None
    if kind.kind == "U":
        kind, values = h5py.string_dtype(), values.astype(object)
    made = file.create_variable(name, dimensions, kind, data=values, fillvalue=blank, **packing)
    for said, text in {**about, **(more or {})}.items():
        made.attrs[said] = text
