"""What half a year of a needled patch costs on an accelerator: seconds, and the share of the memory's speed.

    python benchmarks/device.py [--side 4] [--hours 4368] [--device gpu] [--out DIR]

A patch of side x side mm with voxels of 25 um and 660 holes a cm2 at random is simulated twice in single precision,
with and without compilation, and its step is set against the fewest bytes that it must move. What a step must move, in
copies of the volume (each field of every voxel once):

    2    the first stage reads the state and leaves k1
    3    the second reads the state and k1 and leaves k2
    12/f of the five moving fields out of all f: two times three sweeps, each of which reads and writes them
    2    the error reads k1 and k2; whether the step stands is known only after it
    4    the new state takes the old one, k1 and k2

with 17 fields some 14 copies and a half. The bandwidth that it is held against is that of adding 1 to a large array,
read and written, on the same device in the same run.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import biology as bio
from hudnal.tissue.accelerated import AcceleratedEngine
from hudnal.tissue.block_engine import BlockEngine
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.grid import make_block_grid

VOXEL = 0.025  # mm
HOLES = 6.6  # 1/mm2
RADIUS = 0.07  # mm
DEPTH = (0.4, 1.2)  # mm, even between them
DAY = 24.0  # h


def needled(side: float, dtype: type) -> tuple[np.ndarray, np.ndarray, np.ndarray, Couplings]:
    """State, rates and couplings of a cheek's patch of `side` mm just after needling."""
    draws = Draws(1, 1)
    skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    grid = make_block_grid(skin, draws, (side, side), VOXEL)
    dermis, epidermis = bio.healthy_state(skin, draws)
    volume = np.empty((len(bio.FIELDS), *grid.shape), dtype)
    volume[:] = dermis[0][:, None, None, None]
    volume[bio.FIBROBLASTS : bio.ELASTIN_NEW + 1, : grid.uppermost] = 0
    cover = np.empty((len(bio.COVER), *grid.shape[1:]), dtype)
    cover[:] = epidermis[0][:, None, None]
    hurt = np.zeros(grid.shape, dtype)
    z, middle = grid.z_edges[0], (grid.x_edges[0, 1:] + grid.x_edges[0, :-1]) / 2
    rng = np.random.default_rng(0)
    for _ in range(round(HOLES * side * side)):
        y, x = rng.uniform(0, side, 2)
        rows, columns = (
            slice(*np.searchsorted(middle, (at - RADIUS, at + RADIUS))) for at in (y, x)
        )  # what is farther away is whole
        near = np.hypot(middle[rows][:, None] - y, middle[columns] - x) < RADIUS
        inside = np.clip((rng.uniform(*DEPTH) - z[:-1]) / np.diff(z), 0, 1)
        hole = hurt[:, rows, columns]
        np.maximum(hole, inside[:, None, None] * near, out=hole)
    volume[bio.SIGNAL] = volume[bio.CLOT] = hurt
    volume[bio.FIBROBLASTS] *= 1 - hurt
    cover[bio.BARE] = np.where(hurt[0] > 0, 15, cover[bio.BARE])
    cover[bio.STRATA] = hurt[0] == 0
    couplings = Couplings.of(grid, bio.diffusion_of(draws), bio.layer_factors_of(draws))
    return volume, cover, bio.rates_of(skin, draws)[0], couplings


def copies() -> float:
    """Of the volume that a step must move at least, as counted above."""
    return 2 + 3 + 12 * bio.MOVING / len(bio.FIELDS) + 2 + 4


def products(shape: tuple[int, ...]) -> float:
    """Operations of a step's matrix products: each moving value meets the line that it is on, along x, y, z, twice."""
    return 2 * 2 * bio.MOVING * float(np.prod(shape)) * sum(shape)


