"""Rows of the page's tables: quantities, scars, substances, risks, what was assumed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.language import Words, say_note
from hudnal.language.numbers import (
    NONE,
    choose_unit,
    format_number,
    format_probability,
    format_quantity,
    format_unit,
)
from hudnal.outcome.declared import find_quantity
from hudnal.outcome.uptake import name_plasma_peak
from hudnal.report.words.chances import tell_chance
from hudnal.report.words.headlines import format_pain
from hudnal.report.words.intervals import format_interval, format_span
from hudnal.report.words.movers import tell_movers
from hudnal.report.words.sentences import capitalise, name_concern
from hudnal.result.course import Course
from hudnal.result.interval import HIGH, LOW, NOTHING, find_known_share, interval
from hudnal.result.scars import MOMENTS, READ, measure_scar_changes
from hudnal.treatment.fault import read_place, tell_place
from hudnal.units import PERCENT

_DOTS = 100  # people in a picture of a risk
_ASSUMED_SHOWN = 14
_TINY = 1e-300
_PAINS = ("pain", "pain_without_cream")

Row = dict[str, Any]
Runs = list[tuple[int, int]]  # of numbers that follow each other: the first and the last


def list_quantities(course: Course, names: Sequence[str], words: Words, together: bool = False) -> list[Row]:
    """A row a quantity: name, meaning, median and ends, what of it the needles did, unit, sources.

    All four numbers stand in the unit that suits the median; where rows of one unit are read `together`, in the one
    that suits the least of them.
    """
    rows = []
    medians = [median for name in names if (median := course.interval(name).median) is not None]
    for name in names:
        ends = course.interval(name)
        of_needles = course.effect_of_needles(name).median if course.is_needled else None
        kind = name.partition(".")[0]
        unit, factor = choose_unit(
            min(medians) if together and medians else ends.median, find_quantity(name).unit
        )
        show = format_probability if kind.endswith("_probability") else format_number
        median, low, high, by_needles = (
            show(None if value is None else factor * value, words.language, 3)
            for value in (*ends, of_needles)
        )
        if name in _PAINS:
            median, low, high = (format_pain(value, words) for value in ends)
        rows.append(
            {
                "name": words(f"quantities.{kind}.name"),
                "meaning": _tell_meaning(course, name, words),
                "median": median,
                "low": low,
                "high": high,
                "by_needles": by_needles,
                "sources": number_sources(course, course.sources_of(name)),
                "unit": _format_column_unit(unit, words),
            }
        )
    return rows


def _format_column_unit(unit: str, words: Words) -> str:
    """A unit as a table's column gives it: a scale by its ends."""
    return format_unit(unit, words) or ("0–10" if unit == "0-10" else "")


def _tell_meaning(course: Course, name: str, words: Words) -> str:
    """What a quantity is, and in how many of the draws there is one, where that is not in all."""
    kind, _, compound = name.partition(".")
    named = words.named("compounds", compound) if compound else ""
    meaning = named if kind == "plasma_peak" else words(f"quantities.{kind}.meaning", compound=named)
    known = find_known_share(course.quantities[name])
    if known == 1 or course.interval(name) == NOTHING:
        return meaning
    return f"{meaning} {words('report.known_share', share=format_number(PERCENT * known, words.language, 2))}"


def number_sources(course: Course, keys: Iterable[str]) -> Runs:
    """Where in the list of sources those of `keys` stand, as runs: [(1, 4), (9, 9)]; empty where there are none."""
    places = sorted(course.sources.index(key) + 1 for key in keys)
    runs = [[place for _, place in run] for _, run in groupby(enumerate(places), lambda at: at[1] - at[0])]
    return [(run[0], run[-1]) for run in runs]


