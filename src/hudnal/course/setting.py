"""What stays the same during a course: the treatment, the draws, the skin before it, every use of an instrument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from immutabledict import immutabledict

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
from hudnal.treatment.phase import Phase
from hudnal.treatment.steps import Needling

BATCH = 64  # draws that run as one batch


@dataclass(frozen=True)
class Elsewhere:
    """Punctures of each needle of an instrument in the zones that come before this one in a step, and after it."""

    kit: str
    before: float
    after: float


def sum_density(phase: Phase, uses: Mapping[int, Use]) -> float:
    """Needles that meet each mm2 in a session of a phase, 1/mm2; `uses` by the order of their step."""
    orders = (order for order, _ in enumerate(phase.unroll_steps(), start=phase.first_order))
    return sum(uses[order].density for order in orders if order in uses)


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
    uses: Mapping[int, Use]  # steps with needles by their order among all unrolled steps
    sample_side: float  # mm of the square sample area of holes that stands for the whole
    timeline: tuple[Moment, ...]
    drives: Drives  # what needles do, by the order of the step and by how used they are
    heals: bool = True  # whether tissue is followed, or only what goes through the skin
    # Of a zone: how often the needles of each use puncture skin in the zones before it and after it, by order.
    elsewhere: Mapping[int, Elsewhere] = immutabledict()
    areas: Mapping[str, float] = immutabledict()  # cm2 that each step is done on in all zones, by place

    def count_punctures(self, moment: Moment) -> float:
        """How often each needle of the instrument in the hand punctures skin in a session such as this moment's."""
        phases = self.treatment.phases_of_course
        phase = max((p for p in phases if p.first_order <= moment.order), key=lambda p: p.first_order)
        orders = [order for order, _ in enumerate(phase.unroll_steps(), start=phase.first_order)]
        here = sum(
            self.uses[n].punctures for n in orders if n in self.uses and self.uses[n].kit == moment.kit
        )
        there = (self.elsewhere[n] for n in orders if n in self.elsewhere)
        return here + sum(use.before + use.after for use in there if use.kit == moment.kit)

    def find_area(self, place: str) -> float:
        """The skin that the step at a place is done on, cm2, in all zones together."""
        return self.areas.get(place, self.treatment.area)

    def without_needles(self) -> Setting:
        """The same course of the same people, in which no step with needles is done; all else at the same times."""
        timeline = tuple(moment for moment in self.timeline if not isinstance(moment.step, Needling))
        return replace(self, uses={}, timeline=timeline, elsewhere={})

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
