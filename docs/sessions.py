"""Print how benefit and harm depend on interval, number, needle length and strokes; draw docs/images/sessions.svg.

python docs/sessions.py [--draws 64] (some minutes)

A rolling acne scar on the cheek of a woman of 35 is rolled in a clinic; one thing at a time is varied. The table, for
docs/model/sessions.md, has medians and means over the same draws in every row.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from hudnal import Course, simulate
from hudnal.report.figures.style import BLOOD, INK, PLUM, TEAL, use_house_style

NEEDLES = {
    "kind": "roller", "rings": 8, "needles_per_ring": 24, "stagger": 0.5, "drum_diameter": "20 mm",
    "drum_width": "20 mm", "length": "1.5 mm", "diameter": "0.25 mm", "tip_radius": "4 um",
}  # fmt: skip
VARIED = {
    "weeks between 4 sessions": [{"sessions": 4, "weeks": w} for w in (1, 2, 4, 8)],
    "sessions, 4 weeks apart": [{"sessions": n} for n in (1, 2, 4, 6, 10)],
    "needle length in mm, 1 session": [{"length": length} for length in (0.2, 0.5, 1.0, 1.5, 2.0, 2.5)],
    "strokes, 1 session": [{"strokes": n} for n in (8, 32, 64, 128, 256)],
    "strokes, 4 sessions two weeks apart": [
        {"sessions": 4, "weeks": 2, "strokes": n} for n in (8, 32, 64, 128, 256)
    ],
}
PERSISTS = 0.02  # myofibroblasts at the end, half a year after the last session: they feed themselves


def course(draws: int, sessions: int = 1, weeks: int = 4, length: float = 1.5, strokes: int = 32) -> Course:
    """One course, followed for half a year."""
    roll = {"strokes": strokes, "directions": [0, 90, 45, 135], "force": "5 N", "skin": "taut"}
    return simulate(
        {
            "person": {"age": "35 year", "sex": "female", "phototype": "IV"},
            "site": "cheek",
            "area": "100 cm2",
            "concern": {"acne-scar": {"shape": "rolling", "width": "4 mm", "depth": "0.4 mm"}},
            "setting": "clinic",
            "instrument": {**NEEDLES, "length": f"{length} mm"},
            "session": ["wash", {"disinfect": {"with": "chlorhexidine-alcohol"}}, {"roll": roll}],
            "course": {"sessions": sessions, "interval": f"{weeks} week", "follow_up": "26 week"},
        },
        draws=draws,
    )


def seen(one: Course) -> dict[str, float]:
    """What the table has of a course."""
    q = one.quantities
    return {
        "collagen": float(np.median(q["collagen_change"])),
        "healthy": float(np.median(q["healthy_collagen_change"])),
        "healthy_mean": float(q["healthy_collagen_change"].mean()),
        "scar": float(np.median(q["scar_volume_change"])),
        "alignment": float(q["fibre_alignment"].mean()),
        "myofibroblasts": float(np.median(one.series["myofibroblasts"].max(axis=0))),
        "persists": float((one.series["myofibroblasts"][-1] > PERSISTS).mean()),
        "marks": float(q["pih_probability"].mean()),
        "tram": float(q["tram_track_probability"].mean()),
        "red": float(np.median(q["redness_days"])),
    }


def draw(found: dict[str, list[tuple[float, dict[str, float]]]]) -> Figure:
    """One column for what is varied: benefit above, harm below."""
    figure = Figure(figsize=(13, 6.2), layout="constrained", facecolor="white")
    panels = figure.subplots(2, len(found), sharex="col")
    for column, (title, points) in zip(panels.T, found.items(), strict=True):
        x = [at for at, _ in points]
        for ax, lines in zip(
            column,
            (
                (("collagen", "all collagen, median", INK), ("healthy", "that lies as in healthy skin, median", TEAL),
                 ("healthy_mean", "the same, mean", PLUM)),
                (("persists", "myofibroblasts stay, share of draws", BLOOD), ("marks", "dark marks, mean", INK),
                 ("tram", "tram tracks, mean", TEAL)),
            ), strict=True,
        ):  # fmt: skip
            for name, label, colour in lines:
                ax.plot(
                    x, [values[name] for _, values in points], "o-", color=colour, markersize=4, label=label
                )
            ax.set_ylim(bottom=0)
        if x[-1] / x[0] > 20:
            column[0].set_xscale("log", base=2)
        column[0].set_xticks(x, [f"{v:g}" for v in x])
        column[0].minorticks_off()
        column[1].set_xlabel(title.replace(", ", ",\n"))
    panels[0, 0].set_ylabel("change of collagen (%)")
    panels[1, 0].set_ylabel("probability")
    lines = [line for ax in panels[:, 0] for line in ax.lines]
    figure.legend(handles=lines, loc="outside lower center", ncols=3, frameon=False)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=64)
    draws = parser.parse_args().draws
    found: dict[str, list[tuple[float, dict[str, float]]]] = {}
    print(
        "| varied | value | all collagen, % | as in healthy skin, % (mean) | scar volume, % | alignment | "
        "most myofibroblasts | they stay | dark marks | tram tracks | days red |\n|" + "---|" * 11
    )
    for title, points in VARIED.items():
        for point in points:
            last = list(point.values())[-1]
            v = seen(course(draws, **point))
            found.setdefault(title, []).append((last, v))
            print(
                f"| {title} | {last:g} | {v['collagen']:.1f} | {v['healthy']:.1f} ({v['healthy_mean']:.1f}) | "
                f"{v['scar']:.0f} | {v['alignment']:.3f} | {v['myofibroblasts']:.3f} | {v['persists']:.0%} | "
                f"{v['marks']:.1%} | {v['tram']:.1%} | {v['red']:.1f} |",
                flush=True,
            )
    with use_house_style("sessions"):
        draw(found).savefig(Path(__file__).parent / "images" / "sessions.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
