"""Whole treatments over all that the file allows, simulated: no traceback, nothing out of bounds, none over its estimate."""

from __future__ import annotations

import os
import time
import traceback
import tracemalloc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from bounded import list_violations
from findings import Findings, seeds_until
from treatments import make_treatment

from hudnal import load, simulate
from hudnal.course.estimate import MAX_MEMORY, MAX_TIME, TooLong, estimate_run
from hudnal.report import render_report
from hudnal.result.course import Course
from hudnal.threads import VARIABLE
from hudnal.treatment import TreatmentError, list_presets

NAME = "runs"
_DRAWS = (2, 4, 5, 8)
_OVER = 2.0  # times its estimate that a run may take
_WEIGHED = 0.1  # of the runs are weighed, which takes time
# No preset presses a plate of needles.
STAMPED = {
    "instrument": {
        "kind": "stamp", "needles": 16, "head_width": "5 mm", "length": "0.4 mm", "diameter": "0.2 mm", "tip_radius": "10 um",
    },
    "area": "2 cm2", "session": ["disinfect", {"stamp": {"times": 1, "force": "10 N"}}], "course": {"follow_up": "2 day"},
}  # fmt: skip


def simulate_by_chance(random: Random) -> tuple[str, list[str], dict[str, float]]:
    """Run a treatment by chance: what came of it (run, refused as too long, cannot be run), what is wrong, figures."""
    data = make_treatment(random)
    draws, seed, weighed = random.choice(_DRAWS), random.randrange(2**31), random.random() < _WEIGHED
    try:
        treatment = load(data)
    except TreatmentError:
        return "cannot be run", [], {}
    try:
        estimate = estimate_run(treatment, draws, control=True)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            if weighed:
                tracemalloc.start()
            began = time.process_time()
            course = simulate(treatment, draws, seed)
            seconds, memory = (
                time.process_time() - began,
                tracemalloc.get_traced_memory()[1],
            )  # 0 if not weighed
    except TooLong:
        return "refused as too long", [], {}
    except Exception as error:
        return "run", [_tell_crash(error)], {}
    finally:
        tracemalloc.stop()
    figures = {"memory over estimate": memory / estimate.bytes}
    if not weighed:
        figures = {"seconds over estimate": seconds / estimate.seconds}
    wrong = [
        *list_violations(course),
        *_check_intervals(course.summary()),
        *_check_files(course),
        *(f"warning: {one.message}" for one in told),
    ]
    return (
        "run",
        [*wrong, *(f"{name}: {size:.2f}" for name, size in figures.items() if size > _OVER)],
        figures,
    )


def _tell_crash(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"


def _check_files(course: Course) -> Iterator[str]:
    """What crashes when the report and the file of numbers of a course are made."""
    try:
        assert render_report(course, "sv")
        with TemporaryDirectory() as folder:
            course.to_netcdf(Path(folder) / "course.nc")
    except Exception as error:
        yield _tell_crash(error)


def _check_intervals(summary: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the intervals of a summary: their ends are in order, and all are numbers."""
    for name, entry in summary["quantities"].items():
        low, median, high = entry["low"], entry["median"], entry["high"]
        if median is not None and (low is None or low > median or (high is not None and high < median)):
            yield f"{name}: {low}, {median}, {high}"
    for name, entry in summary["series"].items():
        for key in ("low", "median", "high"):
            if not np.isfinite(np.array(entry[key], float)).all():
                yield f"series {name} has no number"
                break


@contextmanager
def limited(seconds: float = 40) -> Iterator[None]:
    """Limits of time and memory that let a search get on: of so many seconds on one core."""
    limits = {MAX_TIME: f"{seconds} s", MAX_MEMORY: "2 GB", VARIABLE: "1"}
    before = {variable: os.environ.get(variable) for variable in limits}
    os.environ.update(limits)
    try:
        yield
    finally:
        for variable, value in before.items():
            if value is None:
                del os.environ[variable]
            else:
                os.environ[variable] = value


def search(seed: int, seconds: float) -> Findings:
    """Simulate treatments for so many seconds."""
    findings = Findings()
    for treatment in (*list_presets(), STAMPED):
        simulate(treatment, draws=2)  # what is compiled once is no part of what a run costs
    with limited():
        for one in seeds_until(seed, seconds):
            came, wrong, figures = simulate_by_chance(Random(one))
            findings.tried[came] += 1
            findings.faults += [f"runs {one}: {what}" for what in wrong]
            for figure, value in figures.items():
                findings.watch(figure, value)
    return findings
