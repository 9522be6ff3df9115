"""The content of `summary.json`: every number of a course with its interval, unit and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.language import Words, named, say
from hudnal.language.numbers import count, format_chance, format_given
from hudnal.outcome.declared import all_quantities, describe_series, find_quantity
from hudnal.outcome.rules import PlanWarning
from hudnal.parameters.bibliography import references_of
from hudnal.result.interval import HIGH, LOW, NOTHING, Chance, find_known_share, round_for_files
from hudnal.result.scars import describe_scars
from hudnal.result.timeline import tell_times_apart
from hudnal.store.files import make_header

if TYPE_CHECKING:
    from hudnal.result.course import Course

SCHEMA = "hudnal/summary/1"
_COUNTED = ("days", "weeks")  # values of warnings that are so many of these
_DECIMALS_OF_TIME = 6  # by which looks at the same moment are told apart


def summarise(course: Course, language: str) -> dict[str, Any]:
    """The content of `summary.json` in a language; series and scars where the course kept them."""
    names = [*all_quantities(), *(name for name in course.quantities if name not in all_quantities())]
    return {
        **make_header(SCHEMA, language),
        "treatment": course.treatment.as_data(),
        "seed": course.seed,
        "draws": course.draws,
        "quantities": {name: _entry_of_quantity(course, name) for name in names},
        "moved_by": {
            name: _entries_of_movers(course, name) for name in names if name.endswith("_probability")
        },
        **(
            {"zones": {name: _describe_zone(zone) for name, zone in course.zones.items()}}
            if course.zones
            else {}
        ),
        **({"scars": describe_scars(course.treatment, course.scars)} if "scars" in course.kept else {}),
        **({"series": _entries_of_series(course)} if "series" in course.kept else {}),
        "warnings": [describe_warning(warning, language) for warning in course.warnings_in(language)],
        "sources": course.sources,
    }


def _describe_zone(zone: Course) -> dict[str, Any]:
    """Where a zone is, how large, and every quantity of its own."""
    names = [name for name in zone.quantities if zone.interval(name) != NOTHING]
    quantities = {name: {**zone.interval(name).as_dict(), "unit": find_quantity(name).unit} for name in names}
    return {"site": zone.treatment.site, "area_cm2": zone.treatment.area, "quantities": quantities}


def _entry_of_quantity(course: Course, name: str) -> dict[str, Any]:
    about: dict[str, Any] = {"unit": find_quantity(name).unit, "sources": course.sources_of(name)}
    ends = course.interval(name)
    if name in course.quantities and ends != NOTHING:
        known = find_known_share(course.quantities[name])
        about |= {"known": round_for_files(known)} if known < 1 else {}
    if name.endswith("_probability") and (chance := course.chance(name)) is not None:
        about |= {"mean": chance.mean}
    if "control" in course.kept and (of_needles := course.effect_of_needles(name)) != NOTHING:
        about |= {"by_needles": of_needles.as_dict()}
    return {**ends.as_dict(), **about}


def _entries_of_movers(course: Course, name: str) -> list[dict[str, Any]]:
    movers = course.moved_by(name)
    return [{"parameter": m.parameter, "correlation": round_for_files(m.correlation)} for m in movers]


def _entries_of_series(course: Course) -> dict[str, Any]:
    return {name: _entry_of_series(course, name) for name in course.series}


def _entry_of_series(course: Course, name: str) -> dict[str, Any]:
    values = course.series[name]
    ends = {"median": 0.5, "low": LOW, "high": HIGH}
    return {
        "time_h": [round(float(t), _DECIMALS_OF_TIME) for t in tell_times_apart(course.time)],
        **{end: _round_all(np.quantile(values, q, axis=1)) for end, q in ends.items()},
        "unit": describe_series(name)[0],
    }


def _round_all(values: Float[Array, " time"]) -> list[float | None]:
    return [round_for_files(v) if np.isfinite(v) else None for v in values]


def describe_warning(warning: PlanWarning, language: str = "en") -> dict[str, Any]:
    """A warning as people and programs read it, its country's name in front where it is of one."""
    values = {key: _write_value(key, value, language) for key, value in warning.values.items()}
    for kind in ("product", "compound"):
        if kind in values:
            values[kind] = named(f"{kind}s", str(values[kind]), language)
    if "condition" in values:
        values["condition"] = say(f"conditions.{values['condition']}", language)
    for key, head in (("endpoint", "words."), ("tool", "words.the_"), ("instrument", "instruments.")):
        if key in values:
            values[key] = say(f"{head}{values[key]}", language)
    text = say(f"warnings.{warning.code}", language, **values)
    if warning.country:
        text = f"{say(f'countries.{warning.country}', language)}: {text}"
    return {
        "code": warning.code,
        "country": warning.country,
        "level": warning.level,
        "place": warning.place,
        "text": text,
        "sources": [r.key for r in references_of(warning.source)],
    }


def _write_value(key: str, value: object, language: str) -> object:
    """What fills a warning: a number as people write it, days and weeks with their word, a chance as 1 in so many."""
    if isinstance(value, Chance):
        words = Words(language)
        return (
            format_chance(value.mean, words, value.high > 0) if value.is_known else words("words.not_known")
        )
    if not isinstance(value, int | float):
        return value
    return count(value, f"words.{key}", Words(language)) if key in _COUNTED else format_given(value, language)
