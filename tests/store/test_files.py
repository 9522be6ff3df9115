"""What a run leaves on the disk: all of it or nothing, whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from itertools import product

import pytest
import xarray as xr
from sampling import WHOLE, sample

import hudnal
from hudnal.run.outputs import OURS, write_outputs
from hudnal.store.files import OutputFault, write_json

# Writes a small course into the folder argv[1]; kills itself as hard as can be at the moment argv[2].
KILLED = """
import os, signal, sys
from pathlib import Path
import xarray
import hudnal
from hudnal.run import outputs
from hudnal.store import table

moment, folder = sys.argv[2], Path(sys.argv[1])

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "report":
    Path.write_text = die
elif moment == "netcdf":
    table.Table.write = die
elif moment == "half a netcdf":
    xarray.Dataset.to_netcdf = die  # of the holes, when what stands before them is written
elif moment == "summary":
    outputs.write_json = die
elif moment in ("first rename", "second rename"):
    rename, calls = Path.rename, []
    def counted(self, target):
        if not self.name.endswith(".part") or self.is_dir():
            calls.append(self)
            if len(calls) == (1 if moment == "first rename" else 2):
                die()
        return rename(self, target)
    Path.rename = counted
course = hudnal.simulate("classic", draws=2, seed=9)
outputs.summarise_places = lambda course, block: {}
outputs.write_outputs(course, folder, "<p>report</p>", "en", {0: course.tabulate_sample_area(0)})
"""


MOMENTS = ("report", "netcdf", "half a netcdf", "summary", "first rename", "second rename")
BEFORE = ("nothing there", "an older run there")


@pytest.fixture(scope="module")
def course():
    return hudnal.simulate("classic", draws=2, seed=1)


def is_whole(folder):
    names = {p.name for p in folder.iterdir()}
    assert names >= set(OURS)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    with xr.open_dataset(folder / "course.nc", engine="h5netcdf") as data:
        assert data.sizes["draw"] == summary["draws"]
        assert data.attrs["seed"] == summary["seed"]
    assert (folder / "report.html").stat().st_size > 0
    return summary


def beside(folder):
    return [p.name for p in folder.parent.iterdir() if p != folder]


def test_three_files_and_nothing_else(course, tmp_path):
    folder = tmp_path / "deep" / "run"
    write_outputs(course, folder, "<p>report</p>", "en")
    assert {p.name for p in folder.iterdir()} == set(OURS)
    is_whole(folder)
    assert beside(folder) == []


def test_an_older_run_is_replaced_whole(course, tmp_path):
    folder = tmp_path / "run"
    write_outputs(course, folder, "<p>old</p>", "en")
    write_outputs(hudnal.simulate("classic", draws=3, seed=1), folder, "<p>new</p>", "en")
    assert is_whole(folder)["draws"] == 3
    assert (folder / "report.html").read_text(encoding="utf-8") == "<p>new</p>"
    assert beside(folder) == []


def test_other_files_in_the_folder_stay(course, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    write_outputs(course, tmp_path, "<p>report</p>", "en")
    is_whole(tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("moment", "before"), sample(product(MOMENTS, BEFORE), 3))
def test_killed_while_writing(course, tmp_path, moment, before):
    folder = tmp_path / "run"
    older = before == "an older run there"
    if older:
        write_outputs(course, folder, "<p>old</p>", "en")
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), moment], check=False)
    if moment == "second rename" and not older:
        assert done.returncode == 0  # there is no second one
        return
    assert done.returncode == -signal.SIGKILL
    if folder.exists():
        assert is_whole(folder)["seed"] == 1
    else:
        assert not older or moment == "second rename"
    # The next run into that place clears up behind the dead one.
    write_outputs(course, folder, "<p>new</p>", "en")
    assert is_whole(folder)["seed"] == 1
    assert beside(folder) == []


def test_an_older_run_that_had_made_way_comes_back_when_the_next_run_fails(course, tmp_path):
    folder = tmp_path / "run"
    write_outputs(course, folder, "<p>old</p>", "en")
    subprocess.run([sys.executable, "-c", KILLED, str(folder), "second rename"], check=False)
    assert not folder.exists()
    subprocess.run([sys.executable, "-c", KILLED, str(folder), "report"], check=False)
    assert is_whole(folder)["seed"] == 1
    assert (folder / "report.html").read_text(encoding="utf-8") == "<p>old</p>"


def test_killed_at_any_moment_of_the_command(tmp_path):
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "hudnal", "run", "home", "-o", str(folder), "--draws", "2", "-q"]
    started = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - started
    for i in range(4) if WHOLE else (2,):
        for file in folder.iterdir() if folder.exists() else ():
            file.unlink()
        if folder.exists():
            folder.rmdir()
        process = subprocess.Popen(command)
        try:
            process.wait(whole * (0.3 + 0.2 * i))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if folder.exists():
            is_whole(folder)
    subprocess.run(command, check=True)
    is_whole(folder)
    assert beside(folder) == []


def test_a_place_that_cannot_be_written(course, tmp_path):
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(OutputFault) as told:
        write_outputs(course, file, "", "en")
    assert told.value.key == "not_a_folder"
    with pytest.raises(OutputFault) as told:
        write_outputs(course, file / "below", "", "en")
    assert told.value.key == "cannot_write"
    assert file.read_text(encoding="utf-8") == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written(course, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputFault):
        write_outputs(course, tmp_path / "run", "", "en")


def test_a_file_that_cannot_be_json_leaves_the_old_one(tmp_path):
    path = tmp_path / "x.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError):
        write_json(path, {"a": float("nan")})
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": 1}
    assert beside(path) == []


def test_the_dataset_has_draws_units_and_long_names(course, tmp_path):
    path = tmp_path / "course.nc"
    course.to_netcdf(path, holes=True)
    with xr.open_dataset(path, engine="h5netcdf") as data:
        assert data.sizes["draw"] == 2
        for name in data.data_vars:
            assert data[name].attrs["units"], name
            assert data[name].attrs["long_name"], name
        assert "informs" in data.attrs["notice"]
        assert data["collagen_change"].dims == ("time", "draw")
        assert data["quantity_tip_depth"].dims == ("draw",)
    with xr.open_dataset(path, engine="h5netcdf", group="holes") as patch:
        assert patch.sizes["hole"] > 50
        assert {"x", "y", "tip_depth", "channel_depth", "width", "slit", "slant", "bled"} <= set(
            patch.data_vars
        )
        assert (patch["channel_depth"] <= patch["tip_depth"] + 1e-12).all()
        for name in patch.data_vars:
            assert patch[name].attrs.get("units") or patch[name].attrs.get("long_name"), name
