"""One step of the engine on eight draws' healing cells at once, each with its own length: ROS2-AMF as in `kernels`.

A draw is a lane of every vector, and whatever lanes do, they do it alike: none depends on the others. Voxels lie in the
order z, x (x the rings), and the fields of a voxel side by side: (voxel, field, lane).

Of the first stage nothing is kept but v = u + dt k1, in the place of k1: the step closes as u + 3/2 (v - u) + dt/2 k2.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from hudnal.compiled import njit
from hudnal.tissue.biology import (
    COLLAGEN_I,
    COLLAGEN_III,
    COVER,
    COVER_FLOOR,
    CRAWLER,
    EPIDERMIS,
    FIELDS,
    FLOOR,
    GROWTH,
    LURE,
    MOVING,
    RATES,
    STRATA,
    Rates,
    evaluate_change,
    evaluate_cover_change,
    respond_to,
)
from hudnal.tissue.kernels import GAMMA, crawl_through_face
from hudnal.vectors import LANES, at_least, choose, put, put_all, spread, take, take_all, view_tile

_FIELDS, _COVER, _RATES = len(FIELDS), len(COVER), len(RATES)

# Rates of exchange between the voxels of eight draws. Slabs between which `lateral` does not change share a plane.
LaneCouplings = namedtuple(
    "LaneCouplings",
    (
        "plane",  # (z,) which plane a slab has
        "dermis",  # (z,) 1 in the dermis, 0 in the epidermis
        "low",  # (plane x, moving, lane) 1/h, to the ring within
        "high",  # to the ring around
        "above",  # (z, moving, lane) 1/h
        "below",
    ),
)
# Thomas factors of I - gamma dt A along x (plane x, moving, lane) and along z (z, moving, lane).
LaneFactors = namedtuple("LaneFactors", ("x_low", "x_high", "x_pivot", "z_low", "z_high", "z_pivot"))
# What a step works on: the state u, the stage v, the next state w, increments k of what moves, and the cover's.
LaneStates = namedtuple("LaneStates", ("u", "v", "w", "k", "lure", "s", "vs", "ws", "errors", "cover_errors"))


@njit(inline="always")
def make_states(voxels, rings):
    """Empty states of eight draws."""
    tiles, sheets = (voxels, _FIELDS, LANES), (rings, _COVER, LANES)
    return LaneStates(
        np.zeros(tiles), np.zeros(tiles), np.zeros(tiles), np.zeros((voxels, MOVING, LANES)),
        np.zeros((voxels, LANES)), np.zeros(sheets), np.zeros(sheets), np.zeros(sheets),
        np.zeros((_FIELDS, LANES)), np.zeros((_COVER, LANES)),
    )  # fmt: skip


@njit(inline="always")
def make_factors(rows, nz):
    """Empty factors of eight draws, for lines along x in `rows` and for those along z."""
    x, z = (rows, MOVING, LANES), (nz, MOVING, LANES)
    return LaneFactors(np.zeros(x), np.zeros(x), np.zeros(x), np.zeros(z), np.zeros(z), np.zeros(z))


@njit
def clear_rows(rows):
    """`rows` (row, lane) <- 0."""
    for i in range(rows.shape[0]):
        put(rows, (i,), spread(0.0))


@njit
def factor_line(low, high, gdt, first, count, a, c, m):
    """Thomas factors of the lines of all moving fields that lie in `count` rows from `first` on."""
    one, zero = spread(1.0), spread(0.0)
    for f in range(MOVING):
        eliminated = zero
        for i in range(first, first + count):
            before, after = gdt * take(low, (i, f)), gdt * take(high, (i, f))
            pivot = one / (one + before + after - before * eliminated)
            eliminated = after * pivot
            put(a, (i, f), before)
            put(c, (i, f), eliminated)
            put(m, (i, f), pivot)


@njit(inline="always")
def factor_lanes(couplings, factors, nx, dt):
    """Factors for steps of `dt` (lane,)."""
    c, g, gdt = couplings, factors, spread(GAMMA) * take(dt, ())
    for first in range(0, c.low.shape[0], nx):
        factor_line(c.low, c.high, gdt, first, nx, g.x_low, g.x_high, g.x_pivot)
    factor_line(c.above, c.below, gdt, 0, c.plane.size, g.z_low, g.z_high, g.z_pivot)


@njit
def solve_down(k, plane, factors, z, nx):
    """Solve the slab `z` along x, and take it the step downwards of the solution along z, in place."""
    g, at, first = factors, z * nx, plane[z] * nx
    for x in range(nx):
        i, row = at + x, first + x
        for f in range(MOVING):
            q = take(k, (i, f))
            if x > 0:
                q = q + take(g.x_low, (row, f)) * take(k, (i - 1, f))
            put(k, (i, f), q * take(g.x_pivot, (row, f)))
    for j in range(nx):
        i, row = at + nx - 1 - j, first + nx - 1 - j
        for f in range(MOVING):
            q = take(k, (i, f))
            if j > 0:
                q = q + take(g.x_high, (row, f)) * take(k, (i + 1, f))
                put(k, (i, f), q)
    for x in range(nx):
        i = at + x
        for f in range(MOVING):
            q = take(k, (i, f))
            if z > 0:
                q = q + take(g.z_low, (z, f)) * take(k, (i - nx, f))
            put(k, (i, f), q * take(g.z_pivot, (z, f)))


@njit
def solve_up(k, factors, z, nz, nx):
    """Take the slab `z` the step upwards of the solution along z, in place."""
    if z < nz - 1:
        for i in range(z * nx, z * nx + nx):
            for f in range(MOVING):
                put(k, (i, f), take(k, (i, f)) + take(factors.z_high, (z, f)) * take(k, (i + nx, f)))


@njit(inline="always")
def lure_cells(lure, u, rates):
    """`lure` <- up what cells crawl, in every voxel."""
    p = Rates(*take_all(rates, _RATES))
    for i in range(u.shape[0]):
        put(lure, (i,), p.attraction * respond_to(take(u, (i, LURE)), p))


@njit(inline="always")
def exchange(moved, u, lure, couplings, z, x, nx, p):
    """`moved` (moving, lane) <- what spreads and crawls into a voxel."""
    c, nz = couplings, couplings.plane.size
    i, j = z * nx + x, couplings.plane[z] * nx + x
    xm, xp = (i - 1 if x > 0 else i), (i + 1 if x < nx - 1 else i)
    zm, zp = (i - nx if z > 0 else i), (i + nx if z < nz - 1 else i)
    for f in range(MOVING):
        here = take(u, (i, f))
        put(
            moved, (f,),
            take(c.low, (j, f)) * (take(u, (xm, f)) - here) + take(c.high, (j, f)) * (take(u, (xp, f)) - here)
            + take(c.above, (z, f)) * (take(u, (zm, f)) - here) + take(c.below, (z, f)) * (take(u, (zp, f)) - here),
        )  # fmt: skip
    f, here, at = CRAWLER, take(u, (i, CRAWLER)), take(lure, (i,))
    half, one, zero = p.half, p.one, p.zero
    put(
        moved, (f,),
        take(moved, (f,))
        + crawl_through_face(take(c.low, (j, f)), here, take(u, (xm, f)), take(lure, (xm,)) - at, half, one, zero)
        + crawl_through_face(take(c.high, (j, f)), here, take(u, (xp, f)), take(lure, (xp,)) - at, half, one, zero)
        + crawl_through_face(take(c.above, (z, f)), here, take(u, (zm, f)), take(lure, (zm,)) - at, half, one, zero)
        + crawl_through_face(take(c.below, (z, f)), here, take(u, (zp, f)), take(lure, (zp,)) - at, half, one, zero),
    )  # fmt: skip


@njit
def take_first_stage(states, couplings, factors, rates, dt):
    """`v` <- u + dt k1, with (I - g dt A) k1 = F(u), and the factors of A."""
    u, v, k, lure = states.u, states.v, states.k, states.lure
    nx, nz = states.s.shape[0], couplings.plane.size
    made, lost, moved = np.empty((_FIELDS, LANES)), np.empty((_FIELDS, LANES)), np.empty((MOVING, LANES))
    p, step = Rates(*take_all(rates, _RATES)), take(dt, ())
    one, gdt = spread(1.0), spread(GAMMA) * step
    lure_cells(lure, u, rates)
    factor_lanes(couplings, factors, nx, dt)
    for z in range(nz):
        dermis = spread(couplings.dermis[z])
        for x in range(nx):
            i = z * nx + x
            exchange(moved, u, lure, couplings, z, x, nx, p)
            production, loss = evaluate_change(view_tile(u, i), 0, dermis, p)
            put_all(made, production)
            put_all(lost, loss)
            for f in range(MOVING):
                change = take(moved, (f,)) + take(made, (f,)) - take(lost, (f,)) * take(u, (i, f))
                put(k, (i, f), change / (one + gdt * take(lost, (f,))))
            for f in range(MOVING, _FIELDS):
                here = take(u, (i, f))
                change = take(made, (f,)) - take(lost, (f,)) * here
                put(v, (i, f), here + step * (change / (one + gdt * take(lost, (f,)))))
        solve_down(k, couplings.plane, factors, z, nx)
    for j in range(nz):
        z = nz - 1 - j
        solve_up(k, factors, z, nz, nx)
        for i in range(z * nx, z * nx + nx):
            for f in range(MOVING):
                put(v, (i, f), take(u, (i, f)) + step * take(k, (i, f)))


@njit
def close_field(w, i, f, here, ahead, increment, errors):
    """`w` <- u + 3/2 (v - u) + dt/2 k2, not below the field's floor; `increment` is dt k2."""
    half, change = spread(0.5), ahead - here
    off = half * (change + increment)
    put(errors, (f,), take(errors, (f,)) + off * off)
    put(w, (i, f), at_least(here + change + off, spread(FLOOR[f])))


