"""What moves a risk most, in a sentence or two."""

from __future__ import annotations

import numpy as np

from hudnal.language import Words
from hudnal.language.grammar import join_list
from hudnal.language.numbers import format_number, format_quantity
from hudnal.outcome.risks import SOURCES
from hudnal.report.words.force import find_idle_force
from hudnal.report.words.sentences import capitalise
from hudnal.result.course import Course
from hudnal.result.interval import Chance
from hudnal.result.movers import Mover
from hudnal.result.rests_on import find_family
from hudnal.units import PERCENT

_WIDE = 2.0  # between the ends of a chance
_LEAST = 0.05  # share of an infection below which a source is not worth a word


def tell_movers(course: Course, risk: str, words: Words) -> list[str]:
    """What is not known that moves a risk, and what one can do about it."""
    if not course.interval(risk).median:
        return []
    lines = []
    named = dict.fromkeys(_name_mover(mover, words) for mover in course.moved_by(risk))
    if named and _is_wide(course.chance(risk)):
        lines.append(words("moved.wide", what=join_list(named, words.language)))
    lever = _LEVERS.get(risk)
    text = lever(course, words) if lever else words(f"moved.{risk}")
    return [*lines, text] if text else lines


def _is_wide(chance: Chance | None) -> bool:
    """Whether the ends of a chance are so far apart that the reason is worth a sentence."""
    return chance is not None and chance.high > _WIDE * chance.low


def _name_mover(mover: Mover, words: Words) -> str:
    """A parameter in words: "how often lighter skin marks"."""
    key = word_key(mover.parameter, words)
    return mover.parameter if key is None else words(key)


def word_key(parameter: str, words: Words) -> str | None:
    """The key of a parameter's words: of the longest part of its family's name that has any; None without."""
    parts = [part for part in find_family(parameter).split(".") if part != "*"]
    keys = ("movers." + "-".join(parts[1:end]) for end in range(len(parts), 1, -1))
    return next((key for key in keys if words.has(key)), None)


def _tell_infection_sources(course: Course, words: Words) -> str:
    """The sources of an infection, by their share of it in the mean."""
    means = {source: float(np.mean(course.quantities[f"infection_from_{source}"])) for source in SOURCES}
    total = sum(means.values())
    ordered = sorted((s for s in SOURCES if means[s] >= _LEAST * total), key=lambda s: -means[s])
    shares = [
        words(f"moved.from_{s}", percent=format_number(PERCENT * means[s] / total, words.language))
        for s in ordered
    ]
    return words("moved.sources", shares=join_list(shares, words.language))


def _tell_milder(course: Course, words: Words) -> str:
    """What is milder: strokes of less force only where less force means less deep."""
    return words("moved.milder" if find_idle_force(course) is None else "moved.milder_idle")


def _tell_tracks(course: Course, words: Words) -> str:
    """What lowers rows of scars, and from where on less force does."""
    force = find_idle_force(course)
    if force is None:
        return words("moved.tram_track_probability")
    return words("moved.tram_track_idle", force=format_quantity(force, "N", words))


def _tell_sun(course: Course, words: Words) -> str:
    """How much the sun adds to dark marks, and whether the skin comes into it unprotected."""
    milder = _tell_milder(course, words)
    factor = format_number(course.sample.value("outcome.pigment.sun"), words.language)
    treatment = course.treatment
    steps = (*treatment.walk_home_steps(), *treatment.walk_steps())
    bare = any(step.in_bare_sun for _, step in steps)
    if bare:
        return words("moved.sun_bare", factor=factor, milder=capitalise(milder))
    return words("moved.sun", factor=factor, milder=milder)


def _tell_sharing(course: Course, words: Words) -> str:
    """What to do about an instrument of another person's; nothing where there is none."""
    shared = any(step.instrument_of_another for _, step in course.treatment.walk_steps())
    return words("moved.shared") if shared else ""


_LEVERS = {
    "infection_probability": _tell_infection_sources,
    "pih_probability": _tell_sun,
    "tram_track_probability": _tell_tracks,
    "bloodborne_probability": _tell_sharing,
}
