"""The layers of the skin as levels in depth on which drugs move: thin where things change fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.skin import Skin

CORNEUM, EPIDERMIS, DERMIS, FAT = 8, 6, 22, 10  # levels of each layer
_GROWTH = 1.12  # of a level to the one above it, in dermis and fat
_FAT_DEEPEST = 6.0  # mm of fat that are followed; no drug in question goes deeper
_LEAST_DERMIS = 0.02  # mm that stay on excised skin, however thin it was cut
_STIRRED = 1e-3  # mm: the receptor's fluid is stirred, so its own thickness holds nothing up


@dataclass(frozen=True)
class DrugLayers:
    """Levels from the surface down, and which of them each layer is.

    Draws are innermost in memory, and so in all that is reckoned from these: the steps go through draws side by side.
    """

    width: Float[Array, "draw level"]  # mm
    centre: Float[Array, "draw level"]  # mm
    corneum: slice
    epidermis: slice
    dermis: slice
    fat: slice
    receptor: slice  # of a diffusion cell; empty on a body
    stretch: float = 1.0  # mm of receptor fluid to each mm of its level

    @property
    def in_vitro(self) -> bool:
        """Whether it is a piece of skin over the fluid of a diffusion cell."""
        return self.receptor.stop > self.receptor.start

    @property
    def viable(self) -> slice:
        """The levels of the living skin: all below the corneum."""
        return slice(self.epidermis.start, self.fat.stop)

    @property
    def skin(self) -> slice:
        """The levels that are skin."""
        return slice(0, self.fat.stop)

    @staticmethod
    def of(skin: Skin, refine: int = 1) -> DrugLayers:
        """Levels for this skin's own layers: thicknesses differ between draws, numbers do not.

        `refine` times as many levels as usual, for looking at the error.
        """
        fat = np.minimum(skin.hypodermis, _FAT_DEEPEST)
        return _stack(
            skin, [_grow_downwards(skin.dermis, DERMIS, refine), _grow_downwards(fat, FAT, refine)], refine
        )

    @staticmethod
    def excised(skin: Skin, thickness: float, receptor: float, refine: int = 1) -> DrugLayers:
        """Skin cut at `thickness` mm, over `receptor` mm (10 mL/cm2) of stirred fluid."""
        dermis = np.clip(thickness - skin.corneum - skin.epidermis, _LEAST_DERMIS, skin.dermis)
        fluid = np.full((skin.dermis.size, 1), _STIRRED)
        stack = _stack(skin, [_grow_downwards(dermis, DERMIS, refine), fluid], refine)
        end = stack.fat.start
        return DrugLayers(
            stack.width,
            stack.centre,
            stack.corneum,
            stack.epidermis,
            stack.dermis,
            slice(end, end),
            slice(end, end + 1),
            receptor / _STIRRED,
        )


def _grow_downwards(thickness: PerDraw, levels: int, refine: int) -> Float[Array, "draw level"]:
    grow = _GROWTH ** (np.arange(levels * refine) / refine)
    return np.outer(thickness / grow.sum(), grow)


def _stack(skin: Skin, below: list[Array], refine: int) -> DrugLayers:
    levels = np.concatenate(
        [
            np.outer(skin.corneum / (CORNEUM * refine), np.ones(CORNEUM * refine)),
            np.outer(skin.epidermis / (EPIDERMIS * refine), np.ones(EPIDERMIS * refine)),
            *below,
        ],
        axis=1,
    )
    width = np.asfortranarray(levels)
    ends = np.cumsum([CORNEUM * refine, EPIDERMIS * refine, *(b.shape[1] for b in below)])
    a, b, c, d = (int(e) for e in ends)
    return DrugLayers(
        width,
        np.cumsum(width, axis=1) - width / 2,
        slice(0, a),
        slice(a, b),
        slice(b, c),
        slice(c, d),
        slice(d, d),
    )
