"""One needle in its cell of skin at one moment: how hard it is pushed back, and what becomes of its work. Compiled.

Each contact has a cell of skin, `pitch` long and one row wide. Its needle has gone the way

    d = u + w + p ,

u the cell's mean sink on its springs (shared with the neighbours and held down by the drum where that touches), w its
own dent (a spring of which a share relaxes), p the tip below the dented surface. The whole cell pushes back with
S A u, whoever presses it: needle or drum. See `docs/model/puncture.md` for the law of each part.
"""

from __future__ import annotations

from math import pi, sqrt

from numba import njit

# Rows of a law, one column a draw.
STIFFNESS, RELAXING, TIME, CELL, PITCH, CUT, FRICTION, SPREADING, SLOPE, TIP, CONE, SHAFT = range(12)
LAW_ROWS = 12
# Rows of the state of each contact: tip depth now and at most, the dent's flowed part, dent, force, way, energy of the
# cell's springs, status.
P, DEEPEST, FLOW, DENT, FORCE, WAY, BULK, STATUS = range(8)
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
NEVER = -1.0  # instead of a compliance: this needle does not resist


@njit(error_model="numpy", fastmath=True)
def _flank(p, law):
    """Area mm2 of the needle's flank that is inside when its tip is `p` mm deep."""
    cone = min(p, law[CONE])
    area = pi * cone * (law[SLOPE] * cone + 2 * law[TIP])
    if p > law[CONE]:
        area += 2 * pi * law[SHAFT] * (p - law[CONE])
    return area


@njit(error_model="numpy", fastmath=True)
def _flank_work(p, law):
    """Integral of the flank's area over the depth, mm3."""
    cone = min(p, law[CONE])
    work = pi * (law[SLOPE] * cone**3 / 3 + law[TIP] * cone**2)
    if p > law[CONE]:
        over = p - law[CONE]
        work += _flank(law[CONE], law) * over + pi * law[SHAFT] * over**2
    return work


@njit(error_model="numpy", fastmath=True)
def _girth(p, law):
    """Slope of the flank's area against the depth, mm."""
    if p > law[CONE]:
        return 2 * pi * law[SHAFT]
    return 2 * pi * (law[SLOPE] * p + law[TIP])


@njit(error_model="numpy", fastmath=True)
def _touched(c, under, left, right, curve):
    """Part of the cell, from `left` to `right` mm, where the drum lies deeper than `c`: its two ends."""
    if under <= c:
        return 0.0, 0.0
    if curve == 0.0:
        return left, right
    reach = sqrt((under - c) / curve)
    a, b = max(left, -reach), min(right, reach)
    if b <= a:
        return 0.0, 0.0
    return a, b


@njit(error_model="numpy", fastmath=True)
def mean_sink(c, under, left, right, curve):
    """Mean over the cell of max(c, drum), and how it grows with c."""
    a, b = _touched(c, under, left, right, curve)
    if b <= a:
        return c, 1.0
    pitch = right - left
    return c + ((under - c) * (b - a) - curve * (b**3 - a**3) / 3) / pitch, 1 - (b - a) / pitch


@njit(error_model="numpy", fastmath=True)
def _bulk_energy(c, under, left, right, curve, springs):
    """Half the springs times the integral of the square of max(c, drum), N mm. `springs` MPa/mm times row width."""
    a, b = _touched(c, under, left, right, curve)
    square = c**2 * (right - left - (b - a))
    if b > a:
        square += under**2 * (b - a) - 2 * under * curve * (b**3 - a**3) / 3 + curve**2 * (b**5 - a**5) / 5
    return 0.5 * springs * square


@njit(error_model="numpy", fastmath=True)
def _held(target, spring, offset, law, under, left, right, curve):
    """Force on a needle that does not move in its hole: u(f) + (f + offset) / spring = target."""
    cell = law[CELL]
    f = (target - offset / spring) / (1 / cell + 1 / spring)
    nearest = 0.0
    if left > 0:
        nearest = left
    elif right < 0:
        nearest = right
    if f / cell >= under - curve * nearest**2:
        return f
    # The drum on the whole cell: its sink is the drum's, whatever the needle does.
    ends = under - curve * max(left**2, right**2)
    if ends > 0:
        f = spring * (target - under + curve * (right**3 - left**3) / (3 * (right - left))) - offset
        if f / cell <= ends:
            return f
    for _ in range(30):
        u, grows = mean_sink(f / cell, under, left, right, curve)
        wrong = u + (f + offset) / spring - target
        step = wrong / (grows / cell + 1 / spring)
        f -= step
        if abs(step) < _FINE * spring:
            break
    return f


