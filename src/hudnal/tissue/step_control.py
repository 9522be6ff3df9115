"""How long a step of the tissue may be: from its error, for the batch and for the skin block alike.

A step's error is the largest of the fields' root mean squares over the voxels, each against the field's scale. The
method is of order 2, so the next step is chosen by the square root of what was allowed over what was found.
"""

from __future__ import annotations

import numpy as np

from hudnal.compiled import njit
from hudnal.language import HudnalError

TOLERANCE = 5e-3  # of a step, against the scale of each field: some 1 % of what is observed; docs/tissue_convergence.py
FIRST_STEP = 1 / 60  # h, after an injury
LONGEST_STEP = 48.0  # h
SHORTEST_STEP = 1e-6  # h: below it an error is no longer a matter of the step
SAFETY, LEAST, MOST = 0.85, 0.3, 2.0


class BrokenState(HudnalError, ArithmeticError):
    """A state of the tissue is no longer a number, however short the step."""

    head = "cli"


@njit
def scale_step(error, tolerance):
    """Factor by which the next step may be longer, or must be shorter, than one of this `error`."""
    if not error >= 0:  # not a number: the step broke down
        return LEAST
    if error == 0:
        return MOST
    return min(MOST, max(LEAST, SAFETY * np.sqrt(tolerance / error)))


@njit
def largest_error(squares, voxels, scale):
    """Largest of the fields' root mean squares, of sums of squares (field, part), against their scales."""
    most = 0.0
    for f in range(squares.shape[0]):
        total = 0.0
        for i in range(squares.shape[1]):
            total += squares[f, i]
        error = np.sqrt(total / voxels) / scale[f]
        if not error >= 0:  # not a number
            return error
        most = max(most, error)
    return most


@njit
def worse_error(a, b):
    """The larger of two errors; not a number if one is none."""
    return a if a > b or not a >= 0 else b
