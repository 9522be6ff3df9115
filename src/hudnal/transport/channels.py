"""Channels: needle holes as the drug sees them, how deep and wide they are, and what they add to a strip of skin.

The channels' fluid is one lane, its area at a depth that of all channels that reach it; the tissue stands in rings
around it, so that what leaves a channel by its side wall is resolved, not only the area of the mouths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import pi

import numpy as np

from hudnal.arrays import Array, Bool, Float, Int, PerDraw
from hudnal.transport.compound import Compound
from hudnal.transport.drug_layers import DrugLayers

CLASSES = 8  # of depth and width in each draw
RINGS = 2  # of tissue around a channel
SHUT = 2e-2  # share of channels open below which, once no draw has more, all are counted as closed
_THIN = 1e-6  # mm, or 1/mm2: keeps what is not there from dividing by zero

PerClass = Float[Array, "draw class"]
PerLane = Float[Array, "draw level lane"]  # the fluid of channels, where there are any, then rings of tissue


@dataclass(frozen=True)
class Channels:
    """The channels of each draw, in classes of equal number, shallow ones first."""

    density: PerDraw  # 1/mm2
    width: PerClass  # mm
    depth: PerClass  # mm
    open_share: PerDraw

    @staticmethod
    def none(draws: int) -> Channels:
        """Whole skin."""
        zero, classes = np.zeros(draws), np.zeros((draws, CLASSES))
        return Channels(zero, classes, classes, zero)

    @staticmethod
    def uniform(density: PerDraw, width: PerDraw, depth: PerDraw, open_share: PerDraw) -> Channels:
        """Channels that are all the same within a draw: `density` 1/mm2, `width` and `depth` mm."""
        each = np.ones(CLASSES)
        return Channels(density, np.outer(width, each), np.outer(depth, each), open_share)

    @staticmethod
    def sort_into_classes(
        depth: Float[Array, " hole"], width: Float[Array, " hole"], draw: Int[Array, " hole"], draws: int
    ) -> tuple[PerClass, PerClass]:
        """Depth and width of classes of equal number, of single holes, mm, that belong to `draw` of `draws`."""
        sorted_means = np.zeros((2, draws, CLASSES))
        order = np.lexsort((depth, draw))
        starts = np.searchsorted(draw[order], np.arange(draws + 1))
        edges = np.arange(CLASSES + 1) / CLASSES
        for d in range(draws):
            here = order[starts[d] : starts[d + 1]]
            if here.size:
                # A class may hold a part of a hole: its mean is the slope of the running sum.
                upto = np.arange(here.size + 1) / here.size
                for i, values in enumerate((depth, width)):
                    running = np.concatenate([[0.0], np.cumsum(values[here])]) / here.size
                    sorted_means[i, d] = np.diff(np.interp(edges, upto, running)) * CLASSES
        return sorted_means[0], sorted_means[1]

    @property
    def any_open(self) -> bool:
        """Whether drug can still pass any of them."""
        return self.would_pass(self.open_share)

    def would_pass(self, open_share: PerDraw) -> bool:
        """Whether drug could pass any of them if this share were open."""
        return bool(((open_share > SHUT) & self._reaching).any())

    @cached_property
    def _reaching(self) -> Bool[Array, " draw"]:
        return self.density * self.mean_depth > 0

    @property
    def mean_width(self) -> PerDraw:
        """Mean width of the channels, mm."""
        return self.width.mean(axis=1)

    @property
    def mean_depth(self) -> PerDraw:
        """Mean depth of the channels, mm."""
        return self.depth.mean(axis=1)

    def narrow(self, share: PerDraw) -> Channels:
        """The channels with only this `share` of their area, where their walls fall together."""
        return replace(self, width=self.width * np.sqrt(share)[:, None])

    def add(self, density: PerDraw, width: PerClass, depth: PerClass) -> Channels:
        """With `density` 1/mm2 new channels of these classes, mm; both kinds sorted by depth into classes again."""
        total = self.density + density
        weight = np.concatenate(
            [np.outer(self.density, np.ones(CLASSES)), np.outer(density, np.ones(CLASSES))], axis=1
        )
        depths, widths = (
            np.concatenate([self.depth, depth], axis=1),
            np.concatenate([self.width, width], axis=1),
        )
        order = np.argsort(depths, axis=1, kind="stable")
        weight, depths, widths = (np.take_along_axis(x, order, axis=1) for x in (weight, depths, widths))
        share = weight / np.maximum(weight.sum(axis=1, keepdims=True), _THIN)
        upto = np.cumsum(share, axis=1)
        edges = np.arange(CLASSES + 1) / CLASSES
        # How much of each old class falls into each new one: the mean within stays what it was.
        held = np.clip(
            np.minimum(upto[:, :, None], edges[1:]) - np.maximum((upto - share)[:, :, None], edges[:-1]),
            0,
            None,
        )
        held = held * CLASSES
        return replace(
            self,
            density=total,
            width=np.einsum("dk,dkc->dc", widths, held),
            depth=np.einsum("dk,dkc->dc", depths, held),
        )

    def has_geometry_of(self, other: Channels) -> bool:
        """Whether density, width and depth are those of the `other` channels, however far these have closed."""
        pairs = ((self.density, other.density), (self.width, other.width), (self.depth, other.depth))
        return all(one is two or np.array_equal(one, two) for one, two in pairs)


@dataclass(frozen=True)
class Rings:
    """What channels are to one compound in a strip: lane 0 their fluid, then rings of tissue; all for 1 mm2 of skin."""

    fluid: Float[Array, "draw level"]  # mm, capacity of lane 0
    along: Float[Array, "draw level-1"]  # mm/h, conductance of lane 0 downwards
    mouth: PerDraw  # mm/h, between film and fluid for dissolved drug in all its forms
    outwards: Float[Array, "draw level ring"]  # from each lane: mm/h for each mm2/h that the tissue conducts
    share: Float[Array, "draw ring"]  # of the tissue that a ring is

    def stack(self, fluid: Float[Array, "draw _"], tissue: Float[Array, "draw level"]) -> PerLane:
        """What is the fluid's (one for all levels, or one each), then each ring's share of what is the tissue's."""
        draws, levels = tissue.shape
        lanes = np.empty((levels, 1 + self.share.shape[1], draws))
        lanes[:, 0] = fluid.T
        np.multiply(tissue.T[:, None], self.share.T, out=lanes[:, 1:])
        return lanes.transpose(2, 0, 1)

    @staticmethod
    def of(channels: Channels, compound: Compound, layers: DrugLayers, rings: int = RINGS) -> Rings:
        """Lanes of these channels.

        Fluid to wall and ring to ring: 2 pi n K D dz / ln of the radii's ratio, the rings' radii in geometric steps
        up to half the distance between channels. Through the foot like a disc: 4 n K D r.
        """
        radius = np.maximum(channels.width / 2, _THIN)  # (draw, class)
        each = (channels.density / channels.depth.shape[1])[:, None]  # 1/mm2 of a class
        bottom = np.cumsum(layers.width, axis=1)
        inside = np.clip(
            (channels.depth[:, None, :] - (bottom - layers.width)[:, :, None]) / layers.width[:, :, None],
            0,
            1,
        )  # (draw, level, class)
        area = each * pi * radius**2  # (draw, class)
        neutral = compound.neutral_in_tissue[:, None]
        fluid = np.einsum("dc,dlc->dl", area, inside) * layers.width / neutral
        apart = layers.width[:, :-1, None] / 2 + inside[:, 1:] * layers.width[:, 1:, None] / 2
        along = np.einsum("dc,dlc->dl", area, (inside[:, 1:] > 0) / apart)
        along = along * compound.water_diffusivity[:, None] / neutral
        mouth = (
            (area * (channels.depth > 0)).sum(axis=1) * compound.water_diffusivity / (layers.width[:, 0] / 2)
        )

        mean = np.maximum(channels.mean_width / 2, _THIN)
        outer = np.maximum(1 / np.sqrt(pi * np.maximum(channels.density, _THIN)), 2 * mean)
        step = np.log(outer / mean) / rings
        edges = mean[:, None] * np.exp(step[:, None] * np.arange(rings + 1))
        share = np.diff(edges**2, axis=1) / (edges[:, -1:] ** 2 - edges[:, :1] ** 2)
        between = 2 * pi * channels.density[:, None] * layers.width / step[:, None]
        outwards = np.repeat(between.T[:, None], rings, axis=1).transpose(2, 0, 1)
        # Lane 0 is mixed up to the wall: half a step to the middle of the first ring, where there is a channel.
        outwards[:, :, 0] *= 2 * inside.mean(axis=2)
        last = (inside > 0) & (np.concatenate([inside[:, 1:], np.zeros_like(inside[:, :1])], axis=1) == 0)
        outwards[:, :, 0] += 4 * np.einsum("dc,dlc->dl", each * radius, last.astype(float))
        return Rings(fluid, along, mouth, outwards, share)
