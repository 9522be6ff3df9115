"""Compiled elimination of the stage equations of strips side by side: capacity + w times what flows, (place, strip).

The matrix is symmetric, its diagonal is larger than what stands beside it, and nothing there is above zero, so that it
is factored as L D L' without pivots and nothing cancels. It is a band of as many places on each side of the diagonal as
there are lanes. One lane and three, those of whole skin and of skin with channels, have loops of their own; for any
other number `band` is that number, else it is None, and what is not asked for is not compiled.

Behind the last place every array has a row of zeros, `GHOST`, that stands for the places before the first and after
the last. Rows are looked up in `row` (`list_rows`): where the compiler can foresee them, it takes rows that follow one
another for overlapping, and fills no vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hudnal.compiled import njit

# Dividing by zero gives inf: a check for it would keep vectors from being used.
FAST: Any = {"error_model": "numpy"}
GHOST = 1  # rows of zeros behind the last place
_BEYOND = 3  # places that are looked up before the first and after the last


@njit(**FAST)
def list_rows(count):
    """Rows of the places, then the ghost's for those after the last and, counted from the end, before the first."""
    row = np.empty(count + _BEYOND, np.int64)
    for i in range(row.size):
        row[i] = min(i, count)
    return row


@njit(**FAST)
def count_factors(lanes):
    """Arrays that the factors take."""
    return 2 if lanes == 3 else lanes + 1


@njit(**FAST)
def factor(factors, places, exits, w, lanes, row, band):
    """Factors of capacity + `w` times what flows; `exits` is all that leaves a place for each unit of activity."""
    if band is not None:
        _factor_band(factors, places[0], places[1], places[2], exits, w, band)
    elif lanes == 1:
        _factor_row(factors[0], factors[1], places[0], places[1], exits, w, row)
    else:
        _factor_levels(factors[0], factors[1], places[0], places[1], places[2], exits, w, row)


@njit(**FAST)
def solve(x, factors, places, w, lanes, row, band):
    """Down and up again with the factors at hand, in place."""
    if band is not None:
        _solve_band(x, factors, band)
    elif lanes == 1:
        _solve_row(x, factors[0], factors[1], row)
    else:
        _solve_levels(x, factors[0], factors[1], places[1], w, row)


@njit(**FAST)
def _factor_row(inverse, lower, capacity, down, exits, w, row):
    for i in range(exits.shape[0] - GHOST):
        above, p = row[i - 1], row[i]
        for v in range(w.size):
            beside = w[v] * down[above, v]
            lower[above, v] = beside * inverse[above, v]
            inverse[p, v] = 1 / (capacity[p, v] + w[v] * exits[p, v] - beside * lower[above, v])


@njit(**FAST)
def _solve_row(x, inverse, lower, row):
    count = x.shape[0] - GHOST
    for i in range(1, count):
        above, p = row[i - 1], row[i]
        for v in range(x.shape[1]):
            x[p, v] += lower[above, v] * x[above, v]
    for i in range(count - 1, -1, -1):
        p, below = row[i], row[i + 1]
        for v in range(x.shape[1]):
            x[p, v] = x[p, v] * inverse[p, v] + lower[p, v] * x[below, v]


@njit(**FAST)
def _factor_levels(own, between, capacity, down, across, exits, w, row):
    """Inverse of each level's block of three lanes once the levels above are eliminated.

    `own` has its diagonal, `between` its entries 01, 02 and 12.
    """
    for i in range(0, exits.shape[0] - GHOST, 3):
        p0, p1, p2 = row[i], row[i + 1], row[i + 2]
        a0, a1, a2 = row[i - 3], row[i - 2], row[i - 1]  # above
        for v in range(w.size):
            h0, h1, h2 = w[v] * down[a0, v], w[v] * down[a1, v], w[v] * down[a2, v]
            s00 = capacity[p0, v] + w[v] * exits[p0, v] - h0 * h0 * own[a0, v]
            s11 = capacity[p1, v] + w[v] * exits[p1, v] - h1 * h1 * own[a1, v]
            s22 = capacity[p2, v] + w[v] * exits[p2, v] - h2 * h2 * own[a2, v]
            s01 = -w[v] * across[p0, v] - h0 * h1 * between[a0, v]
            s02 = -h0 * h2 * between[a1, v]
            s12 = -w[v] * across[p1, v] - h1 * h2 * between[a2, v]
            # Block = L D L'; its inverse by that of L (-l01, -m and q below the diagonal) and of D (r).
            r0 = 1 / s00
            l01, l02 = s01 * r0, s02 * r0
            r1 = 1 / (s11 - l01 * s01)
            t = s12 - l01 * s02
            m = t * r1
            r2 = 1 / (s22 - l02 * s02 - m * t)
            q = l01 * m - l02
            own[p0, v] = r0 + l01 * l01 * r1 + q * q * r2
            own[p1, v] = r1 + m * m * r2
            own[p2, v] = r2
            between[p0, v] = -l01 * r1 - m * q * r2
            between[p1, v] = q * r2
            between[p2, v] = -m * r2


