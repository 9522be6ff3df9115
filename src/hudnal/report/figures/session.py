"""The session: numbness over minutes, pain and drops over strokes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from hudnal.language import Words
from hudnal.report.figures.style import BLOOD, GOLD, INK, PLUM, SOFT, TEAL, draw_band
from hudnal.result.course import Course

_MIN_PER_H = 60
_SHADE = "#ece5de"
_COLOURS = {
    "numb": PLUM,
    "roll": BLOOD,
    "pen": BLOOD,
    "stamp": BLOOD,
    "peel": BLOOD,
    "laser": BLOOD,
    "spread": GOLD,
    "seal": GOLD,
}


def draw_steps(course: Course, ax: Axes, words: Words) -> None:
    """The session's steps as bars over time."""
    done = [(m, m.step.name) for m in course.plan if m.kind == "step" and m.session == 0 and m.step]
    names = list(dict.fromkeys(name for _, name in done))
    for moment, name in done:
        length = max(moment.until - moment.time, course.ends[0] / 200) * _MIN_PER_H
        row = names.index(name)
        colour = _COLOURS.get(name, TEAL)
        ax.barh(row, length, left=moment.time * _MIN_PER_H, height=0.62, color=colour, linewidth=0)
    ax.set_yticks(range(len(names)), [words(f"stepnames.{name}") for name in names])
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.set(xlabel=words("report.axis_minutes"), xlim=(0, max(course.ends[0] * _MIN_PER_H, 1)))
    ax.set_title(words("report.steps_title"))


def draw_numbness(course: Course, ax: Axes, words: Words) -> None:
    """How deep it is numb, in minutes from the start; the needles' time is shaded."""
    end = course.ends[0]
    shown = course.time <= end + 0.5
    minutes = course.time[shown] * _MIN_PER_H
    draw_band(ax, minutes, course.series["numb_depth"][shown], PLUM)
    if course.strokes.time.size:
        first, last = course.strokes.time[0] * _MIN_PER_H, course.strokes.time[-1] * _MIN_PER_H
        ax.axvspan(first, last, color=_SHADE, linewidth=0, zorder=0)
        ax.annotate(
            words("report.needles"), ((first + last) / 2, 1), xycoords=("data", "axes fraction"), xytext=(0, -10),
            textcoords="offset points", ha="center", fontsize=8.5, color=SOFT,
        )  # fmt: skip
    ax.set(xlabel=words("report.axis_minutes"), ylabel=words("report.axis_numb"), xlim=(0, minutes[-1]))
    ax.set_ylim(bottom=0)
    ax.set_title(words("series.numb_depth"))


def draw_pain(course: Course, ax: Axes, words: Words) -> None:
    """Pain of each stroke, with and without cream."""
    strokes = np.arange(1, course.strokes.pain.shape[1] + 1)
    same = np.allclose(course.strokes.pain, course.strokes.pain_without_cream)
    if not same:
        draw_band(ax, strokes, course.strokes.pain_without_cream.T, SOFT, words("report.without_cream"))
    draw_band(ax, strokes, course.strokes.pain.T, GOLD, None if same else words("report.with_cream"))
    _rounds(course, ax)
    ax.set(
        xlabel=words("report.axis_strokes"),
        ylabel=words("report.axis_pain"),
        ylim=(0, 10),
        xlim=(1, max(2, strokes[-1])),
    )
    ax.set_title(words("quantities.pain.name"))
    if not same:
        ax.legend(loc="upper right")


def draw_drops(course: Course, ax: Axes, words: Words) -> None:
    """Drops that show after each stroke; the line of pinpoint bleeding."""
    strokes = np.arange(1, course.strokes.drops.shape[1] + 1)
    draw_band(ax, strokes, course.strokes.drops.T, BLOOD)
    threshold = course.sample.value("puncture.bleeding.pinpoint")
    ax.axhline(threshold, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), label=words("report.pinpoint"))
    ax.legend(loc="upper left")
    _rounds(course, ax)
    ax.set(
        xlabel=words("report.axis_strokes"), ylabel=words("report.axis_drops"), xlim=(1, max(2, strokes[-1]))
    )
    ax.set_ylim(bottom=0)
    ax.set_title(words("quantities.bleeding_points.name"))


def _rounds(course: Course, ax: Axes) -> None:
    """A thin line where a round ends."""
    for edge in np.nonzero(np.diff(course.strokes.round))[0]:
        ax.axvline(edge + 1.5, color=SOFT, linewidth=0.7, linestyle=":")
