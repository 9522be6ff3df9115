"""What was done, as an initial state for healing: how much of the dermis is hurt, how far around it answers."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin


@dataclass(frozen=True)
class Wound:
    """Shares of the observed dermis (papillary and upper reticular), and of the epidermis. Arrays (draw,)."""

    hurt: np.ndarray  # share of the dermis that is clot or dying
    removed: np.ndarray  # share of the dermis' matrix that is gone
    killed: np.ndarray  # share of the fibroblasts
    answering: np.ndarray  # share of the dermis within reach of the signal
    epidermis_left: np.ndarray  # 1, thickness left

    @property
    def anything(self) -> bool:
        """Whether any dermis or epidermis was hurt."""
        return bool((self.hurt > 0).any() or (self.epidermis_left < 1).any())


def _column_wound(
    density: np.ndarray,
    area: np.ndarray,
    mouth: np.ndarray,
    depth: np.ndarray,
    removed: np.ndarray,
    killed: np.ndarray,
    skin: Skin,
    draws: Draws,
) -> Wound:
    """Columns of mean cross-section `area` mm2 and mouth radius `mouth` mm to `depth` mm, `density` 1/mm2."""
    observed = draws.value("tissue.wound.observed_depth")
    reach = draws["tissue.wound.reach"]
    in_dermis = np.maximum(depth - skin.surface_to_dermis, 0)
    share = np.clip(in_dermis / observed, 0, 1)
    hurt = -np.expm1(-density * area) * share
    # Boolean model: the share of the plane within reach of any hole; below the tips it goes as deep as the reach.
    around = -np.expm1(-density * pi * (mouth + reach) ** 2)
    deep = np.clip((in_dermis + reach) / observed, 0, 1) * (in_dermis > 0)
    answering = np.maximum(around * deep, hurt)
    lost = -np.expm1(-density * area)
    gone, dead = (_survived(hurt * share, answering, draws) for share in (removed, killed))
    return Wound(hurt, gone, dead, answering, 1 - lost * removed)


def _survived(share: np.ndarray, answering: np.ndarray, draws: Draws) -> np.ndarray:
    """No wound starts empty: cells and matrix come in from below and beside. (draw,)."""
    return np.minimum(share, (1 - draws["tissue.wound.survivors"]) * answering)


def wound_of_holes(
    density: np.ndarray, width: np.ndarray, tip_depth: np.ndarray, skin: Skin, draws: Draws
) -> Wound:
    """Needle holes: cones of `width` mm at the mouth to `tip_depth` mm, each with a crushed rim. (draw,)."""
    mouth = width / 2 + draws["tissue.wound.rim"] * (width > 0)
    area = draws.value("tissue.wound.cone") * pi * mouth**2
    removed, killed = draws["tissue.wound.removed"], draws["tissue.wound.cells_killed"]
    return _column_wound(density, area, mouth, tip_depth, removed, killed, skin, draws)


def wound_of_columns(
    density: float, diameter: float, depth: float, coagulation: float, skin: Skin, draws: Draws
) -> Wound:
    """Laser columns: cylinders of `diameter` mm to `depth` mm within a mantle of `coagulation` mm; 1/mm2."""
    one = np.ones(draws.n)
    radius = diameter / 2
    core = pi * radius**2 * one
    mantle = pi * ((radius + coagulation) ** 2 - radius**2) * draws["tissue.wound.rim_coagulated"]
    area, mouth = core + mantle, (radius + coagulation) * one
    return _column_wound(density * one, area, mouth, depth * one, core / area, one, skin, draws)


def wound_of_sheet(depth: np.ndarray, skin: Skin, draws: Draws) -> Wound:
    """A layer peeled off down to `depth` mm, (draw,)."""
    observed = draws.value("tissue.wound.observed_depth")
    reach = draws["tissue.wound.reach"]
    in_dermis = np.maximum(depth - skin.surface_to_dermis, 0)
    into_epidermis = np.clip((depth - skin.corneum) / skin.epidermis, 0, 1)
    hurt = np.clip(in_dermis / observed, 0, 1)
    # Even an epidermal peel wakes the dermis right under it, as far as its signal reaches.
    answering = np.clip((in_dermis + reach * into_epidermis) / observed, 0, 1)
    from_above = draws["tissue.wound.epidermal_signal"] * into_epidermis * np.clip(reach / observed, 0, 1)
    signal = np.maximum(hurt, from_above)
    answering = np.maximum(answering, signal)
    lost = _survived(hurt, answering, draws)
    return Wound(signal, lost, lost, answering, 1 - into_epidermis)
