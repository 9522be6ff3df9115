"""The engineer's files: every hole as a table, the sheet, and a figure of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hudnal.course.course import Course
from hudnal.course.files import write_folder, write_json
from hudnal.course.hole_sheet import hole_table, sheet
from hudnal.language import Words
from hudnal.report.figures.holes import draw_map, draw_section
from hudnal.report.numbers import number, unit
from hudnal.report.style import BLOOD, INK, TEAL, house_style

_BINS = 40


def write_holes(course: Course, folder: Path, language: str) -> dict[str, Any]:
    """Leave holes.csv, holes.svg and sheet.json in `folder`, all or none; the sheet is returned. Raises OutputFault."""
    found, words = sheet(course), Words(language)
    table = hole_table(course)
    writers = {
        "holes.csv": lambda path: path.write_text(table, encoding="utf-8"),
        "holes.svg": lambda path: draw_holes(course, found, words).savefig(
            path, format="svg", metadata={"Date": None, "Creator": None}
        ),
        "sheet.json": lambda path: write_json(path, found),
    }
    with house_style("holes"):
        write_folder(folder, writers)
    return found


def draw_holes(course: Course, found: dict[str, Any], words: Words) -> Figure:
    """Map, cut, depths and evenness of the first session's holes."""
    figure = Figure(figsize=(11, 8.4), layout="constrained", facecolor="white")
    (top_left, top_right), (low_left, low_right) = figure.subplots(2, 2)
    if course.holes.x.size:
        draw_map(course, top_left, words)
        draw_section(course, top_right, words)
    _draw_depths(course, low_left, words)
    _draw_evenness(found, low_right, words)
    return figure


def _draw_depths(course: Course, ax: Axes, words: Words) -> None:
    """How deep the holes of all draws are: under load, and what stays open."""
    for name, colour in (("tip_depth", INK), ("channel_depth", BLOOD)):
        label = words(f"quantities.{name}.name")
        ax.hist(
            getattr(course.holes, name), bins=_BINS, density=True, histtype="step", color=colour, label=label
        )
    ax.set(xlabel=words("report.axis_mm"), ylabel=words("report.axis_frequency"))
    ax.set_title(words("report.depths_title"))
    ax.legend()


def _draw_evenness(found: dict[str, Any], ax: Axes, words: Words) -> None:
    """Pair correlation: 1 is chance, below 1 holes keep apart, above 1 they crowd."""
    pairs = found["pair_correlation"]
    known = [i for i, g in enumerate(pairs["g"]) if g["median"] is not None]
    distance = np.array(pairs["distance_mm"])[known]
    low, median, high = (
        np.array([pairs["g"][i][k] for i in known], float) for k in ("low", "median", "high")
    )
    ax.fill_between(distance, low, high, color=TEAL, alpha=0.16, linewidth=0)
    ax.plot(distance, median, color=TEAL)
    ax.axhline(1, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    ax.set(xlabel=words("report.axis_distance"), ylabel=words("report.axis_pairs"), ylim=(0, None))
    ax.set_title(words("report.evenness_title"))


def holes_lines(found: dict[str, Any], words: Words) -> list[str]:
    """The sheet as lines for the terminal."""
    lines = []
    for device in found["instruments"]:
        rate = number(device["punctures_per_s"], words.language)
        length = number(device["needle_length_mm"], words.language)
        lines.append(
            words("cli.device", name=device["name"], needles=device["needles"], length=length, rate=rate)
        )
    for name, entry in found["quantities"].items():
        median, low, high = (number(entry[k], words.language, 3) for k in ("median", "low", "high"))
        label = words(f"quantities.{name}.name") if name not in _OWN else words(f"cli.{name}")
        span = words("words.interval", low=low, high=high)
        lines.append(f"{label}: {median} {unit(entry['unit'], words)} ({span})".replace(" (", " (", 1))
    return lines


_OWN = ("largest_tip_depth", "largest_needle_force", "share_without_hole")
