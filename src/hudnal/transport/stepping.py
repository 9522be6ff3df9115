"""Compiled steps of strips side by side: the innermost axis of every array is the strip, so that vectors are full.

The scheme and its terms are those of `diffusion.py`. Places are numbered level by level, the lanes of a level one
after the other: the place below lies `lanes` further on, the next lane one further.

Strips that lie side by side never mix: every operation is by strip, in plain IEEE arithmetic, so that a strip has the
numbers that it would have alone. What one of them has to do again, all do again, to the same end.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from hudnal.compiled import compiled, njit
from hudnal.transport import elimination
from hudnal.transport.elimination import FAST, GHOST, count_factors, factor, list_rows, solve

GAMMA = 1 - 1 / sqrt(2)
NEGLIGIBLE = 1e-3  # of the largest activity, and of all that there is: a front may swing below zero by less
SIDE_BY_SIDE = 64  # strips of a block: several vectors hide how long each of them takes
_VECTOR = 8  # strips that fill a processor's vector


@compiled(elimination, **FAST)
def step_strips(activity, film, capacity, down, across, loss, into, back, evaporation, film_capacity,
                saturation, opening, fluid, steps, which, lost, evaporated, band):  # fmt: skip
    """Advance the strips `which`, as `advance_strips` says, here with the strip or skin as the last axis.

    `activity`, `film`, `lost` and `evaporated` change in place. `band` is the number of lanes where it is neither one
    nor three, else None.
    """
    levels, lanes, skins = capacity.shape
    count, touched = levels * lanes, _find_touched(into, back)
    for first in range(0, which.size, SIDE_BY_SIDE):
        filled = min(SIDE_BY_SIDE, which.size - first)
        width = -(-filled // _VECTOR) * _VECTOR
        strip, skin = np.empty(width, np.int64), np.empty(width, np.int64)
        amount, gone, dries, limit = np.empty(width), np.zeros(width), np.empty(width), np.empty(width)
        for v in range(width):
            strip[v] = which[first + min(v, filled - 1)]  # what is left of the last vector repeats a strip
            skin[v] = strip[v] % skins
            amount[v], dries[v], limit[v] = film[strip[v]], evaporation[skin[v]], saturation[skin[v]]
        a, taken = np.zeros((count + GHOST, width)), np.zeros((count + GHOST, width))
        places, contact = np.zeros((4, count + GHOST, width)), np.empty((2, touched.size, width))
        size, share = np.empty((steps.size, width)), np.empty((steps.size, width))
        for i in range(levels):
            for k in range(lanes):
                p = i * lanes + k
                for v in range(width):
                    a[p, v] = activity[i, k, strip[v]]
                    places[0, p, v], places[3, p, v] = capacity[i, k, skin[v]], loss[i, k, skin[v]]
                if i < levels - 1:
                    for v in range(width):
                        places[1, p, v] = down[i, k, skin[v]]
                if k < lanes - 1:
                    for v in range(width):
                        places[2, p, v] = across[i, k, skin[v]]
        for t in range(touched.size):
            i, k = touched[t] // lanes, touched[t] % lanes
            for v in range(width):
                contact[0, t, v], contact[1, t, v] = into[i, k, skin[v]], back[i, k, skin[v]]
        for s in range(steps.size):
            for v in range(width):
                size[s, v], share[s, v] = film_capacity[s, skin[v]], opening[s, skin[v]]
        _step_block(a, amount, places, contact, touched, dries, size, limit, share, fluid, steps, lanes,
                    taken, gone, band)  # fmt: skip
        for v in range(filled):
            film[strip[v]] = amount[v]
            evaporated[strip[v]] += gone[v]
        for i in range(levels):
            for k in range(lanes):
                for v in range(filled):
                    activity[i, k, strip[v]] = a[i * lanes + k, v]
                    lost[i, k, strip[v]] += taken[i * lanes + k, v]


@njit(**FAST)
def _find_touched(into, back):
    """Places that exchange anything with the film in any skin."""
    lanes = into.shape[1]
    places, count = np.empty(into.shape[0] * lanes, np.int64), 0
    for p in range(places.size):
        touches = False
        for n in range(into.shape[2]):
            touches |= into[p // lanes, p % lanes, n] != 0 or back[p // lanes, p % lanes, n] != 0
        if touches:
            places[count] = p
            count += 1
    return places[:count]


@njit(**FAST)
def _step_block(a, amount, places, contact, touched, evaporation, film_capacity, saturation, opening, fluid,
                steps, lanes, lost, evaporated, band):  # fmt: skip
    """Advance strips side by side, (place, strip); `a`, `amount`, `lost`, `evaporated` change in place."""
    count, strips = a.shape[0] - GHOST, a.shape[1]
    row = list_rows(count)
    now, touching = np.empty(places.shape), np.empty(contact.shape)  # of the channels only what is open
    _copy(now.ravel(), places.ravel())
    parts = np.zeros((3, count + GHOST, strips))  # how places answer the film, then the stages' derivatives
    border, k1, k2 = parts[0], parts[1], parts[2]
    exits, new, middle = np.zeros(a.shape), np.zeros(a.shape), np.zeros(a.shape)
    factors = np.zeros((count_factors(lanes), count + GHOST, strips))
    f, out, size, left = np.zeros(strips), np.zeros(strips), np.zeros(strips), np.zeros(strips)
    films, f_stage = np.zeros((3, strips)), np.zeros(strips)
    f_new, f_middle, lowest, below = (
        np.zeros(strips),
        np.zeros(strips),
        np.zeros(strips),
        np.zeros((2, strips)),
    )
    w, schur, free, largest = np.zeros(strips), np.ones(strips), np.zeros(strips), np.zeros(strips)
    held, second = np.zeros(strips, np.bool_), np.zeros(strips, np.bool_)
    for step in range(steps.size):
        dt = steps[step]
        changed = step == 0 or fluid
        for v in range(strips):
            changed |= (film_capacity[step, v] > 0) != (film_capacity[step - 1, v] > 0)
        if fluid:
            if step > 0:
                _give_to_tissue(a, places[0], opening[step - 1], opening[step], lanes)
            _scale_places(now, places, opening[step], lanes)
        if changed:
            _scale_contact(touching, contact, opening[step], film_capacity[step], touched, lanes, fluid)
            _sum_exits(exits, now, touching[1], touched, lanes)
        for v in range(strips):
            out[v], size[v] = evaporation[v], film_capacity[step, v]
            f[v] = amount[v] / size[v] if size[v] > 0 else 0.0
            # As long as some lies undissolved it makes up for what leaves: the film's push is held.
            held[v] = f[v] > saturation[v]
            free[v] = 1.0 if size[v] > 0 and not held[v] else 0.0
            f[v] = min(f[v], saturation[v])
            w[v], second[v] = GAMMA * dt, True
        for t in range(touched.size):
            for v in range(strips):
                out[v] += touching[0, t, v]
        _find_largest(largest, f, a)
        while True:
            factor(factors, now, exits, w, lanes, row, band)
            any_free, all_second = False, True
            for v in range(strips):
                any_free |= free[v] > 0
                all_second &= second[v]
            for part in range(0 if any_free else 1, 3):
                x, of_film = parts[part], films[part]
                if part == 0:
                    _enter_places(x, w, touching[0], touched)
                else:
                    base, push = (a, f) if part == 1 else (middle, f_stage)
                    _sum_flows(x, of_film, base, push, now, touching, out, touched, lanes)
                solve(x, factors, now, w, lanes, row, band)
                if part == 0:
                    _reduce_film(schur, x, touching[1], touched, size, out, free, w)
                else:
                    _end_stage(x, of_film, border, schur, touching[1], touched, any_free, free, w)
                if part == 1:
                    _add_stage(middle, f_stage, a, f, x, of_film, (1 - GAMMA) * dt)
            for v in range(strips):
                f_new[v] = f_stage[v] + w[v] * films[2, v]
                f_middle[v] = (1 - GAMMA) * (f[v] + w[v] * films[1, v]) + GAMMA * f_new[v]
                lowest[v] = f_new[v]
            _end_step(new, middle, lowest, a, k1, k2, GAMMA * dt)
            if not all_second:
                _end_by_euler(new, middle, f_new, f_middle, a, k1, f, films[1], second, dt)
            _leave_in_film(left, amount, f_new, f_middle, size, middle, touching[1], out, touched, held, dt)
            _weigh_swing(below, new, now[0], left)
            again = False
            for v in range(strips):
                if held[v] and left[v] < saturation[v] * size[v]:
                    # The last of it dissolves on the way: the film runs down as if it held all of it.
                    held[v], free[v], again = False, 1.0, True
                    size[v] = amount[v] / saturation[v]
                elif second[v] and (
                    f_new[v] < 0
                    or lowest[v] < -NEGLIGIBLE * largest[v]
                    or below[0, v] > NEGLIGIBLE * below[1, v]
                ):
                    # What would swing below zero is done by backward Euler, which cannot.
                    second[v], again, w[v] = False, True, dt
            if not again:
                break
        for p in range(count):
            for v in range(strips):
                a[p, v] = new[p, v]
                lost[p, v] += dt * now[3, p, v] * middle[p, v]
        for v in range(strips):
            if size[v] > 0:
                evaporated[v] += dt * evaporation[v] * f_middle[v]
                amount[v] = left[v]


@njit(**FAST)
def _copy(into, values):
    for j in range(values.size):
        into[j] = values[j]


@njit(**FAST)
def _give_to_tissue(a, capacity, before, now, lanes):
    """Leave the drug of the fluid of channels that close in the tissue beside them."""
    for p in range(0, a.shape[0] - GHOST, lanes):
        for v in range(a.shape[1]):
            a[p + 1, v] += (before[v] - now[v]) * capacity[p, v] * a[p, v] / capacity[p + 1, v]


@njit(**FAST)
def _scale_places(scaled, unscaled, opening, lanes):
    """Of the first lane only what is open counts: its capacity, conductance down and across, and loss."""
    for field in range(4):
        for p in range(0, scaled.shape[1] - GHOST, lanes):
            for v in range(scaled.shape[2]):
                scaled[field, p, v] = unscaled[field, p, v] * opening[v]


@njit(**FAST)
def _scale_contact(scaled, unscaled, opening, film, touched, lanes, fluid):
    """What the film gives to the places that it touches, and gets back: nothing where there is none."""
    for side in range(2):
        for t in range(touched.size):
            of_channels = fluid and touched[t] % lanes == 0
            for v in range(scaled.shape[2]):
                share = opening[v] if of_channels else 1.0
                scaled[side, t, v] = unscaled[side, t, v] * share if film[v] > 0 else 0.0


@njit(**FAST)
def _sum_exits(exits, places, leave, touched, lanes):
    """All that leaves each place for each unit of its activity."""
    into, strips = exits.ravel(), exits.shape[1]
    down, across, loss = places[1].ravel(), places[2].ravel(), places[3].ravel()
    size = into.size - GHOST * strips
    for j in range(size):
        into[j] = loss[j] + down[j]
    below = into[lanes * strips : size]
    for j in range(below.size):
        below[j] += down[j]
    if lanes > 1:
        beside = into[strips:size]
        for j in range(size):
            into[j] += across[j]
        for j in range(beside.size):
            beside[j] += across[j]
    for t in range(touched.size):
        for v in range(strips):
            exits[touched[t], v] += leave[t, v]


@njit(**FAST)
def _find_largest(largest, f, a):
    for v in range(f.size):
        largest[v] = f[v]
    for p in range(a.shape[0] - GHOST):
        for v in range(f.size):
            largest[v] = max(largest[v], a[p, v])


@njit(**FAST)
def _sum_flows(into, into_film, a, f, places, contact, out, touched, lanes):
    """Right-hand side: what flows into each place (`into`) and into the film (`into_film`)."""
    strips = f.size
    x, y = a.ravel(), into.ravel()
    down, across, loss = places[1].ravel(), places[2].ravel(), places[3].ravel()
    for j in range(x.size):
        y[j] = -loss[j] * x[j]
    _flow_between(y, y[lanes * strips :], x, x[lanes * strips :], down)
    if lanes > 1:
        _flow_between(y, y[strips:], x, x[strips:], across)
    for v in range(strips):
        into_film[v] = -out[v] * f[v]
    for t in range(touched.size):
        p = touched[t]
        for v in range(strips):
            into[p, v] += contact[0, t, v] * f[v] - contact[1, t, v] * a[p, v]
            into_film[v] += contact[1, t, v] * a[p, v]


@njit(**FAST)
def _flow_between(into, into_next, a, a_next, conductance):
    """Flows between places and those further on: what leaves the ones enters the others."""
    for j in range(a_next.size):
        into[j] += conductance[j] * (a_next[j] - a[j])
    for j in range(a_next.size):
        into_next[j] += conductance[j] * (a[j] - a_next[j])


@njit(**FAST)
def _enter_places(border, w, enter, touched):
    """What a unit of the film's activity sends into the places in `w` h."""
    for p in range(border.shape[0]):
        for v in range(w.size):
            border[p, v] = 0.0
    for t in range(touched.size):
        for v in range(w.size):
            border[touched[t], v] = w[v] * enter[t, v]


