"""The engine for a batch of healing cells: eight draws at a time as the lanes of vectors, each with steps of its own.

A draw's lane goes through all stretches of time that it is given, in steps that no look cuts: conditions that change
within a step are averaged over it, and looks are answered from the steps about them. When a draw has arrived, the next
one takes its lane. Lanes know nothing of each other, so that a draw's numbers depend neither on which draws it is with
nor on the number of cores.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass

import numpy as np

from hudnal import vectors
from hudnal.arrays import Array, Float, Int, PerDraw
from hudnal.compiled import compiled, njit
from hudnal.threads import share_out
from hudnal.tissue import biology, kernels, lanes, lapse, step_control
from hudnal.tissue.biology import COVER, COVER_SCALE, FIELDS, FLOOR, MOVING, RATES, SCALE
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.kernels import GAMMA
from hudnal.tissue.lanes import (
    LaneCouplings,
    keep_where,
    make_factors,
    make_states,
    mean_lanes,
    take_first_cover_stage,
    take_first_stage,
    take_second_cover_stage,
    take_second_stage,
)
from hudnal.tissue.lapse import answer_looks, average_conditions
from hudnal.tissue.step_control import (
    LONGEST_STEP,
    SHORTEST_STEP,
    TOLERANCE,
    BrokenState,
    largest_error,
    scale_step,
    worse_error,
)
from hudnal.vectors import LANES, put, take

_MOST_DRAWS = 64  # that a core takes at once: some lanes are idle while the last of them arrive
_FIELDS, _COVER, _RATES = len(FIELDS), len(COVER), len(RATES)
LAYERS_OVER_GAP = "layers_over_gap"
SEEN = (*FIELDS, "epidermis", LAYERS_OVER_GAP)  # what a look sees
_SEEN = len(SEEN)
_LOWEST = np.array([*FLOOR, 0.0, 0.0])  # of what is seen
_HIGHEST = np.array([np.inf] * (_SEEN - 1) + [1.0])
_DRIVE, _PACE = RATES.index("retinoid_drive"), RATES.index("pace")
_BROKEN = -1
_ROOM = 64  # points of a trace, to begin with

# What draws are and go through, and what becomes of them: arrays (draw, ...), but for `ends` h of stretches of time and
# what slabs have in common, `plane` and `dermis` (z,).
_Batch = namedtuple(
    "_Batch",
    (
        "volume", "cover", "rates", "ends", "retinoid", "pace", "steps", "taken", "seen", "depth", "share",
        "lateral", "x_low", "x_high", "above", "below", "plane", "dermis",
    ),
)  # fmt: skip
# Where the draw of each lane stands: arrays (lane,) or (..., lane).
_Places = namedtuple(
    "_Places",
    (
        "draw",  # -1 where a lane is idle
        "time",  # h since the first stretch began
        "step",  # h, of the next step if nothing cuts it short
        "dt",  # h, of the present step
        "stretch",  # the one in which the present step begins
        "taken",  # steps so far
        "accepted",  # 1 where the present step is good
        "rates",  # (rate, lane)
        "conditions",  # (retinoid and pace at the beginning of the step, and at its end; lane)
        "depth",  # weights (z, lane) of a look
        "share",  # and (x, lane)
        "means",  # (what, lane) is seen of the present states
    ),
)
# What was seen after each step, and when: what the looks are answered from.
_Trace = namedtuple("_Trace", ("count", "times", "points"))  # (lane,), (lane, point), (lane, point, what)


@njit(inline="always")
def _make_places(nz, nx):
    conditions, means = np.zeros((4, LANES)), np.zeros((_SEEN, LANES))
    return _Places(
        np.full(LANES, -1), np.zeros(LANES), np.zeros(LANES), np.ones(LANES), np.zeros(LANES, np.int64),
        np.zeros(LANES, np.int64), np.zeros(LANES), np.zeros((_RATES, LANES)), conditions,
        np.zeros((nz, LANES)), np.zeros((nx, LANES)), means,
    )  # fmt: skip


@njit(inline="always")
def _make_couplings(batch):
    nz, nx = batch.plane.size, batch.x_low.shape[1]
    x, z = ((batch.plane[nz - 1] + 1) * nx, MOVING, LANES), (nz, MOVING, LANES)
    return LaneCouplings(batch.plane, batch.dermis, np.zeros(x), np.zeros(x), np.zeros(z), np.zeros(z))


@njit
def _seat_draw(batch, d, lane, states, couplings, places):
    """Put the draw `d` of a batch into a lane."""
    c, (_, nz, _, nx) = couplings, batch.volume.shape[1:]
    for f in range(_FIELDS):
        for z in range(nz):
            for x in range(nx):
                states.u[z * nx + x, f, lane] = batch.volume[d, f, z, 0, x]
    for f in range(_COVER):
        for x in range(nx):
            states.s[x, f, lane] = batch.cover[d, f, 0, x]
    for f in range(MOVING):
        for z in range(nz):
            c.above[z, f, lane], c.below[z, f, lane] = batch.above[d, f, z], batch.below[d, f, z]
            for x in range(nx):
                i, spreads = batch.plane[z] * nx + x, batch.lateral[d, f, z]
                c.low[i, f, lane], c.high[i, f, lane] = (
                    spreads * batch.x_low[d, x],
                    spreads * batch.x_high[d, x],
                )
    places.draw[lane], places.time[lane], places.step[lane] = d, 0.0, batch.steps[d]
    places.stretch[lane], places.taken[lane] = 0, 0
    for i in range(_RATES):
        places.rates[i, lane] = batch.rates[d, i]
    if batch.seen.shape[1] > 0:
        for z in range(nz):
            places.depth[z, lane] = batch.depth[d, z]
        for x in range(nx):
            places.share[x, lane] = batch.share[d, x]


@njit
def _release_draw(batch, lane, states, places, trace):
    """Take the draw of a lane, which has arrived, back to its batch."""
    d, (_, nz, _, nx) = places.draw[lane], batch.volume.shape[1:]
    for f in range(_FIELDS):
        for z in range(nz):
            for x in range(nx):
                batch.volume[d, f, z, 0, x] = states.u[z * nx + x, f, lane]
    for f in range(_COVER):
        for x in range(nx):
            batch.cover[d, f, 0, x] = states.s[x, f, lane]
    batch.steps[d], batch.taken[d] = places.step[lane], places.taken[lane]
    if batch.seen.shape[1] > 0:
        times, points, count = trace.times[lane], trace.points[lane], trace.count[lane]
        answer_looks(batch.seen[d], batch.ends, times, points, count, _LOWEST, _HIGHEST)
    places.draw[lane], places.dt[lane] = -1, 1.0


@njit
def _begin_step(batch, lane, places):
    """Choose the length of a lane's next step, and find the conditions that stand for those within it."""
    d, ends, t, h = places.draw[lane], batch.ends, places.time[lane], places.step[lane]
    # The last step ends exactly there; what would leave a sliver halves the rest.
    left = ends[-1] - t
    places.dt[lane] = left if left <= h else (left / 2 if left < 2 * h else h)
    while places.stretch[lane] < ends.size - 1 and ends[places.stretch[lane]] <= t:
        places.stretch[lane] += 1
    first, stop = places.stretch[lane], t + places.dt[lane]
    # What answers to vitamin A fades, implicitly; the front only moves on.
    c = places.conditions
    c[0, lane], c[2, lane] = average_conditions(ends, batch.retinoid[d], first, t, stop, GAMMA)
    c[1, lane], c[3, lane] = average_conditions(ends, batch.pace[d], first, t, stop, 0.0)


