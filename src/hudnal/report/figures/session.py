"""The session: steps and numbness over minutes, pain and drops over strokes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hudnal.course.steps import find_kind
from hudnal.course.steps.kind import Family
from hudnal.language import Words
from hudnal.report.figures.style import (
    BLOOD,
    GOLD,
    INK,
    PLUM,
    SHADE,
    SOFT,
    TEAL,
    draw_band,
    draw_limit,
    limit_to_medians,
    name_axes,
    put_legend,
)
from hudnal.result.course import Course
from hudnal.treatment.steps import Needling, PenPasses
from hudnal.units import MINUTES_PER_HOUR

# By the family of a kind of step: what numbs, what hurts, what is put on, all else.
COLOURS: Mapping[Family, str] = {
    "cream": PLUM, "injury": BLOOD, "product": GOLD, "cover": GOLD, "cleaning": TEAL, "exposure": TEAL,
}  # fmt: skip
_SHORTEST = 1 / 200  # of the session, which a bar takes at least
_AFTER = 0.5  # h after the session that numbness is shown
_MOST_PAIN = 10
_LEAST_NUMB = 0.2  # mm to which the axis of numbness goes at least


def draw_steps(course: Course, ax: Axes, words: Words) -> None:
    """The session's steps as bars over time."""
    done = [(m, m.step) for m in course.steps if m.step is not None]
    names = list(dict.fromkeys(step.name for _, step in done))
    for moment, step in done:
        length = max(moment.until - moment.time, course.ends[0] * _SHORTEST) * MINUTES_PER_HOUR
        start, row = moment.time * MINUTES_PER_HOUR, names.index(step.name)
        ax.barh(row, length, left=start, height=0.62, color=COLOURS[find_kind(step).family], linewidth=0)
    ax.set_yticks(range(len(names)), [words(f"stepnames.{name}") for name in names])
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.set(xlabel=words("report.axis_minutes"), xlim=(0, max(course.ends[0] * MINUTES_PER_HOUR, 1)))
    ax.set_title(words("report.steps_title"))


def draw_numbness(course: Course, ax: Axes, words: Words) -> None:
    """How deep it is numb, in minutes from the start; the needles' time is shaded."""
    shown = course.time <= course.ends[0] + _AFTER
    minutes = course.time[shown] * MINUTES_PER_HOUR
    band = draw_band(ax, minutes, course.series["numb_depth"][shown], PLUM)
    if course.strokes.time.size:
        first, last = course.strokes.time[[0, -1]] * MINUTES_PER_HOUR
        ax.axvspan(first, last, color=SHADE, linewidth=0, zorder=0)
        ax.annotate(
            words("report.needles"), ((first + last) / 2, 1), xycoords=("data", "axes fraction"), xytext=(0, -10),
            textcoords="offset points", ha="center", fontsize=8.5, color=INK,
        )  # fmt: skip
    name_axes(ax, words, "minutes", "numb", words("series.numb_depth"))
    ax.set_xlim(0, minutes[-1])
    limit_to_medians(ax, [band], words.language, _LEAST_NUMB)


def draw_pain(course: Course, ax: Axes, words: Words) -> None:
    """Pain of each stroke, with and without cream."""
    pain, without = course.strokes.pain, course.strokes.pain_without_cream
    strokes, same = np.arange(1.0, pain.shape[1] + 1), np.allclose(pain, without)
    if not same:
        draw_band(ax, strokes, without.T, SOFT, words("report.without_cream"))
    draw_band(ax, strokes, pain.T, GOLD, None if same else words("report.with_cream"))
    name_axes(ax, words, _name_strokes(course), "pain", words("quantities.pain.name"))
    _finish_strokes(course, ax)
    ax.set_ylim(0, _MOST_PAIN)
    put_legend(ax)


def draw_drops(course: Course, ax: Axes, words: Words) -> None:
    """Drops that show after each stroke; the line of pinpoint bleeding."""
    drops = course.strokes.drops
    band = draw_band(ax, np.arange(1.0, drops.shape[1] + 1), drops.T, BLOOD)
    pinpoint = course.sample.value("puncture.bleeding.pinpoint")
    draw_limit(ax, pinpoint, words("report.pinpoint"))
    name_axes(ax, words, _name_strokes(course), "drops", words("quantities.bleeding_points.name"))
    _finish_strokes(course, ax)
    limit_to_medians(ax, [band], words.language, 2 * pinpoint)
    put_legend(ax)


def _finish_strokes(course: Course, ax: Axes) -> None:
    """From the first stroke to the last, each a whole number, with a thin line where a round ends."""
    for edge in np.nonzero(np.diff(course.strokes.round))[0]:
        ax.axvline(edge + 1.5, color=SOFT, linewidth=0.7, linestyle=":")
    ax.set_xlim(1, max(2, course.strokes.pain.shape[1]))
    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))


def _name_strokes(course: Course) -> str:
    """What the needles do one after the other, as the axis calls it: the passes of a pen, strokes otherwise."""
    kinds = {type(step) for _, _, step in course.treatment.unroll_steps() if isinstance(step, Needling)}
    return "passes" if kinds == {PenPasses} else "strokes"
