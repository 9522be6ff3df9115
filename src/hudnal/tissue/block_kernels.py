"""One step of the engine on a skin block, ROS2-AMF as in `kernels`, in four passes over memory that cores share out.

    1  planes of z: F(u) of what moves, solved along x and y
    2  rows of y: solved along z, and v = u + dt k1 left in the place of k1
    3  planes of z: F(v) - 2 k1 of what moves, solved along x and y; what stays in its place is stepped whole
    4  rows of y: k2 solved along z, and the state after the step left in the place of k2

A field that stays in its place needs nothing of its neighbours: its k1 is found again where k2 is, instead of being
kept, and memory holds u, the state after the step, and v of what moves. Of a voxel of seventeen fields 85 values are
read or written, where a pass for each operation takes some 250.

Arrays are (field, voxel), voxels in the order z, y, x. Eight voxels along x are a vector, and eight lines while lines
along x are solved. Rows have whole vectors: columns beyond the block are voxels that exchange nothing with it and do
not count. Arrays are some voxels longer than the block, so that its fields do not lie a power of two apart, where they
would push each other out of the first cache.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from hudnal import vectors
from hudnal.compiled import compiled, njit
from hudnal.tissue import biology, kernels
from hudnal.tissue.biology import (
    COLLAGEN_I,
    COLLAGEN_III,
    CRAWLER,
    FIELDS,
    LURE,
    MOVING,
    RATES,
    Rates,
    evaluate_change,
    respond_to,
)
from hudnal.tissue.kernels import crawl_through_face
from hudnal.vectors import (
    LANES,
    at_least,
    choose,
    put,
    put_all,
    put_rows,
    spread,
    take,
    take_all,
    take_rows,
    transpose,
    view_fields,
    view_tile,
)

_FIELDS, _RATES = len(FIELDS), len(RATES)
ROWS = 4  # rows of y that are solved along z at once: what they hold fits the second cache

# Rates of exchange between the voxels of a skin block, in the precision of its fields.
BlockCouplings = namedtuple(
    "BlockCouplings",
    (
        "lateral",  # (moving, z) mm2/h
        "x_low",  # (x,) 1/mm2
        "x_high",
        "y_low",  # (y,)
        "y_high",
        "above",  # (moving, z) 1/h
        "below",
        "dermis",  # (z,) 1 in the dermis, 0 in the epidermis
        "counts",  # (x,) 1 in the block, 0 in columns that only fill a vector
        "floor",  # (field,)
        "columns",  # number of columns in the block
        "wraps",  # whether both ends of x and y are neighbours
    ),
)
# Thomas factors of I - gamma dt A; the downward one stands multiplied by the pivot. Lines along x and y are alike where
# the diffusivity is: `which` of them (moving, z).
BlockFactors = namedtuple(
    "BlockFactors",
    (
        "which",
        "x_low",  # (line, x)
        "x_high",
        "x_pivot",
        "x_around",  # (line, x + 2) of Sherman and Morrison, for ends that are neighbours
        "y_low",  # (line, y)
        "y_high",
        "y_pivot",
        "y_around",
        "z_low",  # (moving, z)
        "z_high",
        "z_pivot",
    ),
)
# Room for what a core works on.
_Room = namedtuple("_Room", ("rows", "moved", "lure", "block", "lines", "ends", "made", "lost", "ahead"))


@njit
def count_voxels(c):
    """Number of voxels along z, y and x, x with the columns that only fill a vector."""
    return c.dermis.size, c.y_low.size, c.x_low.size


@njit
def make_room(nx, like):
    """Room for eight rows of `nx` voxels, in the precision of the array `like`."""
    return _Room(
        np.zeros((MOVING, nx + 2), like.dtype),
        np.zeros((MOVING, nx), like.dtype),
        np.zeros((3, nx + 2), like.dtype),
        np.zeros((MOVING, LANES, nx), like.dtype),
        np.zeros((MOVING, nx, LANES), like.dtype),
        np.zeros((MOVING, LANES), like.dtype),
        np.zeros((_FIELDS, LANES), like.dtype),
        np.zeros((_FIELDS, LANES), like.dtype),
        np.zeros((1, _FIELDS, LANES), like.dtype),
    )


@njit
def close_ends(row, columns, wraps):
    """Give a row (1 + x + 1) a neighbour more at both ends of its `columns`."""
    if wraps:
        row[0], row[columns + 1] = row[columns], row[1]
    else:
        row[0], row[row.size - 1] = row[1], row[row.size - 2]


@njit
def find_lure(lure, growth, c, p):
    """`lure` (1 + x + 1) <- up what cells crawl, for a row of growth factor."""
    for x in range(0, growth.size, LANES):
        put(lure, (x + 1,), p.attraction * respond_to(take(growth, (x,)), p))
    close_ends(lure, c.columns, c.wraps)


@njit
def spread_row(room, u, z, y, at, c):
    """`moved` (moving, x) <- what spreads into each voxel of a row; `at` where it and its four neighbours begin."""
    moved, rows, x_low, x_high = room.moved, room.rows, c.x_low, c.x_high
    i, ym, yp, zm, zp = at
    for f in range(MOVING):
        row = rows[f]
        for x in range(0, moved.shape[1], LANES):
            put(row, (x + 1,), take(u, (f, i + x)))
        close_ends(row, c.columns, c.wraps)
        d, above, below = spread(c.lateral[f, z]), spread(c.above[f, z]), spread(c.below[f, z])
        y_low, y_high = d * spread(c.y_low[y]), d * spread(c.y_high[y])
        for x in range(0, moved.shape[1], LANES):
            here = take(row, (x + 1,))
            along = take(x_low, (x,)) * (take(row, (x,)) - here) + take(x_high, (x,)) * (
                take(row, (x + 2,)) - here
            )
            across = y_low * (take(u, (f, ym + x)) - here) + y_high * (take(u, (f, yp + x)) - here)
            down = above * (take(u, (f, zm + x)) - here) + below * (take(u, (f, zp + x)) - here)
            put(moved, (f, x), d * along + (across + down))


@njit
def crawl_row(room, u, z, y, at, c, p):
    """`moved` += what crawls into each voxel of a row; `lure` holds the rows y - 1, y and y + 1, by y modulo 3."""
    moved, row, x_low, x_high = room.moved[CRAWLER], room.rows[CRAWLER], c.x_low, c.x_high
    before, lure, after = room.lure[(y + 2) % 3], room.lure[y % 3], room.lure[(y + 1) % 3]
    half, one, zero = p.half, p.one, p.zero
    d, above, below = spread(c.lateral[CRAWLER, z]), spread(c.above[CRAWLER, z]), spread(c.below[CRAWLER, z])
    y_low, y_high = d * spread(c.y_low[y]), d * spread(c.y_high[y])
    growth, cells = u[LURE], u[CRAWLER]
    _, ym, yp, zm, zp = at
    for x in range(0, moved.size, LANES):
        here, lured = take(row, (x + 1,)), take(lure, (x + 1,))
        pull_over = p.attraction * respond_to(take(growth, (zm + x,)), p) - lured
        pull_under = p.attraction * respond_to(take(growth, (zp + x,)), p) - lured
        put(
            moved, (x,),
            take(moved, (x,))
            + crawl_through_face(
                d * take(x_low, (x,)), here, take(row, (x,)), take(lure, (x,)) - lured, half, one, zero)
            + crawl_through_face(
                d * take(x_high, (x,)), here, take(row, (x + 2,)), take(lure, (x + 2,)) - lured, half, one, zero)
            + crawl_through_face(y_low, here, take(cells, (ym + x,)), take(before, (x + 1,)) - lured, half, one, zero)
            + crawl_through_face(y_high, here, take(cells, (yp + x,)), take(after, (x + 1,)) - lured, half, one, zero)
            + crawl_through_face(above, here, take(cells, (zm + x,)), pull_over, half, one, zero)
            + crawl_through_face(below, here, take(cells, (zp + x,)), pull_under, half, one, zero),
        )  # fmt: skip


@njit
def exchange_row(room, u, z, y, c, p):
    """`moved` (moving, x) <- what spreads and crawls into each voxel of a row; rows of a plane in their order."""
    nz, ny, nx = count_voxels(c)
    before = y - 1 if y > 0 else (ny - 1 if c.wraps else 0)
    after = y + 1 if y < ny - 1 else (0 if c.wraps else ny - 1)
    i, ym, yp = (z * ny + y) * nx, (z * ny + before) * nx, (z * ny + after) * nx
    at = i, ym, yp, (max(z - 1, 0) * ny + y) * nx, (min(z + 1, nz - 1) * ny + y) * nx
    if y == 0:
        find_lure(room.lure[2], u[LURE, ym : ym + nx], c, p)
        find_lure(room.lure[0], u[LURE, i : i + nx], c, p)
    find_lure(room.lure[(y + 1) % 3], u[LURE, yp : yp + nx], c, p)
    spread_row(room, u, z, y, at, c)
    crawl_row(room, u, z, y, at, c, p)
    # Columns that only fill a vector react and do nothing else: where ends are neighbours, theirs are not their own.
    room.moved[:, c.columns :] = 0


@njit
def solve_rows(room, k, z, y, c, g):
    """Solve eight rows along x, from `y` on, and take them the step forward of the solution along y into `k`."""
    block, lines, ends = room.block, room.lines, room.ends
    _, ny, nx = count_voxels(c)
    none = spread(c.floor[0] - c.floor[0])
    for f in range(MOVING):
        put(ends, (f,), none)
    for x in range(0, nx, LANES):
        for f in range(MOVING):
            i, q = g.which[f, z], take(ends, (f,))
            put_rows(lines, (f, x, 0), transpose(take_rows(block, (f, 0, x))))
            for j in range(x, x + LANES):
                q = take(lines, (f, j)) * spread(g.x_pivot[i, j]) + spread(g.x_low[i, j]) * q
                put(lines, (f, j), q)
            put(ends, (f,), q)
    for f in range(MOVING):
        put(ends, (f,), none)
    for back in range(LANES, nx + LANES, LANES):
        x = nx - back
        for f in range(MOVING):
            i, q = g.which[f, z], take(ends, (f,))
            for j in range(x + LANES - 1, x - 1, -1):
                q = take(lines, (f, j)) + spread(g.x_high[i, j]) * q
                put(lines, (f, j), q)
            put(ends, (f,), q)
    if c.wraps and c.columns > 1:
        close_lines(lines, z, c, g)
    for x in range(0, nx, LANES):
        for f in range(MOVING):
            i = g.which[f, z]
            put_rows(block, (f, 0, x), transpose(take_rows(lines, (f, x, 0))))
            at = (z * ny + y) * nx + x
            q = take(k, (f, at - nx)) if y > 0 else none
            for r in range(min(LANES, ny - y)):
                q = take(block, (f, r, x)) * spread(g.y_pivot[i, y + r]) + spread(g.y_low[i, y + r]) * q
                put(k, (f, at + r * nx), q)


@njit
def close_lines(lines, z, c, g):
    """Make the solutions of eight lines along x those of periodic lines, by Sherman and Morrison."""
    n = c.columns
    for f in range(MOVING):
        around = g.x_around[g.which[f, z]]
        share = (take(lines, (f, 0)) + spread(around[n]) * take(lines, (f, n - 1))) * spread(around[n + 1])
        for x in range(n):
            put(lines, (f, x), take(lines, (f, x)) - share * spread(around[x]))


@njit
def solve_plane(k, z, c, g):
    """Take a plane the step back of the solution along y."""
    _, ny, nx = count_voxels(c)
    first, last = z * ny * nx, ((z + 1) * ny - 1) * nx
    for f in range(MOVING):
        i = g.which[f, z]
        for y in range(ny - 2, -1, -1):
            high, at = spread(g.y_high[i, y]), first + y * nx
            for j in range(at, at + nx, LANES):
                put(k, (f, j), take(k, (f, j)) + high * take(k, (f, j + nx)))
        if c.wraps and ny > 1:
            around = g.y_around[i]
            for x in range(0, nx, LANES):
                end = spread(around[ny]) * take(k, (f, last + x))
                share = (take(k, (f, first + x)) + end) * spread(around[ny + 1])
                for y in range(ny):
                    j = first + y * nx + x
                    put(k, (f, j), take(k, (f, j)) - share * spread(around[y]))


@compiled(biology, kernels, vectors)
def take_first_stage(u, k, rates, gdt, c, g, first, last):
    """`k` (moving, voxel) <- k1 of what moves, but for the solution along z, of the planes `first` to `last`.

    `u` (field, voxel) is the state, `rates` (rate, lane), `gdt` gamma times the step in h.
    """
    _, ny, nx = count_voxels(c)
    room, p = make_room(nx, u), Rates(*take_all(rates, _RATES))
    one, by_loss = p.one, spread(gdt)
    for z in range(first, last):
        dermis = spread(c.dermis[z])
        for at in range(0, ny, LANES):
            for y in range(at, min(at + LANES, ny)):
                exchange_row(room, u, z, y, c, p)
                for x in range(0, nx, LANES):
                    i = (z * ny + y) * nx + x
                    production, loss = evaluate_change(view_fields(u, (i,)), 0, dermis, p)
                    put_all(room.made, production[:MOVING])
                    put_all(room.lost, loss[:MOVING])
                    for f in range(MOVING):
                        lost = take(room.lost, (f,))
                        change = take(room.moved, (f, x)) + take(room.made, (f,)) - lost * take(u, (f, i))
                        put(room.block, (f, y - at, x), change / (one + by_loss * lost))
            solve_rows(room, k, z, at, c, g)
        solve_plane(k, z, c, g)


@njit
def solve_down(k, f, first, last, plane, g):
    """Take the voxels `first` to `last` of each `plane` (its size) of a field the step downwards of z's solution."""
    for z in range(g.z_low.shape[1]):
        pivot, low, up = spread(g.z_pivot[f, z]), spread(g.z_low[f, z]), plane if z > 0 else 0
        for i in range(z * plane + first, z * plane + last, LANES):
            put(k, (f, i), take(k, (f, i)) * pivot + low * take(k, (f, i - up)))


