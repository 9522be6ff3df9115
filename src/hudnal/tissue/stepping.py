"""Time stepping with error control, for many small grids as one batch; `stepper` does a large one.

The step's error is the largest of the fields' root mean squares over the voxels, each against the field's scale. The
method is of order 2, so a step is chosen by the square root of what was allowed over what was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numba.np.unsafe.ndarray import to_fixed_tuple

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
from hudnal.tissue.grid import Grid
from hudnal.tissue.kernels import (
    GAMMA,
    MARK,
    ahead,
    closing,
    cover_stage,
    stage,
    sweep_xy,
    sweep_z,
    thomas,
)
from hudnal.threads import share_out

TOLERANCE = 5e-3  # of a step, against the scale of each field: some 1 % of what is observed; docs/tissue_convergence.py
FIRST_STEP = 1 / 60  # h, after an injury
LONGEST_STEP = 48.0  # h
SHORTEST_STEP = 1e-6  # h: below it an error is no longer a matter of the step
SAFETY, LEAST, MOST = 0.85, 0.3, 2.0
_COUNT = len(RATES)


@njit
def factor_of(error, tolerance):
    """By how much the next step may be longer, or must be shorter."""
    if not error >= 0:  # not a number: the step broke down
        return LEAST
    if error == 0:
        return MOST
    return min(MOST, max(LEAST, SAFETY * np.sqrt(tolerance / error)))


@njit
def rates_tuple(row):
    """One draw's constants by name."""
    return Rates(*to_fixed_tuple(row, _COUNT))  # pyright: ignore[reportCallIssue]


@dataclass(frozen=True)
class Couplings:
    """What holds the voxels of each draw together, 1/h: of the moving fields. All (draw, ...)."""

    lateral: np.ndarray  # mm2/h, (draw, moving, nz)
    x_low: np.ndarray  # 1/mm2, (draw, nx)
    x_high: np.ndarray
    y_low: np.ndarray  # 1/mm2, (draw, ny)
    y_high: np.ndarray
    above: np.ndarray  # 1/h, (draw, moving, nz)
    below: np.ndarray
    dermis: np.ndarray  # (nz,)
    wraps: bool
    uppermost: int

    @staticmethod
    def of(grid: Grid, diffusion: np.ndarray, layers: np.ndarray) -> Couplings:
        """For `diffusion` (draw, moving) mm2/h and its factors `layers` (draw, moving, layer)."""
        lateral = diffusion[:, :, None] * layers[:, :, grid.layer]
        above, below = grid.z_coupling(lateral)
        return Couplings(
            lateral,
            *grid.x_coupling(),
            *grid.y_coupling(),
            above,
            below,
            grid.in_dermis,
            grid.periodic,
            grid.uppermost,
        )


