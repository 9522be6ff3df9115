"""What stays the same during a course: the treatment, the draws, the skin before it, every use of an instrument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from hudnal.course.drives import Drives
from hudnal.instrument.use import Use
from hudnal.intake.treatment import Treatment
from hudnal.outcome.concerns import ConcernKind
from hudnal.outcome.relief import Relief
from hudnal.parameters import Draws
from hudnal.result.timeline import Frame, Moment
from hudnal.skin import Skin
from hudnal.skin.field import SkinField
from hudnal.transport import Numbness
from hudnal.transport.drug_layers import DrugLayers
from hudnal.treatment.steps import Needling

BATCH = 64  # draws that run as one batch


@dataclass(frozen=True)
class Setting:
    """The setting of one batch of draws, made by `prepare` and never changed."""

    treatment: Treatment
    draws: Draws
    skin: Skin  # before anything is done: that of the main scar, where there is one
    concern: ConcernKind
    layers: DrugLayers  # what drugs go through
    reliefs: tuple[Relief, ...]  # the surface over each scar, the main one first
    field: SkinField | None  # how the skin differs from place to place; None without needles
    numbness: Numbness | None  # None where no cream numbs
    uses: Mapping[int, Use]  # steps with needles by their order in a session
    sample_side: float  # mm of the square sample area of holes that stands for the whole
    timeline: tuple[Moment, ...]
    drives: Drives  # what needles do, by the order of the step and by how used they are
    heals: bool = True  # whether tissue is followed, or only what goes through the skin

    def without_needles(self) -> Setting:
        """The same course of the same people, in which no step with needles is done; all else at the same times."""
        timeline = tuple(moment for moment in self.timeline if not isinstance(moment.step, Needling))
        return replace(self, uses={}, timeline=timeline)

    @property
    def frame(self) -> Frame:
        """What is known of the course before it runs."""
        needles = (use.instrument.needle for use in self.uses.values())
        return Frame(
            time=np.array([moment.time for moment in self.timeline]),
            events=tuple(moment.event for moment in self.timeline),
            sessions=tuple(moment.session + 1 for moment in self.timeline),
            ends=tuple(moment.time for moment in self.timeline if moment.kind == "end"),
            steps=tuple(m for m in self.timeline if m.kind == "step" and m.session == 0),
            needle_shape=next(((needle.length, needle.diameter) for needle in needles), None),
        )