def list_scars(course: Course, words: Words) -> list[Row]:
    """Each scar's depth, width and volume before and after, as medians and central 90 %."""
    rows = []
    for scar, pair in zip(course.treatment.scars, course.scars, strict=True):
        row: Row = {"name": capitalise(name_concern(scar, words))}
        for shape, when in zip(pair, MOMENTS, strict=True):
            row |= {
                f"{what}_{when}": _format_draws(getattr(shape, what), words, unit)
                for what, unit in READ.items()
            }
        row |= {
            f"{what}_change": _format_draws(v, words, "%") for what, v in measure_scar_changes(pair).items()
        }
        rows.append(row)
    return rows


def _format_draws(values: PerDraw, words: Words, unit: str) -> str:
    """Median with its unit, and central 90 %, which is left out where both its ends read the same."""
    spread, told = interval(values), words("numbers.before_unit") + format_unit(unit, words)
    median, low, high = (format_number(value, words.language) for value in spread)
    return f"{median}{told}" if low == high else format_interval(spread, words, told)


def list_compounds(course: Course, words: Words) -> list[Row]:
    """A row a substance: how much came into living skin, against whole skin, and its peak in plasma."""
    rows = []
    for name in course.quantities:
        kind, _, compound = name.partition(".")
        if kind != "delivered":
            continue
        plasma = name_plasma_peak(compound)
        rows.append(
            {
                "name": words.named("compounds", compound),
                "delivered": _format_with_unit(course, name, words),
                "enhancement": _format_with_unit(course, f"enhancement.{compound}", words),
                "plasma": _format_with_unit(course, plasma, words) if plasma in course.quantities else NONE,
            }
        )
    return rows


def _format_with_unit(course: Course, name: str, words: Words) -> str:
    spread = course.interval(name)
    if name.startswith("enhancement"):
        return format_interval(spread, words, "×")
    unit, factor = choose_unit(spread.median, find_quantity(name).unit)
    scaled = spread._make(None if value is None else factor * value for value in spread)
    told = format_unit(unit, words)
    return format_interval(scaled, words, words("numbers.before_unit") + told if told else "")


def describe_risk(course: Course, name: str, words: Words) -> Row:
    """A risk as a chance with its range, as dots among a hundred, and what moves it."""
    chance = course.chance(name)
    shown, ends = (words("words.not_applicable"), "") if chance is None else tell_chance(chance, words)
    if name == "bloodborne_probability" and not course.quantities[name].any():
        shown = words("report.not_shared")
    return {
        "name": words(f"quantities.{name}.name"),
        "meaning": words(f"quantities.{name}.meaning"),
        "chance": shown,
        "range": ends,
        "moved": tell_movers(course, name, words),
        "dots": round((chance.mean if chance else 0.0) * _DOTS),
    }


def list_warnings(course: Course, words: Words) -> list[Row]:
    """Every warning: level, text, the step that it is of, where its sources stand in the list."""
    rows = []
    for warning in course.warnings_in(words.language):
        told = course.describe_warning(warning, words.language)
        told["place"] = tell_place(read_place(warning.place), words.language)
        told["sources"] = number_sources(course, told["sources"])
        rows.append(told)
    return rows


def list_assumed(course: Course, words: Words) -> list[Row]:
    """The assumed parameters with the widest spread that the run used."""
    draws = course.sample
    rows = []
    for name in sorted(course.used):
        parameter = draws.parameter(name)
        elsewhere = name.startswith("skin.sites.") and name.split(".")[2] != course.treatment.site
        if parameter.status != "assumed" or elsewhere:
            continue
        low, high = np.quantile(draws[name], (LOW, HIGH))
        # Where a number can change its sign, or is below 0, a ratio of its ends means nothing.
        ratio = high / low if low > 0 else 1 + (high - low) / max(abs(low), abs(high), _TINY)
        value = format_quantity(parameter.value, parameter.unit, words)
        span = format_span(low, high, words)
        rows.append(
            (
                ratio,
                {
                    "name": name,
                    "value": value,
                    "spread": span,
                    "note": say_note(parameter.note, words.language),
                },
            )
        )
    rows.sort(key=lambda pair: (-pair[0], pair[1]["name"]))
    return [row for _, row in rows[:_ASSUMED_SHOWN]]
