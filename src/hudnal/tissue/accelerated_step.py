"""One step of a skin block in JAX: the method and the biology of the other engines, without loops over rows.

A recurrence along a line would leave an accelerator idle; (I - g dt D)^-1 is dense but small, one matrix for each
diffusivity that there is, made anew for every step from the eigenvectors of the coupling and applied as a matrix
product. Steps and their control are in double precision whatever the state is in.

Importing this file imports JAX, which is an extra.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp

from hudnal.arrays import Array, Float
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
    evaluate_change,
    evaluate_cover_change,
    respond_to,
)
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.kernels import GAMMA
from hudnal.tissue.step_control import LEAST, MOST, SAFETY, SHORTEST_STEP

_EXACT = lax.Precision.HIGHEST


class Modes(NamedTuple):
    """A = into diag(rates) back, of how n voxels along a line exchange: (n,) and (n, n), along z (moving, ...)."""

    rates: Any
    into: Any
    back: Any


class DeviceCouplings(NamedTuple):
    """One draw's couplings as a step on a device needs them."""

    conducts: Any  # 1/h to both neighbours along x, y and z, six of (moving, z, y, x), 1 where all are alike
    diffusivities: Any  # mm2/h, those that there are, (g,)
    which: Any  # of them each depth has, (moving, z)
    x: Modes | None  # None where there is one voxel
    y: Modes | None
    z: Modes | None
    dermis: Any  # (z, 1, 1)

    @staticmethod
    def of(c: Couplings, dtype: np.dtype) -> DeviceCouplings:
        """Couplings of the first draw of `c`."""
        lateral, above, below = (a[0][:, :, None, None] for a in (c.lateral, c.above, c.below))
        along_x, along_y = (c.x_low[0], c.x_high[0]), (c.y_low[0], c.y_high[0])
        conducts = (
            *(lateral * low for low in along_x),
            *(lateral * low[:, None] for low in along_y),
            above,
            below,
        )
        diffusivities, which = np.unique(c.lateral[0], return_inverse=True)
        depth = [find_modes(*line) for line in zip(c.above[0], c.below[0], strict=True)]
        z = Modes(*(np.stack(part) for part in zip(*depth, strict=True)))
        return DeviceCouplings(
            tuple(a.astype(dtype) for a in conducts),
            diffusivities,
            which.reshape(c.lateral[0].shape),
            find_modes(*along_x) if c.x_low.shape[1] > 1 else None,
            find_modes(*along_y) if c.y_low.shape[1] > 1 else None,
            z if above.shape[1] > 1 else None,
            c.dermis.astype(dtype)[:, None, None],
        )


def find_modes(low: Float[Array, " n"], high: Float[Array, " n"]) -> Modes:
    """Modes of A q = low (q_left - q) + high (q_right - q), the ends being each other's neighbours."""
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
    return Modes(np.minimum(rates, 0.0), vectors / root[:, None], vectors.T * root)


class _Fields:
    """Arrays of the fields where the biology looks for `u[field, at]`."""

    def __init__(self, fields: tuple) -> None:
        self._fields = fields

    def __getitem__(self, place: tuple) -> Any:
        return self._fields[place[0]]


def _invert(modes: Modes, scale: Any, dtype: Any) -> Any:
    """(I - scale A)^-1 for each of `scale`, in double precision until it is done."""
    weights = 1 / (1 - scale[:, None] * modes.rates)
    return jnp.matmul(modes.into * weights[:, None], modes.back, precision=_EXACT).astype(dtype)


def _invert_all(c: DeviceCouplings, gdt: Any, dtype: Any) -> list:
    """For each moving field the inverses along x and y (z, n, n) and along z (z, z)."""
    scales = gdt * c.diffusivities
    x, y = (None if m is None else _invert(m, scales, dtype) for m in (c.x, c.y))
    z = None if c.z is None else _invert(c.z, gdt[None], dtype)
    return [
        (*(None if m is None else m[c.which[f]] for m in (x, y)), None if z is None else z[f])
        for f in range(MOVING)
    ]


def _solve(k: tuple, inverses: list) -> tuple:
    """Solve along x, y and z for what moves; the other fields stay as they are."""
    moved = []
    for q, (x, y, z) in zip(k, inverses, strict=False):
        if x is not None:
            q = jnp.einsum("zyi,zxi->zyx", q, x, precision=_EXACT)
        if y is not None:
            q = jnp.einsum("zyi,zix->zyx", y, q, precision=_EXACT)
        if z is not None:
            q = jnp.einsum("zi,iyx->zyx", z, q, precision=_EXACT)
        moved.append(q)
    return (*moved, *k[MOVING:])


def _shift_to_neighbours(q: Any) -> list:
    """Neighbours on both sides along x, y and z. Round the corner where there is none: it conducts nothing."""
    return [jnp.roll(q, by, axis) for axis in (2, 1, 0) for by in (1, -1)]


def _crawl(here: Any, there: Any, pull: Any, p: Rates) -> Any:
    extra = jnp.maximum(p.half * abs(pull) - p.one, p.zero)
    return extra * (there - here) - pull * p.half * (there + here)


