"""Adaptive time stepping of the biology at a point: Rodas3, order 3, L-stable, error-controlled.

A one-step method, so that needling in between costs nothing, and a Rosenbrock method, so that fast signals do not
set the step. Coefficients: Sandu, Verwer, Blom, Spee, Carmichael and Potra 1997.
"""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import numpy as np
from numba import njit, prange

from hudnal.tissue import biology
from hudnal.tissue.biology import change

_SMALL = 1e-3  # below this a field's error counts absolutely


@njit(cache=True)
def _factor(a):
    """LU without pivoting, in place (the matrix is dominated by its diagonal); reciprocal pivots."""
    n = a.shape[0]
    for k in range(n):
        a[k, k] = 1 / a[k, k]
        for i in range(k + 1, n):
            if a[i, k] != 0:
                ratio = a[i, k] * a[k, k]
                a[i, k] = ratio
                for j in range(k + 1, n):
                    a[i, j] -= ratio * a[k, j]


@njit(cache=True)
def _solve(a, b):
    """Forward and back with the factors, in place."""
    n = b.size
    for i in range(1, n):
        s = b[i]
        for j in range(i):
            s -= a[i, j] * b[j]
        b[i] = s
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= a[i, j] * b[j]
        b[i] = s * a[i, i]


def _integrator(biology: int):
    """`integrate`, compiled code of which is kept under the mark of the biology that it calls.

    Numba looks only at the file of the function itself: without the mark it would go on with an older biology.
    """

    @njit(cache=True, parallel=True)
    def integrate(states, records, hours, tolerance):
        """Advance every draw by `hours`, each with its own steps; `states` (draw, field) are changed in place.

        `records` (draw,) of dtype RATES; `tolerance` is the error of a step relative to each field. Returns the
        steps that each draw took, (draw,).
        """
        _ = biology
        draws, fields = states.shape
        taken = np.zeros(draws, np.int64)
        for draw in prange(draws):
            y = states[draw]
            p = records[draw]
            f0 = np.empty(fields)
            f1 = np.empty(fields)
            k1 = np.empty(fields)
            k2 = np.empty(fields)
            k3 = np.empty(fields)
            k4 = np.empty(fields)
            w = np.empty(fields)
            matrix = np.empty((fields, fields))
            t = 0.0
            h = min(hours, 0.25)
            while t < hours:
                # The last step ends exactly there.
                step = hours - t if t + 1.001 * h >= hours else h
                change(y, p, f0)
                for j in range(fields):
                    bump = 1e-7 * max(abs(y[j]), _SMALL)
                    kept = y[j]
                    y[j] = kept + bump
                    change(y, p, f1)
                    y[j] = kept
                    for i in range(fields):
                        matrix[i, j] = -(f1[i] - f0[i]) / bump
                for i in range(fields):
                    matrix[i, i] += 2 / step
                _factor(matrix)
                for i in range(fields):
                    k1[i] = f0[i]
                _solve(matrix, k1)
                for i in range(fields):
                    k2[i] = f0[i] + 4 * k1[i] / step
                _solve(matrix, k2)
                for i in range(fields):
                    w[i] = y[i] + 2 * k1[i]
                change(w, p, k3)
                for i in range(fields):
                    k3[i] += (k1[i] - k2[i]) / step
                _solve(matrix, k3)
                for i in range(fields):
                    w[i] += k3[i]
                change(w, p, k4)
                for i in range(fields):
                    k4[i] += (k1[i] - k2[i] - 8 / 3 * k3[i]) / step
                _solve(matrix, k4)
                error = 0.0
                for i in range(fields):
                    scaled = k4[i] / (tolerance * (abs(y[i]) + _SMALL))
                    error = max(error, abs(scaled))
                factor = min(4.0, max(0.2, 0.9 * max(error, 1e-12) ** (-1 / 3)))
                taken[draw] += 1
                if error <= 1:
                    for i in range(fields):
                        y[i] = w[i] + k4[i]
                        if y[i] < 0:  # undershoot stays below the tolerance
                            y[i] = 0.0
                    t = hours if step == hours - t else t + step
                    h = max(h, step * factor) if step < h else step * factor
                else:
                    h = step * factor
        return taken

    return integrate


integrate = _integrator(crc32(Path(biology.__file__).read_bytes()))
