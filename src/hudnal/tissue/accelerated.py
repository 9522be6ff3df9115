"""Steps of one large grid on an accelerator, in JAX: the method and the biology of `engine`, without loops over rows.

Fields are arrays of their own (z, y, x), so that one kernel can read all of them and write all of them. A recurrence
along a line would leave an accelerator idle; (I - g dt D)^-1 is dense but small, one matrix for each diffusivity that
there is, made anew for every step from the eigenvectors of the coupling and applied as a matrix product. The loop over
steps runs on the device; steps and their control are in double precision whatever the state is in.

JAX is an extra: it is loaded when the first `AcceleratedEngine` is made.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from hudnal.language import HudnalError
from hudnal.tissue.biology import (
    COLLAGEN_I,
    COLLAGEN_III,
    COVER_FLOOR,
    COVER_SCALE,
    CRAWLER,
    FLOOR,
    GROWTH,
    LURE,
    MOVING,
    SCALE,
    Rates,
    change,
    change_of_cover,
    response_to,
)
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.kernels import GAMMA
from hudnal.tissue.step_control import (
    FIRST_STEP,
    LEAST,
    LONGEST_STEP,
    MOST,
    SAFETY,
    SHORTEST_STEP,
    TOLERANCE,
)

_AT_ONCE = 256  # steps tried on the device before the interpreter is heard again


class NoAccelerator(HudnalError, RuntimeError):
    """JAX or the device that was asked for is not there."""

    head = "cli"


class AcceleratedEngine:
    """What `BlockEngine` is, on a device: "cpu", "gpu", or None for the best one there.

    `volume` (field, z, y, x) and `cover` (field, y, x) are copied to the device and, when read, back. Raises
    NoAccelerator.
    """

    def __init__(
        self,
        volume: np.ndarray,
        cover: np.ndarray,
        rates: np.ndarray,
        couplings: Couplings,
        tolerance: float = TOLERANCE,
        longest: float = LONGEST_STEP,
        device: str | None = None,
    ) -> None:
        self._jax = _jax()
        self._device = _device(self._jax, device)
        self._dtype = volume.dtype
        self.tolerance, self.longest = tolerance, longest
        self.step = FIRST_STEP
        self.steps = self.rejected = 0
        self.volume, self.cover = volume, cover
        self._couplings = self._there(_of_one(couplings, self._dtype))
        self._advance = _program(couplings.uppermost)
        self.rates = rates

    @property
    def volume(self) -> np.ndarray:
        """The state of the dermis as it is now, a copy of it (field, z, y, x)."""
        return np.stack([np.asarray(field) for field in self._u])

    @volume.setter
    def volume(self, volume: np.ndarray) -> None:
        self._u = self._there(tuple(volume.astype(self._dtype, copy=False)))

    @property
    def cover(self) -> np.ndarray:
        """The state of the epidermis as it is now, a copy of it (field, y, x)."""
        return np.stack([np.asarray(field) for field in self._s])

    @cover.setter
    def cover(self, cover: np.ndarray) -> None:
        self._s = self._there(tuple(cover.astype(self._dtype, copy=False)))

    @property
    def rates(self) -> Rates:
        """The constants of the biology by name."""
        return self._rates

    @rates.setter
    def rates(self, row: np.ndarray) -> None:
        self._rates = Rates(*(self._dtype.type(value) for value in row))
        self._row = self._there(np.asarray(row, self._dtype))

    def advance(self, hours: float) -> float:
        """Take one step towards `hours` from now, which ends there at the latest; h that passed, 0 if it failed."""
        return self._try(0.0, hours, 1)

    def advance_to(self, hours: float) -> None:
        """Take steps until `hours` from now."""
        passed = 0.0
        while passed < hours:
            passed = self._try(passed, hours, _AT_ONCE)

    def _try(self, passed: float, hours: float, most: int) -> float:
        """Try at most `most` steps when `passed` of `hours` are over; h that are over then."""
        now = np.float64(passed), np.float64(self.step), np.int64(0), np.int64(0)
        with self._jax.enable_x64(True):
            self._u, self._s, *now = self._advance(
                (self._u, self._s, *now),
                np.float64(hours),
                np.int64(most),
                np.float64(self.tolerance),
                np.float64(self.longest),
                self._row,
                self._couplings,
            )
        passed, self.step = float(now[0]), float(now[1])
        self.steps += int(now[2])
        self.rejected += int(now[3])
        return passed

    def _there(self, arrays: Any) -> Any:
        """Copies on the device: what is given to a step may be written over."""
        with self._jax.enable_x64(True):
            return self._jax.tree.map(
                lambda a: self._jax.numpy.array(a, device=self._device, copy=True), arrays
            )


def _jax() -> Any:
    try:
        import jax
    except ImportError as error:
        raise NoAccelerator("no_jax") from error
    return jax


def _device(jax: Any, name: str | None) -> Any:
    try:
        return jax.devices(name)[0]
    except RuntimeError as error:
        raise NoAccelerator("no_device", device=name or "jax") from error


def has_gpu() -> bool:
    """Whether JAX is here and sees a GPU."""
    try:
        import jax

        return len(jax.devices("gpu")) > 0
    except (ImportError, RuntimeError):
        return False


class _Modes(NamedTuple):
    """A = into diag(rates) back, of how n voxels along a line exchange: (n,) and (n, n), along z (moving, ...)."""

    rates: Any
    into: Any
    back: Any


class _OfOne(NamedTuple):
    """One draw's couplings as the device needs them."""

    conducts: Any  # 1/h to both neighbours along x, y and z, six of (moving, z, y, x), 1 where all are alike
    diffusivities: Any  # mm2/h, those that there are, (g,)
    which: Any  # of them each depth has, (moving, z)
    x: _Modes | None  # None where there is one voxel
    y: _Modes | None
    z: _Modes | None
    dermis: Any  # (z, 1, 1)


