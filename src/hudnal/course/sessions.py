"""What belongs to a session as a whole: how it begins, and what it adds up to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.arrays import PerDraw, sum_by_group
from hudnal.course.instruments import find_reused_kits, keep_instruments
from hudnal.course.removal import remove_products
from hudnal.course.setting import Setting
from hudnal.course.state import Session, State
from hudnal.outcome.cuts import cut_bundles, cut_tethers
from hudnal.outcome.holes import summarise_holes
from hudnal.outcome.infection import Hygiene, split_by_source
from hudnal.outcome.mycobacteria import assess_mycobacteria
from hudnal.outcome.raised import count_raised_dose
from hudnal.outcome.risks import (
    Hazards,
    assess_bruise,
    assess_heavy_bleeding,
    assess_herpes,
    assess_pigment,
    assess_sheet_marks,
    assess_tram_tracks,
)
from hudnal.outcome.sessions import FirstSession, LastSession
from hudnal.outcome.worker import assess_worker
from hudnal.parameters import Draws
from hudnal.puncture import Holes
from hudnal.puncture.bleeding import lower_plexus_crossings
from hudnal.treatment.steps import Reuse
from hudnal.units import HOURS_PER_DAY, MM2_PER_CM2

_NO_WIDTH = 1e-12  # mm


def begin_session(state: State, setting: Setting) -> State:
    """A new session: its own sample area, new instruments but for those that are used again, unwashed skin."""
    n = setting.draws.n
    state = replace(
        state,
        holes=Holes.none(setting.sample_side, n),
        holes_before=state.latest_holes,
        session=Session.begin(n),
        hygiene=Hygiene.unprepared(setting.draws),
        instruments=keep_instruments(state.instruments, find_reused_kits(setting.timeline)),
    )
    # What was put on at home is washed off on the way.
    state = remove_products(state, "wash", setting)
    return state.with_surface(cream_until=None, cover="none", cover_until=0.0, petrolatum_at=None, foreign=())


def end_session(state: State, setting: Setting) -> State:
    """The state after a session: its hazards, what it cut, and what it set going."""
    draws, skin, sums, holes = setting.draws, setting.skin, state.session, state.holes
    volume = _measure_blood(holes, draws.n)
    pigment = _assess_marks(state, setting)
    bruise = assess_bruise(lower_plexus_crossings(holes, skin), skin, draws)
    signal = state.tissue.mean("signal")
    width, tip = holes.mean(holes.width), holes.mean(holes.tip_depth)
    decay, closes_in = state.tissue.signal_decay, state.tissue.front.left
    cut = cut_tethers(holes.density, width, tip, skin, draws)
    state = replace(
        state,
        hazards=_add_hazards(state, pigment, bruise, volume, tip, setting),
        tethers_cut=1 - (1 - state.tethers_cut) * (1 - cut),
        bundles_cut=1 - (1 - state.bundles_cut) * (1 - cut_bundles(holes, skin, draws)),
        first=_remember_first_holes(state, volume, setting),
        latest=LastSession(
            signal=signal,
            pigment_hazard=pigment,
            redness_hours=state.reaction.predict_redness_hours(signal, decay, closes_in),
            inflamed_hours=state.reaction.without_vessels().predict_redness_hours(signal, decay),
            swelling_hours=state.reaction.predict_swelling_hours(),
        ),
        dark_marks=state.dark_marks.add_hazard(pigment),
        bruises=state.bruises.add_hazard(bruise),
    )
    # From here on what still comes in is counted by itself.
    return state.with_session(carried={**sums.carried, "later": np.zeros(draws.n)})


def _find_open_sheet(state: State, draws: Draws) -> PerDraw:
    """Share of the surface that the session left without epidermis for days, (draw,)."""
    days = draws.value("outcome.open_sheet.days") * HOURS_PER_DAY
    bared = np.zeros(draws.n) if state.session.bared is None else state.session.bared
    return np.where(state.tissue.front.left > days, bared, 0.0)


def _assess_marks(state: State, setting: Setting) -> PerDraw:
    """Hazard of dark marks from the session, (draw,): what lies bare for days marks by itself, the rest by injury."""
    draws, skin, sums = setting.draws, setting.skin, state.session
    by_injury = (
        assess_pigment(sums.hurt - sums.heat - sums.acid, "needle", skin, draws)
        + assess_pigment(sums.heat, "heat", skin, draws)
        + assess_pigment(sums.acid, "acid", skin, draws)
    )
    open_sheet = _find_open_sheet(state, draws)
    return (1 - open_sheet) * by_injury + assess_sheet_marks(open_sheet, skin, draws)


def _measure_blood(holes: Holes, draws: int) -> PerDraw:
    """Blood of the session, uL/cm2, (draw,)."""
    return sum_by_group(holes.draw, holes.blood_volume(), draws) / holes.side**2 * MM2_PER_CM2


def _add_hazards(
    state: State, pigment: PerDraw, bruise: PerDraw, volume: PerDraw, tip: PerDraw, setting: Setting
) -> Hazards:
    """The hazards of the course with those of the session that ends."""
    draws, skin, sums, holes = setting.draws, setting.skin, state.session, state.holes
    torn = holes.mean(holes.torn / np.maximum(holes.torn + holes.width, _NO_WIDTH))
    # Who bleeds heavily does so in each session: the worst one counts.
    bleeding = np.maximum(assess_heavy_bleeding(volume, draws) - state.hazards.heavy_bleeding, 0)
    return state.hazards.add(
        pigment=pigment,
        bruise=bruise,
        tram=assess_tram_tracks(torn, tip / skin.thickness, sums.pressed, skin, draws),
        heavy_bleeding=bleeding,
        **split_by_source(sums.carried, sums.infection, draws),
        bloodborne=sums.bloodborne,
        mycobacteria=assess_mycobacteria(sums.unclean, sums.deep, sums.punctured, draws),
        **assess_worker(bool(sums.kits), _cleans_by_hand(setting), setting.treatment.setting, draws),
        granuloma=sums.granuloma,
        herpes=assess_herpes(sums.hurt, sums.heat + sums.acid, skin, draws, _find_open_sheet(state, draws)),
        raised=count_raised_dose(sums.hurt, sums.heat, draws),
    )


def _cleans_by_hand(setting: Setting) -> bool:
    """Whether used needles are cleaned for another use in the sessions of this course."""
    steps = (step for _, step in setting.treatment.walk_steps())
    return any(isinstance(step, Reuse) and step.cleaned != "none" for step in steps)


def _remember_first_holes(state: State, volume: PerDraw, setting: Setting) -> FirstSession:
    """What the first needles showed, with the numbers of their holes once they are made."""
    if state.first.holes or not state.holes.strokes:
        return state.first
    numbers = summarise_holes(state.holes, volume, state.session.met, setting.draws)
    return replace(state.first, holes=numbers)
