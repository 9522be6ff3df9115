"""What a formulator takes from a delivery: its sheet, amounts over time, profiles in depth, and all of every draw."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float, Shaped
from hudnal.language import say
from hudnal.parameters.bibliography import references_of
from hudnal.result.course import describe_warning
from hudnal.result.interval import HIGH, LOW, interval, round_for_files
from hudnal.result.sources import list_facts_of_parameters
from hudnal.store.files import make_header
from hudnal.store.table import Column, Table
from hudnal.study.deliver import PLACES, STRIPS, UNITS, Delivery
from hudnal.version import __version__

SCHEMA = "hudnal/delivery/1"

Columns = dict[str, Float[Array, " line"]]


def gather_sheet(delivery: Delivery, language: str) -> dict[str, Any]:
    """Quantities and balance with their intervals, and what they rest on."""
    return {
        **make_header(SCHEMA, language),
        "compound": delivery.compound,
        "treatment": delivery.treatment.as_data(),
        "seed": delivery.seed,
        "draws": delivery.draws,
        "hours": round_for_files(float(delivery.time[-1])),
        "quantities": {
            name: {**interval(values).as_dict(), "unit": _unit_of(name)}
            for name, values in delivery.quantities.items()
        },
        "balance_percent": {
            strip: {place: interval(values).as_dict() for place, values in places.items()}
            for strip, places in delivery.balance.items()
        },
        "balance_error": delivery.balance_error,
        "warnings": [describe_warning(w, language) for w in delivery.warnings],
        "sources": [r.key for r in references_of(list_facts_of_parameters(delivery.used))],
    }


def _unit_of(quantity: str) -> str:
    return UNITS[quantity.split(".")[0]]


def write_times(delivery: Delivery) -> str:
    """CSV: time, then for each strip what came past the corneum, came through, the flux, and every place."""
    columns: Columns = {"time_h": delivery.time}
    for strip in STRIPS:
        flux = delivery.flux(strip)
        series = {
            "inside_ug_cm2": delivery.inside(strip),
            "through_ug_cm2": delivery.through(strip),
            # The flux runs from each time to the next: the last one stays.
            "flux_ug_cm2_h": np.concatenate([flux, flux[-1:]])
            if flux.size
            else np.zeros_like(delivery.applied),
            **{f"{place}_ug_cm2": delivery.places[strip][place] for place in PLACES},
        }
        for name, values in series.items():
            columns |= _take_quantiles(f"{strip}_{name}", values)
    return _write_csv(columns)


def write_profiles(delivery: Delivery) -> str:
    """CSV: hours, depth in mm, and the amount in a mL of tissue, of each strip."""
    depth, times = np.median(delivery.depth, axis=0), delivery.profile_times
    columns: Columns = {"time_h": np.repeat(times, depth.size), "depth_mm": np.tile(depth, times.size)}
    for strip in STRIPS:
        columns |= _take_quantiles(f"{strip}_ug_mL", delivery.profiles[strip])
    return _write_csv(columns)


def _take_quantiles(name: str, values: Shaped[Array, "time draw *level"]) -> Columns:
    """Median and central 90 % of `values` over draws, a column each."""
    ends = (("median", 0.5), ("low", LOW), ("high", HIGH))
    return {f"{name}_{word}": np.quantile(values, q, axis=1).ravel() for word, q in ends}


def _write_csv(columns: Columns) -> str:
    out, head = io.StringIO(), ",".join(columns)
    np.savetxt(out, np.stack(list(columns.values()), axis=1), "%.6g", ",", header=head, comments="")
    return out.getvalue()


def gather_table(delivery: Delivery) -> Table:
    """Everything of every draw."""
    variables: dict[str, Column] = {}

    def add(name: str, dims: tuple[str, ...], values: Array, unit: str) -> None:
        variables[name] = (dims, values, {"units": unit})

    over_time = ("time", "draw")
    add("applied", over_time, delivery.applied, "ug/cm2")
    for strip in STRIPS:
        for place in PLACES:
            add(f"{strip}_{place}", over_time, delivery.places[strip][place], "ug/cm2")
        add(f"{strip}_profile", ("profile_time", "draw", "level"), delivery.profiles[strip], "ug/mL")
    add("depth", ("draw", "level"), delivery.depth, "mm")
    if delivery.plasma is not None:
        add("plasma", over_time, delivery.plasma, "ug/mL")
    for name, values in delivery.quantities.items():
        add(f"quantity_{name}", ("draw",), values, _unit_of(name))
    return Table(
        variables,
        coordinates={
            "time": (("time",), delivery.time, {"units": "h"}),
            "profile_time": (("profile_time",), delivery.profile_times, {"units": "h"}),
            "draw": (("draw",), np.arange(delivery.draws), {}),
        },
        attributes={
            "compound": delivery.compound,
            "source": f"hudnal {__version__}",
            "seed": delivery.seed,
            "notice": say("notice", "en"),
        },
    )
