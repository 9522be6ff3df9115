"""Time stepping of one compound in strips of skin: a film on top, levels in depth, lanes side by side.

A strip of whole skin has one lane. Needled skin has the channels' fluid as lane 0 and rings of tissue around it.
Unknowns are activities (ug/mL): what a place holds is its capacity times its activity. Flows go by differences of
activity, so what leaves one place enters the other, and mass is kept to rounding.

Alexander's two-stage SDIRK (gamma = 1 - 1/sqrt 2): second order, L-stable, so a step may be long against the fast
places. Each stage is one block-tridiagonal solve (a block is a level's lanes); the film, which touches several
places at once, borders the matrix and is eliminated by its Schur complement. A step that would take anything below
zero is done by backward Euler.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.compiled import compiled, njit
from hudnal.threads import share_out

GAMMA = 1 - 1 / sqrt(2)
NEGLIGIBLE = 1e-3  # of the largest activity: a front may swing below zero by less


@dataclass(frozen=True)
class StripPlaces:
    """What the places of strips hold, conduct and lose for each unit of activity; a place is a lane of a level."""

    capacity: Float[Array, "strip level lane"]
    down: Float[Array, "strip level-1 lane"]  # conductance to the level below
    across: Float[Array, "strip level lane-1"]  # conductance to the next lane
    loss: Float[Array, "strip level lane"]  # per hour


@dataclass(frozen=True)
class FilmContact:
    """The film on strips, and what it exchanges with the first levels, those that it touches.

    They exchange `into` times the film's activity less `back` times the place's. What lies in the film above
    `saturation` is undissolved.
    """

    into: Float[Array, "strip touched lane"]
    back: Float[Array, "strip touched lane"]
    evaporation: Float[Array, " strip"]  # loss of the film for each unit of activity and hour
    capacity: Float[Array, "strip step"]  # 0 without a film
    saturation: Float[Array, " strip"]  # activity


def advance_strips(
    activity: Float[Array, "strip level lane"],
    in_film: Float[Array, " strip"],
    places: StripPlaces,
    film: FilmContact,
    opening: Float[Array, "strip step"],
    steps: Float[Array, " step"],
    with_fluid: bool,
) -> tuple[Float[Array, "strip level lane"], Float[Array, " strip"]]:
    """Advance every strip through `steps` h; returns the amounts that were lost and that evaporated.

    `activity` and the amount `in_film` are changed in place. `opening` is the share of the channels still open. Where
    `with_fluid` is set lane 0 is the fluid of channels: it counts by this share, and what closes leaves its drug to
    the tissue beside it.
    """
    lost, evaporated = np.zeros(activity.shape), np.zeros(activity.shape[0])

    def work(first: int, last: int) -> None:
        part = slice(first, last)
        _advance_some(
            activity[part], in_film[part], places.capacity[part], places.down[part], places.across[part],
            places.loss[part], film.into[part], film.back[part], film.evaporation[part], film.capacity[part],
            film.saturation[part], opening[part], with_fluid, steps, lost[part], evaporated[part],
        )  # fmt: skip

    # Strips do not know of each other and cost alike: one part for each core.
    share_out(work, activity.shape[0], largest=activity.shape[0])
    return lost, evaporated


@compiled()
def _advance_some(activity, film, capacity, down, across, loss, into, back, evaporation,
                  film_capacity, saturation, opening, fluid, steps, lost, evaporated):  # fmt: skip
    """Advance strips one after the other, as `advance_strips` says; `lost` and `evaporated` grow in place."""
    strips, levels, lanes = activity.shape
    touched = into.shape[1]
    for n in range(strips):
        a, c, g, s, q = activity[n], capacity[n], down[n], across[n], loss[n]
        inverse = np.empty((levels, lanes, lanes))
        border = np.empty((levels, lanes))
        k1 = np.empty((levels, lanes))
        k2 = np.empty((levels, lanes))
        stage = np.empty((levels, lanes))
        new = np.empty((levels, lanes))
        middle = np.empty((levels, lanes))  # that what is lost in a step goes by
        scale = np.ones(lanes)  # of what a lane is, against lane 0 fully open
        enter = np.zeros((levels, lanes))
        leave = np.zeros((levels, lanes))
        cross = np.empty((levels, max(lanes - 1, 1)))
        for step in range(steps.size):
            dt = steps[step]
            f_new, f_middle, left = 0.0, 0.0, 0.0
            if fluid:
                o = opening[n, step]
                if step > 0:
                    _give_to_tissue(a, c, opening[n, step - 1], o)
                scale[0] = o
            for i in range(levels):
                for k in range(lanes - 1):
                    cross[i, k] = s[i, k] * (scale[0] if k == 0 else 1.0)
            for i in range(touched):
                for k in range(lanes):
                    enter[i, k] = into[n, i, k] * scale[k]
                    leave[i, k] = back[n, i, k] * scale[k]
            has_film = film_capacity[n, step] > 0
            f, size = 0.0, film_capacity[n, step]
            out = evaporation[n]
            if has_film:
                f = film[n] / size
                for i in range(touched):
                    for k in range(lanes):
                        out += enter[i, k]
            # As long as some lies undissolved it makes up for what leaves: the film's push is held.
            held = has_film and f > saturation[n]
            free = has_film and not held
            if held:
                f = saturation[n]
            largest = max(f, a.max())
            second_order = True
            while True:
                w = GAMMA * dt if second_order else dt
                _factor_blocks(inverse, c, g, cross, q, leave, scale, w)
                schur = 1.0
                if free:
                    for i in range(levels):
                        for k in range(lanes):
                            border[i, k] = w * enter[i, k]
                    _solve_blocks(border, inverse, g, scale, w)
                    schur = size + w * out
                    for i in range(touched):
                        for k in range(lanes):
                            schur -= w * leave[i, k] * border[i, k]
                k1_film = _sum_flows(a, f, g, cross, q, enter, leave, out, scale, touched, has_film, k1)
                k1_film = _solve_stage(k1, k1_film, inverse, g, scale, border, schur, leave, touched, free, w)
                if second_order:
                    for i in range(levels):
                        for k in range(lanes):
                            stage[i, k] = a[i, k] + (1 - GAMMA) * dt * k1[i, k]
                    f_stage = f + (1 - GAMMA) * dt * k1_film
                    k2_film = _sum_flows(
                        stage, f_stage, g, cross, q, enter, leave, out, scale, touched, has_film, k2
                    )
                    k2_film = _solve_stage(
                        k2, k2_film, inverse, g, scale, border, schur, leave, touched, free, w
                    )
                    f_new = f_stage + w * k2_film
                    f_middle = (1 - GAMMA) * (f + w * k1_film) + GAMMA * f_new
                    lowest = f_new
                    for i in range(levels):
                        for k in range(lanes):
                            new[i, k] = stage[i, k] + w * k2[i, k]
                            # The solution's own weights: what is lost here and what is missing there agree.
                            middle[i, k] = (1 - GAMMA) * (a[i, k] + w * k1[i, k]) + GAMMA * new[i, k]
                            lowest = min(lowest, new[i, k])
                else:
                    f_new = f_middle = f + dt * k1_film
                    lowest = 0.0
                    for i in range(levels):
                        for k in range(lanes):
                            new[i, k] = middle[i, k] = a[i, k] + dt * k1[i, k]
                left = (
                    _film_left(film[n], f_middle, middle, leave, out, touched, dt) if held else f_new * size
                )
                if held and left < saturation[n] * size:
                    # The last of it dissolves on the way: the film runs down as if it held all of it.
                    held, free = False, True
                    size = film[n] / saturation[n]
                elif second_order and (f_new < 0 or lowest < -NEGLIGIBLE * largest):
                    second_order = (
                        False  # what would swing below zero is done by backward Euler, which cannot
                    )
                else:
                    break
            for i in range(levels):
                for k in range(lanes):
                    a[i, k] = new[i, k]
                    lost[n, i, k] += dt * scale[k] * q[i, k] * middle[i, k]
            if has_film:
                evaporated[n] += dt * evaporation[n] * f_middle
                film[n] = left


@njit
def _film_left(amount, f, a, leave, out, touched, dt):
    """What is left in a film whose push is held at `f`, after a step through which the places had `a`."""
    back = 0.0
    for i in range(touched):
        for k in range(a.shape[1]):
            back += leave[i, k] * a[i, k]
    return amount - dt * (out * f - back)


@njit
def _give_to_tissue(a, c, before, now):
    """Leave the drug of the fluid of channels that close in the tissue beside them."""
    for i in range(a.shape[0]):
        a[i, 1] += (before - now) * c[i, 0] * a[i, 0] / c[i, 1]


@njit
def _factor_blocks(inverse, c, g, cross, q, leave, scale, w):
    """Inverses of the blocks of the factored matrix (capacity + w times what flows away)."""
    levels, lanes = c.shape
    block = np.empty((lanes, lanes))
    for i in range(levels):
        for k in range(lanes):
            d = scale[k] * (c[i, k] + w * q[i, k]) + w * leave[i, k]
            if i < levels - 1:
                d += w * scale[k] * g[i, k]
            if i > 0:
                d += w * scale[k] * g[i - 1, k]
            if k > 0:
                d += w * cross[i, k - 1]
            if k < lanes - 1:
                d += w * cross[i, k]
            for j in range(lanes):
                block[k, j] = 0.0
            block[k, k] = d
        for k in range(lanes - 1):
            block[k, k + 1] -= w * cross[i, k]
            block[k + 1, k] -= w * cross[i, k]
        if i > 0:
            for k in range(lanes):
                for j in range(lanes):
                    block[k, j] -= (
                        w * w * scale[k] * g[i - 1, k] * inverse[i - 1, k, j] * scale[j] * g[i - 1, j]
                    )
        if lanes == 1:
            inverse[i, 0, 0] = 1 / block[0, 0]
        else:
            _invert_block(block, inverse[i])


@njit
def _invert_block(block, into):
    """Inverse of a diagonally dominant matrix by Gauss and Jordan, without pivots; destroys `block`."""
    n = block.shape[0]
    for k in range(n):
        for j in range(n):
            into[k, j] = 1.0 if k == j else 0.0
    for p in range(n):
        pivot = 1 / block[p, p]
        for j in range(n):
            block[p, j] *= pivot
            into[p, j] *= pivot
        for k in range(n):
            if k != p:
                factor = block[k, p]
                if factor != 0.0:
                    for j in range(n):
                        block[k, j] -= factor * block[p, j]
                        into[k, j] -= factor * into[p, j]


@njit
def _solve_blocks(x, inverse, g, scale, w):
    """Down and up again with the factors at hand, in place."""
    levels, lanes = x.shape
    if lanes == 1:
        x[0, 0] *= inverse[0, 0, 0]
        for i in range(1, levels):
            x[i, 0] = (x[i, 0] + w * g[i - 1, 0] * x[i - 1, 0]) * inverse[i, 0, 0]
        for i in range(levels - 2, -1, -1):
            x[i, 0] += inverse[i, 0, 0] * w * g[i, 0] * x[i + 1, 0]
        return
    y = np.empty(lanes)
    for i in range(levels):
        for k in range(lanes):
            y[k] = x[i, k]
            if i > 0:
                y[k] += w * scale[k] * g[i - 1, k] * x[i - 1, k]
        for k in range(lanes):
            total = 0.0
            for j in range(lanes):
                total += inverse[i, k, j] * y[j]
            x[i, k] = total
    for i in range(levels - 2, -1, -1):
        for k in range(lanes):
            y[k] = w * scale[k] * g[i, k] * x[i + 1, k]
        for k in range(lanes):
            total = 0.0
            for j in range(lanes):
                total += inverse[i, k, j] * y[j]
            x[i, k] += total


@njit
def _sum_flows(a, f, g, cross, q, enter, leave, out, scale, touched, has_film, into):
    """Right-hand side: what flows into each place (`into`) and into the film (returned)."""
    levels, lanes = a.shape
    for i in range(levels):
        for k in range(lanes):
            flow = -q[i, k] * a[i, k]
            if i > 0:
                flow += g[i - 1, k] * (a[i - 1, k] - a[i, k])
            if i < levels - 1:
                flow += g[i, k] * (a[i + 1, k] - a[i, k])
            flow *= scale[k]
            if k > 0:
                flow += cross[i, k - 1] * (a[i, k - 1] - a[i, k])
            if k < lanes - 1:
                flow += cross[i, k] * (a[i, k + 1] - a[i, k])
            into[i, k] = flow
    into_film = 0.0
    if has_film:
        into_film = -out * f
        for i in range(touched):
            for k in range(lanes):
                into[i, k] += enter[i, k] * f - leave[i, k] * a[i, k]
                into_film += leave[i, k] * a[i, k]
    return into_film


@njit
def _solve_stage(x, x_film, inverse, g, scale, border, schur, leave, touched, free, w):
    """Solve the bordered system for the stage derivatives, in place; returns the film's."""
    _solve_blocks(x, inverse, g, scale, w)
    if not free:
        return 0.0
    rest = x_film
    for i in range(touched):
        for k in range(x.shape[1]):
            rest += w * leave[i, k] * x[i, k]
    of_film = rest / schur
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            x[i, k] += of_film * border[i, k]
    return of_film


def choose_steps(
    duration: float, first: float, growth: float = 1.3, longest: float = 6.0
) -> Float[Array, " step"]:
    """Step lengths in h that fill `duration`: from `first` on growing by `growth`, none above `longest`."""
    lengths = []
    left, step = duration, first
    while left > 1e-12:
        step = min(step, longest)
        # No sliver at the end: the last two steps share what is left.
        taken = left if left <= step else (left / 2 if left < 2 * step else step)
        lengths.append(taken)
        left -= taken
        step *= growth
    return np.array(lengths)
