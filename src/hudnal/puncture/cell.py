"""One needle in its cell of skin at one moment: how hard it is pushed back, and what becomes of its work. Compiled.

Each contact has a cell of skin, `pitch` long and one row wide. Its needle has gone the way

    d = u + w + p ,

u the cell's mean sink on its springs (shared with the neighbours and held down by the drum where that touches), w its
own dent (a spring of which a share relaxes), p the tip below the dented surface. The whole cell pushes back with
S A u, whoever presses it: needle or drum. See `docs/model/puncture.md` for the law of each part.
"""

from __future__ import annotations

from math import pi, sqrt

from hudnal.compiled import njit

# Rows of a law, one column a draw.
STIFFNESS, RELAXING, TIME, CELL, PITCH, CUT, FRICTION, SPREADING, SLOPE, TIP, CONE, SHAFT = range(12)
LAW_ROWS = 12
# Rows of the state of each contact: tip depth now and at most, the dent's flowed part, dent, force, way, energy of the
# cell's springs, status.
DEPTH, DEEPEST, FLOW, DENT, FORCE, WAY, BULK, STATUS = range(8)
STATE_ROWS = 8
FRESH, ENTERED, OUT = 0.0, 1.0, 2.0
# Rows of what each contact leaves: where along the pass (mm), greatest way (mm), tip depth (mm), dent and angle of the
# needle when the tip was deepest, greatest force (N), time under load (s), whether it broke through, which needle.
ALONG, WAY_MOST, TIP_MOST, DENT_THERE, LEAN_THERE, FORCE_MOST, HELD, BROKE, NEEDLE = range(9)
LEFT_ROWS = 9
# Rows of the work of each pass, N mm.
HAND, STORED, CUTTING, RUBBING, FLOWING, RETURNED = range(6)
WORK_ROWS = 6

_FINE = 1e-7  # mm, within which a depth is found
_SLACK = 1e-6  # mm, within which a needle stands at the end of its hole
_FORCE_ROUNDS, _DEPTH_ROUNDS = 30, 60  # most steps of Newton's method; it takes a few
NEVER = -1.0  # instead of a compliance: this needle does not resist


@njit(error_model="numpy", fastmath=True)
def _flank_area(depth, law):
    """Area mm2 of the needle's flank that is inside when its tip is `depth` mm deep."""
    cone = min(depth, law[CONE])
    area = pi * cone * (law[SLOPE] * cone + 2 * law[TIP])
    if depth > law[CONE]:
        area += 2 * pi * law[SHAFT] * (depth - law[CONE])
    return area


@njit(error_model="numpy", fastmath=True)
def _flank_integral(depth, law):
    """Integral of the flank's area over the depth, mm3."""
    cone = min(depth, law[CONE])
    integral = pi * (law[SLOPE] * cone**3 / 3 + law[TIP] * cone**2)
    if depth > law[CONE]:
        over = depth - law[CONE]
        integral += _flank_area(law[CONE], law) * over + pi * law[SHAFT] * over**2
    return integral


@njit(error_model="numpy", fastmath=True)
def _flank_growth(depth, law):
    """Slope of the flank's area against the depth, mm."""
    if depth > law[CONE]:
        return 2 * pi * law[SHAFT]
    return 2 * pi * (law[SLOPE] * depth + law[TIP])


@njit(error_model="numpy", fastmath=True)
def _find_touched_part(sink, under, left, right, curve):
    """Part of the cell, mm along, where the drum lies deeper than a needle's `sink` mm: its two ends."""
    if under <= sink:
        return 0.0, 0.0
    if curve == 0.0:
        return left, right
    reach = sqrt((under - sink) / curve)
    first, last = max(left, -reach), min(right, reach)
    if last <= first:
        return 0.0, 0.0
    return first, last


@njit(error_model="numpy", fastmath=True)
def mean_sink(sink, under, left, right, curve):
    """Mean over the cell of the deeper of a needle's `sink` and the drum, mm, and how it grows with the sink."""
    a, b = _find_touched_part(sink, under, left, right, curve)
    if b <= a:
        return sink, 1.0
    pitch = right - left
    drum = (under - sink) * (b - a) - curve * (b**3 - a**3) / 3
    return sink + drum / pitch, 1 - (b - a) / pitch


@njit(error_model="numpy", fastmath=True)
def _bulk_energy(sink, under, left, right, curve, springs):
    """Half the springs times the integral of the square of the deeper of a needle's `sink` and the drum, N mm."""
    a, b = _find_touched_part(sink, under, left, right, curve)
    square = sink**2 * (right - left - (b - a))
    if b > a:
        square += under**2 * (b - a) - 2 * under * curve * (b**3 - a**3) / 3 + curve**2 * (b**5 - a**5) / 5
    return 0.5 * springs * square


