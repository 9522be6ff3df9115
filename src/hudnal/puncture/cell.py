"""One needle in its cell of skin at one moment: how hard it is pushed back, and what becomes of its work. Compiled.

Each contact has a cell of skin, `pitch` long and one row wide. Its needle has gone the way

    d = u + w + p ,

u the cell's mean sink on its springs (shared with the neighbours and held down by the drum where that touches), w its
own dent (a spring of which a share relaxes), p the tip below the dented surface. The whole cell pushes back with
S A u, whoever presses it: needle or drum. See `docs/model/puncture.md` for the law of each part.

Force and depth lie on one of the pieces of a monotone curve: the tip sinks in with the force, or sticks, or slides
along its hole. Which piece it is, is told by the way at the ends of the one on which the tip stands (`choose_piece`);
on it they are found by Newton's method (`follow_piece`). Nothing here branches, so that contacts can lie side by side
in the processor's vectors (`block.py`).
"""

from __future__ import annotations

from math import pi, sqrt

from hudnal.compiled import SAFE, njit

# Rows of a law, one column a draw; compiled code takes those of one draw as a tuple.
STIFFNESS, RELAXING, TIME, CELL, PITCH, CUT, FRICTION, SPREADING, SLOPE, TIP, CONE, SHAFT = range(12)
LAW_ROWS = 12
# What has become of a contact's needle.
FRESH, ENTERED, OUT = 0.0, 1.0, 2.0
# Rows of what each contact leaves: where along the pass (mm), greatest way (mm), tip depth (mm), dent and angle of the
# needle when the tip was deepest, greatest force (N), time under load (s), whether it broke through, which needle.
ALONG, WAY_MOST, TIP_MOST, DENT_THERE, LEAN_THERE, FORCE_MOST, HELD, BROKE, NEEDLE = range(9)
LEFT_ROWS = 9
# Rows of the work of each pass, N mm.
HAND, STORED, CUTTING, RUBBING, FLOWING, RETURNED = range(6)
WORK_ROWS = 6

