"""The dent that is to be filled: acne scar, surgical scar, stretch mark, or none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws

# Names of a kind among the lesions and among the fibres of the tables.
_MAKES = {
    "acne-scar": ("acne", "acne_scar"),
    "surgical-scar": ("surgical", "scar"),
    "stretch-mark": ("striae", "striae"),
}


@dataclass(frozen=True)
class Lesion:
    """Shape and make of a depressed scar, or of plain skin (`depth` 0)."""

    kind: str  # ageing, acne-scar, surgical-scar, stretch-mark
    form: str  # rolling, boxcar, icepick, surgical, striae, or none
    width: PerDraw  # mm, at half the depth
    depth: PerDraw  # mm
    length: PerDraw  # mm, 0 for a round one
    wall: PerDraw  # 1, how steep: 1 a point that tapers, 2 a gentle slope, more an upright wall
    tether_share: PerDraw  # 1, share of the depth held down by tethers
    tether_depth: PerDraw  # 1, of the dermis
    alignment: PerDraw  # 1, of its fibres: 0 basket weave, 1 parallel
    collagen: PerDraw  # 1, against the skin beside it
    elastin: PerDraw  # 1, against the skin beside it
    epidermis: PerDraw  # 1, thickness against the skin beside it
    loops: PerDraw  # 1, capillaries against the skin beside it
    synthesis: PerDraw  # 1, of collagen against the skin beside it

    @property
    def is_scar(self) -> bool:
        """Whether there is a dent to be filled."""
        return self.form != "none"

    @staticmethod
    def none(draws: Draws) -> Lesion:
        """Skin without a lesion: the concern is ageing."""
        zero, one = np.zeros(draws.n), np.ones(draws.n)
        return Lesion(
            kind="ageing",
            form="none",
            width=zero,
            depth=zero,
            length=zero,
            wall=one,
            tether_share=zero,
            tether_depth=one,
            alignment=draws["skin.fibres.healthy"],
            collagen=one,
            elastin=one,
            epidermis=one,
            loops=one,
            synthesis=one,
        )

    @staticmethod
    def of(
        kind: str,
        draws: Draws,
        form: str,
        width: float | None = None,
        depth: float | None = None,
        red: bool = False,
        length: float | None = None,
    ) -> Lesion:
        """A scar of that kind and form; sizes in mm that are not given are drawn. `red`: a young stretch mark (rubra).

        Raises KeyError for a kind that is no scar, or a form without entries in the tables.
        """
        make, fibres = _MAKES[kind]
        one = np.ones(draws.n)
        group = "skin.lesions."

        def draw_unless_given(size: str, given: float | None) -> PerDraw:
            return one * given if given is not None else draws[f"{group}{size}.{form}"]

        return Lesion(
            kind=kind,
            form=form,
            width=draw_unless_given("width", width),
            depth=draw_unless_given("depth", depth),
            length=0 * one if kind == "acne-scar" else draw_unless_given("length", length),
            wall=draws[f"{group}wall.{form}"],
            tether_share=draws[f"{group}tether_share.{form}"],
            tether_depth=draws[group + "tether_depth"],
            alignment=draws["skin.fibres." + fibres],
            collagen=draws[f"{group}collagen.{make}"],
            elastin=draws[f"{group}elastin.{make}"],
            epidermis=draws[group + "striae_epidermis"] if form == "striae" else one,
            loops=draws[group + "rubra_loops"] if red else one,
            synthesis=draws[group + "rubra_synthesis"] if red else one,
        )
