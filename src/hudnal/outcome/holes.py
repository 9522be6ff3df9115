"""Holes in numbers: how many, how deep, how wide, with what force, how they bleed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.outcome.contract import Group, Quantity
from hudnal.parameters import Draws
from hudnal.puncture import Holes
from hudnal.units import MM2_PER_CM2, UM_PER_MM

# Quantity: what of a hole it is the median of, in mm.
_MEDIANS = {
    "tip_depth": "tip_depth", "channel_depth": "channel_depth", "dye_depth": "dye_depth", "channel_width": "width",
    "slit_length": "slit",
}  # fmt: skip


def summarise_holes(
    holes: Holes, blood_volume: PerDraw, met_density: PerDraw | float, draws: Draws
) -> Mapping[str, PerDraw]:
    """Numbers of one session's holes by quantity, each in its unit, (draw,).

    `blood_volume` uL/cm2, (draw,); `met_density` needles that were to meet each mm2, by the strokes that were done.
    """
    medians = {name: holes.median(getattr(holes, part)) * UM_PER_MM for name, part in _MEDIANS.items()}
    return {
        **medians,
        "attempted_density": np.full(draws.n, met_density * MM2_PER_CM2),
        # The sample area has a little more or less than its share of contacts; what counts is how many made a hole.
        "hole_density": met_density * MM2_PER_CM2 * holes.count / np.maximum(holes.attempts, 1),
        "tip_depth_spread": holes.deviation(holes.tip_depth) * UM_PER_MM,
        "needle_force": holes.median(holes.force),
        "blood_volume": blood_volume,
    }


def find_first_stroke_over(values: Float[Array, "draw stroke"], threshold: float) -> PerDraw:
    """The first stroke, from 1, after which `values` lie above the threshold, (draw,).

    inf where none does, NaN where there was no stroke.
    """
    if values.shape[1] == 0:
        return np.full(values.shape[0], np.nan)
    over = values > threshold
    return np.where(over.any(axis=1), over.argmax(axis=1) + 1.0, np.inf)


def _declare(name: str, unit: str, group: Group = "holes", of_geometry: bool = True) -> Quantity:
    return Quantity(name, unit, group, lambda ending: ending.first.holes.get(name), of_geometry=of_geometry)


def _find_stroke(kind: str, threshold: str) -> Any:
    def find(ending: Any) -> PerDraw:
        level = ending.draws.value(f"puncture.bleeding.{threshold}")
        return find_first_stroke_over(getattr(ending.strokes, kind), level)

    return find


def _find_largest_push(ending: Any) -> PerDraw | None:
    push = ending.strokes.push
    return push.max(axis=1) if push.any() else None


def _count_strokes(ending: Any) -> PerDraw | None:
    return ending.strokes.done.sum(axis=1).astype(float) if ending.first.missed else None


def _add_up_hours(ending: Any) -> PerDraw | None:
    return ending.strokes.done @ ending.strokes.hours if ending.first.missed else None


def _find_last_stroke(ending: Any) -> PerDraw | None:
    """The stroke at which the last endpoint showed; inf where one was missed."""
    strokes = _count_strokes(ending)
    if strokes is None:
        return None
    missed = np.logical_or.reduce([*ending.first.missed.values()])
    return np.where(missed, np.inf, strokes)


QUANTITIES = (
    _declare("attempted_density", "1/cm2"),
    _declare("hole_density", "1/cm2"),
    _declare("tip_depth", "um"),
    _declare("channel_depth", "um"),
    _declare("channel_width", "um"),
    _declare("slit_length", "um"),
    _declare("tip_depth_spread", "um", of_geometry=False),
    _declare("needle_force", "N", "force", of_geometry=False),
    Quantity("entry_force", "N", "force", lambda ending: ending.first.entry_force),
    Quantity(
        "bleeding_points", "1/cm2", "holes", lambda ending: ending.first.bleeding_points, of_geometry=True
    ),
    _declare("blood_volume", "uL/cm2"),
    Quantity("pinpoint_stroke", "1", "holes", _find_stroke("drops", "pinpoint"), of_geometry=True),
    Quantity("confluent_stroke", "1", "holes", _find_stroke("covered", "confluent"), of_geometry=True),
    Quantity("strokes_done", "1", "holes", _count_strokes, of_geometry=True),
    Quantity("endpoint_stroke", "1", "holes", _find_last_stroke, of_geometry=True),
    Quantity("needling_hours", "h", "holes", _add_up_hours, of_geometry=True, over_zones="sum"),
    _declare("dye_depth", "um"),
    Quantity("lying_force", "N", "force", lambda ending: ending.first.lying_force, of_geometry=True),
    Quantity("push_force", "N", "force", _find_largest_push, of_geometry=True),
)
