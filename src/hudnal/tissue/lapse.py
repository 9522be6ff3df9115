"""Time as a draw meets it: conditions that change in hours under steps of days, and looks that lie within a step."""

from __future__ import annotations

from hudnal.compiled import njit


@njit
def average_conditions(ends, values, first, start, stop, gamma):
    """Conditions for both stages of a step from `start` to `stop` h that stand for those within it.

    `values` (stretch,) are constant in stretches up to `ends` h; the step begins in the stretch `first`. What a source
    g does over a step is the integral of g, and by its field's own loss -J that of J (stop - t) g. A step of ROS2 adds
    dt/2 (g1 + g2) and dt^2/2 (J g1 + gamma A (g2 - g1)): g1 and g2 make both so, where A is J (`gamma` that of the
    method) or nothing (`gamma` 0). What is linear in the conditions is then followed with order 2, however often they
    change within the step.
    """
    total, moment, at, i, constant = 0.0, 0.0, start, first, True
    while at < stop:
        end = min(ends[i], stop) if i < ends.size - 1 else stop
        total += values[i] * (end - at)
        moment += values[i] * (end - at) * (stop - (at + end) / 2)
        constant = constant and values[i] == values[first]
        at, i = end, i + 1
    if constant:  # to the last digit
        return values[first], values[first]
    hours = stop - start
    begin = (2 * moment / hours - 2 * gamma * total) / ((1 - 2 * gamma) * hours)
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
def answer_looks(seen, ends, times, points, n, lowest, highest):
    """`seen` (stretch, what) <- what a look at each of `ends` h sees, of `n` points (point, what) at `times` h.

    Between two points lies a cubic with the slopes of parabolas at them, of order 3 where the state is smooth. It does
    not swing below `lowest` or above `highest` (what,) where the points do not.
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
            value = a + x * (fa + x * (3 * rise - 2 * fa - fb + x * (fa + fb - 2 * rise)))
            seen[look, of] = min(max(value, min(lowest[of], a, b)), max(highest[of], a, b))
        if t >= times[n - 1]:
            for of in range(points.shape[1]):
                seen[look, of] = points[n - 1, of]
