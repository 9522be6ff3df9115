"""One step of the engine on a box of voxels: ROS2-AMF, in pieces that are compiled once for one core and once for all.

ROS2 (Verwer, Spee, Blom and Hundsdorfer 1999) with gamma = 1 - 1/sqrt 2, of order 2 whatever stands for the Jacobian:

    (I - g dt A) k1 = F(u),   (I - g dt A) k2 = F(u + dt k1) - 2 k1,   u' = u + 3/2 dt k1 + 1/2 dt k2

`A` is approximately factorised: I - g dt A = (I + g dt L)(I - g dt Dx)(I - g dt Dy)(I - g dt Dz), L the loss by
reaction at each voxel. It works on increments, so steady states stay as they are; dt/2 |k1 + k2| is the step's error.
Chemotaxis goes into F only: a W-method keeps its order.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
from numba import njit, prange

from hudnal.tissue import biology
from hudnal.tissue.biology import CRAWLER, LURE, MOVING, change, change_of_cover, response_to

GAMMA = 1 - 1 / np.sqrt(2.0)
# Numba's cache looks only at the file of the function itself: without the mark it would go on with an older biology.
# So only what is called from outside is kept on disk, and under the mark; what it calls is compiled with it.
MARK = crc32(Path(biology.__file__).read_bytes() + Path(__file__).read_bytes())
# Sums may be reordered, but numbers that are none stay so: a step that broke down is seen and taken again.
_FAST = {"error_model": "numpy", "fastmath": {"contract", "arcp", "nsz", "reassoc"}}
_ROWS = 8  # of the x sweep at once


@njit(**_FAST)
def _copy(into, row):
    for x in range(into.size):
        into[x] = row[x]


@njit(**_FAST)
def _spread(into, c, ym, yp, zm, zp, d, x_low, x_high, y_low, y_high, above, below):
    """`into` <- diffusion of the row `c`, which has a neighbour more at both ends."""
    for x in range(into.size):
        here = c[x + 1]
        into[x] = d * (
            x_low[x] * (c[x] - here)
            + x_high[x] * (c[x + 2] - here)
            + (y_low * (ym[x] - here) + y_high * (yp[x] - here))
        ) + (above * (zm[x] - here) + below * (zp[x] - here))


@njit(inline="always")
def _crawl(conducts, here, there, pull, half, one, zero):
    """What crawls in through a face from `there`: `pull` is the difference of the lure, there minus here.

    Cells move up the lure at the mean density of both sides; where the pull would outrun diffusion on the grid
    (its Peclet number above 2), as much diffusion is added as keeps the face monotone.
    """
    extra = max(half * abs(pull) - one, zero)
    return conducts * (extra * (there - here) - pull * half * (there + here))


@njit(**_FAST)
def _lure(into, growth, p):
    for x in range(into.size):
        into[x] = p.attraction * response_to(growth[x], p)


@njit(**_FAST)
def _chase(into, c, ym, yp, zm, zp, lure, d, x_low, x_high, y_low, y_high, above, below, p):
    """`into` += what crawls into each voxel of the row `c`; `lure` (5, x): here with its ends, ym, yp, zm, zp."""
    half, one, zero = p.half, p.one, p.zero
    for x in range(into.size):
        here, at = c[x + 1], lure[0, x + 1]
        into[x] += (
            _crawl(d * x_low[x], here, c[x], lure[0, x] - at, half, one, zero)
            + _crawl(d * x_high[x], here, c[x + 2], lure[0, x + 2] - at, half, one, zero)
            + _crawl(d * y_low, here, ym[x], lure[1, x] - at, half, one, zero)
            + _crawl(d * y_high, here, yp[x], lure[2, x] - at, half, one, zero)
            + _crawl(above, here, zm[x], lure[3, x] - at, half, one, zero)
            + _crawl(below, here, zp[x], lure[4, x] - at, half, one, zero)
        )


@njit(**_FAST)
def _react(here, moved, k, two, gdt, dermis, n, p):
    """`moved` (field, x) <- (moved + production - loss u - two k) / (1 + gdt loss)."""
    one = p.one
    for x in range(n):
        production, loss = change(here, x, dermis, p)
        for f in range(len(production)):
            rate = moved[f, x] + production[f] - loss[f] * here[f, x] - two * k[f, x]
            moved[f, x] = rate / (one + gdt * loss[f])


def _stage(parallel: bool, mark: int) -> Callable:
    @njit(cache=True, parallel=parallel, **_FAST)
    def stage(u, k, two, gdt, lateral, x_low, x_high, y_low, y_high, above, below, dermis, wraps, p):
        """`k` <- (I + gdt L)^-1 (F(u) - two k), all of them (field, z, y, x)."""
        _ = mark, parallel
        fields, nz, ny, nx = u.shape
        for z in prange(nz):
            here = np.empty((fields, nx), u.dtype)
            moved = np.zeros((fields, nx), u.dtype)
            old = np.empty((fields, nx), u.dtype)
            row = np.empty(nx + 2, u.dtype)
            lure = np.empty((5, nx + 2), u.dtype)
            zm, zp = max(z - 1, 0), min(z + 1, nz - 1)
            for y in range(ny):
                ym = y - 1 if y > 0 else (ny - 1 if wraps else 0)
                yp = y + 1 if y < ny - 1 else (0 if wraps else ny - 1)
                for f in range(fields):
                    _copy(here[f], u[f, z, y])
                    _copy(old[f], k[f, z, y])
                if nz * ny * nx > 1:
                    for f in range(MOVING):
                        _copy(row[1:-1], u[f, z, y])
                        row[0] = u[f, z, y, nx - 1 if wraps else 0]
                        row[nx + 1] = u[f, z, y, 0 if wraps else nx - 1]
                        _spread(
                            moved[f], row, u[f, z, ym], u[f, z, yp], u[f, zm, y], u[f, zp, y], lateral[f, z],
                            x_low, x_high, y_low[y], y_high[y], above[f, z], below[f, z],
                        )  # fmt: skip
                    g = u[LURE]
                    _lure(lure[0, 1:-1], g[z, y], p)
                    lure[0, 0] = lure[0, nx if wraps else 1]
                    lure[0, nx + 1] = lure[0, 1 if wraps else nx]
                    _lure(lure[1, :nx], g[z, ym], p)
                    _lure(lure[2, :nx], g[z, yp], p)
                    _lure(lure[3, :nx], g[zm, y], p)
                    _lure(lure[4, :nx], g[zp, y], p)
                    f = CRAWLER
                    _copy(row[1:-1], u[f, z, y])
                    row[0] = u[f, z, y, nx - 1 if wraps else 0]
                    row[nx + 1] = u[f, z, y, 0 if wraps else nx - 1]
                    _chase(
                        moved[f], row, u[f, z, ym], u[f, z, yp], u[f, zm, y], u[f, zp, y], lure, lateral[f, z],
                        x_low, x_high, y_low[y], y_high[y], above[f, z], below[f, z], p,
                    )  # fmt: skip
                _react(here, moved, old, two, gdt, dermis[z], nx, p)
                for f in range(fields):
                    _copy(k[f, z, y], moved[f])
                    if f >= MOVING:
                        moved[f, :] = p.zero

    return stage


def _cover_stage(mark: int) -> Callable:
    @njit(cache=True, **_FAST)
    def cover_stage(s, k, two, gdt, growth, iii, i, p):
        """`k` <- (1 + gdt loss)^-1 (F(s) - two k) for the epidermis, (field, y, x).

        `growth` and both collagens of the dermis under it, (y, x).
        """
        _ = mark
        fields, ny, nx = s.shape
        for y in range(ny):
            row, old = s[:, y], k[:, y]
            for x in range(nx):
                production, loss = change_of_cover(row, x, growth[y, x], iii[y, x] + i[y, x], p)
                for f in range(fields):
                    rate = production[f] - loss[f] * row[f, x] - two * old[f, x]
                    old[f, x] = rate / (p.one + gdt * loss[f])

    return cover_stage


@njit(cache=True)
def thomas(low, high, gdt, wraps, low_factor, high_factor, pivot, turn):
    """Factors of I - gdt A for lines coupled by `low` and `high` (line, n), made in double precision.

    Leaves the scaled coupling below, the eliminated one above, the reciprocal pivots, and for periodic lines the
    Sherman-Morrison vector `turn` (line, n + 2), its last two entries the weight of the end and one over the norm.
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
                turn[i, x] = t[x]
            turn[i, n] = weight
            turn[i, n + 1] = 1 / (1 + t[0] + weight * t[n - 1])


