"""What a run costs and how that grows: CPU seconds of each room for one more draw, and with draws, strokes, sessions.

python benchmarks/growth.py [--json FILE] [--quick]

Seconds are those of one processor, with compiled code loaded; each size is run in this process, the smallest first. It
should hold that costs grow in proportion or slower, and memory as what is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HUDNAL_THREADS", "1")  # so that the seconds are those of one processor
os.environ.setdefault("HUDNAL_MAX_TIME", "10 h")

from rooms import Watch

from hudnal import load, simulate
from hudnal.treatment.presets import list_presets

FEW, MORE, MOST = 64, 192, 6400  # draws: the cost of one more is read off the first two
ROOMS = ("puncture", "instrument", "tissue", "transport")  # the rest is told together
TARGET_MS = {"puncture and instrument": 5.0, "tissue": 6.0, "transport": 4.0, "rest": 1.0, "whole": 16.0}


def make_plan(strokes: int = 4, sessions: int = 1) -> dict:
    """A small treatment of so many strokes and sessions of short needles."""
    return {
        "area": "10 cm2",
        "instrument": "dermaroller-c8",
        "session": ["wash", {"roll": {"strokes": strokes, "directions": [0, 90], "force": "2 N"}}],
        "course": {"sessions": sessions, "interval": "1 week", "follow_up": "1 week"},
    }


def time_run(treatment, draws: int) -> tuple[float, dict[str, float]]:
    """CPU seconds of a light run, and of each room in it."""
    began = time.process_time()
    with Watch() as watch:
        simulate(treatment, draws, keep=())
    return time.process_time() - began, dict(watch.spent)


def measure_one_more_draw(preset: str = "classic", repeats: int = 3) -> dict[str, float]:
    """CPU ms that one more draw costs, by room: the least of some runs of more draws less that of few."""
    treatment = load(preset)
    simulate(treatment, 4, keep=())
    few, more = (
        min((time_run(treatment, n) for _ in range(repeats)), key=lambda run: run[0]) for n in (FEW, MORE)
    )
    each = {
        room: 1e3 * (more[1].get(room, 0.0) - few[1].get(room, 0.0)) / (MORE - FEW)
        for room in set(few[1]) | set(more[1])
    }
    whole = 1e3 * (more[0] - few[0]) / (MORE - FEW)
    told = {
        "puncture and instrument": each.get("puncture", 0.0) + each.get("instrument", 0.0),
        "tissue": each.get("tissue", 0.0),
        "transport": each.get("transport", 0.0),
    }
    return {**told, "rest": whole - sum(told.values()), "whole": whole}


def measure_growth(sizes: tuple[int, ...], run: Callable[[int], object]) -> list[tuple[int, float]]:
    """CPU seconds of `run(size)` for each size."""
    run(sizes[0])
    found = []
    for size in sizes:
        began = time.process_time()
        run(size)
        found.append((size, time.process_time() - began))
    return found


def measure_memory(draws: int) -> float:
    """Peak MB of Python's and NumPy's memory in a light run."""
    treatment = load("classic")
    tracemalloc.start()
    simulate(treatment, draws, keep=())
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def main() -> None:
    """Measure all, print it, and write it as JSON where that is asked for."""
    asked = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    asked.add_argument("--json", type=Path)
    asked.add_argument("--quick", action="store_true", help="without the largest sizes")
    options = asked.parse_args()
    last, presets = (2, ["classic"]) if options.quick else (3, list_presets())
    found = {
        "one more draw, ms": {name: measure_one_more_draw(name) for name in presets},
        "draws of classic": measure_growth((64, 640, MOST)[:last], lambda n: simulate("classic", n, keep=())),
        "strokes": measure_growth((4, 40, 400)[:last], lambda n: simulate(make_plan(strokes=n), 16, keep=())),
        "sessions": measure_growth((1, 10, 100)[:last], lambda n: simulate(make_plan(sessions=n), 16, keep=())),
        "memory of classic, MB": [(n, measure_memory(n)) for n in (64, 640)],
    }  # fmt: skip
    for title, content in found.items():
        print(title)
        if isinstance(content, dict):
            for preset, each in content.items():
                told = ", ".join(f"{room} {ms:.1f}" for room, ms in each.items())
                print(f"  {preset:15s} {told}")
        else:
            for size, value in content:
                print(f"  {size:6d}  {value:9.2f}  {1e3 * value / size:9.2f} thousandths each")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
