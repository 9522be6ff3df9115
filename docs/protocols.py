"""Write docs/examples/protocols/README.md: published protocols, what their sources report, what the model says of each.

python docs/protocols.py [--draws 16] [--only NAME ...] (some minutes)

Each protocol is a treatment file. What its source reports stands in the head of the file and, with the place where the
model's answer is read, in reported.yaml.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import hudnal
from hudnal.arrays import PerDraw
from hudnal.evidence.observation import observe_course, unit_of
from hudnal.language.numbers import format_number
from hudnal.outcome.declared import find_quantity
from hudnal.parameters.bibliography import bibliography
from hudnal.report.templates import escape_markdown
from hudnal.units import PERCENT

FOLDER = Path(__file__).parent / "examples" / "protocols"
HEAD = """# Protocols of practice, and what their sources report

Written by `python docs/protocols.py` from the files beside this page. Each is a treatment file after a methods
section, a clinic's page or a summary of protocols, with what its source reports in its head; what the source leaves
open is told there as assumed. `hudnal run docs/examples/protocols/peels-between-needlings.yaml` runs one. What the
model says is the median over {draws} draws with the central 90 % of what is not known; a chance is its mean. None of
the files was altered after it was run.

| protocol | its source reports | the model says | source |
|---|---|---|---|
"""
FOOT = """
Where both disagree, the file may miss what the source leaves open, the source may be a small trial without blinding,
or the model is wrong; [the evidence](../../evidence.md) sets figures beside forecasts of what such a study would
report, which are wider.

It informs; it does not diagnose, and it is no medical device.
"""


NOT_RUN = "not run yet"


@cache
def read_reported() -> Mapping[str, Any]:
    """What the sources of each protocol report, by the name of its file."""
    return yaml.safe_load((FOLDER / "reported.yaml").read_text(encoding="utf-8"))


def find_file(name: str) -> Path:
    """The treatment file of a protocol."""
    return FOLDER / f"{name}.yaml"


def simulate_protocol(name: str, draws: int) -> hudnal.Course:
    """The course of a protocol, with its series."""
    return hudnal.simulate(hudnal.load(str(find_file(name))), draws=draws, keep=("series",))


def look(course: hudnal.Course, one: Mapping[str, Any]) -> PerDraw:
    """What the model says of one thing that a source reports, for each draw."""
    place = course.zones[one["zone"]] if "zone" in one else course
    return observe_course(place, one["observe"], one.get("raters", "blinded"))


def tell_look(one: Mapping[str, Any], values: PerDraw) -> str:
    """The median with the central 90 %, in the unit of what is observed; a chance as a mean in per cent."""
    is_chance = find_quantity(one["observe"]["quantity"]).unit == "0-1"
    unit = "%" if is_chance else unit_of(one["observe"])
    seen = values * PERCENT if is_chance else values
    low, high = np.nanquantile(seen, (0.05, 0.95))
    middle = np.nanmean(seen) if is_chance else np.nanmedian(seen)
    number, low, high = (format_number(float(value), "en") for value in (middle, low, high))
    named = f"{one['called']} " if "called" in one else ""
    shown = {"1": "", "day": " days"}.get(unit, f" {unit}")
    return f"{named}{number}{shown} ({low} to {high})"


def answer(name: str, draws: int) -> list[str]:
    """What the model says of each thing that the sources of a protocol report."""
    course = simulate_protocol(name, draws)
    return [
        "; ".join(tell_look(one, look(course, one)) for one in report["looks"])
        for report in read_reported()[name]["reports"]
    ]


def make_rows(name: str, answers: list[str]) -> list[str]:
    """A row of the table for each thing that the sources of a protocol report, with what the model says of it."""
    told = read_reported()[name]
    title = f"[{hudnal.load(str(find_file(name))).title_in('en')}]({name}.yaml)"
    sources = " ".join(escape_markdown(bibliography()[key].text) for key in told["sources"])
    firsts = [(title, sources)] + [("", "")] * (len(answers) - 1)
    return [
        f"| {first} | {report['says']} | {says} | {source} |"
        for (first, source), report, says in zip(firsts, told["reports"], answers, strict=True)
    ]


def read_rows() -> dict[str, list[str]]:
    """The rows of each protocol as they stand in the page; a protocol that is not there says that it was not run."""
    rows = {name: make_rows(name, [NOT_RUN] * len(one["reports"])) for name, one in read_reported().items()}
    page = FOLDER / "README.md"
    lines = page.read_text(encoding="utf-8").splitlines() if page.exists() else []
    for name, old in rows.items():
        at = [i for i, line in enumerate(lines) if f"]({name}.yaml) |" in line]
        if at:
            rows[name] = lines[at[0] : at[0] + len(old)]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=16)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="run these; the rows of others stay")
    asked = parser.parse_args()
    rows = read_rows()
    for name in asked.only or rows:
        rows[name] = make_rows(name, answer(name, asked.draws))
        print("\n".join(rows[name]), flush=True)
        lines = [line for one in rows.values() for line in one]
        page = HEAD.format(draws=asked.draws) + "\n".join(lines) + "\n" + FOOT
        (FOLDER / "README.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
