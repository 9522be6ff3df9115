"""`simulate`: the treatment folded over the skin. Read this file first.

A treatment is a list of steps; a skin is a state. At every moment of the timeline the body has lived on by itself
(`live`), then the step acts on the skin (`steps/`), and then one looks (`observe`). What was seen is the Course.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from math import inf
from pathlib import Path
from typing import Any

from hudnal.course.advice import advise
from hudnal.course.conclude import conclude
from hudnal.course.estimate import require_within_limits
from hudnal.course.live import live
from hudnal.course.observe import look_at, observe
from hudnal.course.prepare import prepare
from hudnal.course.sessions import begin_session, end_session
from hudnal.course.setting import BATCH, Setting
from hudnal.course.state import State
from hudnal.course.steps import do_step
from hudnal.course.zones import simulate_zones
from hudnal.intake.load import load
from hudnal.intake.treatment import Treatment
from hudnal.parameters import Draws, Posterior
from hudnal.progress import Progress, part_of
from hudnal.result.course import ALL, CONTROL, Course
from hudnal.result.record import Record
from hudnal.result.timeline import Moment

_TIMES_AT_ONCE = 64  # the states that are looked at are held until then


def simulate(
    treatment: Treatment | str | Path | Mapping[str, Any],
    draws: int = 64,
    seed: int = 1,
    progress: Progress | None = None,
    side: float | None = None,
    belief: Posterior | str = "posterior",
    people: bool = True,
    keep: tuple[str, ...] = ALL,
) -> Course:
    """Simulate a treatment: a loaded one, a file, a preset's name or plain data.

    `draws` samples of what we don't know give the intervals; the same `seed` gives the same numbers. `progress` is
    called with the share done. Holes are laid on a square sample area of `side` mm (by default one large enough for a
    mean). The draws are of the fitted `belief`, or of the tables' "prior"; without `people` what differs between
    people stands at its median. `keep` says what is left beside the quantities: "series", "strokes", "holes",
    "tissue", "scars", and "control", the quantities of the same course without needles; `keep=()` leaves a light
    Course.
    Raises TreatmentError for a treatment that cannot be run, TooLong for one that would take more time or memory than
    the environment variables HUDNAL_MAX_TIME and HUDNAL_MAX_MEMORY allow, ValueError for a word in `keep` that is none.

    >>> hudnal.simulate("classic", draws=8).interval("hole_density")  # doctest: +SKIP
    """
    treatment = treatment if isinstance(treatment, Treatment) else load(treatment)
    require_within_limits([treatment], draws, side, CONTROL in keep)
    return simulate_sample(treatment, Draws(draws, seed, belief, people), progress, side, keep)


def simulate_sample(
    treatment: Treatment,
    sample: Draws,
    progress: Progress | None = None,
    side: float | None = None,
    keep: tuple[str, ...] = ALL,
) -> Course:
    """Simulate a treatment for the draws of a `sample`, or of a part of one, whatever it costs; as `simulate`."""
    sample = sample.including(treatment.shelf.list_parameters())
    run = run_beside_control if CONTROL in keep else run_batch
    if treatment.zones:
        return simulate_zones(treatment, sample, run, progress, side, keep)
    batches = list(sample.split_batches(BATCH))
    first = prepare(treatment, batches[0], side)
    settings = chain([first], (prepare(treatment, batch, side) for batch in batches[1:]))
    runs = (run(one, part_of(progress, i, len(batches))) for i, one in enumerate(settings))
    record = Record.join(list(runs))
    return Course.of(treatment, sample, first.frame, record, advise(first, record.whole.quantities), keep)


def run_beside_control(setting: Setting, progress: Progress | None = None) -> Record:
    """The record of one batch of draws, and of the same course without needles its quantities."""
    if not setting.uses:
        return run_batch(setting, progress)
    record = run_batch(setting, part_of(progress, 0, 2))
    record.control = run_batch(setting.without_needles(), part_of(progress, 1, 2)).whole.quantities
    return record


def run_batch(setting: Setting, progress: Progress | None = None) -> Record:
    """The record of one batch of draws."""
    record, looks = Record(setting.draws.n), []
    times, last = 0, -inf
    for share, moment, state in fold(setting):
        if moment.kind == "end":
            record.session_ends.append(state.time)
        look = look_at(state, setting)
        looks.append(look)
        times, last = times + (look.time > last), look.time
        # Tissue goes its own steps through all the time that has passed when it is looked at: so one looks seldom.
        # Counted by times, from each session's end: what is added to a session and does nothing changes nothing.
        if moment.kind in ("end", "close") or times == _TIMES_AT_ONCE:
            for each in looks:
                record.add_look(each.time, observe(each, setting))
            looks.clear()
            times = 0
        if moment.kind == "close":
            record.remains = conclude(look, state, record, setting)
        if progress:
            progress(share)
    return record


def fold(setting: Setting) -> Iterator[tuple[float, Moment, State]]:
    """The fold itself: share done, moment, and the state just after it."""
    state = State.before(setting.skin, setting.draws)
    for done, moment in enumerate(setting.timeline, start=1):
        state = live(state, moment.time, setting)
        if moment.kind == "begin":
            state = begin_session(state, setting)
        elif moment.kind == "end":
            state = end_session(state, setting)
        elif moment.step is not None:
            state = do_step(moment.step, moment, state, setting)
        yield done / len(setting.timeline), moment, state
