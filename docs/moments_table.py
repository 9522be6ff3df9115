"""Print what finer moments of a pitch change when a drum rolls, as a Markdown table for docs/model/puncture.md.

python docs/moments_table.py (some seconds)
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from hudnal.parameters import Draws

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "puncture"))

from rides import cheek, ground_of, lost, rolled, roller

HEAD = """\
| moments | tip depth um (median, 5 %) | dent um | force mN | needles inside | push N | work lost (median, worst pass) |
|---:|---|---:|---:|---:|---:|---|"""
FORCE, DRAWS = 5.0, 32  # N


def row(moments: int) -> str:
    """One line of the table: the medical roller on a cheek, two strokes across each other."""
    draws = Draws(DRAWS, 1)
    skin = cheek(draws)
    ground = ground_of(skin, draws)
    _, _, found, ride = rolled(roller(draws), skin, ground, draws, FORCE, [0.0, np.pi / 2], steps=moments)
    depth, missing = 1e3 * found.tip_depth, lost(ride)
    cells = (
        f"{moments}",
        f"{np.median(depth):.0f}, {np.quantile(depth, 0.05):.0f}",
        f"{1e3 * np.median(found.dent):.1f}",
        f"{1e3 * np.median(found.force):.1f}",
        f"{np.mean(ride.engaged):.1f}",
        f"{np.mean(ride.pull):.3f}",
        f"{np.median(missing):.1e}, {missing.max():.1e}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(HEAD)
    for each in (3, 4, 6, 12, 24, 48):
        print(row(each), flush=True)