@njit
def _end_step(batch, lane, states, places, tolerance, longest):
    """Judge a lane's step by its error and choose the next one's length; False where no step is short enough."""
    c, dt, h, nx = states, places.dt[lane], places.step[lane], states.s.shape[0]
    one = slice(lane, lane + 1)
    error = worse_error(
        largest_error(c.errors[:, one], c.u.shape[0], SCALE),
        largest_error(c.cover_errors[:, one], nx, COVER_SCALE),
    )
    places.accepted[lane] = 0.0
    if dt <= SHORTEST_STEP and not error >= 0:
        return False  # the state itself is broken
    factor = scale_step(error, tolerance)
    places.taken[lane] += 1
    if error <= tolerance or dt <= SHORTEST_STEP:
        left = batch.ends[-1] - places.time[lane]
        places.time[lane] = batch.ends[-1] if dt == left else places.time[lane] + dt
        # A step that was cut short to end here says little of how long the next may be.
        places.step[lane] = min(max(h, dt * factor) if dt < h else dt * factor, longest)
        places.accepted[lane] = 1.0
    else:
        places.step[lane] = dt * factor
    return True


@njit(inline="always")
def _take_step(states, couplings, factors, places, top):
    """Leave in `w` and `ws` of the states what becomes of the lanes in a step of `dt` each."""
    rates, dt = places.rates, places.dt
    for i, rate in enumerate((_DRIVE, _PACE)):
        put(rates, (rate,), take(places.conditions, (i,)))
    take_first_stage(states, couplings, factors, rates, dt)
    take_first_cover_stage(states, top, rates, dt)
    for i, rate in enumerate((_DRIVE, _PACE)):
        put(rates, (rate,), take(places.conditions, (2 + i,)))
    take_second_stage(states, couplings, factors, rates, dt)
    take_second_cover_stage(states, top, rates, dt)


