"""An instrument that was used before: as blunt as it became, as dirty as it was cleaned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hudnal.course.instruments import count_earlier_punctures
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, SoFar, take_no_time
from hudnal.outcome.rules import PlanWarning, warn_of_reuse
from hudnal.result.timeline import Moment
from hudnal.treatment.steps import Reuse


def _take_up_again(step: Reuse, moment: Moment, state: State, setting: Setting) -> State:
    """The state with an instrument in it as blunt and as dirty as it became. Raises ValueError without needles."""
    if moment.kit is None:
        raise ValueError(
            "an instrument that was used before comes before needles; a checked treatment has them"
        )
    draws = setting.draws
    left = 10 ** -draws[f"outcome.infection.processing.{step.cleaned}"]
    before = state.instrument(moment.kit)
    again = replace(
        before,
        punctures=count_earlier_punctures(step, before, setting.count_punctures(moment)),
        load=draws["outcome.infection.device_load"] * left,
        blood=left if step.shared else np.zeros(draws.n),
    )
    return replace(state, instruments={**state.instruments, moment.kit: again})


def _warn_of_reuse(step: Reuse, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    return warn_of_reuse(place, step.shared, step.cleaned, kind_survives=False)


KINDS = (Kind(Reuse, "cleaning", _take_up_again, take_no_time, warn=_warn_of_reuse),)
