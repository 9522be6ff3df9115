"""An instrument that was used before: as blunt as it became, as dirty as it was cleaned.

Of a pen that may be the handpiece alone. Its needles are then new, and what is on them came through the last cartridge
into the handpiece and out of it again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.course.instruments import count_earlier_punctures
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, SoFar, take_no_time
from hudnal.instrument import Pen
from hudnal.instrument.use import InstrumentState
from hudnal.outcome.rules import PlanWarning, warn_of_handpiece, warn_of_reuse
from hudnal.result.timeline import Moment
from hudnal.treatment.steps import Reuse


def _take_up_again(step: Reuse, moment: Moment, state: State, setting: Setting) -> State:
    """The state with an instrument in it as blunt and as dirty as it became. Raises ValueError without needles."""
    if moment.kit is None:
        raise ValueError(
            "an instrument that was used before comes before needles; a checked treatment has them"
        )
    draws = setting.draws
    if not step.of_needles:
        return _take_up_handpiece(step, moment.kit, state, setting)
    left = 10 ** -draws[f"outcome.infection.processing.{step.cleaned}"]
    before = state.instrument(moment.kit)
    again = replace(
        before,
        punctures=count_earlier_punctures(step, before, setting.count_punctures(moment)),
        load=draws["outcome.infection.device_load"] * left,
        blood=left if step.shared else np.zeros(draws.n),
    )
    return replace(state, instruments={**state.instruments, moment.kit: again})


def _take_up_handpiece(step: Reuse, kit: str, state: State, setting: Setting) -> State:
    """The state with a new cartridge on a handpiece that was used before."""
    draws, zero = setting.draws, np.zeros(setting.draws.n)
    # The same course without needles has no use of it.
    pen = next((use.instrument for use in setting.uses.values() if use.kit == kit), None)
    through = draws["outcome.infection.ingress.open"]
    if getattr(pen, "sealed", None):
        through = through * draws["outcome.infection.ingress.sealed"]
    load = draws["outcome.infection.device_load"] * through
    new = InstrumentState(punctures=zero, load=load, blood=through if step.shared else zero)
    return replace(state, instruments={**state.instruments, kit: new})


def _warn_of_reuse(step: Reuse, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    steps = [one for _, _, one in setting.treatment.unroll_steps()]
    begin = next(order for order, one in enumerate(steps) if one is step)
    pen = next((use.instrument for order, use in setting.uses.items() if order > begin), None)
    if not step.of_needles:
        return warn_of_handpiece(place, step.shared, getattr(pen, "sealed", None) is True)
    return warn_of_reuse(place, step.shared, step.cleaned, isinstance(pen, Pen))


KINDS = (Kind(Reuse, "cleaning", _take_up_again, take_no_time, warn=_warn_of_reuse),)
