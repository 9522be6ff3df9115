"""Sun on treated skin, and waiting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, read_hours, take_no_time
from hudnal.parameters import Draws
from hudnal.result.timeline import Moment
from hudnal.treatment.steps import LaterSun, Sun, Wait


def _expose_skin(step: Sun | LaterSun, moment: Moment, state: State, setting: Setting) -> State:
    """The state with the hazard of dark marks that sun on inflamed skin adds."""
    draws = setting.draws
    if not step.in_bare_sun:
        return state
    # The longer, the more, up to the full factor at the reference exposure; and the more the skin is still inflamed.
    hours = np.minimum(_shade_hours(step.for_, state, draws) / draws["outcome.pigment.sun_hours"], 1.0)
    factor = draws["outcome.pigment.sun"] ** hours
    zero = np.zeros(draws.n)
    at_most = zero if state.latest is None else state.latest.signal
    hazard = zero if state.latest is None else state.latest.pigment_hazard
    signal = state.tissue.mean("signal")
    inflamed = np.divide(np.minimum(signal, at_most), at_most, out=zero.copy(), where=at_most > 0)
    more = hazard * (factor - 1) * inflamed
    return replace(
        state, hazards=state.hazards.add(pigment=more), dark_marks=state.dark_marks.add_hazard(more)
    )


def _shade_hours(hours: float, state: State, draws: Draws) -> PerDraw | float:
    """Hours in the bare sun that so many under the sunscreen on the skin are worth; only a tinted one stops light."""
    surface = state.surface
    if surface.protection is None:
        return hours
    under = np.clip(surface.protected_until - state.time, 0.0, hours)
    light = 0.0 if surface.is_tinted else draws["outcome.sunscreen.visible"]
    return hours - under + under * (light + (1 - light) / surface.protection)


def _let_pass(step: Wait, moment: Moment, state: State, setting: Setting) -> State:
    """The state as it is: what time does, the body does by itself."""
    return state


KINDS = (
    Kind(Sun, "exposure", _expose_skin, read_hours),
    Kind(LaterSun, "exposure", _expose_skin, take_no_time),
    Kind(Wait, "exposure", _let_pass, read_hours),
)
