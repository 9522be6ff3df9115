"""The same scheme on rows of one field: what `layered.py` sets the engine against, compiled as it likes."""

from __future__ import annotations

from numba import njit

# Sums may be reordered, but numbers that are none stay so: a step that broke down is seen and taken again.
FAST: dict = {"error_model": "numpy", "fastmath": {"contract", "arcp", "nsz", "reassoc"}}


@njit(**FAST)
def copy_row(into, row):
    """`into` <- row."""
    for x in range(into.size):
        into[x] = row[x]


@njit(**FAST)
def spread_row(into, c, ym, yp, zm, zp, d, x_low, x_high, y_low, y_high, above, below):
    """`into` <- diffusion of the row `c`, which has a neighbour more at both ends."""
    for x in range(into.size):
        here = c[x + 1]
        into[x] = d * (
            x_low[x] * (c[x] - here)
            + x_high[x] * (c[x + 2] - here)
            + (y_low * (ym[x] - here) + y_high * (yp[x] - here))
        ) + (above * (zm[x] - here) + below * (zp[x] - here))


@njit(**FAST)
def solve_eight_rows(q, first, low, high, pivot):
    """Solve eight lines along x at once, their running values in registers."""
    a, b, c, d = q[first], q[first + 1], q[first + 2], q[first + 3]
    e, f, g, h = q[first + 4], q[first + 5], q[first + 6], q[first + 7]
    n = pivot.size
    p0 = p1 = p2 = p3 = p4 = p5 = p6 = p7 = pivot[0] - pivot[0]
    for x in range(n):
        w, m = low[x], pivot[x]
        p0 = (a[x] + w * p0) * m
        a[x] = p0
        p1 = (b[x] + w * p1) * m
        b[x] = p1
        p2 = (c[x] + w * p2) * m
        c[x] = p2
        p3 = (d[x] + w * p3) * m
        d[x] = p3
        p4 = (e[x] + w * p4) * m
        e[x] = p4
        p5 = (f[x] + w * p5) * m
        f[x] = p5
        p6 = (g[x] + w * p6) * m
        g[x] = p6
        p7 = (h[x] + w * p7) * m
        h[x] = p7
    for i in range(1, n):
        x = n - 1 - i
        u = high[x]
        p0 = a[x] + u * p0
        a[x] = p0
        p1 = b[x] + u * p1
        b[x] = p1
        p2 = c[x] + u * p2
        c[x] = p2
        p3 = d[x] + u * p3
        d[x] = p3
        p4 = e[x] + u * p4
        e[x] = p4
        p5 = f[x] + u * p5
        f[x] = p5
        p6 = g[x] + u * p6
        g[x] = p6
        p7 = h[x] + u * p7
        h[x] = p7


@njit(**FAST)
def solve_row(q, low, high, pivot):
    """Solve one line along x with its Thomas factors, in place."""
    n = pivot.size
    p = pivot[0] - pivot[0]
    for x in range(n):
        p = (q[x] + low[x] * p) * pivot[x]
        q[x] = p
    for i in range(1, n):
        x = n - 1 - i
        p = q[x] + high[x] * p
        q[x] = p


@njit(**FAST)
def eliminate_row(row, before, low, pivot):
    """Forward step of many lines at once: `row` <- (row + low before) pivot."""
    for x in range(row.size):
        row[x] = (row[x] + low * before[x]) * pivot


@njit(**FAST)
def substitute_row(row, after, high):
    """Backward step of many lines at once: `row` <- row + high after."""
    for x in range(row.size):
        row[x] += high * after[x]


@njit(**FAST)
def scale_row(row, by):
    """`row` <- by row."""
    for x in range(row.size):
        row[x] *= by


@njit(**FAST)
def add_scaled_row(into, u, k, dt):
    """`into` <- u + dt k."""
    for x in range(into.size):
        into[x] = u[x] + dt * k[x]


@njit(**FAST)
def close_row(into, u, k1, k2, by_k1, by_k2, floor):
    """`into` <- the row after the step, not below `floor`; returns the sum of its squared errors."""
    error = by_k1 - by_k1
    for x in range(into.size):
        into[x] = max(u[x] + by_k1 * k1[x] + by_k2 * k2[x], floor)
        off = by_k2 * (k1[x] + k2[x])
        error += off * off
    return error


@njit(nogil=True, cache=True, **FAST)
def step_ahead(into, u, k1, k2, dt, first, last):
    """`into` <- u + dt k1, and `k2` <- k1; (field, z, y, x), `first` to `last` of field x z."""
    _, nz, ny, _ = u.shape
    for i in range(first, last):
        f, z = i // nz, i % nz
        for y in range(ny):
            add_scaled_row(into[f, z, y], u[f, z, y], k1[f, z, y], dt)
            copy_row(k2[f, z, y], k1[f, z, y])


@njit(nogil=True, cache=True, **FAST)
def close_step(into, u, k1, k2, by_k1, by_k2, floor, errors, first, last):
    """`into` <- u + by_k1 k1 + by_k2 k2, not below `floor`; `first` to `last` of field x z.

    `errors` (field, z) are the sums of squared errors: by plane, so that they do not depend on the number of cores.
    """
    _, nz, ny, _ = u.shape
    for i in range(first, last):
        f, z = i // nz, i % nz
        total = 0.0
        for y in range(ny):
            total += close_row(into[f, z, y], u[f, z, y], k1[f, z, y], k2[f, z, y], by_k1, by_k2, floor[f])
        errors[f, z] = total
