"""A formulation scientist asks: how much gets in through the holes, how long are they open, what reaches the blood?

Two products on a cheek rolled with 1.5 mm needles, sixteen strokes: a sterile hyaluronic acid, whose molecules are too
large for whole skin, and a cream with 4 % lidocaine, which gets through whole skin as well. How much of the acid comes
into living skin within a day, how late can it still be spread, and how much more lidocaine reaches the blood than
if the cream had been on whole skin for the same hour?
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import hudnal
from hudnal import interval
from hudnal.language.numbers import format_number

CLEAN = ["wash", {"disinfect": {"with": "chlorhexidine-alcohol"}}]
ROLL = {"roll": {"back_and_forth": 8, "directions": [0, 90, 45, 135], "force": "5 N", "skin": "taut"}}
ACID = {"spread": {"what": "sterile-hyaluronic-acid", "amount": "2 mg/cm2"}}
CREAM = {"numb": {"with": "lmx-4", "amount": "100 mg/cm2", "for": "60 min", "covered": False}}
DELAYS = (0, 8, 24, 48)  # h


def run(*steps: object) -> hudnal.Course:
    course = {"sessions": 1, "follow_up": "4 day"}
    treatment = {"instrument": "dermaroller-mf8", "session": [*CLEAN, *steps], "course": course}
    return hudnal.simulate(treatment, draws=64)


def told(found: tuple) -> str:
    median, low, high = (format_number(v, "en") for v in found)
    return f"{median} ({low} to {high})"


def main(folder: Path | None = None) -> dict:
    acid = {d: run(ROLL, "clean", {"wait": {"for": f"{d} h"}}, ACID) for d in DELAYS}
    needled, whole = run(ROLL, "clean", CREAM, "wash"), run(CREAM, "wash")
    applied = acid[0].series["applied.hyaluronic-acid"][-1]
    share = {d: c.quantities["delivered.hyaluronic-acid"] / applied for d, c in acid.items()}
    kinds = ("on_skin", "in_skin", "blood", "washed_off", "evaporated")
    cream = needled.series["applied.lidocaine"]
    lost = cream - sum(needled.series[f"{kind}.lidocaine"] for kind in kinds)
    peaks = needled.quantities["lidocaine_peak"], whole.quantities["lidocaine_peak"]
    found = {
        "share": {d: interval(values) for d, values in share.items()},
        "share_whole": interval(share[0] / acid[0].quantities["enhancement.hyaluronic-acid"]),
        "enhancement": acid[0].interval("enhancement.hyaluronic-acid"),
        "barrier_closed": acid[0].interval("barrier_closed"),
        "channel_closed": acid[0].interval("channel_closed"),
        "plasma": interval(peaks[0]),
        "plasma_whole": interval(peaks[1]),
        "plasma_times": interval(peaks[0] / peaks[1]),
        "unaccounted": float(np.abs(lost).max() / cream.max()),
        "warnings": [warning.code for warning in needled.warnings],
    }
    print(f"{told(found['share'][0])} of the hyaluronic acid comes into living skin within a day,")
    print(f"  {told(found['share_whole'])} through whole skin: {told(found['enhancement'])} times as much.")
    for d in DELAYS[1:]:
        print(f"  Spread {d} h after the needles: {told(found['share'][d])}.")
    print(f"Half of the holes hold water again after {told(found['barrier_closed'])} h;")
    print(f"  half of the channels are filled after {told(found['channel_closed'])} h.")
    print(f"Lidocaine in plasma peaks at {told(found['plasma'])} ug/mL after an hour on needled skin,")
    print(f"  at {told(found['plasma_whole'])} on whole: {told(found['plasma_times'])} times as much.")
    for warning in needled.warnings:
        if warning.level == "danger":
            print(f"  {needled.describe_warning(warning)['text']}")
    if folder is not None:
        draw(acid[0], needled, found, folder)
    return found


def draw(acid: hudnal.Course, cream: hudnal.Course, found: dict, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    holes, window, plasma = figure.subplots(1, 3)
    acid.plot("channel_open", holes, over="h").set_xlim(0, 96)
    median, low, high = np.array([found["share"][d] for d in DELAYS]).T
    window.errorbar(DELAYS, median, (median - low, high - median), capsize=4)
    window.set(xlabel="spread h after the needles", ylabel="share into living skin", ylim=(0, 1))
    cream.plot("plasma.lidocaine", plasma, over="h").set_xlim(0, 24)
    figure.savefig(folder / "formulation_scientist.svg")
    cream.to_netcdf(folder / "lidocaine.nc")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