def _of_one(c: Couplings, dtype: np.dtype) -> _OfOne:
    lateral, above, below = (a[0][:, :, None, None] for a in (c.lateral, c.above, c.below))
    along_x, along_y = (c.x_low[0], c.x_high[0]), (c.y_low[0], c.y_high[0])
    conducts = (
        *(lateral * low for low in along_x),
        *(lateral * low[:, None] for low in along_y),
        above,
        below,
    )
    diffusivities, which = np.unique(c.lateral[0], return_inverse=True)
    depth = [_modes(*line) for line in zip(c.above[0], c.below[0], strict=True)]
    z = _Modes(*(np.stack(part) for part in zip(*depth, strict=True)))
    return _OfOne(
        tuple(a.astype(dtype) for a in conducts),
        diffusivities,
        which.reshape(c.lateral[0].shape),
        _modes(*along_x) if c.x_low.shape[1] > 1 else None,
        _modes(*along_y) if c.y_low.shape[1] > 1 else None,
        z if above.shape[1] > 1 else None,
        c.dermis.astype(dtype)[:, None, None],
    )


def _modes(low: np.ndarray, high: np.ndarray) -> _Modes:
    """Of A q = low (q_left - q) + high (q_right - q), the ends being each other's neighbours; (n,) both."""
    n = low.size
    here, left = np.arange(n), np.arange(-1, n - 1)
    a = np.diag(-low - high)
    np.add.at(a, (here, left), low)
    np.add.at(a, (left, here), np.roll(high, 1))
    # What two voxels exchange is the same from both sides: with the root of their volumes, A is symmetric.
    apart = low[1:] == 0
    ratio = np.where(apart, 1.0, high[:-1] / np.where(apart, 1.0, low[1:]))
    root = np.concatenate([[1.0], np.cumprod(np.sqrt(ratio))])
    symmetric = a * root[:, None] / root
    rates, vectors = np.linalg.eigh((symmetric + symmetric.T) / 2)
    return _Modes(np.minimum(rates, 0.0), vectors / root[:, None], vectors.T * root)


