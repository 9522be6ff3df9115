"""The contacts of one moment in blocks, a register of the processor wide: all of a block are worked out at once. Compiled.

`slots` is one long array: block after block, in each its ROWS, in each row one number for each of its WIDE contacts. What
fills up the last block (`clear_slot`) lies far away and does nothing.
"""

from __future__ import annotations

from math import exp, sqrt

from hudnal.compiled import njit
from hudnal.puncture.cell import (
    CELL,
    CUTTING,
    ENTERED,
    FLOWING,
    FRESH,
    LEFT_ROWS,
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
# Rows of a block. Its state: tip depth now and at most, the dent's flowed part, dent, force, way, energy of the cell's
# springs, what has become of the needle. Its place: mm of the tip below axle or plate and ahead of the axle, rad of the
# needle off the vertical, mm along of the cell's nearer end from the drum's lowest line, where along the pass. Its law: N
# and mm at which it enters, N that the dent's relaxed part takes off its spring.
(
    DEPTH, DEEPEST, FLOW, DENT, FORCE, WAY, BULK, STATUS, BELOW, LEVER, LEAN, CELL_LEFT, PLACE, ENTRY, ENTRY_DEPTH, OFFSET,
) = range(16)  # fmt: skip
# What is tried: force and depth, and the piece of the curve on which they lie.
NEW_FORCE, NEW_DEPTH, RESISTS, SLIDES, BASE, GRADE, LOWEST, HIGHEST, BELOW_END, ANEW = range(16, 26)
TOLD = 26  # of the whole block
WHICH = 27  # contact of the pass
LEFT = 28  # and from here on what it leaves, but for where it is and which needle: rows of `cell`
_LEAVES = LEFT_ROWS - 2
ROWS = LEFT + _LEAVES
BLOCK = ROWS * WIDE
_FIRST_LEFT = WAY_MOST
(
    _WAY_MOST, _TIP_MOST, _DENT_THERE, _LEAN_THERE, _FORCE_MOST, _HELD, _BROKE,
) = range(LEFT, ROWS)  # fmt: skip

# Of a whole block: how many contacts went far, force N on all cells, how that falls with the height, N/mm, how many broke
# through.
_FAR, _PUSH, _STIFF, _BREAKING = range(4)

FAR = 1e9  # mm: out there nothing is touched, not even by a plate
_FINE = 1e-4  # mm of way: a step of Newton's method so short is the last, and wrong by its square
_STEPS = 30  # most steps; it takes a few


@njit(error_model="numpy", fastmath=True)
def count_blocks(count):
    """Blocks that hold so many contacts."""
    return (count + WIDE - 1) // WIDE


@njit(error_model="numpy", fastmath=True, forceinline=True)
def locate_slot(k):
    """Where the first row of the slot `k` stands in `slots`; the next rows follow WIDE further each."""
    return k // WIDE * BLOCK + k % WIDE


@njit(error_model="numpy", fastmath=True)
def clear_slot(slots, k):
    """Make the slot `k` one that does nothing."""
    at = locate_slot(k)
    for row in range(ROWS):
        slots[at + row * WIDE] = 0.0
    slots[at + STATUS * WIDE] = OUT
    slots[at + BELOW * WIDE] = -FAR
    slots[at + CELL_LEFT * WIDE] = FAR
    slots[at + ENTRY * WIDE] = 1.0
    slots[at + ENTRY_DEPTH * WIDE] = 1.0


@njit(error_model="numpy", fastmath=True)
def fill_slot(slots, k, which, below, lever, lean, place, entry, entry_depth):
    """Put a fresh contact into the slot `k`."""
    at = locate_slot(k)
    for row in range(ROWS):
        slots[at + row * WIDE] = 0.0
    slots[at + STATUS * WIDE] = FRESH
    slots[at + WHICH * WIDE] = which
    slots[at + BELOW * WIDE] = below
    slots[at + LEVER * WIDE] = lever
    slots[at + LEAN * WIDE] = lean
    slots[at + PLACE * WIDE] = place
    slots[at + ENTRY * WIDE] = entry
    slots[at + ENTRY_DEPTH * WIDE] = entry_depth


@njit(error_model="numpy", fastmath=True)
def refresh_slots(slots, count):
    """Put the contacts back to before anything happened to them."""
    for k in range(count):
        at = locate_slot(k)
        for row in range(STATUS + 1):
            slots[at + row * WIDE] = 0.0
        for row in range(LEFT, ROWS):
            slots[at + row * WIDE] = 0.0


@njit(error_model="numpy", fastmath=True)
def leave_slot(slots, k, outs):
    """Write what the contact in the slot `k` leaves into its column of `outs`."""
    at = locate_slot(k)
    which = int(slots[at + WHICH * WIDE])
    for row in range(_LEAVES):
        outs[_FIRST_LEFT + row, which] = slots[at + (LEFT + row) * WIDE]


@njit(error_model="numpy", fastmath=True)
def take_slot(slots, k, last):
    """Move the contact of the slot `last` into the slot `k`, and clear its own."""
    at, there = locate_slot(k), locate_slot(last)
    for row in range(ROWS):
        slots[at + row * WIDE] = slots[there + row * WIDE]
    clear_slot(slots, last)


@njit(error_model="numpy", fastmath=True, forceinline=True)
def soften_dents(slots, blocks, time, law):
    """Prepare the dents for a moment of `time` s: spring N/mm, what is left of the old flow; leaves OFFSET."""
    decay = exp(-time / law[TIME])
    spring = law[STIFFNESS] * (1 - law[RELAXING] * (1 - decay) / 2)
    relaxing = law[STIFFNESS] * law[RELAXING]
    for b in range(blocks):
        o = b * BLOCK
        for m in range(WIDE):
            relaxed = slots[o + FLOW * WIDE + m] * decay + (1 - decay) * slots[o + DENT * WIDE + m] / 2
            slots[o + OFFSET * WIDE + m] = relaxing * relaxed
    return spring, decay


@njit(error_model="numpy", fastmath=True, forceinline=True)
def _choose_pieces(slots, o, height, under, spring, curve, law):
    for m in range(WIDE):
        i = o + m
        way, depth = slots[i + BELOW * WIDE] - height, slots[i + DEPTH * WIDE]
        offset, left = slots[i + OFFSET * WIDE], slots[i + CELL_LEFT * WIDE]
        resists, slides, base, grade, lowest, highest, below = choose_piece(
            way, depth, slots[i + DEEPEST * WIDE], slots[i + STATUS * WIDE], slots[i + ENTRY * WIDE],
            slots[i + ENTRY_DEPTH * WIDE], offset, spring, under, left, curve, law,
        )  # fmt: skip
        resting, sliding = 1.0 if resists else 0.0, 1.0 if slides else 0.0
        same = (resting == slots[i + RESISTS * WIDE]) & (sliding == slots[i + SLIDES * WIDE])
        same = same & (base == slots[i + BASE * WIDE]) & (grade == slots[i + GRADE * WIDE])
        slots[i + ANEW * WIDE] = 0.0 if same else 1.0
        slots[i + RESISTS * WIDE], slots[i + SLIDES * WIDE] = resting, sliding
        slots[i + BASE * WIDE], slots[i + GRADE * WIDE] = base, grade
        slots[i + LOWEST * WIDE], slots[i + HIGHEST * WIDE] = lowest, highest
        slots[i + BELOW_END * WIDE] = 1.0 if below else 0.0
    below_end, anew = 0.0, 0.0
    for m in range(WIDE):
        below_end += slots[o + BELOW_END * WIDE + m]
        anew += slots[o + ANEW * WIDE + m]
    if below_end > 0:
        for m in range(WIDE):
            i = o + m
            slides, base, grade, cuts, highest = choose_piece_below(
                slots[i + BELOW * WIDE] - height, slots[i + DEEPEST * WIDE], slots[i + ENTRY * WIDE],
                slots[i + OFFSET * WIDE], spring, under, slots[i + CELL_LEFT * WIDE], curve, law,
            )  # fmt: skip
            below = slots[i + BELOW_END * WIDE] > 0
            slots[i + SLIDES * WIDE] = (1.0 if slides else 0.0) if below else slots[i + SLIDES * WIDE]
            slots[i + BASE * WIDE] = base if below else slots[i + BASE * WIDE]
            slots[i + GRADE * WIDE] = grade if below else slots[i + GRADE * WIDE]
            slots[i + HIGHEST * WIDE] = highest if below else slots[i + HIGHEST * WIDE]
            lowest, deepest = slots[i + LOWEST * WIDE], slots[i + DEEPEST * WIDE]
            slots[i + LOWEST * WIDE] = deepest if below & cuts else lowest
    if anew == 0:
        return
    for m in range(WIDE):
        i = o + m
        force, depth = begin_piece(
            slots[i + RESISTS * WIDE] > 0, slots[i + SLIDES * WIDE] > 0, slots[i + BASE * WIDE], slots[i + GRADE * WIDE],
            slots[i + LOWEST * WIDE], slots[i + HIGHEST * WIDE], slots[i + BELOW * WIDE] - height, slots[i + DEPTH * WIDE],
            slots[i + OFFSET * WIDE], spring, law,
        )  # fmt: skip
        tried_force, tried_depth = slots[i + NEW_FORCE * WIDE], slots[i + NEW_DEPTH * WIDE]
        is_new = slots[i + ANEW * WIDE] > 0
        slots[i + NEW_FORCE * WIDE] = force if is_new else tried_force
        slots[i + NEW_DEPTH * WIDE] = depth if is_new else tried_depth


@njit(error_model="numpy", fastmath=True, forceinline=True)
def _follow_pieces(slots, o, height, under, spring, curve, law):
    """One step for a block: how many contacts went far, the force N of their cells, how that falls with the height, N/mm."""
    far, total, slope = 0.0, 0.0, 0.0
    for m in range(WIDE):
        i = o + m
        force, depth, gone, push, stiff = follow_piece(
            slots[i + NEW_FORCE * WIDE], slots[i + NEW_DEPTH * WIDE], slots[i + RESISTS * WIDE] > 0,
            slots[i + SLIDES * WIDE] > 0, slots[i + BASE * WIDE], slots[i + GRADE * WIDE], slots[i + LOWEST * WIDE],
            slots[i + HIGHEST * WIDE], slots[i + BELOW * WIDE] - height, slots[i + OFFSET * WIDE], spring, under,
            slots[i + CELL_LEFT * WIDE], curve, law,
        )  # fmt: skip
        slots[i + NEW_FORCE * WIDE], slots[i + NEW_DEPTH * WIDE] = force, depth
        far += 1.0 if gone > _FINE else 0.0
        total += push
        slope += stiff
    return far, total, slope


@njit(error_model="numpy", fastmath=True)
def sum_forces(slots, blocks, height, surface, spring, curve, law, afresh):
    """Force N of skin on an instrument whose axle or plate is `height` mm up, `surface` mm of it down to its surface;
    and how it falls with the height, N/mm. Leaves the force and the depth of each needle.

    Unless `afresh` all is as it was at this height but in the blocks in which a needle broke through.
    """
    under = surface - height
    for b in range(blocks):
        told = b * BLOCK + TOLD * WIDE
        changed = afresh or slots[told + _BREAKING] > 0
        if changed:
            _choose_pieces(slots, b * BLOCK, height, under, spring, curve, law)
        slots[told + _FAR] = 1.0 if changed else 0.0
    # Block after block for each step: what waits for a root or a quotient of one has another's to work on.
    for _ in range(_STEPS):
        some = False
        for b in range(blocks):
            told = b * BLOCK + TOLD * WIDE
            if slots[told + _FAR] > 0:
                some = True
                far, push, stiff = _follow_pieces(slots, b * BLOCK, height, under, spring, curve, law)
                slots[told + _FAR], slots[told + _PUSH], slots[told + _STIFF] = far, push, stiff
        if not some:
            break
    total, slope = 0.0, 0.0
    for b in range(blocks):
        told = b * BLOCK + TOLD * WIDE
        total += slots[told + _PUSH]
        slope += slots[told + _STIFF]
    return total, slope


@njit(error_model="numpy", fastmath=True)
def take_over(slots, blocks, height, surface, spring, decay, time, curve, law, work):
    """Take over the force and depth tried: dent, flow, what contacts will leave; adds to `work`.

    Gives the sums over the needles: work given N mm, force times lever N mm, horizontal force of the drum N, force N, how
    many are inside.
    """
    all_given, stored, cut, rubbed, flowed, returned = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    levers, pulls, carried, inside = 0.0, 0.0, 0.0, 0.0
    under = surface - height
    for b in range(blocks):
        o = b * BLOCK
        for m in range(WIDE):
            i = o + m
            force, depth, way = slots[i + NEW_FORCE * WIDE], slots[i + NEW_DEPTH * WIDE], slots[i + BELOW * WIDE] - height
            status, entry, deepest = slots[i + STATUS * WIDE], slots[i + ENTRY * WIDE], slots[i + DEEPEST * WIDE]
            old_dent, old_flow, left = slots[i + DENT * WIDE], slots[i + FLOW * WIDE], slots[i + CELL_LEFT * WIDE]
            dent = (force + slots[i + OFFSET * WIDE]) / spring
            flow = old_flow * decay + (1 - decay) * (old_dent + dent) / 2
            sink = force / law[CELL]
            bulk = bulk_energy(sink, under, left, curve, law)
            one_given, one_stored, one_cut, one_rubbed, one_flowed = share_work(
                status, entry, slots[i + FORCE * WIDE], slots[i + DEPTH * WIDE], deepest, old_dent, old_flow,
                slots[i + WAY * WIDE], slots[i + BULK * WIDE], force, depth, way, bulk, dent, flow, law,
            )  # fmt: skip
            all_given += one_given
            returned += max(-one_given, 0.0)
            stored += one_stored
            cut += one_cut
            rubbed += one_rubbed
            flowed += one_flowed
            slots[i + DEEPEST * WIDE] = max(deepest, depth)
            deeper = depth > slots[i + _TIP_MOST * WIDE]
            slots[i + _TIP_MOST * WIDE] = max(slots[i + _TIP_MOST * WIDE], depth)
            slots[i + _DENT_THERE * WIDE] = dent if deeper else slots[i + _DENT_THERE * WIDE]
            lean, lean_there = slots[i + LEAN * WIDE], slots[i + _LEAN_THERE * WIDE]
            slots[i + _LEAN_THERE * WIDE] = lean if deeper else lean_there
            slots[i + _WAY_MOST * WIDE] = max(slots[i + _WAY_MOST * WIDE], way)
            # The force drops when it passes that of entry, at whatever moment that was seen.
            felt = min(force, entry) if status == FRESH else force
            slots[i + _FORCE_MOST * WIDE] = max(slots[i + _FORCE_MOST * WIDE], felt)
            slots[i + _HELD * WIDE] += time if force > 0 else 0.0
            slots[i + STATUS * WIDE] = OUT if (status == ENTERED) & (depth <= 0) else status
            slots[i + DEPTH * WIDE], slots[i + FORCE * WIDE] = depth, force
            slots[i + DENT * WIDE], slots[i + FLOW * WIDE] = dent, flow
            slots[i + WAY * WIDE], slots[i + BULK * WIDE] = way, bulk
            levers += force * slots[i + LEVER * WIDE]
            # The drum's profile is a parabola; cells come nearer along it as along the drum's circle.
            middle = (left + law[PITCH] / 2) * curve
            pulls += drum_pull(sink, under, left, curve, law) * sqrt(max(1 - middle * middle, 0.0))
            carried += force
            inside += 1.0 if (force > 0) | ((status == ENTERED) & (depth > 0)) else 0.0
    work[STORED] += stored
    work[CUTTING] += cut
    work[RUBBING] += rubbed
    work[FLOWING] += flowed
    work[RETURNED] += returned
    return all_given, levers, pulls, carried, inside


@njit(error_model="numpy", fastmath=True, forceinline=True)
def break_through(slots, blocks):
    """Mark the needles on which the force has passed that of entry; whether there were any."""
    some = 0.0
    for b in range(blocks):
        o = b * BLOCK
        here = 0.0
        for m in range(WIDE):
            i = o + m
            breaks = (slots[i + STATUS * WIDE] == FRESH) & (slots[i + FORCE * WIDE] > slots[i + ENTRY * WIDE])
            slots[i + STATUS * WIDE] = ENTERED if breaks else slots[i + STATUS * WIDE]
            slots[i + _BROKE * WIDE] = 1.0 if breaks else slots[i + _BROKE * WIDE]
            here += 1.0 if breaks else 0.0
        slots[o + TOLD * WIDE + _BREAKING] = here
        some += here
    return some > 0


@njit(error_model="numpy", fastmath=True)
def sum_stored(slots, blocks, law):
    """N mm that the skin of all contacts holds."""
    total = 0.0
    for b in range(blocks):
        o = b * BLOCK
        for m in range(WIDE):
            i = o + m
            total += stored_energy(
                slots[i + STATUS * WIDE], slots[i + DEPTH * WIDE], slots[i + DENT * WIDE], slots[i + FLOW * WIDE],
                slots[i + BULK * WIDE], law,
            )  # fmt: skip
    return total
