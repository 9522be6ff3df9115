"""`simulate`: the treatment folded over the skin. Read this file first.

A treatment is a list of steps; a skin is a state. At every moment of the timeline the body has lived on by itself
(`live`), then the step acts on the skin (`act`), and then one looks (`observe`). What was seen is the Course.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hudnal.course.act import act, begin_session, end_session
from hudnal.course.advice import advice
from hudnal.course.live import live
from hudnal.course.observe import observe, scars
from hudnal.course.plan import Moment
from hudnal.course.quantities import quantities
from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.intake.load import load
from hudnal.intake.shelf import Shelf
from hudnal.parameters import Draws, Posterior
from hudnal.result.course import Course
from hudnal.result.record import Seen
from hudnal.treatment import Treatment

BLOCK = 64  # draws that run as one batch
Progress = Callable[[float], None]


def simulate(
    treatment: Treatment | str | Path | Mapping[str, Any],
    draws: int = 64,
    seed: int = 1,
    progress: Progress | None = None,
    side: float | None = None,
    belief: Posterior | str = "posterior",
    people: bool = True,
) -> Course:
    """Simulate a treatment: a loaded one, a file, a preset's name or plain data.

    `draws` samples of what we don't know give the intervals; the same `seed` gives the same numbers. `progress` is
    called with the share done. Holes are laid on a square patch of `side` mm (by default one large enough for a mean).
    The draws are of the fitted `belief`, or of the tables' "prior"; without `people` what differs between people
    stands at its median.
    Raises TreatmentError for a treatment that cannot be run.
    """
    if not isinstance(treatment, Treatment):
        treatment = load(treatment)
    sample = Draws(draws, seed, belief, people).including(Shelf.of(treatment).parameters())
    blocks = list(sample.split_batches(BLOCK))
    parts = []
    for i, block in enumerate(blocks):
        report = (lambda share, i=i: progress((i + share) / len(blocks))) if progress else None
        parts.append(run_block(treatment, block, report, side))
    seen = Seen.joined(parts)
    return Course.of(treatment, sample, seen, advice(treatment, seen, sample))


def run_block(
    treatment: Treatment, draws: Draws, progress: Progress | None = None, side: float | None = None
) -> Seen:
    """What is seen of the fold of one batch of draws."""
    seen = Seen(draws.n)
    state = world = None
    for share, moment, state, world in fold(treatment, draws, side):
        if moment is not None and moment.kind == "end":
            seen.ends.append(state.time)
        seen.look(state.time, observe(state, world))
        if progress and moment is not None:
            progress(share)
    assert state is not None and world is not None
    seen.finish(state, quantities(state, seen, world))
    seen.scars = scars(state, world)
    return seen


def fold(
    treatment: Treatment,
    draws: Draws,
    side: float | None = None,
    looks: tuple[float, ...] = (),
    heals: bool = True,
) -> Iterator[tuple[float, Moment | None, State, World]]:
    """The fold itself: share done, moment, the state just after it, and the world; before the first one no moment.

    `looks` are moments in h besides the usual ones; without `heals` only what goes through the skin is followed.
    """
    world = World.of(treatment, draws, side, looks, heals)
    state = State.before(world.skin, draws)
    yield 0.0, None, state, world
    for done, moment in enumerate(world.timeline):
        state = live(state, moment.time, world)
        if moment.kind == "begin":
            state = begin_session(state, world)
        elif moment.kind == "end":
            state = end_session(state, world)
        elif moment.kind != "look":
            state = act(moment, state, world)
        yield (done + 1) / len(world.timeline), moment, state, world
