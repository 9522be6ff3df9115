"""Where one compound is: in the film on the skin, in the layers, in the holes, in the blood, washed off.

Every depot carries two strips of skin: the needled one and the same skin left whole, so that what the needles did
can be told apart. Amounts are ug/cm2 of treated skin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.transport.compound import Compound, neutral_share
from hudnal.transport.diffusion import steps_over
from hudnal.transport.holes import Paths
from hudnal.transport.layers import Layers
from hudnal.transport.product import Product
from hudnal.transport.strip import PER_MM, Film, Flows, Strip

_FIRST_STEP = 1 / 120  # h, after something was done
_STEP_SHARE = 0.25  # of the time since then that a step may be
_LONGEST_OPEN, _LONGEST, _LONGEST_QUIET = 2.0, 6.0, 48.0  # h of a step: a film over holes, a film, none
_NO_FILM = 1e-9  # mm: what is thinner is no film
_STIRRED = 1e6  # mm2/h: the receptor's fluid holds nothing up
_UM = 1e-3  # mm; and g/m2 of water is 1 um
PRODUCT_DENSITY = 1.0  # g/mL of creams and serums


@dataclass(frozen=True)
class Setting:
    """What the skin is in. Arrays (draw,) or one number."""

    hydration: np.ndarray | float  # 0-1, of the corneum
    perfusion: np.ndarray | float  # against rest
    covered: bool = False  # so that nothing dries or evaporates


@dataclass(frozen=True)
class Depot:
    """State of one compound. Arrays (draw,)."""

    compound: Compound
    layers: Layers
    needled: Strip
    whole: Strip
    bulk: np.ndarray  # mm of the film that stay when it dries
    volatile: np.ndarray  # mm of it that dry away
    holds: np.ndarray  # amount for each mm of film and unit of activity, against water
    film_neutral: np.ndarray  # 1, share of the dissolved drug in the film that is neutral
    applied: np.ndarray  # ug/cm2, in all
    first_applied: float  # h, when it first came on the skin
    quiet: float = 0.0  # h since anything was done to it

    @property
    def draws(self) -> int:
        """How many parameter draws."""
        return self.applied.size

    @property
    def film(self) -> np.ndarray:
        """mm of product on the skin, (draw,)."""
        return self.bulk + self.volatile

    def concentration(self) -> np.ndarray:
        """ug/mL dissolved (all forms) in the living layers of the needled skin, (draw, level)."""
        living = self.needled.profile[:, self.layers.viable]
        return living / self.compound.neutral_in_tissue[:, None]

    @staticmethod
    def empty(name: str, skin: Skin, draws: Draws, time: float, layers: Layers | None = None) -> Depot:
        """None of it anywhere yet. Raises KeyError for an unknown compound."""
        layers = layers or Layers.of(skin)
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
        dose = amount * 1e3 * product.actives[self.compound.name] / 100
        added = np.full(draws.n, amount * 1e-3 / PRODUCT_DENSITY / PER_MM)
        dries = draws[f"transport.volatile.{product.vehicle}"]
        least = draws["transport.relations.ionised"]
        neutral = np.maximum(neutral_share(self.compound.name, draws, product.ph), least)
        holds = draws[f"transport.vehicles.{product.vehicle}"] / neutral
        film = self.film + added
        # Layers of two products mix: the film holds what both together would.
        mixed = np.divide(self.film * self.holds + added * holds, film, out=holds.copy(), where=film > 0)
        return replace(
            self._both(lambda strip: replace(strip, on_skin=strip.on_skin + dose)),
            bulk=self.bulk + added * (1 - dries),
            volatile=self.volatile + added * dries,
            holds=mixed,
            film_neutral=neutral,
            applied=self.applied + dose,
            quiet=0.0,
        )

    def _both(self, done: Callable[[Strip], Strip]) -> Depot:
        """With the same done to both strips; as long as they are one, they stay one."""
        whole = done(self.whole)
        return replace(self, whole=whole, needled=whole if self.needled is self.whole else done(self.needled))

    def remove(self, share: np.ndarray) -> Depot:
        """Wash or wipe `share` (draw,) of the film off."""
        if not (self.film > _NO_FILM).any():
            return self
        share = np.where(self.film * (1 - share) > _NO_FILM, share, 1.0)  # a trace is no film: all of it goes

        def wiped(strip: Strip) -> Strip:
            off = strip.on_skin * share
            return replace(strip, on_skin=strip.on_skin - off, washed_off=strip.washed_off + off)

        return replace(
            self._both(wiped),
            bulk=self.bulk * (1 - share),
            volatile=self.volatile * (1 - share),
            quiet=0.0,
        )

    def advance(
        self, hours: float, paths: Paths, closing: np.ndarray, setting: Setting, draws: Draws
    ) -> Depot:
        """Let `hours` pass. `closing` (draw,) 1/h is how fast the open share of the holes falls meanwhile."""
        if hours <= 0 or not (self.applied > 0).any():
            return self
        # Right after something was done everything is steep; the longer ago, the longer a step may be.
        quiet = self.quiet if paths.same_as(self.needled.paths) or not paths.open else 0.0
        there = self.film > _NO_FILM
        longest = (_LONGEST_OPEN if paths.open else _LONGEST) if there.any() else _LONGEST_QUIET
        steps = steps_over(hours, max(_FIRST_STEP, quiet * _STEP_SHARE), longest=longest)
        drying = 0.0 if setting.covered else draws["transport.water.free_surface"] * _UM
        middle = np.cumsum(steps) - steps / 2
        wet = np.maximum(self.volatile[:, None] - np.outer(drying * np.ones(self.draws), middle), 0)
        film = Film(
            capacity=np.where(
                there[:, None], self.holds[:, None] * np.maximum(self.bulk[:, None] + wet, _NO_FILM), 0
            ),
            neutral=self.film_neutral,
            saturation=self.compound.saturation,
            evaporation=self.compound.evaporation * (not setting.covered),
        )
        flows = self._flows(setting, draws)
        whole = self.whole.advance(steps, Paths.none(self.draws), closing, film, flows)
        alike = self.needled is self.whole and not paths.open
        return replace(
            self,
            needled=whole if alike else self.needled.advance(steps, paths, closing, film, flows),
            whole=whole,
            volatile=np.maximum(self.volatile - drying * hours, 0),
            quiet=quiet + hours,
        )

    def _flows(self, setting: Setting, draws: Draws) -> Flows:
        c, n = self.compound, self.layers
        dry, dispersion, in_fat, shunt = (
            draws[f"transport.relations.{key}"] for key in ("dry", "dispersion", "fat_clearance", "shunt")
        )
        wet = dry + (1 - dry) * setting.hydration
        conduct = np.empty_like(n.width)
        conduct[:, n.corneum] = (c.corneum_diffusivity * c.corneum_partition * wet)[:, None]
        conduct[:, n.epidermis] = (c.tissue_diffusivity * c.tissue_partition)[:, None]
        conduct[:, n.receptor] = _STIRRED
        below = slice(n.dermis.start, n.fat.stop)
        # Blood and lymph carry drug about in living skin; in excised skin they stand still.
        carried = 0.0 if n.in_vitro else dispersion
        conduct[:, below] = ((c.tissue_diffusivity + carried) * c.tissue_partition)[:, None]
        taken = np.zeros(draws.n) if n.in_vitro else c.uptake(setting.perfusion)
        uptake = np.zeros_like(n.width)
        uptake[:, n.dermis] = taken[:, None]
        uptake[:, n.fat] = (taken * in_fat)[:, None]
        metabolism = np.zeros_like(n.width)
        metabolism[:, n.viable] = (c.metabolism * c.tissue_partition)[:, None]
        # Dry pores carry little.
        return Flows(conduct, uptake, metabolism, shunt * c.water_diffusivity * wet)
