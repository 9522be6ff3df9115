"""What can be asked of a course: series over time and quantities at its end.

Each is declared beside the function that gives it: a name, a unit, words, and how it is read off a `Look` (the skin at
one time) or an `Ending` (the whole course behind one), both of `outcome/look.py`. Observing and summing up are loops
over the declarations of `outcome/declared.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from hudnal.arrays import Array, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin

# What a figure is about: how far published studies of it differ goes by this (`evidence.between_studies`).
Group = Literal[
    "holes", "force", "pain", "numbness", "plasma", "barrier", "closing", "epidermis", "matrix", "cells", "relief",
    "grade", "impression", "redness", "delivery", "risk",
]  # fmt: skip
# What a quantity is to a person who compares treatments; most are none of these.
Weight = Literal["benefit", "cost", "harm"]

# How several zones make up the person: what is the skin's is told of the main zone; what the person feels, shows or
# risks is the most of any zone, the chance that any has it, or the sum; levels in the blood are added up over time.
OverZones = Literal["main", "most", "any", "sum", "blood"]
# Or what hangs on the person: from one value a draw of each zone, the zones' skins and the draws (`outcome/zones.py`).
JoinZones = Callable[[Float[Array, "zone draw"], Sequence[Skin], Draws], PerDraw]

Bounds = tuple[float, float]  # least and most that can be, in the unit; infinity where nothing bounds it
# What a value of a unit can be, unless its declaration says more: amounts are not below 0, shares not above 1, and of
# what there is no more than all can be lost.
_BOUNDS_OF_UNIT: Mapping[str, Bounds] = {
    "0-1": (0.0, 1.0),
    "0-10": (0.0, 10.0),
    "%": (-100.0, inf),
    **dict.fromkeys(
        ("1", "1/cm2", "um", "mm", "N", "h", "day", "uL/cm2", "ug/mL", "ug/cm2", "g/m2/h", "mm3"), (0.0, inf)
    ),
}


class _Bounded:
    """Something with a unit: what its values can be."""

    unit: str
    bounds: Bounds | None

    @property
    def limits(self) -> Bounds:
        """The least and the most that a value can be: as declared, or as its unit has it."""
        return _BOUNDS_OF_UNIT[self.unit] if self.bounds is None else self.bounds


@dataclass(frozen=True)
class Series(_Bounded):
    """One thing that is followed over time; `title` says in English what it is."""

    name: str
    unit: str
    title: str
    of: Callable[[Any], PerDraw]  # of a Look
    group: Group = "matrix"
    bounds: Bounds | None = None


@dataclass(frozen=True)
class CompoundSeries(_Bounded):
    """The same for every compound that was put on the skin: `applied.lidocaine`."""

    name: str
    unit: str
    title: str
    of: Callable[[Any, str], PerDraw]  # of a Look and a compound
    of_plasma: bool = False  # only for compounds whose level in the blood is followed
    group: Group = "delivery"
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Quantity(_Bounded):
    """One number that a course leaves, in `unit`; `of` gives None where it does not apply."""

    name: str
    unit: str
    group: Group
    of: Callable[[Any], PerDraw | None]  # of an Ending
    weight: Weight | None = None
    of_geometry: bool = False  # whether it rests on the instrument's geometry as well
    bounds: Bounds | None = None
    over_zones: OverZones | JoinZones = "main"


@dataclass(frozen=True)
class CompoundQuantity(_Bounded):
    """The same for every compound: `delivered.lidocaine`."""

    name: str
    unit: str
    group: Group
    of: Callable[[Any, str], PerDraw]  # of an Ending and a compound
    of_plasma: bool = False
    bounds: Bounds | None = None


def read_at_end(name: str) -> Callable[[Any], PerDraw]:
    """The function of a quantity that is a series at the end of the course."""
    return lambda end: end.at_end(name)
