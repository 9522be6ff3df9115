"""What holds of every course, whatever the treatment: bounds of every value, order of intervals, balance of compounds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from typing import Any

import numpy as np

from hudnal.instrument.catalogue import find_instrument
from hudnal.intake.check import choose_instrument
from hudnal.outcome.declared import find_quantity, find_series
from hudnal.treatment.steps import Needling

_KEPT = ("on_skin", "in_skin", "blood", "washed_off", "evaporated", "received")  # where a compound can be
_BALANCE = 1e-6  # of the dose
_ROUNDING = 1e-9


def list_violations(course: Any) -> list[str]:
    """What does not hold of a course, one line each; of the series only where they were kept."""
    return [
        *_check_quantities(course),
        *(_check_series(course) if "series" in course.kept else ()),
        *(_check_depths(course) if "holes" in course.kept else ()),
    ]


def _check_quantities(course: Any) -> Iterator[str]:
    for name, values in course.quantities.items():
        low, high = find_quantity(name).limits
        known = values[~np.isnan(values)]
        if known.size and not low <= known.min() <= known.max() <= high:
            yield f"{name} from {known.min()!r} to {known.max()!r}, not within {low:g} to {high:g}"


def _check_series(course: Any) -> Iterator[str]:
    for name, values in course.series.items():
        low, high = find_series(name).limits
        if not np.isfinite(values).all():
            yield f"series {name} is not finite"
        elif values.size and not low <= values.min() <= values.max() <= high:
            yield f"series {name} from {values.min()!r} to {values.max()!r}, not within {low:g} to {high:g}"
    for compound in course.compounds:
        applied = course.series[f"applied.{compound}"]
        kept = sum(course.series[f"{where}.{compound}"] for where in _KEPT)
        wrong = np.abs(kept - applied).max() / max(applied.max(), np.finfo(float).tiny)
        if wrong > _BALANCE:
            yield f"{compound}: {wrong:.2g} of the dose is not accounted for"


def _check_depths(course: Any) -> Iterator[str]:
    """No tip lies deeper than the longest needle of the treatment is long."""
    depths = course.holes.tip_depth
    if not depths.size:
        return
    steps = [step for _, step in course.treatment.walk_steps() if isinstance(step, Needling)]
    specs = [choose_instrument(step, course.treatment) for step in steps]
    lengths = [
        find_instrument(spec)["length"] if isinstance(spec, str) else spec.length
        for spec in specs
        if spec is not None
    ]
    if depths.max() > max(lengths) * (1 + _ROUNDING):
        yield f"a tip {depths.max()} mm deep, of needles of {max(lengths)} mm"


def check_every_course() -> None:
    """Let every course that a test makes be checked as it is made."""
    from hudnal.result.course import Course

    make = Course.of

    @wraps(make)
    def make_and_check(*given: Any, **named: Any) -> Course:
        course = make(*given, **named)
        violations = list_violations(course)
        assert not violations, "; ".join(violations)
        return course

    Course.of = staticmethod(make_and_check)  # type: ignore[method-assign]
