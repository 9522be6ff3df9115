"""What a diffusion cell shows of a compound: flux and lag through needled skin and through skin left whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.evidence.entries import choose
from hudnal.treatment.units import read_quantity

# Skin that is looked at, and what is subtracted where holes are to be seen without what whole skin passes.
SKINS = ("needled", "whole", "difference", "ratio")
UNITS = {"flux": "ug/cm2/h", "lag": "h"}
_SAME_TIME = 1e-9  # h


class Receiving(Protocol):
    """What of a course is read: its series by name, when they were seen, and when the sessions ended."""

    @property
    def time(self) -> Float[Array, " time"]:
        """Observation times, h."""
        ...

    @property
    def ends(self) -> Any:
        """When each session ended, h."""
        ...

    @property
    def series(self) -> Mapping[str, Float[Array, "time draw"]]:
        """What was followed, by name."""
        ...


def choose_skin(what: Mapping[str, Any]) -> str:
    """Which skin an observation asks for: `needled`, `whole`, their `difference` or `ratio`. Raises CaseFault."""
    return choose("skin", what["skin"], SKINS)


def unit_in_cell(what: Mapping[str, Any], kind: str) -> str:
    """The unit of a `flux` or a `lag`: none of a ratio. Raises CaseFault."""
    return "1" if choose_skin(what) == "ratio" else UNITS[kind]


def observe_cell(course: Receiving, what: Mapping[str, Any], kind: str) -> PerDraw:
    """The highest flux into the receptor until a time after the session, ug/cm2/h, or its lag, h, (draw,).

    The lag is where the steepest piece of the curve, drawn on, meets the time axis.
    """
    skin, name = choose_skin(what), what[kind]
    needled, whole = (
        _measure_curve(course, f"{series}.{name}", what["until"], kind)
        for series in ("received", "received_whole")
    )
    if skin == "difference":
        return needled - whole
    if skin == "ratio":
        return np.divide(needled, whole, out=np.full_like(whole, np.nan), where=whole > 0)
    return needled if skin == "needled" else whole


def _measure_curve(course: Receiving, series: str, until: str, kind: str) -> PerDraw:
    """Flux or lag of one curve of what came through, (draw,)."""
    start = course.ends[-1]
    last = start + read_quantity(until, "h", "24 h")
    within = (course.time >= start - _SAME_TIME) & (course.time <= last + _SAME_TIME)
    time, through = course.time[within], course.series[series][within]
    apart = np.diff(time)
    time, through = time[np.r_[True, apart > _SAME_TIME]], through[np.r_[True, apart > _SAME_TIME]]
    flux = np.diff(through, axis=0) / np.diff(time)[:, None]
    top, draw = flux.argmax(axis=0), np.arange(flux.shape[1])
    peak = flux[top, draw]
    if kind == "flux":
        return peak
    middle = (time[top] + time[top + 1]) / 2 - start
    before = (through[top, draw] + through[top + 1, draw]) / 2
    lag = middle - np.divide(before, peak, out=np.full_like(peak, np.nan), where=peak > 0)
    return np.maximum(lag, 0.0)