@njit
def take_second_stage(states, couplings, factors, rates, dt):
    """`w` <- the state after the step, with (I - g dt A) k2 = F(v) - 2 k1; `errors` the sums of squared errors."""
    u, v, w, k, lure, errors = states.u, states.v, states.w, states.k, states.lure, states.errors
    nx, nz = states.s.shape[0], couplings.plane.size
    made, lost, moved = np.empty((_FIELDS, LANES)), np.empty((_FIELDS, LANES)), np.empty((MOVING, LANES))
    p, step = Rates(*take_all(rates, _RATES)), take(dt, ())
    one, two, gdt = spread(1.0), spread(2.0), spread(GAMMA) * step
    per_step = one / step
    clear_rows(errors)
    lure_cells(lure, v, rates)
    for z in range(nz):
        dermis = spread(couplings.dermis[z])
        for x in range(nx):
            i = z * nx + x
            exchange(moved, v, lure, couplings, z, x, nx, p)
            production, loss = evaluate_change(view_tile(v, i), 0, dermis, p)
            put_all(made, production)
            put_all(lost, loss)
            for f in range(_FIELDS):
                here, ahead = take(u, (i, f)), take(v, (i, f))
                change = take(made, (f,)) - take(lost, (f,)) * ahead - two * per_step * (ahead - here)
                if f < MOVING:
                    put(k, (i, f), (take(moved, (f,)) + change) / (one + gdt * take(lost, (f,))))
                else:
                    increment = step * (change / (one + gdt * take(lost, (f,))))
                    close_field(w, i, f, here, ahead, increment, errors)
        solve_down(k, couplings.plane, factors, z, nx)
    for j in range(nz):
        z = nz - 1 - j
        solve_up(k, factors, z, nz, nx)
        for i in range(z * nx, z * nx + nx):
            for f in range(MOVING):
                close_field(w, i, f, take(u, (i, f)), take(v, (i, f)), step * take(k, (i, f)), errors)


