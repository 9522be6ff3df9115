"""Tables as NetCDF-4 files: what one writes, any reader of NetCDF finds."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import xarray as xr

from hudnal.store.table import Table


@pytest.fixture
def table():
    return Table(
        variables={
            "depth": (("moment", "draw"), np.array([[1.0, np.nan, 3.0], [4.0, 5.0, 6.0]]), {"units": "mm"}),
            "profile": (("draw", "level"), np.arange(12, dtype=np.float32).reshape(3, 4), {"units": "ug/mL"}),
            "pain": (("stroke", "draw"), np.zeros((0, 3)), {"units": "1", "long_name": "pain, 0–10"}),
            "count": (("draw",), np.array([3, 4, 5]), {}),
        },
        coordinates={
            "moment": (("moment",), ["before", "efter"], {}),
            "draw": (("draw",), np.arange(3), {}),
            "stroke": (("stroke",), np.arange(0), {"long_name": "stroke"}),
            "stroke_time": (("stroke",), np.zeros(0), {"units": "h"}),
            "weight": (("draw",), np.ones(3), {"units": "1"}),
        },
        attributes={"title": "Hudnål", "seed": 7},
    )


def test_what_is_written_is_read_again(table, tmp_path):
    table.write(tmp_path / "x.nc")
    with xr.open_dataset(tmp_path / "x.nc", engine="h5netcdf") as read:
        xr.testing.assert_identical(read.load(), table.to_dataset())


def test_like_a_file_of_the_general_library(table, tmp_path):
    table.write(tmp_path / "ours.nc")
    table.to_dataset().to_netcdf(tmp_path / "theirs.nc", engine="h5netcdf")
    with h5py.File(tmp_path / "ours.nc") as ours, h5py.File(tmp_path / "theirs.nc") as theirs:
        assert set(ours) == set(theirs)
        for name in theirs:
            one, other = ours[name], theirs[name]
            assert isinstance(one, h5py.Dataset) and isinstance(other, h5py.Dataset)
            assert (one.shape, one.maxshape, one.dtype) == (other.shape, other.maxshape, other.dtype), name
            # Libraries leave this mark, which only dimensions need, on some variables and not on others.
            assert set(one.attrs) - {"_Netcdf4Dimid"} == set(other.attrs) - {"_Netcdf4Dimid"}, name
            assert [d[0].name for d in one.dims if len(d)] == [d[0].name for d in other.dims if len(d)], name
            for said in ("units", "long_name", "coordinates", "CLASS", "NAME"):
                assert one.attrs.get(said) == other.attrs.get(said), (name, said)


def test_groups_can_be_added(table, tmp_path):
    table.write(tmp_path / "x.nc")
    beside = xr.Dataset({"x": ("hole", [1.0, 2.0])})
    beside.to_netcdf(tmp_path / "x.nc", engine="h5netcdf", group="holes", mode="a")
    with xr.open_dataset(tmp_path / "x.nc", engine="h5netcdf", group="holes") as read:
        xr.testing.assert_identical(read.load(), beside)
    with xr.open_dataset(tmp_path / "x.nc", engine="h5netcdf") as read:
        xr.testing.assert_identical(read.load(), table.to_dataset())
