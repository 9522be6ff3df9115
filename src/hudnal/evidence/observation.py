"""What a study measured, read off a course: one value for each draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hudnal.course.course import Course
from hudnal.treatment.units import read_quantity


def observed(course: Course, what: Mapping[str, Any], raters: str = "blinded") -> np.ndarray:
    """The observation `what` of a course, (draw,).

    `{quantity: NAME}`; `{series: NAME, at: "30 day"}` (after the last session) with optional `from: 0 h`, which makes
    it a change since then; `{until: NAME, below: x}`: hours after the last session until the series has fallen to `x`
    of its rise; `{area: NAME, until: "72 h"}`: under the series since the last session; `{share: COMPOUND, of: blood}`:
    % of what was applied; `{ratio: COMPOUND, at: ...}`: delivered through needled against whole skin. `against` a time:
    % of change since. `times` scales any of them and `plus` is added. A grade is a blinded rater's, unless the study's
    `raters` are others and give one of their own.
    """
    if "quantity" in what and f"{what['quantity']}_{raters}" in course.quantities:
        what = {**what, "quantity": f"{what['quantity']}_{raters}"}
    return float(what.get("times", 1.0)) * _seen(course, what) + float(what.get("plus", 0.0))


def _seen(course: Course, what: Mapping[str, Any]) -> np.ndarray:
    if "quantity" in what:
        return course.quantities[what["quantity"]]
    if "area" in what:
        return _area(course, what["area"], what["until"])
    if "until" in what:
        return _hours_until(course, what["until"], float(what["below"]))
    if "ratio" in what:
        name, at = what["ratio"], _look(course, what["at"])
        return course.series[f"delivered.{name}"][at] / course.series[f"delivered_whole.{name}"][at]
    if "share" in what:
        name = what["share"]
        at = _look(course, what["at"])
        return 100 * course.series[f"{what['of']}.{name}"][at] / course.series[f"applied.{name}"][at]
    if "series" in what:
        values = course.series[what["series"]]
        now = values[_look(course, what["at"])]
        if "against" in what:
            before = values[_look(course, what["against"])]
            return 100 * (now / before - 1)
        return now
    raise ValueError(f"nothing to observe in {dict(what)}")


def _look(course: Course, at: str) -> int:
    """Index of the look nearest to that time after the last session; `start` is before anything was done."""
    if at == "start":
        return 0
    hours = course.ends[-1] + read_quantity(at, "h", "24 h")
    return int(np.abs(course.time - hours).argmin())


def _area(course: Course, name: str, until: str) -> np.ndarray:
    """Area under the series from the last session's end until that time after it, in its unit times h."""
    end = course.ends[-1]
    within = (course.time >= end - 1e-9) & (course.time <= end + read_quantity(until, "h", "24 h") + 1e-9)
    return np.trapezoid(course.series[name][within], course.time[within], axis=0)


def _hours_until(course: Course, name: str, share: float) -> np.ndarray:
    """Hours after the last session until the series has come down to `share` of its rise; inf if it does not."""
    end = course.ends[-1]
    values, before = course.series[name], course.series[name][0]
    after = course.time >= end - 1e-9
    time, later = course.time[after] - end, values[after]
    rise = later - before
    level = share * rise[0]
    # A film on the skin may hide the rise at first: it is over when the series stays below the level.
    above = rise > level
    last = np.where(above.any(axis=0), above.shape[0] - 1 - above[::-1].argmax(axis=0), -1)
    found = np.full(values.shape[1], np.inf)
    for draw, i in enumerate(last):
        if i < 0:
            found[draw] = 0.0
        elif i + 1 < time.size:
            drop = rise[i, draw] - rise[i + 1, draw]
            part = (rise[i, draw] - level[draw]) / drop if drop > 0 else 1.0
            found[draw] = time[i] + part * (time[i + 1] - time[i])
    return found