@njit(inline="always")
def change_cover(s, x, under, i, p):
    """Production and loss of the epidermis over the ring `x`, under which is the voxel `i` of a state."""
    matrix = take(under, (i, COLLAGEN_III)) + take(under, (i, COLLAGEN_I))
    return evaluate_cover_change(view_tile(s, x), 0, take(under, (i, GROWTH)), matrix, p)


@njit
def take_first_cover_stage(states, top, rates, dt):
    """The same as `take_first_stage` for the epidermis; `top` is the slab under it."""
    s, vs = states.s, states.vs
    made, lost = np.empty((_COVER, LANES)), np.empty((_COVER, LANES))
    p, step = Rates(*take_all(rates, _RATES)), take(dt, ())
    one, gdt = spread(1.0), spread(GAMMA) * step
    for x in range(s.shape[0]):
        production, loss = change_cover(s, x, states.u, top * s.shape[0] + x, p)
        put_all(made, production)
        put_all(lost, loss)
        for f in range(_COVER):
            here = take(s, (x, f))
            change = take(made, (f,)) - take(lost, (f,)) * here
            put(vs, (x, f), here + step * (change / (one + gdt * take(lost, (f,)))))


@njit
def take_second_cover_stage(states, top, rates, dt):
    """The same as `take_second_stage` for the epidermis."""
    s, vs, ws, errors = states.s, states.vs, states.ws, states.cover_errors
    made, lost = np.empty((_COVER, LANES)), np.empty((_COVER, LANES))
    p, step = Rates(*take_all(rates, _RATES)), take(dt, ())
    one, two, half, gdt = spread(1.0), spread(2.0), spread(0.5), spread(GAMMA) * step
    clear_rows(errors)
    for x in range(s.shape[0]):
        production, loss = change_cover(vs, x, states.v, top * s.shape[0] + x, p)
        put_all(made, production)
        put_all(lost, loss)
        for f in range(_COVER):
            here, ahead = take(s, (x, f)), take(vs, (x, f))
            change = take(made, (f,)) - take(lost, (f,)) * ahead - two / step * (ahead - here)
            off = half * (ahead - here + step * (change / (one + gdt * take(lost, (f,)))))
            put(errors, (f,), take(errors, (f,)) + off * off)
            put(ws, (x, f), at_least(ahead + off, spread(COVER_FLOOR[f])))