class _Fields:
    """Arrays of the fields where the biology looks for `u[field, at]`."""

    def __init__(self, fields: tuple) -> None:
        self._fields = fields

    def __getitem__(self, place: tuple) -> Any:
        return self._fields[place[0]]


@cache
def _program(top: int) -> Callable:
    """The loop over steps, compiled; `top` is the uppermost depth cell of the dermis.

    A state is (fields of the volume, of the cover, h passed, next step, steps taken, rejected).
    """
    import jax
    from jax import lax
    from jax import numpy as jnp

    exact = lax.Precision.HIGHEST

    def inverses(modes: _Modes, scale: Any, dtype: Any) -> Any:
        """(I - scale A)^-1 for each of `scale`, in double precision until it is done."""
        weights = 1 / (1 - scale[:, None] * modes.rates)
        return jnp.matmul(modes.into * weights[:, None], modes.back, precision=exact).astype(dtype)

    def factors(c: _OfOne, gdt: Any, dtype: Any) -> list:
        """For each moving field the inverses along x and y (z, n, n) and along z (z, z)."""
        scales = gdt * c.diffusivities
        x, y = (None if m is None else inverses(m, scales, dtype) for m in (c.x, c.y))
        z = None if c.z is None else inverses(c.z, gdt[None], dtype)
        return [
            (*(None if m is None else m[c.which[f]] for m in (x, y)), None if z is None else z[f])
            for f in range(MOVING)
        ]

    def solve(k: tuple, made: list) -> tuple:
        """Along x, y and z: what moves; the other fields as they are."""
        moved = []
        for q, (x, y, z) in zip(k, made, strict=False):
            if x is not None:
                q = jnp.einsum("zyi,zxi->zyx", q, x, precision=exact)
            if y is not None:
                q = jnp.einsum("zyi,zix->zyx", y, q, precision=exact)
            if z is not None:
                q = jnp.einsum("zi,iyx->zyx", z, q, precision=exact)
            moved.append(q)
        return (*moved, *k[MOVING:])

    def neighbours(q: Any) -> list:
        """Those on both sides along x, y and z. Round the corner where there is none: it conducts nothing."""
        return [jnp.roll(q, by, axis) for axis in (2, 1, 0) for by in (1, -1)]

    def moves(u: tuple, c: _OfOne, p: Rates) -> list:
        """Diffusion of what moves, and what crawls up the lure."""
        moved = []
        for f in range(MOVING):
            here = u[f]
            there = neighbours(here)
            conducts = [a[f] for a in c.conducts]
            moved.append(sum(a * (q - here) for a, q in zip(conducts, there, strict=True)))
            if f == CRAWLER:
                lure = p.attraction * response_to.py_func(u[LURE], p)
                pulls = [q - lure for q in neighbours(lure)]
                moved[f] += sum(
                    a * crawl(here, q, pull, p) for a, q, pull in zip(conducts, there, pulls, strict=True)
                )
        return moved

    def crawl(here: Any, there: Any, pull: Any, p: Rates) -> Any:
        extra = jnp.maximum(p.half * abs(pull) - p.one, p.zero)
        return extra * (there - here) - pull * p.half * (there + here)

    def stage(u: tuple, k: tuple | None, gdt: Any, c: _OfOne, p: Rates) -> tuple:
        production, loss = change.py_func(_Fields(u), ..., c.dermis, p)
        moved = moves(u, c, p)
        out = []
        for f, here in enumerate(u):
            rate = production[f] - loss[f] * here
            if f < MOVING:
                rate += moved[f]
            out.append((rate if k is None else rate - 2 * k[f]) / (p.one + gdt * loss[f]))
        return tuple(out)

    def cover_stage(s: tuple, k: tuple | None, u: tuple, gdt: Any, p: Rates) -> tuple:
        growth, matrix = u[GROWTH][top], u[COLLAGEN_III][top] + u[COLLAGEN_I][top]
        production, loss = change_of_cover.py_func(_Fields(s), ..., growth, matrix, p)
        out = []
        for f, here in enumerate(s):
            rate = production[f] - loss[f] * here
            out.append((rate if k is None else rate - 2 * k[f]) / (p.one + gdt * loss[f]))
        return tuple(out)

    def error_of(k1: tuple, k2: tuple, half: Any, scale: np.ndarray) -> Any:
        squares = [jnp.sum((half * (a + b)) ** 2, axis=-1) for a, b in zip(k1, k2, strict=True)]
        totals = jnp.stack([jnp.sum(q, dtype=jnp.float64) for q in squares])
        return jnp.max(jnp.sqrt(totals / k1[0].size) / scale)

    def closed(good: Any, u: tuple, k1: tuple, k2: tuple, dt: Any, floor: np.ndarray) -> tuple:
        one, other, dtype = (1.5 * dt).astype(u[0].dtype), (0.5 * dt).astype(u[0].dtype), u[0].dtype
        return tuple(
            jnp.where(good, jnp.maximum(q + one * a + other * b, low), q)
            for q, a, b, low in zip(u, k1, k2, floor.astype(dtype), strict=True)
        )

    def attempt(state: tuple, hours: Any, tolerance: Any, longest: Any, p: Rates, c: _OfOne) -> tuple:
        u, s, t, h, steps, rejected = state
        dtype = u[0].dtype
        left = hours - t
        # The last step ends exactly there; what would leave a sliver halves the rest.
        dt = jnp.where(left <= h, left, jnp.where(left < 2 * h, left / 2, h))
        gdt, ahead, half = (GAMMA * dt).astype(dtype), dt.astype(dtype), (0.5 * dt).astype(dtype)
        made = factors(c, GAMMA * dt, dtype)
        k1 = solve(stage(u, None, gdt, c, p), made)
        s1 = cover_stage(s, None, u, gdt, p)
        v = tuple(q + ahead * k for q, k in zip(u, k1, strict=True))
        vs = tuple(q + ahead * k for q, k in zip(s, s1, strict=True))
        k2 = solve(stage(v, k1, gdt, c, p), made)
        s2 = cover_stage(vs, s1, v, gdt, p)
        error = jnp.maximum(error_of(k1, k2, half, SCALE), error_of(s1, s2, half, COVER_SCALE))
        # A step that broke down, with an error that is not a number, is as one whose error is far too large.
        factor = jnp.where(error >= 0, jnp.clip(SAFETY * jnp.sqrt(tolerance / error), LEAST, MOST), LEAST)
        good = (error <= tolerance) | (dt <= SHORTEST_STEP)
        # A step that was cut short to end there says little of how long the next may be.
        longer = jnp.minimum(jnp.where(dt < h, jnp.maximum(h, dt * factor), dt * factor), longest)
        return (
            closed(good, u, k1, k2, dt, FLOOR),
            closed(good, s, s1, s2, dt, COVER_FLOOR),
            jnp.where(good, jnp.where(dt == left, hours, t + dt), t),
            jnp.where(good, longer, dt * factor),
            steps + good,
            rejected + ~good,
        )

    def advance(
        state: tuple, hours: Any, most: Any, tolerance: Any, longest: Any, row: Any, c: _OfOne
    ) -> tuple:
        p = Rates(*(row[i] for i in range(len(Rates._fields))))

        def goes_on(state: tuple) -> Any:
            _, _, t, _, steps, rejected = state
            return (t < hours) & (steps + rejected < most)

        def body(state: tuple) -> tuple:
            return attempt(state, hours, tolerance, longest, p, c)

        return lax.while_loop(goes_on, body, state)

    return jax.jit(advance, donate_argnums=0)