PLATE = 1e-12  # 1/mm: a plate is a drum of hardly any curvature
_SLACK = 1e-6  # mm, within which a needle stands at the end of its hole
_LEAST_SLOPE = 0.05  # mm of way for each mm along a piece: a needle pulled out against friction may run ahead


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def flank_area(depth, law):
    """Area mm2 of the needle's flank that is inside when its tip is `depth` mm deep."""
    cone = min(depth, law[CONE])
    return pi * cone * (law[SLOPE] * cone + 2 * law[TIP]) + 2 * pi * law[SHAFT] * max(depth - law[CONE], 0.0)


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def flank_integral(depth, law):
    """Integral of the flank's area over the depth, mm3."""
    cone, over = min(depth, law[CONE]), max(depth - law[CONE], 0.0)
    whole_cone = pi * law[CONE] * (law[SLOPE] * law[CONE] + 2 * law[TIP])
    return (
        pi * cone * cone * (law[SLOPE] * cone / 3 + law[TIP]) + (whole_cone + pi * law[SHAFT] * over) * over
    )


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def flank_growth(depth, law):
    """Slope of the flank's area against the depth, mm."""
    return 2 * pi * (law[SHAFT] if depth > law[CONE] else law[SLOPE] * depth + law[TIP])


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def _find_touched_part(sink, under, left, curve, law):
    """Part of the cell, mm along, where the drum lies deeper than a needle's `sink` mm: its two ends."""
    reach = sqrt(max(under - sink, 0.0) / curve)
    first, last = max(left, -reach), min(left + law[PITCH], reach)
    touched = last > first
    return first if touched else 0.0, last if touched else 0.0


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def mean_sink(sink, under, left, curve, law):
    """Mean over the cell of the deeper of a needle's `sink` and the drum, mm, and how it grows with the sink."""
    a, b = _find_touched_part(sink, under, left, curve, law)
    drum = (under - sink) * (b - a) - curve * (b * b * b - a * a * a) / 3
    return sink + drum / law[PITCH], 1 - (b - a) / law[PITCH]


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def bulk_energy(sink, under, left, curve, law):
    """Half the springs times the integral of the square of the deeper of a needle's `sink` and the drum, N mm."""
    a, b = _find_touched_part(sink, under, left, curve, law)
    a3, b3 = a * a * a, b * b * b
    square = sink * sink * (law[PITCH] - (b - a)) + under * under * (b - a)
    square += curve * (curve * (b3 * b * b - a3 * a * a) / 5 - 2 * under * (b3 - a3) / 3)
    return 0.5 * law[CELL] / law[PITCH] * square


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def drum_pull(sink, under, left, curve, law):
    """Horizontal force N of the drum on a cell that a needle sinks by `sink` mm: its pressure on its own slope."""
    a, b = _find_touched_part(sink, under, left, curve, law)
    a2, b2 = a * a, b * b
    slope = (under - sink) * (b2 - a2) / 2 - curve * (b2 * b2 - a2 * a2) / 4
    return law[CELL] / law[PITCH] * 2 * curve * slope


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def find_way(force, depth, offset, spring, under, left, curve, law):
    """Way mm that a needle has gone which is pushed back with `force` N and whose tip is `depth` mm deep."""
    sink, _ = mean_sink(force / law[CELL], under, left, curve, law)
    return sink + (force + offset) / spring + depth


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def choose_piece(way, depth, deepest, status, entry, entry_depth, offset, spring, under, left, curve, law):
    """The piece of the curve on which force and depth lie when the needle has gone `way` mm.

    Gives whether the needle resists, whether it slides along its hole, `base` and `grade` of the piece, and the depths
    between which it slides: sliding, the force is base + grade flank(depth); else the depth is base + grade force. The
    last tells of a needle that slides down a hole which is deeper: `choose_piece_below` has then to be asked.
    """
    fresh = status == FRESH
    area, shear = flank_area(depth, law), law[FRICTION] + law[SPREADING]
    back, cutting = law[SPREADING] - law[FRICTION], law[CUT] * entry
    at_end = depth >= deepest - _SLACK
    # Before it enters the tip sinks in with the force; in its hole shear along the flank holds it, and at the end of
    # that what cuts.
    most = entry * depth / entry_depth if fresh else shear * area + (cutting if at_end else 0.0)
    least = 0.0 if fresh else back * area
    onwards = find_way(most, depth, offset, spring, under, left, curve, law) < way
    backwards = find_way(least, depth, offset, spring, under, left, curve, law) > way
    touches = (status != OUT) & ((way > 0) | (depth > 0))
    resists = touches & ~(fresh & backwards)
    slides = resists & ~fresh & (onwards | backwards)
    base = (cutting if onwards & at_end else 0.0) if slides else (0.0 if fresh & onwards else depth)
    grade = (shear if onwards else back) if slides else (entry_depth / entry if fresh & onwards else 0.0)
    lowest, highest = (
        depth if onwards else 0.0,
        (max(way, depth) if at_end else deepest) if onwards else depth,
    )
    return resists, slides, base, grade, lowest, highest, slides & onwards & ~at_end


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def choose_piece_below(way, deepest, entry, offset, spring, under, left, curve, law):
    """The piece of a needle that slides down its hole, of what `choose_piece` gives the second to the sixth.

    It goes to the hole's end, stays there, or cuts on.
    """
    shear, cutting = law[FRICTION] + law[SPREADING], law[CUT] * entry
    rubs = shear * flank_area(deepest, law)
    past = find_way(rubs, deepest, offset, spring, under, left, curve, law) < way
    cuts = find_way(rubs + cutting, deepest, offset, spring, under, left, curve, law) < way
    base = cutting if cuts else (deepest if past else 0.0)
    return cuts | ~past, base, shear if cuts | ~past else 0.0, cuts, max(way, deepest) if cuts else deepest


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def begin_piece(resists, slides, base, grade, lowest, highest, way, depth, offset, spring, law):
    """Force N and depth mm on a piece as if no drum touched the cell and the needle were a cone."""
    gives, rest = 1 / law[CELL] + 1 / spring, way - offset / spring
    force = (rest - base) / (gives + grade)
    a, b = gives * grade * pi * law[SLOPE], 1 + gives * grade * 2 * pi * law[TIP]
    c = gives * base - rest
    slid = -2 * c / (b + sqrt(max(b * b - 4 * a * c, 0.0)))
    slid = min(max(slid, lowest), highest)
    force = base + grade * flank_area(slid, law) if slides else force
    reached = slid if slides else base + grade * force
    return force if resists else 0.0, reached if resists else depth


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def follow_piece(
    force, depth, resists, slides, base, grade, lowest, highest, way, offset, spring, under, left, curve, law
):
    """A step of Newton's method along a piece.

    Gives force N, depth mm, how far it went in mm of way, and the force N of the whole cell with its growth with the
    way of needle and drum, N/mm: both as they were before the step, the force led on along its slope.
    """
    sink, grows = mean_sink(force / law[CELL], under, left, curve, law)
    wrong = sink + (force + offset) / spring + depth - way
    pushes = grade * flank_growth(depth, law) if slides else 1.0  # N for each unit along the piece
    moves = 1.0 if slides else grade
    gives = grows / law[CELL] + 1 / spring
    slope = max(gives * pushes + moves, _LEAST_SLOPE * (1.0 if slides else 1 / spring))
    step = wrong / slope if resists else 0.0
    slid = min(max(depth - step, lowest), highest)
    reached = slid if slides else (base + grade * (force - step) if resists else depth)
    pushed = base + grade * flank_area(slid, law) if slides else force - step
    gone = slope * (abs(slid - depth) if slides else abs(step))
    whole = law[CELL] * sink + grows * (pushed - force)
    # A needle that has slid out of its hole gives way for nothing.
    own = 0.0 if slides & (reached <= 0) else grows * grows * pushes / slope
    return pushed, reached, gone, whole, law[CELL] * (1 - grows) + (own if resists else 0.0)


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def share_work(
    status, entry, old_force, old_depth, deepest, old_dent, old_flow, old_way, old_bulk, force, depth, way, bulk, dent,
    flow, law,
):  # fmt: skip
    """Work N mm of one contact from an old state to a new one: given, stored, cut, rubbed, flowed."""
    stiff, relaxing = law[STIFFNESS], law[RELAXING]
    arm, old_arm = dent - flow, old_dent - old_flow
    stored = stiff * (1 - relaxing) * (dent * dent - old_dent * old_dent) / 2
    stored += stiff * relaxing * (arm * arm - old_arm * old_arm) / 2 + bulk - old_bulk
    flowed = stiff * relaxing * (arm + old_arm) / 2 * (flow - old_flow)
    fresh = status == FRESH
    change = 0.0 if fresh else flank_integral(depth, law) - flank_integral(old_depth, law)
    stored += law[SPREADING] * change
    sunk = (force + old_force) / 2 * max(depth - old_depth, 0.0)
    cut = sunk if fresh else law[CUT] * entry * max(depth - deepest, 0.0)
    given = (force + old_force) / 2 * (way - old_way)
    # Out of the hole: what the springs gave back on the last way was rubbed off.
    slipped = (status == ENTERED) & (depth <= 0) & (force == 0) & (bulk == 0)
    rubbed = max(given - stored - flowed, 0.0) if slipped else law[FRICTION] * abs(change)
    return given, stored, cut, rubbed, flowed


@njit(error_model="numpy", fastmath=SAFE, forceinline=True)
def stored_energy(status, depth, dent, flow, bulk, law):
    """N mm that the skin of one contact holds: its springs, its dent, and what is spread along the shaft."""
    arm = dent - flow
    own = law[STIFFNESS] * ((1 - law[RELAXING]) * dent * dent + law[RELAXING] * arm * arm) / 2
    return bulk + own + (law[SPREADING] * flank_integral(depth, law) if status == ENTERED else 0.0)
