"""What becomes of instruments along a course: which are kept from session to session, and how blunt they are when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.instrument.use import InstrumentState
from hudnal.result.timeline import Moment
from hudnal.treatment.steps import Step


def find_reused_kits(timeline: tuple[Moment, ...]) -> frozenset[str]:
    """Instruments that a session says were used before: they are kept from session to session, others are new."""
    return frozenset(
        m.kit for m in timeline if m.kit is not None and m.step is not None and m.step.readies_instrument
    )


def keep_instruments(
    instruments: Mapping[str, InstrumentState], kept: frozenset[str]
) -> dict[str, InstrumentState]:
    """The instruments at the start of a session: those that are used again; the others are new."""
    return {kit: state for kit, state in instruments.items() if kit in kept}


def count_earlier_punctures(step: Step | None, before: InstrumentState, of_session: float) -> PerDraw:
    """How often each needle has punctured skin when an instrument is taken up again, (draw,).

    The file says how often it was used before the course, each time as often as in a session of it; what it did in the
    course comes on top.
    """
    if (before.punctures > 0).any():
        return before.punctures
    return np.full_like(before.punctures, getattr(step, "times", 0) * of_session)


def wear_elsewhere(state: State, moment: Moment, when: Literal["before", "after"], setting: Setting) -> State:
    """The state with the instrument of a step as often used as it was in the zones before this one, or after it."""
    use = setting.elsewhere.get(moment.order) if moment.kind == "step" else None
    if use is None:
        return state
    instrument = state.instrument(use.kit)
    worn = replace(instrument, punctures=instrument.punctures + getattr(use, when))
    return replace(state, instruments={**state.instruments, use.kit: worn})
