"""The engine for one large grid, a skin block: cores share out its planes in every piece of a step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.threads import share_out
from hudnal.tissue.biology import (
    COLLAGEN_I,
    COLLAGEN_III,
    COVER_FLOOR,
    COVER_SCALE,
    FLOOR,
    GROWTH,
    MOVING,
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
    FIRST_STEP,
    LONGEST_STEP,
    SHORTEST_STEP,
    TOLERANCE,
    BrokenState,
    largest_error,
    scale_step,
    worse_error,
)


def _share_evenly(count: int, piece: Callable[..., object], *given: object) -> None:
    """Call `piece(*given, first, last)` for even parts of `range(count)`, one for each core."""
    share_out(lambda first, last: piece(*given, first, last), count, largest=count)


class BlockEngine:
    """A skin block's state and its stepping; `volume` and `cover` share one dtype.

    `couplings` are those of one draw (the first of its axis), `rates` that draw's constants.
    """

    def __init__(
        self,
        volume: Float[Array, "field z y x"],
        cover: Float[Array, "cover y x"],
        rates: Float[Array, " rate"],
        couplings: Couplings,
        tolerance: float = TOLERANCE,
        longest: float = LONGEST_STEP,
    ) -> None:
        self.volume, self.cover = volume, cover
        self.tolerance, self.longest = tolerance, longest
        self.step = FIRST_STEP
        self.steps = self.rejected = 0
        dtype = volume.dtype
        self._next = np.empty_like(volume)
        self._k1, self._k2 = np.zeros_like(volume), np.zeros_like(volume)
        self._cover_next = np.empty_like(cover)
        self._s1, self._s2 = np.zeros_like(cover), np.zeros_like(cover)
        c = couplings
        _, self._nz, self._ny, self._nx = volume.shape
        self._wraps, self._top = c.wraps, c.uppermost
        lateral = c.lateral[0].reshape(-1, 1)
        self._lines = tuple(lateral * line[0] for line in (c.x_low, c.x_high, c.y_low, c.y_high))
        self._depth = c.above[0], c.below[0]
        self._couplings = tuple(
            a[0].astype(dtype) for a in (c.lateral, c.x_low, c.x_high, c.y_low, c.y_high, c.above, c.below)
        )
        self._dermis = c.dermis.astype(dtype)
        self._floor = FLOOR.astype(dtype)
        self._cover_floor = COVER_FLOOR.astype(dtype)[:, None, None]
        self.rates = rates
        self._factored = -1.0

    @property
    def rates(self) -> Rates:
        """The constants of the biology by name."""
        return self._rates

    @rates.setter
    def rates(self, row: Float[Array, " rate"]) -> None:
        self._rates = Rates(*(self.volume.dtype.type(value) for value in row))

    def advance(self, hours: float) -> float:
        """Take one step towards `hours` from now, which ends there at the latest; h that passed, 0 if it failed.

        Raises BrokenState where the state is not a number.
        """
        # What would leave a sliver halves the rest.
        dt = hours if hours <= self.step else (hours / 2 if hours < 2 * self.step else self.step)
        error = self._try_step(dt)
        if dt <= SHORTEST_STEP and not error >= 0:
            raise BrokenState("broken_block")
        factor = scale_step.py_func(error, self.tolerance)
        if error <= self.tolerance or dt <= SHORTEST_STEP:
            self.volume, self._next = self._next, self.volume
            self.cover, self._cover_next = self._cover_next, self.cover
            # A step that was cut short to end here says little of how long the next may be.
            self.step = min(max(self.step, dt * factor) if dt < self.step else dt * factor, self.longest)
            self.steps += 1
            return dt
        self.step = dt * factor
        self.rejected += 1
        return 0.0

    def _factor_matrix(self, dt: float) -> None:
        """Thomas factors of a step of `dt`, made in double precision."""
        if dt == self._factored:
            return
        gdt, dtype = GAMMA * dt, self.volume.dtype

        def factors(low: Array, high: Array, wraps: bool) -> tuple[Array, ...]:
            rows, n = low.shape
            a, c, m = np.zeros((3, rows, n))
            correction = np.zeros((rows, n + 2 if wraps else 1))
            factor_lines(low, high, gdt, wraps, a, c, m, correction)
            return tuple(each.astype(dtype) for each in (a, c, m, correction))

        x_low, x_high, y_low, y_high = self._lines
        self._xy = (
            *factors(x_low, x_high, self._wraps and self._nx > 1),
            *factors(y_low, y_high, self._wraps and self._ny > 1),
        )
        self._z = factors(*self._depth, False)[:3]
        self._factored = dt

    def _try_step(self, dt: float) -> float:
        """Leave the state after `dt` beside the present one; the error of the step."""
        self._factor_matrix(dt)
        real = self.volume.dtype.type
        gdt, zero = real(GAMMA * dt), real(0)
        for k in (self._k1, self._s1):
            k.fill(0)
        self._solve_stage(self.volume, self._k1, self.cover, self._s1, zero, gdt)
        planes = self.volume.shape[0] * self._nz
        _share_evenly(planes, step_ahead, self._next, self.volume, self._k1, self._k2, real(dt))
        np.multiply(self._s1, real(dt), out=self._cover_next)
        self._cover_next += self.cover
        self._s2[...] = self._s1
        self._solve_stage(self._next, self._k2, self._cover_next, self._s2, real(2), gdt)
        nz, columns = self._nz, self._ny * self._nx
        errors = np.empty((self.volume.shape[0], nz))
        by_k1, by_k2 = real(1.5 * dt), real(0.5 * dt)
        given = self._next, self.volume, self._k1, self._k2, by_k1, by_k2, self._floor, errors
        _share_evenly(planes, close_step, *given)
        off = by_k2 * (self._s1 + self._s2)
        np.add(self.cover, real(dt) * self._s1 + off, out=self._cover_next)
        np.maximum(self._cover_next, self._cover_floor, out=self._cover_next)
        cover_errors = (off.astype(float) ** 2).sum(axis=2)
        return worse_error.py_func(
            largest_error.py_func(errors, nz * columns, SCALE),
            largest_error.py_func(cover_errors, columns, COVER_SCALE),
        )

    def _solve_stage(
        self, u: Array, k: Array, s: Array, ks: Array, two: np.floating, gdt: np.floating
    ) -> None:
        """Leave a stage's derivatives in `k` of the dermis and `ks` of the epidermis."""
        p, top, nz = self._rates, self._top, self._nz
        given = u, k, two, gdt, *self._couplings, self._dermis, self._wraps, p
        _share_evenly(nz, evaluate_stage, *given)
        _share_evenly(MOVING * nz, solve_xy, k, self._wraps, *self._xy)
        _share_evenly(MOVING * self._ny, solve_z, k, *self._z)
        evaluate_cover_stage(s, ks, two, gdt, u[GROWTH, top], u[COLLAGEN_III, top], u[COLLAGEN_I, top], p)
