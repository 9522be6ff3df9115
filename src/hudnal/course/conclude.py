"""The end of a course: every quantity that is declared of one, and what else remains."""

from __future__ import annotations

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.outcome.declared import COMPOUND_QUANTITIES, QUANTITIES, all_quantities
from hudnal.outcome.look import Ending, Look
from hudnal.outcome.relief import Filling, Shape
from hudnal.outcome.uptake import name_plasma_peak
from hudnal.result.record import Record, Remains
from hudnal.transport.blood import PRILOCAINE


def conclude(look: Look, state: State, record: Record, setting: Setting) -> Remains:
    """What remains of a course that ended in this state, seen in this last look."""
    skin = setting.skin
    return Remains(
        quantities=read_quantities(end_course(look, state, record, setting), setting),
        strokes=state.strokes,
        holes=state.latest_holes,
        tissue=state.tissue,
        layers={
            "corneum": skin.corneum,
            "epidermis": skin.epidermis,
            "dermis": skin.dermis,
            "plexus": skin.plexus_depth,
        },
        scars=find_scar_shapes(state, setting),
    )


def end_course(look: Look, state: State, record: Record, setting: Setting) -> Ending:
    """The course at its end, as far as any quantity is read off it."""
    starts = [moment.time for moment in setting.timeline if moment.kind == "begin"]
    return Ending(
        last=look,
        times=np.array(record.times),
        looks=record.looks,
        session_ends=record.session_ends,
        session_starts=starts,
        hazards=state.hazards,
        strokes=state.strokes,
        first=state.first,
        latest=state.latest,
        worst_pain=state.worst_pain,
        worst_pain_without_cream=state.worst_pain_without_cream,
        bundles_cut=state.bundles_cut,
        particles=state.particles,
        methaemoglobin=state.methaemoglobin.highest if PRILOCAINE in state.plasma else None,
        seen_share=setting.concern.seen_share,
    )


def read_quantities(ending: Ending, setting: Setting) -> dict[str, PerDraw]:
    """Every quantity of a course, (draw,) each; NaN where it does not apply or never comes."""
    nan = np.full(setting.draws.n, np.nan)
    values = dict.fromkeys(all_quantities(), nan)
    for quantity in (*QUANTITIES, *setting.concern.quantities):
        value = quantity.of(ending)
        if value is not None:
            values[quantity.name] = value
    for of_plasma, compounds in ((False, ending.last.depots), (True, ending.last.plasma)):
        for compound in compounds:
            for one in COMPOUND_QUANTITIES:
                if one.of_plasma == of_plasma:
                    name = name_plasma_peak(compound) if of_plasma else f"{one.name}.{compound}"
                    values[name] = one.of(ending, compound)
    return values


def find_scar_shapes(state: State, setting: Setting) -> list[tuple[Shape, Shape]]:
    """The surface over each scar, as it was and at this moment."""
    before = Filling.none(setting.draws.n)
    now = Filling.of(state.tissue, state.tethers_cut, setting.draws)
    return [(relief.find_shape(before), relief.find_shape(now)) for relief in setting.reliefs]
