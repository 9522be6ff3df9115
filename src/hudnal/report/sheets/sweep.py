"""A sweep as files and as lines: a table, and a figure with one panel a quantity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log10
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from hudnal.language import Words
from hudnal.language.numbers import choose_unit, format_number, format_unit
from hudnal.outcome.declared import find_quantity
from hudnal.report.figures.save import save_figure
from hudnal.report.figures.style import BLOOD, INK, SOFT, TEAL, show_as_is, write_tick
from hudnal.report.sheets.rows import TextTable
from hudnal.report.words.force import tell_lying_force
from hudnal.store.files import write_folder
from hudnal.study.sweep import Sweep

PANELS = ("hole_density", "tip_depth", "channel_depth", "needle_force", "push_force", "bleeding_points")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")  # at the start of a value
_FEWEST = 3  # values from which on they lie on an axis by their numbers
_DECADE = 10.0
_NUDGE = 0.012  # of the axis, between lines at one value
_COLOURS = (TEAL, BLOOD, INK, "#b98900", "#6a4fa3", "#3f7d3a")


def write_sweep(sweep: Sweep, folder: Path, language: str) -> None:
    """Leave sweep.csv and sweep.svg in `folder`, both or none. Raises OutputFault."""
    words = Words(language)
    writers = {
        "sweep.csv": lambda path: path.write_text(
            f"# {words('notice')}\n" + sweep.write_table(), encoding="utf-8"
        ),
        "sweep.svg": lambda path: save_figure(
            lambda: draw_sweep(sweep, words), path, "sweep", language=language
        ),
    }
    write_folder(folder, writers)


def draw_sweep(sweep: Sweep, words: Words) -> Figure:
    """Median and central 90 % over the first thing varied, a line for each combination of the others.

    Values with a number lie on an axis by it, which is logarithmic where they span more than a decade.
    """
    figure = Figure(figsize=(11, 6.6), layout="constrained", facecolor="white")
    first, *others = sweep.varied
    places, at_place = place_values(sweep.varied[first])
    nudge = _NUDGE * (max(at_place.values()) - min(at_place.values()) or 1.0)
    lines: dict[str, list[int]] = {}
    for i, point in enumerate(sweep.points):
        lines.setdefault(show_as_is(", ".join(f"{k} {point[k]}" for k in others)), []).append(i)
    for ax, name in zip(figure.subplots(2, 3).ravel(), PANELS, strict=True):
        unit, factor = _suit_unit(sweep, name)
        for line, (label, members) in enumerate(lines.items()):
            at = np.array([at_place[sweep.points[i][first]] for i in members])
            at = at + nudge * (line - (len(lines) - 1) / 2)
            values = factor * np.array(
                [[np.nan if v is None else v for v in sweep.results[i][name]] for i in members], float
            )
            colour = _COLOURS[line % len(_COLOURS)]
            ax.vlines(at, values[:, 1], values[:, 2], color=colour, linewidth=2, alpha=0.45)
            ax.plot(at, values[:, 0], color=colour, marker="o", markersize=4, linewidth=1.2, label=label)
        ax.set_xticks([at_place[value] for value in places], list(map(show_as_is, places)))
        ax.set(xlabel=label_axis(sweep, words), ylim=(0, None))
        if sweep.baseline is not None:
            ax.axvline(at_place[sweep.points[sweep.baseline][first]], color=SOFT, linestyle=":", linewidth=1)
        ax.set_title(_name_panel(name, unit, words))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write_tick(value, words.language)))
    if others:
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(4, len(labels)), frameon=False)
    return figure


def label_axis(sweep: Sweep, words: Words) -> str:
    """What lies on the axis, and at which of its values the treatment stands as it is: a dotted line."""
    first = next(iter(sweep.varied))
    if sweep.baseline is None:
        return first
    return f"{first} (┊ {words('cli.sweep_own')}: {show_as_is(sweep.points[sweep.baseline][first])})"


def place_values(values: Sequence[str]) -> tuple[list[str], dict[str, float]]:
    """The values in the order of an axis, and where each lies on it: by its number, or one beside the other.

    Numbers above 0 that span more than a decade lie by their logarithm.
    """
    numbers = [_NUMBER.match(value) for value in values]
    units = {_NUMBER.sub("", value).strip() for value in values}
    if not all(numbers) or len(units) > 1 or len(set(values)) < _FEWEST:
        return list(values), {value: float(place) for place, value in enumerate(values)}
    by_value = {
        value: float(number[0].replace(",", "."))
        for value, number in zip(values, numbers, strict=True)
        if number
    }
    ordered = sorted(by_value, key=by_value.__getitem__)
    low, high = by_value[ordered[0]], by_value[ordered[-1]]
    if low > 0 and high / low > _DECADE:
        by_value = {value: log10(number) for value, number in by_value.items()}
    return ordered, by_value


def tabulate_sweep(sweep: Sweep, words: Words) -> TextTable:
    """A row a combination: what was varied, and median with interval of what came of it."""
    units = {name: _suit_unit(sweep, name) for name in PANELS}
    heads = [*sweep.varied, *(_name_panel(name, units[name][0], words) for name in PANELS)]
    rows = []
    for place, (point, values) in enumerate(zip(sweep.points, sweep.results, strict=True)):
        cells = list(point.values())
        if place == sweep.baseline:
            cells[0] = f"{cells[0]}\n({words('cli.sweep_own')})"
        for name in PANELS:
            median, low, high = (
                format_number(None if v is None else units[name][1] * v, words.language) for v in values[name]
            )
            cells.append(f"{median}\n{low}–{high}")
        rows.append(cells)
    # Of the last point: where force is varied that is where most lies on the drum.
    lying = sweep.results[-1].get("lying_force")
    lines = [tell_lying_force(lying, words) if lying else "", words("notice")]
    return TextTable(heads, "r" * len(heads), rows, "\n".join(filter(None, lines)), ruled=True)


def _suit_unit(sweep: Sweep, name: str) -> tuple[str, float]:
    """The unit that suits the largest median of a quantity, and how many of it make one of the program's."""
    medians = (result[name].median for result in sweep.results)
    largest = max((abs(median) for median in medians if median is not None), default=None)
    return choose_unit(largest, find_quantity(name).unit)


def _name_panel(name: str, unit: str, words: Words) -> str:
    return f"{words(f'quantities.{name}.name')} ({format_unit(unit, words)})"