@njit(error_model="numpy", fastmath=True)
def respond(k, way, state, entry, entry_depth, law, spring, offset, under, left, right, curve):
    """Contact `k` when its needle has gone `way` mm below the skin's plane: force N, tip depth mm, mm that it goes
    deeper for each N more."""
    p, deepest, status = state[P, k], state[DEEPEST, k], state[STATUS, k]
    if status == OUT or (way <= 0 and p <= 0):
        return 0.0, p, NEVER
    f = _held(way - p, spring, offset, law, under, left, right, curve)
    if status == FRESH:
        if f <= 0:
            return 0.0, p, NEVER
        if f <= entry * p / entry_depth:
            return f, p, 0.0
        # The tip sinks in with the force: p = entry_depth f / entry, a spring behind the dent's.
        soft = entry_depth / entry
        both = 1 / (1 / spring + soft)
        f = max(_held(way, both, offset * both / spring, law, under, left, right, curve), 0.0)
        return f, soft * f, soft
    # In the hole: shear along the flank, and cutting where no needle has been.
    shear = law[FRICTION] + law[SPREADING]
    cutting = law[CUT] * entry
    most = shear * _flank(p, law)
    if p >= deepest - _SLACK:
        most += cutting
    if f > most:
        if p < deepest - _SLACK:
            q = _slide(way, p, 0.0, shear, spring, offset, law, under, left, right, curve)
            if q <= deepest:
                return shear * _flank(q, law), q, 1 / (shear * _girth(q, law))
            # Down to the hole's end, and on only if the force can cut.
            f = _held(way - deepest, spring, offset, law, under, left, right, curve)
            if f <= cutting + shear * _flank(deepest, law):
                return f, deepest, 0.0
            p = deepest
        q = _slide(way, p, cutting, shear, spring, offset, law, under, left, right, curve)
        return cutting + shear * _flank(q, law), q, 1 / (shear * _girth(q, law))
    back = law[SPREADING] - law[FRICTION]
    if f < back * _flank(p, law):
        q = min(_slide(way, p, 0.0, back, spring, offset, law, under, left, right, curve), p)
        if q <= 0:
            return 0.0, 0.0, NEVER
        return back * _flank(q, law), q, 1 / (back * _girth(q, law))
    return f, p, 0.0


@njit(error_model="numpy", fastmath=True)
def _root(constant, shear, law, rest, gives):
    """Depth p of a cone with rest = gives (constant + shear flank(p)) + p; -1 where there is none."""
    a = gives * shear * pi * law[SLOPE]
    b = 1 + gives * shear * 2 * pi * law[TIP]
    c = gives * constant - rest
    inside = b**2 - 4 * a * c
    if inside < 0:
        return -1.0
    return -2 * c / (b + sqrt(inside))


@njit(error_model="numpy", fastmath=True)
def _slide(way, p, constant, shear, spring, offset, law, under, left, right, curve):
    """Depth of a needle that moves along its hole from `p`: f = constant + shear flank(p)."""
    cell = law[CELL]
    # Closed where the drum lies on none of the cell, or on all of it.
    rest = way - offset / spring
    q = _root(constant, shear, law, rest, 1 / cell + 1 / spring)
    nearest = left if left > 0 else (right if right < 0 else 0.0)
    if q < 0 and shear < 0 and under <= curve * nearest**2:
        # Pulled out against friction by springs too soft to follow: it slips out at once.
        return 0.0
    if 0 <= q <= law[CONE] and (constant + shear * _flank(q, law)) / cell >= under - curve * nearest**2:
        return q
    ends = under - curve * max(left**2, right**2)
    if ends > 0:
        sunk = under - curve * (right**3 - left**3) / (3 * (right - left))
        q = _root(constant, shear, law, rest - sunk, 1 / spring)
        if 0 <= q <= law[CONE] and (constant + shear * _flank(q, law)) / cell <= ends:
            return q
    for _ in range(60):
        f = constant + shear * _flank(p, law)
        u, grows = mean_sink(f / cell, under, left, right, curve)
        wrong = u + (f + offset) / spring + p - way
        step = wrong / ((grows / cell + 1 / spring) * shear * _girth(p, law) + 1)
        if p - step <= 0:
            if p == 0.0:
                break
            p = 0.0
            continue
        p -= step
        if abs(step) < _FINE:
            break
    return p