@compiled(biology, kernels, vectors)
def look_ahead(u, k, dt, c, g, first, last):
    """`k` <- v = u + dt k1, with k1 solved along z; `first` to `last` of moving field x parts of `ROWS` rows."""
    nz, ny, nx = count_voxels(c)
    parts, step = -(-ny // ROWS), spread(dt)
    under = np.empty(ROWS * nx, u.dtype)
    for part in range(first, last):
        f, at = part // parts, part % parts * ROWS * nx
        end = min(at + ROWS * nx, ny * nx)
        solve_down(k, f, at, end, ny * nx, g)
        under[:] = 0
        for z in range(nz - 1, -1, -1):
            high, plane = spread(g.z_high[f, z]), z * ny * nx
            for j in range(at, end, LANES):
                i = plane + j
                here = take(k, (f, i)) + high * take(under, (j - at,))
                put(under, (j - at,), here)
                put(k, (f, i), take(u, (f, i)) + step * here)


@njit
def close_field(here, ahead, increment, floor, half, counts, errors, f):
    """The value after the step, u + 3/2 (v - u) + dt/2 k2, not below the floor; `increment` is dt k2.

    What it is off by is added to `errors` (field, lane), squared, where `counts`.
    """
    change = ahead - here
    off = half * (change + increment)
    put(errors, (f,), take(errors, (f,)) + choose(counts, off * off, counts))
    return at_least(here + change + off, floor)


@compiled(biology, kernels, vectors)
def take_second_stage(u, v, w, matrix, top, rates, dt, gdt, c, g, errors, first, last):
    """`w` <- k2 of what moves, but for the solution along z, and the state after the step of what does not.

    `u` is the state, `v` (moving, voxel) the state ahead of what moves, `errors` (field, z) the sums of squared
    errors of what does not; of the planes `first` to `last`. `matrix` (y, x) <- all collagen ahead in the plane `top`.
    """
    _, ny, nx = count_voxels(c)
    room, p = make_room(nx, u), Rates(*take_all(rates, _RATES))
    made, lost, ahead = room.made, room.lost, room.ahead
    off = np.zeros((_FIELDS, LANES), u.dtype)
    one, half, step, by_loss = p.one, p.half, spread(dt), spread(gdt)
    twice_per_step = (one + one) / step
    for z in range(first, last):
        dermis = spread(c.dermis[z])
        errors[:, z] = 0
        for at in range(0, ny, LANES):
            off[:] = 0
            for y in range(at, min(at + LANES, ny)):
                exchange_row(room, v, z, y, c, p)
                for x in range(0, nx, LANES):
                    i = (z * ny + y) * nx + x
                    production, loss = evaluate_change(view_fields(u, (i,)), 0, dermis, p)
                    put_all(made, production)
                    put_all(lost, loss)
                    for f in range(MOVING):
                        put(ahead, (0, f), take(v, (f, i)))
                    for f in range(MOVING, _FIELDS):
                        here, fades = take(u, (f, i)), take(lost, (f,))
                        change = take(made, (f,)) - fades * here
                        put(ahead, (0, f), here + step * (change / (one + by_loss * fades)))
                    production, loss = evaluate_change(view_tile(ahead, 0), 0, dermis, p)
                    put_all(made, production)
                    put_all(lost, loss)
                    counts = take(c.counts, (x,))
                    for f in range(MOVING):
                        then, fades = take(ahead, (0, f)), take(lost, (f,))
                        change = take(made, (f,)) - fades * then - twice_per_step * (then - take(u, (f, i)))
                        put(
                            room.block,
                            (f, y - at, x),
                            (take(room.moved, (f, x)) + change) / (one + by_loss * fades),
                        )
                    for f in range(MOVING, _FIELDS):
                        here, then, fades = take(u, (f, i)), take(ahead, (0, f)), take(lost, (f,))
                        change = take(made, (f,)) - fades * then - twice_per_step * (then - here)
                        increment = step * (change / (one + by_loss * fades))
                        later = close_field(here, then, increment, spread(c.floor[f]), half, counts, off, f)
                        put(w, (f, i), later)
                    if z == top:
                        put(matrix, (y, x), take(ahead, (0, COLLAGEN_III)) + take(ahead, (0, COLLAGEN_I)))
            for f in range(MOVING, _FIELDS):
                for lane in range(LANES):
                    errors[f, z] += off[f, lane]
            solve_rows(room, w, z, at, c, g)
        solve_plane(w, z, c, g)


@compiled(biology, kernels, vectors)
def close_step(u, v, w, rates, dt, c, g, errors, first, last):
    """`w` <- the state after the step of what moves, with k2, which is there, solved along z.

    `errors` (moving, part) are the sums of squared errors; `first` to `last` of moving field x parts of `ROWS` rows.
    """
    nz, ny, nx = count_voxels(c)
    p = Rates(*take_all(rates, _RATES))
    parts, half, step = -(-ny // ROWS), p.half, spread(dt)
    under = np.empty(ROWS * nx, u.dtype)
    off = np.zeros((1, LANES), u.dtype)
    for number in range(first, last):
        f, part = number // parts, number % parts
        at, end, floor = part * ROWS * nx, min((part + 1) * ROWS, ny) * nx, spread(c.floor[f])
        solve_down(w, f, at, end, ny * nx, g)
        under[:] = 0
        total = 0.0
        for z in range(nz - 1, -1, -1):
            high, plane = spread(g.z_high[f, z]), z * ny * nx
            off[:] = 0
            for row in range(at, end, nx):
                for x in range(0, nx, LANES):
                    j, i = row - at + x, plane + row + x
                    increment = take(w, (f, i)) + high * take(under, (j,))
                    put(under, (j,), increment)
                    here, then, counts = take(u, (f, i)), take(v, (f, i)), take(c.counts, (x,))
                    put(w, (f, i), close_field(here, then, step * increment, floor, half, counts, off, 0))
            for lane in range(LANES):
                total += off[0, lane]
        errors[f, part] = total
