"""What stays the same during a course: the treatment, the draws, the instruments, chance."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made
from functools import cached_property
from math import sqrt

import numpy as np

from hudnal.course.plan import Moment, build_instrument, density_of, timeline
from hudnal.course.state import State
from hudnal.instrument import Instrument
from hudnal.intake.check import spec_of
from hudnal.intake.shelf import Shelf
from hudnal.outcome.relief import Relief
from hudnal.parameters import Draws
from hudnal.puncture import Contacts, NeedleLaw, Ride
from hudnal.skin import Lesion, Person, Skin
from hudnal.skin.field import Field
from hudnal.transport import Depot, Numbness
from hudnal.transport.layers import Layers
from hudnal.transport.numbness import perfusion
from hudnal.treatment import Treatment
from hudnal.treatment.model import AcneScar, FranzCell, Scar, StretchMark
from hudnal.treatment.steps import Needling

Path = tuple[str | int, ...]
# Side of the patch on which holes are laid: enough of them for a mean, few enough to be quick.
_MOST_ATTEMPTS, _FEWEST_ATTEMPTS = 1500, 250
_SMALLEST_SIDE, _USUAL_SIDE, _LARGEST_SIDE = 4.0, 8.0, 24.0  # mm
_MM2_PER_CM2 = 100
_MM_PER_ML_CM2 = 10
_RECOVERED = 24.0 * 14  # h after the cream when vessels are surely as before


@dataclass
class World:
    """The setting of one simulation."""

    treatment: Treatment
    draws: Draws
    instruments: dict[Path, Instrument] = made(default_factory=dict)
    side: float | None = None  # mm of the patch of holes, where that is asked for
    looks: tuple[float, ...] = ()  # h, moments to look at besides the usual ones
    heals: bool = True  # whether tissue is followed, or only what goes through the skin
    rides: dict[tuple[Path, int], tuple[NeedleLaw, Contacts, Ride]] = made(default_factory=dict)  # by step

    @staticmethod
    def of(
        treatment: Treatment,
        draws: Draws,
        side: float | None = None,
        looks: tuple[float, ...] = (),
        heals: bool = True,
    ) -> World:
        """The world of a treatment, with its instruments built."""
        world = World(treatment, draws, side=side, looks=looks, heals=heals)
        for path, step in treatment.steps():
            if isinstance(step, Needling):
                spec = spec_of(step, treatment)
                assert spec is not None
                world.instruments[path] = build_instrument(spec, draws)
        return world

    @cached_property
    def shelf(self) -> Shelf:
        """What can be put on the skin."""
        return Shelf.of(self.treatment)

    @cached_property
    def person(self) -> Person:
        """Whom it is done to."""
        p = self.treatment.person
        known = tuple(p.conditions)
        return Person(p.age, p.sex, p.phototype, p.smoker, p.weight, p.blood_thinner, p.sun, known)

    @cached_property
    def lesions(self) -> tuple[Lesion, ...]:
        """Every scar that is to be filled, the main one first."""
        return tuple(_lesion(scar, self.draws) for scar in self.treatment.scars)

    @cached_property
    def skin(self) -> Skin:
        """The skin before anything is done: that of the main scar, where there is one."""
        lesion = self.lesions[0] if self.lesions else Lesion.none(self.draws)
        return Skin.at(self.treatment.site, self.person, lesion, self.draws)

    @cached_property
    def reliefs(self) -> tuple[Relief, ...]:
        """The surface over each scar, solved once."""
        return tuple(Relief.of(lesion, self.skin, self.draws) for lesion in self.lesions)

    @cached_property
    def layers(self) -> Layers:
        """What drugs go through: the skin on the body, or what was cut of it over its receptor."""
        if not self.treatment.in_vitro:
            return Layers.of(self.skin)
        cell = self.treatment.cell or FranzCell()
        return Layers.excised(self.skin, cell.skin, cell.receptor / self.treatment.area * _MM_PER_ML_CM2)

    @cached_property
    def field(self) -> Field:
        """How the skin differs from place to place: the same patch in every step and session."""
        rng = np.random.default_rng([self.draws.seed, self.draws.block])
        return Field.of(self.draws["skin.layers.variation_length"], rng)

    def punctures(self) -> float:
        """Of each needle in one session."""
        steps = ((p, s) for p, _, s in self.treatment.unrolled() if isinstance(s, Needling))
        area = self.treatment.area * _MM2_PER_CM2
        found = (
            (density_of(s, self.instruments[p], self.draws), self.instruments[p].needles) for p, s in steps
        )
        return sum(density * area / needles for density, needles in found)

    @cached_property
    def numbness(self) -> Numbness:
        """Calibrated once, when a cream needs it."""
        return Numbness.calibrated(self.draws)

    @cached_property
    def timeline(self) -> list[Moment]:
        """Every moment of the course."""
        moments = timeline(self.treatment, self.instruments, self.draws)
        last = moments[-1].time
        extra = [Moment(t, "look", 0) for t in self.looks if t < last]
        return sorted([*moments, *extra], key=lambda m: m.time)

    @cached_property
    def planned_density(self) -> float:
        """Needles that will meet each mm2 in one session, 1/mm2."""
        steps = ((p, s) for p, _, s in self.treatment.unrolled() if isinstance(s, Needling))
        return sum(density_of(step, self.instruments[path], self.draws) for path, step in steps)

    @cached_property
    def patch_side(self) -> float:
        """mm of the square patch that stands for the area."""
        if self.side is not None:
            return self.side
        density = max(self.planned_density, 1e-6)
        side = _USUAL_SIDE
        if density * side**2 > _MOST_ATTEMPTS:
            side = max(sqrt(_MOST_ATTEMPTS / density), _SMALLEST_SIDE)
        elif density * side**2 < _FEWEST_ATTEMPTS:
            side = min(sqrt(_FEWEST_ATTEMPTS / density), _LARGEST_SIDE)
        return side

    def chance(self, session: int, order: int) -> np.random.Generator:
        """Chance of one step of one session: the same for the same seed, whatever else is in the file."""
        return np.random.default_rng([self.draws.seed, self.draws.block, session, order])

    def perfusion(self, state: State, hours: float) -> np.ndarray:
        """Mean blood flow over the next `hours` against rest."""
        started = state.surface.narrowing_at
        if started is None or state.time - started > _RECOVERED:
            return np.ones(self.draws.n)
        return perfusion(state.time + hours / 2 - started, self.draws)

    def anaesthetics(self, state: State) -> list[Depot]:
        """The depots of compounds that numb: none where nothing feels."""
        if self.treatment.in_vitro:
            return []
        return [
            depot
            for name, depot in state.depots.items()
            if self.draws.has(f"transport.compounds.{name}.potency")
        ]


def _lesion(scar: Scar, draws: Draws) -> Lesion:
    form = (
        scar.shape
        if isinstance(scar, AcneScar)
        else "striae"
        if isinstance(scar, StretchMark)
        else "surgical"
    )
    red = isinstance(scar, StretchMark) and scar.stage == "rubra"
    return Lesion.of(scar.name, draws, form, scar.width, scar.depth, red, getattr(scar, "length", None))
