"""What needles do: strokes become contacts, contacts holes, holes blood, pain and a wound."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np

from hudnal.course.injury import carried_in, felt, opened
from hudnal.course.live import flow_now
from hudnal.course.plan import Moment, duration_of, speed_of, strokes_of
from hudnal.course.state import State, Strokes
from hudnal.course.world import World
from hudnal.instrument import (
    Contacts,
    Instrument,
    Pen,
    Roller,
    Stamp,
    pen_contacts,
    roller_contacts,
    stamp_contacts,
)
from hudnal.instrument.catalogue import wear_after
from hudnal.outcome.pain import pain_of_strokes
from hudnal.parameters import Draws
from hudnal.puncture import (
    Holes,
    Load,
    NeedleLaw,
    bleed,
    load_pen,
    load_roller,
    load_stamp,
    needle_law,
    punch,
)
from hudnal.puncture.bleeding import visible
from hudnal.tissue import wound_of_holes
from hudnal.treatment.steps import Needling, Roll
from hudnal.treatment.steps import Pen as PenStep

_PER_CM2 = 100  # mm2
_N_PER_MM = 1e-3  # of 1 N/m


def needle(step: Needling, moment: Moment, state: State, world: World) -> State:
    """The state just after a step with needles."""
    draws = world.draws
    rng = world.chance(moment.session, moment.order)
    instrument = _worn(world.instruments[moment.path], state, world)
    tension = _tension(step, state, world)
    law = needle_law(
        state.skin,
        instrument.needle,
        tension,
        _contact_time(step, instrument, world),
        _crowd(instrument),
        draws,
    )
    load = _load(step, instrument, law, world, rng)
    contacts = _contacts(step, instrument, world, state.holes.side, rng)
    before = state.holes
    roller = instrument if isinstance(instrument, Roller) else None
    drag = _drag(step, instrument, world)
    holes = punch(before, contacts, load, law, state.skin, draws, rng, roller, drag)
    flow = flow_now(state, world)
    holes = bleed(holes, before.strokes, state.skin, draws, flow, tension > state.skin.tension)
    state = _felt(step, moment, state, world, holes, load, before)
    return _hurt(state, before, holes, roller is not None, world)


def _worn(instrument: Instrument, state: State, world: World) -> Instrument:
    if state.session.uses == 0:
        return instrument
    return replace(instrument, needle=instrument.needle.worn(wear_after(state.session.uses, world.draws)))


def _tension(step: Needling, state: State, world: World) -> np.ndarray:
    """N/mm in all: the skin's own, and what the stretching hand adds; a tension in the file stands for both."""
    if isinstance(step.skin, float):
        return np.full(world.draws.n, max(step.skin, _LEAST_TENSION) * _N_PER_MM)
    added = world.draws["skin.mechanics.taut"] * _N_PER_MM if step.skin == "taut" else 0.0
    return state.skin.tension + added


_LEAST_TENSION = 0.1  # N/m: a membrane without tension has no stiffness of its own


def _contact_time(step: Needling, instrument: Instrument, world: World) -> np.ndarray | float:
    """s from touch to the deepest, (draw,) where the hand's speed is not given."""
    if isinstance(instrument, Roller):
        given = getattr(step, "speed", None)
        speed = world.draws["instruments.hand.speed"] if given is None else given
        radius, length = instrument.drum_radius, instrument.needle.length
        return np.sqrt((radius + length) ** 2 - radius**2) / speed
    if isinstance(instrument, Pen):
        return 1 / (4 * instrument.frequency)
    return world.draws["instruments.hand.press_time"]


def _crowd(instrument: Instrument) -> float:
    """Needles pressed at once, 1/mm2."""
    if isinstance(instrument, Roller):
        return instrument.rings / (instrument.pitch * instrument.drum_width)
    if isinstance(instrument, Pen):
        return instrument.needles / instrument.head_area
    return instrument.density_per_stroke


def _load(
    step: Needling, instrument: Instrument, law: NeedleLaw, world: World, rng: np.random.Generator
) -> Load:
    """The hand: its force varies from stroke to stroke."""
    draws = world.draws
    shape = (draws.n, strokes_of(step))
    spread = draws["instruments.hand.force_variation"][:, None]
    varied = np.exp(spread * rng.standard_normal(shape) - spread**2 / 2)
    given = getattr(step, "force", None)
    if isinstance(instrument, Roller):
        return load_roller(instrument, law, given * varied, draws)
    if isinstance(instrument, Stamp):
        force = draws["instruments.hand.stamp_force"][:, None] if given is None else given
        return load_stamp(instrument, law, force * varied)
    assert isinstance(step, PenStep)
    force = draws["instruments.hand.pen_force"][:, None] if given is None else given
    return load_pen(instrument, np.full(shape, step.depth), force * varied)


