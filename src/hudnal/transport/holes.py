"""Holes as ways in: how deep and wide they are, and what they add to a strip of skin.

The holes' fluid is one lane, its area at a depth that of all holes that reach it; the tissue stands in rings around
it, so that what leaves a hole by its side wall is resolved, not only the area of the mouths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from hudnal.transport.compound import Compound
from hudnal.transport.layers import Layers

CLASSES = 8  # of depth and width in each draw
RINGS = 2  # of tissue around a hole
SHUT = 2e-2  # share of holes open below which all are counted as closed
_THIN = 1e-6  # mm, or 1/mm2: keeps what is not there from dividing by zero


@dataclass(frozen=True)
class Paths:
    """The holes: density 1/mm2 and share still open (draw,); width and depth mm of classes of equal number
    (draw, class), shallow ones first."""

    density: np.ndarray
    width: np.ndarray
    depth: np.ndarray
    open_share: np.ndarray

    @staticmethod
    def none(draws: int) -> Paths:
        """Whole skin."""
        zero, classes = np.zeros(draws), np.zeros((draws, CLASSES))
        return Paths(zero, classes, classes, zero)

    @staticmethod
    def alike(density: np.ndarray, width: np.ndarray, depth: np.ndarray, open_share: np.ndarray) -> Paths:
        """Holes that are all the same within a draw; (draw,) each."""
        each = np.ones(CLASSES)
        return Paths(density, np.outer(width, each), np.outer(depth, each), open_share)

    @staticmethod
    def classes_of(
        depth: np.ndarray, width: np.ndarray, draw: np.ndarray, draws: int
    ) -> tuple[np.ndarray, ...]:
        """Depth and width (draw, class) of classes of equal number, of single holes (hole,) of each draw."""
        found = np.zeros((2, draws, CLASSES))
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
                    found[i, d] = np.diff(np.interp(edges, upto, running)) * CLASSES
        return found[0], found[1]

    @property
    def open(self) -> bool:
        """Whether any of them is still a way in."""
        return bool(((self.density * self.mean_depth > 0) & (self.open_share > SHUT)).any())

    @property
    def mean_width(self) -> np.ndarray:
        """mm, (draw,)."""
        return self.width.mean(axis=1)

    @property
    def mean_depth(self) -> np.ndarray:
        """mm, (draw,)."""
        return self.depth.mean(axis=1)

    def fallen_in(self, share: np.ndarray) -> Paths:
        """What stands open of channels whose walls fall together: `share` (draw,) of their area."""
        return replace(self, width=self.width * np.sqrt(share)[:, None])

    def beside(self, density: np.ndarray, width: np.ndarray, depth: np.ndarray) -> Paths:
        """With `density` (draw,) new holes of these classes; both kinds sorted by depth into classes again."""
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

    def same_as(self, other: Paths) -> bool:
        """Whether the holes stand as those do, however far they have closed."""
        return all(np.array_equal(getattr(self, f), getattr(other, f)) for f in ("density", "width", "depth"))


@dataclass(frozen=True)
class Rings:
    """What holes are to one compound in a strip: lane 0 their fluid, then rings of tissue; all for 1 mm2 of skin.

    `fluid` capacity of lane 0, mm (draw, level); `along` its conductance downwards (draw, level - 1); `mouth` (draw,)
    between film and fluid for dissolved drug in all its forms; `across` (draw, level, ring) outwards from each lane;
    `share` (draw, ring) of the tissue that a ring is.
    """

    fluid: np.ndarray
    along: np.ndarray
    mouth: np.ndarray
    across: np.ndarray
    share: np.ndarray

    @staticmethod
    def of(
        paths: Paths, compound: Compound, layers: Layers, conduct: np.ndarray, rings: int = RINGS
    ) -> Rings:
        """From the holes; `conduct` (draw, level) is diffusivity times partition of the tissue, mm2/h.

        Fluid to wall and ring to ring: 2 pi n K D dz / ln of the radii's ratio, the rings' radii in geometric steps
        up to half the distance between holes. Through the foot like a disc: 4 n K D r.
        """
        radius = np.maximum(paths.width / 2, _THIN)  # (draw, class)
        each = (paths.density / paths.depth.shape[1])[:, None]  # 1/mm2 of a class
        bottom = np.cumsum(layers.width, axis=1)
        inside = np.clip(
            (paths.depth[:, None, :] - (bottom - layers.width)[:, :, None]) / layers.width[:, :, None], 0, 1
        )  # (draw, level, class)
        area = each * pi * radius**2  # (draw, class)
        neutral = compound.neutral_in_tissue[:, None]
        fluid = np.einsum("dc,dlc->dl", area, inside) * layers.width / neutral
        apart = layers.width[:, :-1, None] / 2 + inside[:, 1:] * layers.width[:, 1:, None] / 2
        along = np.einsum("dc,dlc->dl", area, (inside[:, 1:] > 0) / apart)
        along = along * compound.water_diffusivity[:, None] / neutral
        mouth = (area * (paths.depth > 0)).sum(axis=1) * compound.water_diffusivity / (layers.width[:, 0] / 2)

        mean = np.maximum(paths.mean_width / 2, _THIN)
        outer = np.maximum(1 / np.sqrt(pi * np.maximum(paths.density, _THIN)), 2 * mean)
        step = np.log(outer / mean) / rings
        edges = mean[:, None] * np.exp(step[:, None] * np.arange(rings + 1))
        share = np.diff(edges**2, axis=1) / (edges[:, -1:] ** 2 - edges[:, :1] ** 2)
        between = 2 * pi * paths.density[:, None] * conduct * layers.width / step[:, None]
        across = np.repeat(between[:, :, None], rings, axis=2)
        # Lane 0 is mixed up to the wall: half a step to the middle of the first ring, where there is a hole.
        across[:, :, 0] *= 2 * inside.mean(axis=2)
        last = (inside > 0) & (np.concatenate([inside[:, 1:], np.zeros_like(inside[:, :1])], axis=1) == 0)
        across[:, :, 0] += 4 * conduct * np.einsum("dc,dlc->dl", each * radius, last.astype(float))
        return Rings(fluid, along, mouth, across, share)