@njit(error_model="numpy", fastmath=True)
def _solve_stuck_force(target, spring, offset, law, under, left, right, curve):
    """Force N on a needle that does not move in its hole: u(force) + (force + offset) / spring = target."""
    cell = law[CELL]
    force = (target - offset / spring) / (1 / cell + 1 / spring)
    nearest = 0.0
    if left > 0:
        nearest = left
    elif right < 0:
        nearest = right
    if force / cell >= under - curve * nearest**2:
        return force
    # The drum on the whole cell: its sink is the drum's, whatever the needle does.
    ends = under - curve * max(left**2, right**2)
    if ends > 0:
        force = spring * (target - under + curve * (right**3 - left**3) / (3 * (right - left))) - offset
        if force / cell <= ends:
            return force
    for _ in range(_FORCE_ROUNDS):
        u, grows = mean_sink(force / cell, under, left, right, curve)
        wrong = u + (force + offset) / spring - target
        step = wrong / (grows / cell + 1 / spring)
        force -= step
        if abs(step) < _FINE * spring:
            break
    return force


@njit(error_model="numpy", fastmath=True)
def solve_contact(contact, way, state, entry, entry_depth, law, spring, offset, under, left, right, curve):
    """One contact when its needle has gone `way` mm below the skin's plane: force N, tip depth mm, mm that it goes
    deeper for each N more."""
    depth, deepest, status = state[DEPTH, contact], state[DEEPEST, contact], state[STATUS, contact]
    if status == OUT or (way <= 0 and depth <= 0):
        return 0.0, depth, NEVER
    force = _solve_stuck_force(way - depth, spring, offset, law, under, left, right, curve)
    if status == FRESH:
        if force <= 0:
            return 0.0, depth, NEVER
        if force <= entry * depth / entry_depth:
            return force, depth, 0.0
        # The tip sinks in with the force: p = entry_depth f / entry, a spring behind the dent's.
        soft = entry_depth / entry
        both = 1 / (1 / spring + soft)
        force = max(
            _solve_stuck_force(way, both, offset * both / spring, law, under, left, right, curve), 0.0
        )
        return force, soft * force, soft
    # In the hole: shear along the flank, and cutting where no needle has been.
    shear = law[FRICTION] + law[SPREADING]
    cutting = law[CUT] * entry
    most = shear * _flank_area(depth, law)
    if depth >= deepest - _SLACK:
        most += cutting
    if force > most:
        if depth < deepest - _SLACK:
            slid = _solve_sliding_depth(
                way, depth, 0.0, shear, spring, offset, law, under, left, right, curve
            )
            if slid <= deepest:
                return shear * _flank_area(slid, law), slid, 1 / (shear * _flank_growth(slid, law))
            # Down to the hole's end, and on only if the force can cut.
            force = _solve_stuck_force(way - deepest, spring, offset, law, under, left, right, curve)
            if force <= cutting + shear * _flank_area(deepest, law):
                return force, deepest, 0.0
            depth = deepest
        slid = _solve_sliding_depth(
            way, depth, cutting, shear, spring, offset, law, under, left, right, curve
        )
        return cutting + shear * _flank_area(slid, law), slid, 1 / (shear * _flank_growth(slid, law))
    back = law[SPREADING] - law[FRICTION]
    if force < back * _flank_area(depth, law):
        slid = min(
            _solve_sliding_depth(way, depth, 0.0, back, spring, offset, law, under, left, right, curve), depth
        )
        if slid <= 0:
            return 0.0, 0.0, NEVER
        return back * _flank_area(slid, law), slid, 1 / (back * _flank_growth(slid, law))
    return force, depth, 0.0


@njit(error_model="numpy", fastmath=True)
def _solve_cone_depth(constant, shear, law, rest, gives):
    """Depth p mm of a cone with rest = gives (constant + shear flank(p)) + p; -1 where there is none."""
    a = gives * shear * pi * law[SLOPE]
    b = 1 + gives * shear * 2 * pi * law[TIP]
    c = gives * constant - rest
    inside = b**2 - 4 * a * c
    if inside < 0:
        return -1.0
    return -2 * c / (b + sqrt(inside))


@njit(error_model="numpy", fastmath=True)
def _solve_sliding_depth(way, depth, constant, shear, spring, offset, law, under, left, right, curve):
    """Depth mm of a needle that moves along its hole from `depth`: force = constant + shear flank(depth)."""
    cell = law[CELL]
    # Closed where the drum lies on none of the cell, or on all of it.
    rest = way - offset / spring
    slid = _solve_cone_depth(constant, shear, law, rest, 1 / cell + 1 / spring)
    nearest = left if left > 0 else (right if right < 0 else 0.0)
    if slid < 0 and shear < 0 and under <= curve * nearest**2:
        # Pulled out against friction by springs too soft to follow: it slips out at once.
        return 0.0
    if (
        0 <= slid <= law[CONE]
        and (constant + shear * _flank_area(slid, law)) / cell >= under - curve * nearest**2
    ):
        return slid
    ends = under - curve * max(left**2, right**2)
    if ends > 0:
        sunk = under - curve * (right**3 - left**3) / (3 * (right - left))
        slid = _solve_cone_depth(constant, shear, law, rest - sunk, 1 / spring)
        if 0 <= slid <= law[CONE] and (constant + shear * _flank_area(slid, law)) / cell <= ends:
            return slid
    for _ in range(_DEPTH_ROUNDS):
        force = constant + shear * _flank_area(depth, law)
        u, grows = mean_sink(force / cell, under, left, right, curve)
        wrong = u + (force + offset) / spring + depth - way
        step = wrong / ((grows / cell + 1 / spring) * shear * _flank_growth(depth, law) + 1)
        if depth - step <= 0:
            if depth == 0.0:
                break
            depth = 0.0
            continue
        depth -= step
        if abs(step) < _FINE:
            break
    return depth


