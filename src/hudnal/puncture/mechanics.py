"""The compiled core: an instrument balanced on its needles, moment by moment, as it rolls, is pressed or strikes."""

from __future__ import annotations

from math import cos, exp, pi, sin, sqrt

import numpy as np

from hudnal.compiled import compiled, njit
from hudnal.puncture import cell
from hudnal.puncture.cell import (
    ALONG,
    BROKE,
    BULK,
    CELL,
    CUTTING,
    DENT,
    DEPTH,
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
    drum_pull,
    mean_sink,
    solve_contact,
    stored_energy,
    take_over,
)

# Arrays that the functions below share hold the contacts which needles or drum may reach in one moment, the first
# `count` of them: `contact`, which of the pass; `below_axle` mm of the tip below axle or plate; `lever` mm of the tip
# ahead of the axle; `lean` rad of the needle off the vertical, forward; `entry` N and `entry_depth` mm when it enters;
# `cell_left` mm along from the drum's lowest line to the cell's nearer end; `offset` N that the dent's relaxed part
# takes off its spring; `force` N on the needle and `depth` mm of its tip in the balance.

# Rows of what is told of each pass or press: means of the longest needle's way mm, needles inside, the share of the
# force that drum or plate carries.
MEAN_WAY, MEAN_INSIDE, ON_SURFACE = range(3)
COURSE_ROWS = 3
# Rows of the moments of the one pass that is followed: time s, hand N, needles N, height mm, needles inside, pull N.
AT, BY_HAND, BY_NEEDLES, HEIGHT, INSIDE, PULL = range(6)
TRACE_ROWS = 6

_NEAR = 0.4  # mm by which drum and needles may come down in one moment
_BALANCED = 0.04  # of the force, over the square of the steps: as fine as they are
_ROUNDS = 60  # most trials of a height; secants within a bracket need three to eight
_SOFTEST = 0.05  # of a needle's or a cell's stiffness: what is taken where nothing resists yet
_LEAST_PUSH = 0.05  # of the hand's mean force, however it varies
_BREAKS = 40  # most rounds of needles that break through in one moment
_ANYWHERE = 1e9  # mm: no bound on the height yet
_NARROWEST = 1e-12  # mm between the bounds of a height
_NO_ENERGY = 1e-12  # N mm
_SPARE_PITCHES = 8  # room for needles of each ring beside those within the window
_ARRAYS = 9  # of floats in one moment


@njit(error_model="numpy", fastmath=True)
def _sum_forces(
    height, surface, count, contact, below_axle, entry, entry_depth, cell_left, law, spring, offset, curve, state,
    force, depth,
):  # fmt: skip
    """Force N of skin on an instrument whose axle or plate is `height` mm up, `surface` mm of it down to its surface;
    and how it falls with the height, N/mm. Leaves the force and the depth of each needle."""
    total, slope = 0.0, 0.0
    under = surface - height
    for m in range(count):
        which = contact[m]
        cell_right = cell_left[m] + law[PITCH]
        needle_force, needle_depth, gives = solve_contact(
            which, below_axle[m] - height, state, entry[m], entry_depth[m], law, spring, offset[m], under,
            cell_left[m], cell_right, curve,
        )  # fmt: skip
        force[m], depth[m] = needle_force, needle_depth
        sink, grows = mean_sink(needle_force / law[CELL], under, cell_left[m], cell_right, curve)
        total += law[CELL] * sink
        slope += law[CELL] * (1 - grows)
        if gives != NEVER:
            slope += grows**2 / (grows / law[CELL] + 1 / spring + gives)
    return total, slope


@njit(error_model="numpy", fastmath=True)
def _balance_height(
    pushed, within, height, surface, count, contact, below_axle, entry, entry_depth, cell_left, law, spring, offset,
    curve, state, force, depth,
):  # fmt: skip
    """Height mm at which the skin pushes back as hard as the hand pushes, but for the share `within` of that."""
    low, high = -_ANYWHERE, _ANYWHERE  # the skin pushes too hard at `low`, too little at `high`
    for _ in range(_ROUNDS):
        total, slope = _sum_forces(
            height, surface, count, contact, below_axle, entry, entry_depth, cell_left, law, spring, offset, curve,
            state, force, depth,
        )  # fmt: skip
        wrong = total - pushed
        if abs(wrong) <= within * pushed or high - low < _NARROWEST:
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
def _break_through(count, contact, entry, force, state, outs):
    """Mark the needles on which the force has passed that of entry; whether there were any."""
    some = False
    for m in range(count):
        which = contact[m]
        if state[STATUS, which] == FRESH and force[m] > entry[m]:
            state[STATUS, which] = ENTERED
            outs[BROKE, which] = 1.0
            some = True
    return some


