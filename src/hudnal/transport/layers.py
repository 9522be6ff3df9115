"""The layers in depth as levels: thin where things change fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.skin import Skin

CORNEUM, EPIDERMIS, DERMIS, FAT = 8, 6, 22, 10  # levels of each layer
_GROWTH = 1.12  # of a level to the one above it, in dermis and fat
_FAT_DEEPEST = 6.0  # mm of fat that are followed; no drug in question goes deeper
_LEAST_DERMIS = 0.02  # mm that stay on excised skin, however thin it was cut
_STIRRED = 1e-3  # mm: the receptor's fluid is stirred, so its own thickness holds nothing up


@dataclass(frozen=True)
class Layers:
    """Levels from the surface down. `width`, `centre` (draw, level) in mm."""

    width: np.ndarray
    centre: np.ndarray
    corneum: slice
    epidermis: slice
    dermis: slice
    fat: slice
    receptor: slice  # of a diffusion cell; empty on a body
    stretch: float = 1.0  # mm of receptor fluid to each mm of its level

    @property
    def in_vitro(self) -> bool:
        """Whether it is a piece of skin over fluid."""
        return self.receptor.stop > self.receptor.start

    @property
    def viable(self) -> slice:
        """All of the skin below the corneum."""
        return slice(self.epidermis.start, self.fat.stop)

    @property
    def skin(self) -> slice:
        """All that is skin."""
        return slice(0, self.fat.stop)

    @staticmethod
    def of(skin: Skin, refine: int = 1) -> Layers:
        """Levels for this skin's own layers: thicknesses differ between draws, numbers do not.

        `refine` times as many levels as usual, for looking at the error.
        """
        fat = np.minimum(skin.hypodermis, _FAT_DEEPEST)
        return _stacked(skin, [_growing(skin.dermis, DERMIS, refine), _growing(fat, FAT, refine)], refine)

    @staticmethod
    def excised(skin: Skin, thickness: float, receptor: float, refine: int = 1) -> Layers:
        """Skin cut at `thickness` mm, over `receptor` mm (10 mL/cm2) of stirred fluid."""
        dermis = np.clip(thickness - skin.corneum - skin.epidermis, _LEAST_DERMIS, skin.dermis)
        fluid = np.full((skin.dermis.size, 1), _STIRRED)
        stack = _stacked(skin, [_growing(dermis, DERMIS, refine), fluid], refine)
        end = stack.fat.start
        return Layers(
            stack.width,
            stack.centre,
            stack.corneum,
            stack.epidermis,
            stack.dermis,
            slice(end, end),
            slice(end, end + 1),
            receptor / _STIRRED,
        )


def _growing(thickness: np.ndarray, levels: int, refine: int) -> np.ndarray:
    grow = _GROWTH ** (np.arange(levels * refine) / refine)
    return np.outer(thickness / grow.sum(), grow)


def _stacked(skin: Skin, below: list[np.ndarray], refine: int) -> Layers:
    width = np.concatenate(
        [
            np.outer(skin.corneum / (CORNEUM * refine), np.ones(CORNEUM * refine)),
            np.outer(skin.epidermis / (EPIDERMIS * refine), np.ones(EPIDERMIS * refine)),
            *below,
        ],
        axis=1,
    )
    ends = np.cumsum([CORNEUM * refine, EPIDERMIS * refine, *(b.shape[1] for b in below)])
    a, b, c, d = (int(e) for e in ends)
    return Layers(
        width,
        np.cumsum(width, axis=1) - width / 2,
        slice(0, a),
        slice(a, b),
        slice(b, c),
        slice(c, d),
        slice(d, d),
    )
