"""Hudnål: skin needling, from the roller in the hand to the skin half a year later.

>>> import hudnal
>>> course = hudnal.simulate(hudnal.load("classic"))  # doctest: +SKIP
>>> course.summary()["quantities"]["hole_density"]  # doctest: +SKIP

It informs; it does not diagnose, and it is no medical device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hudnal.version import __version__

if TYPE_CHECKING:
    from hudnal.course.simulate import simulate
    from hudnal.intake.load import load
    from hudnal.result.course import Course
    from hudnal.result.interval import interval
    from hudnal.study.compare import compare
    from hudnal.treatment import Fault, Treatment, TreatmentError

__all__ = [
    "Course",
    "Fault",
    "Treatment",
    "TreatmentError",
    "__version__",
    "compare",
    "interval",
    "load",
    "simulate",
]

_HOME = {
    "Course": "hudnal.result.course",
    "compare": "hudnal.study.compare",
    "interval": "hudnal.result.interval",
    "load": "hudnal.intake.load",
    "simulate": "hudnal.course.simulate",
    "Fault": "hudnal.treatment",
    "Treatment": "hudnal.treatment",
    "TreatmentError": "hudnal.treatment",
}


def __getattr__(name: str) -> object:
    # `import hudnal` stays under a tenth of a second: the rooms open when they are entered.
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'hudnal' has no attribute {name!r}")
