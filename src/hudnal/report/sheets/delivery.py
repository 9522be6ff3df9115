"""The formulator's files: amounts and flux over time, profiles in depth, the balance, and a figure of all four."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure

from hudnal.language import Words
from hudnal.language.numbers import format_given, format_number, format_quantity
from hudnal.report.figures.save import save_figure
from hudnal.report.figures.style import (
    BLOOD,
    GOLD,
    INK,
    PLUM,
    STEEL,
    TEAL,
    draw_band,
    put_legend,
    show_as_is,
    write_tick,
    write_ticks,
)
from hudnal.report.words.intervals import format_row
from hudnal.result.interval import HIGH
from hudnal.store.files import write_folder, write_json, write_netcdf
from hudnal.study.deliver import PLACES, STRIPS, Delivery
from hudnal.study.delivery_sheet import gather_sheet, gather_table, write_profiles, write_times
from hudnal.units import PERCENT

_COLOUR = {"needled": TEAL, "whole": INK}
_LEAST = 1e-6  # of the largest: below it a logarithmic axis ends
_DEEPEST = 4.0  # mm, where profiles end
_SHOWN, _NUMBERED = 0.05, 6.0  # % of the dose from which on a place is shown, and has its number
_TIMES = (TEAL, GOLD, BLOOD, PLUM, INK, STEEL)  # of the times of a profile
_DASHED = (0, (4, 2))  # line of whole skin
_DEPTHS = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 4.0)  # mm, that are written at a profile
# From the film's sand over the skin's teal to the blood's red.
_LIGHT = PLACES[: round(0.62 * len(PLACES))]  # places whose colours are light enough for dark numbers
_RAMP = LinearSegmentedColormap.from_list("places", ["#e8dfd0", GOLD, "#9fd0c8", TEAL, BLOOD])


def write_delivery(delivery: Delivery, folder: Path, language: str) -> dict[str, Any]:
    """Leave delivery.json, delivery.csv, profile.csv, delivery.nc and delivery.svg, all or none.

    What delivery.json holds is returned. Raises OutputFault.
    """
    sheet, words = gather_sheet(delivery, language), Words(language)
    tables = (write_times(delivery), write_profiles(delivery))
    table, profile = (f"# {words('notice')}\n{one}" for one in tables)
    writers = {
        "delivery.csv": lambda path: path.write_text(table, encoding="utf-8"),
        "profile.csv": lambda path: path.write_text(profile, encoding="utf-8"),
        "delivery.svg": lambda path: save_figure(
            lambda: draw_delivery(delivery, words), path, "delivery", language=language
        ),
        "delivery.nc": lambda path: write_netcdf(path, gather_table(delivery), {}),
        "delivery.json": lambda path: write_json(path, sheet),
    }
    write_folder(folder, writers)
    return sheet


def draw_delivery(delivery: Delivery, words: Words) -> Figure:
    """Amounts through, flux, the profile in depth, and where the dose is in the end."""
    figure = Figure(figsize=(13, 9.4), layout="constrained", facecolor="white")
    figure.get_layout_engine().set(rect=(0, 0, 1, 0.98))  # type: ignore[union-attr]
    compound = words.named("compounds", delivery.compound)
    figure.suptitle(words("delivery.title", compound=show_as_is(compound)), fontsize=15)
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
    write_ticks(ax, words.language)
    put_legend(ax)


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
    """How deep it is: a colour a time, whole lines through needled skin, dashed ones through whole skin.

    Depth counts from the surface by its root, so that the horny layer is seen.
    """
    depth, times = np.median(delivery.depth, axis=0), delivery.profile_times
    top = 0.0
    for strip, style in zip(STRIPS, ("-", _DASHED), strict=True):
        for i, time in enumerate(times):
            values = np.median(delivery.profiles[strip][i], axis=0)
            top = max(top, float(values.max()))
            hours = format_given(float(f"{time:.2g}") if time < 1 else round(float(time)), words.language)
            label = words("delivery.at", hours=hours) if strip == "needled" else None
            ax.plot(values, depth, color=_TIMES[i % len(_TIMES)], linestyle=style, label=label)
    ax.plot([], [], color=INK, linestyle=_DASHED, label=words("delivery.whole"))
    ax.set_xscale("log")
    if top > 0:
        ax.set_xlim(top * _LEAST, top * 2)
    deepest = min(depth[-1], _DEEPEST)
    ax.set_yscale("function", functions=(lambda d: np.sqrt(np.maximum(d, 0)), np.square))
    ax.set_ylim(deepest, 0)
    ticks = [tick for tick in _DEPTHS if tick <= deepest]
    ax.set_yticks(ticks, [write_tick(tick, words.language) for tick in ticks])
    ax.set(xlabel=words("delivery.in_tissue"), ylabel=words("delivery.depth"))
    ax.set_title(words("delivery.profile"))
    put_legend(ax)


def _draw_balance(delivery: Delivery, ax: Axes, words: Words) -> None:
    """Where the dose is at the end: one bar for each strip, medians brought to 100 %; places too small are together."""
    median = {s: {p: float(np.median(v)) for p, v in delivery.balance[s].items()} for s in STRIPS}
    shown = [p for p in PLACES if max(median[s][p] for s in STRIPS) > _SHOWN]
    for row, strip in enumerate(STRIPS):
        left = 0.0
        whole = sum(median[strip].values()) or 1.0
        shares = {place: PERCENT * median[strip][place] / whole for place in shown}
        for place, share in shares.items():
            colour = to_hex(_RAMP(PLACES.index(place) / (len(PLACES) - 1)))
            label = words(f"delivery.places.{place}") if row == 0 else None
            ax.barh(row, share, left=left, color=colour, label=label, height=0.55)
            if share > _NUMBERED:
                told = format_number(share, words.language)
                ink = INK if place in _LIGHT else "white"
                ax.text(left + share / 2, row, told, ha="center", va="center", fontsize=10, color=ink)
            left += share
        small = {place: share for place, share in shares.items() if share <= _NUMBERED}
        listed = ", ".join(
            f"{words(f'delivery.places.{place}')} {format_number(share, words.language)}"
            for place, share in small.items()
        )
        ax.text(0, row + 0.42, listed, ha="left", va="center", fontsize=8.5)
    ax.set_yticks(range(len(STRIPS)), [words(f"delivery.{s}") for s in STRIPS])
    ax.set(xlabel=words("delivery.of_dose_whole"), xlim=(0, PERCENT), ylim=(-0.5, 1.7))
    ax.set_title(words("delivery.balance"))
    put_legend(ax)


def tell_delivery(sheet: Mapping[str, Any], words: Words) -> list[str]:
    """The sheet as lines for the terminal."""
    lines = []
    for name, entry in sheet["quantities"].items():
        kind, _, strip = name.partition(".")
        label = words(f"delivery.quantities.{kind}")
        if strip:
            label = f"{label}, {words(f'delivery.of.{strip}')}"
        lines.append(format_row(label, entry, words))
    for strip, places in sheet["balance_percent"].items():
        parts = [
            f"{words(f'delivery.places.{p}')} {format_quantity(v['median'], '%', words)}"
            for p, v in places.items()
            if v["median"] and v["median"] > _SHOWN
        ]
        lines.append(f"{words('delivery.balance')}, {words(f'delivery.of.{strip}')}: {', '.join(parts)}")
    lines += [f"{words('levels.' + w['level'])}: {w['text']}" for w in sheet["warnings"]]
    return lines
