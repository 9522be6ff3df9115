"""A practitioner asks: what do I expect during and after this session, what must I not do, what do I tell the client?

The session that is planned is the preset `classic`, with its vitamin C serum under the needles. The answer comes in
Swedish; `main(language="en")` gives it in English. The same session with a sterile product shows which warning goes
away, and what becomes of the chance of an infection. Given a folder, the report for the client is written there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import hudnal
from hudnal import compare
from hudnal.language import Words
from hudnal.language.numbers import format_chance, format_number, format_unit
from hudnal.report import render_report
from hudnal.report.words.headlines import tell_headlines

DURING = ("numb_depth", "pain", "pain_without_cream", "pinpoint_stroke", "blood_volume", "lidocaine_peak")
AFTER = ("barrier_closed", "epidermis_closed", "redness_days", "swelling_days")
STERILE = "sterile-hyaluronic-acid"


def told(name: str, entry: dict, words: Words) -> str:
    values = (entry["median"], entry["low"], entry["high"])
    median, low, high = (
        words("words.never") if v is None else format_number(v, words.language) for v in values
    )
    head, meaning = (words(f"quantities.{name}.{part}") for part in ("name", "meaning"))
    value = f"{median} {format_unit(entry['unit'], words)}".strip()
    return f"  {head}: {value} ({words('words.interval', low=low, high=high)}), {meaning}"


def tell_dangers(course: hudnal.Course, words: Words) -> None:
    for warning in course.warnings:
        entry = course.describe_warning(warning, words.language)
        print(f"  {words(f'levels.{warning.level}')}: {entry['text']}")
    median, low, high = (format_chance(p, words) for p in course.interval("infection_probability"))
    span = words("words.interval", low=low, high=high)
    print(f"  {words('quantities.infection_probability.name')}: {median} ({span})")


def main(folder: Path | None = None, language: str = "sv") -> dict:
    words = Words(language)
    plan = hudnal.load("classic").as_data()
    serum = {"spread": {"what": STERILE, "amount": "2 mg/cm2"}}
    sterile_plan = {**plan, "session": [serum if "spread" in step else step for step in plan["session"]]}
    planned, sterile = (hudnal.simulate(p, draws=32) for p in (plan, sterile_plan))
    quantities = planned.summary(language)["quantities"]
    print(planned.treatment.title_in(language), *tell_headlines(planned, words), sep="\n")
    for head, names in (("report.session", DURING), ("report.weeks", AFTER)):
        print(words(head), *(told(name, quantities[name], words) for name in names), sep="\n")
    print(words("report.warnings"))
    tell_dangers(planned, words)
    print(words(f"products.{STERILE}"))
    tell_dangers(sterile, words)
    print(words("notice"))
    table = compare(["planned", "sterile"], [planned, sterile])
    risk = "infection_probability"
    found: dict = {name: planned.interval(name) for name in (*DURING, *AFTER)}
    found["infection"], found["infection_sterile"] = planned.interval(risk), sterile.interval(risk)
    found["infection_change"] = table.difference(risk, "sterile")
    found["warnings"], found["warnings_sterile"] = ([w.code for w in c.warnings] for c in (planned, sterile))
    if folder is not None:
        draw(planned, words, folder)
        (folder / "client.html").write_text(render_report(sterile, language), encoding="utf-8")
    return found


def draw(course: hudnal.Course, words: Words, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    pain, redness = figure.subplots(1, 2)
    strokes = np.arange(1, course.strokes.pain.shape[1] + 1)
    for key, values in (
        ("without_cream", course.strokes.pain_without_cream),
        ("with_cream", course.strokes.pain),
    ):
        low, median, high = np.quantile(values, (0.05, 0.5, 0.95), axis=0)
        pain.fill_between(strokes, low, high, alpha=0.2, linewidth=0)
        pain.plot(strokes, median, label=words(f"report.{key}"))
    pain.set(xlabel=words("report.axis_strokes"), ylabel=words("report.axis_pain"), ylim=(0, 10))
    pain.legend()
    course.plot("redness", redness, words.language, over="day").set_xlim(0, 14)
    figure.savefig(folder / "practitioner.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
