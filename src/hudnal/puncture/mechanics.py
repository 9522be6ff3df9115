"""The compiled core: an instrument balanced on its needles, moment by moment, as it rolls, is pressed or strikes."""

from __future__ import annotations

from math import acos, asin, cos, pi, sin, sqrt

import numpy as np

from hudnal.compiled import SAFE, compiled, njit
from hudnal.puncture import block, cell
from hudnal.puncture.block import (
    BELOW,
    BLOCK,
    BULK,
    CELL_LEFT,
    FAR,
    FORCE,
    LEAN,
    LEVER,
    PLACE,
    STATUS,
    WAY,
    WHICH,
    WIDE,
    break_through,
    clear_slot,
    count_blocks,
    fill_slot,
    leave_slot,
    locate_slot,
    make_slots,
    refresh_slots,
    soften_dents,
    sum_forces,
    sum_stored,
    take_over,
    take_slot,
)
from hudnal.puncture.cell import (
    ALONG,
    CELL,
    CUTTING,
    FLOWING,
    HAND,
    NEEDLE,
    OUT,
    PITCH,
    PLATE,
    RUBBING,
    STIFFNESS,
    STORED,
    WORK_ROWS,
)

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


@njit(error_model="numpy", fastmath=SAFE)
def _read_law(laws, d):
    """The law of draw `d`, as numbers that stay in registers."""
    return (
        laws[0, d], laws[1, d], laws[2, d], laws[3, d], laws[4, d], laws[5, d], laws[6, d], laws[7, d], laws[8, d],
        laws[9, d], laws[10, d], laws[11, d],
    )  # fmt: skip


@njit(error_model="numpy", fastmath=SAFE)
def _balance_height(pushed, within, height, surface, blocks, slots, law, spring, curve, afresh):
    """Height mm at which the skin pushes back as hard as the hand pushes, but for the share `within` of that.

    Unless `afresh`, `height` is that of the last balance, and only needles that broke through have moved since.
    """
    low, high = -_ANYWHERE, _ANYWHERE  # the skin pushes too hard at `low`, too little at `high`
    for trial in range(_ROUNDS):
        total, slope = sum_forces(slots, blocks, height, surface, spring, curve, law, afresh or trial > 0)
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


@njit(error_model="numpy", fastmath=SAFE)
def _sum_kept(work):
    """N mm that the skin has taken up so far."""
    return work[STORED] + work[CUTTING] + work[RUBBING] + work[FLOWING]


@njit(error_model="numpy", fastmath=SAFE)
def _settle_moment(
    pushed, within, pushed_before, height, surface, enough, blocks, slots, law, dt, turned, moved, lever_before,
    pull_before, curve, work,
):  # fmt: skip
    """One moment: balance, take over; as long as needles break through, balance again at once.

    Gives the height, and the sums at the end: lever N mm, pull N, force on needles N, needles inside. A height below
    `enough` mm is as good as any lower one.
    """
    levers, pulls, carried, inside = 0.0, 0.0, 0.0, 0.0
    for again in range(_BREAKS):
        # A needle breaks through in no time: what the dent sets free beyond steady cutting is the burst, cut as well.
        time = dt if again == 0 else 0.0
        spring, decay = soften_dents(slots, blocks, time, law)
        was = height
        height = _balance_height(
            pushed, within, height, surface, blocks, slots, law, spring, curve, again == 0
        )
        kept = _sum_kept(work)
        _, levers, pulls, carried, inside = take_over(
            slots, blocks, height, surface, spring, decay, time, curve, law, work
        )
        kept = _sum_kept(work) - kept
        if again == 0:
            given = (pushed + pushed_before) / 2 * (was - height)
            given += (levers + lever_before) / 2 * turned + (pulls + pull_before) / 2 * moved
        else:
            given = pushed * (was - height)
            work[CUTTING] += given - kept
        work[HAND] += given
        if height < enough or not break_through(slots, blocks):
            break
    return height, levers, pulls, carried, inside


