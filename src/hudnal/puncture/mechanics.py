"""The compiled core: an instrument balanced on its needles, moment by moment, as it rolls, is pressed or strikes."""

from __future__ import annotations

from math import cos, exp, pi, sin, sqrt

import numpy as np
from numba import njit

from hudnal.compiled import compiled
from hudnal.puncture import cell
from hudnal.puncture.cell import (
    ALONG,
    BROKE,
    BULK,
    CELL,
    CUTTING,
    DENT,
    ENTERED,
    FLOW,
    FLOWING,
    FORCE,
    FRESH,
    HAND,
    NEEDLE,
    NEVER,
    OUT,
    PITCH,
    RELAXING,
    RUBBING,
    STATE_ROWS,
    STATUS,
    STIFFNESS,
    STORED,
    TIME,
    WAY,
    WAY_MOST,
    P,
    commit,
    mean_sink,
    pull,
    respond,
    stored,
)

_NEAR = 0.4  # mm by which drum and needles may come down in one moment
_BALANCED = 0.04  # of the force, over the square of the steps: as fine as they are
_ROUNDS = 60  # most trials of a height; secants within a bracket need three to eight
_SOFTEST = 0.05  # of a needle's or a cell's stiffness: what is taken where nothing resists yet
_LEAST_PUSH = 0.05  # of the hand's mean force, however it varies
_BREAKS = 40  # most rounds of needles that break through in one moment


@njit(error_model="numpy", fastmath=True)
def _pushed_back(
    height, drop, many, who, top, entry, depth, left, law, spring, offset, curve, state, force, tip
):
    """Force N of skin on an instrument whose axle or plate is `height` mm up, `drop` mm of it below to its surface;
    and how it falls with the height, N/mm."""
    total, slope = 0.0, 0.0
    under = drop - height
    for m in range(many):
        k = who[m]
        right = left[m] + law[PITCH]
        f, p, gives = respond(
            k,
            top[m] - height,
            state,
            entry[m],
            depth[m],
            law,
            spring,
            offset[m],
            under,
            left[m],
            right,
            curve,
        )
        force[m], tip[m] = f, p
        u, grows = mean_sink(f / law[CELL], under, left[m], right, curve)
        total += law[CELL] * u
        slope += law[CELL] * (1 - grows)
        if gives != NEVER:
            slope += grows**2 / (grows / law[CELL] + 1 / spring + gives)
    return total, slope


@njit(error_model="numpy", fastmath=True)
def _balance(
    pushed, within, height, drop, many, who, top, entry, depth, left, law, spring, offset, curve, state, force,
    tip,
):  # fmt: skip
    """Height mm at which the skin pushes back as hard as the hand pushes."""
    low, high = -1e9, 1e9  # the skin pushes too hard at `low`, too little at `high`
    for _ in range(_ROUNDS):
        found, slope = _pushed_back(
            height, drop, many, who, top, entry, depth, left, law, spring, offset, curve, state, force, tip
        )
        wrong = found - pushed
        if abs(wrong) <= within * pushed or high - low < 1e-12:
            break
        if wrong > 0:
            low = height
        else:
            high = height
        # Newton, short of the skin's touch where nothing is stiff yet; the middle where it would leave the bracket.
        height = height + wrong / max(slope, _SOFTEST * min(law[CELL], law[STIFFNESS]))
        if not low < height < high:
            height = (low + high) / 2
    return height


@njit(error_model="numpy", fastmath=True)
def _break_through(many, who, entry, force, state, outs):
    """Mark the needles on which the force has passed that of entry; whether there were any."""
    some = False
    for m in range(many):
        k = who[m]
        if state[STATUS, k] == FRESH and force[m] > entry[m]:
            state[STATUS, k] = ENTERED
            outs[BROKE, k] = 1.0
            some = True
    return some


