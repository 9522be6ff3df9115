"""One compound in one piece of skin: the film on it, the levels below, the holes beside.

A depot carries two of these strips: the needled skin and the same skin left whole. One scheme moves both.
Amounts are ug for each cm2 of treated skin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hudnal.transport.compound import Compound
from hudnal.transport.diffusion import advance
from hudnal.transport.holes import SHUT, Paths, Rings
from hudnal.transport.layers import Layers

PER_MM = 0.1  # mL under 1 cm2 and 1 mm
_NOTHING = 1e-15  # mm: capacity of fluid where no hole reaches


@dataclass(frozen=True)
class Film:
    """What lies on the skin, as the strips see it. Arrays (draw,), the capacity (draw, step)."""

    capacity: np.ndarray  # mm: amount for each unit of activity; 0 without a film
    neutral: np.ndarray  # 1, share of the dissolved drug that is neutral
    saturation: np.ndarray  # ug/mL of the neutral form in water; inf where it never is
    evaporation: np.ndarray  # mm/h


@dataclass(frozen=True)
class Flows:
    """What moves the drug in the levels, (draw, level); mm2/h, 1/h, 1."""

    conduct: np.ndarray  # diffusivity times partition
    uptake: np.ndarray  # by the blood
    metabolism: np.ndarray
    shunt: np.ndarray  # mm/h, of follicles and ducts, (draw,)


@dataclass(frozen=True)
class Strip:
    """State of one compound in one piece of skin. `activity` (draw, level, lane) ug/mL; the rest (draw,) ug/cm2."""

    compound: Compound
    layers: Layers
    activity: np.ndarray
    on_skin: np.ndarray
    washed_off: np.ndarray
    evaporated: np.ndarray
    blood: np.ndarray
    metabolised: np.ndarray
    paths: Paths  # as the lanes stand, with the share of holes that was open then
    rings: Rings | None = None  # None of whole skin

    @staticmethod
    def empty(compound: Compound, layers: Layers) -> Strip:
        """None of it yet, and whole skin."""
        draws, levels = layers.width.shape
        zero = np.zeros(draws)
        return Strip(
            compound, layers, np.zeros((draws, levels, 1)), zero, zero, zero, zero, zero, Paths.none(draws)
        )

    @cached_property
    def _partition(self) -> np.ndarray:
        c, n = self.compound, self.layers
        partition = np.empty_like(n.width)
        partition[:, n.corneum] = c.corneum_partition[:, None]
        partition[:, n.viable] = c.tissue_partition[:, None]
        partition[:, n.receptor] = n.stretch / c.neutral_in_tissue[:, None]
        return partition

    @property
    def _capacity(self) -> np.ndarray:
        """mm, (draw, level, lane). A needle pushes tissue aside and takes none away: rings hold all of it."""
        whole = self._partition * self.layers.width
        if self.rings is None:
            return whole[:, :, None]
        fluid = np.maximum(self.rings.fluid, _NOTHING)
        return np.concatenate([fluid[:, :, None], whole[:, :, None] * self.rings.share[:, None, :]], axis=2)

    @cached_property
    def profile(self) -> np.ndarray:
        """Mean activity of the tissue at each level, ug/mL, (draw, level)."""
        if self.rings is None:
            return self.activity[:, :, 0]
        return (self.activity[:, :, 1:] * self.rings.share[:, None, :]).sum(axis=2)

    @cached_property
    def levels(self) -> np.ndarray:
        """ug/cm2 in the tissue of each level, (draw, level)."""
        return PER_MM * self.profile * self._partition * self.layers.width

    @cached_property
    def fluid(self) -> np.ndarray:
        """ug/cm2 in the fluid of the holes at each level, (draw, level)."""
        if self.rings is None:
            return np.zeros_like(self.layers.width)
        return PER_MM * self.paths.open_share[:, None] * self.rings.fluid * self.activity[:, :, 0]

    def in_holes(self) -> np.ndarray:
        """ug/cm2 in the fluid of the holes, (draw,)."""
        return self.fluid.sum(axis=1)

    def in_corneum(self) -> np.ndarray:
        """ug/cm2, (draw,)."""
        return self.levels[:, self.layers.corneum].sum(axis=1)

    def in_skin(self) -> np.ndarray:
        """ug/cm2 in all layers and holes, (draw,)."""
        return self.levels[:, self.layers.skin].sum(axis=1) + self.in_holes()

    def in_receptor(self) -> np.ndarray:
        """ug/cm2 in the fluid below excised skin, (draw,)."""
        return self.levels[:, self.layers.receptor].sum(axis=1)

    def delivered(self) -> np.ndarray:
        """ug/cm2 that has come into living skin so far: what is there and what has left it inwards, (draw,)."""
        living = self.levels[:, self.layers.viable].sum(axis=1)
        return living + self.blood + self.metabolised + self.in_receptor()

    def total(self) -> np.ndarray:
        """ug/cm2 wherever it is: what was applied, (draw,)."""
        gone = self.washed_off + self.evaporated + self.blood + self.metabolised
        return self.on_skin + self.in_skin() + self.in_receptor() + gone

    def advance(
        self, steps: np.ndarray, paths: Paths, closing: np.ndarray, film: Film, flows: Flows
    ) -> Strip:
        """Let the `steps` h pass; `closing` (draw,) 1/h is how fast the share of open holes falls meanwhile."""
        middle = np.cumsum(steps) - steps / 2
        opening = np.maximum(paths.open_share[:, None] * np.exp(-closing[:, None] * middle), SHUT)
        strip = self._beside(paths, opening[:, 0], flows)
        holes = strip.rings
        activity, on_skin = strip.activity.copy(), strip.on_skin.copy()
        into, back = _touching(strip.layers, strip.compound, flows, film, holes)
        lost, evaporated = advance(
            activity,
            on_skin,
            PER_MM * strip._capacity,
            PER_MM * _down(strip.layers, flows, holes),
            PER_MM * _across(holes, activity.shape),
            PER_MM * _loss(flows, strip.layers, holes),
            PER_MM * into,
            PER_MM * back,
            PER_MM * film.evaporation,
            PER_MM * film.capacity,
            film.saturation,
            opening,
            holes is not None,
            steps,
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
            paths=replace(paths, open_share=opening[:, -1]),
        )

    def _beside(self, paths: Paths, open_now: np.ndarray, flows: Flows) -> Strip:
        """The same drug with lanes for these holes; nothing is won or lost.

        New holes come anywhere, so the rings start from the mean; new fluid comes from the tissue without drug, and
        fluid that closes leaves its drug to the tissue beside it.
        """
        if not replace(paths, open_share=open_now).open:
            return self._whole()
        rings = Rings.of(paths, self.compound, self.layers, flows.conduct)
        room = PER_MM * open_now[:, None] * rings.fluid
        old = np.zeros_like(room)
        if self.rings is not None:
            old = PER_MM * self.paths.open_share[:, None] * self.rings.fluid
        stays = np.clip(np.divide(room, old, out=np.ones_like(room), where=old > 0), 0, 1)
        kept = np.where(room > 0, self.fluid * stays, 0)
        fluid = np.divide(kept, room, out=np.zeros_like(room), where=room > 0)
        if self.rings is not None and paths.same_as(self.paths):
            tissue = self.activity[:, :, 1:].copy()
        else:
            tissue = np.repeat(self.profile[:, :, None], rings.share.shape[1], axis=2)
        beside = PER_MM * self._partition * self.layers.width * rings.share[:, :1]
        tissue[:, :, 0] += (self.fluid - kept) / beside
        activity = np.concatenate([fluid[:, :, None], tissue], axis=2)
        return replace(self, activity=activity, paths=replace(paths, open_share=open_now), rings=rings)

    def _whole(self) -> Strip:
        """The same drug without lanes: the holes have closed."""
        if self.rings is None:
            return self
        capacity = PER_MM * self._partition * self.layers.width
        activity = self.profile + self.fluid / capacity
        none = Paths.none(activity.shape[0])
        return replace(self, activity=activity[:, :, None], paths=none, rings=None)


def _down(layers: Layers, flows: Flows, rings: Rings | None) -> np.ndarray:
    """Conductance between the levels: half a level each, in series. mm/h, (draw, level - 1, lane)."""
    half = layers.width / (2 * flows.conduct)
    inner = 1 / (half[:, :-1] + half[:, 1:])
    if rings is None:
        return inner[:, :, None]
    tissue = inner[:, :, None] * rings.share[:, None, :]
    return np.concatenate([rings.along[:, :, None], tissue], axis=2)


def _across(rings: Rings | None, shape: tuple[int, ...]) -> np.ndarray:
    return np.zeros((shape[0], shape[1], 0)) if rings is None else np.ascontiguousarray(rings.across)


def _loss(flows: Flows, layers: Layers, rings: Rings | None) -> np.ndarray:
    lost = (flows.uptake + flows.metabolism) * layers.width
    if rings is None:
        return lost[:, :, None]
    tissue = lost[:, :, None] * rings.share[:, None, :]
    return np.concatenate([np.zeros_like(lost)[:, :, None], tissue], axis=2)


def _touching(
    layers: Layers, compound: Compound, flows: Flows, film: Film, rings: Rings | None
) -> tuple[np.ndarray, np.ndarray]:
    """What the film gives to the levels that it touches, and gets back; mm/h for each unit of activity.

    The corneum under it, the mouths of the holes, and through follicles and ducts the first living level.
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
