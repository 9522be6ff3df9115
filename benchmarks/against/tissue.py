"""What the engines of the tissue cost, against goals: bytes, half a year of a block and of draws, growth, first run.

    python benchmarks/against/tissue.py [--quick]

A step of a skin block is set against bytes at the speed of a copy of a large array on all cores in the same run, in
copies of the volume (every field of every voxel once). A pass for each operation would move, of f fields,

    2     the first stage reads the state and leaves k1
    3     the state ahead: reads the state and k1 and is written
    3     the second stage reads it and k1 and leaves k2
    4     the new state and the error: reads the state, k1 and k2 and is written
    8/f   of the moving fields out of all f: in each stage one pass along x and y and one along z, read and written

with five moving of 17 fields some 14. What `block_kernels` has to move are five: only what moves has its stages kept.

    2 m + 1    the first stage reads the m that move and the clot, and leaves k1
    3 m        the solution along z reads k1 and the state, and leaves the state ahead
    2 f + m    the second stage reads both, and leaves k2 and the new state of what does not move
    4 m        the solution along z and the error read the state, the state ahead and k2, and leave the new state

Runs that are measured for memory or for a first time are processes of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np
from numba import njit, prange

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Tissue, wound_of_holes
from hudnal.tissue import biology as bio
from hudnal.tissue.block_engine import BlockEngine
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.grid import make_block_grid
from hudnal.tissue.healing import fields_at_rest
from hudnal.tissue.step_control import TOLERANCE
from hudnal.tissue.wound import apply_wound, closing_hours_in_block, share_in_block

HALF_YEAR = 26 * 168.0  # h
SIDE, VOXEL, HOLES = 4.0, 0.025, 12.5  # mm, mm, 1/mm2: 200 of them
DRAWS = 64
REPEATS = 3


def needled(side: float) -> BlockEngine:
    """A skin block of a cheek just after needling, in single precision."""
    draws = Draws(1, 1)
    skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    grid = make_block_grid(skin, draws, (side, side), VOXEL)
    dermis, epidermis = bio.healthy_state(skin, draws)
    volume = np.empty((len(bio.FIELDS), *grid.shape), np.float32)
    volume[...] = fields_at_rest(dermis, grid)[0][:, :, None, None]
    cover = np.empty((len(bio.COVER), *grid.shape[1:]), np.float32)
    cover[...] = epidermis[0][:, None, None]
    rng = np.random.default_rng(0)
    count = max(round(HOLES * side * side), 1)
    x, y = rng.uniform(0, side, (2, count))
    width, depth = rng.uniform(0.1, 0.2, count), rng.uniform(0.4, 1.2, count)
    density = np.array([HOLES])
    wound = wound_of_holes(density, width, depth, skin, draws, np.zeros(count, int), (x, y, side))
    (columns,) = wound.columns
    share = share_in_block(columns, grid)
    apply_wound(volume[None], [(columns, share[None])], wound, np.zeros((1, grid.shape[0])), grid)
    front = Tissue.of(skin, draws).front
    opened = closing_hours_in_block(columns, grid, float(front.lag[0]), float(front.speed[0]))
    cover[bio.BARE] = np.maximum(cover[bio.BARE], opened)
    cover[bio.STRATA] *= 1 - columns.removed[0] * share[0]
    couplings = Couplings.of(grid, bio.diffusion_of(draws), bio.layer_factors_of(draws))
    return BlockEngine(volume, cover, bio.rates_of(skin, draws)[0], couplings)


def cells(count: int) -> Tissue:
    """The cells of one hole of this many draws, just after needling."""
    draws = Draws(count, 1)
    skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    one = np.ones(count)
    return Tissue.of(skin, draws).add_wound(wound_of_holes(6.5 * one, 0.15 * one, one, skin, draws))


def shortest(work: Callable[[], object], repeats: int = REPEATS) -> float:
    times = []
    for _ in range(repeats):
        before = time.perf_counter()
        work()
        times.append(time.perf_counter() - before)
    return min(times)


@njit(parallel=True)
def _copy(into, values):
    for i in prange(into.shape[0]):
        into[i] = values[i]


def bandwidth() -> float:
    """Bytes a second, read and written, of copying 512 MB."""
    values = np.ones((512, 2**18), np.float32)
    into = np.empty_like(values)
    _copy(into, values)
    return 2 * values.nbytes / shortest(lambda: _copy(into, values), 9)


def copies() -> float:
    """Of the volume that a step moves with a pass for each operation, as counted above."""
    return 2 + 3 + 3 + 4 + 8 * bio.MOVING / len(bio.FIELDS)


def fewest_copies() -> float:
    """Of the volume that the engine's step has to move, as counted above."""
    return 2 + (10 * bio.MOVING + 1) / len(bio.FIELDS)


def a_step(engine: BlockEngine, repeats: int = 5) -> float:
    """Seconds of a step of the same length as the one before, the shortest of a few."""

    def step() -> None:
        engine.step = 0.02
        engine.advance(0.02)

    step()
    return shortest(step, repeats)


