"""What needles do: strokes become contacts, contacts holes, holes blood, pain and a wound."""

from __future__ import annotations

from dataclasses import replace
from math import pi
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float, PerDraw, sum_by_group
from hudnal.course.endpoints import Needled, Strike, needle_skin, note_endpoint
from hudnal.course.injury import assess_contamination, find_awake_share, find_felt_pain, open_channels
from hudnal.course.live import measure_flow
from hudnal.course.particles import push_particles_in
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, SoFar, measure_layer, take_hours_of_use
from hudnal.instrument.catalogue import find_instrument, list_instruments
from hudnal.instrument.use import Use
from hudnal.outcome.law import warn_of_law
from hudnal.outcome.misuse import warn_of_needles_through
from hudnal.outcome.pain import rate_pain
from hudnal.outcome.redness import find_flare_share
from hudnal.outcome.rules import NeedleUse, PlanWarning, warn_of_needles
from hudnal.outcome.sessions import Strokes
from hudnal.parameters import Draws
from hudnal.puncture import Contacts, Drag, Holes, add_blood_and_look, punch_holes
from hudnal.puncture.driving import Drive
from hudnal.result.timeline import Moment
from hudnal.tissue import wound_of_holes
from hudnal.transport import Channels
from hudnal.treatment.steps import Needling, PenPasses, Roll, StampPresses
from hudnal.units import MM2_PER_CM2


def _needle_skin(step: Needling, moment: Moment, state: State, setting: Setting) -> State:
    """The state just after a step with needles."""
    draws, before, use = setting.draws, state.holes, setting.uses[moment.order]
    instrument = state.instrument(use.kit)
    drive = setting.drives.find(moment.order, instrument.punctures).image(moment.session)
    ends = moment.time + (np.arange(use.strokes) + 1) / use.strokes * use.hours
    strike = _strike_skin(use, drive, ends, state, setting)
    needled = needle_skin(use, drive.contacts, strike, state, setting)
    drive = replace(drive, contacts=needled.contacts)
    first = state.first
    if first.entry_force is None:
        first = replace(first, entry_force=drive.law.entry_force())
    if first.lying_force is None:
        first = replace(first, lying_force=drive.lying_force)
    state = note_endpoint(use, needled, replace(state, first=first), setting, is_first=moment.session == 0)
    state = _feel_strokes(moment, state, setting, needled, drive, ends)
    return _wound_skin(_wear_instrument(step, use, drive, needled, state, draws), before, needled, setting)


def _strike_skin(
    use: Use, drive: Drive, ends: Float[Array, " stroke"], state: State, setting: Setting
) -> Strike:
    """What contacts of the drive make of the skin: holes that have bled, drops per mm2, the share of skin under them.

    Strokes end at `ends` h.
    """
    skin, draws, before = setting.skin, setting.draws, state.holes
    if setting.field is None:
        raise ValueError("skin that is needled differs from place to place; its field is missing")
    field = setting.field
    # A hole is on average half a stroke old when the stroke ends.
    made = ends - use.hours / use.strokes / 2
    flow, stretched = measure_flow(state, draws), use.tension > skin.tension

    def strike(contacts: Contacts) -> tuple[Holes, Float[Array, "draw stroke"], Float[Array, "draw stroke"]]:
        holes = punch_holes(before, contacts, use.strokes, drive.law, skin, field, Drag.of(use))
        return add_blood_and_look(holes, before.strokes, (made, ends), skin, draws, flow, stretched)

    return strike


def _wear_instrument(
    step: Needling, use: Use, drive: Drive, needled: Needled, state: State, draws: Draws
) -> State:
    """The state in which the instrument has done its strokes, and has been in the skin of those who got any."""
    session, met = state.session, (needled.counts > 0).astype(float)
    kits = {**session.kits, use.kit: np.maximum(session.kits.get(use.kit, 0.0), met)}
    instrument = state.instrument(use.kit).used(needled.share(use.punctures))
    pressed = np.maximum(session.pressed, _measure_pressure(step, use, drive, needled, draws))
    session = replace(session, kits=kits, pressed=pressed, met=session.met + needled.share(use.density))
    return replace(state, session=session, instruments={**state.instruments, use.kit: instrument})