@njit(error_model="numpy", fastmath=True)
def _settle(
    pushed, within, pushed_before, height, drop, many, who, top, lever, lean, entry, depth, left, law, dt, turned,
    moved, lever_before, pull_before, curve, state, force, tip, offset, outs, work,
):  # fmt: skip
    """One moment: balance, take over; as long as needles break through, balance again at once.

    Gives the height, and the sums at the end: lever N mm, pull N, force on needles N, needles inside.
    """
    springs = law[CELL] / law[PITCH]
    levers, pulls, carried, inside = 0.0, 0.0, 0.0, 0
    for again in range(_BREAKS):
        # A needle breaks through in no time: what the dent sets free beyond steady cutting is the burst, cut as well.
        time = dt if again == 0 else 0.0
        decay = exp(-time / law[TIME])
        spring = law[STIFFNESS] * (1 - law[RELAXING] * (1 - decay) / 2)
        for m in range(many):
            k = who[m]
            relaxed = state[FLOW, k] * decay + (1 - decay) * state[DENT, k] / 2
            offset[m] = law[STIFFNESS] * law[RELAXING] * relaxed
        was = height
        height = _balance(
            pushed, within, height, drop, many, who, top, entry, depth, left, law, spring, offset, curve, state,
            force, tip,
        )  # fmt: skip
        kept = work[STORED] + work[CUTTING] + work[RUBBING] + work[FLOWING]
        levers, pulls, carried, inside = 0.0, 0.0, 0.0, 0
        for m in range(many):
            k = who[m]
            touch = (drop - height, left[m], left[m] + law[PITCH], curve, springs)
            commit(
                k, force[m], tip[m], top[m] - height, lean[m], entry[m], law, spring, offset[m], decay, touch, time,
                state, outs, work,
            )  # fmt: skip
            levers += force[m] * lever[m]
            # The drum's profile is a parabola; cells come nearer along it as along the drum's circle.
            middle = (left[m] + law[PITCH] / 2) * curve
            pulls += pull(force[m] / law[CELL], touch) * sqrt(max(1 - middle**2, 0.0))
            carried += force[m]
            inside += force[m] > 0 or (state[STATUS, k] == ENTERED and tip[m] > 0)
        kept = work[STORED] + work[CUTTING] + work[RUBBING] + work[FLOWING] - kept
        if again == 0:
            given = (pushed + pushed_before) / 2 * (was - height)
            given += (levers + lever_before) / 2 * turned + (pulls + pull_before) / 2 * moved
        else:
            given = pushed * (was - height)
            work[CUTTING] += given - kept
        work[HAND] += given
        if not _break_through(many, who, entry, force, state, outs):
            break
    return height, levers, pulls, carried, inside


@njit(error_model="numpy", fastmath=True)
def _along_drum(ahead, rolling, radius):
    """mm at which a parabola is as deep as the drum's circle is under a cell `ahead` mm along the skin."""
    return 2 * radius * sin(ahead / rolling / 2)


