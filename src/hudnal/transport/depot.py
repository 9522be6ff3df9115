"""Where one compound is: in the film on the skin, in the layers, in the channels, in the blood, washed off.

Every depot carries two strips of skin: the needled one and the same skin left whole, so that what the needles did
can be told apart. Amounts are ug/cm2 of treated skin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hudnal.arrays import Array, Bool, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.transport.channels import Channels
from hudnal.transport.compound import Compound, find_partition, neutral_share
from hudnal.transport.diffusion import choose_steps
from hudnal.transport.drug_layers import DrugLayers
from hudnal.transport.medium import Flows, Medium, TransportConditions
from hudnal.transport.product import Product
from hudnal.transport.strip import Film, Strip, advance_together
from hudnal.units import G_PER_MG, ML_CM2_PER_MM, MM_PER_UM, PERCENT, UG_PER_MG

_FIRST_STEP = 1 / 120  # h, after something was done
_GROWTH_OPEN, _GROWTH = 1.3, 1.6  # of a step to the one before it, with channels and without
_STEP_SHARE = 0.25  # of the time since then that a step may be
_LONGEST_OPEN, _LONGEST, _LONGEST_QUIET = 2.0, 6.0, 48.0  # h of a step: a film over channels, a film, none
_LONGEST_OLD = 24.0  # h of a step: a film on whole skin that has lain for long
_NO_FILM = 1e-9  # mm: what is thinner is no film
_LEAST = 1e-9  # of what was applied: less of it is left where it is
_LEAST_DRAINED = 0.05  # share of a film that feeds bare skin: as much as is drained within minutes
_LEAST_OPEN = 1e-5  # share of a channel's fluid that is counted: none would divide by zero
PRODUCT_DENSITY = 1.0  # g/mL of creams and serums


@dataclass(frozen=True)
class Depot:
    """State of one compound on and in one skin."""

    medium: Medium
    needled: Strip
    whole: Strip
    bulk: PerDraw  # mm of the film that stay when it dries
    volatile: PerDraw  # mm of it that dry away
    holds: PerDraw  # amount for each mm of film and unit of activity, against water
    film_neutral: PerDraw  # 1, share of the dissolved drug in the film that is neutral
    full: PerDraw  # ug/cm2 in the film when something was last done to it
    applied: PerDraw  # ug/cm2, in all
    first_applied: float  # h, when it first came on the skin
    quiet: float = 0.0  # h since anything was done to it

    @property
    def compound(self) -> Compound:
        """What it is a depot of."""
        return self.medium.compound

    @property
    def layers(self) -> DrugLayers:
        """The levels of the skin."""
        return self.medium.layers

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
        medium = Medium.of(Compound.of(name, skin, draws), layers or DrugLayers.of(skin), draws)
        strip = Strip.empty(medium)
        zero, one = np.zeros(draws.n), np.ones(draws.n)
        return Depot(
            medium=medium,
            needled=strip,
            whole=strip,
            bulk=zero,
            volatile=zero,
            holds=one,
            film_neutral=one,
            full=zero,
            applied=zero,
            first_applied=time,
        )

    def spread(self, product: Product, amount: float | PerDraw, draws: Draws) -> Depot:
        """Put `amount` mg/cm2 of product on top of what is there."""
        dose = amount * UG_PER_MG * product.actives[self.compound.name] / PERCENT
        added = np.full(draws.n, amount * G_PER_MG / PRODUCT_DENSITY / ML_CM2_PER_MM)
        dries = draws[f"transport.volatile.{product.vehicle}"]
        neutral = neutral_share(self.compound.name, draws, product.ph)
        if product.is_water_free:
            neutral = np.ones(draws.n)
        holds = find_partition(self.compound.name, product.vehicle, draws) / neutral
        film = self.film + added
        # DrugLayers of two products mix: the film holds what both together would.
        mixed = np.divide(self.film * self.holds + added * holds, film, out=holds.copy(), where=film > 0)
        spread = self._change_both(lambda strip: replace(strip, on_skin=strip.on_skin + dose))
        return replace(
            spread,
            full=spread.needled.on_skin,
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

    def remove_film(self, share: PerDraw, thickest: PerDraw | float = np.inf) -> Depot:
        """Wash or wipe this `share` of the film off, or more where more than `thickest` mm of it would stay."""
        if not (self.film > _NO_FILM).any():
            return self
        share = np.maximum(share, 1 - thickest / np.maximum(self.film, _NO_FILM))
        share = np.where(self.film * (1 - share) > _NO_FILM, share, 1.0)  # a trace is no film: all of it goes

        def wipe(strip: Strip) -> Strip:
            off = strip.on_skin * share
            return replace(strip, on_skin=strip.on_skin - off, washed_off=strip.washed_off + off)

        wiped = self._change_both(wipe)
        return replace(
            wiped,
            full=wiped.needled.on_skin,
            bulk=self.bulk * (1 - share),
            volatile=self.volatile * (1 - share),
            quiet=0.0,
        )

    def strip_corneum(self, share: PerDraw, needled_only: bool = False) -> Depot:
        """Take this `share` of what the corneum holds off, by washing, or `needled_only` with the corneum itself."""
        if not (self.applied > 0).any():
            return self
        needled = self.needled.strip_corneum(share)
        if needled_only:
            return replace(self, needled=needled, quiet=0.0)
        whole = needled if self.whole is self.needled else self.whole.strip_corneum(share)
        return replace(self, needled=needled, whole=whole, quiet=0.0)

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
        if hours <= 0:
            return self
        any_open, bared = channels.any_open, conditions.barrier is not None
        unchanged = not any_open or channels.has_geometry_of(self.needled.channels)
        quiet = self.quiet if unchanged else 0.0
        # A g/m2 of water is a um of it.
        drying = 0.0 if conditions.covered else draws["transport.water.free_surface"] * MM_PER_UM
        later = {"volatile": np.maximum(self.volatile - drying * hours, 0), "quiet": quiet + hours}
        moving = self._find_moving()
        if not moving.any():
            return replace(self, **later)
        if steps is None:
            steps = self._choose_steps(hours, quiet, any_open or bared)
        middle = np.cumsum(steps) - steps / 2
        film = self._see_film(middle, drying, conditions)
        flows = self.flows(conditions, draws)
        opening = np.maximum(channels.open_share[:, None] * np.exp(-closing[:, None] * middle), _LEAST_OPEN)
        both = [self.whole]
        laned = any_open and channels.would_pass(opening[:, 0])
        if laned or bared:
            at_rest = self.flows(conditions.of_whole_skin, draws) if bared else flows
            (whole,) = advance_together(both, moving, steps, opening, film, at_rest)
            own = self.needled.add_lanes(channels, opening[:, 0]) if laned else self.needled.remove_lanes()
            (needled,) = advance_together([own], moving, steps, opening, film, flows)
        else:
            # As long as they are one, they stay one.
            if self.needled is not self.whole:
                both.append(self.needled.remove_lanes())
            moved = advance_together(both, moving, steps, opening, film, flows)
            whole, needled = moved[0], moved[-1]
        return replace(self, needled=needled, whole=whole, **later)

    def _find_moving(self) -> Bool[Array, " draw"]:
        """Draws in which there is more left than a hair's breadth of what was applied."""
        gone = self.whole.gone()
        if self.needled is not self.whole:
            gone = np.minimum(gone, self.needled.gone())
        return self.applied - gone > _LEAST * self.applied

    def _see_film(
        self, middle: Float[Array, " step"], drying: PerDraw | float, conditions: TransportConditions
    ) -> Film:
        """The film at the `middle` of each step, h, while water dries from it."""
        there = self.film > _NO_FILM
        if there.any():
            wet = np.maximum(self.volatile[:, None] - np.multiply.outer(drying, middle), 0)
            thickness = np.maximum(self.bulk[:, None] + wet, _NO_FILM)
            capacity = np.where(there, self.holds, 0)[:, None] * thickness
        else:
            capacity = np.zeros((self.draws, middle.size))
        return Film(
            capacity=capacity,
            neutral=self.film_neutral,
            saturation=self.compound.saturation,
            evaporation=self.compound.evaporation * (not conditions.covered),
        )

    def _choose_steps(self, hours: float, quiet: float, any_open: bool) -> Float[Array, " step"]:
        """Steps that fill `hours`: short right after something was done, longer the longer it is `quiet`, h."""
        if not (self.film > _NO_FILM).any():
            longest = _LONGEST_QUIET
        elif any_open:
            longest = _LONGEST_OPEN
        else:
            # What has long dried runs down as slowly as it has so far.
            longest = min(max(_LONGEST, quiet * _STEP_SHARE), _LONGEST_OLD)
        growth = _GROWTH_OPEN if any_open else _GROWTH
        return choose_steps(hours, max(_FIRST_STEP, quiet * _STEP_SHARE), growth, longest)

    def flows(self, conditions: TransportConditions, draws: Draws) -> Flows:
        """What moves and takes the drug in the levels under these conditions."""
        if conditions.barrier is None:
            return self.medium.flows(conditions, draws)
        given = 1 - np.divide(
            self.needled.on_skin, self.full, out=np.ones_like(self.full), where=self.full > 0
        )
        return self.medium.flows(conditions, draws, np.maximum(given, _LEAST_DRAINED) * self.film)