@njit(error_model="numpy", fastmath=True)
def take_over(
    contact, force, depth, way, lean, entry, law, spring, offset, decay, touch, time, state, outs, work
):
    """Take over the new force N and depth mm of one contact: dent, flow, work, and what it will leave."""
    old_force, old_depth = state[FORCE, contact], state[DEPTH, contact]
    old_dent, old_flow = state[DENT, contact], state[FLOW, contact]
    deepest = state[DEEPEST, contact]
    dent = (force + offset) / spring
    flow = old_flow * decay + (1 - decay) * (old_dent + dent) / 2
    stiff, relaxing = law[STIFFNESS], law[RELAXING]

    stored = stiff * (1 - relaxing) * (dent**2 - old_dent**2) / 2
    stored += stiff * relaxing * ((dent - flow) ** 2 - (old_dent - old_flow) ** 2) / 2
    flowed = stiff * relaxing * ((dent - flow) + (old_dent - old_flow)) / 2 * (flow - old_flow)
    under, left, right, curve, springs = touch
    bulk = _bulk_energy(force / law[CELL], under, left, right, curve, springs)
    stored += bulk - state[BULK, contact]
    rubbed, cut = 0.0, 0.0
    if state[STATUS, contact] == FRESH:
        cut = (force + old_force) / 2 * max(depth - old_depth, 0.0)
    else:
        change = _flank_integral(depth, law) - _flank_integral(old_depth, law)
        rubbed = law[FRICTION] * abs(change)
        stored += law[SPREADING] * change
        cut = law[CUT] * entry * max(depth - deepest, 0.0)
    given = (force + old_force) / 2 * (way - state[WAY, contact])
    if state[STATUS, contact] == ENTERED and depth <= 0 and force == 0 and bulk == 0:
        # Out of the hole: what the springs gave back on the last way was rubbed off.
        rubbed = max(given - stored - flowed, 0.0)
    if given < 0:
        work[RETURNED] -= given
    work[STORED] += stored
    work[FLOWING] += flowed
    work[RUBBING] += rubbed
    work[CUTTING] += cut

    if depth > deepest:
        state[DEEPEST, contact] = depth
    if depth > outs[TIP_MOST, contact]:
        outs[TIP_MOST, contact], outs[DENT_THERE, contact], outs[LEAN_THERE, contact] = depth, dent, lean
    outs[WAY_MOST, contact] = max(outs[WAY_MOST, contact], way)
    # The force drops when it passes that of entry, at whatever moment that was seen.
    felt = min(force, entry) if state[STATUS, contact] == FRESH else force
    outs[FORCE_MOST, contact] = max(outs[FORCE_MOST, contact], felt)
    if force > 0:
        outs[HELD, contact] += time
    if state[STATUS, contact] == ENTERED and depth <= 0:
        state[STATUS, contact] = OUT
    state[DEPTH, contact], state[FORCE, contact] = depth, force
    state[DENT, contact], state[FLOW, contact] = dent, flow
    state[WAY, contact], state[BULK, contact] = way, bulk


@njit(error_model="numpy", fastmath=True)
def stored_energy(contact, state, law):
    """N mm that the skin of one contact holds: its springs, its dent, and what is spread along the shaft."""
    w, v = state[DENT, contact], state[FLOW, contact]
    dent = law[STIFFNESS] * ((1 - law[RELAXING]) * w**2 + law[RELAXING] * (w - v) ** 2) / 2
    spread = 0.0
    if state[STATUS, contact] == ENTERED:
        spread = law[SPREADING] * _flank_integral(state[DEPTH, contact], law)
    return state[BULK, contact] + dent + spread


@njit(error_model="numpy", fastmath=True)
def drum_pull(sink, touch):
    """Horizontal force N of the drum on a cell that a needle sinks by `sink` mm: its pressure on its own slope."""
    under, left, right, curve, springs = touch
    a, b = _find_touched_part(sink, under, left, right, curve)
    if b <= a or curve == 0.0:
        return 0.0
    return springs * 2 * curve * ((under - sink) * (b**2 - a**2) / 2 - curve * (b**4 - a**4) / 4)
