"""Print what one session of each way to renew skin brings and costs, for docs/model/resurfacing.md.

python docs/resurfacing.py [--draws 64] (half a minute)

The cheek of a woman of 35, phototype IV, followed for half a year. Laser settings are examples.
"""

from __future__ import annotations

import argparse

from hudnal import simulate
from hudnal.language.numbers import format_number

ROLL = {"strokes": 32, "directions": [0, 90, 45, 135], "force": "5 N", "skin": "taut"}
WAYS = {
    "needling, 32 strokes of 1.5 mm": {"roll": ROLL},
    "fractional laser, not ablative (1600/cm², 100 µm, 0.4 mm, mantle 20 µm)": {
        "laser": {
            "density": "1600 /cm2", "diameter": "100 um", "depth": "0.4 mm", "coagulation": "20 um", "ablative": False,
        }
    },
    "fractional CO₂ (400/cm², 120 µm, 0.6 mm, mantle 50 µm)": {
        "laser": {"density": "400 /cm2", "diameter": "120 um", "depth": "0.6 mm", "coagulation": "50 um"}
    },
    "fractional Er:YAG (400/cm², 250 µm, 0.3 mm, mantle 15 µm)": {
        "laser": {"density": "400 /cm2", "diameter": "250 um", "depth": "0.3 mm", "coagulation": "15 um"}
    },
    "glycolic acid 35 %": {"peel": {"with": "glycolic-35"}},
    "TCA 20 %": {"peel": {"with": "tca-20"}},
    "TCA 35 %": {"peel": {"with": "tca-35"}},
    "phenol": {"peel": {"with": "phenol"}},
    "dermabrasion": {"peel": {"with": "dermabrasion"}},
    "CO₂ over the whole field, one pass": {"peel": {"with": "co2-laser"}},
    "CO₂ over the whole field, many passes": {"peel": {"with": "co2-laser", "depth": "0.3 mm"}},
    "Er:YAG over the whole field": {"peel": {"with": "erbium-laser"}},
}  # fmt: skip
SEEN = {
    "pain": ("pain", 1), "redness, days": ("redness_days", 1), "epidermis closed, h": ("epidermis_closed", 1),
    "downtime, days": ("downtime_days", 1), "healthy collagen, %": ("healthy_collagen_change", 1),
    "dark marks, %": ("pih_probability", 100),
}  # fmt: skip


def cells(step: dict, draws: int) -> list[str]:
    """Median and central 90 % of each number after one session of `step`."""
    needles = {"instrument": "dermaroller-mf8"} if "roll" in step else {}
    course = simulate(
        {
            "person": {"age": "35 year", "sex": "female", "phototype": "IV"},
            "site": "cheek",
            "area": "100 cm2",
            "concern": "ageing",
            "setting": "clinic",
            "session": ["wash", {"disinfect": {"with": "chlorhexidine-alcohol"}}, step],
            "course": {"follow_up": "26 week"},
            **needles,
        },
        draws=draws,
    )

    def told(name: str, times: float) -> str:
        median, low, high = (
            None if x is None else format_number(times * x, "en") for x in course.interval(name)
        )
        return "–" if median is None else f"{median} ({low} to {high or 'later'})"

    return [told(*what) for what in SEEN.values()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=64)
    draws = parser.parse_args().draws
    print("| procedure, one session | " + " | ".join(SEEN) + " |\n|" + "---|" * (1 + len(SEEN)))
    for name, step in WAYS.items():
        print(f"| {name} | " + " | ".join(cells(step, draws)) + " |", flush=True)


if __name__ == "__main__":
    main()
