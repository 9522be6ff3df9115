"""What holds the voxels of a grid together, for the fields that move."""

from __future__ import annotations

from dataclasses import dataclass

from hudnal.arrays import Array, Float
from hudnal.tissue.grid import Grid


@dataclass(frozen=True)
class Couplings:
    """Rates of exchange between neighbouring voxels of each draw; `moving` are the fields that spread.

    Sides are without flux, or, where `wraps`, each other's neighbours in x and y.
    """

    lateral: Float[Array, "draw moving z"]  # mm2/h
    x_low: Float[Array, "draw x"]  # 1/mm2
    x_high: Float[Array, "draw x"]
    y_low: Float[Array, "draw y"]  # 1/mm2
    y_high: Float[Array, "draw y"]
    above: Float[Array, "draw moving z"]  # 1/h
    below: Float[Array, "draw moving z"]
    dermis: Float[Array, " z"]  # 1 in the dermis, 0 in the epidermis
    wraps: bool
    uppermost: int  # depth of the first voxels below the epidermis

    @staticmethod
    def of(
        grid: Grid, diffusion: Float[Array, "draw moving"], layers: Float[Array, "draw moving layer"]
    ) -> Couplings:
        """Couplings of a grid for `diffusion` mm2/h in papillary dermis and its factors in each of `layers`."""
        lateral = diffusion[:, :, None] * layers[:, :, grid.layer]
        above, below = grid.z_coupling(lateral)
        return Couplings(
            lateral,
            *grid.x_coupling(),
            *grid.y_coupling(),
            above,
            below,
            grid.in_dermis,
            grid.periodic,
            grid.uppermost,
        )