@njit(error_model="numpy", fastmath=SAFE)
def _sine(y):
    """Sine of an angle of less than pi / 2 rad, within 1e-9."""
    x = y * y
    return y * (1 - x / 6 * (1 - x / 20 * (1 - x / 42 * (1 - x / 72 * (1 - x / 110 * (1 - x / 156))))))


@njit(error_model="numpy", fastmath=SAFE)
def _turn_needles(slots, blocks, cosine, sine, angle):
    """Turn the needles on by `angle` rad, whose cosine and sine are given."""
    for b in range(blocks):
        o = b * BLOCK
        for m in range(WIDE):
            i = o + m
            below, lever = slots[i + BELOW], slots[i + LEVER]
            slots[i + BELOW] = below * cosine + lever * sine
            slots[i + LEVER] = lever * cosine - below * sine
            slots[i + LEAN] -= angle


@njit(error_model="numpy", fastmath=SAFE)
def _place_cells(slots, count, along, rolling, radius, pitch):
    """Where cells begin, mm from the drum's lowest line: where a parabola is as deep as the drum's circle is there."""
    for b in range(count_blocks(count)):
        o = b * BLOCK
        for m in range(WIDE):
            edge = 2 * radius * _sine((slots[o + PLACE + m] - along) / rolling / 2) - pitch / 2
            slots[o + CELL_LEFT + m] = edge if b * WIDE + m < count else FAR


@njit(error_model="numpy", fastmath=SAFE)
def _drop_contacts(slots, count, window, touched, pitch, outs):
    """Let go of contacts that lie behind, write what they leave; how many are left."""
    k = 0
    while k < count:
        at = locate_slot(k)
        rests = slots[at + FORCE] == 0.0 and slots[at + BULK] < _NO_ENERGY
        passed = slots[at + STATUS] == OUT and slots[at + CELL_LEFT] + pitch < -touched
        if rests and (passed or slots[at + LEAN] < -window):
            leave_slot(slots, k, outs)
            count -= 1
            take_slot(slots, k, count)
        else:
            k += 1
    return count


@njit(error_model="numpy", fastmath=SAFE)
def _vary_push(wave, along):
    """Force of the hand against its mean, `along` mm, by its `wave` (term, 3)."""
    push = 1.0
    for term in range(wave.shape[0]):
        push += wave[term, 0] * sin(wave[term, 1] * along + wave[term, 2])
    return max(push, _LEAST_PUSH)


