"""Needling up to an endpoint: which steps end when something shows on the skin, and at which stroke of each draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hudnal.arrays import Array, Bool, Float, Int, PerDraw
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.instrument.use import Endpoint, Use
from hudnal.intake.treatment import Treatment
from hudnal.outcome.redness import shows_even_redness
from hudnal.puncture import Contacts, Holes
from hudnal.treatment.steps import Needling, Repeat
from hudnal.units import MM2_PER_CM2

_INNER = 3  # parts of a place from a repeat to a step in it: `steps`, its number, its word
Strike = Callable[[Contacts], tuple[Holes, Float[Array, "draw stroke"], Float[Array, "draw stroke"]]]


@dataclass(frozen=True)
class Needled:
    """What a step with needles left: its holes, which have bled, and what showed after each stroke.

    `done` tells which strokes each draw got: all, but for those after its endpoint. What showed stays as it was at the
    last of them.
    """

    holes: Holes
    contacts: Contacts
    drops: Float[Array, "draw stroke"]  # 1/mm2
    covered: Float[Array, "draw stroke"]  # share of the skin under them
    done: Bool[Array, "draw stroke"]

    @property
    def counts(self) -> Int[Array, " draw"]:
        """Number of strokes that each draw got."""
        return self.done.sum(axis=1)

    @property
    def is_whole(self) -> bool:
        """Whether every draw got every stroke."""
        return bool(self.done.all())

    def share(self, whole: float) -> PerDraw:
        """The part of something of the whole step that came about, (draw,): its hours, its punctures."""
        return np.where(self.done.all(axis=1), whole, whole * self.done.mean(axis=1))


def find_endpoints(treatment: Treatment) -> dict[int, Endpoint]:
    """The endpoint of every step with needles that has one, by its order in the session, rounds repeated.

    One that a `repeat` names ends the strokes of all its rounds, which are one run.
    """
    repeats = {path: step for path, step in treatment.walk_steps() if isinstance(step, Repeat)}
    endpoints: dict[int, Endpoint] = {}
    run, last = 0, None
    for order, (path, round_now, step) in enumerate(treatment.unroll_steps()):
        if not isinstance(step, Needling):
            continue
        around = repeats.get(path[:-_INNER])
        if around is None or around.until is None:
            if step.until is not None:
                endpoints[order] = Endpoint(step.until, order)
            continue
        here = (round_now, path[-2])
        if last is None or last[0] != path[:-_INNER] or here <= last[1]:
            run = order  # the first step of its rounds, or of the same ones again
        last = (path[:-_INNER], here)
        endpoints[order] = Endpoint(around.until, run)
    return endpoints


def needle_skin(use: Use, contacts: Contacts, strike: Strike, state: State, setting: Setting) -> Needled:
    """What the `contacts` of a step leave, each draw's until its endpoint shows; `strike` makes holes of contacts.

    Draws that have reached the endpoint in an earlier step of the same rounds get none.
    """
    n, strokes, endpoint = setting.draws.n, use.strokes, use.endpoint
    last = np.full(n, strokes)
    if endpoint is None:
        return _trim(contacts, last, strike)
    if not endpoint.begins_at(use.order):
        last[_find_stopped(state, n)] = 0
    needled = _trim(contacts, last, strike)
    shows = _look_for(endpoint.sign, needled, setting) & needled.done
    # A later needle that falls into a hole deepens it, and blood is that of the deepest: where strokes are left out,
    # the endpoint may come one or two strokes later than with them.
    stop = np.where(shows.any(axis=1), shows.argmax(axis=1) + 1, last)
    waits = stop < last
    while waits.any():
        needled = _trim(contacts, stop, strike)
        shows = _look_for(endpoint.sign, needled, setting)
        waits = (stop < last) & ~shows[np.arange(n), np.maximum(stop, 1) - 1]
        stop = stop + waits
    return needled


def note_endpoint(use: Use, needled: Needled, state: State, setting: Setting, is_first: bool) -> State:
    """The state that knows which draws have reached the endpoint of the step, if it has one; `is_first` session."""
    if use.endpoint is None:
        return state
    shows = _look_for(use.endpoint.sign, needled, setting) & needled.done
    stopped = shows.any(axis=1)
    if not use.endpoint.begins_at(use.order):
        stopped = stopped | _find_stopped(state, setting.draws.n)
    if is_first:
        missed = {**state.first.missed, use.endpoint.run: ~stopped}
        state = replace(state, first=replace(state.first, missed=missed))
    return state.with_session(stopped=stopped)


def _find_stopped(state: State, draws: int) -> Bool[Array, " draw"]:
    stopped = state.session.stopped
    return np.zeros(draws, dtype=bool) if stopped is None else stopped


def _trim(contacts: Contacts, stop: Int[Array, " draw"], strike: Strike) -> Needled:
    """What is left of a step when each draw gets its first `stop` strokes only."""
    if contacts.count:
        kept = contacts.stroke < stop[contacts.draw]
        contacts = contacts if kept.all() else contacts.select(kept)
    holes, drops, covered = strike(contacts)
    done = np.arange(drops.shape[1]) < stop[:, None]
    if not done.all():
        drops, covered = (_hold(seen, stop, done) for seen in (drops, covered))
    return Needled(holes, contacts, drops, covered, done)


def _hold(
    seen: Float[Array, "draw stroke"], stop: Int[Array, " draw"], done: Bool[Array, "draw stroke"]
) -> Float[Array, "draw stroke"]:
    """What was seen after each stroke; after the last one of a draw what was seen then."""
    at_last = seen[np.arange(stop.size), np.maximum(stop, 1) - 1]
    return np.where(done, seen, at_last[:, None])


def _look_for(sign: str, needled: Needled, setting: Setting) -> Bool[Array, "draw stroke"]:
    """Whether the sign shows after each stroke."""
    draws = setting.draws
    if sign == "pinpoint-bleeding":
        return needled.drops * MM2_PER_CM2 > draws.value("puncture.bleeding.pinpoint")
    strokes = needled.done.shape[1]
    before = needled.holes.strokes - strokes
    made = np.zeros((draws.n, strokes + 1))
    at = np.clip(needled.holes.stroke - before + 1, 0, strokes)
    np.add.at(made, (needled.holes.draw, at), 1.0)
    density = made.cumsum(axis=1)[:, 1:] / needled.holes.side**2
    return shows_even_redness(density, setting.skin, draws)
