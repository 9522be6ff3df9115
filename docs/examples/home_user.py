"""A home user asks: what does a 0.2 mm roller do, and what does it not do? Why are clinics safer?

One session three times, on the same woman of 42: the preset `home` with its 0.2 mm roller, used ten times before and
wiped with alcohol; the preset `classic` with 1.5 mm at a clinic, under numbing cream, with a new roller, on disinfected
skin and without its serum; and that 1.5 mm roller taken home, reused and wiped like the short one.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import hudnal
from hudnal import compare
from hudnal.language import Words
from hudnal.language.numbers import format_chance, format_number

ONCE = {"aftercare": [], "course": {"sessions": 1, "follow_up": "12 week"}}
SHORT, CLINIC, LONG = "0.2 mm at home", "1.5 mm at a clinic", "1.5 mm at home"
ASKED = ("tip_depth", "blood_volume", "pain", "collagen_change", "infection_probability")


def treatments() -> dict[str, dict]:
    home, clinic = (hudnal.load(name).as_data() for name in ("home", "classic"))
    session = [step for step in clinic["session"] if "spread" not in step]
    return {
        SHORT: {**home, **ONCE},
        CLINIC: {**clinic, **ONCE, "person": home["person"], "session": session},
        LONG: {**home, **ONCE, "instrument": clinic["instrument"]},
    }


def told(found: tuple) -> str:
    median, low, high = (format_number(v, "en") for v in found)
    return f"{median} ({low} to {high})"


def risk(found: tuple) -> str:
    median, low, high = (format_chance(p, Words("en"), possible=True) for p in found)
    return f"{median} ({low} to {high})"


def main(folder: Path | None = None) -> dict:
    courses = {name: hudnal.simulate(plan, draws=64) for name, plan in treatments().items()}
    table = compare(list(courses), list(courses.values()))
    surface = 1000 * (courses[SHORT].layers["corneum"] + courses[SHORT].layers["epidermis"])
    found: dict = {"epidermis": float(np.median(surface))}
    print(f"Blood and collagen lie beneath the epidermis, here {found['epidermis']:.0f} um thick.")
    for name, course in courses.items():
        one: dict = {quantity: course.interval(quantity) for quantity in ASKED}
        found[name] = one
        one["through"] = float(np.mean(course.quantities["tip_depth"] > surface))
        one["dangers"] = [w.code for w in course.warnings if w.level == "danger"]
        print(f"{name}: the tips reach {told(one['tip_depth'])} um,")
        print(f"  through the epidermis in {one['through']:.0%} of the draws.")
        print(f"  Blood {told(one['blood_volume'])} uL/cm2, pain {told(one['pain'])} of 10,")
        print(f"  collagen {told(one['collagen_change'])} % after 12 weeks.")
        print(f"  An infection of the skin: {risk(one['infection_probability'])}.")
        for warning in course.warnings:
            if warning.level == "danger":
                print(f"  {course.describe_warning(warning)['text']}")
        if name != SHORT:
            more = {q: table.difference(q, name) for q in ASKED}
            one["more"] = more
            print(f"  Against {SHORT} {told(more['tip_depth'])} um deeper,")
            print(f"  with {told(more['blood_volume'])} uL/cm2 more blood.")
    if folder is not None:
        draw(found, folder)
    return found


def draw(found: dict, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    depth, infection = figure.subplots(1, 2)
    for ax, quantity in ((depth, "tip_depth"), (infection, "infection_probability")):
        for name in (SHORT, CLINIC, LONG):
            median, low, high = found[name][quantity]
            ax.errorbar([name], [median], [[median - low], [high - median]], marker="o", capsize=4)
        ax.tick_params(axis="x", labelsize="small")
    depth.axhline(found["epidermis"], linestyle=":")
    depth.set(title="median tip (um); dotted: epidermis", ylim=0)
    infection.set(title="chance of an infection", yscale="log")
    figure.savefig(folder / "home_user.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
