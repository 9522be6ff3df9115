"""One compound in one piece of skin: the film on it, the levels below, the channels beside.

A depot carries two of these strips: the needled skin and the same skin left whole. One scheme moves both.
Amounts are ug for each cm2 of treated skin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hudnal.arrays import Array, Bool, Float, PerDraw
from hudnal.transport.channels import Channels, PerLane, Rings
from hudnal.transport.compound import Compound
from hudnal.transport.diffusion import FilmContact, StripPlaces, advance_strips
from hudnal.transport.drug_layers import DrugLayers
from hudnal.transport.medium import Flows, Medium, PerLevel, Sinks
from hudnal.units import ML_CM2_PER_MM

_NOTHING = 1e-15  # mm: capacity of fluid where no channel reaches


@dataclass(frozen=True)
class Film:
    """What lies on the skin, as the strips see it."""

    capacity: Float[Array, "draw step"]  # mm: amount for each unit of activity; 0 without a film
    neutral: PerDraw  # 1, share of the dissolved drug that is neutral
    saturation: PerDraw  # ug/mL of the neutral form in water; inf where it never is
    evaporation: PerDraw  # mm/h


@dataclass(frozen=True)
class Strip:
    """State of one compound in one piece of skin."""

    medium: Medium
    activity: PerLane  # ug/mL
    on_skin: PerDraw  # ug/cm2, as all that follow
    washed_off: PerDraw
    evaporated: PerDraw
    blood: PerDraw
    metabolised: PerDraw
    channels: Channels  # as the lanes stand, with the share of channels that was open then
    rings: Rings | None = None  # None of whole skin

    @staticmethod
    def empty(medium: Medium) -> Strip:
        """Whole skin without any of the compound."""
        draws, levels = medium.layers.width.shape
        zero = np.zeros(draws)
        activity = np.zeros((draws, levels, 1), order="F")
        return Strip(medium, activity, zero, zero, zero, zero, zero, Channels.none(draws))

    @property
    def compound(self) -> Compound:
        """What it is a strip of."""
        return self.medium.compound

    @property
    def layers(self) -> DrugLayers:
        """Its levels."""
        return self.medium.layers

    @cached_property
    def profile(self) -> PerLevel:
        """Mean activity of the tissue at each level, ug/mL."""
        if self.rings is None:
            return self.activity[:, :, 0]
        return np.einsum("dlr,dr->dl", self.activity[:, :, 1:], self.rings.share)

    @cached_property
    def levels(self) -> PerLevel:
        """Amount in the tissue of each level, ug/cm2."""
        return self.profile * self.medium.capacity

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
        return self.on_skin + self.in_skin() + self.in_receptor() + self.gone()

    def gone(self) -> PerDraw:
        """Amount that is neither on the skin nor in it any more, ug/cm2."""
        return self.washed_off + self.evaporated + self.blood + self.metabolised

    def strip_corneum(self, share: PerDraw) -> Strip:
        """The strip after this `share` of what the corneum holds was taken off."""
        corneum = self.layers.corneum
        off = self.levels[:, corneum].sum(axis=1) * share
        tissue = slice(0, None) if self.rings is None else slice(1, None)
        activity = self.activity.copy(order="K")
        activity[:, corneum, tissue] *= (1 - share)[:, None, None]
        return replace(self, activity=activity, washed_off=self.washed_off + off)

    def add_lanes(self, channels: Channels, open_now: PerDraw) -> Strip:
        """The same drug with lanes for these channels; nothing is won or lost.

        New channels come anywhere, so the rings start from the mean; new fluid comes from the tissue without drug, and
        fluid that closes leaves its drug to the tissue beside it.
        """
        if self.rings is not None and channels.has_geometry_of(self.channels):
            rings, activity = self.rings, self.activity.copy(order="K")
        else:
            rings = Rings.of(channels, self.compound, self.layers)
            activity = _spread_over_rings(self.profile, rings)
        activity[:, :, 0] = 0
        if self.rings is not None:
            room = ML_CM2_PER_MM * open_now[:, None] * rings.fluid
            old = ML_CM2_PER_MM * self.channels.open_share[:, None] * self.rings.fluid
            stays = np.minimum(np.divide(room, old, out=np.ones_like(room), where=old > 0), 1)
            kept = np.where(room > 0, self.fluid * stays, 0)
            np.divide(kept, room, out=activity[:, :, 0], where=room > 0)
            activity[:, :, 1] += (self.fluid - kept) / (self.medium.capacity * rings.share[:, :1])
        channels = replace(channels, open_share=open_now)
        return replace(self, activity=activity, channels=channels, rings=rings)

    def remove_lanes(self) -> Strip:
        """The same drug without lanes: the channels have closed."""
        if self.rings is None:
            return self
        activity = self.profile + self.fluid / self.medium.capacity
        none = Channels.none(activity.shape[0])
        return replace(self, activity=activity[:, :, None], channels=none, rings=None)


def advance_together(
    strips: Sequence[Strip],
    moving: Bool[Array, " draw"],
    steps: Float[Array, " step"],
    opening: Float[Array, "draw step"],
    film: Film,
    flows: Flows,
) -> list[Strip]:
    """Let the `steps` h pass for strips of the same skin with the same lanes; `opening` is the share of channels open.

    Draws that are not `moving` keep what they have where it is. Where a strip has what the first one has, both are
    moved in one.
    """
    first, draws = strips[0], strips[0].on_skin.size
    medium, rings = first.medium, first.rings
    activity = np.concatenate([s.activity.transpose(1, 2, 0) for s in strips], axis=2).transpose(2, 0, 1)
    on_skin = np.concatenate([strip.on_skin for strip in strips])
    twins = [_find_twins(first, strip) & moving for strip in strips]
    which = np.concatenate([moving & ~twin for twin in twins]).nonzero()[0]
    sinks = medium.find_sinks(flows)
    places = _lay_out_places(medium, flows, sinks, rings)
    contact = FilmContact(
        *_film_exchange(medium, flows, film, rings), ML_CM2_PER_MM * film.evaporation,
        ML_CM2_PER_MM * film.capacity, film.saturation,
    )  # fmt: skip
    lost, evaporated = advance_strips(
        activity, on_skin, places, contact, opening, steps, rings is not None, which
    )
    channels = first.channels
    if rings is not None:
        channels = replace(channels, open_share=opening[:, -1])
        closed = (opening[:, 0] - opening[:, -1]) * ~moving
        if closed.any():
            share = places.capacity[:, :, 0] / places.capacity[:, :, 1]
            activity[:, :, 1] += closed[:, None] * share * activity[:, :, 0]
    moved = []
    for n, (strip, twin) in enumerate(zip(strips, twins, strict=True)):
        own = slice(n * draws, (n + 1) * draws)
        if n and twin.any():
            for values in (activity, lost):
                inner = values.transpose(1, 2, 0)
                np.copyto(inner[:, :, own], inner[:, :, :draws], where=twin)
            for values in (on_skin, evaporated):
                np.copyto(values[own], values[:draws], where=twin)
        blood = np.einsum("dlk,dl->d", lost[own], sinks.to_blood)
        moved.append(
            Strip(
                strip.medium,
                activity[own],
                on_skin[own],
                strip.washed_off,
                strip.evaporated + evaporated[own],
                strip.blood + blood,
                strip.metabolised + (lost[own].sum(axis=(1, 2)) - blood),
                channels,
                rings,
            )
        )
    return moved


def _spread_over_rings(profile: PerLevel, rings: Rings) -> PerLane:
    """The same in every lane."""
    return np.repeat(profile.T[:, None], 1 + rings.share.shape[1], axis=1).transpose(2, 0, 1)


def _find_twins(first: Strip, strip: Strip) -> Bool[Array, " draw"]:
    """Draws in which the strip has the same as the first one, to the last bit."""
    if strip is first:
        return np.zeros(strip.on_skin.size, bool)
    return (strip.activity == first.activity).all(axis=(1, 2)) & (strip.on_skin == first.on_skin)


def _lay_out_places(medium: Medium, flows: Flows, sinks: Sinks, rings: Rings | None) -> StripPlaces:
    """What the lanes hold, conduct and lose: ug/cm2 for each unit of activity, conductances and losses by the hour.

    Between two levels half of each, in series. Needles push tissue aside and take none away: rings hold all of it.
    """
    width = medium.layers.width
    resistance = width / ((2 * ML_CM2_PER_MM) * flows.conduct)
    down = 1 / (resistance[:, :-1] + resistance[:, 1:])
    if rings is None:
        none = np.zeros((*width.shape, 0))
        return StripPlaces(medium.capacity[:, :, None], down[:, :, None], none, sinks.loss[:, :, None])
    return StripPlaces(
        rings.stack(ML_CM2_PER_MM * np.maximum(rings.fluid, _NOTHING), medium.capacity),
        rings.stack(ML_CM2_PER_MM * rings.along, down),
        (ML_CM2_PER_MM * flows.conduct)[:, :, None] * rings.outwards,
        rings.stack(np.zeros_like(down[:, :1]), sinks.loss),
    )


def _film_exchange(
    medium: Medium, flows: Flows, film: Film, rings: Rings | None
) -> tuple[Float[Array, "draw touched lane"], Float[Array, "draw touched lane"]]:
    """What the film gives to the levels that it touches, and gets back; ug/cm2/h for each unit of activity.

    The neutral form goes into the corneum under it, all forms into the mouths of the channels and through follicles and
    ducts into the first living level, where the charged form comes by a path of its own. Each path is driven by what
    takes it on either side, so that none runs uphill.
    """
    layers, neutral = medium.layers, medium.compound.neutral_in_tissue
    draws, touched = layers.width.shape[0], layers.viable.start + 1
    share = np.ones((draws, 1)) if rings is None else rings.share
    first = 0 if rings is None else 1
    into = np.zeros((draws, touched, first + share.shape[1]))
    back = np.zeros_like(into)
    there = ML_CM2_PER_MM * film.capacity.any(axis=1)
    if not there.any():
        return into, back
    under = (there * 2 * flows.conduct[:, 0] / layers.width[:, 0])[:, None] * share
    into[:, 0, first:] = back[:, 0, first:] = under
    for side, dissolved in ((into, film.neutral), (back, neutral)):
        past_corneum = there * (flows.shunt + flows.charged * (1 - dissolved)) / dissolved
        side[:, -1, first:] = past_corneum[:, None] * share
    if rings is not None:
        into[:, 0, 0] = there * rings.mouth / film.neutral
        back[:, 0, 0] = there * rings.mouth / neutral
    return into, back
