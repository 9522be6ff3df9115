"""The look of the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, ScalarFormatter, StrMethodFormatter

from hudnal.arrays import Array, Float, Shaped
from hudnal.language import Words, show_text
from hudnal.language.numbers import format_number, write_signs
from hudnal.result.interval import HIGH, LOW

INK = "#2d2623"
SOFT = "#857970"
GRID = "#e6ddd3"
BLOOD = "#b3382f"
TEAL = "#1f6f78"
GOLD = "#b07c22"
PLUM = "#6d4a7c"
SKIN = {"corneum": "#e9d8bd", "epidermis": "#f2c9a8", "dermis": "#f7ded0", "fat": "#fbeeb8"}
STEEL = "#7d8790"
SHADE = "#ece5de"
DRY = "#9c8679"
JUNCTION = "#d79a76"
# The variables of the page's style that stand for the colours, so that a figure in the page is dark where the page is.
THEME = {
    INK: "ink", SOFT: "faint", GRID: "line", BLOOD: "blood", TEAL: "teal", GOLD: "gold", PLUM: "plum", STEEL: "steel",
    SHADE: "shade", DRY: "dry", JUNCTION: "junction", **{colour: name for name, colour in SKIN.items()},
}  # fmt: skip
_CUT = 4.0  # times the median's largest value: an interval that goes farther is cut there, with an arrow
_ROOM = 1.06  # above the highest of what is drawn
_LEGEND_LINE, _LEGEND_GAP = 13.0, 5.0  # points
_LEGEND_WIDTH = 46  # characters of a line of the legend

_STYLE = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.titley": 1.0,  # no looking for a place, in every pass of drawing
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.fonttype": "none",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
}


@dataclass(frozen=True)
class Band:
    """What was drawn over `x`: the median and the ends of the central 90 %, (x,) each."""

    x: Float[Array, " x"]
    low: Float[Array, " x"]
    median: Float[Array, " x"]
    high: Float[Array, " x"]
    colour: str


@contextmanager
def use_house_style(name: str) -> Iterator[None]:
    """Matplotlib in the house's look; `name` makes the ids of an SVG its own, the same in every run."""
    with rc_context(cast(Any, {**_STYLE, "svg.hashsalt": name})):
        yield


def draw_band(
    ax: Axes,
    x: Float[Array, " x"],
    values: Shaped[Array, "x draw"],
    colour: str,
    label: str | None = None,
    line: str = "-",
) -> Band:
    """Median line and central 90 % of `values`, which are returned."""
    low, median, high = np.quantile(values, (LOW, 0.5, HIGH), axis=1)
    ax.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
    ax.plot(x, median, line, color=colour, label=label)
    return Band(x, low, median, high, colour)


def limit_to_medians(ax: Axes, bands: Iterable[Band], language: str, least: float) -> None:
    """Let the vertical axis go as far as the medians need, and at least to `least`.

    An interval that goes much farther is cut, with an arrow and the number that it would reach.
    """
    drawn = list(bands)
    top = _limit_end(ax, drawn, language, least, up=True)
    ax.set_ylim(_limit_end(ax, drawn, language, top / 2, up=False), top)


def _limit_end(ax: Axes, bands: Sequence[Band], language: str, least: float, up: bool) -> float:
    """The end of the axis above 0, or below it, with an arrow for each interval that it cuts."""
    sign = 1 if up else -1
    farthest = [float((sign * (band.high if up else band.low)).max()) for band in bands]
    middle = max(float((sign * band.median).max()) for band in bands)
    limit = max(_CUT * middle, least)
    if max(farthest) <= _ROOM * limit:
        return sign * max(0.0, middle, least if up else 0.0, *farthest) * _ROOM
    cut = [(band, end) for band, end in zip(bands, farthest, strict=True) if end > limit]
    for place, (band, end) in enumerate(cut):
        at = 0.985 - 0.08 * place if up else 0.015 + 0.08 * place
        ax.text(
            0.99, at, f"{'▲' if up else '▼'} {format_number(sign * end, language)}", color=band.colour, fontsize=8.5,
            ha="right", va="top" if up else "bottom", transform=ax.transAxes,
        )  # fmt: skip
    return sign * limit


def put_legend(ax: Axes) -> None:
    """The legend above the axes and below the title, where no data lie."""
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return
    columns = len(labels)
    while columns > 1 and columns * (max(map(len, labels)) + 4) > _LEGEND_WIDTH:
        columns -= 1
    lines = -(-len(labels) // columns)
    ax.legend(
        handles, labels, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.1,
        borderpad=0, handlelength=1.4, columnspacing=1.2, labelspacing=0.25,
    )  # fmt: skip
    ax.set_title(ax.get_title(loc="left"), pad=_LEGEND_LINE * lines + _LEGEND_GAP)


def draw_limit(ax: Axes, height: float, label: str) -> None:
    """A dashed line across the axes."""
    ax.axhline(height, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), label=label)


def name_axes(ax: Axes, words: Words, x: str, y: str, title: str) -> None:
    """Name both axes by their words of the report, and the whole by its `title`."""
    ax.set(xlabel=words(f"report.axis_{x}"), ylabel=words(f"report.axis_{y}"))
    ax.set_title(title)


def write_ticks(ax: Axes, language: str) -> None:
    """Write the numbers on axes with the signs of the language, thousands set apart."""
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_major_formatter(), ScalarFormatter | StrMethodFormatter):
            axis.set_major_formatter(FuncFormatter(lambda value, _: write_tick(value, language)))


def write_tick(value: float, language: str) -> str:
    """A number on an axis: as many digits as it needs, thousands set apart."""
    return write_signs(f"{float(f'{value:.3g}') if abs(value) >= 1000 else value:,.6g}", language)


def show_as_is(text: str) -> str:
    """Text of a file for a figure, where the library would set what stands between two dollars as a formula."""
    return show_text(text).replace("$", r"\$")
