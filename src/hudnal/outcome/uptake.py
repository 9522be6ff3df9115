"""Compounds: where each of them is, how much of it came through, and how high it rose in the blood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.outcome.contract import CompoundQuantity, CompoundSeries, Quantity
from hudnal.units import HOURS_PER_DAY


def name_plasma_peak(compound: str) -> str:
    """The name of the quantity that holds a compound's highest level in plasma."""
    return "lidocaine_peak" if compound == "lidocaine" else f"plasma_peak.{compound}"


def _read_level(name: str) -> Any:
    return _read_amount(lambda depot: getattr(depot, name))


def _read_amount(of: Callable[[Any], PerDraw], skin: str = "needled") -> Any:
    """What `of` reads of the depot on `skin`; the scheme's rounding may leave a hair less than nothing."""
    return lambda look, compound: np.maximum(of(getattr(look.depots[compound], skin)), 0.0)


def _read_delivered_in_a_day(ending: Any, compound: str, series: str) -> PerDraw:
    index = ending.index_at(ending.last.depots[compound].first_applied + HOURS_PER_DAY)
    return ending.looks[min(index, len(ending.looks) - 1)][f"{series}.{compound}"]


def _compare_with_whole_skin(ending: Any, compound: str) -> PerDraw:
    needled = _read_delivered_in_a_day(ending, compound, "delivered")
    whole = _read_delivered_in_a_day(ending, compound, "delivered_whole")
    return np.divide(needled, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def _find_plasma_peak(ending: Any, compound: str) -> PerDraw:
    return ending.series(f"plasma.{compound}").max(axis=0)


def _find_lidocaine_peak(ending: Any) -> PerDraw | None:
    return _find_plasma_peak(ending, "lidocaine") if "lidocaine" in ending.last.plasma else None


COMPOUND_SERIES = (
    CompoundSeries(
        "applied", "ug/cm2", "applied so far", lambda look, compound: look.depots[compound].applied
    ),
    CompoundSeries("on_skin", "ug/cm2", "on the skin", _read_level("on_skin")),
    CompoundSeries(
        "in_skin",
        "ug/cm2",
        "in the skin and its holes",
        _read_amount(lambda depot: depot.in_skin()),
    ),
    CompoundSeries(
        "blood",
        "ug/cm2",
        "taken up by the blood so far, as it was or broken down",
        _read_amount(lambda depot: depot.blood + depot.metabolised),
    ),
    CompoundSeries("washed_off", "ug/cm2", "washed or wiped off so far", _read_level("washed_off")),
    CompoundSeries("evaporated", "ug/cm2", "evaporated so far", _read_level("evaporated")),
    CompoundSeries(
        "metabolised",
        "ug/cm2",
        "broken down by living skin so far: a part of what the blood takes up",
        _read_level("metabolised"),
    ),
    CompoundSeries(
        "received",
        "ug/cm2",
        "in the receptor below excised skin",
        _read_amount(lambda depot: depot.in_receptor()),
    ),
    CompoundSeries(
        "received_whole",
        "ug/cm2",
        "in the receptor below excised skin, had the skin been left whole",
        _read_amount(lambda depot: depot.in_receptor(), "whole"),
    ),
    CompoundSeries(
        "delivered",
        "ug/cm2",
        "come into living skin so far",
        _read_amount(lambda depot: depot.delivered()),
    ),
    CompoundSeries(
        "delivered_whole",
        "ug/cm2",
        "come into living skin so far, had the skin been left whole",
        _read_amount(lambda depot: depot.delivered(), "whole"),
    ),
    CompoundSeries(
        "plasma",
        "ug/mL",
        "in plasma",
        lambda look, compound: np.maximum(look.plasma[compound], 0.0),
        of_plasma=True,
        group="plasma",
    ),
)
QUANTITIES = (Quantity("lidocaine_peak", "ug/mL", "plasma", _find_lidocaine_peak, over_zones="blood"),)
COMPOUND_QUANTITIES = (
    CompoundQuantity(
        "delivered",
        "ug/cm2",
        "delivery",
        lambda ending, compound: _read_delivered_in_a_day(ending, compound, "delivered"),
    ),
    CompoundQuantity("enhancement", "1", "delivery", _compare_with_whole_skin),
    CompoundQuantity("plasma_peak", "ug/mL", "plasma", _find_plasma_peak, of_plasma=True),
)
