"""What a study measured, read off a course: one value for each draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hudnal.outcome.declared import describe_series, find_quantity
from hudnal.result.course import Course
from hudnal.treatment.units import UnreadableQuantity, read_quantity

# What may be observed, and what has to stand beside it.
_BESIDE = {
    "quantity": (), "area": ("until",), "until": ("below",), "ratio": ("at",), "share": ("of", "at"), "series": ("at",),
}  # fmt: skip
_SERIES = ("area", "until", "series")


class NotObserved(ValueError):
    """A course does not have what is looked for in it."""


def observed(course: Course, what: Mapping[str, Any], raters: str = "blinded") -> np.ndarray:
    """The observation `what` of a course, (draw,).

    `{quantity: NAME}`; `{series: NAME, at: "30 day"}` (after the last session) with optional `from: 0 h`, which makes
    it a change since then; `{until: NAME, below: x}`: hours after the last session until the series has fallen to `x`
    of its rise; `{area: NAME, until: "72 h"}`: under the series since the last session; `{share: COMPOUND, of: blood}`:
    % of what was applied; `{ratio: COMPOUND, at: ...}`: delivered through needled against whole skin. `against` a time:
    % of change since. `times` scales any of them and `plus` is added. A grade is a blinded rater's, unless the study's
    `raters` are others and give one of their own. Raises NotObserved for what this course does not have.
    """
    if "quantity" in what and f"{what['quantity']}_{raters}" in course.quantities:
        what = {**what, "quantity": f"{what['quantity']}_{raters}"}
    try:
        return float(what.get("times", 1.0)) * _seen(course, what) + float(what.get("plus", 0.0))
    except KeyError as fault:  # a compound that nobody put on, say
        raise NotObserved(f"{dict(what)}: the course has no {fault}") from fault
    except UnreadableQuantity as fault:
        raise NotObserved(f"{dict(what)}: a time is not readable") from fault


def unit_of(what: Mapping[str, Any]) -> str:
    """The unit of what `observed` gives, before `times`. Raises ValueError for what no course tells."""
    kind = next((word for word in _BESIDE if word in what), None)
    if kind is None:
        raise ValueError(f"nothing to observe in {dict(what)}")
    missing = [word for word in _BESIDE[kind] if word not in what]
    if missing:
        raise ValueError(f"'{kind}: {what[kind]}' needs '{missing[0]}' beside it")
    try:
        name = str(what[kind])
        unit = (
            find_quantity(name).unit
            if kind == "quantity"
            else describe_series(name)[0]
            if kind in _SERIES
            else ""
        )
    except (KeyError, ValueError):
        raise ValueError(f"no course has '{kind}: {what[kind]}'") from None
    unit = "1" if unit in ("0-1", "0-10") else unit
    return {
        "quantity": unit, "area": f"{unit} h", "until": "h", "ratio": "1", "share": "%",
        "series": "%" if "against" in what else unit,
    }[kind]  # fmt: skip


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
    raise NotObserved(f"nothing to observe in {dict(what)}")


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