@njit
def _lines(diffusion, coupling):
    """Coupling of every line of voxels, (moving field x z, n)."""
    fields, nz = diffusion.shape
    lines = np.empty((fields * nz, coupling.size))
    for i in range(fields * nz):
        for x in range(coupling.size):
            lines[i, x] = diffusion[i // nz, i % nz] * coupling[x]
    return lines


@njit
def _fill(into, start, by, slope):
    """`into` <- start + by slope, for arrays of (field, y, x)."""
    for f in range(into.shape[0]):
        for y in range(into.shape[1]):
            for x in range(into.shape[2]):
                into[f, y, x] = start[f, y, x] + by * slope[f, y, x]


@njit
def largest(errors, voxels, scale):
    """Largest of the fields' root mean squares, of sums of squares (field, part), against their scales."""
    most = 0.0
    for f in range(errors.shape[0]):
        total = 0.0
        for i in range(errors.shape[1]):
            total += errors[f, i]
        found = np.sqrt(total / voxels) / scale[f]
        if not found >= 0:  # not a number
            return found
        most = max(most, found)
    return most


@njit
def worse(a, b):
    """The larger of two errors; not a number if one is none."""
    return a if a > b or not a >= 0 else b


@njit
def close_cover(into, s, k1, k2, dt, errors):
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
def _put(into, values):
    a, b = into.reshape(-1), values.reshape(-1)
    for i in range(a.size):
        a[i] = b[i]


@njit
def advance_one(
    u,
    s,
    rates,
    hours,
    first,
    tolerance,
    longest,
    lateral,
    x_low,
    x_high,
    y_low,
    y_high,
    above,
    below,
    dermis,
    top,
):
    """One draw's grid, in place, by `hours`; returns the steps taken and the next step, h."""
    p = rates_tuple(rates)
    fields, nz, ny, nx = u.shape
    v, k1, k2 = np.empty_like(u), np.empty_like(u), np.empty_like(u)
    vs, s1, s2 = np.empty_like(s), np.empty_like(s), np.empty_like(s)
    errors, cover_errors = np.empty((fields, nz)), np.empty((s.shape[0], ny))
    lines = MOVING * nz
    fx, fy, fz = np.empty((3, lines, nx)), np.empty((3, lines, ny)), np.empty((3, MOVING, nz))
    none = np.empty((lines, 1))
    low_x, high_x = _lines(lateral, x_low), _lines(lateral, x_high)
    low_y, high_y = _lines(lateral, y_low), _lines(lateral, y_high)
    t, h, factored, taken = 0.0, first, -1.0, 0
    while t < hours:
        # The last step ends exactly there; what would leave a sliver halves the rest.
        left = hours - t
        dt = left if left <= h else (left / 2 if left < 2 * h else h)
        gdt = GAMMA * dt
        if dt != factored:
            thomas(low_x, high_x, gdt, False, fx[0], fx[1], fx[2], none)
            thomas(low_y, high_y, gdt, False, fy[0], fy[1], fy[2], none)
            thomas(above, below, gdt, False, fz[0], fz[1], fz[2], none)
            factored = dt
        k1.fill(0.0)
        s1.fill(0.0)
        stage(u, k1, 0.0, gdt, lateral, x_low, x_high, y_low, y_high, above, below, dermis, False, p)
        sweep_xy(k1, False, fx[0], fx[1], fx[2], none, fy[0], fy[1], fy[2], none)
        sweep_z(k1, fz[0], fz[1], fz[2])
        cover_stage(s, s1, 0.0, gdt, u[GROWTH, top], u[COLLAGEN_III, top], u[COLLAGEN_I, top], p)
        ahead(v, u, k1, k2, dt)
        _fill(vs, s, dt, s1)
        _fill(s2, s1, 0.0, s1)
        stage(v, k2, 2.0, gdt, lateral, x_low, x_high, y_low, y_high, above, below, dermis, False, p)
        sweep_xy(k2, False, fx[0], fx[1], fx[2], none, fy[0], fy[1], fy[2], none)
        sweep_z(k2, fz[0], fz[1], fz[2])
        cover_stage(vs, s2, 2.0, gdt, v[GROWTH, top], v[COLLAGEN_III, top], v[COLLAGEN_I, top], p)
        closing(v, u, k1, k2, 1.5 * dt, 0.5 * dt, FLOOR, errors)
        close_cover(vs, s, s1, s2, dt, cover_errors)
        error = worse(largest(errors, nz * ny * nx, SCALE), largest(cover_errors, ny * nx, COVER_SCALE))
        if dt <= SHORTEST_STEP and not error >= 0:
            return -1, h  # no step is short enough: the state itself is broken
        factor = factor_of(error, tolerance)
        taken += 1
        if error <= tolerance or dt <= SHORTEST_STEP:
            _put(u, v)
            _put(s, vs)
            t = hours if dt == left else t + dt
            # A step that was cut short to end here says little of how long the next may be.
            h = min(max(h, dt * factor) if dt < h else dt * factor, longest)
        else:
            h = dt * factor
    return taken, h


def _integrator(mark: int) -> Callable:
    @njit(cache=True, nogil=True)
    def integrate(
        volume, cover, rates, hours, first, tolerance, longest,
        lateral, x_low, x_high, y_low, y_high, above, below, dermis, top, taken,
    ):  # fmt: skip
        """Draws one after the other, (draw, ...) each; states, `first` and `taken` are changed in place."""
        _ = mark
        for d in range(volume.shape[0]):
            taken[d], first[d] = advance_one(  # pyright: ignore[reportGeneralTypeIssues]
                volume[d], cover[d], rates[d], hours, first[d], tolerance, longest, lateral[d],
                x_low[d], x_high[d], y_low[d], y_high[d], above[d], below[d], dermis, top,
            )  # fmt: skip

    return integrate


_integrate = _integrator(MARK)


def integrate(
    volume: np.ndarray,
    cover: np.ndarray,
    rates: np.ndarray,
    couplings: Couplings,
    hours: float,
    steps: np.ndarray,
    tolerance: float = TOLERANCE,
    longest: float = LONGEST_STEP,
) -> np.ndarray:
    """Advance every draw of a batch by `hours`, each with its own steps, in place.

    `volume` (draw, field, z, y, x), `cover` (draw, field, y, x), `rates` (draw, rate); `steps` (draw,) h: the step to
    begin with and, after, the one to go on with. Sides are without flux. Returns the steps that each draw took.
    Raises FloatingPointError where a state is not a number.
    """
    c, draws = couplings, volume.shape[0]
    taken = np.zeros(draws, np.int64)

    def work(first: int, last: int) -> None:
        part = slice(first, last)
        _integrate(
            volume[part], cover[part], rates[part], hours, steps[part], tolerance, longest, c.lateral[part],
            c.x_low[part], c.x_high[part], c.y_low[part], c.y_high[part], c.above[part], c.below[part], c.dermis,
            c.uppermost, taken[part],
        )  # fmt: skip

    share_out(work, draws, largest=_PART)
    if (taken < 0).any():
        raise FloatingPointError(f"the tissue of draw {int(taken.argmin())} is not a number")
    return taken


_PART = 4  # draws that a core takes at once, at most
