"""What needles do: strokes become contacts, contacts holes, holes blood, pain and a wound."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np

from hudnal.course.injury import carried_in, felt, opened
from hudnal.course.live import flow_now
from hudnal.course.plan import Moment, density_of, duration_of, speed_of, strokes_of
from hudnal.course.state import State, Strokes
from hudnal.course.world import World
from hudnal.instrument import (
    Drum,
    Instrument,
    Pen,
    Roller,
    Stamp,
    lay_passes,
    lay_pen_places,
    lay_stamp_places,
)
from hudnal.instrument.catalogue import wear_after
from hudnal.outcome.pain import pain_of_strokes
from hudnal.puncture import (
    Contacts,
    ElasticLayers,
    Ground,
    Holes,
    NeedleLaw,
    Ride,
    add_blood,
    derive_drum_law,
    derive_pen_law,
    derive_stamp_law,
    drive_pen,
    lead_length,
    press_stamp,
    punch_holes,
    roll_drum,
)
from hudnal.puncture.bleeding import count_drops_by_stroke
from hudnal.puncture.contacts import IMAGES
from hudnal.tissue import wound_of_holes
from hudnal.transport import Paths
from hudnal.treatment.steps import Needling, Roll
from hudnal.treatment.steps import Pen as PenStep

_PER_CM2 = 100  # mm2
_N_PER_MM = 1e-3  # of 1 N/m


def needle(step: Needling, moment: Moment, state: State, world: World) -> State:
    """The state just after a step with needles."""
    draws, before = world.draws, state.holes
    fresh = world.instruments[moment.path]
    added = density_of(step, fresh, draws) * world.treatment.area * _PER_CM2 / fresh.needles
    # A needle is as blunt as half-way through the step.
    wear = wear_after(state.session.punctures + added / 2, draws)
    instrument = replace(fresh, needle=fresh.needle.wear_down(wear))
    tension = _tension(step, state, world)
    ground = Ground(ElasticLayers.of(state.skin, tension, draws))
    count = strokes_of(step)
    law, contacts, ride = _in_session(step, moment, instrument, ground, state, world)
    roller = instrument if isinstance(instrument, Roller) else None
    slip = step.slip if isinstance(step, Roll) else 0.0
    holes = punch_holes(
        before, contacts, count, law, state.skin, world.field, roller, slip, _drag(step, instrument, world)
    )
    seconds = duration_of(step, instrument, world.treatment.area, draws)
    times = moment.time + (np.arange(count) + 1) / count * seconds
    flow = flow_now(state, world)
    # A hole is on average half a stroke old when the stroke ends.
    made = times - seconds / count / 2
    holes = add_blood(holes, before.strokes, made, state.skin, draws, flow, tension > state.skin.tension)
    state = replace(state, notes={"entry_force": law.entry_force(), **state.notes})
    state = _felt(moment, state, world, holes, contacts, ride, before, times)
    state = state.in_session(punctures=state.session.punctures + added)
    return _hurt(state, before, holes, roller is not None, world)


def _in_session(
    step: Needling, moment: Moment, instrument: Instrument, ground: Ground, state: State, world: World
) -> tuple[NeedleLaw, Contacts, Ride]:
    """What the needles do in this step of any session: alike in all of them, but at other places of the patch.

    Nothing that drives the needles changes from session to session; so the first one's ride is kept, and later ones
    are its images in the square.
    """
    key = (moment.path, moment.order)
    if key not in world.rides:
        rng = world.chance(0, moment.order)
        world.rides[key] = _driven(step, instrument, ground, state.holes.side, state, world, rng)
    law, contacts, ride = world.rides[key]
    return law, contacts.reflect(moment.session % IMAGES), ride


def _driven(
    step: Needling,
    instrument: Instrument,
    ground: Ground,
    side: float,
    state: State,
    world: World,
    rng: np.random.Generator,
) -> tuple[NeedleLaw, Contacts, Ride]:
    """Roller, stamp or pen over a patch of `side` mm: the law of its needles, what each did, and what the hand did."""
    draws, skin, count = world.draws, state.skin, strokes_of(step)
    # The hand: its force varies from stroke to stroke.
    spread = draws["instruments.hand.force_variation"][:, None]
    varied = np.exp(spread * rng.standard_normal((draws.n, count)) - spread**2 / 2)
    given = getattr(step, "force", None)
    if isinstance(instrument, Roller):
        assert isinstance(step, Roll)
        force = np.full(draws.n, step.force)
        law, strip = derive_drum_law(instrument, skin, ground, force, draws)
        waver = None if step.waver is None else np.full(draws.n, step.waver)
        headings = np.deg2rad(step.headings)
        passes = lay_passes(
            instrument, headings, side, side, draws, rng, lead_length(strip), step.overlap, waver
        )
        speed = draws["instruments.hand.speed"] if step.speed is None else np.full(draws.n, step.speed)
        drum = Drum.of(instrument, draws, rng)
        return law, *roll_drum(drum, law, strip, passes, force[:, None] * varied, speed, step.slip)
    if isinstance(instrument, Stamp):
        force = draws["instruments.hand.stamp_force"][:, None] if given is None else given
        law = derive_stamp_law(instrument, skin, ground, draws)
        places = lay_stamp_places(instrument, count, side, draws.n, rng)
        return law, *press_stamp(
            instrument, law, places, force * varied, draws["instruments.hand.press_time"], rng
        )
    assert isinstance(step, PenStep)
    force = draws["instruments.hand.pen_force"][:, None] if given is None else given
    law = derive_pen_law(instrument, skin, ground, step.depth, draws)
    headings = np.deg2rad([step.directions[i % len(step.directions)] for i in range(count)])
    places = lay_pen_places(instrument, headings, speed_of(step, instrument, draws), side, draws.n, rng)
    out = np.clip(step.depth + draws["instruments.hand.protrusion"], 0.0, instrument.needle.length)
    depth = np.broadcast_to(out[:, None], (draws.n, count))
    return law, *drive_pen(instrument, law, places, depth, force * varied, rng)


def _tension(step: Needling, state: State, world: World) -> np.ndarray:
    """N/mm in all: the skin's own, and what the stretching hand adds; a tension in the file stands for both."""
    if isinstance(step.skin, float):
        return np.full(world.draws.n, max(step.skin, _LEAST_TENSION) * _N_PER_MM)
    added = world.draws["skin.mechanics.taut"] * _N_PER_MM if step.skin == "taut" else 0.0
    return state.skin.tension + added


