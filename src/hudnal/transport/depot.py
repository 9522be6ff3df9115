"""Where one compound is: in the film on the skin, in the layers, in the holes, in the blood, washed off.

Every depot carries each draw twice: once through the needled skin and once through the same skin left whole, so
that what the needles did can be told apart. Amounts are ug/cm2 of treated skin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.transport.compound import Compound, neutral_share
from hudnal.transport.diffusion import advance, steps_over
from hudnal.transport.layers import Layers
from hudnal.transport.product import Product

PER_MM = 0.1  # mL under 1 cm2 and 1 mm
_FIRST_STEP = 1 / 120  # h, after something was done
_STEP_SHARE = 0.25  # of the time since then that a step may be
_NO_FILM = 1e-9  # mm: what is thinner is no film
_THIN = 1e-6  # mm, or 1/mm2: keeps what is not there from dividing by zero
PRODUCT_DENSITY = 1.0  # g/mL of creams and serums


@dataclass(frozen=True)
class Paths:
    """The holes as a way in. Arrays (draw,): density 1/mm2, width and depth mm, share still open."""

    density: np.ndarray
    width: np.ndarray
    depth: np.ndarray
    open_share: np.ndarray

    @staticmethod
    def none(draws: int) -> Paths:
        """Whole skin."""
        zero = np.zeros(draws)
        return Paths(zero, zero, zero, zero)


@dataclass(frozen=True)
class Depot:
    """State of one compound. Arrays (2 draw,): first the needled skin's draws, then the whole skin's."""

    compound: Compound
    layers: Layers
    activity: np.ndarray  # (2 draw, cell), ug/mL; cell 0 is the film
    hole: np.ndarray  # activity in the fluid of the holes
    hole_volume: np.ndarray  # mm (mm3 per mm2)
    film: np.ndarray  # mm of product on the skin
    film_capacity: np.ndarray  # mm: amount per activity of the film
    film_neutral: np.ndarray  # 1, share of the dissolved drug in the film that is neutral
    applied: np.ndarray  # ug/cm2, in all
    washed_off: np.ndarray
    evaporated: np.ndarray
    blood: np.ndarray
    first_applied: float  # h, when it first came on the skin
    quiet: float = 0.0  # h since anything was done to it

    @property
    def draws(self) -> int:
        """How many parameter draws."""
        return self.film.size // 2

    def _capacity(self) -> np.ndarray:
        c, n = self.compound, self.layers
        inner = np.empty_like(n.width)
        inner[:, n.corneum] = c.corneum_partition[:, None] * n.width[:, n.corneum]
        inner[:, n.viable] = c.tissue_partition[:, None] * n.width[:, n.viable]
        return np.concatenate([self.film_capacity[:, None], np.tile(inner, (2, 1))], axis=1)

    def amounts(self) -> np.ndarray:
        """ug/cm2 in each cell, film first, (2 draw, cell)."""
        return PER_MM * self.activity * self._capacity()

    def on_skin(self) -> np.ndarray:
        """ug/cm2 in the film, (2 draw,)."""
        return PER_MM * self.activity[:, 0] * self.film_capacity

    def in_holes(self) -> np.ndarray:
        """ug/cm2 in the fluid of the holes, (2 draw,)."""
        neutral = np.tile(self.compound.neutral_in_tissue, 2)
        return PER_MM * self.hole * self.hole_volume / neutral

    def in_skin(self) -> np.ndarray:
        """ug/cm2 in all layers and holes, (2 draw,)."""
        return self.amounts()[:, 1:].sum(axis=1) + self.in_holes()

    def in_corneum(self) -> np.ndarray:
        """ug/cm2, (2 draw,)."""
        return self.amounts()[:, 1:][:, self.layers.corneum].sum(axis=1)

    def delivered(self) -> np.ndarray:
        """ug/cm2 that has come into living skin so far: what is there, and what the blood took. (2 draw,)."""
        return self.amounts()[:, 1:][:, self.layers.viable].sum(axis=1) + self.blood

    def concentration(self) -> np.ndarray:
        """ug/mL dissolved (all forms) in the living layers of the needled skin, (draw, cell)."""
        living = self.activity[: self.draws, 1:][:, self.layers.viable]
        return living / self.compound.neutral_in_tissue[:, None]

    @staticmethod
    def empty(name: str, skin: Skin, draws: Draws, time: float) -> Depot:
        """None of it anywhere yet. Raises KeyError for an unknown compound."""
        layers = Layers.of(skin)
        twice = np.zeros(2 * draws.n)
        return Depot(
            compound=Compound.of(name, skin, draws),
            layers=layers,
            activity=np.zeros((2 * draws.n, layers.width.shape[1] + 1)),
            hole=twice,
            hole_volume=twice,
            film=twice,
            film_capacity=np.ones(2 * draws.n),
            film_neutral=np.ones(2 * draws.n),
            applied=twice,
            washed_off=twice,
            evaporated=twice,
            blood=twice,
            first_applied=time,
        )

    def spread(self, product: Product, amount: float, draws: Draws) -> Depot:
        """Put `amount` mg/cm2 of product on top of what is there."""
        dose = amount * 1e3 * product.actives[self.compound.name] / 100
        thickness = amount * 1e-3 / PRODUCT_DENSITY / PER_MM
        holds = np.tile(draws[f"transport.vehicles.{product.vehicle}"], 2)
        neutral = np.tile(
            np.maximum(
                neutral_share(self.compound.name, draws, product.ph), draws["transport.relations.ionised"]
            ),
            2,
        )
        film = self.film + thickness
        # Layers of two products mix: the film holds what both together would.
        capacity = np.where(self.film > _NO_FILM, self.film_capacity, 0) + thickness * holds / neutral
        amount_now = self.on_skin() + dose
        activity = self.activity.copy()
        activity[:, 0] = amount_now / (PER_MM * capacity)
        return replace(
            self,
            activity=activity,
            film=film,
            film_capacity=capacity,
            film_neutral=neutral,
            applied=self.applied + dose,
            quiet=0.0,
        )

    def remove(self, share: np.ndarray) -> Depot:
        """Wash or wipe `share` (draw,) of the film off."""
        share = np.tile(share, 2)
        share = np.where(self.film * (1 - share) > _NO_FILM, share, 1.0)  # a trace is no film: all of it goes
        left = 1 - share
        activity = self.activity.copy()
        activity[:, 0] *= left > 0
        return replace(
            self,
            activity=activity,
            film=self.film * left,
            film_capacity=np.where(left > 0, self.film_capacity * left, 1.0),
            washed_off=self.washed_off + self.on_skin() * share,
            quiet=0.0,
        )

    def advance(
        self,
        hours: float,
        paths: Paths,
        closing: np.ndarray,
        hydration: np.ndarray | float,
        perfusion: np.ndarray | float,
        draws: Draws,
    ) -> Depot:
        """Let `hours` pass. `closing` (draw,) 1/h is how fast the open share of the holes falls meanwhile;
        `hydration` 0-1 of the corneum; `perfusion` multiplies the blood's uptake."""
        if hours <= 0 or not (self.applied > 0).any():
            return self
        c, n, draws_n = self.compound, self.layers, self.draws
        r = {key: draws[f"transport.relations.{key}"] for key in ("dry", "dispersion", "fat_clearance")}
        # Conductance between neighbours: half a cell each, in series.
        diffusivity = np.empty_like(n.width)
        wet = r["dry"] + (1 - r["dry"]) * hydration
        diffusivity[:, n.corneum] = (c.corneum_diffusivity * c.corneum_partition * wet)[:, None]
        diffusivity[:, n.epidermis] = (c.tissue_diffusivity * c.tissue_partition)[:, None]
        below = slice(n.dermis.start, n.fat.stop)
        diffusivity[:, below] = ((c.tissue_diffusivity + r["dispersion"]) * c.tissue_partition)[:, None]
        half = n.width / (2 * diffusivity)
        inner = 1 / (half[:, :-1] + half[:, 1:])
        has_film = (self.film > _NO_FILM).astype(float)
        top = has_film / np.tile(half[:, 0], 2)
        conductance = np.concatenate([top[:, None], np.tile(inner, (2, 1))], axis=1)

        loss = np.zeros((2 * draws_n, n.width.shape[1] + 1))
        uptake = np.zeros_like(n.width)
        uptake[:, n.dermis] = (c.uptake * perfusion)[:, None] * n.width[:, n.dermis]
        uptake[:, n.fat] = (c.uptake * perfusion * r["fat_clearance"])[:, None] * n.width[:, n.fat]
        loss[:, 1:] = np.tile(uptake, (2, 1))

        hole = self._hole_terms(paths, has_film, draws)
        # Right after something was done everything is steep; the longer ago, the longer a step may be.
        quiet = self.quiet if np.allclose(hole["volume"], self.hole_volume) else 0.0
        steps = steps_over(hours, max(_FIRST_STEP, quiet * _STEP_SHARE))
        middle = np.cumsum(steps) - steps / 2
        opening = np.ones((2 * draws_n, steps.size))
        opening[:draws_n] = paths.open_share[:, None] * np.exp(-closing[:, None] * middle)
        activity, in_hole = self.activity.copy(), hole["activity"].copy()
        lost = advance(
            activity,
            in_hole,
            self._capacity(),
            conductance,
            loss,
            hole["volume"] / np.tile(c.neutral_in_tissue, 2),
            hole["from_film"],
            hole["to_film"],
            hole["side"],
            hole["shunt_from_film"],
            hole["shunt_to_film"],
            hole["shunt_side"],
            opening,
            steps,
        )
        return replace(
            self,
            activity=activity,
            hole=in_hole,
            hole_volume=hole["volume"],
            blood=self.blood + PER_MM * lost[:, 1:].sum(axis=1),
            evaporated=self.evaporated + PER_MM * lost[:, 0],
            quiet=quiet + hours,
        )

    def _hole_terms(self, paths: Paths, has_film: np.ndarray, draws: Draws) -> dict[str, np.ndarray]:
        """Capacity and conductances of the holes, and of the skin's own pores beside them.

        From the film along the hole: n A D / (L/2). Through its side walls into each cell that it passes:
        2 pi n D K dz / ln(R/r), with R half the distance between holes; through its foot like a disc: 4 n D K r.
        Follicles and ducts: a permeability in proportion to D, into the uppermost living cell.
        """
        c, n, draws_n = self.compound, self.layers, self.draws
        zero = np.zeros(2 * draws_n)
        cells = n.width.shape[1] + 1
        radius = np.maximum(paths.width / 2, _THIN)
        depth = np.maximum(paths.depth, _THIN)
        open_area = paths.density * pi * radius**2
        volume = np.maximum(self.hole_volume, _THIN)
        # Holes that have been made keep their fluid: the volume only grows.
        volume[:draws_n] = np.maximum(open_area * depth, volume[:draws_n])
        # New fluid comes from the tissue without drug: the amount stays, the activity falls.
        activity = self.hole * self.hole_volume / volume

        neutral = np.tile(c.neutral_in_tissue, 2)
        axial = zero.copy()
        axial[:draws_n] = open_area * c.water_diffusivity / (depth / 2)
        pores = np.tile(draws["transport.relations.shunt"] * c.water_diffusivity, 2)

        apart = np.maximum(1 / np.sqrt(pi * np.maximum(paths.density, _THIN)), 2 * radius)
        wall = 2 * pi * paths.density / np.log(apart / radius)
        bottom = np.cumsum(n.width, axis=1)
        inside = np.clip((depth[:, None] - (bottom - n.width)) / n.width, 0, 1)
        inside[:, n.corneum] = 0
        through = c.tissue_diffusivity * c.tissue_partition
        side = np.zeros((2 * draws_n, cells))
        side[:draws_n, 1:] = (wall * through)[:, None] * inside * n.width
        # The foot of the hole lies in the last cell that it reaches.
        foot = np.where((inside > 0).any(axis=1), (inside > 0).cumsum(axis=1).argmax(axis=1), 0)
        reaches = (inside > 0).any(axis=1)
        side[np.nonzero(reaches)[0], 1 + foot[reaches]] += (4 * paths.density * through * radius)[reaches]
        shunt_side = np.zeros((2 * draws_n, cells))
        shunt_side[:, 1 + n.epidermis.start] = 2 * pores / neutral
        return {
            "volume": volume,
            "activity": activity,
            "from_film": axial / self.film_neutral * has_film,
            "to_film": axial / neutral * has_film,
            "side": side,
            "shunt_from_film": 2 * pores / self.film_neutral * has_film,
            "shunt_to_film": 2 * pores / neutral * has_film,
            "shunt_side": shunt_side,
        }
