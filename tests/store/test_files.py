"""What a run leaves on the disk: all of it or nothing, whatever happens."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import xarray as xr
from sampling import sample

import hudnal
from hudnal.run.outputs import OURS, write_outputs
from hudnal.store.files import OutputFault, write_folder, write_json


@pytest.fixture(scope="module")
def course():
    return hudnal.simulate("classic", draws=2, seed=1)


def write_text(folder, text):
    write_folder(folder, {"summary.json": lambda path: path.write_text(text, encoding="utf-8")})


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


def test_an_older_run_stays_when_the_next_fails(course, tmp_path):
    folder = tmp_path / "run"
    write_outputs(course, folder, "<p>old</p>", "en")
    whole = {p.name: p.read_bytes() for p in folder.iterdir()}

    def fail(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputFault, match="No space left"):
        write_folder(folder, {"report.html": lambda p: p.write_text("new", encoding="utf-8"), "x": fail})
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == whole
    assert beside(folder) == []


def test_a_link_stays_and_its_folder_gets_the_run(tmp_path):
    (tmp_path / "link").symlink_to("real")  # dangles at first
    for text in ("first", "second"):
        write_text(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "summary.json").read_text(encoding="utf-8") == text
    assert {p.name for p in tmp_path.iterdir()} == {"link", "real"}


@pytest.mark.parametrize("older", [False, True])
def test_the_current_folder_stays_where_it_is(tmp_path, monkeypatch, older):
    monkeypatch.chdir(tmp_path)
    if older:
        write_text(tmp_path, "old")
    number = tmp_path.stat().st_ino
    write_text(Path(), "new")
    assert tmp_path.stat().st_ino == number
    assert [p.name for p in tmp_path.iterdir()] == ["summary.json"]
    assert Path("summary.json").read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize(
    ("name", "key"), [("/", "no_name"), ("x" * 300, "cannot_write"), ("loop", "cannot_write")]
)
def test_what_can_be_no_folder_is_told(tmp_path, monkeypatch, name, key):
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    with pytest.raises(OutputFault) as told:
        write_text(Path(name), "x")
    assert told.value.key == key
    assert len(told.value.lines()) == 1


def test_a_name_as_long_as_can_be(tmp_path):
    write_text(tmp_path / ("å" * 127), "x")
    write_json(tmp_path / ("y" * 255), {})
    assert len(list(tmp_path.iterdir())) == 2


def test_what_the_same_process_left_is_swept(tmp_path):
    for name in (f".run.{os.getpid()}.part", ".run.0123abcd.part"):
        (tmp_path / name).mkdir()
    (tmp_path / ".run.other.part").touch()  # no folder: not ours
    write_text(tmp_path / "run", "x")
    assert {p.name for p in tmp_path.iterdir()} == {"run", ".run.other.part"}


def test_a_set_that_had_begun_to_take_its_place_goes_on_to_do_so(tmp_path):
    write_text(tmp_path, "old")
    whole = tmp_path / ".hudnal.0123abcd.whole"
    for name in (".last", ".old"):
        (whole / name).mkdir(parents=True)
    (whole / ".last" / "summary.json").write_text("new", encoding="utf-8")
    with pytest.raises(OutputFault):
        write_folder(tmp_path, {"summary.json": lambda p: (p / "below").mkdir()})
    assert (tmp_path / "summary.json").read_text(encoding="utf-8") == "new"
    assert {p.name for p in tmp_path.iterdir()} == {"summary.json"}


def test_one_writes_after_the_other(tmp_path):
    """Two threads are to the lock what two processes are."""
    seen, last = [], threading.Lock()

    def write(path, text):
        with last:
            seen.append(sorted(p.name for p in tmp_path.glob(".run.*.part")))
            path.write_text(text, encoding="utf-8")

    threads = [
        threading.Thread(
            target=write_folder, args=(tmp_path / "run", dict.fromkeys("ab", lambda p, i=i: write(p, str(i))))
        )
        for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {len(staged) for staged in seen} <= {0, 1}, "one at a time"
    assert len({(tmp_path / "run" / name).read_text(encoding="utf-8") for name in "ab"}) == 1
    assert beside(tmp_path / "run") == []


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_json(pipe, {"a": 1})
    assert json.loads(os.read(reader, 100)) == {"a": 1}
    os.close(reader)
    assert pipe.is_fifo()


def test_a_file_through_a_link(tmp_path):
    (tmp_path / "link").symlink_to("real.json")
    for _ in range(2):
        write_json(tmp_path / "link", {"a": 1})
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real.json").is_file()


# Leaves NetCDF on a disk that holds no more than argv[2] bytes of a file.
FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from hudnal.store.files import OutputFault, write_folder, write_netcdf
from hudnal.store.table import Table

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
noise = np.random.default_rng(1).random((20, 5000))
table = Table({f"a{i}": (("x",), row, {}) for i, row in enumerate(noise)}, {}, {})
try:
    write_folder(Path(sys.argv[1]), {"course.nc": lambda p: write_netcdf(p, table, {})})
except OutputFault as fault:
    print(fault.key)
"""


@pytest.mark.parametrize("room", sample((100, 3_000, 100_000, 700_000), 2))
def test_a_disk_that_is_full_while_netcdf_is_written(tmp_path, room):
    """HDF5 would take the process down with it, at its end if not at once."""
    words = [sys.executable, "-c", FULL, str(tmp_path / "run"), str(room)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "cannot_write\n", "")
    assert list(tmp_path.iterdir()) == []


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


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a place where nobody can make a folder")
def test_the_folder_that_is_missing_is_named():
    with pytest.raises(OutputFault) as told:
        write_text(Path("/proc/none/deeper/run"), "x")
    assert told.value.key == "no_folder"
    assert "there is no folder /proc/none," in told.value.text()


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
