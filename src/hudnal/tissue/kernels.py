"""One step of the engine on a box of voxels: ROS2-AMF, in pieces that cores can share out among them.

ROS2 (Verwer, Spee, Blom and Hundsdorfer 1999) with gamma = 1 - 1/sqrt 2, of order 2 whatever stands for the Jacobian:

    (I - g dt A) k1 = F(u),   (I - g dt A) k2 = F(u + dt k1) - 2 k1,   u' = u + 3/2 dt k1 + 1/2 dt k2

`A` is approximately factorised: I - g dt A = (I + g dt L)(I - g dt Dx)(I - g dt Dy)(I - g dt Dz), L the loss by
reaction at each voxel. It works on increments, so steady states stay as they are; dt/2 |k1 + k2| is the step's error.
Chemotaxis goes into F only: a W-method keeps its order.

The pieces that go over a whole volume do the part `first` to `last` of their planes or lines, which do not know of each
other: a batch gives each of its small grids to one core, whole; a skin block gives each core a part of its one grid.
"""

from __future__ import annotations

import numpy as np

from hudnal import vectors
from hudnal.compiled import compiled, njit
from hudnal.tissue import biology
from hudnal.tissue.biology import (
    CRAWLER,
    LURE,
    MOVING,
    evaluate_change,
    evaluate_cover_change,
    respond_to,
)
from hudnal.vectors import write_column

GAMMA = 1 - 1 / np.sqrt(2.0)
# Sums may be reordered, but numbers that are none stay so: a step that broke down is seen and taken again.
FAST = {"error_model": "numpy", "fastmath": {"contract", "arcp", "nsz", "reassoc"}}
_EIGHT = 8  # lines along x that are solved at once


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


@njit(inline="always")
def crawl_through_face(conducts, here, there, pull, half, one, zero):
    """What crawls in through a face from `there`: `pull` is the difference of the lure, there minus here.

    Cells move up the lure at the mean density of both sides; where the pull would outrun diffusion on the grid
    (its Peclet number above 2), as much diffusion is added as keeps the face monotone.
    """
    extra = max(half * abs(pull) - one, zero)
    return conducts * (extra * (there - here) - pull * half * (there + here))


@njit(**FAST)
def respond_row(into, growth, p):
    """`into` <- the lure of a row, up which cells crawl, for its `growth` factor."""
    for x in range(into.size):
        into[x] = p.attraction * respond_to(growth[x], p)


@njit(**FAST)
def crawl_row(into, c, ym, yp, zm, zp, lure, d, x_low, x_high, y_low, y_high, above, below, p):
    """`into` += what crawls into each voxel of the row `c`; `lure` (5, x): here with its ends, ym, yp, zm, zp."""
    half, one, zero = p.half, p.one, p.zero
    for x in range(into.size):
        here, at = c[x + 1], lure[0, x + 1]
        into[x] += (
            crawl_through_face(d * x_low[x], here, c[x], lure[0, x] - at, half, one, zero)
            + crawl_through_face(d * x_high[x], here, c[x + 2], lure[0, x + 2] - at, half, one, zero)
            + crawl_through_face(d * y_low, here, ym[x], lure[1, x] - at, half, one, zero)
            + crawl_through_face(d * y_high, here, yp[x], lure[2, x] - at, half, one, zero)
            + crawl_through_face(above, here, zm[x], lure[3, x] - at, half, one, zero)
            + crawl_through_face(below, here, zp[x], lure[4, x] - at, half, one, zero)
        )


@njit(**FAST)
def react_row(here, moved, k, two, gdt, dermis, n, p, made, lost):
    """`moved` (field, x) <- (moved + production - loss u - two k) / (1 + gdt loss).

    `made` and `lost` (field, x) are room for production and loss.
    """
    one = p.one
    for x in range(n):
        production, loss = evaluate_change(here, x, dermis, p)
        write_column(made, x, production)
        write_column(lost, x, loss)
    for f in range(here.shape[0]):
        for x in range(n):
            rate = moved[f, x] + made[f, x] - lost[f, x] * here[f, x] - two * k[f, x]
            moved[f, x] = rate / (one + gdt * lost[f, x])


