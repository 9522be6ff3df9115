"""What the parts of a run cost, by least squares over runs of random treatments: the constants of course/estimate.py.

python benchmarks/estimate.py [--runs 60]

Each treatment is run with few draws and with more. Printed are seconds of one processor for moments, for a draw at each
of them, for scars, compounds, contacts and holes; and how far the estimate is off, which errs upwards.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from itertools import chain, count
from pathlib import Path
from random import Random

os.environ["HUDNAL_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "fuzz"))

import numpy as np
from scipy.optimize import nnls
from treatments import make_treatment

from hudnal import load, simulate
from hudnal.course.estimate import count_work, estimate_run
from hudnal.treatment import TreatmentError
from hudnal.treatment.presets import list_presets

DRAWS = (2, 16, 64)
_MOST_SECONDS = 20.0  # that a run is estimated at


def main() -> None:
    """Run, fit, print."""
    asked = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    asked.add_argument("--runs", type=int, default=60)
    options = asked.parse_args()
    rows, seconds, told, names = [], [], [], []
    sources = chain(list_presets(), (make_treatment(Random(seed)) for seed in count()))
    for source in sources:
        if len(rows) >= options.runs:
            break
        try:
            treatment = load(source)
        except TreatmentError:
            continue
        simulate(treatment, 1, keep=()) if not rows else None
        for draws in DRAWS:
            estimate = estimate_run(treatment, draws)
            if estimate.seconds > _MOST_SECONDS:
                break
            began = time.process_time()
            simulate(treatment, draws, keep=())
            seconds.append(time.process_time() - began)
            rows.append(list(count_work(treatment, draws).as_dict().values()))
            names.append(source if isinstance(source, str) else "random")
            told.append(estimate.seconds)
    work, taken = np.array(rows, float), np.array(seconds)
    # Against the size of each run, so that long ones do not decide alone.
    found, _ = nnls(work / taken[:, None], np.ones(taken.size))
    print("seconds for each:")
    for name, value in zip(count_work(load("classic"), 1).as_dict(), found, strict=True):
        print(f"  {name:10s} {value:.1e}")
    print(f"the fit against what was taken: {np.quantile(work @ found / taken, (0.05, 0.5, 0.95)).round(2)}")
    print(f"the estimate against it: {np.quantile(np.array(told) / taken, (0.0, 0.05, 0.5, 0.95)).round(2)}")
    for name, took, said in zip(names, taken, told, strict=True):
        if name != "random":
            print(f"  {name:15s} {took:7.2f} s, told {said:7.2f} s")


if __name__ == "__main__":
    main()