@njit
def _make_room(trace):
    """The trace with room for another point in each lane."""
    room = trace.times.shape[1]
    if trace.count.max() < room:
        return trace
    times, points = np.empty((LANES, 2 * room)), np.empty((LANES, 2 * room, _SEEN))
    for lane in range(LANES):
        for n in range(room):
            times[lane, n] = trace.times[lane, n]
            for of in range(_SEEN):
                points[lane, n, of] = trace.points[lane, n, of]
    return _Trace(trace.count, times, points)


@njit(inline="always")
def _note_point(lane, places, trace):
    """Add what is seen of a lane to its trace; the trace has room."""
    n = trace.count[lane]
    trace.times[lane, n] = places.time[lane]
    for of in range(_SEEN):
        trace.points[lane, n, of] = places.means[of, lane]
    trace.count[lane] = n + 1


@compiled(biology, kernels, lanes, lapse, step_control, vectors)
def _advance_draws(batch, top, tolerance, longest):
    """Advance all draws of a batch through its stretches; states, steps, `taken` and `seen` are changed in place."""
    draws, (_, nz, _, nx) = batch.volume.shape[0], batch.volume.shape[1:]
    places, couplings, states = _make_places(nz, nx), _make_couplings(batch), make_states(nz * nx, nx)
    factors, looks, waiting, seated = (
        make_factors(couplings.low.shape[0], nz),
        batch.seen.shape[1] > 0,
        np.int64(0),
        0,
    )
    trace = _Trace(np.zeros(LANES, np.int64), np.empty((LANES, _ROOM)), np.empty((LANES, _ROOM, _SEEN)))
    while True:
        for lane in range(LANES):
            if places.draw[lane] < 0 and waiting < draws:
                _seat_draw(batch, waiting, lane, states, couplings, places)
                trace.count[lane] = 0
                waiting, seated = waiting + 1, seated + 1
                if looks:
                    mean_lanes(places.means, states, places.depth, places.share)
                    _note_point(lane, places, trace)
        if seated == 0:
            return
        for lane in range(LANES):
            if places.draw[lane] >= 0:
                _begin_step(batch, lane, places)
        _take_step(states, couplings, factors, places, top)
        for lane in range(LANES):
            if places.draw[lane] >= 0 and not _end_step(batch, lane, states, places, tolerance, longest):
                batch.taken[places.draw[lane]], places.draw[lane] = _BROKEN, -1
                seated -= 1
        keep_where(places.accepted, states)
        if looks:
            mean_lanes(places.means, states, places.depth, places.share)
            trace = _make_room(trace)
        for lane in range(LANES):
            if places.draw[lane] >= 0 and places.accepted[lane] > 0:
                if looks:
                    _note_point(lane, places, trace)
                if places.time[lane] >= batch.ends[-1]:
                    _release_draw(batch, lane, states, places, trace)
                    seated -= 1


