"""What moves a risk most, in a sentence or two."""

from __future__ import annotations

import numpy as np

from hudnal.language import Words
from hudnal.language.say import texts
from hudnal.outcome.risks import SOURCES
from hudnal.report.words.numbers import format_number
from hudnal.result.course import Course
from hudnal.treatment.steps import LaterSun, Reuse, Sun

_LEAST = 0.05  # share of an infection below which a source is not worth a word
_PERCENT = 100


def moved(course: Course, risk: str, words: Words) -> list[str]:
    """What is not known that moves it, and what one can do about it."""
    median = course.interval(risk)[0]
    if not median:
        return []
    lines = []
    named = [_named(m.parameter, m.correlation, words) for m in course.moved_by(risk)]
    if named:
        lines.append(words("moved.unknown", what="; ".join(dict.fromkeys(named))))
    lever = _LEVERS.get(risk)
    text = lever(course, words) if lever else words(f"moved.{risk}")
    return [*lines, text] if text else lines


def _named(parameter: str, correlation: float, words: Words) -> str:
    """A parameter in words: by the longest part of its name that has any."""
    parts, known = parameter.split("."), texts(words.language)
    for end in range(len(parts), 1, -1):
        key = "movers." + "-".join(parts[1:end])
        if key in known:
            return words("moved.up" if correlation > 0 else "moved.down", what=words(key))
    return words("moved.up" if correlation > 0 else "moved.down", what=parameter)


def _infection(course: Course, words: Words) -> str:
    """The sources of an infection, by their share of it in the mean."""
    means = {source: float(np.mean(course.quantities[f"infection_from_{source}"])) for source in SOURCES}
    total = sum(means.values())
    ordered = sorted((s for s in SOURCES if means[s] >= _LEAST * total), key=lambda s: -means[s])
    shares = [
        words(f"moved.from_{source}", percent=format_number(_PERCENT * means[source] / total, words.language))
        for source in ordered
    ]
    return words("moved.sources", shares=", ".join(shares))


def _dark_marks(course: Course, words: Words) -> str:
    factor = format_number(course.sample.value("outcome.pigment.sun"), words.language)
    steps = [*course.treatment.aftercare, *(step for _, step in course.treatment.steps())]
    bare = any(isinstance(s, (Sun, LaterSun)) and not s.protected for s in steps)
    return words("moved.sun_bare" if bare else "moved.sun", factor=factor)


def _bloodborne(course: Course, words: Words) -> str:
    shared = any(isinstance(s, Reuse) and s.shared for _, s in course.treatment.steps())
    return words("moved.shared") if shared else ""


_LEVERS = {
    "infection_probability": _infection,
    "pih_probability": _dark_marks,
    "bloodborne_probability": _bloodborne,
}