def _contacts(
    step: Needling, instrument: Instrument, world: World, side: float, rng: np.random.Generator
) -> Contacts:
    n = world.draws.n
    if isinstance(instrument, Roller):
        assert isinstance(step, Roll)
        return roller_contacts(instrument, np.deg2rad(step.headings), side, n, rng, step.slip)
    if isinstance(instrument, Stamp):
        return stamp_contacts(instrument, strokes_of(step), side, n, rng)
    assert isinstance(step, PenStep)
    headings = [step.directions[i % len(step.directions)] for i in range(step.passes)]
    speed = speed_of(step, instrument, world.draws)
    return pen_contacts(instrument, np.deg2rad(headings), speed, side, n, rng)


def _drag(step: Needling, instrument: Instrument, world: World) -> float:
    """mm that a pen's needle is pulled along while it is in: half a cycle of gliding."""
    if not isinstance(instrument, Pen):
        return 0.0
    return speed_of(step, instrument, world.draws) / instrument.frequency / 2


def _felt(
    step: Needling, moment: Moment, state: State, world: World, holes: Holes, load: Load, before: Holes
) -> State:
    """Pain and drops of each stroke."""
    draws = world.draws
    count = load.way.shape[1]
    tip = np.nan_to_num(holes.median(holes.tip_depth))
    share, numb_depth = felt(tip, state, world)
    # How deep each stroke goes against the others follows the needles' way.
    mean_way = np.maximum(load.way.mean(axis=1, keepdims=True), 1e-9)
    depths = tip[:, None] * load.way / mean_way
    lingering = state.session.lingering
    earlier = np.zeros(draws.n) if lingering is None else lingering
    whole = np.ones((draws.n, count))
    without, left = pain_of_strokes(depths, load.engaged, whole, state.skin, draws, earlier)
    pain, _ = pain_of_strokes(depths, load.engaged, whole * share[:, None], state.skin, draws, earlier)
    seconds = duration_of(step, world.instruments[moment.path], world.treatment.area, draws)
    strokes = Strokes(
        drops=_drops(holes, before, count, draws),
        pain=pain,
        pain_without_cream=without,
        time=moment.time + (np.arange(count) + 1) / count * seconds,
        round=np.full(count, moment.round),
    )
    session = replace(state.session, lingering=left)
    shows = (
        np.bincount(holes.draw, weights=visible(holes, draws), minlength=draws.n) / holes.side**2 * _PER_CM2
    )
    notes = {"numb_depth": numb_depth, **state.notes}
    if moment.session == 0:
        notes["bleeding_points"] = shows
    for name, series in (("pain", strokes.pain), ("pain_without_cream", strokes.pain_without_cream)):
        notes[name] = np.maximum(notes.get(name, np.zeros(draws.n)), series.max(axis=1))
    kept = state.strokes.then(strokes) if moment.session == 0 else state.strokes
    return replace(state, session=session, notes=notes, strokes=kept)


def _drops(holes: Holes, before: Holes, count: int, draws: Draws) -> np.ndarray:
    """Drops per cm2 that show after each of the last `count` strokes, since the last wiping, (draw, stroke)."""
    shows = visible(holes, draws)
    at = np.clip(holes.last_hit - before.strokes, -1, count - 1)
    table = np.zeros((draws.n, count + 1))
    np.add.at(table, (holes.draw[shows], at[shows] + 1), 1.0)
    return np.cumsum(table, axis=1)[:, 1:] / holes.side**2 * _PER_CM2


def _hurt(state: State, before: Holes, holes: Holes, rolled: bool, world: World) -> State:
    """The wound that the new holes are, its redness, its ways in, what came in with the needles."""
    draws, skin = world.draws, state.skin
    new_density = np.maximum(holes.density - before.density, 0.0)
    width, tip = holes.mean(holes.width), holes.mean(holes.tip_depth)
    wound = wound_of_holes(new_density, width, tip, skin, draws)
    reach = draws["outcome.redness.flare_reach"]
    reached = -np.expm1(-holes.density * pi * reach**2)
    punctured = -np.expm1(-holes.density * pi / 4 * width**2)
    deep = holes.mean((holes.tip_depth > skin.surface_to_dermis[holes.draw]).astype(float))
    state = opened(new_density, width, holes.mean(holes.channel_depth), state)
    return replace(
        state,
        holes=holes,
        tissue=state.tissue.hurt(wound),
        reaction=state.reaction.hurt(reached, wound.hurt, draws),
        front=state.front.over(width, skin, draws),
        session=replace(
            state.session,
            hurt=state.session.hurt + wound.hurt,
            rolled=state.session.rolled or rolled,
            **carried_in(punctured, deep, state, world),
        ),
    )
