"""The engineer's files: every hole as a table, the sheet, and a figure of both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hudnal.language import Words
from hudnal.language.numbers import format_number
from hudnal.report.figures.holes import draw_map, draw_section
from hudnal.report.figures.save import save_figure
from hudnal.report.figures.style import BLOOD, INK, TEAL, name_axes, put_legend, write_ticks
from hudnal.report.words.force import tell_lying_force
from hudnal.report.words.intervals import format_row
from hudnal.result.course import Course
from hudnal.result.interval import Interval
from hudnal.store.files import write_folder, write_json
from hudnal.study import device_sheet
from hudnal.units import MM2_PER_CM2

# Quantities that no course has.
_OWN = ("largest_tip_depth", "largest_needle_force", "share_without_hole")
_BINS = 40
_CELL = 4.0  # mm, of the squares in which holes are counted over the whole area
_FEWEST, _MOST = 8, 60  # of them along a side


def write_holes(course: Course, area: Course, folder: Path, language: str) -> dict[str, Any]:
    """Leave holes.csv, area.csv, holes.svg and sheet.json in `folder`, all or none; the sheet is returned.

    `course` is the session on a sample area in all draws, `area` the same on the whole area. Raises OutputFault.
    """
    sheet, words = device_sheet.fill_device_sheet(course, area), Words(language)
    table, whole = (f"# {words('notice')}\n{device_sheet.write_hole_table(one)}" for one in (course, area))
    writers = {
        "holes.csv": lambda path: path.write_text(table, encoding="utf-8"),
        "area.csv": lambda path: path.write_text(whole, encoding="utf-8"),
        "holes.svg": lambda path: save_figure(
            lambda: draw_holes(course, area, sheet, words), path, "holes", language=language
        ),
        "sheet.json": lambda path: write_json(path, sheet),
    }
    write_folder(folder, writers)
    return sheet


def draw_holes(course: Course, area: Course, sheet: Mapping[str, Any], words: Words) -> Figure:
    """Map, cut, whole area, depths, evenness and force over time of the first session."""
    figure = Figure(figsize=(14, 8.4), layout="constrained", facecolor="white")
    (top_left, top, top_right), (low_left, low, low_right) = figure.subplots(2, 3)
    if course.holes.x.size:
        draw_map(course, top_left, words)
        draw_section(course, top, words)
    _draw_area(area, top_right, words)
    _draw_depths(course, low_left, words)
    _draw_evenness(sheet, low, words)
    _draw_force(sheet, low_right, words)
    for ax in figure.axes:
        write_ticks(ax, words.language)
    return figure


def _draw_area(area: Course, ax: Axes, words: Words) -> None:
    """How many holes there are in each square of the whole area."""
    holes = area.holes
    cells = max(_FEWEST, min(_MOST, int(holes.side / _CELL)))
    count, _, _ = np.histogram2d(holes.y, holes.x, bins=cells, range=[[0, holes.side]] * 2)
    density = count / (holes.side / cells) ** 2 * MM2_PER_CM2
    image = ax.imshow(density, origin="lower", extent=(0, holes.side, 0, holes.side), cmap="BuGn", vmin=0)
    ax.figure.colorbar(image, ax=ax, shrink=0.85, label=words("report.axis_holes"))
    name_axes(ax, words, "mm", "mm", words("report.area_title"))
    ax.grid(visible=False)


def _draw_force(sheet: Mapping[str, Any], ax: Axes, words: Words) -> None:
    """The hand, the needles, and what it takes to push the drum along, in one pass."""
    trace = sheet["one_pass"]
    if trace["time_s"]:
        for name, key, colour in (
            ("hand_N", "force_hand", INK),
            ("needles_N", "force_needles", BLOOD),
            ("pull_N", "force_push", TEAL),
        ):
            ax.plot(trace["time_s"], trace[name], color=colour, linewidth=1.2, label=words(f"report.{key}"))
    name_axes(ax, words, "seconds", "newton", words("report.force_title"))
    put_legend(ax)
    ax.set_ylim(min(0.0, ax.get_ylim()[0]), None)


def _draw_depths(course: Course, ax: Axes, words: Words) -> None:
    """How deep the holes of all draws are: under load, and what stays open."""
    for name, colour in (("tip_depth", INK), ("dye_depth", TEAL), ("channel_depth", BLOOD)):
        values, label = getattr(course.holes, name), words(f"quantities.{name}.name")
        ax.hist(values, bins=_BINS, density=True, histtype="step", color=colour, label=label)
    name_axes(ax, words, "mm", "frequency", words("report.depths_title"))
    put_legend(ax)


def _draw_evenness(sheet: Mapping[str, Any], ax: Axes, words: Words) -> None:
    """Pair correlation: 1 is chance, below 1 holes keep apart, above 1 they crowd."""
    pairs = sheet["pair_correlation"]
    known = [i for i, g in enumerate(pairs["g"]) if g["median"] is not None]
    distance = np.array(pairs["distance_mm"])[known]
    low, median, high = (
        np.array([pairs["g"][i][k] for i in known], float) for k in ("low", "median", "high")
    )
    ax.fill_between(distance, low, high, color=TEAL, alpha=0.16, linewidth=0)
    ax.plot(distance, median, color=TEAL)
    ax.axhline(1, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    name_axes(ax, words, "distance", "pairs", words("report.evenness_title"))
    ax.set_ylim(0, None)


def tell_holes(sheet: Mapping[str, Any], words: Words) -> list[str]:
    """The sheet as lines for the terminal."""
    lines = []
    for device in sheet["instruments"]:
        rate, length = (
            format_number(device[key], words.language) for key in ("punctures_per_s", "needle_length_mm")
        )
        values = {"name": device["name"], "needles": device["needles"]}
        lines.append(words("cli.device", length=length, rate=rate, **values))
    for name, entry in sheet["quantities"].items():
        label = words(f"cli.{name}" if name in _OWN else f"quantities.{name}.name")
        lines.append(format_row(label, entry, words))
    lying = Interval(*(sheet["quantities"]["lying_force"][part] for part in Interval._fields))
    return [*lines, *filter(None, [tell_lying_force(lying, words)])]
