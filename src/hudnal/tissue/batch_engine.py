"""The engine for a batch of small grids, one a draw: each takes steps of its own, and cores share the draws out."""

from __future__ import annotations

import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple

from hudnal.arrays import Array, Float, Int, PerDraw
from hudnal.compiled import compiled, njit
from hudnal.threads import share_out
from hudnal.tissue import biology, kernels, step_control
from hudnal.tissue.biology import (
    COLLAGEN_I,
    COLLAGEN_III,
    COVER_FLOOR,
    COVER_SCALE,
    FLOOR,
    GROWTH,
    MOVING,
    RATES,
    SCALE,
    Rates,
)
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.kernels import (
    GAMMA,
    close_step,
    evaluate_cover_stage,
    evaluate_stage,
    factor_lines,
    solve_xy,
    solve_z,
    step_ahead,
)
from hudnal.tissue.step_control import (
    LONGEST_STEP,
    SHORTEST_STEP,
    TOLERANCE,
    BrokenState,
    largest_error,
    scale_step,
    worse_error,
)

_RATE_COUNT = len(RATES)
_MOST_DRAWS = 4  # that a core takes at once: draws need unequal numbers of steps


@njit
def name_rates(row):
    """One draw's constants by name."""
    return Rates(*to_fixed_tuple(row, _RATE_COUNT))  # pyright: ignore[reportCallIssue]


