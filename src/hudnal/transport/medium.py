"""One compound in the levels of one skin: what they hold and conduct, and what moves and takes the drug in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.transport.compound import Compound
from hudnal.transport.drug_layers import DrugLayers
from hudnal.units import ML_CM2_PER_MM

_STIRRED = 1e6  # mm2/h: the receptor's fluid holds nothing up
_LEAST_LEFT = 1e-6  # of the corneum's conductance, and of its thickness

PerLevel = Float[Array, "draw level"]


@dataclass(frozen=True)
class OpenBarrier:
    """Corneum that a peel, grinding or a laser took: gone over a share of the skin, or thinner."""

    bare: PerDraw  # share of the skin over which it was taken off
    regained: PerDraw  # share of its resistance that came back there
    thinned: PerDraw  # share of its thickness that is missing elsewhere


@dataclass(frozen=True)
class TransportConditions:
    """What the skin is in while drugs move."""

    hydration: PerDraw | float  # 0-1, of the corneum
    perfusion: PerDraw | float  # against rest
    covered: bool = False  # so that nothing dries or evaporates
    barrier: OpenBarrier | None = None  # None where the corneum is whole but for holes

    @property
    def of_whole_skin(self) -> TransportConditions:
        """The same with a whole corneum."""
        return self if self.barrier is None else replace(self, barrier=None)


@dataclass(frozen=True)
class Flows:
    """What moves and takes the drug in the levels."""

    conduct: PerLevel  # mm2/h, diffusivity times partition
    uptake: PerLevel  # 1/h, by the blood
    metabolism: PerLevel  # 1/h
    shunt: PerDraw  # mm/h, of follicles, ducts and bare places to all forms
    charged: PerDraw  # mm/h, of the corneum to the charged form


@dataclass(frozen=True)
class Sinks:
    """What blood and metabolism take."""

    uptake: PerLevel  # 1/h, by the blood
    loss: PerLevel  # ug/cm2/h for each unit of activity, by both
    to_blood: PerLevel  # share of it that the blood takes up


@dataclass(frozen=True)
class Medium:
    """One compound in the levels of one skin, as far as no condition changes it."""

    compound: Compound
    layers: DrugLayers
    partition: PerLevel  # amount in tissue for each unit of activity, against water
    capacity: PerLevel  # ug/cm2 for each unit of activity
    conduct: PerLevel  # mm2/h, diffusivity times partition, of a wet corneum
    supplied: PerLevel  # 1, what the blood takes up against the dermis
    metabolism: PerLevel  # 1/h

    @staticmethod
    def of(compound: Compound, layers: DrugLayers, draws: Draws) -> Medium:
        """The compound in these levels."""
        c, n, dispersion = compound, layers, draws["transport.relations.dispersion"]
        in_fat = draws["transport.relations.fat_clearance"]
        partition = np.empty_like(n.width)
        partition[:, n.corneum] = c.corneum_partition[:, None]
        partition[:, n.viable] = c.tissue_partition[:, None]
        partition[:, n.receptor] = n.stretch / c.neutral_in_tissue[:, None]
        conduct = np.empty_like(n.width)
        conduct[:, n.corneum] = (c.corneum_diffusivity * c.corneum_partition)[:, None]
        conduct[:, n.epidermis] = (c.tissue_diffusivity * c.tissue_partition)[:, None]
        conduct[:, n.receptor] = _STIRRED
        # Blood and lymph carry drug about in living skin; in excised skin they stand still.
        carried = 0.0 if n.in_vitro else dispersion
        below = slice(n.dermis.start, n.fat.stop)
        conduct[:, below] = ((c.tissue_diffusivity + carried) * c.tissue_partition)[:, None]
        supplied, metabolism = np.zeros_like(n.width), np.zeros_like(n.width)
        if not n.in_vitro:
            supplied[:, n.dermis], supplied[:, n.fat] = 1.0, in_fat[:, None]
        metabolism[:, n.viable] = (c.metabolism * c.tissue_partition)[:, None]
        capacity = ML_CM2_PER_MM * partition * n.width
        return Medium(compound, layers, partition, capacity, conduct, supplied, metabolism)

    def find_sinks(self, flows: Flows) -> Sinks:
        """What is taken under these `flows`."""
        return self._at_rest if flows.uptake is self._at_rest.uptake else self._count_sinks(flows.uptake)

    def _count_sinks(self, uptake: PerLevel) -> Sinks:
        taken = uptake + self.metabolism
        to_blood = np.divide(uptake, taken, out=np.zeros_like(taken), where=taken > 0)
        return Sinks(uptake, ML_CM2_PER_MM * taken * self.layers.width, to_blood)

    @cached_property
    def _at_rest(self) -> Sinks:
        """What is taken at the flow of blood at rest, which it has nearly always."""
        return self._count_sinks(self._take_up(1.0))

    def _take_up(self, perfusion: PerDraw | float) -> PerLevel:
        return self.compound.uptake(perfusion)[:, None] * self.supplied

    def flows(self, conditions: TransportConditions, draws: Draws, drained: PerDraw | float = 0.0) -> Flows:
        """What moves and takes the drug in the levels under these conditions.

        `drained` mm of the film have given off what they held: bare skin is fed through them.
        """
        dry, shunt = draws["transport.relations.dry"], draws["transport.relations.shunt"]
        wet = dry + (1 - dry) * conditions.hydration
        conduct = self.conduct.copy(order="K")
        barrier = conditions.barrier
        if barrier is not None:
            wet_there = wet * (1 - barrier.bare) / np.maximum(1 - barrier.thinned, _LEAST_LEFT)
            conduct[:, self.layers.corneum] *= np.maximum(wet_there, _LEAST_LEFT)[:, None]
        else:
            conduct[:, self.layers.corneum] *= wet[:, None]
        at_rest = np.all(conditions.perfusion == 1)
        uptake = self._at_rest.uptake if at_rest else self._take_up(conditions.perfusion)
        corneum = slice(0, self.layers.corneum.stop)
        permeability = 1 / (self.layers.width[:, corneum] / conduct[:, corneum]).sum(axis=1)
        charged = draws["transport.relations.ionised"] * permeability
        # Dry pores carry little.
        shunt = shunt * self.compound.passage * self.compound.water_diffusivity * wet
        if barrier is not None:
            shunt = shunt + self._pass_bare(barrier, wet, drained, draws)
        return Flows(conduct, uptake, self.metabolism, shunt, charged)

    def _pass_bare(
        self, barrier: OpenBarrier, wet: PerDraw, drained: PerDraw | float, draws: Draws
    ) -> PerDraw:
        """Conductance in mm/h from the film to the first living level where the corneum came off, to all forms.

        In series: the `drained` mm of a film that nobody stirs (Higuchi 1961), half of that level, and what of the
        corneum's resistance is back.
        """
        first, corneum = self.layers.viable.start, self.layers.corneum
        neutral = self.compound.neutral_in_tissue
        living = self.layers.width[:, first] / (2 * self.conduct[:, first] * neutral)
        charged = draws["transport.relations.ionised"] * (1 - neutral)
        whole = (self.layers.width[:, corneum] / self.conduct[:, corneum]).sum(axis=1)
        whole = whole / (wet * (neutral + charged))
        film = drained / self.compound.water_diffusivity
        return barrier.bare / (film + living + barrier.regained * whole)