@njit
def keep_where(mask, states):
    """`u` and `s` <- the state after the step in the lanes where `mask` (lane,) is above 0."""
    taken = take(mask, ())
    for i in range(states.u.shape[0]):
        for f in range(_FIELDS):
            put(states.u, (i, f), choose(taken, take(states.w, (i, f)), take(states.u, (i, f))))
    for x in range(states.s.shape[0]):
        for f in range(_COVER):
            put(states.s, (x, f), choose(taken, take(states.ws, (x, f)), take(states.s, (x, f))))


@njit
def mean_lanes(means, states, depth, share):
    """`means` <- what is looked at of the state: each field weighed by `depth` (z, lane) and the rings' `share`
    (x, lane), then the mean thickness of the epidermis and how complete its layers stand in the innermost ring.
    """
    u, s = states.u, states.s
    nx = s.shape[0]
    clear_rows(means)
    for z in range(depth.shape[0]):
        for x in range(nx):
            weight = take(depth, (z,)) * take(share, (x,))
            for f in range(_FIELDS):
                put(means, (f,), take(means, (f,)) + weight * take(u, (z * nx + x, f)))
    for x in range(nx):
        stands = take(s, (x, STRATA)) * take(s, (x, EPIDERMIS))
        put(means, (_FIELDS,), take(means, (_FIELDS,)) + take(share, (x,)) * stands)
    put(means, (_FIELDS + 1,), take(s, (0, STRATA)))
