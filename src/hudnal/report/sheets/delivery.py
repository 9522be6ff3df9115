"""The formulator's files: amounts and flux over time, profiles in depth, the balance, and a figure of all four."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hudnal.language import Words, say
from hudnal.parameters.bibliography import references_of
from hudnal.report.figures.save import save_figure
from hudnal.report.figures.style import BLOOD, GOLD, INK, TEAL, draw_band
from hudnal.report.words.numbers import format_given, format_number, format_unit
from hudnal.result.course import warning_entry
from hudnal.result.interval import HIGH, LOW, interval, rounded
from hudnal.result.sources import facts_of_parameters
from hudnal.store.files import header, write_folder, write_json, write_netcdf
from hudnal.store.table import Column, Table
from hudnal.study.deliver import PLACES, STRIPS, UNITS, Delivery
from hudnal.version import __version__

SCHEMA = "hudnal/delivery/1"
_COLOUR = {"needled": TEAL, "whole": INK}
_LEAST = 1e-6  # of the largest: below it a logarithmic axis ends


def write_delivery(delivery: Delivery, folder: Path, language: str) -> dict[str, Any]:
    """Leave delivery.json, delivery.csv, profile.csv, delivery.nc and delivery.svg, all or none.

    What delivery.json holds is returned. Raises OutputFault.
    """
    found, words = sheet(delivery, language), Words(language)
    table, profile = over_time(delivery), in_depth(delivery)
    writers = {
        "delivery.csv": lambda path: path.write_text(table, encoding="utf-8"),
        "profile.csv": lambda path: path.write_text(profile, encoding="utf-8"),
        "delivery.svg": lambda path: save_figure(lambda: draw_delivery(delivery, words), path, "delivery"),
        "delivery.nc": lambda path: write_netcdf(path, table_of(delivery), {}),
        "delivery.json": lambda path: write_json(path, found),
    }
    write_folder(folder, writers)
    return found


def sheet(delivery: Delivery, language: str) -> dict[str, Any]:
    """Quantities and balance with their intervals, and what they rest on."""
    quantities = {}
    for name, values in delivery.quantities.items():
        quantities[name] = {**_interval(values), "unit": UNITS[name.split(".")[0]]}
    balance = {s: {p: _interval(v) for p, v in places.items()} for s, places in delivery.balance.items()}
    return {
        **header(SCHEMA, language),
        "compound": delivery.compound,
        "treatment": delivery.treatment.as_data(),
        "seed": delivery.seed,
        "draws": delivery.draws,
        "hours": rounded(float(delivery.time[-1])),
        "quantities": quantities,
        "balance_percent": balance,
        "balance_error": delivery.balance_error,
        "warnings": [warning_entry(w, language) for w in delivery.warnings],
        "sources": [r.key for r in references_of(facts_of_parameters(delivery.used))],
    }


def _interval(values: np.ndarray) -> dict[str, float | None]:
    median, low, high = interval(values)
    return {"median": median, "low": low, "high": high}


def over_time(delivery: Delivery) -> str:
    """CSV: time, then for each strip what came past the corneum, came through, the flux, and every place."""
    rows: dict[str, np.ndarray] = {"time_h": delivery.time}
    last = delivery.time.size - 1
    for strip in STRIPS:
        flux = delivery.flux(strip)
        series = {
            "inside_ug_cm2": delivery.inside(strip),
            "through_ug_cm2": delivery.through(strip),
            "flux_ug_cm2_h": np.concatenate([flux, flux[-1:]]) if last else np.zeros_like(delivery.applied),
            **{f"{place}_ug_cm2": delivery.places[strip][place] for place in PLACES},
        }
        for name, values in series.items():
            for word, q in (("median", 0.5), ("low", LOW), ("high", HIGH)):
                rows[f"{strip}_{name}_{word}"] = np.quantile(values, q, axis=1)
    return _csv(rows)


def in_depth(delivery: Delivery) -> str:
    """CSV: hours, depth in mm, and the amount in a mL of tissue, of each strip."""
    depth = np.median(delivery.depth, axis=0)
    rows: dict[str, np.ndarray] = {
        "time_h": np.repeat(delivery.profile_times, depth.size),
        "depth_mm": np.tile(depth, delivery.profile_times.size),
    }
    for strip in STRIPS:
        for word, q in (("median", 0.5), ("low", LOW), ("high", HIGH)):
            rows[f"{strip}_ug_mL_{word}"] = np.quantile(delivery.profiles[strip], q, axis=1).ravel()
    return _csv(rows)


def _csv(rows: dict[str, np.ndarray]) -> str:
    out = io.StringIO()
    np.savetxt(out, np.stack(list(rows.values()), axis=1), "%.6g", ",", header=",".join(rows), comments="")
    return out.getvalue()


def table_of(delivery: Delivery) -> Table:
    """Everything of every draw."""
    variables: dict[str, Column] = {"applied": (("time", "draw"), delivery.applied, {"units": "ug/cm2"})}
    for strip in STRIPS:
        for place in PLACES:
            variables[f"{strip}_{place}"] = (
                ("time", "draw"), delivery.places[strip][place], {"units": "ug/cm2"},
            )  # fmt: skip
        variables[f"{strip}_profile"] = (
            ("profile_time", "draw", "level"), delivery.profiles[strip], {"units": "ug/mL"},
        )  # fmt: skip
    variables["depth"] = (("draw", "level"), delivery.depth, {"units": "mm"})
    if delivery.plasma is not None:
        variables["plasma"] = (("time", "draw"), delivery.plasma, {"units": "ug/mL"})
    for name, values in delivery.quantities.items():
        variables[f"quantity_{name}"] = (("draw",), values, {"units": UNITS[name.split(".")[0]]})
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


def draw_delivery(delivery: Delivery, words: Words) -> Figure:
    """Amounts through, flux, the profile in depth, and where the dose is in the end."""
    figure = Figure(figsize=(13, 9), layout="constrained", facecolor="white")
    figure.suptitle(words("delivery.title", compound=delivery.compound), fontsize=15)
    (through, flux), (profile, balance) = figure.subplots(2, 2)
    _draw_through(delivery, through, words)
    _draw_flux(delivery, flux, words)
    _draw_profile(delivery, profile, words)
    _draw_balance(delivery, balance, words)
    return figure


def _draw_through(delivery: Delivery, ax: Axes, words: Words) -> None:
    for strip in STRIPS:
        draw_band(ax, delivery.time, delivery.through(strip), _COLOUR[strip], words(f"delivery.{strip}"))
    key = "received" if delivery.in_vitro else "taken_up"
    ax.set(xlabel=words("delivery.hours"), ylabel="µg/cm²")
    ax.set_title(words(f"delivery.{key}"))
    ax.legend(loc="upper left")


def _draw_flux(delivery: Delivery, ax: Axes, words: Words) -> None:
    middle = (delivery.time[1:] + delivery.time[:-1]) / 2
    top = 0.0
    for strip in STRIPS:
        values = delivery.flux(strip)
        draw_band(ax, middle, values, _COLOUR[strip], words(f"delivery.{strip}"))
        top = max(top, float(np.quantile(values, HIGH, axis=1).max()))
    ax.set_yscale("log")
    if top > 0:
        ax.set_ylim(top * _LEAST, top * 2)
    ax.set(xlabel=words("delivery.hours"), ylabel="µg/cm²/h")
    ax.set_title(words("delivery.flux"))


def _draw_profile(delivery: Delivery, ax: Axes, words: Words) -> None:
    depth = np.median(delivery.depth, axis=0)
    times = delivery.profile_times
    shades = np.linspace(0.25, 1.0, times.size)
    top = 0.0
    for strip, style in zip(STRIPS, ("-", (0, (4, 2))), strict=True):
        for i, time in enumerate(times):
            values = np.median(delivery.profiles[strip][i], axis=0)
            top = max(top, float(values.max()))
            label = (
                words("delivery.at", hours=format_given(round(float(time), 2), words.language))
                if strip == "needled"
                else None
            )
            ax.plot(values, depth, color=_COLOUR[strip], alpha=shades[i], linestyle=style, label=label)
    ax.set_xscale("log")
    if top > 0:
        ax.set_xlim(top * _LEAST, top * 2)
    ax.set_ylim(min(depth[-1], 4.0), 0)
    ax.set(xlabel=words("delivery.in_tissue"), ylabel=words("delivery.depth"))
    ax.set_title(words("delivery.profile"))
    ax.legend(loc="lower right")


def _draw_balance(delivery: Delivery, ax: Axes, words: Words) -> None:
    """Where the dose is at the end: one bar for each strip."""
    median = {s: {p: float(np.median(v)) for p, v in delivery.balance[s].items()} for s in STRIPS}
    shown = [p for p in PLACES if max(median[s][p] for s in STRIPS) > 0.05]
    colours: dict[str, str] = dict(zip(PLACES, _ramp(len(PLACES)), strict=True))
    for row, strip in enumerate(STRIPS):
        left = 0.0
        whole = sum(median[strip].values()) or 1.0
        for place in shown:
            share = 100 * median[strip][place] / whole
            label = words(f"delivery.places.{place}") if row == 0 else None
            ax.barh(row, share, left=left, color=colours[place], label=label, height=0.55)
            if share > 6:
                ax.text(left + share / 2, row, f"{share:.0f}", ha="center", va="center", fontsize=10)
            left += share
    ax.set_yticks(range(len(STRIPS)), [words(f"delivery.{s}") for s in STRIPS])
    ax.set(xlabel=words("delivery.of_dose"), xlim=(0, 100), ylim=(-0.6, 2.2))
    ax.set_title(words("delivery.balance"))
    ax.legend(loc="upper center", ncols=4, fontsize=9)


def _ramp(n: int) -> list[str]:
    """From the film's sand over the skin's teal to the blood's red."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    ramp = LinearSegmentedColormap.from_list("places", ["#e8dfd0", GOLD, "#9fd0c8", TEAL, BLOOD])
    return [to_hex(ramp(i / (n - 1))) for i in range(n)]


def delivery_lines(found: dict[str, Any], words: Words) -> list[str]:
    """The sheet as lines for the terminal."""
    lines = []
    for name, entry in found["quantities"].items():
        kind, _, strip = name.partition(".")
        label = words(f"delivery.quantities.{kind}")
        if strip:
            label = f"{label}, {words(f'delivery.of.{strip}')}"
        median, low, high = (format_number(entry[k], words.language, 3) for k in ("median", "low", "high"))
        span = words("words.interval", low=low, high=high)
        lines.append(f"{label}: {median} {format_unit(entry['unit'], words)} ({span})".replace("  ", " "))
    places = found["balance_percent"]
    for strip in STRIPS:
        parts = [
            f"{words(f'delivery.places.{p}')} {format_number(v['median'], words.language, 2)} %"
            for p, v in places[strip].items()
            if v["median"] and v["median"] > 0.05
        ]
        lines.append(f"{words('delivery.balance')}, {words(f'delivery.of.{strip}')}: {', '.join(parts)}")
    lines += [f"{words('levels.' + w['level'])}: {w['text']}" for w in found["warnings"]]
    return lines
