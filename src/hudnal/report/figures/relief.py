"""The relief of scars before and after: from above as a map, and cut through the middle of each."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hudnal.arrays import Array, Float
from hudnal.language import Words
from hudnal.outcome.relief import Shape
from hudnal.report.figures.save import render_svg
from hudnal.report.figures.style import (
    INK,
    SKIN,
    SOFT,
    TEAL,
    draw_band,
    name_axes,
    put_legend,
    use_house_style,
    write_ticks,
)
from hudnal.report.words.sentences import capitalise, name_concern
from hudnal.result.course import Course
from hudnal.result.scars import MOMENTS, Pair

_SIDE = 1.5  # widths to either side of a scar's middle that are shown
_STEPS = 61  # places on the way out from a scar's middle
_ACROSS = 4.7  # inches of each figure
_CUT = 2.5  # inches from top to bottom of a cut
_MAP = 3.6  # inches across of both maps side by side, or of each where they stand below each other
_TEXT, _BAR = 0.8, 0.7  # inches of the text around a map, and of the bar of colours
_FINE = 60  # places on a map from its middle line to its edge
_LEVEL = SKIN["dermis"]
_COLOURS = LinearSegmentedColormap.from_list("relief", [_LEVEL, "#dd9f86", "#a4574a", "#56241f"])


def draw_relief(course: Course, words: Words, caption: str) -> str:
    """SVG of every scar of a course from above, before and after: medians; `caption` is read out."""
    sides = _find_sides(course)
    with use_house_style("relief"):
        stacked = len(sides) > 1
        rows, columns = (2, 1) if stacked else (1, 2)
        tall = _MAP / columns * max(sides) / sum(sides)
        figure = Figure(figsize=(_ACROSS, rows * (tall + _TEXT) + _BAR), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        deepest = max(float(np.median(before.depth)) for before, _ in course.scars)
        levels = np.array(MaxNLocator(10).tick_values(0, deepest))
        filled = [_draw_map(course.scars, which, sides, axes[which], levels) for which in (0, 1)]
        for axis, when in zip(axes, MOMENTS, strict=True):
            name_axes(axis, words, "mm", "mm", words(f"report.relief_{when}"))
        if not stacked:
            axes[1].set_ylabel("")
        bar = figure.colorbar(filled[0], ax=list(axes), location="bottom", shrink=0.8, aspect=30)
        bar.set_label(f"{words('report.relief_depth')} (mm)")
        bar.outline.set_visible(False)
        for axis in (*axes, bar.ax):
            write_ticks(axis, words.language)
        return render_svg(figure, f"{words('report.relief')}. {caption}")


def draw_relief_cuts(course: Course, words: Words, caption: str) -> str:
    """SVG of every scar cut through its middle, before and after, with the central 90 % of the draws."""
    sides = _find_sides(course)
    with use_house_style("relief_cut"):
        figure = Figure(figsize=(_ACROSS, _CUT * len(sides)), layout="constrained")
        cuts = figure.subplots(len(sides), 1, squeeze=False).ravel()
        for axis, pair, side, scar in zip(cuts, course.scars, sides, course.treatment.scars, strict=True):
            _draw_cut(pair, side, axis, words)
            axis.set_title(capitalise(name_concern(scar, words)))
            axis.set_ylabel(words("report.relief_below"))
            put_legend(axis)
            write_ticks(axis, words.language)
        return render_svg(figure, f"{words('report.relief')}. {caption}")


def _find_sides(course: Course) -> list[float]:
    """mm to either side of each scar's middle that are shown."""
    return [_SIDE * float(np.median(before.width)) for before, _ in course.scars]


def _draw_map(
    scars: tuple[Pair, ...], which: int, sides: list[float], ax: Axes, levels: Float[Array, " level"]
) -> ContourSet:
    """Median surfaces side by side from above: round scars as they are, a piece of long ones.

    Both axes count from the middle, as those of the cuts do.
    """
    reach, half = sum(sides), max(sides)
    x, y = (
        np.linspace(-reach, reach, round(2 * _FINE * reach / half) + 1),
        np.linspace(-half, half, 2 * _FINE + 1),
    )
    depth = np.zeros((y.size, x.size))
    middle = -reach
    for pair, side in zip(scars, sides, strict=True):
        middle += side
        out = np.linspace(0, 2 * side, 2 * _STEPS)
        median = np.median(_measure_along(pair[0], pair[which], out / side), axis=0)
        away = np.abs(x - middle)[None, :] if pair[0].long else np.hypot(x - middle, y[:, None])
        depth += np.interp(away, out, median, right=0.0)
        middle += side
    filled = ax.contourf(x, y, np.clip(depth, 0, levels[-1]), levels=levels, cmap=_COLOURS)
    ticks = MaxNLocator(4, symmetric=True).tick_values(-half, half)
    ax.set_yticks(ticks)
    if len(sides) == 1:
        ax.set_xticks(ticks)
    ax.set(aspect="equal", xlim=(-reach, reach), ylim=(-half, half))
    ax.set_facecolor(_LEVEL)
    ax.grid(visible=False)
    return filled


def _draw_cut(pair: Pair, side: float, ax: Axes, words: Words) -> None:
    """Before and after along a line through the middle, deeper downward; bands hold the central 90 % of the draws."""
    out = np.linspace(0, side, _STEPS)  # of a scar of the median width
    place = np.concatenate([-out[:0:-1], out])
    for shape, key, colour, line in zip(pair, MOMENTS, (SOFT, TEAL), ("--", "-"), strict=True):
        depth = _measure_along(pair[0], shape, out / side)
        both = np.concatenate([depth[:, :0:-1], depth], axis=1).T
        draw_band(ax, place, both, colour, words(f"report.relief_{key}"), line)
    ax.axhline(0, color=INK, linewidth=0.7)
    ax.set(xlim=(-side, side), xlabel=words("report.axis_mm"))
    ax.invert_yaxis()


def _measure_along(before: Shape, shape: Shape, out: Float[Array, " place"]) -> Float[Array, "draw place"]:
    """mm below the skin beside in every draw, at `out` sides from the middle.

    A side is so many widths of the draw's own scar, so that scars of all sizes lie on one another.
    """
    rows = zip(_SIDE * before.width, shape.radius, shape.surface, strict=True)
    return np.stack([np.interp(out * side, radius, surface, right=0.0) for side, radius, surface in rows])