@njit(error_model="numpy", fastmath=True)
def _sum_kept(work):
    """N mm that the skin has taken up so far."""
    return work[STORED] + work[CUTTING] + work[RUBBING] + work[FLOWING]


@njit(error_model="numpy", fastmath=True)
def _settle_moment(
    pushed, within, pushed_before, height, surface, count, contact, below_axle, lever, lean, entry, entry_depth,
    cell_left, law, dt, turned, moved, lever_before, pull_before, curve, state, force, depth, offset, outs, work,
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
        for m in range(count):
            which = contact[m]
            relaxed = state[FLOW, which] * decay + (1 - decay) * state[DENT, which] / 2
            offset[m] = law[STIFFNESS] * law[RELAXING] * relaxed
        was = height
        height = _balance_height(
            pushed, within, height, surface, count, contact, below_axle, entry, entry_depth, cell_left, law, spring,
            offset, curve, state, force, depth,
        )  # fmt: skip
        kept = _sum_kept(work)
        levers, pulls, carried, inside = 0.0, 0.0, 0.0, 0
        for m in range(count):
            which = contact[m]
            touch = (surface - height, cell_left[m], cell_left[m] + law[PITCH], curve, springs)
            take_over(
                which, force[m], depth[m], below_axle[m] - height, lean[m], entry[m], law, spring, offset[m], decay,
                touch, time, state, outs, work,
            )  # fmt: skip
            levers += force[m] * lever[m]
            # The drum's profile is a parabola; cells come nearer along it as along the drum's circle.
            middle = (cell_left[m] + law[PITCH] / 2) * curve
            pulls += drum_pull(force[m] / law[CELL], touch) * sqrt(max(1 - middle**2, 0.0))
            carried += force[m]
            inside += force[m] > 0 or (state[STATUS, which] == ENTERED and depth[m] > 0)
        kept = _sum_kept(work) - kept
        if again == 0:
            given = (pushed + pushed_before) / 2 * (was - height)
            given += (levers + lever_before) / 2 * turned + (pulls + pull_before) / 2 * moved
        else:
            given = pushed * (was - height)
            work[CUTTING] += given - kept
        work[HAND] += given
        if not _break_through(count, contact, entry, force, state, outs):
            break
    return height, levers, pulls, carried, inside


@njit(error_model="numpy", fastmath=True)
def _along_drum(ahead, rolling, radius):
    """mm at which a parabola is as deep as the drum's circle is under a cell `ahead` mm along the skin."""
    return 2 * radius * sin(ahead / rolling / 2)


@njit(error_model="numpy", fastmath=True)
def _vary_push(wave, along):
    """Force of the hand against its mean, `along` mm, by its `wave` (term, 3)."""
    push = 1.0
    for term in range(wave.shape[0]):
        push += wave[term, 0] * sin(wave[term, 1] * along + wave[term, 2])
    return max(push, _LEAST_PUSH)


@compiled(cell, error_model="numpy", fastmath=True)
def roll(
    first, last, draw, starts, counts, phase, turn, begin, span, force, wave, speed, laws, window, radius,
    reach, angle, entry, entry_depth, strength, steps, outs, work, course, traced, trace,
):  # fmt: skip
    """Roll a drum along the passes from `first` to `last`, balanced at every one of `steps` moments a pitch.

    By pass: `draw`; its contacts stand in `outs` (LEFT_ROWS, contact) from `starts` on, ring after ring,
    `counts` to a ring; by (pass, ring) `phase` in [0, 1) pitches and `turn`, the needle that comes first;
    `begin`, `span` mm; `force` N, with `wave` (pass, term, 3) of relative amplitude, wavenumber 1/mm and phase;
    `work` (WORK_ROWS, pass); `course` (COURSE_ROWS, pass). By draw: `speed` mm/s, `laws` (LAW_ROWS, draw), `window` rad
    within which needles and drum may touch; by (draw, ring, needle): `reach` mm of the tip from the axle, `angle` rad
    off its place, `entry` N, `entry_depth` mm. `strength` (contact,) multiplies `entry`. `trace` (TRACE_ROWS, moment)
    is filled for the pass `traced`.
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
        in_ring, start = counts[i], starts[i]
        state = np.zeros((STATE_ROWS, rings * in_ring))
        lowest, highest = np.zeros(rings, np.int64), np.zeros(rings, np.int64)
        most = rings * (int(2 * window[d] / pitch_angle) + _SPARE_PITCHES)
        contact = np.zeros(most, np.int64)
        below_axle, lever, lean, entry_here, depth_here, cell_left, needle_force, depth, offset = np.zeros(
            (_ARRAYS, most)
        )
        mine = outs[:, start : start + rings * in_ring]
        longest = reach[d].max()
        along, rolled, moments = begin[i], 0.0, 0
        height, pushed_before, levers, pulls, moved = longest, 0.0, 0.0, 0.0, 0.0
        while along < begin[i] + span[i]:
            rolling = height if height > surface else radius  # mm along for each rad
            touched = sqrt(2 * radius * (max(surface - height, 0.0) + _NEAR))
            count = 0
            for j in range(rings):
                while highest[j] < in_ring:
                    c = highest[j]
                    n = (c + turn[i, j]) % per_ring
                    # Rings begin where a needle of theirs comes into the window.
                    theta = (c + (phase[i, j])) * pitch_angle - window[d] - rolled
                    if theta > window[d]:
                        break
                    mine[ALONG, j * in_ring + c] = along + rolling * (theta + angle[d, j, n])
                    mine[NEEDLE, j * in_ring + c] = j * per_ring + n
                    highest[j] += 1
                for c in range(lowest[j], highest[j]):
                    k = j * in_ring + c
                    n = (c + turn[i, j]) % per_ring
                    theta = (c + phase[i, j]) * pitch_angle + angle[d, j, n] - window[d] - rolled
                    if (
                        theta < -window[d]
                        and state[FORCE, k] == 0.0
                        and state[BULK, k] < _NO_ENERGY
                        and c == lowest[j]
                    ):
                        lowest[j] += 1
                        continue
                    if count == most:
                        break
                    below = reach[d, j, n] * cos(theta)
                    cell_edge = _along_drum(mine[ALONG, k] - along, rolling, radius) - law[PITCH] / 2
                    if moments > 0 and state[DEPTH, k] <= 0 and state[BULK, k] == 0.0:
                        # Neither needle nor drum comes near in this moment.
                        idle = state[STATUS, k] == OUT or below < height - _NEAR
                        if idle and (cell_edge > touched or cell_edge + law[PITCH] < -touched):
                            continue
                    contact[count] = k
                    below_axle[count] = below
                    lever[count] = reach[d, j, n] * sin(theta)
                    lean[count] = theta
                    entry_here[count] = entry[d, j, n] * strength[start + k]
                    depth_here[count] = entry_depth[d, j, n]
                    cell_left[count] = cell_edge
                    count += 1
            pushed = force[i] * _vary_push(wave[i], along)
            dt = moved / speed[d]
            if moments == 0:
                # Put down for a trial: only then is it known how far the drum rolls with each turn.
                trial, _, _, _, _ = _settle_moment(
                    pushed, within, 0.0, height, surface, count, contact, below_axle, lever, lean, entry_here,
                    depth_here, cell_left, law, 0.0, 0.0, 0.0, 0.0, 0.0, curve, state, needle_force, depth, offset,
                    mine, work[:, i],
                )  # fmt: skip
                actual = (trial if trial > surface else radius) / rolling
                for m in range(count):
                    k = contact[m]
                    mine[ALONG, k] = along + (mine[ALONG, k] - along) * actual
                    mine[WAY_MOST:NEEDLE, k] = 0.0
                    cell_left[m] = (
                        _along_drum(mine[ALONG, k] - along, rolling * actual, radius) - law[PITCH] / 2
                    )
                    state[:, k] = 0.0
            height, levers, pulls, carried, inside = _settle_moment(
                pushed, within, pushed_before, height, surface, count, contact, below_axle, lever, lean, entry_here,
                depth_here, cell_left, law, dt, turned, moved, levers, pulls, curve, state, needle_force, depth,
                offset, mine, work[:, i],
            )  # fmt: skip
            if moments == 0:
                # From now on it rolls, and work is counted.
                work[:, i] = 0.0
                for m in range(count):
                    work[STORED, i] += stored_energy(contact[m], state, law)
                work[HAND, i] = work[STORED, i]
            course[MEAN_WAY, i] += longest - height
            course[MEAN_INSIDE, i] += inside
            course[ON_SURFACE, i] += 1 - carried / pushed
            if i == traced and moments < trace.shape[1]:
                trace[AT, moments] = (along - begin[i]) / speed[d]
                trace[BY_HAND, moments] = pushed
                trace[BY_NEEDLES, moments] = carried
                trace[HEIGHT, moments] = height
                trace[INSIDE, moments] = inside
                trace[PULL, moments] = levers / rolling + pulls
            moments += 1
            pushed_before = pushed
            moved = (height if height > surface else radius) * turned
            along += moved
            rolled += turned
        course[:, i] /= max(moments, 1)


@compiled(cell, error_model="numpy", fastmath=True)
def press(
    first, last, draw, starts, force, time, laws, length, entry, entry_depth, strength, steps, outs, work, course,
):  # fmt: skip
    """Press a plate of needles of one `length` down with a force that grows evenly to `force` N in `time` s.

    By press: `draw`, contacts from `starts` to the next, `force`, `work`, `course` as in `roll`; by draw: `time`,
    `laws`, `entry`, `entry_depth`. The plate's own surface meets the skin once the needles are all in.
    """
    within = _BALANCED / steps**2
    for i in range(first, last):
        d = draw[i]
        law = laws[:, d].copy()
        start, count = starts[i], starts[i + 1] - starts[i]
        if count == 0:
            continue
        state = np.zeros((STATE_ROWS, count))
        contact = np.arange(count)
        below_axle, lever, lean, entry_here, depth_here, cell_left, needle_force, depth, offset = np.zeros(
            (_ARRAYS, count)
        )
        mine = outs[:, start : start + count]
        below_axle[:] = length
        cell_left[:] = -law[PITCH] / 2
        depth_here[:] = entry_depth[d]
        entry_here[:] = entry[d] * strength[start : start + count]
        height, pushed_before = length, 0.0
        carried, inside, pushed = 0.0, 0, force[i]
        for step in range(steps):
            pushed = force[i] * (step + 1) / steps
            height, _, _, carried, inside = _settle_moment(
                pushed, within, pushed_before, height, 0.0, count, contact, below_axle, lever, lean, entry_here,
                depth_here, cell_left, law, time[d] / steps, 0.0, 0.0, 0.0, 0.0, 0.0, state, needle_force, depth,
                offset, mine, work[:, i],
            )  # fmt: skip
            pushed_before = pushed
        course[MEAN_WAY, i], course[MEAN_INSIDE, i], course[ON_SURFACE, i] = (
            length - height,
            inside,
            1 - carried / pushed,
        )


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
        entry_here, left = entry[d] * strength[i], -law[PITCH] / 2
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
                needle_force, depth, _ = solve_contact(
                    0, now, state, entry_here, entry_depth[d], law, spring, offset, under, left, -left, 0.0
                )
                kept = _sum_kept(work[:, i])
                take_over(
                    0, needle_force, depth, now, 0.0, entry_here, law, spring, offset, decay, touch,
                    dt if again == 0 else 0.0, state, mine, work[:, i],
                )  # fmt: skip
                kept = _sum_kept(work[:, i]) - kept
                given = (needle_force + force_before) / 2 * (now - gone)
                if again == 1:
                    given = 0.0
                    work[CUTTING, i] -= kept
                work[HAND, i] += given
                gone, force_before = now, needle_force
                if state[STATUS, 0] != FRESH or needle_force <= entry_here:
                    break
                state[STATUS, 0] = ENTERED
                mine[BROKE, 0] = 1.0
