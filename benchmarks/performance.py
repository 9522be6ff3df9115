"""Everything that docs/performance.md says, measured on this machine and written between its marks.

    make bench
    python benchmarks/performance.py --quick

It takes some ten minutes of a quiet machine, three with --quick (fewer presets and sizes). Ratios to peers are printed
by `benchmarks/against/`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from hudnal.threads import count_cores, share_out
from hudnal.version import __version__

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures: make bench -->", "<!-- end of the figures -->"
COMMANDS = {"classic": 3.0, "acne-scars": 4.0, "too-hard": 5.0}  # and the seconds that are aimed at
COLD_SECONDS, REPEATS = 12.0, 3
SIDES = (0.5, 1.6, 5.0)  # mm, of blocks of voxels of 25 um
_STEPS = 6


def time_commands() -> list[str]:
    """Rows of the whole commands: cold and warm, and their memory."""
    from rooms import command

    rows = ["| command | seconds | aim | peak memory, MB |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        cache, out = Path(folder, "cache"), Path(folder, "out")
        first, memory = command(cache, out, "classic")
        rows.append(
            f"| `hudnal run classic`, first on a machine | {first:.1f} | {COLD_SECONDS:g} | {memory:.0f} |"
        )
        for preset, aim in COMMANDS.items():
            command(cache, out, preset)
            runs = [command(cache, out, preset) for _ in range(REPEATS)]
            warm, memory = min(run[0] for run in runs), max(run[1] for run in runs)
            rows.append(f"| `hudnal run {preset}` | {warm:.1f} | {aim:g} | {memory:.0f} |")
    for words, aim in (("--help", 0.3), ("version", 0.3)):
        began = time.perf_counter()
        for _ in range(REPEATS):
            subprocess.run([sys.executable, "-m", "hudnal", words], check=True, capture_output=True)
        each = (time.perf_counter() - began) / REPEATS
        rows.append(f"| `hudnal {words}` | {each:.2f} | {aim:g} | |")
    return rows


def tell_growth(quick: bool) -> list[str]:
    """Tables of what one more draw costs by room, and of how costs grow."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "growth.json")
        words = [str(HERE / "growth.py"), "--json", str(path), *(["--quick"] if quick else [])]
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        found = json.loads(path.read_text(encoding="utf-8"))
    each = found.pop("one more draw, ms")
    rooms = list(next(iter(each.values())))
    rows = [f"| CPU ms of one more draw | {' | '.join(rooms)} |", "|---|" + "---|" * len(rooms)]
    rows += [
        f"| {preset} | {' | '.join(f'{of[room]:.1f}' for room in rooms)} |" for preset, of in each.items()
    ]
    rows += ["", "| growth | size | CPU s | each, thousandths |", "|---|---|---|---|"]
    for title, sizes in found.items():
        rows += [f"| {title} | {size} | {value:.2f} | {1e3 * value / size:.2f} |" for size, value in sizes]
    return rows


def measure_bandwidth(cores: int) -> float:
    """GB a second that adding 1 to a large array reads and writes, on so many cores."""
    values = np.zeros((64, 1 << 21), np.float32)

    def add(first: int, last: int) -> None:
        values[first:last] += 1

    times = []
    for _ in range(8):
        began = time.perf_counter()
        share_out(add, len(values), largest=len(values) // cores) if cores > 1 else add(0, len(values))
        times.append(time.perf_counter() - began)
    return 2 * values.nbytes / min(times) / 1e9


def tell_blocks() -> list[str]:
    """Rows of a block's step: what it moves at least, against what adding 1 moves in the same run."""
    from device import copies, needled

    from hudnal.tissue.block_engine import BlockEngine

    cores = count_cores()
    bandwidth = measure_bandwidth(cores)
    rows = ["| voxels | ns a voxel and step | GB/s | of the bandwidth |", "|---|---|---|---|"]
    for side in SIDES:
        engine = BlockEngine(*needled(side, np.float32))
        engine.advance(1.0)
        began, before = time.perf_counter(), engine.steps + engine.rejected
        for _ in range(_STEPS):
            engine.advance(24.0)
        each = (time.perf_counter() - began) / (engine.steps + engine.rejected - before)
        voxels = int(np.prod(engine.volume.shape[1:]))
        moved = copies() * engine.volume.nbytes / each / 1e9
        rows.append(f"| {voxels} | {1e9 * each / voxels:.0f} | {moved:.1f} | {moved / bandwidth:.0%} |")
    return [f"Adding 1 to a large array on {cores} cores moves {bandwidth:.1f} GB/s.", "", *rows]


def main() -> None:
    """Measure all and write the page."""
    quick = "--quick" in sys.argv[1:]
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    head = f"Version {__version__}, {datetime.now(UTC).date()}, {os.cpu_count()} cores, {name_processor()}."
    lines = [head, "", *time_commands(), "", *tell_growth(quick), "", *tell_blocks()]
    written = PAGE.with_suffix(".part")
    written.write_text(
        f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{rest.split(END)[1]}", encoding="utf-8"
    )
    written.replace(PAGE)
    print("\n".join(lines))


def name_processor() -> str:
    """What the machine says of its processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "a processor that does not say its name"
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


if __name__ == "__main__":
    main()
