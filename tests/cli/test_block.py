"""A run with a block of skin: its files, its faults, stopped and gone on with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from hudnal import cli
from hudnal.language import say
from hudnal.run import skin_block as block
from hudnal.run.order import find_unfinished

SMALL = ("--draws", "2", "--side", "0.5", "--voxel", "50", "--device", "cpu")


@pytest.fixture
def hudnal(monkeypatch, capsys):
    """Call the command in this process: (code, out, err)."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["hudnal", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("block") / "run"
    words = (
        "run",
        "classic",
        "-o",
        folder,
        "--times",
        "0 h, 1 day, 4 week",
        "--files",
        "vti",
        "--files",
        "zarr",
    )
    done = subprocess.run(
        [sys.executable, "-m", "hudnal", *map(str, words), *SMALL],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return folder


def patch_of(folder: Path) -> xr.Dataset:
    with xr.open_dataset(folder / "course.nc", engine="h5netcdf", group="patch") as patch:
        return patch.load()


def test_a_block_comes_as_a_group_a_series_for_paraview_and_zarr(whole):
    patch = patch_of(whole)
    assert patch.sizes["time"] == 3
    assert np.allclose(np.diff(patch["time"].values), [24, 648])
    assert patch["signal"].attrs["units"] == "1"
    assert patch["signal"].values.max() > 0.5
    stored = xr.open_zarr(whole / "patch.zarr", consolidated=False)
    assert np.allclose(stored["signal"].values, patch["signal"].values, atol=1e-3)
    series = sorted(p.name for p in (whole / "patch-vti").iterdir())
    assert series == ["patch-000.vti", "patch-001.vti", "patch-002.vti", "patch.pvd"]
    assert "ImageData" in (whole / "patch-vti" / "patch-000.vti").read_bytes()[:400].decode("latin-1")
    with xr.open_dataset(whole / "course.nc", engine="h5netcdf", group="holes") as holes:
        assert holes.attrs["draw"] == patch.attrs["draw"]
    places = json.loads((whole / "summary.json").read_text(encoding="utf-8"))["places"]
    spread = places["collagen_change_places"]
    assert spread["low"] <= spread["median"] <= spread["high"]
    assert not find_unfinished(whole).exists()


def test_the_report_has_the_block_and_no_network(whole):
    page = (whole / "report.html").read_text(encoding="utf-8")
    assert 'id="skin-view"' in page
    assert "The skin in depth" in page
    assert "<script src" not in page and "fetch(" not in page


def test_stopped_a_block_is_gone_on_with_to_the_same_bits(hudnal, monkeypatch, tmp_path, whole):
    folder = tmp_path / "run"
    true, seen = block.run_skin_block, []

    def stopping(tissue, plan, place, progress):
        def stop(share):
            seen.append(share)
            if len(seen) == 60:
                raise KeyboardInterrupt

        return true(tissue, plan, place, stop)

    monkeypatch.setattr(block, "run_skin_block", stopping)
    code, _, err = hudnal("run", "classic", "-o", folder, "--times", "0 h, 1 day, 4 week", *SMALL)
    assert code == 130
    assert err.strip().splitlines() == [
        say("cli.block_too"),
        f"Stopped; go on with: hudnal run --resume {folder}",
    ]
    assert not folder.exists()
    monkeypatch.setattr(block, "run_skin_block", true)
    code, out, _ = hudnal("run", "--resume", folder)
    assert code == 0
    assert str(folder) in out
    first, second = patch_of(whole), patch_of(folder)
    assert all(np.array_equal(first[n].values, second[n].values) for n in first.variables)
    assert not find_unfinished(folder).exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--resume", "nothing"), "no unfinished run"),
        (("--patch", "--device", "tpu"), "none of auto, cpu, gpu"),
        (("--files", "obj"), "none of vti, zarr"),
        (("--times", "soon"), "needs a list such as"),
        (("--draws", "2", "--times", "9 year"), "outside the course"),
        (("--draws", "2", "--patch-draw", "7"), "no draw 7"),
        (("--draws", "2", "--patch", "--side", "20", "--voxel", "5"), "GB of memory"),
    ],
)
def test_faults_are_told_in_a_line(hudnal, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    code, out, err = hudnal("run", "-o", "r", *words)
    assert (code, out) == (2, "")
    assert told in err
    assert len([line for line in err.strip().splitlines() if line != say("cli.block_too")]) == 1
    assert not (tmp_path / "r").exists()


def test_a_gpu_that_is_not_there_is_told(hudnal, tmp_path, monkeypatch):
    from hudnal.tissue import accelerated

    monkeypatch.setattr(accelerated, "has_gpu", lambda: False)
    code, _, err = hudnal("run", "-o", tmp_path / "r", "--patch", "--draws", "2", "--device", "gpu")
    assert code == 2
    assert "no GPU" in err