@njit(**FAST)
def _reduce_film(schur, border, leave, touched, size, out, free, w):
    """The film's own equation once the places that answer it (`border`) are eliminated, where it is `free`."""
    for v in range(w.size):
        schur[v] = size[v] + w[v] * out[v] if free[v] > 0 else 1.0
    for t in range(touched.size):
        for v in range(w.size):
            schur[v] -= free[v] * w[v] * leave[t, v] * border[touched[t], v]


@njit(**FAST)
def _end_stage(x, x_film, border, schur, leave, touched, any_free, free, w):
    """A stage's derivative of the film, and those of the places, from theirs with the film held."""
    for t in range(touched.size):
        for v in range(w.size):
            x_film[v] += w[v] * leave[t, v] * x[touched[t], v]
    for v in range(w.size):
        x_film[v] *= free[v] / schur[v]
    if any_free:
        for p in range(x.shape[0] - GHOST):
            for v in range(w.size):
                x[p, v] += x_film[v] * border[p, v]


@njit(**FAST)
def _add_stage(stage, stage_film, a, f, k, k_film, share):
    x, y, z = stage.ravel(), a.ravel(), k.ravel()
    for j in range(y.size):
        x[j] = y[j] + share * z[j]
    for v in range(f.size):
        stage_film[v] = f[v] + share * k_film[v]