def _feel_strokes(
    moment: Moment,
    state: State,
    setting: Setting,
    needled: Needled,
    drive: Drive,
    times: Float[Array, " stroke"],
) -> State:
    """The state with the pain of each stroke and the blood that shows after it."""
    draws, skin, count = setting.draws, setting.skin, times.size
    holes, done = needled.holes, needled.done
    tip = np.nan_to_num(holes.median(holes.tip_depth))
    share, numb_depth = find_felt_pain(tip, state, setting)
    depths = _average_tip_depth(drive.contacts, draws.n, count)
    engaged = drive.ride.mean_by_stroke(drive.ride.engaged, draws.n, count)
    lingering = state.session.lingering
    earlier = np.zeros(draws.n) if lingering is None else lingering
    whole = np.ones((draws.n, count))
    without, left = rate_pain(depths, engaged, whole, skin, draws, earlier, done)
    pain, _ = rate_pain(depths, engaged, whole * share[:, None], skin, draws, earlier, done)
    pain = pain * find_awake_share(state, setting)[:, None]
    strokes = Strokes(
        drops=_hold_if_idle(needled.drops * MM2_PER_CM2, needled, state.strokes.drops),
        covered=_hold_if_idle(needled.covered, needled, state.strokes.covered),
        pain=pain,
        pain_without_cream=without,
        push=drive.ride.mean_by_stroke(drive.ride.pull, draws.n, count) * done,
        done=done,
        time=times,
        hours=np.full(count, setting.uses[moment.order].hours / count),
        round=np.full(count, moment.round),
        trace=drive.ride.trace,
    )
    reached = np.clip(np.divide(numb_depth, tip, out=np.ones_like(tip), where=tip > 0), 0, 1)
    state = state.with_numbness(numb_depth, reached)
    state = state.with_pain(strokes.pain.max(axis=1), strokes.pain_without_cream.max(axis=1))
    state = state.with_session(lingering=left)
    if moment.session > 0:
        return state
    together = state.strokes.append(strokes)
    first = replace(state.first, bleeding_points=together.drops[:, -1])
    return replace(state, first=first, strokes=together)


def _hold_if_idle(
    seen: Float[Array, "draw stroke"], needled: Needled, before: Float[Array, "draw earlier"]
) -> Float[Array, "draw stroke"]:
    """What shows after each stroke; on those who got none of them what showed after the last one before."""
    idle = needled.counts == 0
    if not (idle.any() and before.shape[1]):
        return seen
    return np.where(idle[:, None], before[:, -1:], seen)


def _measure_pressure(step: Needling, use: Use, drive: Drive, needled: Needled, draws: Draws) -> PerDraw:
    """N with which drum, nose or plate itself lies on the skin in this step, mean over its strokes, (draw,)."""
    given = getattr(step, "force", None)
    usual = {"pen": "pen_force", "stamp": "stamp_force"}
    force = draws[f"instruments.hand.{usual[step.instrument_kind]}"] if given is None else given
    share = drive.ride.mean_by_stroke(drive.ride.on_surface, draws.n, use.strokes)
    if needled.is_whole:
        return force * share.mean(axis=1)
    return force * (share * needled.done).sum(axis=1) / np.maximum(needled.counts, 1)


def _average_tip_depth(contacts: Contacts, draws: int, strokes: int) -> Float[Array, "draw stroke"]:
    """Mean tip depth of the needles of each stroke, mm; 0 where none met the sample area."""
    key = contacts.draw * strokes + contacts.stroke
    met = np.bincount(key, minlength=draws * strokes)
    depth = sum_by_group(key, contacts.tip_depth, draws * strokes)
    return np.divide(depth, met, out=np.zeros_like(depth), where=met > 0).reshape(draws, strokes)