def bandwidth(device: str | None) -> float:
    """Bytes a second that adding 1 to a large array reads and writes."""
    import jax

    there = jax.devices(device)[0]
    size = 1 << (27 if there.platform == "cpu" else 28)
    a = jax.numpy.zeros(size, np.float32, device=there)
    add = jax.jit(lambda a: a + 1, donate_argnums=0)
    times = []
    for _ in range(20):
        before = time.perf_counter()
        a = add(a).block_until_ready()
        times.append(time.perf_counter() - before)
    return 2 * a.nbytes / float(np.median(times[5:]))


def timed(given: tuple, hours: float, device: str | None) -> tuple[float, AcceleratedEngine]:
    """Seconds of a run, the transfer there not counted."""
    engine = AcceleratedEngine(*given, device=device)
    before = time.perf_counter()
    passed = 0.0
    while passed < hours:
        passed += engine.advance(hours - passed)
    return time.perf_counter() - before, engine


def largest_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Of any voxel, against the scale of its field."""
    return float((np.abs(one - other).max(axis=(1, 2, 3)) / bio.SCALE).max())


def against_cores(device: str | None) -> dict[str, float]:
    """The largest difference to `Stepper` after a day on a patch of 1 mm, in both precisions."""
    found = {}
    for name, dtype in (("single", np.float32), ("double", np.float64)):
        given = needled(1.0, dtype)
        _, on_device = timed(given, DAY, device)
        on_cores, passed = BlockEngine(*given), 0.0
        while passed < DAY:
            passed += on_cores.advance(DAY - passed)
        found[name] = largest_difference(on_device.volume, on_cores.volume)
        if name == "double":
            _, single = timed(needled(1.0, np.float32), DAY, device)
            found["single against double"] = largest_difference(single.volume, on_cores.volume)
    return found


def main() -> None:
    reader = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    reader.add_argument("--side", type=float, default=4.0, help="mm")
    reader.add_argument("--hours", type=float, default=26 * 168.0)
    reader.add_argument("--device", choices=("cpu", "gpu"), help="the best one there, unless given")
    reader.add_argument("--out", type=Path, help="folder for device.json")
    args = reader.parse_args()
    import jax

    given = needled(args.side, np.float32)
    shape = given[0].shape[1:]
    first, engine = timed(given, args.hours, args.device)
    del engine
    warm, engine = timed(given, args.hours, args.device)
    tried = engine.steps + engine.rejected
    whole = bool(np.isfinite(engine.volume).all() and np.isfinite(engine.cover).all())
    del engine
    each, moved, speed = warm / tried, copies() * given[0].nbytes, bandwidth(args.device)
    differences = against_cores(args.device)
    print(f"{jax.devices(args.device)[0].device_kind}, JAX {jax.__version__}")
    print(
        f"  {args.side:g} x {args.side:g} mm, {args.hours:g} h: {np.prod(shape) / 1e6:.2f} M voxels {shape}"
    )
    print(f"  first run, compiles     {first:8.2f} s")
    print(f"  second run              {warm:8.2f} s  ({tried} steps tried; finite: {whole})")
    print(f"  a step                  {1e3 * each:8.2f} ms")
    print(f"  must move a step        {moved / 1e9:8.2f} GB  ({copies():.1f} copies of the volume)")
    print(f"  so moves                {moved / each / 1e9:8.1f} GB/s")
    print(f"  adding 1 moves          {speed / 1e9:8.1f} GB/s")
    print(f"  share of that           {100 * moved / each / speed:8.1f} %")
    print(f"  matrix products         {products(shape) / each / 1e12:8.2f} Tflop/s")
    print("largest difference to the engine on the cores, 24 h on 1 mm, against the fields' scales:")
    for name, value in differences.items():
        print(f"  {name:22s}  {value:8.1e}")
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        found = {
            "device": jax.devices(args.device)[0].device_kind, "jax": jax.__version__, "side_mm": args.side,
            "hours": args.hours, "shape": shape, "first_s": first, "warm_s": warm, "steps": tried, "finite": whole,
            "bytes_a_step": moved, "bandwidth": speed, "share": moved / each / speed, "differences": differences,
        }  # fmt: skip
        (args.out / "device.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
