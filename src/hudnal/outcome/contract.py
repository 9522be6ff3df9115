"""What can be asked of a course: series over time and quantities at its end.

Each is declared beside the function that gives it: a name, a unit, words, and how it is read off a `Look` (the skin at
one time) or an `Ending` (the whole course behind one), both of `outcome/look.py`. Observing and summing up are loops
over the declarations of `outcome/declared.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from hudnal.arrays import PerDraw

# What a figure is about: how far published studies of it differ goes by this (`evidence.between_studies`).
Group = Literal[
    "holes", "force", "pain", "numbness", "plasma", "barrier", "closing", "epidermis", "matrix", "cells", "relief",
    "grade", "impression", "redness", "delivery", "risk",
]  # fmt: skip
# What a quantity is to a person who compares treatments; most are none of these.
Weight = Literal["benefit", "cost", "harm"]


@dataclass(frozen=True)
class Series:
    """One thing that is followed over time; `title` says in English what it is."""

    name: str
    unit: str
    title: str
    of: Callable[[Any], PerDraw]  # of a Look
    group: Group = "matrix"


@dataclass(frozen=True)
class CompoundSeries:
    """The same for every compound that was put on the skin: `applied.lidocaine`."""

    name: str
    unit: str
    title: str
    of: Callable[[Any, str], PerDraw]  # of a Look and a compound
    of_plasma: bool = False  # only for compounds whose level in the blood is followed
    group: Group = "delivery"


@dataclass(frozen=True)
class Quantity:
    """One number that a course leaves, in `unit`; `of` gives None where it does not apply."""

    name: str
    unit: str
    group: Group
    of: Callable[[Any], PerDraw | None]  # of an Ending
    weight: Weight | None = None
    of_geometry: bool = False  # whether it rests on the instrument's geometry as well


@dataclass(frozen=True)
class CompoundQuantity:
    """The same for every compound: `delivered.lidocaine`."""

    name: str
    unit: str
    group: Group
    of: Callable[[Any, str], PerDraw]  # of an Ending and a compound
    of_plasma: bool = False


def read_at_end(name: str) -> Callable[[Any], PerDraw]:
    """The function of a quantity that is a series at the end of the course."""
    return lambda end: end.at_end(name)
