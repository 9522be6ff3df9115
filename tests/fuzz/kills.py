"""Processes that are killed: what lies on the disk is whole, and the next one goes on to the same bits."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from hashlib import blake2b
from pathlib import Path

import xarray as xr
from findings import Findings

NAME = "kills"
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
OURS = ("report.html", "course.nc", "summary.json")
RUN = ("run", "home", "--draws", "2", "-q")
BLOCK = (*RUN, "--side", "0.3", "--voxel", "50", "--device", "cpu", "--times", "0 h, 1 day, 1 week")
POINTS = Path(__file__).with_name("crash_points.py")
_ALL_POINTS = 1200.0  # s that it takes to try every one of them, at most


def search(seed: int, seconds: float) -> Findings:
    """Every crash point of every writer if there is time for them (some ten minutes), then runs killed until it is over."""
    end = time.monotonic() + seconds
    findings, chance = Findings(), random.Random(seed)
    add_crash_points(findings, max(round(_ALL_POINTS / seconds), 1))
    while time.monotonic() < end:
        kill_runs(findings, chance, 4)
        kill_blocks(findings, chance, 1)
    return findings


def add_crash_points(findings: Findings, share: int) -> None:
    """Try every `share`-th crash point."""
    done = subprocess.run(
        [sys.executable, str(POINTS), str(share)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        findings.faults.append(f"crash_points.py ends with {done.returncode}: {done.stderr[-300:]}")
        return
    told = json.loads(done.stdout)
    for kind, number in told["tried"].items():
        findings.tried[kind] = findings.tried.get(kind, 0) + number
    findings.faults += told["faults"]


def kill_runs(findings: Findings, chance: random.Random, count: int) -> None:
    """Kill plain runs at moments that differ, into a folder with an older run or without; run again."""
    with tempfile.TemporaryDirectory() as room:
        expected, span = run_whole(Path(room, "whole"), RUN)
        for _ in range(count):
            folder = Path(room, f"run-{findings.tried.get('runs killed', 0)}")
            older = chance.random() < 1 / 2
            if older:
                run_whole(folder, (*RUN, "--seed", "2"))
            how, moment = chance.choice(SIGNALS), chance.uniform(0, span)
            kill(folder, RUN, how, moment)
            findings.tried["runs killed"] = findings.tried.get("runs killed", 0) + 1
            about = (
                f"hudnal {' '.join(RUN)} -o X, {'older run there, ' * older}{how.name} after {moment:.3f} s"
            )
            if folder.exists() and (wrong := find_wrong(folder)):
                findings.faults.append(f"{about}: {wrong}")
            if older and not folder.exists():
                findings.faults.append(f"{about}: the older run is gone")
            if run_whole(folder, RUN)[0] != expected:
                findings.faults.append(f"{about}: the next run is another")
            if left := list_left(folder):
                findings.faults.append(f"{about}: the next run leaves {left}")


def kill_blocks(findings: Findings, chance: random.Random, count: int) -> None:
    """Kill runs with a skin block, and what goes on with them, until one comes to its end."""
    with tempfile.TemporaryDirectory() as room:
        expected, span = run_whole(Path(room, "whole"), BLOCK)
        for i in range(count):
            folder, words, about = Path(room, f"run-{i}"), BLOCK, f"hudnal {' '.join(BLOCK)} -o X"
            for _ in range(3):
                how, moment = chance.choice(SIGNALS), chance.uniform(span / 4, span)
                kill(folder, words, how, moment)
                about += f", {how.name} after {moment:.3f} s"
                findings.tried["runs with a block killed"] = (
                    findings.tried.get("runs with a block killed", 0) + 1
                )
                if folder.exists():
                    break
                # Killed before it had begun to keep anything, it begins anew.
                begun = (unfinished_of(folder) / "order.json").is_file()
                words = ("run", "--resume", str(folder), "-q") if begun else BLOCK
            if not folder.exists():
                done = subprocess.run(command(folder, words), capture_output=True, text=True, check=False)
                if done.returncode:
                    findings.faults.append(f"{about}: then rc {done.returncode}, {done.stderr[-300:]}")
                    continue
            if (wrong := find_wrong(folder)) or digest_run(folder) != expected:
                findings.faults.append(f"{about}: {wrong or 'other bits'}")


def command(folder: Path, words: tuple[str, ...]) -> list[str]:
    out = [] if "--resume" in words else ["-o", str(folder)]
    return [sys.executable, "-m", "hudnal", *words, *out]


def run_whole(folder: Path, words: tuple[str, ...]) -> tuple[str, float]:
    """The digest of what a run leaves, and its seconds."""
    started = time.monotonic()
    subprocess.run(command(folder, words), check=True, capture_output=True)
    return digest_run(folder), time.monotonic() - started


def kill(folder: Path, words: tuple[str, ...], how: signal.Signals, moment: float) -> None:
    """Start a run and send it a signal after so many seconds, if it has not ended."""
    process = subprocess.Popen(
        command(folder, words), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(how)
        process.wait()


def digest_run(folder: Path) -> str:
    """A digest of all that a run found: the numbers, bit by bit, and the summary."""
    digest = blake2b((folder / "summary.json").read_bytes())
    for group in (None, "holes", "patch"):
        try:
            with xr.open_dataset(folder / "course.nc", engine="h5netcdf", group=group) as data:
                for name in sorted(map(str, data.variables)):
                    values = data[name].values
                    digest.update(name.encode() + (str(values.tolist()).encode() if values.dtype.kind in "OUT" else values.tobytes()))  # fmt: skip
        except OSError:  # no such group
            continue
    return digest.hexdigest()


def find_wrong(folder: Path) -> str:
    """What is wrong with a folder that a killed run left, or nothing: half a set must not bear the mark of a whole."""
    names = {p.name for p in folder.iterdir()}
    if "summary.json" not in names:
        return ""  # killed between two names
    if missing := set(OURS) - names:
        return f"{missing} missing"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    with xr.open_dataset(folder / "course.nc", engine="h5netcdf") as data:
        return "" if data.attrs["seed"] == summary["seed"] else "files of two runs"


def list_left(folder: Path) -> list[str]:
    """What lies in and beside a run's folder that is ours and no result."""
    inside = [p.name for p in folder.iterdir() if p.name not in OURS]
    return inside + [p.name for p in folder.parent.iterdir() if p.name.startswith(f".{folder.name}.")]


def unfinished_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.unfinished")


if __name__ == "__main__":
    os.environ.setdefault("HUDNAL_THREADS", "1")
    print(search(int(sys.argv[1]), float(sys.argv[2])))
