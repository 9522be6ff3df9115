"""Arrays with their shapes in their types: `depth: Float[Array, " draw"]  # mm`, checked in the tests.

Axes by name: draw, time, stroke, hole, layer (one after the other, outside in), field of the tissue, z, y, x.
"""

from jaxtyping import Bool, Float, Int, Real, Shaped, UInt8
from numpy import bincount
from numpy import ndarray as Array

__all__ = ["Array", "Bool", "Float", "Int", "PerDraw", "Real", "Shaped", "UInt8", "sum_by_group"]

PerDraw = Float[Array, " draw"]


def sum_by_group(
    group: Int[Array, " item"], values: Real[Array, " item"] | Bool[Array, " item"], groups: int
) -> Float[Array, " group"]:
    """Sum of `values` in each of the `groups` that `group` numbers from 0; 0.0 where a group has none.

    NumPy's weighted `bincount` counts in whole numbers where there is nothing to sum, whatever the weights are.
    """
    return bincount(group, values, groups).astype(float, copy=False)
