"""The layers in depth as cells: thin where things change fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.skin import Skin

CORNEUM, EPIDERMIS, DERMIS, FAT = 8, 6, 22, 10  # cells of each layer
_GROWTH = 1.12  # of a cell to the one above it, in dermis and fat
_FAT_DEEPEST = 6.0  # mm of fat that are followed; no drug in question goes deeper


@dataclass(frozen=True)
class Layers:
    """Cells from the surface down. `width` and `centre` (draw, cell) in mm."""

    width: np.ndarray
    centre: np.ndarray
    corneum: slice
    epidermis: slice
    dermis: slice
    fat: slice

    @property
    def viable(self) -> slice:
        """Everything below the corneum."""
        return slice(self.epidermis.start, self.fat.stop)

    @staticmethod
    def of(skin: Skin) -> Layers:
        """Cells for this skin's own layers: thicknesses differ between draws, numbers do not."""
        grow_dermis = _GROWTH ** np.arange(DERMIS)
        grow_fat = _GROWTH ** np.arange(FAT)
        fat = np.minimum(skin.hypodermis, _FAT_DEEPEST)
        width = np.concatenate(
            [
                np.outer(skin.corneum / CORNEUM, np.ones(CORNEUM)),
                np.outer(skin.epidermis / EPIDERMIS, np.ones(EPIDERMIS)),
                np.outer(skin.dermis / grow_dermis.sum(), grow_dermis),
                np.outer(fat / grow_fat.sum(), grow_fat),
            ],
            axis=1,
        )
        a, b, c = CORNEUM, CORNEUM + EPIDERMIS, CORNEUM + EPIDERMIS + DERMIS
        return Layers(
            width,
            np.cumsum(width, axis=1) - width / 2,
            slice(0, a),
            slice(a, b),
            slice(b, c),
            slice(c, c + FAT),
        )