@compiled(block, cell, error_model="numpy", fastmath=SAFE)
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
    cosine, sine = cos(turned), sin(turned)
    curve = 1 / (2 * radius)
    within = _BALANCED / steps**2
    widest = 0.0
    for d in range(window.size):
        widest = max(widest, window[d])
    slots = make_slots(rings * (int(2 * widest / pitch_angle) + _SPARE_PITCHES))
    for i in range(first, last):
        d = draw[i]
        law = _read_law(laws, d)
        # A needle stands on the drum in the middle of its cell: there the mean over the cell is to be right.
        surface = radius + curve * law[PITCH] ** 2 / 12
        in_ring, start = counts[i], starts[i]
        # Contacts of a ring come one after the other: into the window, then near enough to be worked out.
        waiting, coming = np.zeros(rings, np.int64), np.zeros(rings, np.int64)
        taken = np.zeros(rings * in_ring, np.bool_)
        most = rings * (int(2 * window[d] / pitch_angle) + _SPARE_PITCHES)
        mine = outs[:, start : start + rings * in_ring]
        longest = 0.0
        for j in range(rings):
            for n in range(per_ring):
                longest = max(longest, reach[d, j, n])
        along, rolled, moments, count = begin[i], 0.0, 0, 0
        height, pushed_before, levers, pulls, moved = longest, 0.0, 0.0, 0.0, 0.0
        while along < begin[i] + span[i]:
            rolling = height if height > surface else radius  # mm along for each rad
            touched = sqrt(2 * radius * (max(surface - height, 0.0) + _NEAR))
            if moments > 0:
                _turn_needles(slots, count_blocks(count), cosine, sine, turned)
                count = _drop_contacts(slots, count, window[d], touched, law[PITCH], mine)
            # Beyond these neither needle nor drum comes near in this moment.
            near_angle = acos(min(max((height - _NEAR) / longest, -1.0), 1.0))
            near_place = 2 * rolling * asin(min((touched + law[PITCH] / 2) / (2 * radius), 1.0))
            for j in range(rings):
                while coming[j] < in_ring:
                    c = coming[j]
                    n = (c + turn[i, j]) % per_ring
                    # Rings begin where a needle of theirs comes into the window.
                    theta = (c + phase[i, j]) * pitch_angle - window[d] - rolled
                    if theta > window[d]:
                        break
                    mine[ALONG, j * in_ring + c] = along + rolling * (theta + angle[d, j, n])
                    mine[NEEDLE, j * in_ring + c] = j * per_ring + n
                    coming[j] += 1
                for c in range(waiting[j], coming[j]):
                    k = j * in_ring + c
                    n = (c + turn[i, j]) % per_ring
                    theta = (c + phase[i, j]) * pitch_angle + angle[d, j, n] - window[d] - rolled
                    if taken[k] or (
                        moments > 0 and abs(theta) > near_angle and abs(mine[ALONG, k] - along) > near_place
                    ):
                        continue
                    if count == most:
                        break
                    fill_slot(
                        slots, count, k, reach[d, j, n] * cos(theta), reach[d, j, n] * sin(theta), theta,
                        mine[ALONG, k], entry[d, j, n] * strength[start + k], entry_depth[d, j, n],
                    )  # fmt: skip
                    taken[k] = True
                    count += 1
                while waiting[j] < coming[j] and taken[j * in_ring + waiting[j]]:
                    waiting[j] += 1
            blocks = count_blocks(count)
            _place_cells(slots, count, along, rolling, radius, law[PITCH])
            pushed = force[i] * _vary_push(wave[i], along)
            dt = moved / speed[d]
            if moments == 0:
                # Put down for a trial: only then is it known how far the drum rolls with each turn.
                trial, _, _, _, _ = _settle_moment(
                    pushed, within, 0.0, height, surface, surface, blocks, slots, law, 0.0, 0.0, 0.0, 0.0, 0.0, curve,
                    work[:, i],
                )  # fmt: skip
                actual = (trial if trial > surface else radius) / rolling
                refresh_slots(slots, count)
                for m in range(count):
                    at = locate_slot(m)
                    k = int(slots[at + WHICH])
                    mine[ALONG, k] = along + (mine[ALONG, k] - along) * actual
                    slots[at + PLACE] = mine[ALONG, k]
                _place_cells(slots, count, along, rolling * actual, radius, law[PITCH])
            height, levers, pulls, carried, inside = _settle_moment(
                pushed, within, pushed_before, height, surface, -_ANYWHERE, blocks, slots, law, dt, turned, moved,
                levers, pulls, curve, work[:, i],
            )  # fmt: skip
            if moments == 0:
                # From now on it rolls, and work is counted.
                for row in range(WORK_ROWS):  # one by one: to compile an assignment of slices takes seconds
                    work[row, i] = 0.0
                work[STORED, i] = sum_stored(slots, blocks, law)
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
        for k in range(count):
            leave_slot(slots, k, mine)
            clear_slot(slots, k)
        for row in range(COURSE_ROWS):
            course[row, i] /= max(moments, 1)


