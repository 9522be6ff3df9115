"""Arrays with their shapes in their types: `depth: Float[Array, " draw"]  # mm`, checked in the tests.

Axes by name: draw, time, stroke, hole, layer (one after the other, outside in), field of the tissue, z, y, x.
"""

from jaxtyping import Bool, Float, Int, Real, Shaped, UInt8
from numpy import ndarray as Array

__all__ = ["Array", "Bool", "Float", "Int", "PerDraw", "Real", "Shaped", "UInt8"]

PerDraw = Float[Array, " draw"]
