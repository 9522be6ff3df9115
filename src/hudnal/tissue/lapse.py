"""Time as a draw meets it: conditions that change in hours under steps of days, and looks that lie within a step."""

from __future__ import annotations

import numpy as np

from hudnal.compiled import njit


@njit
def average_conditions(ends, values, first, start, stop):
    """Conditions at the beginning and the end of a step from `start` to `stop` h that stand for those within it.

    Of the linear function that has the integral and the first moment of `values` (stretch,), which are constant in
    stretches up to `ends` h; the step begins in the stretch `first`. What is linear in them is then followed with
    order 2, however often they change within the step.
    """
    if stop <= ends[first]:
        return values[first], values[first]
    total, moment, at, i = 0.0, 0.0, start, first
    while at < stop:
        end = min(ends[i], stop) if i < ends.size - 1 else stop
        total += values[i] * (end - at)
        moment += values[i] * (end - at) * (stop - (at + end) / 2)
        at, i = end, i + 1
    hours = stop - start
    begin = 2 * moment / (hours * hours)
    return begin, 2 * total / hours - begin


@njit
def slope_at(times, points, i, n, of):
    """Slope of a series at its point `i` of `n`: of the parabola through it and its neighbours."""
    if n == 2:
        return (points[1, of] - points[0, of]) / (times[1] - times[0])
    j = min(max(i, 1), n - 2)
    a, b = times[j] - times[j - 1], times[j + 1] - times[j]
    left, right = (points[j, of] - points[j - 1, of]) / a, (points[j + 1, of] - points[j, of]) / b
    bend = (right - left) / (a + b)
    if i < j:
        return left - bend * a
    if i > j:
        return right + bend * b
    return left + bend * a


@njit
def answer_looks(seen, ends, times, points, n):
    """`seen` (stretch, what) <- what a look at each of `ends` h sees, of `n` points (point, what) at `times` h.

    Between two points lies a cubic with the slopes of parabolas at them: of order 3 where the state is smooth.
    """
    i = 0
    for look in range(ends.size):
        t = ends[look]
        while i < n - 2 and times[i + 1] < t:
            i += 1
        h = times[i + 1] - times[i]
        x = min((t - times[i]) / h, 1.0)
        for of in range(points.shape[1]):
            a, b = points[i, of], points[i + 1, of]
            fa, fb = h * slope_at(times, points, i, n, of), h * slope_at(times, points, i + 1, n, of)
            rise = b - a
            seen[look, of] = a + x * (fa + x * (3 * rise - 2 * fa - fb + x * (fa + fb - 2 * rise)))
        if t >= times[n - 1]:
            seen[look] = points[n - 1]


@njit
def lengthen(values):
    """A copy of `values` (lane, point, ...) with room for twice as many points."""
    shape = values.shape
    longer = np.empty((shape[0], 2 * shape[1], *shape[2:]))
    longer[:, : shape[1]] = values
    return longer
