"""The look of the figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, ScalarFormatter, StrMethodFormatter

from hudnal.arrays import Array, Float, Shaped
from hudnal.language import Words, say, show_text
from hudnal.language.numbers import format_given
from hudnal.result.interval import HIGH, LOW

INK = "#2d2623"
SOFT = "#8a7d74"
GRID = "#e6ddd3"
BLOOD = "#b3382f"
TEAL = "#1f6f78"
GOLD = "#c08a2d"
PLUM = "#6d4a7c"
SKIN = {"corneum": "#e9d8bd", "epidermis": "#f2c9a8", "dermis": "#f7ded0", "fat": "#fbeeb8"}
STEEL = "#7d8790"

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
) -> None:
    """Median line and central 90 % of `values`."""
    low, median, high = np.quantile(values, (LOW, 0.5, HIGH), axis=1)
    ax.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
    ax.plot(x, median, line, color=colour, label=label)


def draw_limit(ax: Axes, height: float, label: str) -> None:
    """A dashed line across the axes."""
    ax.axhline(height, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), label=label)


def name_axes(ax: Axes, words: Words, x: str, y: str, title: str) -> None:
    """Name both axes by their words of the report, and the whole by its `title`."""
    ax.set(xlabel=words(f"report.axis_{x}"), ylabel=words(f"report.axis_{y}"))
    ax.set_title(title)


def write_ticks(ax: Axes, language: str) -> None:
    """Write the numbers on axes with the signs of the language, where they are not matplotlib's own."""
    if say("numbers.decimal", language) == ".":
        return
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_major_formatter(), ScalarFormatter | StrMethodFormatter):
            axis.set_major_formatter(FuncFormatter(lambda value, _: format_given(value, language)))


def show_as_is(text: str) -> str:
    """Text of a file for a figure, where the library would set what stands between two dollars as a formula."""
    return show_text(text).replace("$", r"\$")
