"""The cell of one channel for a drug (r, z): everything around a single channel, resolved, to check the strips by.

A cylinder whose face is the skin's share of one channel. The same scheme as for the strips moves it: its lanes are
rings, those inside the channel's radius fluid down to the channel's foot and tissue below it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from hudnal.transport.compound import Compound
from hudnal.transport.diffusion import FilmContact, StripPlaces, advance_strips
from hudnal.transport.drug_layers import DrugLayers
from hudnal.transport.strip import Film, Flows
from hudnal.units import ML_CM2_PER_MM

_CORE, _AROUND = 4, 20  # rings inside the hole's radius and outside


@dataclass(frozen=True)
class DrugCell:
    """`activity` (draw, level, ring) ug/mL; `edges` (draw, ring + 1) mm; amounts (draw,) ug/cm2 of skin."""

    compound: Compound
    layers: DrugLayers
    radius: np.ndarray  # mm, of the hole, (draw,)
    depth: np.ndarray  # mm, (draw,)
    edges: np.ndarray
    activity: np.ndarray
    on_skin: np.ndarray
    evaporated: np.ndarray
    lost: np.ndarray  # by uptake and metabolism

    @staticmethod
    def around(
        compound: Compound,
        layers: DrugLayers,
        density: np.ndarray,
        width: np.ndarray,
        depth: np.ndarray,
        refine: int = 1,
    ) -> DrugCell:
        """Without drug, around one of `density` 1/mm2 holes `width` mm wide and `depth` mm deep; (draw,) each."""
        radius, outer = width / 2, 1 / np.sqrt(pi * density)
        inside = np.linspace(0, 1, _CORE * refine + 1)
        steps = np.arange(1, _AROUND * refine + 1) / (_AROUND * refine)
        beyond = radius[:, None] * np.exp(np.outer(np.log(outer / radius), steps))
        edges = np.concatenate([np.outer(radius, inside), beyond], axis=1)
        draws, levels = layers.width.shape
        zero = np.zeros(draws)
        activity = np.zeros((draws, levels, edges.shape[1] - 1))
        return DrugCell(compound, layers, radius, depth, edges, activity, zero, zero, zero)

    @property
    def _area(self) -> np.ndarray:
        """Of each ring against the cell's, (draw, ring)."""
        return np.diff(self.edges**2, axis=1) / self.edges[:, -1:] ** 2

    @property
    def _fluid(self) -> np.ndarray:
        """Share of a place that is the hole's fluid, (draw, level, ring)."""
        top = np.cumsum(self.layers.width, axis=1) - self.layers.width
        down = np.clip((self.depth[:, None] - top) / self.layers.width, 0, 1)
        core = np.heaviside(self.radius[:, None] - self.edges[:, 1:] + 1e-9, 1.0)
        return down[:, :, None] * core[:, None, :]

    def _partition(self) -> np.ndarray:
        c, n = self.compound, self.layers
        tissue = np.empty_like(n.width)
        tissue[:, n.corneum] = c.corneum_partition[:, None]
        tissue[:, n.viable] = c.tissue_partition[:, None]
        tissue[:, n.receptor] = n.stretch / c.neutral_in_tissue[:, None]
        fluid = self._fluid
        return fluid / c.neutral_in_tissue[:, None, None] + (1 - fluid) * tissue[:, :, None]

    def amounts(self) -> np.ndarray:
        """ug/cm2 at each place, (draw, level, ring)."""
        size = self.layers.width[:, :, None] * self._area[:, None, :]
        return ML_CM2_PER_MM * self.activity * self._partition() * size

    def delivered(self) -> np.ndarray:
        """ug/cm2 in living skin, in the hole's fluid there, and taken up from it, (draw,)."""
        return self.amounts()[:, self.layers.viable.start :].sum(axis=(1, 2)) + self.lost

    def total(self) -> np.ndarray:
        """ug/cm2 wherever it is, (draw,)."""
        return self.on_skin + self.evaporated + self.lost + self.amounts().sum(axis=(1, 2))

    def advance(self, steps: np.ndarray, film: Film, flows: Flows) -> DrugCell:
        """Let the `steps` h pass; the hole stays open."""
        n, c, fluid, area = self.layers, self.compound, self._fluid, self._area[:, None, :]
        width = n.width[:, :, None]
        water = (c.water_diffusivity / c.neutral_in_tissue)[:, None, None]
        conduct = fluid * water + (1 - fluid) * flows.conduct[:, :, None]
        half = width / (2 * conduct)
        # Between two rings: each from the middle of its own area to their common edge, in series.
        middle = np.sqrt((self.edges[:, 1:] ** 2 + self.edges[:, :-1] ** 2) / 2)
        to_edge = np.log(self.edges[:, 1:-1] / middle[:, :-1])[:, None, :] / conduct[:, :, :-1]
        from_edge = np.log(middle[:, 1:] / self.edges[:, 1:-1])[:, None, :] / conduct[:, :, 1:]
        across = 2 / self.edges[:, -1:, None] ** 2 * width / (to_edge + from_edge)
        loss = (flows.uptake + flows.metabolism)[:, :, None] * (1 - fluid) * width * area
        touched = n.viable.start + 1
        into = np.zeros((area.shape[0], touched, area.shape[2]))
        back = np.zeros_like(into)
        there = np.any(film.capacity > 0, axis=1, keepdims=True)
        under = there * 2 * conduct[:, 0] / n.width[:, :1] * area[:, 0]
        # What enters the fluid is dissolved drug in all its forms, at the film's own share of the neutral one.
        ratio = (c.neutral_in_tissue / film.neutral)[:, None]
        into[:, 0], back[:, 0] = under * (fluid[:, 0] * ratio + 1 - fluid[:, 0]), under
        for side, neutral in ((into, film.neutral), (back, c.neutral_in_tissue)):
            past_corneum = (flows.shunt + flows.charged * (1 - neutral)) / neutral
            side[:, -1] += there * past_corneum[:, None] * area[:, 0] * (1 - fluid[:, touched - 1])
        activity, on_skin = self.activity.copy(), self.on_skin.copy()
        places = StripPlaces(
            ML_CM2_PER_MM * self._partition() * width * area,
            ML_CM2_PER_MM * area / (half[:, :-1] + half[:, 1:]),
            ML_CM2_PER_MM * across,
            ML_CM2_PER_MM * loss,
        )
        contact = FilmContact(
            ML_CM2_PER_MM * into,
            ML_CM2_PER_MM * back,
            ML_CM2_PER_MM * film.evaporation,
            ML_CM2_PER_MM * film.capacity,
            film.saturation,
        )
        opening = np.ones((area.shape[0], steps.size))
        lost, evaporated = advance_strips(
            activity, on_skin, places, contact, opening, steps, with_fluid=False
        )
        return replace(
            self,
            activity=activity,
            on_skin=on_skin,
            evaporated=self.evaporated + evaporated,
            lost=self.lost + lost.sum(axis=(1, 2)),
        )
