"""Unfinished runs that are damaged: each is gone on with to the same bits, or told in a line; nothing is made up."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np
from findings import Findings
from kills import unfinished_of

from hudnal import simulate
from hudnal.language import HudnalError
from hudnal.progress import Progress
from hudnal.run.order import Order, hold_unfinished, place_order, resume_order
from hudnal.run.skin_block import SkinBlockOrder, plan_skin_blocks, run_skin_blocks

NAME = "damage"
TIMES = (0.0, 24.0, 168.0)  # h
# What may be told of a damaged run.
TOLD = {"damaged_missing", "damaged_content", "nothing_to_resume", "other_run"}
BLOCK = SkinBlockOrder(draws=(0, 1), times=TIMES, side=0.2, voxel=0.1, device="cpu")
_JSON = [None, True, -1, 2.5, "x", [], {}, [[1]], {"a": {}}, 10**30]


class Case:
    """A run stopped in its second block, and the digest of one that was not."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.order = place_order("home", draws=2, block=BLOCK)
        self.course = simulate("home", draws=2)
        calls: list[float] = []
        self.expected = self.run(room / "whole", self.order, progress=calls.append)
        # Past the first block and two snapshots of the second.
        last = sum(share < 0.97 for share in calls)

        def stop(share: float) -> None:
            calls.append(share)
            if len(calls) == last:
                raise KeyboardInterrupt

        calls.clear()
        with suppress(KeyboardInterrupt):
            self.run(room / "stopped", self.order, progress=stop)
        self.stopped = unfinished_of(room / "stopped")

    def run(self, folder: Path, order: Order, again: bool = False, progress: Progress | None = None) -> str:
        """Do what a run does to its blocks; the digest of what it found in them."""
        assert order.block is not None
        plans = plan_skin_blocks(self.course, order.block)
        digest = blake2b()
        with hold_unfinished(folder, order, again) as place:
            for block in run_skin_blocks(self.course, plans, place, progress).values():
                for name in block.variables:
                    digest.update(np.ascontiguousarray(block[name].values).tobytes())
        return digest.hexdigest()

    def list_files(self) -> list[Path]:
        """The files of the stopped run, from its folder."""
        return sorted(p.relative_to(self.stopped) for p in self.stopped.rglob("*") if p.is_file())

    def judge(self, damage: Callable[[Path], object]) -> tuple[str, str]:
        """What became of the run when it had been damaged: the key of what was told, or "gone on"; and what is wrong."""
        folder = self.room / "damaged"
        place = unfinished_of(folder)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.stopped, place)
        damage(place)
        try:
            order = resume_order(folder)
            if order != self.order:
                return "gone on", f"another order: {order}"
            digest = self.run(folder, order, again=True)
        except HudnalError as told:
            lines = told.lines()
            return told.key, "" if told.key in TOLD and len(lines) == 1 else f"told {told.key}: {lines}"
        except Exception as error:
            return "traceback", f"{type(error).__name__}: {error}"
        return "gone on", "" if digest == self.expected else "other bits"


def search(seed: int, seconds: float) -> Findings:
    """Damage by chance until the time is over."""
    end, findings, chance = time.monotonic() + seconds, Findings(), random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        case = Case(Path(name))
        while time.monotonic() < end:
            try_damage(case, findings, chance, chance.choice(case.list_files()), chance.choice(list(DAMAGES)))
    return findings


def try_damage(case: Case, findings: Findings, chance: random.Random, file: Path, kind: str) -> str:
    """Damage one file in one way; what became of the run."""
    state = repr(chance.getstate()[1][:2])
    end, wrong = case.judge(lambda place: DAMAGES[kind](place / file, chance))
    tried = f"damaged: {file.name}, {kind}"
    findings.tried[tried] = findings.tried.get(tried, 0) + 1
    if wrong:
        findings.faults.append(f"damage.py: {file}, {kind} ({state}): {wrong}")
    return end


def list_damages(case: Case) -> Iterator[tuple[Path, str]]:
    """Every kind of damage to every file."""
    for file in case.list_files():
        for kind in DAMAGES:
            yield file, kind


def _remove(path: Path, chance: random.Random) -> None:
    path.unlink()


def _empty(path: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def _cut(path: Path, chance: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data))])


def _flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def _flip_early(path: Path, chance: random.Random) -> None:
    """Where headers are."""
    data = bytearray(path.read_bytes())
    data[chance.randrange(min(len(data), 128))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def _lengthen(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.randint(1, 200)))


def _zero(path: Path, chance: random.Random) -> None:
    """As a power cut leaves what was not flushed."""
    data = path.read_bytes()
    start = chance.randrange(len(data))
    path.write_bytes(data[:start] + bytes(len(data) - start))


def _replace_by_folder(path: Path, chance: random.Random) -> None:
    path.unlink()
    path.mkdir()


def _swap(path: Path, chance: random.Random) -> None:
    """The same file of the other block, or any other."""
    others = [p for p in path.parent.parent.rglob("*") if p.is_file() and p != path]
    same = [p for p in others if p.name == path.name]
    path.write_bytes(chance.choice(same or others).read_bytes())


def _change_entry(path: Path, chance: random.Random) -> None:
    """Another value, often of another type, somewhere in a JSON file."""
    if path.suffix != ".json":
        _flip(path, chance)
        return
    content = json.loads(path.read_text(encoding="utf-8"))
    place = content
    while True:
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if isinstance(place[key], (dict, list)) and place[key] and chance.random() < 2 / 3:
            place = place[key]
            continue
        if chance.random() < 1 / 4:
            del place[key]
        else:
            place[key] = chance.choice([v for v in _JSON if v != place[key]])
        break
    path.write_text(json.dumps(content), encoding="utf-8")


def _nest(path: Path, chance: random.Random) -> None:
    path.write_text("[" * 100_000, encoding="utf-8")


DAMAGES: dict[str, Callable[[Path, random.Random], None]] = {
    "gone": _remove,
    "empty": _empty,
    "cut": _cut,
    "a bit flipped": _flip,
    "a bit flipped in its head": _flip_early,
    "lengthened": _lengthen,
    "zeros from somewhere on": _zero,
    "a folder": _replace_by_folder,
    "another file": _swap,
    "an entry changed": _change_entry,
    "nested": _nest,
}
