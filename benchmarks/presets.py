"""Every number of the presets, written down and compared bit for bit: what a refactoring must not move.

python benchmarks/presets.py write FILE.npz [--draws 64] [--source OTHER/src]
python benchmarks/presets.py compare BEFORE.npz AFTER.npz
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from hudnal.treatment.presets import list_presets

PRESETS = tuple(list_presets())
STROKES = ("drops", "covered", "pain", "pain_without_cream", "push", "time", "round")
HOLES = ("draw", "stroke", "x", "y", "tip_depth", "channel_depth", "width", "force", "vessel")


def collect_numbers(draws: int) -> dict[str, np.ndarray]:
    """Quantities, series, strokes, holes, warnings and parameters asked for, by preset and name."""
    import hudnal

    numbers: dict[str, np.ndarray] = {}
    for preset in PRESETS:
        course = hudnal.simulate(preset, draws=draws)
        numbers |= {f"{preset}/q/{name}": values for name, values in course.quantities.items()}
        numbers |= {f"{preset}/s/{name}": values for name, values in course.series.items()}
        numbers |= {f"{preset}/k/{name}": np.asarray(getattr(course.strokes, name)) for name in STROKES}
        numbers |= {f"{preset}/h/{name}": np.asarray(getattr(course.holes, name)) for name in HOLES}
        numbers[f"{preset}/time"] = course.time
        told = [f"{w.code}|{w.place}|{sorted(w.values.items())}" for w in course.warnings]
        numbers[f"{preset}/w"] = np.array(told)
        numbers[f"{preset}/u"] = np.array(sorted(course.used))
        for i, pair in enumerate(course.scars):
            for j, shape in enumerate(pair):
                numbers[f"{preset}/scar{i}{j}"] = np.stack([shape.depth, shape.width, shape.volume])
    return numbers


def compare_files(before: Path, after: Path) -> int:
    """Print what differs, with medians; the number of arrays that do."""
    old, new = np.load(before), np.load(after)
    moved = 0
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            print(f"{name}: only {'before' if name in old else 'after'}")
            moved += 1
            continue
        x, y = old[name], new[name]
        numeric = x.dtype.kind == "f"
        if np.array_equal(x, y, equal_nan=numeric):
            continue
        moved += 1
        if numeric and x.shape == y.shape:
            print(
                f"{name}: median {np.nanmedian(x):.6g} -> {np.nanmedian(y):.6g}, most {np.nanmax(np.abs(x - y)):.3g}"
            )
        else:
            print(f"{name}: differs")
    print(f"{moved} of {len(old.files)} arrays moved")
    return moved


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write")
    write.add_argument("file", type=Path)
    write.add_argument("--draws", type=int, default=64)
    write.add_argument("--source", help="the src folder of another checkout")
    compare = commands.add_parser("compare")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    given = parser.parse_args()
    if given.command == "compare":
        sys.exit(min(compare_files(given.before, given.after), 1))
    if given.source:
        sys.path.insert(0, given.source)
    np.savez_compressed(given.file, allow_pickle=False, **collect_numbers(given.draws))


if __name__ == "__main__":
    main()
