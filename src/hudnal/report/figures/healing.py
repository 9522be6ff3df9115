"""The days and the months after."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator, StrMethodFormatter

from hudnal.language import Words
from hudnal.report.figures.style import BLOOD, GOLD, INK, PLUM, SOFT, TEAL, band
from hudnal.result.course import Course
from hudnal.result.interval import HIGH, LOW

_DAYS = 7.0
_HOURS = 72.0
_WEEK = 168.0
_PEOPLE = 100
_HARDLY = 0.1  # of what just shows: where its figure ends


def _after(course: Course, hours: float, injury: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Looks from the first session's end on, or from its first `injury`, for so many hours: which, and hours since."""
    since = course.time - course.ends[0]
    reddened = (course.series["redness"] > 0).any(axis=1)
    start = float(since[reddened.argmax()]) if injury and reddened.any() else 0.0
    chosen = (since >= min(start, 0.0)) & (since <= hours)
    return chosen, since[chosen]


def draw_redness(course: Course, ax: Axes, words: Words) -> None:
    """Redness and swelling in units of just visible."""
    chosen, since = _after(course, _DAYS * 24)
    band(ax, since / 24, course.series["redness"][chosen], BLOOD, words("series.redness"))
    band(ax, since / 24, course.series["swelling"][chosen], GOLD, words("series.swelling"))
    ax.axhline(1, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), label=words("report.just_visible"))
    ax.set(xlabel=words("report.axis_days"), ylabel=words("report.axis_redness"), xlim=(0, _DAYS))
    # Redness starts tens of times above what just shows: on an even scale its end would not be seen.
    highest = float(np.quantile(course.series["redness"][chosen], 0.95))
    ax.set_yscale("log")
    ax.set_ylim(_HARDLY, max(10.0, 1.5 * highest))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_title(f"{words('series.redness')} · {words('series.swelling').lower()}")
    ax.legend(loc="upper right")


def draw_felt(course: Course, ax: Axes, words: Words) -> None:
    """Tingling, dryness (units of just noticeable) and pain after (0-10) over days."""
    chosen, since = _after(course, _DAYS * 24)
    for name, colour in (("tingling", PLUM), ("pain_after", BLOOD), ("dryness", GOLD)):
        band(ax, since / 24, course.series[name][chosen], colour, words(f"series.{name}"))
    ax.axhline(1, color=INK, linewidth=0.9, linestyle=(0, (4, 3)), label=words("report.just_felt"))
    ax.set(xlabel=words("report.axis_days"), ylabel=words("report.axis_felt"), xlim=(0, _DAYS))
    highest = max(
        float(np.quantile(course.series[n][chosen], 0.9)) for n in ("tingling", "pain_after", "dryness")
    )
    ax.set_ylim(0, max(2.0, highest))
    ax.set_title(words("report.felt_title"))
    ax.legend(loc="upper right")


def draw_marks(course: Course, ax: Axes, words: Words) -> None:
    """How many of a hundred people show a bruise or a dark mark over weeks."""
    weeks = course.time / _WEEK
    for name, colour in (("dark_marks", GOLD), ("bruise", PLUM)):
        band(ax, weeks, _PEOPLE * course.series[name], colour, words(f"series.{name}"))
    _sessions(course, ax)
    ax.set(xlabel=words("report.axis_from_week"), ylabel=words("report.axis_people"), xlim=(0, weeks[-1]))
    ax.set_ylim(0, max(1.0, float(ax.get_ylim()[1])))
    ax.set_title(words("report.marks_title"))
    ax.legend(loc="best")


def draw_water(course: Course, ax: Axes, words: Words) -> None:
    """Water loss."""
    # From the first injury on: open holes lose most before they are sealed at the session's end.
    chosen, since = _after(course, _HOURS, injury=True)
    band(ax, since, course.series["water_loss"][chosen], TEAL)
    ax.set(xlabel=words("report.axis_hours"), ylabel=words("report.axis_water"), xlim=(since[0], _HOURS))
    ax.set_ylim(bottom=0)
    ax.set_title(words("series.water_loss"))


