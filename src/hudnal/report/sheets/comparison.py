"""A comparison as a picture, a panel a quantity, and as a table: each treatment's difference to the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hudnal.language import Words
from hudnal.language.numbers import (
    choose_unit,
    format_given,
    format_number,
    format_probability,
    format_unit,
)
from hudnal.report.figures.save import save_figure
from hudnal.report.figures.style import BLOOD, SOFT, TEAL, show_as_is, write_ticks
from hudnal.report.sheets.rows import Cell, Piece, TextTable
from hudnal.report.words.chances import tell_chance
from hudnal.report.words.intervals import Show, format_cell
from hudnal.result.interval import Chance, Interval, excludes_zero
from hudnal.result.meaningful import matters
from hudnal.store.files import write_whole
from hudnal.study.compare import Comparison, Row

_COLUMNS = 3
_TICKS = 4
_PEOPLE = 1000  # of whom a figure tells how many more are hit
_COLOURS = {"benefit": TEAL, "cost": BLOOD, "harm": BLOOD}


def write_comparison(comparison: Comparison, path: Path, language: str) -> None:
    """Draw the differences into `path`, in the format of its name. Raises OSError."""
    words = Words(language)
    kind = path.suffix.lower().removeprefix(".")
    write_whole(
        path,
        lambda to: save_figure(lambda: draw_comparison(comparison, words), to, "comparison", kind, language),
    )


def draw_comparison(comparison: Comparison, words: Words) -> Figure:
    """Median and central 90 % of the draws' differences; filled where they are sure and matter. Chances per 1 000."""
    panels = [
        (group, row)
        for group, rows in comparison.list_main_rows().items()
        for row in rows
        if _has_spread(row)
    ]
    lines = -(-len(panels) // _COLUMNS)
    height = 0.9 + lines * (0.85 + 0.3 * (len(comparison.names) - 1))
    figure = Figure(figsize=(11, height), layout="constrained", facecolor="white")
    axes = figure.subplots(lines, _COLUMNS, squeeze=False, sharey=True)
    for ax in axes.ravel()[len(panels) :]:
        ax.set_axis_off()
    for ax, (group, row) in zip(axes.ravel(), panels, strict=False):
        ax.axvline(0, color=SOFT, linewidth=1)
        for place, difference in enumerate(row.differences):
            median, low, high = _scale(difference, row.unit)
            if median is None:
                continue
            sure = excludes_zero(difference) and matters(row.name, difference)
            colour = _COLOURS[group]
            if low is not None and high is not None:
                ax.hlines(place, low, high, color=colour, linewidth=2.2, alpha=0.5)
            ax.plot(median, place, "o", color=colour, markerfacecolor=colour if sure else "white")
        ax.set_title(
            f"{words(f'quantities.{row.name}.name')} {_in_brackets(_name_unit(row.unit, words))}".strip()
        )
        ax.set_yticks(range(len(comparison.names) - 1), list(map(show_as_is, comparison.names[1:])))
        ax.set_ylim(len(comparison.names) - 1.5, -0.5)
        ax.xaxis.set_major_locator(MaxNLocator(_TICKS))
        write_ticks(ax, words.language)
        ax.grid(axis="y", visible=False)
    figure.suptitle(words("cli.compare_title", first=show_as_is(comparison.names[0])), x=0.01, ha="left")
    figure.supxlabel(words("notice"), fontsize=7, color=SOFT)
    return figure


def _scale(difference: Interval, unit: str) -> Interval:
    """A difference as the figure draws it: of chances how many people of a thousand."""
    factor = _PEOPLE if unit == "0-1" else 1.0
    return Interval(*(None if value is None else factor * value for value in difference))


def _name_unit(unit: str, words: Words) -> str:
    return words("cli.per_thousand") if unit == "0-1" else format_unit(unit, words)


def _has_spread(row: Row) -> bool:
    return row.name != "sessions" and any(d[0] is not None for d in row.differences)


def _in_brackets(symbol: str) -> str:
    return f"({symbol})" if symbol else ""


def tabulate_comparison(comparison: Comparison, words: Words, everything: bool = False) -> TextTable:
    """Treatments side by side; below each value its difference to the first, and whether it is sure, or too small."""
    rest = comparison.list_other_rows()
    legend = words("cli.compare_legend", first=comparison.names[0])
    if rest and not everything:
        legend += " " + words("cli.compare_more", n=len(rest))
    rows: list[list[Cell]] = []
    groups = comparison.list_main_rows() | ({"rest": rest} if everything else {})
    for group, members in groups.items():
        if members:
            rows.append([(Piece(words(f"cli.compare_{group}"), "strong"),), *[""] * len(comparison.names)])
        for row in members:
            shown = _suit_unit(row)
            small = [not matters(row.name, difference) for difference in row.differences]
            rows.append([_name_row(shown, words), *_list_cells(shown, small, words)])
    heads, aligned = [words("cli.quantity"), *comparison.names], "l" + "r" * len(comparison.names)
    return TextTable(heads, aligned, rows, f"{legend}\n{words('notice')}", ruled=True)


def _name_row(row: Row, words: Words) -> Cell:
    kind, _, compound = row.name.partition(".")
    label = words(f"quantities.{kind}.name")
    if compound:
        label += f": {words.named('compounds', compound)}"
    symbol = format_unit(row.unit, words)
    return (Piece(f"{label} "), Piece(symbol, "soft")) if symbol else label


def _suit_unit(row: Row) -> Row:
    """The row in the unit that suits the largest of its medians: 50 min and not 0.035 days."""
    largest = max((abs(value.median) for value in row.values if value.median is not None), default=None)
    unit, factor = choose_unit(largest, row.unit)

    def scale(interval: Interval) -> Interval:
        return Interval(*(None if end is None else factor * end for end in interval))

    return replace(
        row, unit=unit, values=tuple(map(scale, row.values)), differences=tuple(map(scale, row.differences))
    )


def _list_cells(row: Row, too_small: Sequence[bool], words: Words) -> list[Cell]:
    """A cell for each treatment; `too_small` says which of the differences to the first nobody would notice."""
    language, risk = words.language, row.name.endswith("_probability")
    if row.name == "sessions":
        return [format_given(value.median or 0.0, language) for value in row.values]
    show = format_probability if risk else format_number
    if risk:
        texts = [_format_risk(chance, words) for chance in row.chances]
    else:
        texts = [format_cell(value, language) for value in row.values]
    cells: list[Cell] = [texts[0]]
    for text, difference, small in zip(texts[1:], row.differences, too_small, strict=True):
        if difference.median is None:
            cells.append(text)
            continue
        sure = excludes_zero(difference) and not small
        verdict = words("cli.compare_small") if small else words("cli.compare_sure") if sure else ""
        told = f"\nΔ {_format_difference(difference, language, show)}{verdict}"
        cells.append((Piece(text), Piece(told, "strong" if sure else "soft")))
    return cells


def _format_difference(interval: Interval, language: str, show: Show) -> str:
    """An interval with a plus before what is more than 0, unless it is too small to be told as a number."""
    text = format_cell(interval, language, show=show)
    return f"+{text}" if (interval.median or 0) > 0 and text[0].isdigit() else text


def _format_risk(chance: Chance | None, words: Words) -> str:
    if chance is None:
        return words("words.not_applicable")
    shown, ends = tell_chance(chance, words)
    return f"{shown} ({ends})" if ends else shown