_LEAST_TENSION = 0.1  # N/m: a membrane without tension has no stiffness of its own


def _drag(step: Needling, instrument: Instrument, world: World) -> float:
    """mm that a pen's needle is pulled along while it is in: half a cycle of gliding."""
    if not isinstance(instrument, Pen):
        return 0.0
    return speed_of(step, instrument, world.draws) / instrument.frequency / 2


def _felt(
    moment: Moment,
    state: State,
    world: World,
    holes: Holes,
    contacts: Contacts,
    ride: Ride,
    before: Holes,
    times: np.ndarray,
) -> State:
    """Pain and drops of each stroke."""
    draws, count = world.draws, times.size
    tip = np.nan_to_num(holes.median(holes.tip_depth))
    share, numb_depth = felt(tip, state, world)
    depths = _tip_by_stroke(contacts, draws.n, count)
    engaged = ride.mean_by_stroke(ride.engaged, draws.n, count)
    lingering = state.session.lingering
    earlier = np.zeros(draws.n) if lingering is None else lingering
    whole = np.ones((draws.n, count))
    without, left = pain_of_strokes(depths, engaged, whole, state.skin, draws, earlier)
    pain, _ = pain_of_strokes(depths, engaged, whole * share[:, None], state.skin, draws, earlier)
    drops, covered = count_drops_by_stroke(holes, before.strokes, times, draws)
    strokes = Strokes(
        drops=drops * _PER_CM2,
        covered=covered,
        pain=pain,
        pain_without_cream=without,
        push=ride.mean_by_stroke(ride.pull, draws.n, count),
        time=times,
        round=np.full(count, moment.round),
        trace=ride.trace,
    )
    session = replace(state.session, lingering=left)
    reached = np.clip(np.divide(numb_depth, tip, out=np.ones_like(tip), where=tip > 0), 0, 1)
    notes = {"numb_depth": numb_depth, "numb_share": reached, **state.notes}
    if moment.session == 0:
        notes["bleeding_points"] = strokes.drops[:, -1]
    for name, series in (("pain", strokes.pain), ("pain_without_cream", strokes.pain_without_cream)):
        notes[name] = np.maximum(notes.get(name, np.zeros(draws.n)), series.max(axis=1))
    kept = state.strokes.then(strokes) if moment.session == 0 else state.strokes
    return replace(state, session=session, notes=notes, strokes=kept)


def _tip_by_stroke(contacts: Contacts, draws: int, strokes: int) -> np.ndarray:
    """mm, mean tip depth of the needles of each stroke, (draw, stroke); 0 where none met the patch."""
    key = contacts.draw * strokes + contacts.stroke
    met = np.bincount(key, minlength=draws * strokes)
    depth = np.bincount(key, contacts.tip_depth, draws * strokes)
    return np.divide(depth, met, out=np.zeros_like(depth), where=met > 0).reshape(draws, strokes)


def _hurt(state: State, before: Holes, holes: Holes, rolled: bool, world: World) -> State:
    """The wound that the new holes are, its redness, its ways in, what came in with the needles."""
    draws, skin = world.draws, state.skin
    new_density = np.maximum(holes.density - before.density, 0.0)
    width = holes.mean(holes.width)
    # One wound for all the session's holes: later strokes deepen earlier ones.
    wound = wound_of_holes(
        holes.density, holes.width, holes.tip_depth, skin, draws, holes.draw, (holes.x, holes.y, holes.side)
    )
    pain = state.notes["pain_without_cream"]
    earlier = state.session.needled
    more = np.maximum(wound.hurt - (0.0 if earlier is None else earlier.hurt), 0.0)
    reach = draws["outcome.redness.flare_reach"]
    reached = -np.expm1(-holes.density * pi * reach**2)
    punctured = -np.expm1(-holes.density * pi / 4 * width**2)
    added = np.maximum(punctured - state.session.punctured, 0.0)
    tip = holes.mean(holes.tip_depth)
    deep = holes.mean((holes.tip_depth > skin.surface_to_dermis[holes.draw]).astype(float))
    depths, widths = Paths.classes_of(holes.channel_depth, holes.width, holes.draw, draws.n)
    state = opened(new_density, widths, depths, state)
    return replace(
        state,
        holes=holes,
        tissue=state.tissue.hurt(wound, "needles"),
        reaction=state.reaction.hurt(reached, more, draws),
        aftermath=state.aftermath.hurt(reached, added, np.nan_to_num(tip), pain, draws),
        session=replace(
            state.session,
            hurt=state.session.hurt + more,
            needled=wound,
            rolled=state.session.rolled or rolled,
            **carried_in(punctured, deep, state, world),
        ),
    )