def draw_closing(course: Course, ax: Axes, words: Words) -> None:
    """Share of holes whose barrier and whose lumen are still open."""
    chosen, since = _after(course, _HOURS)
    band(ax, since, 100 * course.series["barrier_open"][chosen], TEAL, words("report.barrier"))
    band(ax, since, 100 * course.series["channel_open"][chosen], PLUM, words("report.channel"))
    ax.set(
        xlabel=words("report.axis_hours"), ylabel=words("report.axis_open"), xlim=(0, _HOURS), ylim=(0, 100)
    )
    ax.set_title(words("series.channel_open"))
    ax.legend(loc="upper right")


def draw_amounts(course: Course, ax: Axes, words: Words) -> None:
    """What of each substance came into living skin during the first day, in % of what was put on by then."""
    chosen, since = _after(course, 24.0 - course.ends[0])
    for colour, name in zip((PLUM, GOLD, TEAL, BLOOD, SOFT), course.compounds, strict=False):
        applied = course.series[f"applied.{name}"][chosen]
        if not (applied > 0).all():
            continue
        band(
            ax,
            since,
            100 * course.series[f"delivered.{name}"][chosen] / applied,
            colour,
            words.named("compounds", name),
        )
    ax.set(xlabel=words("report.axis_hours"), ylabel=words("report.axis_share"), ylim=(0, None))
    ax.set_xlim(left=0)
    ax.set_title(words("report.absorbed"))
    ax.legend(loc="best")


def draw_change(course: Course, ax: Axes, words: Words, names: Mapping[str, str], title: str) -> None:
    """Changes in % over weeks; `names` maps series to colours."""
    weeks = course.time / _WEEK
    for name, colour in names.items():
        band(ax, weeks, course.series[name], colour, words(f"series.{name}"))
    ax.axhline(0, color=SOFT, linewidth=0.8)
    _sessions(course, ax)
    ax.set(xlabel=words("report.axis_from_week"), ylabel=words("report.axis_change"), xlim=(0, weeks[-1]))
    ax.set_title(title)
    ax.legend(loc="best")


def draw_benefit(course: Course, ax: Axes, words: Words) -> None:
    """The depth of the scar, or fine wrinkles."""
    weeks = course.time / _WEEK
    if "scar_depth" in course.series:
        band(ax, weeks, course.series["scar_depth"], TEAL)
        ax.set_ylabel(words("report.axis_scar"))
        ax.set_title(words("series.scar_depth"))
        ax.set_ylim(bottom=0)
    else:
        band(ax, weeks, course.series["wrinkle_change"], TEAL)
        ax.set_ylabel(words("report.axis_wrinkles"))
        ax.set_title(words("quantities.wrinkle_change.name"))
        ax.axhline(0, color=SOFT, linewidth=0.8)
    _sessions(course, ax)
    ax.set(xlabel=words("report.axis_from_week"), xlim=(0, weeks[-1]))


def draw_eyes(course: Course, ax: Axes, words: Words) -> None:
    """The same result as an instrument, raters and patients see it: improvement in %."""
    quantities = course.quantities
    if "scar_depth" in course.series:
        depth = course.series["scar_depth"]
        measured = -100 * (depth[-1] / depth[0] - 1)
        graded = "goodman_baron_change"
    else:
        measured, graded = -quantities["wrinkle_depth_change"], "wrinkle_change"
    blinded, known = -quantities[graded], -quantities[f"{graded}_open"]
    if np.isnan(blinded).all():
        blinded, known = quantities["overall_improvement"], quantities["overall_improvement_open"]
    eyes = {
        "measured": measured,
        "blinded": blinded,
        "open": known,
        "patient": quantities["patient_improvement"],
    }
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


def _sessions(course: Course, ax: Axes) -> None:
    """A small mark at each session."""
    for session in range(course.treatment.course.sessions):
        week = session * course.treatment.course.interval / _WEEK
        ax.plot(
            [week],
            [0.02],
            "^",
            color=INK,
            markersize=5,
            transform=ax.get_xaxis_transform(),
            clip_on=False,
            zorder=5,
        )