@compiled(cell, error_model="numpy", fastmath=True)
def roll(
    first, last, draw, starts, counts, phase, turn, begin, span, force, wave, speed, laws, window, radius,
    reach, angle, entry, entry_depth, strength, steps, outs, work, course, traced, trace,
):  # fmt: skip
    """Roll a drum along the passes from `first` to `last`, balanced at every one of `steps` moments a pitch.

    By pass: `draw`; its contacts stand in `outs` (LEFT_ROWS, contact) from `starts` on, ring after ring,
    `counts` to a ring; by (pass, ring) `phase` in [0, 1) pitches and `turn`, the needle that comes first;
    `begin`, `span` mm; `force` N, with `wave` (pass, term, 3) of relative amplitude, wavenumber 1/mm and phase;
    `work` (WORK_ROWS, pass). `course` (4, pass): mean way of the longest needle mm, needles inside, share that the
    drum carries, pull of the hand N. By draw: `speed` mm/s, `laws` (LAW_ROWS, draw), `window` rad within
    which needles and drum may touch; by (draw, ring, needle): `reach` mm of the tip from the axle, `angle` rad off
    its place, `entry` N, `entry_depth` mm. `strength` (contact,) multiplies `entry`. `trace` (6, moment) is filled
    for the pass `traced`: time s, hand N, needles N, height mm, needles inside, pull N.
    """
    rings, per_ring = reach.shape[1], reach.shape[2]
    pitch_angle = 2 * pi / per_ring
    turned = pitch_angle / steps
    curve = 1 / (2 * radius)
    within = _BALANCED / steps**2
    for i in range(first, last):
        d = draw[i]
        law = laws[:, d].copy()
        # A needle stands on the drum in the middle of its cell: there the mean over the cell is to be right.
        surface = radius + curve * law[PITCH] ** 2 / 12
        count, start = counts[i], starts[i]
        state = np.zeros((STATE_ROWS, rings * count))
        lowest, highest = np.zeros(rings, np.int64), np.zeros(rings, np.int64)
        most = rings * (int(2 * window[d] / pitch_angle) + 8)
        who = np.zeros(most, np.int64)
        top, lever, lean, ent, depth, left, f, p, offset = np.zeros((9, most))
        mine = outs[:, start : start + rings * count]
        longest = reach[d].max()
        along, rolled, moments = begin[i], 0.0, 0
        height, pushed_before, levers, pulls, moved = longest, 0.0, 0.0, 0.0, 0.0
        while along < begin[i] + span[i]:
            rolling = height if height > surface else radius  # mm along for each rad
            touched = sqrt(2 * radius * (max(surface - height, 0.0) + _NEAR))
            many = 0
            for j in range(rings):
                while highest[j] < count:
                    c = highest[j]
                    n = (c + turn[i, j]) % per_ring
                    # Rings begin where a needle of theirs comes into the window.
                    theta = (c + (phase[i, j])) * pitch_angle - window[d] - rolled
                    if theta > window[d]:
                        break
                    mine[ALONG, j * count + c] = along + rolling * (theta + angle[d, j, n])
                    mine[NEEDLE, j * count + c] = j * per_ring + n
                    highest[j] += 1
                for c in range(lowest[j], highest[j]):
                    k = j * count + c
                    n = (c + turn[i, j]) % per_ring
                    theta = (c + phase[i, j]) * pitch_angle + angle[d, j, n] - window[d] - rolled
                    if (
                        theta < -window[d]
                        and state[FORCE, k] == 0.0
                        and state[BULK, k] < 1e-12
                        and c == lowest[j]
                    ):
                        lowest[j] += 1
                        continue
                    if many == most:
                        break
                    tip = reach[d, j, n] * cos(theta)
                    edge = _along_drum(mine[ALONG, k] - along, rolling, radius) - law[PITCH] / 2
                    if moments > 0 and state[P, k] <= 0 and state[BULK, k] == 0.0:
                        # Neither needle nor drum comes near in this moment.
                        idle = state[STATUS, k] == OUT or tip < height - _NEAR
                        if idle and (edge > touched or edge + law[PITCH] < -touched):
                            continue
                    who[many] = k
                    top[many] = tip
                    lever[many] = reach[d, j, n] * sin(theta)
                    lean[many] = theta
                    ent[many] = entry[d, j, n] * strength[start + k]
                    depth[many] = entry_depth[d, j, n]
                    left[many] = edge
                    many += 1
            pushed = 1.0
            for term in range(wave.shape[1]):
                pushed += wave[i, term, 0] * sin(wave[i, term, 1] * along + wave[i, term, 2])
            pushed = force[i] * max(pushed, _LEAST_PUSH)
            dt = moved / speed[d]
            if moments == 0:
                # Put down for a trial: only then is it known how far the drum rolls with each turn.
                trial, _, _, _, _ = _settle(
                    pushed, within, 0.0, height, surface, many, who, top, lever, lean, ent, depth, left, law, 0.0,
                    0.0, 0.0, 0.0, 0.0, curve, state, f, p, offset, mine, work[:, i],
                )  # fmt: skip
                actual = (trial if trial > surface else radius) / rolling
                for m in range(many):
                    k = who[m]
                    mine[ALONG, k] = along + (mine[ALONG, k] - along) * actual
                    mine[WAY_MOST:NEEDLE, k] = 0.0
                    left[m] = _along_drum(mine[ALONG, k] - along, rolling * actual, radius) - law[PITCH] / 2
                    state[:, k] = 0.0
            height, levers, pulls, carried, inside = _settle(
                pushed, within, pushed_before, height, surface, many, who, top, lever, lean, ent, depth, left, law,
                dt, turned, moved, levers, pulls, curve, state, f, p, offset, mine, work[:, i],
            )  # fmt: skip
            if moments == 0:
                # From now on it rolls, and work is counted.
                work[:, i] = 0.0
                for m in range(many):
                    work[STORED, i] += stored(who[m], state, law)
                work[HAND, i] = work[STORED, i]
            course[0, i] += longest - height
            course[1, i] += inside
            course[2, i] += 1 - carried / pushed
            course[3, i] += levers / rolling + pulls
            if i == traced and moments < trace.shape[1]:
                trace[0, moments] = (along - begin[i]) / speed[d]
                trace[1, moments] = pushed
                trace[2, moments] = carried
                trace[3, moments] = height
                trace[4, moments] = inside
                trace[5, moments] = levers / rolling + pulls
            moments += 1
            pushed_before = pushed
            moved = (height if height > surface else radius) * turned
            along += moved
            rolled += turned
        course[:, i] /= max(moments, 1)


