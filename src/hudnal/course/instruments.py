"""What becomes of instruments along a course: which are kept from session to session, and how blunt they are when."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.instrument.use import InstrumentState, Use, punctures_of_session
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


def count_earlier_punctures(
    step: Step | None, before: InstrumentState, uses: Mapping[int, Use], kit: str
) -> PerDraw:
    """How often each needle has punctured skin when an instrument is taken up again, (draw,).

    The file says how often it was used before the course; what it did in the course comes on top.
    """
    if (before.punctures > 0).any():
        return before.punctures
    return np.full_like(
        before.punctures, getattr(step, "times", 0) * punctures_of_session(uses.values(), kit)
    )
