"""The dent that is to be filled: acne scar, surgical scar, stretch mark, or none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.parameters import Draws

Kind = str  # ageing, acne-scar, surgical-scar, stretch-mark


@dataclass(frozen=True)
class Lesion:
    """Shape and make of a depressed scar, or of plain skin (`depth` 0). Arrays (draw,)."""

    kind: Kind
    form: str  # rolling, boxcar, icepick, surgical, striae, or none
    width: np.ndarray  # mm
    depth: np.ndarray  # mm
    tether_share: np.ndarray  # 1, share of the depth held down by tethers
    tether_depth: np.ndarray  # 1, of the dermis
    reach: np.ndarray  # 1, how far new volume follows the slope: 1 gentle, 0 a wall
    alignment: np.ndarray  # 1, of its fibres: 0 basket weave, 1 parallel
    collagen: np.ndarray  # 1, against the skin beside it
    epidermis: np.ndarray  # 1, thickness against the skin beside it
    loops: np.ndarray  # 1, capillaries against the skin beside it
    synthesis: np.ndarray  # 1, of collagen against the skin beside it

    @property
    def is_scar(self) -> bool:
        """Whether there is a dent to be filled."""
        return self.form != "none"

    @staticmethod
    def none(draws: Draws) -> Lesion:
        """Skin without a lesion: the concern is ageing."""
        zero, one = np.zeros(draws.n), np.ones(draws.n)
        return Lesion("ageing", "none", zero, zero, zero, one, one, draws["skin.fibres.healthy"], *[one] * 4)

    @staticmethod
    def of(
        kind: Kind, draws: Draws, form: str, width: float | None, depth: float | None, red: bool = False
    ) -> Lesion:
        """A scar of that kind; sizes in mm that are not given are drawn. `red`: a young stretch mark (rubra)."""
        sizes = {"acne-scar": "acne", "surgical-scar": "surgical", "stretch-mark": "striae"}[kind]
        fibres = {"acne-scar": "acne_scar", "surgical-scar": "scar", "stretch-mark": "striae"}[kind]
        one = np.ones(draws.n)
        group = "skin.lesions."
        return Lesion(
            kind=kind,
            form=form,
            width=one * width if width is not None else draws[group + sizes + "_width"],
            depth=one * depth if depth is not None else draws[group + sizes + "_depth"],
            tether_share=draws[f"{group}tether_share.{form}"],
            tether_depth=draws[group + "tether_depth"],
            reach=draws[f"{group}steepness.{form}"],
            alignment=draws["skin.fibres." + fibres],
            collagen=draws[group + "collagen_deficit"],
            epidermis=draws[group + "striae_epidermis"] if form == "striae" else one,
            loops=draws[group + "rubra_loops"] if red else one,
            synthesis=draws[group + "rubra_synthesis"] if red else one,
        )
