"""The look of the figures, and their way into the page as SVG that scales, prints and has real text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
def house_style(name: str) -> Iterator[None]:
    """Matplotlib in the house's look; `name` makes the ids of an SVG its own, the same in every run."""
    with rc_context(cast(Any, {**_STYLE, "svg.hashsalt": name})):
        yield


def svg(figure: Figure, label: str) -> str:
    """The figure as an SVG element that fills its column; `label` is read out to those who don't see it."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.StringIO()
    layout = figure.get_layout_engine()
    if layout is not None:  # laid out once, not in every pass of drawing
        layout.execute(figure)
        figure.set_layout_engine("none")
    # `savefig` would draw everything once more, to see what a layout makes of it.
    FigureCanvasSVG(figure).print_svg(buffer, metadata=dict.fromkeys(("Date", "Creator", "Type", "Format")))
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    head, rest = text.split(">", 1)
    head = re.sub(r'\s(width|height|version|xmlns:xlink|xmlns)="[^"]*"', "", head)
    rest = re.sub(r"<metadata>.*?</metadata>", "", rest, flags=re.S)
    # Coordinates to a hundredth of a point are finer than any print, and a third of the size.
    rest = re.sub(r"(?<=\d\.\d\d)\d+", "", rest)
    # Ids that nothing points at would stand on the page once for every figure.
    wanted = set(re.findall(r"""(?:url\(#|href="#)([^)"]+)""", rest))
    rest = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in wanted else "", rest)
    safe = label.replace('"', "'")
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head} {spaces} role="img" aria-label="{safe}">{rest}'


def band(ax: Axes, x, values, colour: str, label: str | None = None, low: float = 0.05, high: float = 0.95):
    """Median line and central 90 % of `values` (x, draw)."""
    import numpy as np

    bottom, median, top = np.quantile(values, (low, 0.5, high), axis=1)
    ax.fill_between(x, bottom, top, color=colour, alpha=0.16, linewidth=0)
    return ax.plot(x, median, color=colour, label=label)[0]


def swedish(axis: Axes) -> None:
    """Decimal commas on the axes that carry numbers."""
    from matplotlib.ticker import FuncFormatter, ScalarFormatter, StrMethodFormatter

    for line in (axis.xaxis, axis.yaxis):
        if not isinstance(line.get_major_formatter(), ScalarFormatter | StrMethodFormatter):
            continue
        line.set_major_formatter(
            FuncFormatter(lambda v, _: f"{v:g}".replace(".", ",").replace("-", "\u2212"))
        )
