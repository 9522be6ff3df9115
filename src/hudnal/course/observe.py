"""Looking at the skin: a state as a `Look`, and every series that is declared of one."""

from __future__ import annotations

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.injury import find_anaesthetics
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.outcome.declared import COMPOUND_SERIES, SERIES
from hudnal.outcome.look import Look

_NUMB_FOR = 48.0  # h after a cream that its numbness is looked at


def look_at(state: State, setting: Setting) -> Look:
    """What there is to see of the skin in this state."""
    petrolatum_at = state.surface.petrolatum_at
    return Look(
        time=state.time,
        draws=setting.draws,
        skin=setting.skin,
        tissue=state.tissue,
        channels=state.channels,
        closure=state.closure,
        bare=state.bare,
        open_skin=state.open_skin,
        measures=state.measure_holes(setting.draws),
        reaction=state.reaction,
        aftermath=state.aftermath,
        dark_marks=state.dark_marks,
        bruises=state.bruises,
        vitamin_a=state.vitamin_a,
        cover=state.cover,
        petrolatum_hours=None if petrolatum_at is None else state.time - petrolatum_at,
        numb_depth=_measure_numb_depth(state, setting),
        depots=state.depots,
        plasma=state.plasma,
        tethers_cut=state.tethers_cut,
        reliefs=setting.reliefs,
    )


def _measure_numb_depth(state: State, setting: Setting) -> PerDraw:
    """How deep the skin is numb, mm, (draw,); some days after a cream nobody looks any more."""
    creams = find_anaesthetics(state, setting)
    recent = creams and state.time - max(d.first_applied for d in creams) < _NUMB_FOR
    if not recent or setting.numbness is None:
        return np.zeros(setting.draws.n)
    return setting.numbness.numb_depth(creams, setting.draws)


def observe(look: Look, setting: Setting) -> dict[str, PerDraw]:
    """Every series of the skin, of its concern and of the compounds on it, (draw,) each."""
    seen = {series.name: series.of(look) for series in (*SERIES, *setting.concern.series)}
    for of_plasma, compounds in ((False, look.depots), (True, look.plasma)):
        for compound in compounds:
            for series in COMPOUND_SERIES:
                if series.of_plasma == of_plasma:
                    seen[f"{series.name}.{compound}"] = series.of(look, compound)
    return seen