@compiled(biology, vectors, **FAST)
def evaluate_stage(
    u, k, two, gdt, lateral, x_low, x_high, y_low, y_high, above, below, dermis, wraps, p, first, last
):
    """`k` <- (I + gdt L)^-1 (F(u) - two k), (field, z, y, x), of the planes `first` to `last` of z."""
    fields, nz, ny, nx = u.shape
    for z in range(first, last):
        here = np.empty((fields, nx), u.dtype)
        moved = np.zeros((fields, nx), u.dtype)
        old = np.empty((fields, nx), u.dtype)
        made, lost = np.empty((fields, nx), u.dtype), np.empty((fields, nx), u.dtype)
        row = np.empty(nx + 2, u.dtype)
        lure = np.empty((5, nx + 2), u.dtype)
        zm, zp = max(z - 1, 0), min(z + 1, nz - 1)
        for y in range(ny):
            ym = y - 1 if y > 0 else (ny - 1 if wraps else 0)
            yp = y + 1 if y < ny - 1 else (0 if wraps else ny - 1)
            for f in range(fields):
                copy_row(here[f], u[f, z, y])
                copy_row(old[f], k[f, z, y])
            if nz * ny * nx > 1:
                for f in range(MOVING):
                    copy_row(row[1:-1], u[f, z, y])
                    row[0] = u[f, z, y, nx - 1 if wraps else 0]
                    row[nx + 1] = u[f, z, y, 0 if wraps else nx - 1]
                    spread_row(
                        moved[f], row, u[f, z, ym], u[f, z, yp], u[f, zm, y], u[f, zp, y], lateral[f, z],
                        x_low, x_high, y_low[y], y_high[y], above[f, z], below[f, z],
                    )  # fmt: skip
                g = u[LURE]
                respond_row(lure[0, 1:-1], g[z, y], p)
                lure[0, 0] = lure[0, nx if wraps else 1]
                lure[0, nx + 1] = lure[0, 1 if wraps else nx]
                respond_row(lure[1, :nx], g[z, ym], p)
                respond_row(lure[2, :nx], g[z, yp], p)
                respond_row(lure[3, :nx], g[zm, y], p)
                respond_row(lure[4, :nx], g[zp, y], p)
                f = CRAWLER
                copy_row(row[1:-1], u[f, z, y])
                row[0] = u[f, z, y, nx - 1 if wraps else 0]
                row[nx + 1] = u[f, z, y, 0 if wraps else nx - 1]
                crawl_row(
                    moved[f], row, u[f, z, ym], u[f, z, yp], u[f, zm, y], u[f, zp, y], lure, lateral[f, z],
                    x_low, x_high, y_low[y], y_high[y], above[f, z], below[f, z], p,
                )  # fmt: skip
            react_row(here, moved, old, two, gdt, dermis[z], nx, p, made, lost)
            for f in range(fields):
                copy_row(k[f, z, y], moved[f])
                if f >= MOVING:
                    moved[f, :] = p.zero


@compiled(biology, **FAST)
def evaluate_cover_stage(s, k, two, gdt, growth, matrix, p):
    """`k` <- (1 + gdt loss)^-1 (F(s) - two k) for the epidermis, (field, y, x).

    `growth` and `matrix` (all collagen) of the dermis under it, (y, x).
    """
    fields, ny, nx = s.shape
    for y in range(ny):
        row, old = s[:, y], k[:, y]
        for x in range(nx):
            production, loss = evaluate_cover_change(row, x, growth[y, x], matrix[y, x], p)
            for f in range(fields):
                rate = production[f] - loss[f] * row[f, x] - two * old[f, x]
                old[f, x] = rate / (p.one + gdt * loss[f])