def _move(u: tuple, c: DeviceCouplings, p: Rates) -> list:
    """Diffusion of what moves, and what crawls up the lure, per hour."""
    moved = []
    for f in range(MOVING):
        here = u[f]
        there = _shift_to_neighbours(here)
        conducts = [a[f] for a in c.conducts]
        moved.append(sum(a * (q - here) for a, q in zip(conducts, there, strict=True)))
        if f == CRAWLER:
            lure = p.attraction * respond_to.py_func(u[LURE], p)
            pulls = [q - lure for q in _shift_to_neighbours(lure)]
            moved[f] += sum(
                a * _crawl(here, q, pull, p) for a, q, pull in zip(conducts, there, pulls, strict=True)
            )
    return moved


def _evaluate_stage(u: tuple, k: tuple | None, gdt: Any, c: DeviceCouplings, p: Rates) -> tuple:
    production, loss = evaluate_change.py_func(_Fields(u), ..., c.dermis, p)
    moved = _move(u, c, p)
    out = []
    for f, here in enumerate(u):
        rate = production[f] - loss[f] * here
        if f < MOVING:
            rate += moved[f]
        out.append((rate if k is None else rate - 2 * k[f]) / (p.one + gdt * loss[f]))
    return tuple(out)


def _evaluate_cover_stage(s: tuple, k: tuple | None, u: tuple, gdt: Any, p: Rates, top: int) -> tuple:
    growth, matrix = u[GROWTH][top], u[COLLAGEN_III][top] + u[COLLAGEN_I][top]
    production, loss = evaluate_cover_change.py_func(_Fields(s), ..., growth, matrix, p)
    out = []
    for f, here in enumerate(s):
        rate = production[f] - loss[f] * here
        out.append((rate if k is None else rate - 2 * k[f]) / (p.one + gdt * loss[f]))
    return tuple(out)


def _largest_error(k1: tuple, k2: tuple, half: Any, scale: Array) -> Any:
    squares = [jnp.sum((half * (a + b)) ** 2, axis=-1) for a, b in zip(k1, k2, strict=True)]
    totals = jnp.stack([jnp.sum(q, dtype=jnp.float64) for q in squares])
    return jnp.max(jnp.sqrt(totals / k1[0].size) / scale)


def _close_step(good: Any, u: tuple, k1: tuple, k2: tuple, dt: Any, floor: Array) -> tuple:
    dtype = u[0].dtype
    by_k1, by_k2 = (1.5 * dt).astype(dtype), (0.5 * dt).astype(dtype)
    return tuple(
        jnp.where(good, jnp.maximum(q + by_k1 * a + by_k2 * b, low), q)
        for q, a, b, low in zip(u, k1, k2, floor.astype(dtype), strict=True)
    )


@partial(jax.jit, donate_argnums=(0, 1), static_argnames="top")
def try_step(
    u: tuple,
    s: tuple,
    hours: Any,
    step: Any,
    tolerance: Any,
    longest: Any,
    row: Any,
    c: DeviceCouplings,
    top: int,
) -> tuple:
    """Try one step of at most `step` h towards `hours` from now.

    `u` and `s` are the fields of the volume and of the cover, `row` (rate,), `top` the depth of the uppermost voxels
    of the dermis. Returns both states, the h that passed (0 if it failed), and the next step, h.
    """
    p = Rates(*(row[i] for i in range(len(Rates._fields))))
    dtype = u[0].dtype
    # The last step ends exactly there; what would leave a sliver halves the rest.
    dt = jnp.where(hours <= step, hours, jnp.where(hours < 2 * step, hours / 2, step))
    gdt, ahead, half = (GAMMA * dt).astype(dtype), dt.astype(dtype), (0.5 * dt).astype(dtype)
    inverses = _invert_all(c, GAMMA * dt, dtype)
    k1 = _solve(_evaluate_stage(u, None, gdt, c, p), inverses)
    s1 = _evaluate_cover_stage(s, None, u, gdt, p, top)
    v = tuple(q + ahead * k for q, k in zip(u, k1, strict=True))
    vs = tuple(q + ahead * k for q, k in zip(s, s1, strict=True))
    k2 = _solve(_evaluate_stage(v, k1, gdt, c, p), inverses)
    s2 = _evaluate_cover_stage(vs, s1, v, gdt, p, top)
    error = jnp.maximum(_largest_error(k1, k2, half, SCALE), _largest_error(s1, s2, half, COVER_SCALE))
    # A step that broke down, with an error that is not a number, is as one whose error is far too large.
    factor = jnp.where(error >= 0, jnp.clip(SAFETY * jnp.sqrt(tolerance / error), LEAST, MOST), LEAST)
    good = (error <= tolerance) | (dt <= SHORTEST_STEP)
    # A step that was cut short to end there says little of how long the next may be.
    longer = jnp.minimum(jnp.where(dt < step, jnp.maximum(step, dt * factor), dt * factor), longest)
    return (
        _close_step(good, u, k1, k2, dt, FLOOR),
        _close_step(good, s, s1, s2, dt, COVER_FLOOR),
        jnp.where(good, dt, 0.0),
        jnp.where(good, longer, dt * factor),
    )
