"""An engineer of rollers asks: which depth and hole pattern do geometry, force and strokes really give?

Two rollers of my own, written out: the same drum and needle, 192 needles on the one and 540 on the other. Sixteen
strokes in four directions over a taut cheek, by a light, a usual and a heavy hand. How many needles meet the skin, how
many make a hole of their own, how deep do the tips go, and how much skin is left out between the holes?
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import hudnal
from hudnal import interval
from hudnal.language.numbers import format_number

STROKES = 16
LIGHT, USUAL, HEAVY = FORCES = (2, 5, 10)  # N
DRUM = {"kind": "roller", "stagger": 0.5, "drum_diameter": "20 mm", "drum_width": "20 mm"}
NEEDLE = {"length": "1.5 mm", "diameter": "0.25 mm", "tip_radius": "4 um"}
RINGS = {192: {"rings": 8, "needles_per_ring": 24}, 540: {"rings": 9, "needles_per_ring": 60}}


def rolled(needles: int, force: float) -> hudnal.Course:
    roll = {"strokes": STROKES, "directions": [0, 90, 45, 135], "force": f"{force} N", "skin": "taut"}
    treatment = {
        "instrument": {**DRUM, **NEEDLE, **RINGS[needles]},
        "session": ["wash", {"disinfect": {"with": "chlorhexidine-alcohol"}}, {"roll": roll}],
        "course": {"sessions": 1, "follow_up": "1 day"},
    }
    return hudnal.simulate(treatment, draws=64)


def empty(patch) -> float:
    """Percent of squares of 1 mm without a hole."""
    cells = int(patch.side_mm)
    counts, _, _ = np.histogram2d(patch.x, patch.y, bins=cells, range=[[0, cells]] * 2)
    return 100 * float((counts == 0).mean())


def told(found: tuple) -> str:
    median, low, high = (format_number(v, "en", 3) for v in found)
    return f"{median} ({low} to {high})"


def main(folder: Path | None = None) -> dict:
    courses = {(n, f): rolled(n, f) for n in RINGS for f in FORCES}
    found: dict = {}
    for n in RINGS:
        usual = courses[n, USUAL]
        met, holes = usual.quantities["attempted_density"], usual.quantities["hole_density"]
        patches = [usual.tabulate_sample_area(draw) for draw in range(usual.draws)]
        found[n] = one = {
            "met_per_stroke": met[0] / STROKES,
            "own_hole": interval(100 * holes / met),
            "tip_depth": {f: courses[n, f].interval("tip_depth") for f in FORCES},
            "deepest": interval(np.array([1000 * patch.tip_depth.max() for patch in patches])),
            "empty": interval(np.array([empty(patch) for patch in patches])),
        }
        print(f"{n} needles: {one['met_per_stroke']:.1f} per cm2 meet the skin in each stroke;")
        print(f"  {told(one['own_hole'])} % of them make a hole of their own.")
        for force, depth in one["tip_depth"].items():
            print(f"  At {force} N the median tip reaches {told(depth)} um.")
        print(f"  At {USUAL} N the deepest of a patch reaches {told(one['deepest'])} um of 1500;")
        print(f"  {told(one['empty'])} % of the squares of 1 mm have no hole after {STROKES} strokes.")
    depths = {n: courses[n, LIGHT].quantities["tip_depth"] for n in RINGS}
    found["deeper"] = interval(depths[192] - depths[540])
    print(f"At {LIGHT} N the tips of 192 needles go {told(found['deeper'])} um deeper than those of 540.")
    if folder is not None:
        draw(courses, found, folder)
    return found


def draw(courses: dict, found: dict, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    *maps, depth = figure.subplots(1, 3)
    for ax, n in zip(maps, RINGS, strict=True):
        patch = courses[n, USUAL].tabulate_sample_area()
        ax.scatter(patch.x, patch.y, s=4)
        ax.set(title=f"{n} needles, {STROKES} strokes", xlabel="mm", ylabel="mm", aspect="equal")
        median, low, high = np.array([found[n]["tip_depth"][f] for f in FORCES]).T
        depth.errorbar(FORCES, median, (median - low, high - median), capsize=4, label=f"{n} needles")
    depth.set(title="median tip", xlabel="force (N)", ylabel="um", ylim=(0, 1600))
    depth.legend()
    figure.savefig(folder / "engineer.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
