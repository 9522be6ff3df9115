"""Time stepping of one compound in a column of cells with a well-stirred film on top and a hole at its side.

Unknowns are activities a (ug/mL); cell i holds S_i a_i. Fluxes between cells are G (a_i - a_j), so what leaves one
enters the other and mass is kept to rounding. Alexander's two-stage SDIRK (gamma = 1 - 1/sqrt 2): second order,
L-stable, so a step may be long against the fast cells. The hole couples to many cells at once: it borders the
tridiagonal matrix and is eliminated by its Schur complement.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numba import njit, prange

GAMMA = 1 - 1 / sqrt(2)


@njit(cache=True, parallel=True)
def advance(activity, hole, capacity, conductance, loss, hole_capacity, hole_from_film, hole_to_film, hole_side,
            shunt_from_film, shunt_to_film, shunt_side, opening, steps):  # fmt: skip
    """Advance every column through `steps`; returns the amount lost from each cell, (column, cell).

    activity (column, cell): cell 0 is the film; changed in place, as is hole (column,).
    capacity (column, cell); conductance (column, cell - 1) between neighbours; loss (column, cell): what each cell
    gives away for each unit of activity and hour (blood; from the film, the air). hole_capacity (column,);
    hole_from_film, hole_to_film (column,): flux film to hole = from a_film - to a_hole; hole_side (column, cell):
    between hole and cells; opening (column, step) multiplies the three: the holes' share still open. The shunt_
    arrays are the same for hair follicles and sweat ducts, which stay open. steps (step,) h.
    """
    columns, cells = activity.shape
    lost = np.zeros((columns, cells))
    for column in prange(columns):
        a = activity[column]
        s = capacity[column]
        g = conductance[column]
        q = loss[column]
        upper = np.empty(cells)
        pivot = np.empty(cells)
        border = np.empty(cells)
        k1 = np.empty(cells)
        k2 = np.empty(cells)
        stage = np.empty(cells)
        side = np.empty(cells)
        for step in range(steps.size):
            dt = steps[step]
            w = GAMMA * dt
            o = opening[column, step]
            out = o * hole_from_film[column] + shunt_from_film[column]
            back = o * hole_to_film[column] + shunt_to_film[column]
            side_sum = 0.0
            for i in range(cells):
                side[i] = o * hole_side[column, i] + shunt_side[column, i]
                side_sum += side[i]
            # Factor the tridiagonal part once; both stages use it.
            for i in range(cells):
                d = s[i] + w * (q[i] + side[i])
                if i > 0:
                    d += w * g[i - 1]
                if i < cells - 1:
                    d += w * g[i]
                if i == 0:
                    d += w * out
                else:
                    d += w * g[i - 1] * upper[i - 1]
                pivot[i] = 1 / d
                upper[i] = -w * g[i] * pivot[i] if i < cells - 1 else 0.0
                border[i] = w * side[i]
            border[0] += w * back
            _solve(border, g, upper, pivot, w)
            diagonal = hole_capacity[column] + w * (back + side_sum)
            schur = diagonal - w * out * border[0]
            for i in range(cells):
                schur -= w * side[i] * border[i]

            h = hole[column]
            k1_hole = _rate(a, h, g, q, side, out, back, side_sum, k1)
            k1_hole = _eliminate(k1, k1_hole, g, upper, pivot, border, schur, w, side, out)
            for i in range(cells):
                stage[i] = a[i] + (1 - GAMMA) * dt * k1[i]
            h_stage = h + (1 - GAMMA) * dt * k1_hole
            k2_hole = _rate(stage, h_stage, g, q, side, out, back, side_sum, k2)
            k2_hole = _eliminate(k2, k2_hole, g, upper, pivot, border, schur, w, side, out)
            for i in range(cells):
                first = a[i] + w * k1[i]
                a[i] = stage[i] + w * k2[i]
                # The same weights as the solution's: what is lost here and what is missing there agree.
                lost[column, i] += dt * q[i] * ((1 - GAMMA) * first + GAMMA * a[i])
            hole[column] = h_stage + w * k2_hole
    return lost


@njit(cache=True)
def _rate(a, h, g, q, side, out, back, side_sum, into):
    """Right-hand side: what flows into each cell (`into`) and into the hole (returned)."""
    cells = a.size
    for i in range(cells):
        f = -q[i] * a[i] + side[i] * (h - a[i])
        if i > 0:
            f += g[i - 1] * (a[i - 1] - a[i])
        if i < cells - 1:
            f += g[i] * (a[i + 1] - a[i])
        into[i] = f
    exchange = out * a[0] - back * h
    into[0] -= exchange
    into_hole = exchange - side_sum * h
    for i in range(cells):
        into_hole += side[i] * a[i]
    return into_hole


@njit(cache=True)
def _eliminate(k, k_hole, g, upper, pivot, border, schur, w, side, out):
    """Solve the bordered system for the stage derivatives, in place; returns the hole's."""
    _solve(k, g, upper, pivot, w)
    rest = k_hole + w * out * k[0]
    for i in range(k.size):
        rest += w * side[i] * k[i]
    found = rest / schur
    for i in range(k.size):
        k[i] += found * border[i]
    return found


@njit(cache=True)
def _solve(x, g, upper, pivot, w):
    """Thomas' two sweeps with the factors at hand, in place."""
    cells = x.size
    x[0] *= pivot[0]
    for i in range(1, cells):
        x[i] = (x[i] + w * g[i - 1] * x[i - 1]) * pivot[i]
    for i in range(cells - 2, -1, -1):
        x[i] -= upper[i] * x[i + 1]


def steps_over(duration: float, first: float, growth: float = 1.3, longest: float = 6.0) -> np.ndarray:
    """Step lengths in h that fill `duration`: from `first` on growing, none above `longest`."""
    lengths = []
    left, step = duration, first
    while left > 1e-12:
        step = min(step, longest)
        # No sliver at the end: the last two steps share what is left.
        taken = left if left <= step else (left / 2 if left < 2 * step else step)
        lengths.append(taken)
        left -= taken
        step *= growth
    return np.array(lengths)
