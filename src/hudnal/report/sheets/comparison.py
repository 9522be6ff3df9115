"""A comparison as a picture: each treatment's difference to the first, one panel a quantity."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hudnal.language import Words
from hudnal.report.figures.style import BLOOD, SOFT, TEAL, house_style
from hudnal.report.words.numbers import format_unit
from hudnal.result.interval import excludes_zero
from hudnal.store.files import write_whole
from hudnal.study.compare import Comparison, Row

_COLUMNS = 3
_TICKS = 4
_COLOURS = {"benefit": TEAL, "cost": BLOOD, "harm": BLOOD}


def write_comparison(found: Comparison, path: Path, language: str) -> None:
    """Draw the differences into `path`, in the format of its name. Raises OSError."""
    words = Words(language)
    kind = path.suffix.lower().removeprefix(".")
    metadata = {"Date": None, "Creator": None} if kind == "svg" else {}
    with house_style("comparison"):
        figure = draw_comparison(found, words)
        write_whole(path, lambda to: figure.savefig(to, format=kind, dpi=150, metadata=metadata))


def draw_comparison(found: Comparison, words: Words) -> Figure:
    """Median and central 90 % of the draws' differences; filled where the interval leaves 0 out."""
    panels = [(group, row) for group, rows in found.main().items() for row in rows if _has_spread(row)]
    lines = -(-len(panels) // _COLUMNS)
    height = 0.9 + lines * (0.85 + 0.3 * (len(found.names) - 1))
    figure = Figure(figsize=(11, height), layout="constrained", facecolor="white")
    axes = figure.subplots(lines, _COLUMNS, squeeze=False, sharey=True)
    for ax in axes.ravel()[len(panels) :]:
        ax.set_axis_off()
    for ax, (group, row) in zip(axes.ravel(), panels, strict=False):
        ax.axvline(0, color=SOFT, linewidth=1)
        for place, difference in enumerate(row.differences):
            median, low, high = difference
            if median is None:
                continue
            sure = excludes_zero(difference)
            colour = _COLOURS[group]
            if low is not None and high is not None:
                ax.hlines(place, low, high, color=colour, linewidth=2.2, alpha=0.5)
            ax.plot(median, place, "o", color=colour, markerfacecolor=colour if sure else "white")
        ax.set_title(f"{words(f'quantities.{row.name}.name')} {_in(format_unit(row.unit, words))}".strip())
        ax.set_yticks(range(len(found.names) - 1), found.names[1:])
        ax.set_ylim(len(found.names) - 1.5, -0.5)
        ax.xaxis.set_major_locator(MaxNLocator(_TICKS))
        ax.grid(axis="y", visible=False)
    figure.suptitle(words("cli.compare_title", first=found.names[0]), x=0.01, ha="left")
    figure.supxlabel(words("notice"), fontsize=7, color=SOFT)
    return figure


def _has_spread(row: Row) -> bool:
    return row.name != "sessions" and any(d[0] is not None for d in row.differences)


def _in(symbol: str) -> str:
    return f"({symbol})" if symbol else ""
