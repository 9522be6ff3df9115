"""What stands in the sections of the page, as the template takes it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.language import Words, say_note
from hudnal.language.numbers import (
    NONE,
    count,
    format_number,
    format_probability,
    format_quantity,
    format_unit,
)
from hudnal.outcome.declared import find_quantity
from hudnal.outcome.uptake import name_plasma_peak
from hudnal.parameters.bibliography import bibliography
from hudnal.report.page.panels import draw_panels
from hudnal.report.words.chances import tell_chance
from hudnal.report.words.force import tell_lying_force
from hudnal.report.words.headlines import pick_headlines
from hudnal.report.words.intervals import format_interval, format_span
from hudnal.report.words.movers import tell_movers
from hudnal.report.words.sentences import (
    capitalise,
    describe_treatment,
    name_concern,
    tell_aftercare,
    tell_session,
)
from hudnal.result.course import Course
from hudnal.result.interval import HIGH, LOW, NOTHING, find_known_share, interval
from hudnal.result.scars import MOMENTS, READ, measure_scar_changes
from hudnal.transport import MEASURES
from hudnal.units import PERCENT
from hudnal.version import __version__

_OF_HOLES = (
    "attempted_density", "hole_density", "tip_depth", "channel_depth", "dye_depth", "channel_width", "slit_length",
    "entry_force", "needle_force", "lying_force", "push_force",
)  # fmt: skip
_RISKS = (
    "pih_probability", "bruise_probability", "infection_probability", "tram_track_probability",
    "raised_scar_probability",
    "heavy_bleeding_probability", "bloodborne_probability", "herpes_probability", "granuloma_probability",
    "irritation_probability",
)  # fmt: skip
_DOTS = 100  # people in a picture of a risk
_ASSUMED_SHOWN = 14
_TINY = 1e-300

Row = dict[str, str]


def gather_content(course: Course, words: Words) -> dict[str, Any]:
    """The whole page but the skin block: words, tables and figures by the names of the template."""
    treatment = course.treatment
    closing = [f"closed_by_{instrument}" for instrument in MEASURES]
    return {
        "language": words.language,
        "title": treatment.title_in(words.language) or words("report.kicker"),
        "lead": describe_treatment(treatment, words),
        "done": tell_session(treatment, words),
        "after": tell_aftercare(treatment, words),
        "headlines": pick_headlines(course, words),
        "figures": draw_panels(course, words),
        "hole_numbers": list_quantities(course, _OF_HOLES, words),
        "lying": tell_lying_force(course.interval("lying_force"), words),
        "instruments": list_quantities(
            course, [name for name in closing if not np.isnan(course.quantities[name]).all()], words
        ),
        "side": format_number(course.holes.side, words.language),
        "scars": list_scars(course, words),
        "compounds": list_compounds(course, words),
        "risks": [describe_risk(course, name, words) for name in _RISKS],
        "warnings": [course.describe_warning(w, words.language) for w in course.warnings_in(words.language)],
        "assumed": list_assumed(course, words),
        "assumed_count": sum(course.sample.parameter(n).status == "assumed" for n in course.used),
        "all_count": len(course.used),
        "rows": list_quantities(course, course.quantities, words),
        "sources": [bibliography()[key] for key in course.sources],
        "made_by": words("report.made_by", version=__version__, draws=course.draws, seed=course.seed),
    }


def _format_column_unit(unit: str, words: Words) -> str:
    """A unit as a table's column gives it: a scale by its ends."""
    return format_unit(unit, words) or ("0–10" if unit == "0-10" else "")


def list_quantities(course: Course, names: Iterable[str], words: Words) -> list[Row]:
    """A row a quantity: name, meaning, median and ends, what of it the needles did, unit, sources."""
    rows = []
    for name in names:
        median, low, high = course.interval(name)
        of_needles = course.effect_of_needles(name).median if course.is_needled else None
        kind = name.partition(".")[0]
        show = format_probability if kind.endswith("_probability") else format_number
        rows.append(
            {
                "name": words(f"quantities.{kind}.name"),
                "meaning": _tell_meaning(course, name, words),
                "median": show(median, words.language, 3),
                "low": show(low, words.language, 3),
                "high": show(high, words.language, 3),
                "by_needles": show(of_needles, words.language, 3),
                "sources": _number_sources(course, name, words),
                "unit": _format_column_unit(find_quantity(name).unit, words),
            }
        )
    return rows


def _tell_meaning(course: Course, name: str, words: Words) -> str:
    """What a quantity is, and in how many of the draws there is one, where that is not in all."""
    kind, _, compound = name.partition(".")
    named = words.named("compounds", compound) if compound else ""
    meaning = named if kind == "plasma_peak" else words(f"quantities.{kind}.meaning", compound=named)
    known = find_known_share(course.quantities[name])
    if known == 1 or course.interval(name) == NOTHING:
        return meaning
    return f"{meaning} {words('report.known_share', share=format_number(PERCENT * known, words.language, 2))}"


def _number_sources(course: Course, name: str, words: Words) -> str:
    """Where in the list of sources a quantity's own stand: "sources 1–4, 9"; empty where there is none."""
    places = [course.sources.index(key) + 1 for key in course.sources_of(name)]
    if not places:
        return ""
    runs = [[place for _, place in run] for _, run in groupby(enumerate(places), lambda at: at[1] - at[0])]
    spelled = [f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    return count(len(places), "report.source_numbers", words, numbers=", ".join(spelled))


def list_scars(course: Course, words: Words) -> list[Row]:
    """Each scar's depth, width and volume before and after, as medians and central 90 %."""
    rows = []
    for scar, pair in zip(course.treatment.scars, course.scars, strict=True):
        row = {"name": capitalise(name_concern(scar, words))}
        for shape, when in zip(pair, MOMENTS, strict=True):
            row |= {f"{what}_{when}": _format_draws(getattr(shape, what), words) for what in READ}
        row |= {
            f"{what}_change": _format_draws(v, words, "\u202f%")
            for what, v in measure_scar_changes(pair).items()
        }
        rows.append(row)
    return rows


def _format_draws(values: PerDraw, words: Words, unit: str = "") -> str:
    """Median and central 90 %, which is left out where both its ends read the same."""
    spread = interval(values)
    median, low, high = (format_number(value, words.language) for value in spread)
    return f"{median}{unit}" if low == high else format_interval(spread, words, unit)


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
    spread, unit = course.interval(name), format_unit(find_quantity(name).unit, words)
    if name.startswith("enhancement"):
        unit = "×"
    elif unit and spread.median is not None:
        unit = words("numbers.before_unit") + unit
    return format_interval(spread, words, unit)


def describe_risk(course: Course, name: str, words: Words) -> dict[str, Any]:
    """A risk as a chance with its range, as dots among a hundred, and what moves it."""
    chance = course.chance(name)
    shown, ends = (words("words.not_applicable"), "") if chance is None else tell_chance(chance, words)
    return {
        "name": words(f"quantities.{name}.name"),
        "meaning": words(f"quantities.{name}.meaning"),
        "chance": shown,
        "range": ends,
        "moved": tell_movers(course, name, words),
        "dots": round((chance.mean if chance else 0.0) * _DOTS),
    }


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
        note = say_note(parameter.note, words.language)
        rows.append((ratio, {"name": name, "value": value, "spread": span, "note": note}))
    rows.sort(key=lambda pair: (-pair[0], pair[1]["name"]))
    return [row for _, row in rows[:_ASSUMED_SHOWN]]