def _wound_skin(state: State, before: Holes, needled: Needled, setting: Setting) -> State:
    """The state with the wound that the new holes are, its redness, its ways in, what came in with the needles."""
    draws, skin, session, holes = setting.draws, setting.skin, state.session, needled.holes
    new_density = np.maximum(holes.density - before.density, 0.0)
    width, tip = holes.mean(holes.width), holes.mean(holes.tip_depth)
    # One wound for all the session's holes: later strokes deepen earlier ones.
    wound = wound_of_holes(
        holes.density, holes.width, holes.tip_depth, skin, draws, holes.draw, (holes.x, holes.y, holes.side)
    )
    more = np.maximum(wound.injured - (0.0 if session.needled is None else session.needled.injured), 0.0)
    # Nerves of those who got no stroke any more are not stung again.
    reached = find_flare_share(holes.density, draws) * (needled.counts > 0)
    punctured = -np.expm1(-holes.density * pi / 4 * width**2)
    added = np.maximum(punctured - session.punctured, 0.0)
    deep = holes.mean((holes.tip_depth > skin.surface_to_dermis[holes.draw]).astype(float))
    depths, widths = Channels.sort_into_classes(holes.channel_depth, holes.width, holes.draw, draws.n)
    state = push_particles_in(open_channels(new_density, widths, depths, state), added, deep, draws)
    return replace(
        state,
        holes=holes,
        tissue=state.tissue.add_wound(wound, "needles"),
        reaction=state.reaction.add_injury(
            reached, more, draws, punctured * wound.injured, _measure_tearing(holes, draws)
        ),
        aftermath=state.aftermath.add_injury(
            reached, added, np.nan_to_num(tip), _read_worst_pain(state) * (needled.counts > 0), draws
        ),
        session=replace(
            state.session,
            hurt=session.hurt + more,
            needled=wound,
            **assess_contamination(punctured, deep, state, setting),
        ),
    )


def _measure_tearing(holes: Holes, draws: Draws) -> PerDraw:
    """How many times more is torn than by round holes of the same width, (draw,): a slit along the stroke counts."""
    broad = holes.width + 2 * draws["tissue.wound.rim"][holes.draw]
    round_ones = holes.mean(pi / 4 * broad**2)
    along = holes.mean(np.maximum(holes.slit - holes.width, 0) * broad)
    return 1 + np.divide(along, round_ones, out=np.zeros_like(along), where=round_ones > 0)


def _read_worst_pain(state: State) -> PerDraw:
    """The worst pain so far that there would have been without cream, 0-10, (draw,)."""
    if state.worst_pain_without_cream is None:
        return np.zeros_like(state.tethers_cut)
    return state.worst_pain_without_cream


def _warn_of_needles(step: Needling, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    needling = next(use for use in setting.uses.values() if use.step is step)
    force = getattr(step, "force", None) if step.instrument_kind == "roller" else None
    use = NeedleUse(
        place=place,
        length=needling.reach,
        kind=step.instrument_kind,
        force=force,
        washed=so_far.washed,
        disinfected=so_far.disinfected,
        serum=so_far.serum,
        serum_is_drug=so_far.drug,
        site=setting.treatment.site,
        glide=needling.speed if step.instrument_kind == "pen" else None,
        **_tell_device(needling),
    )
    treatment = setting.treatment
    facts = {"length": use.length, **({"substance": 1.0} if use.serum_is_drug else {})}
    values = {"length": use.length}
    left = so_far.cream
    cream = None if left is None else (left.name, measure_layer(left.film))
    return [
        *warn_of_needles_through(place, cream, so_far.seal, so_far.oily, so_far.coloured),
        *warn_of_needles(use, treatment.setting, treatment.person.age, setting.draws),
        *warn_of_law(facts, treatment.setting, setting.draws, values, place),
    ]


def _tell_device(use: Use) -> dict[str, Any]:
    """What rules have to know of the device itself: its clearance, how deep it was evaluated, whether fluid gets in."""
    known = find_instrument(use.instrument.name) if use.instrument.name in list_instruments() else {}
    return {
        "device": use.instrument.name,
        "clearance": known.get("clearance", ""),
        "evaluated": known.get("evaluated"),
        "evaluated_source": tuple(known.get("evaluated_source", ())),
        "is_open": getattr(use.instrument, "sealed", None) is False,
    }


def _pass_on_opening(step: Needling, so_far: SoFar, setting: Setting) -> SoFar:
    return replace(so_far, opened=True)


KINDS = tuple(
    Kind(
        model,
        "injury",
        _needle_skin,
        take_hours_of_use,
        warn=_warn_of_needles,
        pass_on=_pass_on_opening,
    )
    for model in (Roll, PenPasses, StampPresses)
)