@compiled(cell, error_model="numpy", fastmath=True)
def press(
    first,
    last,
    draw,
    starts,
    force,
    time,
    laws,
    length,
    entry,
    entry_depth,
    strength,
    steps,
    outs,
    work,
    course,
):
    """Press a plate of needles of one `length` down with a force that grows evenly to `force` N in `time` s.

    By press: `draw`, contacts from `starts` to the next, `force`, `work`, `course` as in `roll`; by draw: `time`,
    `laws`, `entry`, `entry_depth`. The plate's own surface meets the skin once the needles are all in.
    """
    within = _BALANCED / steps**2
    for i in range(first, last):
        d = draw[i]
        law = laws[:, d].copy()
        start, many = starts[i], starts[i + 1] - starts[i]
        if many == 0:
            continue
        state = np.zeros((STATE_ROWS, many))
        who = np.arange(many)
        top, lever, lean, ent, depth, left, f, p, offset = np.zeros((9, many))
        mine = outs[:, start : start + many]
        top[:] = length
        left[:] = -law[PITCH] / 2
        depth[:] = entry_depth[d]
        ent[:] = entry[d] * strength[start : start + many]
        height, pushed_before = length, 0.0
        carried, inside, pushed = 0.0, 0, force[i]
        for step in range(steps):
            pushed = force[i] * (step + 1) / steps
            height, _, _, carried, inside = _settle(
                pushed, within, pushed_before, height, 0.0, many, who, top, lever, lean, ent, depth, left, law,
                time[d] / steps, 0.0, 0.0, 0.0, 0.0, 0.0, state, f, p, offset, mine, work[:, i],
            )  # fmt: skip
            pushed_before = pushed
        course[0, i], course[1, i], course[2, i] = length - height, inside, 1 - carried / pushed


@compiled(cell, error_model="numpy", fastmath=True)
def strike(first, last, draw, way, nose, time, laws, entry, entry_depth, strength, steps, outs, work):
    """Drive single needles out to `way` mm past the nose in `time` s along a sine, whatever the force.

    By contact: `draw`, `way`, and `nose` N, the part of the hand's force that falls on its cell; by draw: `time`,
    `laws`, `entry`, `entry_depth`. The nose sinks the skin first, and holds it there as long as it pushes harder
    than the needle.
    """
    for i in range(first, last):
        d = draw[i]
        law = laws[:, d].copy()
        state = np.zeros((STATE_ROWS, 1))
        mine = outs[:, i : i + 1]
        ent, left = entry[d] * strength[i], -law[PITCH] / 2
        under = nose[i] / law[CELL]
        touch = (under, left, -left, 0.0, law[CELL] / law[PITCH])
        state[WAY, 0] = under
        state[BULK, 0] = 0.5 * nose[i] * under
        gone, force_before = under, 0.0
        for step in range(steps):
            now = under + way[i] * sin(pi / 2 * (step + 1) / steps)
            dt = time[d] / steps
            for again in range(2):
                decay = exp(-(dt if again == 0 else 0.0) / law[TIME])
                spring = law[STIFFNESS] * (1 - law[RELAXING] * (1 - decay) / 2)
                relaxed = state[FLOW, 0] * decay + (1 - decay) * state[DENT, 0] / 2
                offset = law[STIFFNESS] * law[RELAXING] * relaxed
                f, p, _ = respond(
                    0, now, state, ent, entry_depth[d], law, spring, offset, under, left, -left, 0.0
                )
                kept = work[STORED, i] + work[CUTTING, i] + work[RUBBING, i] + work[FLOWING, i]
                commit(
                    0, f, p, now, 0.0, ent, law, spring, offset, decay, touch, dt if again == 0 else 0.0, state,
                    mine, work[:, i],
                )  # fmt: skip
                kept = work[STORED, i] + work[CUTTING, i] + work[RUBBING, i] + work[FLOWING, i] - kept
                given = (f + force_before) / 2 * (now - gone)
                if again == 1:
                    given = 0.0
                    work[CUTTING, i] -= kept
                work[HAND, i] += given
                gone, force_before = now, f
                if state[STATUS, 0] != FRESH or f <= ent:
                    break
                state[STATUS, 0] = ENTERED
                mine[BROKE, 0] = 1.0