@njit(error_model="numpy", fastmath=True)
def commit(k, f, p, way, lean, entry, law, spring, offset, decay, touch, dt, state, outs, work):
    """Take over the new force and depth of contact `k`: dent, flow, work, and what it will leave."""
    old_f, old_p, old_w, old_v = state[FORCE, k], state[P, k], state[DENT, k], state[FLOW, k]
    deepest = state[DEEPEST, k]
    w = (f + offset) / spring
    v = old_v * decay + (1 - decay) * (old_w + w) / 2
    stiff, relaxing = law[STIFFNESS], law[RELAXING]

    stored = stiff * (1 - relaxing) * (w**2 - old_w**2) / 2
    stored += stiff * relaxing * ((w - v) ** 2 - (old_w - old_v) ** 2) / 2
    flowed = stiff * relaxing * ((w - v) + (old_w - old_v)) / 2 * (v - old_v)
    under, left, right, curve, springs = touch
    bulk = _bulk_energy(f / law[CELL], under, left, right, curve, springs)
    stored += bulk - state[BULK, k]
    rubbed, cut = 0.0, 0.0
    if state[STATUS, k] == FRESH:
        cut = (f + old_f) / 2 * max(p - old_p, 0.0)
    else:
        change = _flank_work(p, law) - _flank_work(old_p, law)
        rubbed = law[FRICTION] * abs(change)
        stored += law[SPREADING] * change
        cut = law[CUT] * entry * max(p - deepest, 0.0)
    given = (f + old_f) / 2 * (way - state[WAY, k])
    if state[STATUS, k] == ENTERED and p <= 0 and f == 0 and bulk == 0:
        # Out of the hole: what the springs gave back on the last way was rubbed off.
        rubbed = max(given - stored - flowed, 0.0)
    if given < 0:
        work[RETURNED] -= given
    work[STORED] += stored
    work[FLOWING] += flowed
    work[RUBBING] += rubbed
    work[CUTTING] += cut

    if p > deepest:
        state[DEEPEST, k] = p
    if p > outs[TIP_MOST, k]:
        outs[TIP_MOST, k], outs[DENT_THERE, k], outs[LEAN_THERE, k] = p, w, lean
    outs[WAY_MOST, k] = max(outs[WAY_MOST, k], way)
    # The force drops when it passes that of entry, at whatever moment that was seen.
    outs[FORCE_MOST, k] = max(outs[FORCE_MOST, k], min(f, entry) if state[STATUS, k] == FRESH else f)
    if f > 0:
        outs[HELD, k] += dt
    if state[STATUS, k] == ENTERED and p <= 0:
        state[STATUS, k] = OUT
    state[P, k], state[FORCE, k], state[DENT, k], state[FLOW, k] = p, f, w, v
    state[WAY, k], state[BULK, k] = way, bulk


@njit(error_model="numpy", fastmath=True)
def stored(k, state, law):
    """N mm that the skin of contact `k` holds: its springs, its dent, and what is spread along the shaft."""
    w, v = state[DENT, k], state[FLOW, k]
    dent = law[STIFFNESS] * ((1 - law[RELAXING]) * w**2 + law[RELAXING] * (w - v) ** 2) / 2
    spread = law[SPREADING] * _flank_work(state[P, k], law) if state[STATUS, k] == ENTERED else 0.0
    return state[BULK, k] + dent + spread


@njit(error_model="numpy", fastmath=True)
def pull(c, touch):
    """Horizontal force N of the drum on one cell: its pressure on its own slope."""
    under, left, right, curve, springs = touch
    a, b = _touched(c, under, left, right, curve)
    if b <= a or curve == 0.0:
        return 0.0
    return springs * 2 * curve * ((under - c) * (b**2 - a**2) / 2 - curve * (b**4 - a**4) / 4)
