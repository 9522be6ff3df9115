"""One series on one axis: median, central 90 %."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.language import say
from hudnal.result.interval import HIGH, LOW
from hudnal.units import HOURS_IN

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_interval(
    hours: Float[Array, " time"],
    values: Float[Array, "time draw"],
    label: str,
    unit: str,
    title: str,
    over: str,
    ax: Axes | None,
    language: str,
) -> Axes:
    """Median line and band of `values` (time, draw) at `hours` (time,) on `ax`, or on a new axis.

    `over` is the unit of time: h, day or week.
    """
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(5, 3), layout="constrained").add_subplot()
    time = hours / HOURS_IN[over]
    low, median, high = np.quantile(values, (LOW, 0.5, HIGH), axis=1)
    band = ax.fill_between(time, low, high, alpha=0.25, linewidth=0)
    ax.plot(time, median, color=tuple(np.asarray(band.get_facecolor())[0, :3]))
    ax.set_ylabel(f"{label} ({unit})" if unit != "1" else label)
    ax.set_xlabel(say(f"report.axis_from_{over}", language))
    ax.set_title(title, fontsize="medium")
    return ax


def mark_sessions(ax: Axes, ends: Sequence[float], over: str) -> Axes:
    """The axis with a thin line where each session was over, at `ends` in h; `over` is the unit of its time."""
    for end in ends:
        ax.axvline(end / HOURS_IN[over], color="0.6", linewidth=0.6, linestyle=":", zorder=0)
    return ax
