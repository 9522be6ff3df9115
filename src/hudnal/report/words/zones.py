"""Zones in words: what each is called, and a table of what each comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hudnal.intake.treatment import Treatment
from hudnal.language import Words
from hudnal.language.grammar import join_list
from hudnal.language.numbers import format_chance, format_quantity, format_unit
from hudnal.outcome.declared import find_quantity
from hudnal.report.words.intervals import format_cell
from hudnal.result.course import Course
from hudnal.result.interval import NOTHING

# What is told of each zone, in its order; what does not apply in any is left out.
_OF_ZONES = (
    "hole_density", "channel_depth", "bleeding_points", "pain", "redness_days", "epidermis_closed",
    "healthy_collagen_change", "scar_volume_change", "pih_probability", "tram_track_probability",
)  # fmt: skip


@dataclass(frozen=True)
class ZoneTable:
    """Names of the zones, and a row for each quantity: what it is called, with its unit, and a cell for each zone."""

    zones: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def name_zone(name: str, treatment: Treatment, words: Words) -> str:
    """A zone by the word for its site where it is named by it; what a file calls its own stays as written."""
    return words.named("sites", name) if name in treatment.zones else name


def tell_zones(names: Sequence[str], treatment: Treatment, words: Words) -> str:
    """Several zones in a sentence."""
    return join_list([name_zone(name, treatment, words) for name in names], words.language)


def tell_places(treatment: Treatment, words: Words) -> str:
    """Where a treatment is done: the site, or every zone with its area."""
    if not treatment.zones:
        return words(f"sites.{treatment.site}")
    told = [
        f"{name_zone(name, treatment, words)} {format_quantity(zone.area, 'cm2', words, None)}"
        for name, zone in treatment.zones.items()
    ]
    return join_list(told, words.language)


def tell_area(treatment: Treatment, words: Words) -> str:
    """How large the treated skin is, in all zones together where there are several."""
    area = format_quantity(treatment.area, "cm2", words, None)
    return words("report.area_in_all", area=area) if len(treatment.zones) > 1 else area


def list_zones(course: Course, words: Words) -> ZoneTable | None:
    """What each zone comes to; None for a treatment without zones."""
    if not course.zones:
        return None
    rows = []
    for name in _OF_ZONES:
        intervals = [zone.interval(name) for zone in course.zones.values()]
        if all(ends == NOTHING for ends in intervals):
            continue
        label = words(f"quantities.{name}.name")
        if name.endswith("_probability"):
            chances = [zone.chance(name) for zone in course.zones.values()]
            cells = tuple(format_chance(None if one is None else one.mean, words) for one in chances)
        else:
            unit = format_unit(find_quantity(name).unit, words)
            label = f"{label}, {unit}" if unit else label
            cells = tuple(format_cell(ends, words.language) for ends in intervals)
        rows.append((label, cells))
    names = tuple(name_zone(name, course.treatment, words) for name in course.zones)
    return ZoneTable(names, tuple(rows))