@compiled()
def factor_lines(low, high, gdt, wraps, low_factor, high_factor, pivot, correction):
    """Factors of I - gdt A for lines coupled by `low` and `high` (line, n), made in double precision.

    Leaves the scaled coupling below, the eliminated one above, the reciprocal pivots, and for periodic lines the
    Sherman-Morrison vector `correction` (line, n + 2), its last two entries the weight of the end and one over the
    norm.
    """
    lines, n = low.shape
    for i in range(lines):
        first = 1 + gdt * (low[i, 0] + high[i, 0])
        corner_low = gdt * low[i, 0] if wraps else 0.0
        corner_high = gdt * high[i, n - 1] if wraps else 0.0
        c = 0.0
        for x in range(n):
            d = 1 + gdt * (low[i, x] + high[i, x])
            if wraps and x == 0:
                d += first
            if wraps and x == n - 1:
                d += corner_low * corner_high / first
            a = gdt * low[i, x] if x > 0 else 0.0
            m = 1 / (d - a * c)
            c = gdt * high[i, x] * m if x < n - 1 else 0.0
            low_factor[i, x] = a
            high_factor[i, x] = c
            pivot[i, x] = m
        if wraps:
            # (T + u v^T) with u = (-first, 0 .. 0, -corner_high), v = (1, 0 .. 0, corner_low / first)
            t = np.zeros(n)
            t[0], t[n - 1] = -first, -corner_high
            t[0] *= pivot[i, 0]
            for x in range(1, n):
                t[x] = (t[x] + low_factor[i, x] * t[x - 1]) * pivot[i, x]
            for x in range(n - 2, -1, -1):
                t[x] += high_factor[i, x] * t[x + 1]
            weight = corner_low / first
            for x in range(n):
                correction[i, x] = t[x]
            correction[i, n] = weight
            correction[i, n + 1] = 1 / (1 + t[0] + weight * t[n - 1])


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
def correct_row(q, correction):
    """Make the solution of a line that of the periodic line, by Sherman and Morrison, in place."""
    n = q.size
    share = (q[0] + correction[n] * q[n - 1]) * correction[n + 1]
    for x in range(n):
        q[x] -= share * correction[x]


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
def correct_rows(plane, correction):
    """The same for all lines of a plane along y, (y, x)."""
    n, nx = plane.shape
    share = np.empty(nx, plane.dtype)
    for x in range(nx):
        share[x] = (plane[0, x] + correction[n] * plane[n - 1, x]) * correction[n + 1]
    for y in range(n):
        for x in range(nx):
            plane[y, x] -= share[x] * correction[y]


@compiled(biology, **FAST)
def solve_xy(
    k, wraps, x_low, x_high, x_pivot, x_correction, y_low, y_high, y_pivot, y_correction, first, last
):
    """Solve along x and then along y, in place; factors (moving field x z, n), of which `first` to `last` are done."""
    _, nz, ny, nx = k.shape
    for i in range(first, last):
        plane = k[i // nz, i % nz]
        if nx > 1:
            whole = ny - ny % _EIGHT
            for y in range(0, whole, _EIGHT):
                solve_eight_rows(plane, y, x_low[i], x_high[i], x_pivot[i])
            for y in range(whole, ny):
                solve_row(plane[y], x_low[i], x_high[i], x_pivot[i])
            if wraps:
                for y in range(ny):
                    correct_row(plane[y], x_correction[i])
        if ny > 1:
            scale_row(plane[0], y_pivot[i, 0])
            for y in range(1, ny):
                eliminate_row(plane[y], plane[y - 1], y_low[i, y], y_pivot[i, y])
            for y in range(ny - 2, -1, -1):
                substitute_row(plane[y], plane[y + 1], y_high[i, y])
            if wraps:
                correct_rows(plane, y_correction[i])


@compiled(biology, **FAST)
def solve_z(k, low, high, pivot, first, last):
    """Solve along z, in place; factors (moving field, nz); `first` to `last` of moving field x y."""
    _, nz, ny, _ = k.shape
    if nz > 1:
        for i in range(first, last):
            f, y = i // ny, i % ny
            scale_row(k[f, 0, y], pivot[f, 0])
            for z in range(1, nz):
                eliminate_row(k[f, z, y], k[f, z - 1, y], low[f, z], pivot[f, z])
            for z in range(nz - 2, -1, -1):
                substitute_row(k[f, z, y], k[f, z + 1, y], high[f, z])


@njit(**FAST)
def add_scaled_row(into, u, k, dt):
    """`into` <- u + dt k."""
    for x in range(into.size):
        into[x] = u[x] + dt * k[x]


@compiled(biology, **FAST)
def step_ahead(into, u, k1, k2, dt, first, last):
    """`into` <- u + dt k1, and `k2` <- k1; (field, z, y, x), `first` to `last` of field x z."""
    _, nz, ny, _ = u.shape
    for i in range(first, last):
        f, z = i // nz, i % nz
        for y in range(ny):
            add_scaled_row(into[f, z, y], u[f, z, y], k1[f, z, y], dt)
            copy_row(k2[f, z, y], k1[f, z, y])


@njit(**FAST)
def close_row(into, u, k1, k2, by_k1, by_k2, floor):
    """`into` <- the row after the step, not below `floor`; returns the sum of its squared errors."""
    error = by_k1 - by_k1
    for x in range(into.size):
        into[x] = max(u[x] + by_k1 * k1[x] + by_k2 * k2[x], floor)
        off = by_k2 * (k1[x] + k2[x])
        error += off * off
    return error


@compiled(biology, **FAST)
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
