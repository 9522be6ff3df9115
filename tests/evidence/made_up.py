"""Cases and samples that are made up for the tests of this room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.evidence.case_file import load_cases
from hudnal.evidence.scale import scale_of

MINE = """\
studies:
  mine: {site: cheek, area: 50 cm2, concern: ageing, setting: clinic, instrument: dermaroller-mf8,
    session: [{roll: {strokes: 8, force: 5 N}}], course: {follow_up: 1 week}}
cases:
  - {id: a, title: Pain, fact: my trial, role: check, study: mine, observe: {quantity: pain}, measured: {value: 4, unit: "1"}}
"""


def plain(**changes):
    """A case that is a mean of 20 people."""
    case = next(c for c in load_cases() if c.id == "romgens-5")
    told = {"value": 2.0, "low": 2.0, "high": 2.0, "n": 20, "count": None, "error": None, "kind": "closing"}
    return replace(case, **{**told, "scale": scale_of("log"), **changes})


def samples(*values):
    return np.sort(np.array(values, float))