@njit(**_FAST)
def _x_rows(q, first, low, high, pivot):
    """Eight lines at once, their running values in registers."""
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


@njit(**_FAST)
def _x_row(q, low, high, pivot):
    n = pivot.size
    p = pivot[0] - pivot[0]
    for x in range(n):
        p = (q[x] + low[x] * p) * pivot[x]
        q[x] = p
    for i in range(1, n):
        x = n - 1 - i
        p = q[x] + high[x] * p
        q[x] = p


@njit(**_FAST)
def _turn_row(q, turn):
    n = q.size
    share = (q[0] + turn[n] * q[n - 1]) * turn[n + 1]
    for x in range(n):
        q[x] -= share * turn[x]


@njit(**_FAST)
def _down(row, before, low, pivot):
    for x in range(row.size):
        row[x] = (row[x] + low * before[x]) * pivot


@njit(**_FAST)
def _up(row, after, high):
    for x in range(row.size):
        row[x] += high * after[x]


@njit(**_FAST)
def _scale(row, by):
    for x in range(row.size):
        row[x] *= by


@njit(**_FAST)
def _turn_rows(plane, turn):
    n, nx = plane.shape
    share = np.empty(nx, plane.dtype)
    for x in range(nx):
        share[x] = (plane[0, x] + turn[n] * plane[n - 1, x]) * turn[n + 1]
    for y in range(n):
        for x in range(nx):
            plane[y, x] -= share[x] * turn[y]


