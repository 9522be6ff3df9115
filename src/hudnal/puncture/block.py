"""The contacts of one moment in blocks, a register of the processor wide: all of a block are worked out at once.

`slots` is one long array: block after block, in each its rows, in each row one number for each of its WIDE contacts.
What fills up the last block (`clear_slot`) lies far away and does nothing. Loops over a block do not branch, and their
places in `slots` are a whole block from a counter: so the compiler makes one step of them.
"""

from __future__ import annotations

from math import exp, sqrt

import numpy as np

from hudnal.compiled import SAFE, njit
from hudnal.puncture.cell import (
    CELL,
    CUTTING,
    ENTERED,
    FLOWING,
    FRESH,
    OUT,
    PITCH,
    RELAXING,
    RETURNED,
    RUBBING,
    STIFFNESS,
    STORED,
    TIME,
    WAY_MOST,
    begin_piece,
    bulk_energy,
    choose_piece,
    choose_piece_below,
    drum_pull,
    follow_piece,
    share_work,
    stored_energy,
)

WIDE = 8
# Rows of a block, by where they begin in it. Its state: tip depth now and at most, the dent's flowed part, dent, force,
# way, energy of the cell's springs, what has become of the needle.
DEPTH, DEEPEST, FLOW, DENT, FORCE, WAY, BULK, STATUS = range(0, 8 * WIDE, WIDE)
# Its place: mm of the tip below axle or plate and ahead of the axle, rad of the needle off the vertical, mm along of
# the cell's nearer end from the drum's lowest line, where along the pass. Its law: N and mm at which it enters, N that
# the dent's relaxed part takes off its spring.
BELOW, LEVER, LEAN, CELL_LEFT, PLACE, ENTRY, ENTRY_DEPTH, OFFSET = range(8 * WIDE, 16 * WIDE, WIDE)
# What is tried: force and depth, and the piece of the curve on which they lie.
NEW_FORCE, NEW_DEPTH, RESISTS, SLIDES, BASE, GRADE, LOWEST, HIGHEST = range(16 * WIDE, 24 * WIDE, WIDE)
BELOW_END, ANEW = (
    24 * WIDE,
    25 * WIDE,
)  # whether a needle slides down a deeper hole, whether its piece is another
WHICH = 26 * WIDE  # contact of the pass
# Of the whole block: how many contacts went far, force N on all cells, how that falls with the height, N/mm, how many
# broke through.
_WENT_FAR, _PUSH, _STIFF, _BREAKING = range(27 * WIDE, 27 * WIDE + 4)
# What each contact adds to a sum: sums are taken from here in an order of their own, so that they round alike however
# the loop that makes the parts is compiled.
_PARTS = 10
_PART = 28 * WIDE
# What a contact leaves, as in the rows of `cell` but for where it is and which needle.
_LEFT = _PART + _PARTS * WIDE
_WAY_MOST, _TIP_MOST, _DENT_THERE, _LEAN_THERE, _FORCE_MOST, _HELD, _BROKE = range(
    _LEFT, _LEFT + 7 * WIDE, WIDE
)
BLOCK = _LEFT + 7 * WIDE

FAR = 1e9  # mm: out there nothing is touched, not even by a plate
_FINE = 1e-4  # mm of way: a step of Newton's method so short is the last, and wrong by its square
_STEPS = 30  # most steps; it takes a few


@njit(error_model="numpy", fastmath=SAFE)
def count_blocks(count):
    """Blocks that hold so many contacts."""
    return (count + WIDE - 1) // WIDE


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def locate_slot(k):
    """Where the first row of the slot `k` stands in `slots`; the next rows follow WIDE further each."""
    return k // WIDE * BLOCK + k % WIDE


@njit(error_model="numpy", fastmath=SAFE)
def make_slots(most):
    """Room for so many contacts, all of it clear."""
    slots = np.zeros(count_blocks(most) * BLOCK)
    for k in range(count_blocks(most) * WIDE):
        clear_slot(slots, k)
    return slots


@njit(error_model="numpy", fastmath=SAFE)
def clear_slot(slots, k):
    """Make the slot `k` one that does nothing."""
    at = locate_slot(k)
    for row in range(0, STATUS, WIDE):
        slots[at + row] = 0.0
    slots[at + STATUS] = OUT
    slots[at + BELOW], slots[at + LEVER] = -FAR, 0.0
    slots[at + CELL_LEFT] = FAR
    slots[at + ENTRY] = slots[at + ENTRY_DEPTH] = 1.0


