"""Hazards and chances: what adds up over sessions, and the share of people whom it comes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hudnal.arrays import PerDraw

_MOST = 50.0  # of an exponent: beyond it everybody is hit
_SURE = 1 - 1e-12  # the largest chance whose hazard is a number


def convert_to_chance(hazard: PerDraw, frailty: PerDraw | None = None) -> PerDraw:
    """Share of people whom a `hazard` hits, (draw,); `frailty` is the shape of how they differ, None if alike."""
    if frailty is None:
        return -np.expm1(-hazard)
    return -np.expm1(-frailty * np.log1p(hazard / frailty))


def convert_to_hazard(probability: PerDraw, frailty: PerDraw | None = None) -> PerDraw:
    """The mean hazard behind a share of people: the inverse of `convert_to_chance`."""
    alike = -np.log1p(-np.minimum(probability, _SURE))
    return alike if frailty is None else frailty * np.expm1(np.minimum(alike / frailty, _MOST))


def read_chance(kind: str) -> Callable[[Any], PerDraw]:
    """How the chance of a `kind` of harm is read at the end of a course, (draw,), 0-1."""
    return lambda ending: ending.hazards.find_probability(kind, ending.draws)