def _sweep_xy(parallel: bool, mark: int) -> Callable:
    @njit(cache=True, parallel=parallel, **_FAST)
    def sweep_xy(k, wraps, x_low, x_high, x_pivot, x_turn, y_low, y_high, y_pivot, y_turn):
        """Solve along x and then along y, in place; factors (moving field x z, n)."""
        _ = mark, parallel
        _, nz, ny, nx = k.shape
        for i in prange(MOVING * nz):
            plane = k[i // nz, i % nz]
            if nx > 1:
                whole = ny - ny % _ROWS
                for y in range(0, whole, _ROWS):
                    _x_rows(plane, y, x_low[i], x_high[i], x_pivot[i])
                for y in range(whole, ny):
                    _x_row(plane[y], x_low[i], x_high[i], x_pivot[i])
                if wraps:
                    for y in range(ny):
                        _turn_row(plane[y], x_turn[i])
            if ny > 1:
                _scale(plane[0], y_pivot[i, 0])
                for y in range(1, ny):
                    _down(plane[y], plane[y - 1], y_low[i, y], y_pivot[i, y])
                for y in range(ny - 2, -1, -1):
                    _up(plane[y], plane[y + 1], y_high[i, y])
                if wraps:
                    _turn_rows(plane, y_turn[i])

    return sweep_xy


def _sweep_z(parallel: bool, mark: int) -> Callable:
    @njit(cache=True, parallel=parallel, **_FAST)
    def sweep_z(k, low, high, pivot):
        """Solve along z, in place; factors (moving field, nz)."""
        _ = mark, parallel
        _, nz, ny, _ = k.shape
        if nz > 1:
            for i in prange(MOVING * ny):
                f, y = i // ny, i % ny
                _scale(k[f, 0, y], pivot[f, 0])
                for z in range(1, nz):
                    _down(k[f, z, y], k[f, z - 1, y], low[f, z], pivot[f, z])
                for z in range(nz - 2, -1, -1):
                    _up(k[f, z, y], k[f, z + 1, y], high[f, z])

    return sweep_z


@njit(**_FAST)
def _ahead_row(into, u, k, dt):
    for x in range(into.size):
        into[x] = u[x] + dt * k[x]


def _ahead(parallel: bool, mark: int) -> Callable:
    @njit(cache=True, parallel=parallel, **_FAST)
    def ahead(into, u, k1, k2, dt):
        """`into` <- u + dt k1, and `k2` <- k1; (field, z, y, x)."""
        _ = mark, parallel
        fields, nz, ny, _ = u.shape
        for i in prange(fields * nz):
            f, z = i // nz, i % nz
            for y in range(ny):
                _ahead_row(into[f, z, y], u[f, z, y], k1[f, z, y], dt)
                _copy(k2[f, z, y], k1[f, z, y])

    return ahead


@njit(**_FAST)
def _closing_row(into, u, k1, k2, first, second, floor):
    error = first - first
    for x in range(into.size):
        into[x] = max(u[x] + first * k1[x] + second * k2[x], floor)
        off = second * (k1[x] + k2[x])
        error += off * off
    return error


def _closing(parallel: bool, mark: int) -> Callable:
    @njit(cache=True, parallel=parallel, **_FAST)
    def closing(into, u, k1, k2, first, second, floor, errors):
        """`into` <- u + first k1 + second k2, not below `floor`; `errors` (field, z) the sums of squared errors.

        Sums are kept by plane, so that they do not depend on how many cores there are.
        """
        _ = mark, parallel
        fields, nz, ny, _ = u.shape
        for i in prange(fields * nz):
            f, z = i // nz, i % nz
            total = 0.0
            for y in range(ny):
                total += _closing_row(
                    into[f, z, y], u[f, z, y], k1[f, z, y], k2[f, z, y], first, second, floor[f]
                )
            errors[f, z] = total

    return closing


cover_stage = _cover_stage(MARK)
stage, stage_on_all = _stage(False, MARK), _stage(True, MARK)
sweep_xy, sweep_xy_on_all = _sweep_xy(False, MARK), _sweep_xy(True, MARK)
sweep_z, sweep_z_on_all = _sweep_z(False, MARK), _sweep_z(True, MARK)
ahead, ahead_on_all = _ahead(False, MARK), _ahead(True, MARK)
closing, closing_on_all = _closing(False, MARK), _closing(True, MARK)
