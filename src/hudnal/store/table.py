"""Columns with names, dimensions and units, as a dataset or as a NetCDF-4 file.

The file is written by h5netcdf itself: by way of xarray the hundreds of small columns of a run take twice the time, and
xarray has to be loaded for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hudnal.card import Card

if TYPE_CHECKING:
    import xarray as xr

Column = tuple[tuple[str, ...], Any, Mapping[str, str]]  # dimensions, values, attributes

_PACKED = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
_VOLUME = {"z", "y", "x"}  # dimensions of what is packed hard
_VOLUME_PACKED = {"zlib": True, "complevel": 1, "shuffle": True}
_SHOWN = 4  # columns of each kind that are named at a prompt
_BITS = 11  # of 23 behind the point that are kept of a volume: three digits


@dataclass(frozen=True)
class Table:
    """Variables, the coordinates that they stand over, and what is said of the whole."""

    variables: Mapping[str, Column]
    coordinates: Mapping[str, Column]
    attributes: Mapping[str, str | int]

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()

    def _card(self) -> Card:
        """The columns by what they stand over, as many as there is room for, and where they come from."""
        by_dimensions: dict[tuple[str, ...], list[str]] = {}
        for name, (dimensions, _, _) in self.variables.items():
            by_dimensions.setdefault(dimensions, []).append(name)
        rows = [
            (
                f"({', '.join(dimensions)})",
                str(len(names)),
                ", ".join(names[:_SHOWN]) + ", ..." * (len(names) > _SHOWN),
            )
            for dimensions, names in by_dimensions.items()
        ]
        sizes = ", ".join(f"{name} {size}" for name, size in self.sizes().items())
        return Card(f"Table over {sizes}", rows, "to_dataset() makes a dataset of xarray of it")

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

    def write(self, target: Path | BytesIO, groups: Mapping[str, xr.Dataset] | None = None) -> None:
        """Write a new NetCDF-4 file, with `groups` beside its root; what is no coordinate is packed.

        Volumes over (time, z, y, x) are rounded to three digits.
        """
        import h5netcdf

        with h5netcdf.File(target, "w") as file:
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
            for name, group in (groups or {}).items():
                _put_group(file.create_group(name), group)

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


def _put_group(place: Any, group: xr.Dataset) -> None:
    """Put a dataset into a group of an open file."""
    from xarray.backends import H5NetCDFStore

    large = [name for name, values in group.data_vars.items() if set(values.dims) > _VOLUME]
    group.drop_vars(large).dump_to_store(H5NetCDFStore(place))
    for name in large:  # one at a time: memory stays that of one
        single = group[[name]].drop_vars(list(group.coords)).map(_shorten_values)
        single.dump_to_store(H5NetCDFStore(place), encoding={name: _VOLUME_PACKED})


def _shorten_values(values: xr.DataArray) -> xr.DataArray:
    """Single precision rounded to the bits that are kept, so that it packs well."""
    whole = values.values.astype(np.float32).view(np.uint32)
    drop = 23 - _BITS
    rounded = (whole + np.uint32(1 << (drop - 1))) & np.uint32(0xFFFFFFFF << drop & 0xFFFFFFFF)
    return values.copy(data=rounded.view(np.float32))
