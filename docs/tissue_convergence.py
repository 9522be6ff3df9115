"""Print how far the cell of a hole is from a fine one, as a Markdown table for docs/model/tissue.md.

python docs/tissue_convergence.py [--cells 2,6,12,3] [--rings 10] [--tolerance 5e-3] (about half a minute)

Eight draws of the skin of a cheek are needled and healed for half a year, on the grid and at the tolerance that are
the default (or given) and on ones that are three times finer each way. Every observed mean is compared at a day, a
week, four weeks and half a year; the difference is set against that mean's largest excursion over the course. The
table has the median over the draws and, behind a stroke, the worst draw, both in percent.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Tissue, wound_of_holes
from hudnal.tissue.biology import FIELDS
from hudnal.tissue.grid import CELL_RINGS, CELL_SLABS
from hudnal.tissue.step_control import TOLERANCE

DRAWS = Draws(8, 1)
SKIN = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)
WOUNDS = {"6.5 holes/mm²": (6.5, 0.15, 1.0), "1.5 holes/mm²": (1.5, 0.15, 1.0)}  # 1/mm2, mm wide, mm deep
LOOKS = (1, 7, 28, 182)  # days
BETWEEN = (0.5, 2, 3, 5, 10, 14, 21, 42, 56, 91)  # days on which the excursion is looked at as well
FINE = ((6, 15, 36, 9), 42, 1e-4)
# Without vitamin A nothing answers to it, and here all fibres lie along the tension.
MEANS = (*(name for name in FIELDS if name not in ("retinoid", "along", "across")), "epidermis", "alignment")


def course(wound: tuple[float, float, float], cells: tuple, rings: int, tolerance: float) -> np.ndarray:
    """Change of every mean since before the wound, (day, mean, draw), at the wound and then on all the days."""
    every = np.ones(DRAWS.n)
    tissue = Tissue.of(SKIN, DRAWS, cells, rings)
    start = np.array([tissue.start_of(name) for name in MEANS])
    density, width, depth = (a * every for a in wound)
    tissue, last, found = tissue.add_wound(wound_of_holes(density, width, depth, SKIN, DRAWS)), 0.0, []
    for day in (0.0, *sorted(LOOKS + BETWEEN)):
        tissue, last = tissue.advance((day - last) * 24, tolerance), day
        found.append([tissue.mean(name) for name in MEANS])
    return np.array(found) - start


def differences(found: np.ndarray, fine: np.ndarray) -> np.ndarray:
    """Of the looks, as shares of the largest excursion, (look, mean, draw)."""
    days = (0.0, *sorted(LOOKS + BETWEEN))
    looks = [days.index(day) for day in LOOKS]
    return np.abs(found - fine)[looks] / np.abs(fine).max(axis=0)


def table(cells: tuple, rings: int, tolerance: float) -> str:
    """Both wounds beside each other."""
    columns, times = [], []
    for wound in WOUNDS.values():
        fine = course(wound, *FINE)
        course(wound, cells, rings, tolerance)
        before = time.perf_counter()
        found = course(wound, cells, rings, tolerance)
        times.append(time.perf_counter() - before)
        columns.append(differences(found, fine))
    heads = [f"{name}, day {day}" for name in WOUNDS for day in LOOKS]
    lines = [f"| mean | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    both = 100 * np.concatenate(columns)
    for k, name in enumerate(MEANS):
        cells_of = (f"{np.median(row):.2f} / {row.max():.1f}" for row in both[:, k])
        lines.append(f"| {name.replace('_', ' ')} | {' | '.join(cells_of)} |")
    middle = np.median(both, axis=2)
    took = f"{DRAWS.n} draws took {sum(times) / len(times):.2f} s"
    return "\n".join(
        [*lines, "", f"Largest median {middle.max():.2f} %, worst draw {both.max():.1f} %; {took}."]
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--cells", default=CELL_SLABS, type=lambda t: tuple(int(n) for n in t.split(",")))
    parser.add_argument("--rings", default=CELL_RINGS, type=int)
    parser.add_argument("--tolerance", default=TOLERANCE, type=float)
    chosen = parser.parse_args()
    print(table(chosen.cells, chosen.rings, chosen.tolerance))