@njit(**FAST)
def _end_step(new, middle, lowest, a, k1, k2, w):
    """The new activities, from those of the stage in `middle`, and in `middle` those that losses go by."""
    for p in range(a.shape[0] - GHOST):
        for v in range(a.shape[1]):
            new[p, v] = middle[p, v] + w * k2[p, v]
            # The solution's own weights: what is lost here and what is missing there agree.
            middle[p, v] = (1 - GAMMA) * (a[p, v] + w * k1[p, v]) + GAMMA * new[p, v]
            lowest[v] = min(lowest[v], new[p, v])


@njit(**FAST)
def _weigh_swing(below, a, capacity, film):
    """Amounts in the places that have swung below zero, and in all others with the film."""
    for v in range(film.size):
        below[0, v], below[1, v] = 0.0, max(film[v], 0.0)
    for p in range(a.shape[0] - GHOST):
        for v in range(film.size):
            held = capacity[p, v] * a[p, v]
            below[0, v] -= min(held, 0.0)
            below[1, v] += max(held, 0.0)


@njit(**FAST)
def _end_by_euler(new, middle, f_new, f_middle, a, k, f, k_film, second, dt):
    """The same of strips that take this step by backward Euler."""
    for v in range(f.size):
        if not second[v]:
            f_new[v] = f_middle[v] = f[v] + dt * k_film[v]
    for p in range(a.shape[0] - GHOST):
        for v in range(f.size):
            if not second[v]:
                new[p, v] = middle[p, v] = a[p, v] + dt * k[p, v]


@njit(**FAST)
def _leave_in_film(left, amount, f_new, f_middle, size, a, leave, out, touched, held, dt):
    """What is left in the films: where a push is held, after what it gave to places that had `a`."""
    for v in range(left.size):
        left[v] = f_new[v] * size[v]
        if held[v]:
            back = 0.0
            for t in range(touched.size):
                back += leave[t, v] * a[touched[t], v]
            left[v] = amount[v] - dt * (out[v] * f_middle[v] - back)