@compiled(block, cell, error_model="numpy", fastmath=SAFE)
def press(
    first, last, draw, starts, force, energy, time, laws, length, shorter, entry, entry_depth, steps, outs, work,
    course,
):  # fmt: skip
    """Press a plate of needles of one `length` down with a force that grows evenly to `force` N in `time` s.

    By press: `draw`, contacts from `starts` to the next, `force`, `energy` N mm at which it stops, `work`, `course` as
    in `roll`; by draw: `time`, `laws`; by contact: how much `shorter` than the others it is, mm, `entry` N,
    `entry_depth`. The plate's own surface meets the skin once the needles are all in.
    """
    within = _BALANCED / steps**2
    for i in range(first, last):
        d = draw[i]
        law = _read_law(laws, d)
        start, count = starts[i], starts[i + 1] - starts[i]
        if count == 0:
            continue
        slots, blocks = make_slots(count), count_blocks(count)
        for k in range(count):
            c = start + k
            fill_slot(slots, k, k, length - shorter[c], 0.0, 0.0, 0.0, entry[c], entry_depth[c])
            slots[locate_slot(k) + CELL_LEFT] = -law[PITCH] / 2
        height, pushed_before = length, 0.0
        carried, inside, pushed = 0.0, 0.0, force[i]
        for step in range(steps):
            pushed = force[i] * (step + 1) / steps
            height, _, _, carried, inside = _settle_moment(
                pushed, within, pushed_before, height, 0.0, -_ANYWHERE, blocks, slots, law, time[d] / steps, 0.0, 0.0,
                0.0, 0.0, PLATE, work[:, i],
            )  # fmt: skip
            pushed_before = pushed
            if work[HAND, i] >= energy[i]:
                break
        for k in range(count):
            leave_slot(slots, k, outs[:, start : start + count])
        course[MEAN_WAY, i], course[MEAN_INSIDE, i], course[ON_SURFACE, i] = (
            length - height,
            inside,
            1 - carried / pushed,
        )


@compiled(block, cell, error_model="numpy", fastmath=SAFE)
def strike(first, last, draw, starts, way, nose, time, laws, shorter, entry, entry_depth, steps, outs, work):
    """Drive single needles out to `way` mm past the nose in `time` s along a sine, whatever the force.

    By pass: `draw`, contacts from `starts` to the next, `way`, `nose` N, the part of the hand's force that falls on
    each cell, `work` of all its needles; by draw: `time`, `laws`; by contact: how much `shorter` than the others it is,
    mm, `entry` N, `entry_depth`. The nose sinks the skin first, and holds it there as long as it pushes harder than the
    needle.
    """
    for i in range(first, last):
        d = draw[i]
        law = _read_law(laws, d)
        start, count = starts[i], starts[i + 1] - starts[i]
        slots, blocks = make_slots(count), count_blocks(count)
        under = nose[i] / law[CELL]
        for k in range(count):
            c = start + k
            fill_slot(slots, k, k, under - shorter[c], 0.0, 0.0, 0.0, entry[c], entry_depth[c])
            at = locate_slot(k)
            slots[at + CELL_LEFT] = -law[PITCH] / 2
            slots[at + WAY] = under
            slots[at + BULK] = 0.5 * nose[i] * under
        for step in range(steps):
            # The skin's plane under the nose comes up to the needle: as if the instrument were let down.
            height = -way[i] * sin(pi / 2 * (step + 1) / steps)
            dt = time[d] / steps
            for again in range(2):
                moment = dt if again == 0 else 0.0
                spring, decay = soften_dents(slots, blocks, moment, law)
                sum_forces(slots, blocks, height, height + under, spring, PLATE, law, again == 0)
                kept = _sum_kept(work[:, i])
                given, _, _, _, _ = take_over(
                    slots, blocks, height, height + under, spring, decay, moment, PLATE, law, work[:, i]
                )
                if again == 0:
                    work[HAND, i] += given
                else:
                    work[CUTTING, i] -= _sum_kept(work[:, i]) - kept
                if not break_through(slots, blocks):
                    break
        for k in range(count):
            leave_slot(slots, k, outs[:, start : start + count])
