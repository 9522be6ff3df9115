"""Many runs by the command: in as many processes as are asked for, stopped and gone on with, the same bits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import xarray as xr
import yaml

SMALL = {
    "session": ["wash", {"roll": {"strokes": 2, "directions": [0, 90], "force": "5 N"}}],
    "instrument": "dermaroller-mf8",
    "course": {"follow_up": "1 day"},
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.yaml"
    path.write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    return path


def hudnal(*words):
    return subprocess.run(
        [sys.executable, "-m", "hudnal", *map(str, words)], capture_output=True, text=True, check=False
    )


def test_quantities_alone_are_those_of_a_whole_run(small, tmp_path):
    one, many = tmp_path / "one", tmp_path / "many"
    assert hudnal("run", small, "--draws", 70, "-q", "-o", one).returncode == 0
    done = hudnal("run", small, "--draws", 70, "--keep", "quantities", "--workers", 2, "-o", many)
    assert (done.returncode, done.stderr) == (0, "")
    assert "does not diagnose" in done.stdout
    assert {p.name for p in tmp_path.rglob("*") if p.is_file()} - {"report.html"} == {
        "course.nc",
        "summary.json",
    }
    whole, alone = (json.loads((folder / "summary.json").read_text()) for folder in (one, many))
    assert {name for name in whole if whole[name] != alone.get(name)} == {"series", "scars"}
    with xr.open_dataset(one / "course.nc") as a, xr.open_dataset(many / "course.nc") as b:
        assert {"quantity_hole_density", "time"} <= set(b.variables)
        assert all(a[name].equals(b[name]) for name in b.variables)


def test_stopped_it_goes_on(small, tmp_path):
    """Ctrl-C once something is done: it is kept and said so; the same command comes to the same."""
    words = ["run", small, "--draws", 640, "--keep", "quantities", "--workers", 2, "-o", tmp_path / "r"]
    process = subprocess.Popen(
        [sys.executable, "-m", "hudnal", *map(str, words)], stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    shards = tmp_path / ".r.unfinished" / "shards"
    with process:
        while process.poll() is None and not list(shards.glob("*.nc")):
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        assert process.stderr is not None
        told = process.stderr.read()
    if process.returncode == 130:  # it had not come to its end
        assert (
            told.strip().splitlines()[-1]
            == "Stopped; what is done is kept, and the same command goes on with it."
        )
        assert list(shards.glob("*.nc")) or not shards.exists()  # unless it was stopped while it cleared up
    assert hudnal(*words).returncode == 0
    assert not shards.exists()


@pytest.mark.parametrize(
    "command", [("sweep", "--over", "force=2 N,5 N"), ("compare", "--over", "person.age=30 year,60 year")]
)
def test_varied_in_processes_it_is_the_same(small, tmp_path, command):
    name, *varied = command
    found = []
    for place, sharing in (("here", ()), ("apart", ("--workers", 2))):
        out = tmp_path / place if name == "sweep" else tmp_path / f"{place}.json"
        done = hudnal(name, small, *varied, "--draws", 8, *sharing, "-o", out)
        assert (done.returncode, done.stderr) == (0, "")
        found.append(next(out.glob("*.csv")).read_text() if name == "sweep" else out.read_text())
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--keep", "series"], "'series' is none of quantities."),
        (["run", "--workers", "2"], "share out a run of many draws with --keep quantities"),
        (["run", "--keep", "quantities", "--skin-block"], "leave out the options of the skin block"),
        (["run", "--keep", "quantities", "--cluster", "nowhere"], "no scheduler of Dask answers at nowhere."),
        (["run", "--keep", "quantities", "--draws", "100000", "--max-time", "1 min"], "more than 1 min"),
    ],
)  # fmt: skip
def test_what_cannot_be_shared_out_is_told(words, said, tmp_path):
    done = hudnal(*words, "-o", tmp_path / "r")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
