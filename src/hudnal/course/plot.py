"""One series on one axis: median, central 90 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hudnal.language import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from hudnal.course.course import Course

_WEEK = 168.0


def plot_series(course: Course, name: str, ax: Axes | None, language: str) -> Axes:
    """Median line and band of the series `name` over weeks. Raises KeyError for a series that was not seen."""
    from hudnal.course.course import HIGH, LOW, series_meta

    if name not in course.series:
        raise KeyError(f"no series '{name}'; there are {', '.join(course.series)}")
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(5, 3), layout="constrained").add_subplot()
    weeks = course.time / _WEEK
    low, median, high = np.quantile(course.series[name], (LOW, 0.5, HIGH), axis=1)
    band = ax.fill_between(weeks, low, high, alpha=0.25, linewidth=0)
    ax.plot(weeks, median, color=tuple(np.asarray(band.get_facecolor())[0, :3]))
    unit, text = series_meta(name)
    key = f"series.{name.split('.')[0]}"
    ax.set_ylabel(f"{say(key, language)} ({unit})" if unit != "1" else say(key, language))
    ax.set_xlabel(say("report.axis_weeks", language))
    ax.set_title(text if language == "en" else "", fontsize="medium")
    return ax
