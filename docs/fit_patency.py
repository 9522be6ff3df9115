"""Infer what of a channel stays an open path from all fluxes through rolled against whole skin that may be fitted to.

python docs/fit_patency.py (a minute)

Each study is run in a diffusion cell with the patency held at a few values and all else drawn; the patency at which the
median draw gives the measured ratio is read off between them (straight lines in the logarithms of patency and of what
needles add). The table holds the geometric mean over the compounds, and a spread a bit wider than between them, since
rollers, strokes and doses of the studies are not known.
"""

from __future__ import annotations

import numpy as np

from hudnal.course.course import Course
from hudnal.course.load import load
from hudnal.course.shelf import Shelf
from hudnal.course.simulate import run_block
from hudnal.evidence.case import Case, load_cases
from hudnal.evidence.observation import observed
from hudnal.parameters import Draws

NAME = "transport.holes.patency"
TRIED = (0.003, 0.01, 0.03, 0.1, 0.3)
N, SEED = 64, 3


class Held(Draws):
    """Draws with one parameter held."""

    held = 1.0

    def __getitem__(self, name: str) -> np.ndarray:
        return np.full(self.n, self.held) if name == NAME else super().__getitem__(name)


def ratio(case: Case, patency: float) -> float:
    """The median ratio that the model gives for a study."""
    treatment = load(case.study)
    draws = Held(N, SEED)
    draws.held = patency
    draws.own = Shelf.of(treatment).parameters()
    course = Course.of(treatment, draws, run_block(treatment, draws), [])
    return float(np.median(observed(course, case.observe)))


def main() -> None:
    cases = [c for c in load_cases() if c.role == "fit" and "ratio" in c.observe]
    found: dict[str, list[float]] = {}
    for case in cases:
        added = [ratio(case, p) - 1 for p in TRIED]
        at = np.interp(np.log(case.value - 1), np.log(added), np.log(TRIED))
        found.setdefault(case.observe["ratio"], []).append(at)
        told = ", ".join(f"{p:g}: {a + 1:.2f}" for p, a in zip(TRIED, added, strict=True))
        print(f"{case.id}: measured {case.value:g}; {told}; so {np.exp(at):.3f}")
    means = [np.mean(v) for v in found.values()]
    print(
        f"geometric mean over compounds {np.exp(np.mean(means)):.3f}, GSD {np.exp(np.std(means, ddof=1)):.2f}"
    )


if __name__ == "__main__":
    main()
