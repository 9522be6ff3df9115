"""What needles do: strokes become contacts, contacts holes, holes blood, pain and a wound."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np

from hudnal.arrays import Array, Float, PerDraw, sum_by_group
from hudnal.course.injury import assess_contamination, find_awake_share, find_felt_pain, open_channels
from hudnal.course.live import measure_flow
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, SoFar, take_hours_of_use
from hudnal.instrument.use import Use
from hudnal.outcome.law import warn_of_law
from hudnal.outcome.pain import rate_pain
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
    draws, skin, before = setting.draws, setting.skin, state.holes
    use = setting.uses[moment.order]
    instrument = state.instrument(use.kit)
    drive = setting.drives.find(moment.order, instrument.punctures).image(moment.session)
    if setting.field is None:
        raise ValueError("skin that is needled differs from place to place; its field is missing")
    holes = punch_holes(before, drive.contacts, use.strokes, drive.law, skin, setting.field, Drag.of(use))
    ends = moment.time + (np.arange(use.strokes) + 1) / use.strokes * use.hours
    # A hole is on average half a stroke old when the stroke ends.
    made = ends - use.hours / use.strokes / 2
    stretched = use.tension > skin.tension
    holes, *seen = add_blood_and_look(
        holes, before.strokes, (made, ends), skin, draws, measure_flow(state, draws), stretched
    )
    first = state.first
    if first.entry_force is None:
        first = replace(first, entry_force=drive.law.entry_force())
    if first.lying_force is None:
        first = replace(first, lying_force=drive.lying_force)
    state = replace(state, first=first)
    state = _feel_strokes(moment, state, setting, holes, drive, ends, seen)
    session = replace(state.session, kits=tuple(dict.fromkeys((*state.session.kits, use.kit))))
    instruments = {**state.instruments, use.kit: instrument.used(use)}
    pressed = np.maximum(session.pressed, _measure_pressure(step, use, drive, draws))
    state = replace(state, session=replace(session, pressed=pressed), instruments=instruments)
    return _wound_skin(state, before, holes, use, setting)


def _feel_strokes(
    moment: Moment,
    state: State,
    setting: Setting,
    holes: Holes,
    drive: Drive,
    times: Float[Array, " stroke"],
    blood: list[Float[Array, "draw stroke"]],
) -> State:
    """The state with the pain of each stroke and its `blood`: drops per mm2, and the share of skin under them."""
    draws, skin, count = setting.draws, setting.skin, times.size
    tip = np.nan_to_num(holes.median(holes.tip_depth))
    share, numb_depth = find_felt_pain(tip, state, setting)
    depths = _average_tip_depth(drive.contacts, draws.n, count)
    engaged = drive.ride.mean_by_stroke(drive.ride.engaged, draws.n, count)
    lingering = state.session.lingering
    earlier = np.zeros(draws.n) if lingering is None else lingering
    whole = np.ones((draws.n, count))
    without, left = rate_pain(depths, engaged, whole, skin, draws, earlier)
    pain, _ = rate_pain(depths, engaged, whole * share[:, None], skin, draws, earlier)
    pain = pain * find_awake_share(state, setting)[:, None]
    drops, covered = blood
    strokes = Strokes(
        drops=drops * MM2_PER_CM2,
        covered=covered,
        pain=pain,
        pain_without_cream=without,
        push=drive.ride.mean_by_stroke(drive.ride.pull, draws.n, count),
        time=times,
        round=np.full(count, moment.round),
        trace=drive.ride.trace,
    )
    reached = np.clip(np.divide(numb_depth, tip, out=np.ones_like(tip), where=tip > 0), 0, 1)
    state = state.with_numbness(numb_depth, reached)
    state = state.with_pain(strokes.pain.max(axis=1), strokes.pain_without_cream.max(axis=1))
    state = state.with_session(lingering=left)
    if moment.session > 0:
        return state
    first = replace(state.first, bleeding_points=strokes.drops[:, -1])
    return replace(state, first=first, strokes=state.strokes.append(strokes))


def _measure_pressure(step: Needling, use: Use, drive: Drive, draws: Draws) -> PerDraw:
    """N with which drum, nose or plate itself lies on the skin in this step, mean over its strokes, (draw,)."""
    given = getattr(step, "force", None)
    usual = {"pen": "pen_force", "stamp": "stamp_force"}
    force = draws[f"instruments.hand.{usual[step.instrument_kind]}"] if given is None else given
    share = drive.ride.mean_by_stroke(drive.ride.on_surface, draws.n, use.strokes)
    return force * share.mean(axis=1)


def _average_tip_depth(contacts: Contacts, draws: int, strokes: int) -> Float[Array, "draw stroke"]:
    """Mean tip depth of the needles of each stroke, mm; 0 where none met the sample area."""
    key = contacts.draw * strokes + contacts.stroke
    met = np.bincount(key, minlength=draws * strokes)
    depth = sum_by_group(key, contacts.tip_depth, draws * strokes)
    return np.divide(depth, met, out=np.zeros_like(depth), where=met > 0).reshape(draws, strokes)


def _wound_skin(state: State, before: Holes, holes: Holes, use: Use, setting: Setting) -> State:
    """The state with the wound that the new holes are, its redness, its ways in, what came in with the needles."""
    draws, skin, session = setting.draws, setting.skin, state.session
    new_density = np.maximum(holes.density - before.density, 0.0)
    width, tip = holes.mean(holes.width), holes.mean(holes.tip_depth)
    # One wound for all the session's holes: later strokes deepen earlier ones.
    wound = wound_of_holes(
        holes.density, holes.width, holes.tip_depth, skin, draws, holes.draw, (holes.x, holes.y, holes.side)
    )
    more = np.maximum(wound.injured - (0.0 if session.needled is None else session.needled.injured), 0.0)
    reached = -np.expm1(-holes.density * pi * draws["outcome.redness.flare_reach"] ** 2)
    punctured = -np.expm1(-holes.density * pi / 4 * width**2)
    added = np.maximum(punctured - session.punctured, 0.0)
    deep = holes.mean((holes.tip_depth > skin.surface_to_dermis[holes.draw]).astype(float))
    depths, widths = Channels.sort_into_classes(holes.channel_depth, holes.width, holes.draw, draws.n)
    state = open_channels(new_density, widths, depths, state)
    return replace(
        state,
        holes=holes,
        tissue=state.tissue.add_wound(wound, "needles"),
        reaction=state.reaction.add_injury(
            reached, more, draws, punctured * wound.injured, _measure_tearing(holes, draws)
        ),
        aftermath=state.aftermath.add_injury(
            reached, added, np.nan_to_num(tip), _read_worst_pain(state), draws
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
    )
    treatment = setting.treatment
    facts = {"length": use.length, **({"substance": 1.0} if use.serum_is_drug else {})}
    values = {"length": use.length}
    return [
        *warn_of_needles(use, treatment.setting, treatment.person.age, setting.draws),
        *warn_of_law(facts, treatment.setting, setting.draws, values, place),
    ]


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