@njit
def _multiply_lines(diffusion, coupling):
    """Coupling of every line of voxels, (moving field x z, n)."""
    fields, nz = diffusion.shape
    lines = np.empty((fields * nz, coupling.size))
    for i in range(fields * nz):
        for x in range(coupling.size):
            lines[i, x] = diffusion[i // nz, i % nz] * coupling[x]
    return lines


@njit
def _add_scaled(into, start, by, slope):
    """`into` <- start + by slope, for arrays of (field, y, x)."""
    for f in range(into.shape[0]):
        for y in range(into.shape[1]):
            for x in range(into.shape[2]):
                into[f, y, x] = start[f, y, x] + by * slope[f, y, x]


@njit
def close_cover_step(into, s, k1, k2, dt, errors):
    """`into` <- the cover after the step, not below its floor; `errors` (field, y) the sums of squared errors."""
    for f in range(s.shape[0]):
        for y in range(s.shape[1]):
            total = 0.0
            for x in range(s.shape[2]):
                a, b = k1[f, y, x], k2[f, y, x]
                off = 0.5 * dt * (a + b)
                total += off * off
                into[f, y, x] = max(s[f, y, x] + 1.5 * dt * a + 0.5 * dt * b, COVER_FLOOR[f])
            errors[f, y] = total


@njit
def _copy_all(into, values):
    a, b = into.reshape(-1), values.reshape(-1)
    for i in range(a.size):
        a[i] = b[i]


@njit
def advance_draw(u, s, rates, hours, first, tolerance, longest,
                 lateral, x_low, x_high, y_low, y_high, above, below, dermis, top):  # fmt: skip
    """Advance one draw's grid by `hours`, in place; returns the steps taken and the next step, h.

    The number of steps is -1 where the state is not a number.
    """
    p = name_rates(rates)
    fields, nz, ny, nx = u.shape
    v, k1, k2 = np.empty_like(u), np.empty_like(u), np.empty_like(u)
    vs, s1, s2 = np.empty_like(s), np.empty_like(s), np.empty_like(s)
    errors, cover_errors = np.empty((fields, nz)), np.empty((s.shape[0], ny))
    lines = MOVING * nz
    fx, fy, fz = np.empty((3, lines, nx)), np.empty((3, lines, ny)), np.empty((3, MOVING, nz))
    none = np.empty((lines, 1))
    low_x, high_x = _multiply_lines(lateral, x_low), _multiply_lines(lateral, x_high)
    low_y, high_y = _multiply_lines(lateral, y_low), _multiply_lines(lateral, y_high)
    t, h, factored, taken = 0.0, first, -1.0, 0
    while t < hours:
        # The last step ends exactly there; what would leave a sliver halves the rest.
        left = hours - t
        dt = left if left <= h else (left / 2 if left < 2 * h else h)
        gdt = GAMMA * dt
        if dt != factored:
            factor_lines(low_x, high_x, gdt, False, fx[0], fx[1], fx[2], none)
            factor_lines(low_y, high_y, gdt, False, fy[0], fy[1], fy[2], none)
            factor_lines(above, below, gdt, False, fz[0], fz[1], fz[2], none)
            factored = dt
        k1.fill(0.0)
        s1.fill(0.0)
        evaluate_stage(
            u, k1, 0.0, gdt, lateral, x_low, x_high, y_low, y_high, above, below, dermis, False, p, 0, nz
        )
        solve_xy(k1, False, fx[0], fx[1], fx[2], none, fy[0], fy[1], fy[2], none, 0, lines)
        solve_z(k1, fz[0], fz[1], fz[2], 0, MOVING * ny)
        evaluate_cover_stage(s, s1, 0.0, gdt, u[GROWTH, top], u[COLLAGEN_III, top], u[COLLAGEN_I, top], p)
        step_ahead(v, u, k1, k2, dt, 0, fields * nz)
        _add_scaled(vs, s, dt, s1)
        _add_scaled(s2, s1, 0.0, s1)
        evaluate_stage(
            v, k2, 2.0, gdt, lateral, x_low, x_high, y_low, y_high, above, below, dermis, False, p, 0, nz
        )
        solve_xy(k2, False, fx[0], fx[1], fx[2], none, fy[0], fy[1], fy[2], none, 0, lines)
        solve_z(k2, fz[0], fz[1], fz[2], 0, MOVING * ny)
        evaluate_cover_stage(vs, s2, 2.0, gdt, v[GROWTH, top], v[COLLAGEN_III, top], v[COLLAGEN_I, top], p)
        close_step(v, u, k1, k2, 1.5 * dt, 0.5 * dt, FLOOR, errors, 0, fields * nz)
        close_cover_step(vs, s, s1, s2, dt, cover_errors)
        error = worse_error(
            largest_error(errors, nz * ny * nx, SCALE), largest_error(cover_errors, ny * nx, COVER_SCALE)
        )
        if dt <= SHORTEST_STEP and not error >= 0:
            return -1, h  # no step is short enough: the state itself is broken
        factor = scale_step(error, tolerance)
        taken += 1
        if error <= tolerance or dt <= SHORTEST_STEP:
            _copy_all(u, v)
            _copy_all(s, vs)
            t = hours if dt == left else t + dt
            # A step that was cut short to end here says little of how long the next may be.
            h = min(max(h, dt * factor) if dt < h else dt * factor, longest)
        else:
            h = dt * factor
    return taken, h


@compiled(biology, kernels, step_control)
def _advance_draws(volume, cover, rates, hours, first, tolerance, longest,
                   lateral, x_low, x_high, y_low, y_high, above, below, dermis, top, taken):  # fmt: skip
    """Advance draws one after the other, (draw, ...) each; states, `first` and `taken` are changed in place."""
    for d in range(volume.shape[0]):
        taken[d], first[d] = advance_draw(  # pyright: ignore[reportGeneralTypeIssues]
            volume[d], cover[d], rates[d], hours, first[d], tolerance, longest, lateral[d],
            x_low[d], x_high[d], y_low[d], y_high[d], above[d], below[d], dermis, top,
        )  # fmt: skip


def advance_batch(
    volume: Float[Array, "draw field z y x"],
    cover: Float[Array, "draw cover y x"],
    rates: Float[Array, "draw rate"],
    couplings: Couplings,
    hours: float,
    steps: PerDraw,
    tolerance: float = TOLERANCE,
    longest: float = LONGEST_STEP,
) -> Int[Array, " draw"]:
    """Advance every draw of a batch by `hours`, each with its own steps; returns the steps that each took.

    `volume`, `cover` and `steps` are changed in place; `steps` h are those to begin with and, after, those to go on
    with. Sides are without flux. Raises BrokenState where a state is not a number.
    """
    c, draws = couplings, volume.shape[0]
    taken = np.zeros(draws, np.int64)

    def work(first: int, last: int) -> None:
        part = slice(first, last)
        _advance_draws(
            volume[part], cover[part], rates[part], hours, steps[part], tolerance, longest, c.lateral[part],
            c.x_low[part], c.x_high[part], c.y_low[part], c.y_high[part], c.above[part], c.below[part], c.dermis,
            c.uppermost, taken[part],
        )  # fmt: skip

    share_out(work, draws, largest=_MOST_DRAWS)
    if (taken < 0).any():
        raise BrokenState("broken_tissue", draw=int(taken.argmin()))
    return taken
