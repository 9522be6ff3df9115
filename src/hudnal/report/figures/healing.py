"""The days and the months after."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from hudnal.arrays import Array, Bool, Float, PerDraw
from hudnal.language import Words
from hudnal.report.figures.style import (
    BLOOD,
    GOLD,
    INK,
    PLUM,
    SOFT,
    TEAL,
    Band,
    draw_band,
    draw_limit,
    limit_to_medians,
    name_axes,
    put_legend,
    write_tick,
)
from hudnal.result.course import Course
from hudnal.result.interval import HIGH, LOW
from hudnal.units import HOURS_PER_DAY, HOURS_PER_WEEK, PERCENT

_DAYS = 7.0
_HOURS = 72.0
_FIRST_DAY = 24.0  # h
# What redness is called, each from how many times what just shows on.
_SHADES = {"none": 0.5, "faint": 1.0, "clear": 3.0, "strong": 10.0}
_STRONGEST = 30.0  # to which the axis goes at least
_WATER_TICKS = (2, 5, 10, 20, 50, 100, 200, 500, 1000)  # g/m2/h
_LEAST_CHANGE, _LEAST_FELT = 2.0, 2.0  # to which axes go at least: %, units of just noticeable
_LEAST_SHARE = 1e-3  # % of what was put on, below which nothing is drawn
_COLOURS = (PLUM, GOLD, TEAL, BLOOD, SOFT)  # of substances

Colours = Mapping[str, str]  # of series


def _choose_times(
    course: Course, hours: float, injury: bool = False
) -> tuple[Bool[Array, " time"], Float[Array, " shown"]]:
    """Which times lie so many hours after the first session's end (or from its first `injury` on), and hours since.

    What comes from the next session on is left out.
    """
    since = course.time - course.ends[0]
    reddened = (course.series["redness"] > 0).any(axis=1)
    start = float(since[reddened.argmax()]) if injury and reddened.any() else 0.0
    following = course.starts[1] - course.ends[0] if len(course.starts) > 1 else np.inf
    # A session that outlasts the interval is followed at once: then there is its end alone.
    chosen = (since >= min(start, 0.0)) & (since <= hours) & ((since < following) | (since <= 0))
    return chosen, since[chosen]


def _draw_days(course: Course, ax: Axes, words: Words, colours: Colours) -> list[Band]:
    """Series over the first week; the bands that were drawn."""
    chosen, since = _choose_times(course, _DAYS * HOURS_PER_DAY)
    ax.set_xlim(0, _DAYS)
    return [
        draw_band(ax, since / HOURS_PER_DAY, course.series[name][chosen], colour, words(f"series.{name}"))
        for name, colour in colours.items()
    ]


def _draw_weeks(course: Course, ax: Axes, words: Words, colours: Colours, times: float = 1.0) -> list[Band]:
    """Series over the whole course, with a small mark at each session; the bands that were drawn."""
    weeks = course.time / HOURS_PER_WEEK
    bands = [
        draw_band(ax, weeks, times * course.series[name], colour, words(f"series.{name}"))
        for name, colour in colours.items()
    ]
    ax.set_xlim(0, weeks[-1])
    foot = ax.get_xaxis_transform()
    for week in (start / HOURS_PER_WEEK for start in course.starts):
        ax.plot([week], [0.02], "^", color=INK, markersize=5, transform=foot, clip_on=False, zorder=5)
    return bands


def draw_redness(course: Course, ax: Axes, words: Words) -> None:
    """Redness and swelling over days, by what they are called: strong, clear, faint, none."""
    bands = _draw_days(course, ax, words, {"redness": BLOOD, "swelling": GOLD})
    title = f"{words('series.redness')} · {words('series.swelling').lower()}"
    ax.set(xlabel=words("report.axis_days"))
    ax.set_title(title)
    # Redness starts tens of times above what just shows: on an even scale its end would not be seen.
    ax.set_yscale("log")
    edges = [*_SHADES.values(), max(_STRONGEST, 1.5 * float(bands[0].high.max()))]
    ax.set_ylim(edges[0], edges[-1])
    middles = [float(np.sqrt(low * high)) for low, high in pairwise(edges)]
    ax.set_yticks(middles, [words(f"report.shade_{name}") for name in _SHADES])
    ax.yaxis.set_minor_locator(NullLocator())
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    for edge in edges[1:-1]:
        ax.axhline(edge, color=SOFT, linewidth=0.7, linestyle=":")
    put_legend(ax)


def draw_felt(course: Course, ax: Axes, words: Words) -> None:
    """Tingling, dryness (units of just noticeable) and pain after (0-10) over days."""
    bands = _draw_days(course, ax, words, {"tingling": PLUM, "pain_after": BLOOD, "dryness": GOLD})
    draw_limit(ax, 1, words("report.just_felt"))
    name_axes(ax, words, "days", "felt", words("report.felt_title"))
    limit_to_medians(ax, bands, words.language, _LEAST_FELT)
    put_legend(ax)


def draw_marks(course: Course, ax: Axes, words: Words) -> None:
    """How many of a hundred people show a bruise or a dark mark over weeks."""
    bands = _draw_weeks(course, ax, words, {"dark_marks": GOLD, "bruise": PLUM}, times=PERCENT)
    name_axes(ax, words, "from_week", "people", words("report.marks_title"))
    limit_to_medians(ax, bands, words.language, 1.0)
    put_legend(ax)


def draw_water(course: Course, ax: Axes, words: Words) -> None:
    """Water lost through the skin over the first hours."""
    # From the first injury on: open holes lose most before they are sealed at the session's end.
    chosen, since = _choose_times(course, _HOURS, injury=True)
    band = draw_band(ax, since, course.series["water_loss"][chosen], TEAL)
    name_axes(ax, words, "hours", "water", words("series.water_loss"))
    ax.set_xlim(since[0], _HOURS)
    # It falls tens of times within the first hour: on an even scale the rest would lie on the ground.
    ax.set_yscale("log")
    low, high = 0.8 * float(band.low.min()), 1.2 * float(band.high.max())
    ax.set_ylim(low, high)
    ticks = [tick for tick in _WATER_TICKS if low <= tick <= high]
    ax.set_yticks(ticks, [str(tick) for tick in ticks])
    ax.yaxis.set_minor_locator(NullLocator())


def draw_closing(course: Course, ax: Axes, words: Words) -> None:
    """Share of holes whose barrier and whose lumen are still open, over hours."""
    chosen, since = _choose_times(course, _HOURS)
    for part, colour in (("barrier", TEAL), ("channel", PLUM)):
        values = PERCENT * course.series[f"{part}_open"][chosen]
        draw_band(ax, since, values, colour, words(f"report.{part}"))
    name_axes(ax, words, "hours", "open", words("series.channel_open"))
    ax.set(xlim=(0, _HOURS), ylim=(0, PERCENT))
    put_legend(ax)


def draw_amounts(course: Course, ax: Axes, words: Words) -> None:
    """What of each substance came into living skin within a day, in % of what was put on: a line a substance."""
    at = int(np.searchsorted(course.time, _FIRST_DAY))
    names = [name for name in course.compounds if (course.series[f"applied.{name}"][at] > 0).all()]
    for row, (name, colour) in enumerate(zip(reversed(names), cycle(_COLOURS), strict=False)):
        share = PERCENT * course.series[f"delivered.{name}"][at] / course.series[f"applied.{name}"][at]
        low, median, high = np.maximum(np.quantile(share, (LOW, 0.5, HIGH)), _LEAST_SHARE)
        ax.plot([low, high], [row, row], color=colour, linewidth=5, alpha=0.35, solid_capstyle="round")
        ax.plot([median], [row], "o", color=colour, markersize=7)
    ax.set_xscale("log")
    ax.set_xlim(left=_LEAST_SHARE, right=PERCENT)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write_tick(value, words.language)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks(range(len(names)), [words.named("compounds", name) for name in reversed(names)])
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.grid(visible=False, axis="y")
    ax.set(xlabel=words("report.axis_share"))
    ax.set_title(words("report.absorbed"))


def draw_change(course: Course, ax: Axes, words: Words, colours: Colours, title: str) -> None:
    """Changes in % over weeks, of the series that `colours` names."""
    bands = _draw_weeks(course, ax, words, colours)
    ax.axhline(0, color=SOFT, linewidth=0.8)
    name_axes(ax, words, "from_week", "change", title)
    limit_to_medians(ax, bands, words.language, _LEAST_CHANGE)
    put_legend(ax)


def draw_benefit(course: Course, ax: Axes, words: Words) -> None:
    """The depth of the scar, or fine wrinkles, over weeks."""
    if "scar_depth" in course.series:
        bands = _draw_weeks(course, ax, words, {"scar_depth": TEAL})
        name_axes(ax, words, "from_week", "scar", words("series.scar_depth"))
        limit_to_medians(ax, bands, words.language, 0.0)
    else:
        bands = _draw_weeks(course, ax, words, {"wrinkle_change": TEAL})
        ax.axhline(0, color=SOFT, linewidth=0.8)
        name_axes(ax, words, "from_week", "wrinkles", words("quantities.wrinkle_change.name"))
        limit_to_medians(ax, bands, words.language, _LEAST_CHANGE)


def draw_eyes(course: Course, ax: Axes, words: Words) -> None:
    """The same result as an instrument, raters and patients see it: improvement in %."""
    eyes = _read_eyes(course)
    for row, (name, values) in enumerate(reversed(eyes.items())):
        low, median, high = np.quantile(values, (LOW, 0.5, HIGH))
        colour = TEAL if name == "measured" else GOLD
        ax.plot([low, high], [row, row], color=colour, linewidth=5, alpha=0.35, solid_capstyle="round")
        ax.plot([median], [row], "o", color=colour, markersize=7)
    ax.axvline(0, color=SOFT, linewidth=0.8)
    ax.set_yticks(range(len(eyes)), [words(f"report.eyes_{name}") for name in reversed(eyes)])
    ax.set_ylim(-0.6, len(eyes) - 0.4)
    ax.grid(visible=False, axis="y")
    ax.set(xlabel=words("report.axis_improvement"))
    ax.set_title(words("report.eyes"))


def _read_eyes(course: Course) -> dict[str, PerDraw]:
    """Improvement in % as it is measured, and as three kinds of people see it."""
    quantities = course.quantities
    if "scar_depth" in course.series:
        depth = course.series["scar_depth"]
        measured, graded = -PERCENT * (depth[-1] / depth[0] - 1), "goodman_baron_change"
    else:
        measured, graded = -quantities["wrinkle_depth_change"], "wrinkle_change"
    blinded, known = -quantities[graded], -quantities[f"{graded}_open"]
    if np.isnan(blinded).all():
        blinded, known = quantities["overall_improvement"], quantities["overall_improvement_open"]
    patient = quantities["patient_improvement"]
    return {"measured": measured, "blinded": blinded, "open": known, "patient": patient}