# What runs in a process of its own, and prints what it found as JSON.


def half_a_year_of_a_block() -> dict[str, float]:
    before = time.perf_counter()
    engine, passed = needled(SIDE), 0.0
    made = time.perf_counter()
    while passed < HALF_YEAR:
        passed += engine.advance(HALF_YEAR - passed)
    return {
        "make_s": made - before,
        "run_s": time.perf_counter() - made,
        "steps": engine.steps,
        "rejected": engine.rejected,
        "finite": bool(np.isfinite(engine.volume).all()),
        "voxels": float(engine.volume[0].size),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def first_cells() -> dict[str, float]:
    _ = cells(4).advance(24.0).volume  # nothing is computed before somebody asks
    return {}


def first_block() -> dict[str, float]:
    needled(0.4).advance(0.01)
    return {}


ALONE = {f.__name__: f for f in (half_a_year_of_a_block, first_cells, first_block)}


def alone(name: str, **environment: str) -> tuple[float, dict[str, float]]:
    """Seconds of a process that does it, and what it found."""
    before = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, "--alone", name],
        env={**os.environ, **environment}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return time.perf_counter() - before, json.loads(done.stdout)


def row(what: str, found: str, goal: str = "", met: bool | None = None) -> None:
    print(
        f"{what:52s} {found:>14s}   {goal:16s} {'' if met is None else 'met' if met else 'MISSED'}",
        flush=True,
    )


def speed_of_a_step() -> None:
    engine = needled(SIDE)
    seconds, speed = a_step(engine), bandwidth()
    moved = copies() * engine.volume.nbytes
    times = seconds * speed / moved
    row("a copy of 512 MB moves", f"{speed / 1e9:.1f} GB/s")
    row(f"a pass for each operation moves ({copies():.1f} copies of the volume)", f"{moved / 1e9:.2f} GB")
    least = fewest_copies() * engine.volume.nbytes
    row(f"the engine has to move ({fewest_copies():.1f} copies)", f"{least / 1e9:.2f} GB")
    row("a step takes", f"{1e3 * seconds:.0f} ms")
    row("against the former at that speed", f"{times:.1f} times", "at most 2", times <= 2)
    row("against the latter", f"{seconds * speed / least:.1f} times")


def first_runs() -> None:
    for name, what in (("first_cells", "of holes' cells"), ("first_block", "of a skin block")):
        with tempfile.TemporaryDirectory() as cache:
            first, _ = alone(name, NUMBA_CACHE_DIR=cache)
            again, _ = alone(name, NUMBA_CACHE_DIR=cache)
        row(f"first run {what}, nothing compiled", f"{first:.1f} s", "less than 30 s", first < 30)
        row(f"second run {what}", f"{again:.1f} s")


def growth(quick: bool) -> None:
    print("\nwith the voxels of a skin block                a step ms    ns a voxel and step")
    for side in (0.4, 0.8, 1.6, 4.0):
        engine = needled(side)
        seconds, voxels = a_step(engine, 15 if side < 2 else 5), engine.volume[0].size
        print(
            f"  {voxels:10d}                            {1e3 * seconds:10.2f}   {1e9 * seconds / voxels:10.0f}",
            flush=True,
        )
    print("with the draws of a healing cell            26 weeks s   ms a draw")
    for count in (8, 16, 64, 200) if quick else (8, 16, 64, 200, 800):
        tissue = cells(count)
        _ = tissue.advance(1.0).volume
        seconds = shortest(lambda t=tissue: t.advance(HALF_YEAR).volume, 2 if count > 100 else 4)
        print(
            f"  {count:10d}                            {seconds:10.2f}   {1e3 * seconds / count:10.1f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="without the most draws")
    parser.add_argument("--alone", choices=ALONE, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.alone:
        print(json.dumps(ALONE[chosen.alone]()))
        return
    print(f"{os.cpu_count()} cores, tolerance {TOLERANCE:g}")
    # Before anything large is made here: a process starts with its parent's peak memory as its own.
    _, found = alone("half_a_year_of_a_block")
    what = f"block {SIDE:g} x {SIDE:g} mm, {found['voxels'] / 1e6:.2f} M voxels, 26 weeks"
    row(what, f"{found['run_s']:.1f} s", "less than 60 s", found["run_s"] < 60)
    row("  steps, taken again", f"{found['steps']}, {found['rejected']}")
    row("  peak memory", f"{found['mb']:.0f} MB", "less than 1500 MB", found["mb"] < 1500)
    speed_of_a_step()
    tissue = cells(DRAWS)
    _ = tissue.advance(1.0).volume
    seconds = shortest(lambda: tissue.advance(HALF_YEAR).volume)
    row(f"{DRAWS} draws of a healing cell, 26 weeks", f"{seconds:.2f} s", "less than 3 s", seconds < 3)
    first_runs()
    growth(chosen.quick)


if __name__ == "__main__":
    main()
