"""How much of a product lies on each cm2, where it is given for a whole area: as it is weighed, drawn up or counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hudnal.arrays import PerDraw
from hudnal.transport.product import Product
from hudnal.treatment.amount import WholeAmount
from hudnal.units import MG_PER_G

_Number = TypeVar("_Number", float, PerDraw)
_OF_WEIGHT = ("fingertip", "drop")  # what is counted and known by its mass


def spread_over_area(
    amount: float | WholeAmount | None,
    product: Product,
    area: float,
    read: Callable[[str], _Number],
) -> _Number | float:
    """mg/cm2 of a product on `area` cm2; what is usual of it where no amount is given.

    `read` gives a parameter: its draws, or its central value. An amount for each cm2 stays as it is.
    """
    if amount is None:
        return product.default_amount
    if not isinstance(amount, WholeAmount):
        return amount
    if amount.unit == "g":
        return amount.value * MG_PER_G / area
    if amount.unit in _OF_WEIGHT:
        return read(f"handling.measures.{amount.unit}") * (amount.value * MG_PER_G / area)
    density = read(f"handling.density.{product.base}")
    if amount.unit == "pump":
        density = density * read("handling.measures.pump")
    return density * (amount.value * MG_PER_G / area)
