"""One compound in one piece of skin: the film on it, the levels below, the channels beside.

A depot carries two of these strips: the needled skin and the same skin left whole. One scheme moves both.
Amounts are ug for each cm2 of treated skin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.transport.channels import SHUT, Channels, Rings
from hudnal.transport.compound import Compound
from hudnal.transport.diffusion import FilmContact, StripPlaces, advance_strips
from hudnal.transport.drug_layers import DrugLayers
from hudnal.units import ML_CM2_PER_MM

_NOTHING = 1e-15  # mm: capacity of fluid where no channel reaches

PerLevel = Float[Array, "draw level"]
PerLane = Float[Array, "draw level lane"]


@dataclass(frozen=True)
class Film:
    """What lies on the skin, as the strips see it."""

    capacity: Float[Array, "draw step"]  # mm: amount for each unit of activity; 0 without a film
    neutral: PerDraw  # 1, share of the dissolved drug that is neutral
    saturation: PerDraw  # ug/mL of the neutral form in water; inf where it never is
    evaporation: PerDraw  # mm/h


@dataclass(frozen=True)
class Flows:
    """What moves and takes the drug in the levels."""

    conduct: PerLevel  # mm2/h, diffusivity times partition
    uptake: PerLevel  # 1/h, by the blood
    metabolism: PerLevel  # 1/h
    shunt: PerDraw  # mm/h, of follicles and ducts


@dataclass(frozen=True)
class Strip:
    """State of one compound in one piece of skin."""

    compound: Compound
    layers: DrugLayers
    activity: PerLane  # ug/mL
    on_skin: PerDraw  # ug/cm2, as all that follow
    washed_off: PerDraw
    evaporated: PerDraw
    blood: PerDraw
    metabolised: PerDraw
    channels: Channels  # as the lanes stand, with the share of channels that was open then
    rings: Rings | None = None  # None of whole skin

    @staticmethod
    def empty(compound: Compound, layers: DrugLayers) -> Strip:
        """Whole skin without any of the compound."""
        draws, levels = layers.width.shape
        zero = np.zeros(draws)
        return Strip(
            compound, layers, np.zeros((draws, levels, 1)), zero, zero, zero, zero, zero, Channels.none(draws)
        )

    @cached_property
    def partition(self) -> PerLevel:
        """Amount in tissue for each unit of activity, against water."""
        c, n = self.compound, self.layers
        partition = np.empty_like(n.width)
        partition[:, n.corneum] = c.corneum_partition[:, None]
        partition[:, n.viable] = c.tissue_partition[:, None]
        partition[:, n.receptor] = n.stretch / c.neutral_in_tissue[:, None]
        return partition

    @property
    def _capacity(self) -> PerLane:
        """Amount for each unit of activity, mm. Needles push tissue aside and take none away: rings hold all of it."""
        whole = self.partition * self.layers.width
        if self.rings is None:
            return whole[:, :, None]
        fluid = np.maximum(self.rings.fluid, _NOTHING)
        return np.concatenate([fluid[:, :, None], whole[:, :, None] * self.rings.share[:, None, :]], axis=2)

    @cached_property
    def profile(self) -> PerLevel:
        """Mean activity of the tissue at each level, ug/mL."""
        if self.rings is None:
            return self.activity[:, :, 0]
        return (self.activity[:, :, 1:] * self.rings.share[:, None, :]).sum(axis=2)

    @cached_property
    def levels(self) -> PerLevel:
        """Amount in the tissue of each level, ug/cm2."""
        return ML_CM2_PER_MM * self.profile * self.partition * self.layers.width

    @cached_property
    def fluid(self) -> PerLevel:
        """Amount in the fluid of the channels at each level, ug/cm2."""
        if self.rings is None:
            return np.zeros_like(self.layers.width)
        return ML_CM2_PER_MM * self.channels.open_share[:, None] * self.rings.fluid * self.activity[:, :, 0]

    def in_channels(self) -> PerDraw:
        """Amount in the fluid of the channels, ug/cm2."""
        return self.fluid.sum(axis=1)

    def in_skin(self) -> PerDraw:
        """Amount in all layers and channels, ug/cm2."""
        return self.levels[:, self.layers.skin].sum(axis=1) + self.in_channels()

    def in_receptor(self) -> PerDraw:
        """Amount in the fluid below excised skin, ug/cm2."""
        return self.levels[:, self.layers.receptor].sum(axis=1)

    def delivered(self) -> PerDraw:
        """Amount that has come into living skin so far, ug/cm2: what is there and what has left it inwards."""
        living = self.levels[:, self.layers.viable].sum(axis=1)
        return living + self.blood + self.metabolised + self.in_receptor()

    def total(self) -> PerDraw:
        """Amount wherever it is, ug/cm2: what was applied."""
        gone = self.washed_off + self.evaporated + self.blood + self.metabolised
        return self.on_skin + self.in_skin() + self.in_receptor() + gone

    def advance(
        self, steps: Float[Array, " step"], channels: Channels, closing: PerDraw, film: Film, flows: Flows
    ) -> Strip:
        """Let the `steps` h pass; `closing` 1/h is how fast the share of open channels falls meanwhile."""
        middle = np.cumsum(steps) - steps / 2
        opening = np.maximum(channels.open_share[:, None] * np.exp(-closing[:, None] * middle), SHUT)
        strip = self._add_lanes(channels, opening[:, 0], flows)
        rings = strip.rings
        activity, on_skin = strip.activity.copy(), strip.on_skin.copy()
        into, back = _film_exchange(strip.layers, strip.compound, flows, film, rings)
        places = StripPlaces(
            ML_CM2_PER_MM * strip._capacity,
            ML_CM2_PER_MM * _level_conductance(strip.layers, flows, rings),
            ML_CM2_PER_MM * _lane_conductance(rings, activity.shape),
            ML_CM2_PER_MM * _loss(flows, strip.layers, rings),
        )
        contact = FilmContact(
            ML_CM2_PER_MM * into,
            ML_CM2_PER_MM * back,
            ML_CM2_PER_MM * film.evaporation,
            ML_CM2_PER_MM * film.capacity,
            film.saturation,
        )
        lost, evaporated = advance_strips(
            activity, on_skin, places, contact, opening, steps, with_fluid=rings is not None
        )
        by_level = lost.sum(axis=2)
        taken = flows.uptake + flows.metabolism
        to_blood = np.divide(flows.uptake, taken, out=np.zeros_like(taken), where=taken > 0)
        return replace(
            strip,
            activity=activity,
            on_skin=on_skin,
            evaporated=strip.evaporated + evaporated,
            blood=strip.blood + (by_level * to_blood).sum(axis=1),
            metabolised=strip.metabolised + (by_level * (1 - to_blood)).sum(axis=1),
            channels=replace(channels, open_share=opening[:, -1]),
        )

    def _add_lanes(self, channels: Channels, open_now: PerDraw, flows: Flows) -> Strip:
        """The same drug with lanes for these channels; nothing is won or lost.

        New channels come anywhere, so the rings start from the mean; new fluid comes from the tissue without drug, and
        fluid that closes leaves its drug to the tissue beside it.
        """
        if not replace(channels, open_share=open_now).any_open:
            return self._remove_lanes()
        rings = Rings.of(channels, self.compound, self.layers, flows.conduct)
        room = ML_CM2_PER_MM * open_now[:, None] * rings.fluid
        old = np.zeros_like(room)
        if self.rings is not None:
            old = ML_CM2_PER_MM * self.channels.open_share[:, None] * self.rings.fluid
        stays = np.clip(np.divide(room, old, out=np.ones_like(room), where=old > 0), 0, 1)
        kept = np.where(room > 0, self.fluid * stays, 0)
        fluid = np.divide(kept, room, out=np.zeros_like(room), where=room > 0)
        if self.rings is not None and channels.has_geometry_of(self.channels):
            tissue = self.activity[:, :, 1:].copy()
        else:
            tissue = np.repeat(self.profile[:, :, None], rings.share.shape[1], axis=2)
        beside = ML_CM2_PER_MM * self.partition * self.layers.width * rings.share[:, :1]
        tissue[:, :, 0] += (self.fluid - kept) / beside
        activity = np.concatenate([fluid[:, :, None], tissue], axis=2)
        return replace(self, activity=activity, channels=replace(channels, open_share=open_now), rings=rings)

    def _remove_lanes(self) -> Strip:
        """The same drug without lanes: the channels have closed."""
        if self.rings is None:
            return self
        capacity = ML_CM2_PER_MM * self.partition * self.layers.width
        activity = self.profile + self.fluid / capacity
        none = Channels.none(activity.shape[0])
        return replace(self, activity=activity[:, :, None], channels=none, rings=None)


def _level_conductance(
    layers: DrugLayers, flows: Flows, rings: Rings | None
) -> Float[Array, "draw gap lane"]:
    """Conductance between neighbouring levels, mm/h: half a level each, in series."""
    half = layers.width / (2 * flows.conduct)
    inner = 1 / (half[:, :-1] + half[:, 1:])
    if rings is None:
        return inner[:, :, None]
    tissue = inner[:, :, None] * rings.share[:, None, :]
    return np.concatenate([rings.along[:, :, None], tissue], axis=2)


def _lane_conductance(rings: Rings | None, shape: tuple[int, ...]) -> Float[Array, "draw level gap"]:
    return np.zeros((shape[0], shape[1], 0)) if rings is None else np.ascontiguousarray(rings.across)


def _loss(flows: Flows, layers: DrugLayers, rings: Rings | None) -> PerLane:
    lost = (flows.uptake + flows.metabolism) * layers.width
    if rings is None:
        return lost[:, :, None]
    tissue = lost[:, :, None] * rings.share[:, None, :]
    return np.concatenate([np.zeros_like(lost)[:, :, None], tissue], axis=2)


def _film_exchange(
    layers: DrugLayers, compound: Compound, flows: Flows, film: Film, rings: Rings | None
) -> tuple[Float[Array, "draw touched lane"], Float[Array, "draw touched lane"]]:
    """What the film gives to the levels that it touches, and gets back; mm/h for each unit of activity.

    The corneum under it, the mouths of the channels, and through follicles and ducts the first living level.
    """
    draws, touched = layers.width.shape[0], layers.viable.start + 1
    share = np.ones((draws, 1)) if rings is None else rings.share
    first = 0 if rings is None else 1
    into = np.zeros((draws, touched, first + share.shape[1]))
    back = np.zeros_like(into)
    there = film.capacity.any(axis=1)
    under = np.where(there, 2 * flows.conduct[:, 0] / layers.width[:, 0], 0)[:, None] * share
    into[:, 0, first:] = back[:, 0, first:] = under
    pores = np.where(there, flows.shunt, 0)[:, None] * share
    into[:, -1, first:] = pores / film.neutral[:, None]
    back[:, -1, first:] = pores / compound.neutral_in_tissue[:, None]
    if rings is not None:
        mouth = np.where(there, rings.mouth, 0)
        into[:, 0, 0] = mouth / film.neutral
        back[:, 0, 0] = mouth / compound.neutral_in_tissue
    return into, back
