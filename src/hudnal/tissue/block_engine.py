"""The engine for one large grid, a skin block: cores share out its planes and rows in every pass of a step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.threads import count_cores, share_out
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
from hudnal.tissue.block_kernels import (
    ROWS,
    BlockCouplings,
    BlockFactors,
    close_step,
    look_ahead,
    take_first_stage,
    take_second_stage,
)
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.kernels import GAMMA, evaluate_cover_stage, factor_lines
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
from hudnal.vectors import LANES

# Bytes: of a line and of a way of the first cache, and how far from a multiple of it fields lie apart.
_LINE, _PAGE, _APART = 64, 4096, 5 * 64
_PARTS_PER_CORE = 12  # of a pass: so many that no core waits long for another, and none is small


def _share(count: int, piece: Callable[..., object], *given: object) -> None:
    """Call `piece(*given, first, last)` for parts of `range(count)` on every core."""
    largest = max(count // (_PARTS_PER_CORE * count_cores()), 1)
    share_out(lambda first, last: piece(*given, first, last), count, largest=largest)


def _make_fields(count: int, voxels: int, dtype: np.dtype) -> Float[Array, "field place"]:
    """Empty fields of so many voxels, which do not lie a power of two apart."""
    line = _LINE // dtype.itemsize
    places = -(-voxels // line) * line
    apart = places * dtype.itemsize % _PAGE
    return np.empty((count, places + (_APART - apart) % _PAGE // dtype.itemsize), dtype)


def _factor(low: Array, high: Array, gdt: float, wraps: bool, dtype: np.dtype) -> tuple[Array, ...]:
    """Thomas factors of lines (line, n), made in double precision: downwards, upwards, pivots, and around."""
    rows, n = low.shape
    a, c, m = np.zeros((3, rows, n))
    around = np.zeros((rows, n + 2 if wraps else 1))
    factor_lines(low, high, gdt, wraps, a, c, m, around)
    return tuple(each.astype(dtype) for each in (a * m, c, m, around))


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
        self._dtype = volume.dtype
        _, self._nz, self._ny, self._nx = volume.shape
        self._columns = -(-self._nx // LANES) * LANES
        self._shape = self._nz, self._ny, self._columns
        self._places = self._nz * self._ny * self._columns
        fields = volume.shape[0]
        self._u, self._next, self._ahead = (
            _make_fields(count, self._places, self._dtype) for count in (fields, fields, MOVING)
        )
        self.volume, self.cover = volume, cover
        self.tolerance, self.longest = tolerance, longest
        self.step = FIRST_STEP
        self.steps = self.rejected = 0
        self._matrix = np.empty(self._shape[1:], self._dtype)
        self._cover_next = np.empty_like(cover)
        self._s1, self._s2 = np.zeros_like(cover), np.zeros_like(cover)
        self._cover_floor = COVER_FLOOR.astype(self._dtype)[:, None, None]
        self._top = couplings.uppermost
        self._couple(couplings)
        self.rates = rates
        self._factored = -1.0

    def _couple(self, c: Couplings) -> None:
        """Take over the couplings of the first draw of `c`."""
        more = (0, self._columns - self._nx)
        x_low, x_high = (np.pad(line[0], more) for line in (c.x_low, c.x_high))
        given = c.lateral[0], x_low, x_high, c.y_low[0], c.y_high[0], c.above[0], c.below[0], c.dermis
        counts = np.arange(self._columns) < self._nx
        cast = (np.ascontiguousarray(a, self._dtype) for a in (*given, counts, FLOOR))
        self._couplings = BlockCouplings(*cast, columns=self._nx, wraps=c.wraps)
        found, which = np.unique(c.lateral[0], return_inverse=True)
        self._which = which.reshape(c.lateral[0].shape)
        self._lines = tuple(found[:, None] * line[0] for line in (c.x_low, c.x_high, c.y_low, c.y_high))
        self._depth = c.above[0], c.below[0]

    @property
    def volume(self) -> Float[Array, "field z y x"]:
        """The state of the dermis, not a copy of it."""
        return self._view(self._u)[..., : self._nx]

    @volume.setter
    def volume(self, volume: Float[Array, "field z y x"]) -> None:
        whole = self._view(self._u)
        whole[..., : self._nx] = volume
        whole[..., self._nx :] = whole[..., self._nx - 1, None]

    def _view(self, fields: Float[Array, "field place"]) -> Float[Array, "field z y column"]:
        return fields[:, : self._places].reshape(len(fields), *self._shape)

    @property
    def rates(self) -> Rates:
        """The constants of the biology by name."""
        return self._rates

    @rates.setter
    def rates(self, row: Float[Array, " rate"]) -> None:
        self._rates = Rates(*(self._dtype.type(value) for value in row))
        self._lanes = np.tile(np.asarray(row, self._dtype)[:, None], LANES)

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
            self._u, self._next = self._next, self._u
            self.cover, self._cover_next = self._cover_next, self.cover
            # A step that was cut short to end here says little of how long the next may be.
            self.step = min(max(self.step, dt * factor) if dt < self.step else dt * factor, self.longest)
            self.steps += 1
            return dt
        self.step = dt * factor
        self.rejected += 1
        return 0.0

    def _factor_matrix(self, dt: float) -> None:
        """Thomas factors of a step of `dt` h."""
        if dt == self._factored:
            return
        gdt, dtype, wraps = GAMMA * dt, self._dtype, self._couplings.wraps
        x_low, x_high, y_low, y_high = self._lines
        more = ((0, 0), (0, self._columns - self._nx))
        low, high, pivot, around = _factor(x_low, x_high, gdt, wraps and self._nx > 1, dtype)
        low, high = (np.pad(a, more) for a in (low, high))
        pivot = np.pad(pivot, more, constant_values=1)
        along_y = _factor(y_low, y_high, gdt, wraps and self._ny > 1, dtype)
        in_depth = _factor(*self._depth, gdt, False, dtype)[:3]
        self._factors = BlockFactors(self._which, low, high, pivot, around, *along_y, *in_depth)
        self._factored = dt

    def _try_step(self, dt: float) -> float:
        """Leave the state after `dt` h beside the present one; the error of the step."""
        self._factor_matrix(dt)
        u, v, w, nz, top = self._u, self._ahead, self._next, self._nz, self._top
        rates, couplings, factors = self._lanes, self._couplings, self._factors
        real = self._dtype.type
        length, gdt = real(dt), real(GAMMA * dt)
        parts = -(-self._ny // ROWS)
        of_stayers, of_movers = np.zeros((len(SCALE), nz)), np.zeros((MOVING, parts))
        _share(nz, take_first_stage, u, v, rates, gdt, couplings, factors)
        _share(MOVING * parts, look_ahead, u, v, length, couplings, factors)
        given = u, v, w, self._matrix, top, rates, length, gdt, couplings, factors, of_stayers
        _share(nz, take_second_stage, *given)
        _share(MOVING * parts, close_step, u, v, w, rates, length, couplings, factors, of_movers)
        cover_error = self._step_cover(dt)
        voxels = nz * self._ny * self._nx
        return worse_error.py_func(
            worse_error.py_func(
                largest_error.py_func(of_movers, voxels, SCALE[:MOVING]),
                largest_error.py_func(of_stayers[MOVING:], voxels, SCALE[MOVING:]),
            ),
            cover_error,
        )

    def _step_cover(self, dt: float) -> float:
        """Leave the epidermis after `dt` h beside the present one; its error."""
        real, p, top = self._dtype.type, self._rates, self._top
        under, growth_ahead = self.volume[:, top], self._view(self._ahead)[GROWTH, top, :, : self._nx]
        matrix = under[COLLAGEN_III] + under[COLLAGEN_I]
        gdt, by_k1, by_k2 = real(GAMMA * dt), real(dt), real(0.5 * dt)
        s1, s2, s = self._s1, self._s2, self._cover_next
        s1.fill(0)
        evaluate_cover_stage(self.cover, s1, real(0), gdt, under[GROWTH], matrix, p)
        np.add(self.cover, by_k1 * s1, out=s)
        s2[...] = s1
        evaluate_cover_stage(s, s2, real(2), gdt, growth_ahead, self._matrix[:, : self._nx], p)
        off = by_k2 * (s1 + s2)
        np.add(self.cover, by_k1 * s1 + off, out=s)
        np.maximum(s, self._cover_floor, out=s)
        errors = (off.astype(float) ** 2).sum(axis=2)
        return largest_error.py_func(errors, self._ny * self._nx, COVER_SCALE)
