"""A dermatologist asks: which needle length and how many sessions for a rolling acne scar at phototype IV?

The preset `acne-scars` (a scar 4 mm wide and 0.4 mm deep, three rounds of sixteen strokes, monthly) without its numbing
cream and aftercare, the same in every plan. Needles, sessions and rounds vary; the benefit is the scar's depth half a
year after the last session, the price is the chance of dark marks. Every plan runs on the same draws of skin and
hand, so that its difference to the usual plan has an interval of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import hudnal
from hudnal import compare

USUAL = "1.5 mm, 4 sessions"
PLANS = {  # instrument, sessions, rounds
    USUAL: ("dermaroller-mf8", 4, 3),
    "0.5 mm, 4 sessions": ("dermaroller-cit8", 4, 3),
    "1.0 mm, 4 sessions": ("medical-roller-1.0", 4, 3),
    "2.0 mm, 4 sessions": ("medical-roller-2.0", 4, 3),
    "1.5 mm, 2 sessions": ("dermaroller-mf8", 2, 3),
    "1.5 mm, 6 sessions": ("dermaroller-mf8", 6, 3),
    "1.5 mm, 4 sessions of one round": ("dermaroller-mf8", 4, 1),
}


def run(instrument: str, sessions: int, rounds: int) -> hudnal.Course:
    plan = hudnal.load("acne-scars").as_data()
    plan["instrument"], plan["course"]["sessions"], plan["aftercare"] = instrument, sessions, []
    plan["session"] = [step for step in plan["session"] if "numb" not in step]
    for step in plan["session"]:
        if "repeat" in step:
            step["repeat"]["rounds"] = rounds
    return hudnal.simulate(plan, draws=32)


def told(found: tuple, show: str, unit: str = "") -> str:
    return "{:{show}} ({:{show}} to {:{show}}){unit}".format(*found, show=show, unit=unit)


def apart(found: tuple) -> str:
    return "" if found[1] > 0 or found[2] < 0 else ", not told apart"


def main(folder: Path | None = None) -> dict:
    courses = {name: run(*plan) for name, plan in PLANS.items()}
    table = compare(list(courses), list(courses.values()))
    before = float(np.median(courses[USUAL].series["scar_depth"][0]))
    found: dict = {"before": before, "plans": {}}
    print(f"The scar is {before:.2f} mm deep before. Half a year after the last session:")
    for name, course in courses.items():
        found["plans"][name] = plan = {}
        for key, quantity in (("depth", "scar_depth"), ("marks", "pih_probability")):
            plan[key] = course.interval(quantity)
            if name != USUAL:
                plan[f"{key}_change"] = table.difference(quantity, name)
        print(f"{name}: {told(plan['depth'], '.2f', ' mm')}; dark marks in {told(plan['marks'], '.1%')}.")
        if name != USUAL:
            depth, marks = plan["depth_change"], plan["marks_change"]
            print(f"  Against the usual plan {told(depth, '+.2f', ' mm')}{apart(depth)};")
            print(f"  dark marks {told(marks, '+.1%')}{apart(marks)}.")
    if folder is not None:
        draw(courses[USUAL], found, folder)
    return found


def draw(usual: hudnal.Course, found: dict, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    healing, trade = figure.subplots(1, 2)
    usual.plot("scar_depth", healing).set_ylim(0)
    for name, plan in found["plans"].items():
        trade.plot(plan["marks"][0], found["before"] - plan["depth"][0], "o", label=name)
    trade.set(xlabel="chance of dark marks", ylabel="scar filled (mm)", xlim=0, ylim=0)
    trade.legend(fontsize="small")
    figure.savefig(folder / "dermatologist.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