@dataclass(frozen=True)
class Stretches:
    """Stretches of time that follow one another, each under the same conditions."""

    ends: Float[Array, " stretch"]  # h since the first began
    retinoid: Float[Array, "draw stretch"]  # 0 to 1 of the full effect of vitamin A
    pace: Float[Array, "draw stretch"]  # h of closing of the epidermis in an hour


@dataclass(frozen=True)
class Weights:
    """How much each voxel counts for what is looked at."""

    depth: Float[Array, "draw z"]
    share: Float[Array, "draw ring"]


def advance_through(
    volume: Float[Array, "draw field z 1 ring"],
    cover: Float[Array, "draw cover 1 ring"],
    rates: Float[Array, "draw rate"],
    couplings: Couplings,
    stretches: Stretches,
    steps: PerDraw,
    weights: Weights | None = None,
    tolerance: float = TOLERANCE,
    longest: float = LONGEST_STEP,
) -> tuple[Int[Array, " draw"], Float[Array, "draw look what"]]:
    """Advance every draw of a batch through `stretches`, each with its own steps.

    Returns the steps that each took and, where there are `weights`, what is SEEN at the end of each stretch; no step
    is cut there. `volume`, `cover` and `steps` are changed in place; `steps` h are those to begin with and, after,
    those to go on with. Sides are without flux. Raises BrokenState where a state is not a number.
    """
    c, draws = couplings, volume.shape[0]
    taken = np.zeros(draws, np.int64)
    seen = np.zeros((draws, 0 if weights is None else stretches.ends.size, _SEEN))
    nothing = np.zeros((draws, 0))
    depth, share = (nothing, nothing) if weights is None else (weights.depth, weights.share)
    turns = (c.lateral[:, :, 1:] != c.lateral[:, :, :-1]).any(axis=(0, 1))
    plane = np.concatenate([[0], np.cumsum(turns)])
    own = (
        rates,
        stretches.retinoid,
        stretches.pace,
        depth,
        share,
        c.lateral,
        c.x_low,
        c.x_high,
        c.above,
        c.below,
    )
    rates, retinoid, pace, depth, share, *coupled = map(np.ascontiguousarray, own)

    def work(first: int, last: int) -> None:
        part = slice(first, last)
        state = (
            volume[part],
            cover[part],
            rates[part],
            stretches.ends,
            retinoid[part],
            pace[part],
            steps[part],
        )
        looked = taken[part], seen[part], depth[part], share[part]
        batch = _Batch._make((*state, *looked, *(values[part] for values in coupled), plane, c.dermis))
        _advance_draws(batch, c.uppermost, tolerance, longest)

    share_out(work, draws, largest=_MOST_DRAWS)
    if (taken < 0).any():
        raise BrokenState("broken_tissue", draw=int(taken.argmin()))
    return taken, seen


def advance_batch(
    volume: Float[Array, "draw field z 1 ring"],
    cover: Float[Array, "draw cover 1 ring"],
    rates: Float[Array, "draw rate"],
    couplings: Couplings,
    hours: float,
    steps: PerDraw,
    tolerance: float = TOLERANCE,
    longest: float = LONGEST_STEP,
) -> Int[Array, " draw"]:
    """Advance every draw by `hours` under the conditions in its `rates`, as `advance_through` does; its steps."""
    alone = Stretches(np.array([float(hours)]), rates[:, _DRIVE, None], rates[:, _PACE, None])
    return advance_through(volume, cover, rates, couplings, alone, steps, None, tolerance, longest)[0]
