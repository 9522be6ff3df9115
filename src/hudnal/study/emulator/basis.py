"""Polynomials over a box: Legendre's along a range, contrasts between choices, and products of both.

    P_k(x) sqrt(2k + 1),  x from -1 to 1         along a range, orthonormal when all of it counts alike
    sqrt(m / (c (c + 1))) [1 if l < c, -c if l = c, else 0],  c = 1 .. m - 1      of m choices, l the one that is made

Contrasts are Helmert's, orthonormal when all choices count alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import sqrt

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.study.emulator.box import Axis, Box

Factor = tuple[int, int]  # number of the axis, and degree or contrast, from 1
Term = tuple[Factor, ...]  # a product; () is the constant
_HIGHEST = 4  # degree along one range
_CURVED = 2  # degree up to which the products of two ranges are tried


def list_terms(box: Box) -> list[Term]:
    """Every term that may be learnt: the constant, single ranges and choices, products of two and of three."""
    factors = [[(i, k) for k in range(1, _count_factors(axis) + 1)] for i, axis in enumerate(box)]
    terms: list[Term] = [(), *((factor,) for axis in factors for factor in axis)]
    paired = [
        axis if box[i].choices else [factor for factor in axis if factor[1] <= _CURVED]
        for i, axis in enumerate(factors)
    ]
    terms += [(a, b) for one, other in combinations(paired, 2) for a in one for b in other]
    straight = [axis[: None if box[i].choices else 1] for i, axis in enumerate(factors)]
    for three in combinations(straight, 3):
        terms += [(a, b, c) for a in three[0] for b in three[1] for c in three[2]]
    return terms


def _count_factors(axis: Axis) -> int:
    if axis.choices:
        return len(axis.choices) - 1
    return min(_HIGHEST, round(axis.high - axis.low)) if axis.whole else _HIGHEST


def evaluate_terms(
    box: Box, settings: Float[Array, "setting axis"], terms: Sequence[Term]
) -> Float[Array, "setting term"]:
    """The value of each term at each setting, (setting, term)."""
    factors = {factor for term in terms for factor in term}
    values = {(i, k): _evaluate_factor(box[i], k, settings[:, i]) for i, k in factors}
    ones = np.ones(len(settings))
    columns = []
    for term in terms:
        column = ones
        for factor in term:
            column = column * values[factor]
        columns.append(column)
    return np.stack(columns, axis=1)


def _evaluate_factor(axis: Axis, degree: int, values: Float[Array, " setting"]) -> Float[Array, " setting"]:
    if axis.choices:
        inside = np.where(values < degree, 1.0, np.where(values == degree, -float(degree), 0.0))
        return sqrt(len(axis.choices) / (degree * (degree + 1))) * inside
    x = axis.place(values)
    before, now = np.ones_like(x), x
    for k in range(1, degree):  # (k + 1) P_(k+1) = (2k + 1) x P_k - k P_(k-1)
        before, now = now, ((2 * k + 1) * x * now - k * before) / (k + 1)
    return sqrt(2 * degree + 1) * now
