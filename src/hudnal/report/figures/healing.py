"""The days and the months after."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator, StrMethodFormatter

from hudnal.arrays import Array, Bool, Float, PerDraw
from hudnal.language import Words
from hudnal.report.figures.style import BLOOD, GOLD, INK, PLUM, SOFT, TEAL, draw_band, draw_limit, name_axes
from hudnal.result.course import Course
from hudnal.result.interval import HIGH, LOW
from hudnal.units import HOURS_PER_DAY, HOURS_PER_WEEK, PERCENT

_DAYS = 7.0
_HOURS = 72.0
_FIRST_DAY = 24.0  # h
_HARDLY = 0.1  # of what just shows: where its figure ends
_COLOURS = (PLUM, GOLD, TEAL, BLOOD, SOFT)  # of substances

Colours = Mapping[str, str]  # of series


def _choose_times(
    course: Course, hours: float, injury: bool = False
) -> tuple[Bool[Array, " time"], Float[Array, " shown"]]:
    """Which times lie so many hours after the first session's end (or from its first `injury` on), and hours since."""
    since = course.time - course.ends[0]
    reddened = (course.series["redness"] > 0).any(axis=1)
    start = float(since[reddened.argmax()]) if injury and reddened.any() else 0.0
    chosen = (since >= min(start, 0.0)) & (since <= hours)
    return chosen, since[chosen]


def _draw_days(
    course: Course, ax: Axes, words: Words, colours: Colours
) -> dict[str, Float[Array, "shown draw"]]:
    """Series over the first week; what was drawn of each."""
    chosen, since = _choose_times(course, _DAYS * HOURS_PER_DAY)
    shown = {name: course.series[name][chosen] for name in colours}
    for name, values in shown.items():
        draw_band(ax, since / HOURS_PER_DAY, values, colours[name], words(f"series.{name}"))
    ax.set_xlim(0, _DAYS)
    return shown


def _draw_weeks(course: Course, ax: Axes, words: Words, colours: Colours, times: float = 1.0) -> None:
    """Series over the whole course, with a small mark at each session."""
    weeks = course.time / HOURS_PER_WEEK
    for name, colour in colours.items():
        draw_band(ax, weeks, times * course.series[name], colour, words(f"series.{name}"))
    ax.set_xlim(0, weeks[-1])
    plan, foot = course.treatment.course, ax.get_xaxis_transform()
    for session in range(plan.sessions):
        week = session * plan.interval / HOURS_PER_WEEK
        ax.plot([week], [0.02], "^", color=INK, markersize=5, transform=foot, clip_on=False, zorder=5)


def draw_redness(course: Course, ax: Axes, words: Words) -> None:
    """Redness and swelling in units of just visible."""
    shown = _draw_days(course, ax, words, {"redness": BLOOD, "swelling": GOLD})
    draw_limit(ax, 1, words("report.just_visible"))
    title = f"{words('series.redness')} · {words('series.swelling').lower()}"
    name_axes(ax, words, "days", "redness", title)
    # Redness starts tens of times above what just shows: on an even scale its end would not be seen.
    ax.set_yscale("log")
    ax.set_ylim(_HARDLY, max(10.0, 1.5 * float(np.quantile(shown["redness"], HIGH))))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.legend(loc="upper right")


def draw_felt(course: Course, ax: Axes, words: Words) -> None:
    """Tingling, dryness (units of just noticeable) and pain after (0-10) over days."""
    shown = _draw_days(course, ax, words, {"tingling": PLUM, "pain_after": BLOOD, "dryness": GOLD})
    draw_limit(ax, 1, words("report.just_felt"))
    name_axes(ax, words, "days", "felt", words("report.felt_title"))
    ax.set_ylim(0, max(2.0, *(float(np.quantile(values, 0.9)) for values in shown.values())))
    ax.legend(loc="upper right")


def draw_marks(course: Course, ax: Axes, words: Words) -> None:
    """How many of a hundred people show a bruise or a dark mark over weeks."""
    _draw_weeks(course, ax, words, {"dark_marks": GOLD, "bruise": PLUM}, times=PERCENT)
    name_axes(ax, words, "from_week", "people", words("report.marks_title"))
    ax.set_ylim(0, max(1.0, float(ax.get_ylim()[1])))
    ax.legend(loc="best")


def draw_water(course: Course, ax: Axes, words: Words) -> None:
    """Water lost through the skin over the first hours."""
    # From the first injury on: open holes lose most before they are sealed at the session's end.
    chosen, since = _choose_times(course, _HOURS, injury=True)
    draw_band(ax, since, course.series["water_loss"][chosen], TEAL)
    name_axes(ax, words, "hours", "water", words("series.water_loss"))
    ax.set_xlim(since[0], _HOURS)
    ax.set_ylim(bottom=0)


def draw_closing(course: Course, ax: Axes, words: Words) -> None:
    """Share of holes whose barrier and whose lumen are still open, over hours."""
    chosen, since = _choose_times(course, _HOURS)
    for part, colour in (("barrier", TEAL), ("channel", PLUM)):
        values = PERCENT * course.series[f"{part}_open"][chosen]
        draw_band(ax, since, values, colour, words(f"report.{part}"))
    name_axes(ax, words, "hours", "open", words("series.channel_open"))
    ax.set(xlim=(0, _HOURS), ylim=(0, PERCENT))
    ax.legend(loc="upper right")


def draw_amounts(course: Course, ax: Axes, words: Words) -> None:
    """What of each substance came into living skin during the first day, in % of what was put on by then."""
    chosen, since = _choose_times(course, _FIRST_DAY - course.ends[0])
    for colour, name in zip(_COLOURS, course.compounds, strict=False):
        applied = course.series[f"applied.{name}"][chosen]
        if (applied > 0).all():
            share = PERCENT * course.series[f"delivered.{name}"][chosen] / applied
            draw_band(ax, since, share, colour, words.named("compounds", name))
    name_axes(ax, words, "hours", "share", words("report.absorbed"))
    ax.set_ylim(0, None)
    ax.set_xlim(left=0)
    ax.legend(loc="best")


def draw_change(course: Course, ax: Axes, words: Words, colours: Colours, title: str) -> None:
    """Changes in % over weeks, of the series that `colours` names."""
    _draw_weeks(course, ax, words, colours)
    ax.axhline(0, color=SOFT, linewidth=0.8)
    name_axes(ax, words, "from_week", "change", title)
    ax.legend(loc="best")


def draw_benefit(course: Course, ax: Axes, words: Words) -> None:
    """The depth of the scar, or fine wrinkles, over weeks."""
    if "scar_depth" in course.series:
        _draw_weeks(course, ax, words, {"scar_depth": TEAL})
        name_axes(ax, words, "from_week", "scar", words("series.scar_depth"))
        ax.set_ylim(bottom=0)
    else:
        _draw_weeks(course, ax, words, {"wrinkle_change": TEAL})
        ax.axhline(0, color=SOFT, linewidth=0.8)
        name_axes(ax, words, "from_week", "wrinkles", words("quantities.wrinkle_change.name"))


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
