"""What a study measured, read off a course: one value for each draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from scipy.special import ndtr

from hudnal.arrays import Array, Float, PerDraw
from hudnal.evidence.cell import UNITS, observe_cell, unit_in_cell
from hudnal.evidence.entries import read_number, read_time_entry, refuse_unknown
from hudnal.evidence.fault import CaseFault, NotObserved
from hudnal.outcome.declared import COMPOUND_SERIES, describe_series, find_quantity
from hudnal.treatment.units import UnreadableQuantity, read_quantity
from hudnal.units import PERCENT

# What may be observed, and what has to stand beside it.
_BESIDE = {
    "quantity": (), "area": ("until",), "flux": ("skin", "until"), "lag": ("skin", "until"), "until": ("below",),
    "ratio": ("at",), "share": ("of", "at"), "series": ("at",),
}  # fmt: skip
_MORE = ("of", "at", "against", "below", "skin", "above", "differ", "times", "plus")
_PLACES = tuple(one.name for one in COMPOUND_SERIES)  # where a compound can be
_OF_SERIES = ("area", "until", "series")
_SAME_TIME = 1e-9  # h


@runtime_checkable
class Observable(Protocol):
    """What of a course is read: its series and quantities, when they were seen and when the sessions ended."""

    @property
    def time(self) -> Float[Array, " time"]:
        """Observation times, h."""
        ...

    @property
    def ends(self) -> Sequence[float]:
        """When each session ended, h."""
        ...

    @property
    def series(self) -> Mapping[str, Float[Array, "time draw"]]:
        """What was followed, by name."""
        ...

    @property
    def quantities(self) -> Mapping[str, PerDraw]:
        """What is told once a course, by name."""
        ...


def observe_course(course: Observable, what: Mapping[str, Any], raters: str = "blinded") -> PerDraw:
    """The observation `what` of a course, (draw,).

    `{quantity: NAME}`; `{series: NAME, at: "30 day"}` (after the last session), with optional `against` another such
    time, which makes it the change since then in %; `{until: NAME, below: x}`: hours after the last session until the
    series has fallen to `x` of its rise; `{area: NAME, until: "72 h"}`: under the series since the last session;
    `{share: COMPOUND, of: blood, at: ...}`: % of what was applied; `{ratio: COMPOUND, at: ...}`: delivered through
    needled against whole skin; `{flux: COMPOUND, skin: needled, until: "6 h"}` and `{lag: ...}`: into the receptor of a
    diffusion cell, through the skin that is named. `above: x` beside `differ: s` makes any of them the share of people
    above x, who differ by s (a standard deviation in the same unit). The time `start` is before anything was done.
    `times` scales any of them and `plus` is added. A grade is a blinded rater's, unless the trial's `raters` are others
    and give one of their own. Raises NotObserved for what this course does not have.
    """
    if "quantity" in what and f"{what['quantity']}_{raters}" in course.quantities:
        what = {**what, "quantity": f"{what['quantity']}_{raters}"}
    try:
        seen = float(what.get("times", 1.0)) * _read_course(course, what) + float(what.get("plus", 0.0))
        return ndtr((seen - float(what["above"])) / float(what["differ"])) if "above" in what else seen
    except KeyError as fault:  # a compound that nobody put on, say
        raise NotObserved("not_in_course", what=dict(what), missing=fault.args[0]) from fault
    except UnreadableQuantity as fault:
        raise NotObserved("unreadable_time", what=dict(what), problem=fault) from fault


def check_observation(what: Mapping[str, Any]) -> None:
    """Raise CaseFault for what no course tells, an entry that nothing would read, a number or time that is none."""
    unit_of(what)
    refuse_unknown(what, (*_BESIDE, *_MORE))
    for word in ("below", "above", "times", "plus"):
        if word in what:
            read_number(word, what[word])
    if "above" in what:
        read_number("differ", what["differ"], above=0)
    times = ("at", "against", "until") if {"area", *UNITS} & what.keys() else ("at", "against")
    for word in times:
        if word in what:
            read_time_entry(what, word)
    if "of" in what and (what["of"] not in _PLACES or not isinstance(what["of"], str)):
        raise CaseFault("unknown_place", value=what["of"], known=", ".join(_PLACES))


def unit_of(what: Mapping[str, Any]) -> str:
    """The unit of what `observe_course` gives, before `times`. Raises CaseFault for what no course tells."""
    kind = next((word for word in _BESIDE if word in what), None)
    if kind is None:
        raise CaseFault("nothing_observed", what=dict(what), known=", ".join(_BESIDE))
    missing = [word for word in _BESIDE[kind] if word not in what]
    if missing:
        raise CaseFault("beside", kind=kind, name=what[kind], missing=missing[0])
    try:
        name = str(what[kind])
        unit = (
            find_quantity(name).unit
            if kind == "quantity"
            else describe_series(name)[0]
            if kind in _OF_SERIES
            else ""
        )
    except (KeyError, ValueError):
        raise CaseFault("in_no_course", kind=kind, name=what[kind]) from None
    if "above" in what:
        return "1"
    unit = "1" if unit in ("0-1", "0-10") else unit
    if kind in UNITS:
        return unit_in_cell(what, kind)
    return {
        "quantity": unit, "area": f"{unit} h", "until": "h", "ratio": "1", "share": "%",
        "series": "%" if "against" in what else unit,
    }[kind]  # fmt: skip


def _read_course(course: Observable, what: Mapping[str, Any]) -> PerDraw:
    if "quantity" in what:
        return course.quantities[what["quantity"]]
    for kind in UNITS:
        if kind in what:
            return observe_cell(course, what, kind)
    if "area" in what:
        return _integrate_series(course, what["area"], what["until"])
    if "until" in what:
        return _hours_until(course, what["until"], float(what["below"]))
    if "ratio" in what:
        name, at = what["ratio"], _find_time(course, what["at"])
        return course.series[f"delivered.{name}"][at] / course.series[f"delivered_whole.{name}"][at]
    if "share" in what:
        name, at = what["share"], _find_time(course, what["at"])
        return PERCENT * course.series[f"{what['of']}.{name}"][at] / course.series[f"applied.{name}"][at]
    if "series" in what:
        values = course.series[what["series"]]
        now = values[_find_time(course, what["at"])]
        if "against" in what:
            before = values[_find_time(course, what["against"])]
            return PERCENT * (now / before - 1)
        return now
    raise NotObserved("nothing_observed", what=dict(what), known=", ".join(_BESIDE))


def _find_time(course: Observable, at: str) -> int:
    """Index of the observation time nearest to `at` after the last session; `start` is before anything was done."""
    if at == "start":
        return 0
    hours = course.ends[-1] + read_quantity(at, "h", "24 h")
    return int(np.abs(course.time - hours).argmin())


def _integrate_series(course: Observable, name: str, until: str) -> PerDraw:
    """Area under the series from the last session's end until that time after it, in its unit times h."""
    end = course.ends[-1]
    last = end + read_quantity(until, "h", "24 h")
    within = (course.time >= end - _SAME_TIME) & (course.time <= last + _SAME_TIME)
    return np.trapezoid(course.series[name][within], course.time[within], axis=0)


def _hours_until(course: Observable, name: str, share: float) -> PerDraw:
    """Hours after the last session until the series has come down to `share` of its rise; inf if it does not."""
    end = course.ends[-1]
    values, before = course.series[name], course.series[name][0]
    after = course.time >= end - _SAME_TIME
    time, later = course.time[after] - end, values[after]
    rise = later - before
    level = share * rise[0]
    # A film on the skin may hide the rise at first: it is over when the series stays below the level.
    above = rise > level
    last = np.where(above.any(axis=0), above.shape[0] - 1 - above[::-1].argmax(axis=0), -1)
    hours = np.full(values.shape[1], np.inf)
    for draw, i in enumerate(last):
        if i < 0:
            hours[draw] = 0.0
        elif i + 1 < time.size:
            hours[draw] = _time_of_level(time[i : i + 2], rise[i : i + 2, draw], level[draw])
    return hours


def _time_of_level(time: Float[Array, " 2"], rise: Float[Array, " 2"], level: float) -> float:
    """When the line between two points comes down to `level`, in the unit of `time`."""
    drop = rise[0] - rise[1]
    part = (rise[0] - level) / drop if drop > 0 else 1.0
    return float(time[0] + part * (time[1] - time[0]))