@njit(**FAST)
def _solve_levels(x, own, between, down, w, row):
    count = x.shape[0] - GHOST
    for i in range(0, count, 3):
        p0, p1, p2 = row[i], row[i + 1], row[i + 2]
        a0, a1, a2 = row[i - 3], row[i - 2], row[i - 1]  # above
        for v in range(w.size):
            y0 = x[p0, v] + w[v] * down[a0, v] * x[a0, v]
            y1 = x[p1, v] + w[v] * down[a1, v] * x[a1, v]
            y2 = x[p2, v] + w[v] * down[a2, v] * x[a2, v]
            b01, b02, b12 = between[p0, v], between[p1, v], between[p2, v]
            x[p0, v] = own[p0, v] * y0 + b01 * y1 + b02 * y2
            x[p1, v] = b01 * y0 + own[p1, v] * y1 + b12 * y2
            x[p2, v] = b02 * y0 + b12 * y1 + own[p2, v] * y2
    for i in range(count - 6, -1, -3):
        p0, p1, p2 = row[i], row[i + 1], row[i + 2]
        b0, b1, b2 = row[i + 3], row[i + 4], row[i + 5]  # below
        for v in range(w.size):
            y0, y1, y2 = w[v] * down[p0, v], w[v] * down[p1, v], w[v] * down[p2, v]
            y0, y1, y2 = y0 * x[b0, v], y1 * x[b1, v], y2 * x[b2, v]
            b01, b02, b12 = between[p0, v], between[p1, v], between[p2, v]
            x[p0, v] += own[p0, v] * y0 + b01 * y1 + b02 * y2
            x[p1, v] += b01 * y0 + own[p1, v] * y1 + b12 * y2
            x[p2, v] += b02 * y0 + b12 * y1 + own[p2, v] * y2


@njit(**FAST)
def _factor_band(factors, capacity, down, across, exits, w, lanes):
    """Inverse of the diagonal D first, then what stands below it in L, row by row."""
    count, strips = exits.shape[0] - GHOST, exits.shape[1]
    inverse, band = factors[0], np.zeros((lanes, count, strips))
    for p in range(count):
        for v in range(strips):
            inverse[p, v] = capacity[p, v] + w[v] * exits[p, v]
            band[0, p, v] = -w[v] * across[p, v]
            band[lanes - 1, p, v] -= w[v] * down[p, v]
    for p in range(count):
        for v in range(strips):
            inverse[p, v] = 1 / inverse[p, v]
        for m in range(min(lanes, count - 1 - p)):
            for v in range(strips):
                factors[m + 1, p, v] = band[m, p, v] * inverse[p, v]
                inverse[p + m + 1, v] -= factors[m + 1, p, v] * band[m, p, v]
            for r in range(m):
                for v in range(strips):
                    band[m - r - 1, p + r + 1, v] -= factors[m + 1, p, v] * band[r, p, v]


@njit(**FAST)
def _solve_band(x, factors, lanes):
    count, strips = x.shape[0] - GHOST, x.shape[1]
    for p in range(count):
        for m in range(min(lanes, count - 1 - p)):
            for v in range(strips):
                x[p + m + 1, v] -= factors[m + 1, p, v] * x[p, v]
    for p in range(count - 1, -1, -1):
        for v in range(strips):
            x[p, v] *= factors[0, p, v]
        for m in range(min(lanes, count - 1 - p)):
            for v in range(strips):
                x[p, v] -= factors[m + 1, p, v] * x[p + m + 1, v]
