"""From which force on a roller's drum lies on the skin: what is pressed beyond it is told as what it is."""

from __future__ import annotations

from hudnal.language import Words
from hudnal.language.numbers import format_quantity
from hudnal.report.words.intervals import format_span
from hudnal.result.course import Course
from hudnal.result.interval import Interval
from hudnal.treatment.steps import Roll


def tell_lying_force(lying: Interval, words: Words) -> str:
    """A sentence of the force `lying` N from which on the drum carries what is added; empty without a roller."""
    if lying.median is None:
        return ""
    span = format_span(lying.low, lying.high, words)
    return words("report.lying", force=format_quantity(lying.median, "N", words), span=span)


def find_idle_force(course: Course) -> float | None:
    """N from which on needles go hardly deeper, where all that is rolled is pressed harder than that; else None."""
    lying = course.interval("lying_force").median
    forces = [step.force for _, step in course.treatment.walk_steps() if isinstance(step, Roll)]
    return lying if lying is not None and forces and min(forces) > lying else None
