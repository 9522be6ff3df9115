"""Snapshots on the disk: what was written is there again, and what was not written is never taken for it."""

from __future__ import annotations

import resource
import signal

import numpy as np
import pytest

from hudnal.store.checks import DamagedRun
from hudnal.store.files import OutputFault
from hudnal.tissue.biology import COVER, FIELDS
from hudnal.tissue.grid import make_block_grid
from hudnal.tissue.snapshots import Snapshots

SIDE, VOXEL, SLABS, COUNT = 0.3, 0.1, (1, 1, 2, 1), 3


@pytest.fixture
def grid(cheek, draws):
    return make_block_grid(cheek, draws, (SIDE, SIDE), VOXEL, SLABS)


@pytest.fixture
def state(grid):
    rng = np.random.default_rng(1)
    return rng.random((len(FIELDS), *grid.shape)), rng.random((len(COVER), *grid.shape[1:]))


@pytest.fixture
def written(tmp_path, grid, state):
    """The digests of two of three times."""
    snapshots = Snapshots(tmp_path, COUNT, grid, 1.0)
    for i in range(COUNT - 1):
        snapshots.write(i, *(values + i for values in state))
    return snapshots.digests


def test_what_was_written_is_there_when_it_is_gone_on_with(tmp_path, grid, state, written):
    snapshots = Snapshots(tmp_path, COUNT, grid, 1.0, written)
    snapshots.write(2, *state)
    found = snapshots.make_dataset((0.0, 1.0, 2.0), np.zeros(grid.shape), {})
    signals = found["signal"].values
    assert np.array_equal(signals[0], signals[2])
    assert np.allclose(signals[1], signals[0] + 1)


@pytest.mark.parametrize("name", ["signal", "bare"])
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "head", "first", "second"])
def test_a_file_that_is_not_what_was_written_is_told(tmp_path, grid, written, name, damage):
    path = tmp_path / f"{name}.npy"
    data = bytearray(path.read_bytes())
    size = (len(data) - 128) // COUNT
    if damage == "gone":
        path.unlink()
    elif damage in ("empty", "cut"):
        path.write_bytes(data[: 0 if damage == "empty" else len(data) - size])
    else:
        data[{"head": 100, "first": 128, "second": 128 + size}[damage]] ^= 1
        path.write_bytes(data)
    with pytest.raises(DamagedRun) as told:
        Snapshots(tmp_path, COUNT, grid, 1.0, written)
    assert told.value.key == ("damaged_missing" if damage == "gone" else "damaged_content")
    assert str(path) in str(told.value)


def test_what_nobody_relies_on_may_be_anything(tmp_path, grid, written):
    path = tmp_path / "signal.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    Snapshots(tmp_path, COUNT, grid, 1.0, written)


def test_a_full_disk_is_told(tmp_path, grid, state):
    """A mapped file would end the process here."""
    snapshots = Snapshots(tmp_path, COUNT, grid, 1.0)
    most, old = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, most[1]))
    try:
        with pytest.raises(OutputFault) as told:
            snapshots.write(0, *state)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
        signal.signal(signal.SIGXFSZ, old)
    assert told.value.key == "cannot_write"
