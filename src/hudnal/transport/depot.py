"""Where one compound is: in the film on the skin, in the layers, in the channels, in the blood, washed off.

Every depot carries two strips of skin: the needled one and the same skin left whole, so that what the needles did
can be told apart. Amounts are ug/cm2 of treated skin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.transport.channels import Channels
from hudnal.transport.compound import Compound, neutral_share
from hudnal.transport.diffusion import choose_steps
from hudnal.transport.drug_layers import DrugLayers
from hudnal.transport.product import Product
from hudnal.transport.strip import Film, Flows, Strip
from hudnal.units import G_PER_MG, ML_CM2_PER_MM, MM_PER_UM, PERCENT, UG_PER_MG

_FIRST_STEP = 1 / 120  # h, after something was done
_GROWTH_OPEN, _GROWTH = 1.3, 1.6  # of a step to the one before it, with channels and without
_STEP_SHARE = 0.25  # of the time since then that a step may be
_LONGEST_OPEN, _LONGEST, _LONGEST_QUIET = 2.0, 6.0, 48.0  # h of a step: a film over channels, a film, none
_NO_FILM = 1e-9  # mm: what is thinner is no film
_STIRRED = 1e6  # mm2/h: the receptor's fluid holds nothing up
PRODUCT_DENSITY = 1.0  # g/mL of creams and serums


@dataclass(frozen=True)
class TransportConditions:
    """What the skin is in while drugs move."""

    hydration: PerDraw | float  # 0-1, of the corneum
    perfusion: PerDraw | float  # against rest
    covered: bool = False  # so that nothing dries or evaporates


@dataclass(frozen=True)
class Depot:
    """State of one compound on and in one skin."""

    compound: Compound
    layers: DrugLayers
    needled: Strip
    whole: Strip
    bulk: PerDraw  # mm of the film that stay when it dries
    volatile: PerDraw  # mm of it that dry away
    holds: PerDraw  # amount for each mm of film and unit of activity, against water
    film_neutral: PerDraw  # 1, share of the dissolved drug in the film that is neutral
    applied: PerDraw  # ug/cm2, in all
    first_applied: float  # h, when it first came on the skin
    quiet: float = 0.0  # h since anything was done to it

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.applied.size

    @property
    def film(self) -> PerDraw:
        """Thickness of the product on the skin, mm."""
        return self.bulk + self.volatile

    def concentration(self) -> Float[Array, "draw level"]:
        """What is dissolved (all forms) in the living layers of the needled skin, ug/mL."""
        living = self.needled.profile[:, self.layers.viable]
        return living / self.compound.neutral_in_tissue[:, None]

    @staticmethod
    def empty(name: str, skin: Skin, draws: Draws, time: float, layers: DrugLayers | None = None) -> Depot:
        """Skin without any of the compound. Raises KeyError for an unknown compound."""
        layers = layers or DrugLayers.of(skin)
        compound = Compound.of(name, skin, draws)
        strip = Strip.empty(compound, layers)
        zero, one = np.zeros(draws.n), np.ones(draws.n)
        return Depot(
            compound=compound,
            layers=layers,
            needled=strip,
            whole=strip,
            bulk=zero,
            volatile=zero,
            holds=one,
            film_neutral=one,
            applied=zero,
            first_applied=time,
        )

    def spread(self, product: Product, amount: float, draws: Draws) -> Depot:
        """Put `amount` mg/cm2 of product on top of what is there."""
        dose = amount * UG_PER_MG * product.actives[self.compound.name] / PERCENT
        added = np.full(draws.n, amount * G_PER_MG / PRODUCT_DENSITY / ML_CM2_PER_MM)
        dries = draws[f"transport.volatile.{product.vehicle}"]
        least = draws["transport.relations.ionised"]
        neutral = np.maximum(neutral_share(self.compound.name, draws, product.ph), least)
        holds = draws[f"transport.vehicles.{product.vehicle}"] / neutral
        film = self.film + added
        # DrugLayers of two products mix: the film holds what both together would.
        mixed = np.divide(self.film * self.holds + added * holds, film, out=holds.copy(), where=film > 0)
        return replace(
            self._change_both(lambda strip: replace(strip, on_skin=strip.on_skin + dose)),
            bulk=self.bulk + added * (1 - dries),
            volatile=self.volatile + added * dries,
            holds=mixed,
            film_neutral=neutral,
            applied=self.applied + dose,
            quiet=0.0,
        )

    def _change_both(self, change: Callable[[Strip], Strip]) -> Depot:
        """With the same change to both strips; as long as they are one, they stay one."""
        whole = change(self.whole)
        return replace(
            self, whole=whole, needled=whole if self.needled is self.whole else change(self.needled)
        )

    def remove_film(self, share: PerDraw) -> Depot:
        """Wash or wipe this `share` of the film off."""
        if not (self.film > _NO_FILM).any():
            return self
        share = np.where(self.film * (1 - share) > _NO_FILM, share, 1.0)  # a trace is no film: all of it goes

        def wipe(strip: Strip) -> Strip:
            off = strip.on_skin * share
            return replace(strip, on_skin=strip.on_skin - off, washed_off=strip.washed_off + off)

        return replace(
            self._change_both(wipe),
            bulk=self.bulk * (1 - share),
            volatile=self.volatile * (1 - share),
            quiet=0.0,
        )

    def advance(
        self,
        hours: float,
        channels: Channels,
        closing: PerDraw,
        conditions: TransportConditions,
        draws: Draws,
        steps: Float[Array, " step"] | None = None,
    ) -> Depot:
        """Let `hours` pass; `closing` 1/h is how fast the open share of the channels falls meanwhile.

        `steps` h, which add up to `hours`, say how finely the time is cut; without them the depot chooses.
        """
        if hours <= 0 or not (self.applied > 0).any():
            return self
        unchanged = channels.has_geometry_of(self.needled.channels) or not channels.any_open
        quiet = self.quiet if unchanged else 0.0
        if steps is None:
            steps = self._choose_steps(hours, quiet, channels.any_open)
        # A g/m2 of water is a um of it.
        drying = 0.0 if conditions.covered else draws["transport.water.free_surface"] * MM_PER_UM
        middle = np.cumsum(steps) - steps / 2
        wet = np.maximum(self.volatile[:, None] - np.outer(drying * np.ones(self.draws), middle), 0)
        there = self.film > _NO_FILM
        film = Film(
            capacity=np.where(
                there[:, None], self.holds[:, None] * np.maximum(self.bulk[:, None] + wet, _NO_FILM), 0
            ),
            neutral=self.film_neutral,
            saturation=self.compound.saturation,
            evaporation=self.compound.evaporation * (not conditions.covered),
        )
        flows = self.flows(conditions, draws)
        whole = self.whole.advance(steps, Channels.none(self.draws), closing, film, flows)
        alike = self.needled is self.whole and not channels.any_open
        return replace(
            self,
            needled=whole if alike else self.needled.advance(steps, channels, closing, film, flows),
            whole=whole,
            volatile=np.maximum(self.volatile - drying * hours, 0),
            quiet=quiet + hours,
        )

    def _choose_steps(self, hours: float, quiet: float, any_open: bool) -> Float[Array, " step"]:
        """Steps that fill `hours`: short right after something was done, longer the longer it is `quiet`, h."""
        with_film = _LONGEST_OPEN if any_open else _LONGEST
        longest = with_film if (self.film > _NO_FILM).any() else _LONGEST_QUIET
        growth = _GROWTH_OPEN if any_open else _GROWTH
        return choose_steps(hours, max(_FIRST_STEP, quiet * _STEP_SHARE), growth, longest)

    def flows(self, conditions: TransportConditions, draws: Draws) -> Flows:
        """What moves and takes the drug in the levels under these conditions."""
        c, n = self.compound, self.layers
        dry, dispersion, in_fat, shunt = (
            draws[f"transport.relations.{key}"] for key in ("dry", "dispersion", "fat_clearance", "shunt")
        )
        wet = dry + (1 - dry) * conditions.hydration
        conduct = np.empty_like(n.width)
        conduct[:, n.corneum] = (c.corneum_diffusivity * c.corneum_partition * wet)[:, None]
        conduct[:, n.epidermis] = (c.tissue_diffusivity * c.tissue_partition)[:, None]
        conduct[:, n.receptor] = _STIRRED
        below = slice(n.dermis.start, n.fat.stop)
        # Blood and lymph carry drug about in living skin; in excised skin they stand still.
        carried = 0.0 if n.in_vitro else dispersion
        conduct[:, below] = ((c.tissue_diffusivity + carried) * c.tissue_partition)[:, None]
        taken = np.zeros(draws.n) if n.in_vitro else c.uptake(conditions.perfusion)
        uptake = np.zeros_like(n.width)
        uptake[:, n.dermis] = taken[:, None]
        uptake[:, n.fat] = (taken * in_fat)[:, None]
        metabolism = np.zeros_like(n.width)
        metabolism[:, n.viable] = (c.metabolism * c.tissue_partition)[:, None]
        # Dry pores carry little.
        return Flows(conduct, uptake, metabolism, shunt * c.water_diffusivity * wet)
