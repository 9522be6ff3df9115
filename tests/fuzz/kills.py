"""Processes that are killed: what lies on the disk is whole, and the next one goes on to the same bits."""

from __future__ import annotations

import json
import os
import random
import shutil
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
# A short treatment: many kills fit into an hour, and most of them hit what reads and writes.
TREATMENT = """
session: [wash, {roll: {strokes: 4, force: 5 N}}]
instrument: dermaroller-mf8
course: {follow_up: 2 day}
"""
BLOCK = ("--side", "0.3", "--voxel", "50", "--device", "cpu", "--times", "0 h, 6 h, 1 day, 2 day")


def search(seed: int, seconds: float) -> Findings:
    """Kill runs, and every fourth time one with a block, until the time is over."""
    end = time.monotonic() + seconds
    findings, chance = Findings(), random.Random(seed)
    with tempfile.TemporaryDirectory() as room:
        kills = Kills(Path(room), findings, chance)
        while time.monotonic() < end:
            for _ in range(4):
                kills.kill_run()
            kills.kill_block()
    return findings


class Kills:
    """Runs that are killed in a `room` of their own, and compared with whole ones."""

    def __init__(self, room: Path, findings: Findings, chance: random.Random) -> None:
        self.room, self.findings, self.chance = room, findings, chance
        file = room / "small.yaml"
        file.write_text(TREATMENT, encoding="utf-8")
        self.words = ("run", str(file), "--draws", "2", "-q")
        self.run_digest, self.run_span = run_whole(room / "run", self.words)
        self.block_digest, self.block_span = run_whole(room / "block", (*self.words, *BLOCK))
        run_whole(room / "older", (*self.words, "--seed", "2"))

    def kill_run(self) -> None:
        """Kill a plain run at some moment, into a folder with an older run or without; run again."""
        folder, chance = self.room / "killed", self.chance
        older = chance.random() < 1 / 2
        if older:
            shutil.copytree(self.room / "older", folder)
        how, moment = chance.choice(SIGNALS), chance.uniform(0, self.run_span)
        kill(folder, self.words, how, moment)
        self.findings.tried["runs killed"] += 1
        about = f"a run{', an older one there' * older}, {how.name} after {moment:.3f} s"
        if folder.exists() and (wrong := find_wrong(folder)):
            self._tell(about, wrong)
        if older and not folder.exists():
            self._tell(about, "the older run is gone")
        if run_whole(folder, self.words)[0] != self.run_digest:
            self._tell(about, "the next run is another")
        if left := list_left(folder):
            self._tell(about, f"the next run leaves {left}")
        shutil.rmtree(folder)

    def kill_block(self) -> None:
        """Kill a run with a skin block, and what goes on with it, until one comes to its end."""
        whole = (*self.words, *BLOCK)
        folder, words, about = self.room / "killed block", whole, "a run with a block"
        for _ in range(3):
            how, moment = (
                self.chance.choice(SIGNALS),
                self.chance.uniform(self.block_span / 4, self.block_span),
            )
            kill(folder, words, how, moment)
            about += f", {how.name} after {moment:.3f} s"
            self.findings.tried["runs with a block killed"] += 1
            if folder.exists():
                break
            # Killed before it had begun to keep anything, it begins anew.
            begun = (unfinished_of(folder) / "order.json").is_file()
            words = ("run", "--resume", str(folder), "-q") if begun else whole
        if not folder.exists():
            done = subprocess.run(command(folder, words), capture_output=True, text=True, check=False)
            if done.returncode:
                self._tell(about, f"then rc {done.returncode}, {done.stderr[-300:]}")
                return
        if (wrong := find_wrong(folder)) or digest_run(folder) != self.block_digest:
            self._tell(about, wrong or "other bits")
        shutil.rmtree(folder)

    def _tell(self, about: str, wrong: str) -> None:
        self.findings.faults.append(f"{about}: {wrong}")


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
