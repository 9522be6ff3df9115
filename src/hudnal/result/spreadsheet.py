"""Quantities and series of a course as CSV, for spreadsheets: a row a quantity, a row a moment."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np

from hudnal.language import say
from hudnal.outcome.declared import describe_series, find_quantity
from hudnal.result.interval import HIGH, LOW

if TYPE_CHECKING:
    from hudnal.result.course import Course

_DIGITS = 6
_ENDS = {"median": 0.5, "low": LOW, "high": HIGH}


def write_quantities(course: Course, language: str = "en") -> str:
    """One row a quantity: its name, what it is called, unit, median and the ends of its central 90 %."""
    rows = [
        [name, say(f"quantities.{name.partition('.')[0]}.name", language), find_quantity(name).unit]
        + [_write_number(end) for end in course.interval(name)]
        for name in course.quantities
    ]
    return _write_rows(["quantity", "name", "unit", *_ENDS], rows, language)


def write_series(course: Course, language: str = "en") -> str:
    """One row a moment, in hours since the first session began; of each series median and ends, with its unit."""
    heads, columns = ["time_h"], [course.time]
    for name, values in course.series.items():
        heads += [f"{name}_{end}_{describe_series(name)[0]}" for end in _ENDS]
        columns += [np.quantile(values, share, axis=1) for share in _ENDS.values()]
    rows = ([_write_number(float(value)) for value in moment] for moment in zip(*columns, strict=True))
    return _write_rows(heads, rows, language)


def _write_rows(heads: list[str], rows: Iterable[list[str]], language: str) -> str:
    """The rows under their heads and under the line that says what this is not."""
    text = StringIO(newline="")
    text.write(f"# {say('notice', language)}\n")
    csv.writer(text, lineterminator="\n").writerows([heads, *rows])
    return text.getvalue()


def _write_number(value: float | None) -> str:
    """A number with few digits and a decimal point; nothing where there is none."""
    return "" if value is None or not np.isfinite(value) else f"{value:.{_DIGITS}g}"