@njit(error_model="numpy", fastmath=SAFE)
def fill_slot(slots, k, which, below, lever, lean, place, entry, entry_depth):
    """Put a fresh contact into the slot `k`."""
    at = locate_slot(k)
    for row in range(0, BLOCK, WIDE):
        slots[at + row] = 0.0
    slots[at + STATUS] = FRESH
    slots[at + WHICH] = which
    slots[at + BELOW] = below
    slots[at + LEVER] = lever
    slots[at + LEAN] = lean
    slots[at + PLACE] = place
    slots[at + ENTRY] = entry
    slots[at + ENTRY_DEPTH] = entry_depth


@njit(error_model="numpy", fastmath=SAFE)
def refresh_slots(slots, count):
    """Put the contacts back to before anything happened to them."""
    for k in range(count):
        at = locate_slot(k)
        for row in range(0, BELOW, WIDE):
            slots[at + row] = 0.0
        for row in range(_LEFT, BLOCK, WIDE):
            slots[at + row] = 0.0


@njit(error_model="numpy", fastmath=SAFE)
def leave_slot(slots, k, outs):
    """Write what the contact in the slot `k` leaves into its column of `outs`."""
    at = locate_slot(k)
    which = int(slots[at + WHICH])
    for row in range((BLOCK - _LEFT) // WIDE):
        outs[WAY_MOST + row, which] = slots[at + _LEFT + row * WIDE]


@njit(error_model="numpy", fastmath=SAFE)
def take_slot(slots, k, last):
    """Move the contact of the slot `last` into the slot `k`, and clear its own."""
    at, there = locate_slot(k), locate_slot(last)
    for row in range(0, BLOCK, WIDE):
        slots[at + row] = slots[there + row]
    clear_slot(slots, last)


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def soften_dents(slots, blocks, time, law):
    """Prepare the dents for a moment of `time` s: spring N/mm, what is left of the old flow; leaves OFFSET."""
    decay = exp(-time / law[TIME])
    spring = law[STIFFNESS] * (1 - law[RELAXING] * (1 - decay) / 2)
    relaxing = law[STIFFNESS] * law[RELAXING]
    for b in range(blocks):
        o = b * BLOCK
        for m in range(WIDE):
            relaxed = slots[o + FLOW + m] * decay + (1 - decay) * slots[o + DENT + m] / 2
            slots[o + OFFSET + m] = relaxing * relaxed
    return spring, decay


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def _choose_pieces(slots, o, height, under, spring, curve, law):
    for m in range(WIDE):
        i = o + m
        way, depth = slots[i + BELOW] - height, slots[i + DEPTH]
        offset, left = slots[i + OFFSET], slots[i + CELL_LEFT]
        resists, slides, base, grade, lowest, highest, below = choose_piece(
            way, depth, slots[i + DEEPEST], slots[i + STATUS], slots[i + ENTRY],
            slots[i + ENTRY_DEPTH], offset, spring, under, left, curve, law,
        )  # fmt: skip
        resting, sliding = 1.0 if resists else 0.0, 1.0 if slides else 0.0
        same = (resting == slots[i + RESISTS]) & (sliding == slots[i + SLIDES])
        same = same & (base == slots[i + BASE]) & (grade == slots[i + GRADE])
        slots[i + ANEW] = 0.0 if same else 1.0
        slots[i + RESISTS], slots[i + SLIDES] = resting, sliding
        slots[i + BASE], slots[i + GRADE] = base, grade
        slots[i + LOWEST], slots[i + HIGHEST] = lowest, highest
        slots[i + BELOW_END] = 1.0 if below else 0.0
    below_end, anew = 0.0, 0.0
    for m in range(WIDE):
        below_end += slots[o + BELOW_END + m]
        anew += slots[o + ANEW + m]
    if below_end > 0:
        for m in range(WIDE):
            i = o + m
            slides, base, grade, cuts, highest = choose_piece_below(
                slots[i + BELOW] - height, slots[i + DEEPEST], slots[i + ENTRY],
                slots[i + OFFSET], spring, under, slots[i + CELL_LEFT], curve, law,
            )  # fmt: skip
            below = slots[i + BELOW_END] > 0
            slots[i + SLIDES] = (1.0 if slides else 0.0) if below else slots[i + SLIDES]
            slots[i + BASE] = base if below else slots[i + BASE]
            slots[i + GRADE] = grade if below else slots[i + GRADE]
            slots[i + HIGHEST] = highest if below else slots[i + HIGHEST]
            lowest, deepest = slots[i + LOWEST], slots[i + DEEPEST]
            slots[i + LOWEST] = deepest if below & cuts else lowest
    if anew == 0:
        return
    for m in range(WIDE):
        i = o + m
        force, depth = begin_piece(
            slots[i + RESISTS] > 0, slots[i + SLIDES] > 0, slots[i + BASE], slots[i + GRADE],
            slots[i + LOWEST], slots[i + HIGHEST], slots[i + BELOW] - height, slots[i + DEPTH],
            slots[i + OFFSET], spring, law,
        )  # fmt: skip
        tried_force, tried_depth = slots[i + NEW_FORCE], slots[i + NEW_DEPTH]
        is_new = slots[i + ANEW] > 0
        slots[i + NEW_FORCE] = force if is_new else tried_force
        slots[i + NEW_DEPTH] = depth if is_new else tried_depth


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def _sum_part(slots, o, part):
    """The sum of one part over the contacts of a block."""
    a = o + _PART + part * WIDE
    return ((slots[a] + slots[a + 1]) + (slots[a + 2] + slots[a + 3])) + (
        (slots[a + 4] + slots[a + 5]) + (slots[a + 6] + slots[a + 7])
    )


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def _follow_pieces(slots, o, height, under, spring, curve, law):
    """One step for a block: how many contacts went far, force N of the cells, how that falls with the height, N/mm."""
    for m in range(WIDE):
        i = o + m
        force, depth, gone, push, stiff = follow_piece(
            slots[i + NEW_FORCE], slots[i + NEW_DEPTH], slots[i + RESISTS] > 0,
            slots[i + SLIDES] > 0, slots[i + BASE], slots[i + GRADE], slots[i + LOWEST],
            slots[i + HIGHEST], slots[i + BELOW] - height, slots[i + OFFSET], spring, under,
            slots[i + CELL_LEFT], curve, law,
        )  # fmt: skip
        slots[i + NEW_FORCE], slots[i + NEW_DEPTH] = force, depth
        slots[i + _PART] = 1.0 if gone > _FINE else 0.0
        slots[i + _PART + WIDE] = push
        slots[i + _PART + 2 * WIDE] = stiff
    return _sum_part(slots, o, 0), _sum_part(slots, o, 1), _sum_part(slots, o, 2)


@njit(error_model="numpy", fastmath=SAFE)
def sum_forces(slots, blocks, height, surface, spring, curve, law, afresh):
    """Force N of skin on an instrument whose axle or plate is `height` mm up, `surface` mm of it down to its surface;
    and how it falls with the height, N/mm. Leaves the force and the depth of each needle.

    Unless `afresh` all is as it was at this height but in the blocks in which a needle broke through.
    """
    under = surface - height
    for b in range(blocks):
        told = b * BLOCK
        changed = afresh or slots[told + _BREAKING] > 0
        if changed:
            _choose_pieces(slots, b * BLOCK, height, under, spring, curve, law)
        slots[told + _WENT_FAR] = 1.0 if changed else 0.0
    # Block after block for each step: what waits for a root or a quotient of one has another's to work on.
    for _ in range(_STEPS):
        some = False
        for b in range(blocks):
            told = b * BLOCK
            if slots[told + _WENT_FAR] > 0:
                some = True
                far, push, stiff = _follow_pieces(slots, b * BLOCK, height, under, spring, curve, law)
                slots[told + _WENT_FAR], slots[told + _PUSH], slots[told + _STIFF] = far, push, stiff
        if not some:
            break
    total, slope = 0.0, 0.0
    for b in range(blocks):
        told = b * BLOCK
        total += slots[told + _PUSH]
        slope += slots[told + _STIFF]
    return total, slope


@njit(error_model="numpy", fastmath=SAFE)
def take_over(slots, blocks, height, surface, spring, decay, time, curve, law, work):
    """Take over the force and depth tried: dent, flow, what contacts will leave; adds to `work`.

    Gives the sums over the needles: work given N mm, force times lever N mm, horizontal force of the drum N, force N,
    how many are inside.
    """
    all_given, stored, cut, rubbed, flowed, returned = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    levers, pulls, carried, inside = 0.0, 0.0, 0.0, 0.0
    under = surface - height
    for b in range(blocks):
        o = b * BLOCK
        for m in range(WIDE):
            i = o + m
            force, depth, way = (
                slots[i + NEW_FORCE],
                slots[i + NEW_DEPTH],
                slots[i + BELOW] - height,
            )
            status, entry, deepest = (
                slots[i + STATUS],
                slots[i + ENTRY],
                slots[i + DEEPEST],
            )
            old_dent, old_flow, left = (
                slots[i + DENT],
                slots[i + FLOW],
                slots[i + CELL_LEFT],
            )
            dent = (force + slots[i + OFFSET]) / spring
            flow = old_flow * decay + (1 - decay) * (old_dent + dent) / 2
            sink = force / law[CELL]
            bulk = bulk_energy(sink, under, left, curve, law)
            one_given, one_stored, one_cut, one_rubbed, one_flowed = share_work(
                status, entry, slots[i + FORCE], slots[i + DEPTH], deepest, old_dent, old_flow,
                slots[i + WAY], slots[i + BULK], force, depth, way, bulk, dent, flow, law,
            )  # fmt: skip
            slots[i + _PART] = one_given
            slots[i + _PART + WIDE] = max(-one_given, 0.0)
            slots[i + _PART + 2 * WIDE] = one_stored
            slots[i + _PART + 3 * WIDE] = one_cut
            slots[i + _PART + 4 * WIDE] = one_rubbed
            slots[i + _PART + 5 * WIDE] = one_flowed
            slots[i + DEEPEST] = max(deepest, depth)
            deeper = depth > slots[i + _TIP_MOST]
            slots[i + _TIP_MOST] = max(slots[i + _TIP_MOST], depth)
            slots[i + _DENT_THERE] = dent if deeper else slots[i + _DENT_THERE]
            lean, lean_there = slots[i + LEAN], slots[i + _LEAN_THERE]
            slots[i + _LEAN_THERE] = lean if deeper else lean_there
            slots[i + _WAY_MOST] = max(slots[i + _WAY_MOST], way)
            # The force drops when it passes that of entry, at whatever moment that was seen.
            felt = min(force, entry) if status == FRESH else force
            slots[i + _FORCE_MOST] = max(slots[i + _FORCE_MOST], felt)
            slots[i + _HELD] += time if force > 0 else 0.0
            slots[i + STATUS] = OUT if (status == ENTERED) & (depth <= 0) else status
            slots[i + DEPTH], slots[i + FORCE] = depth, force
            slots[i + DENT], slots[i + FLOW] = dent, flow
            slots[i + WAY], slots[i + BULK] = way, bulk
            slots[i + _PART + 6 * WIDE] = force * slots[i + LEVER]
            # The drum's profile is a parabola; cells come nearer along it as along the drum's circle.
            middle = (left + law[PITCH] / 2) * curve
            pull = drum_pull(sink, under, left, curve, law) * sqrt(max(1 - middle * middle, 0.0))
            slots[i + _PART + 7 * WIDE] = pull
            slots[i + _PART + 8 * WIDE] = force
            slots[i + _PART + 9 * WIDE] = 1.0 if (force > 0) | ((status == ENTERED) & (depth > 0)) else 0.0
        all_given += _sum_part(slots, o, 0)
        returned += _sum_part(slots, o, 1)
        stored += _sum_part(slots, o, 2)
        cut += _sum_part(slots, o, 3)
        rubbed += _sum_part(slots, o, 4)
        flowed += _sum_part(slots, o, 5)
        levers += _sum_part(slots, o, 6)
        pulls += _sum_part(slots, o, 7)
        carried += _sum_part(slots, o, 8)
        inside += _sum_part(slots, o, 9)
    work[STORED] += stored
    work[CUTTING] += cut
    work[RUBBING] += rubbed
    work[FLOWING] += flowed
    work[RETURNED] += returned
    return all_given, levers, pulls, carried, inside


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def break_through(slots, blocks):
    """Mark the needles on which the force has passed that of entry; whether there were any."""
    some = 0.0
    for b in range(blocks):
        o = b * BLOCK
        for m in range(WIDE):
            i = o + m
            breaks = (slots[i + STATUS] == FRESH) & (slots[i + FORCE] > slots[i + ENTRY])
            slots[i + STATUS] = ENTERED if breaks else slots[i + STATUS]
            slots[i + _BROKE] = 1.0 if breaks else slots[i + _BROKE]
            slots[i + _PART] = 1.0 if breaks else 0.0
        slots[o + _BREAKING] = _sum_part(slots, o, 0)
        some += slots[o + _BREAKING]
    return some > 0


@njit(error_model="numpy", fastmath=SAFE)
def sum_stored(slots, blocks, law):
    """N mm that the skin of all contacts holds."""
    total = 0.0
    for b in range(blocks):
        o = b * BLOCK
        for m in range(WIDE):
            i = o + m
            total += stored_energy(
                slots[i + STATUS], slots[i + DEPTH], slots[i + DENT], slots[i + FLOW],
                slots[i + BULK], law,
            )  # fmt: skip
    return total
