"""Everything that a course can be asked for, in the order of its files. A tuple is the registry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from hudnal.names import UnknownName
from hudnal.outcome import (
    aftermath,
    ageing,
    barrier,
    concerns,
    cuts,
    grades,
    holes,
    marks,
    matrix,
    methaemoglobin,
    mycobacteria,
    pain,
    raised,
    redness,
    risks,
    tattoo,
    uptake,
    vitamin_a,
    worker,
)
from hudnal.outcome.contract import CompoundQuantity, CompoundSeries, Quantity, Series

# Of any course; what belongs to a concern follows in `concerns`.
SERIES: tuple[Series, ...] = (
    *barrier.SERIES,
    *redness.SERIES,
    *matrix.CELLS,
    *vitamin_a.SERIES,
    *pain.SERIES,
    *aftermath.SERIES,
    *marks.SERIES,
    *matrix.FIBRES,
    *ageing.SERIES,
)
COMPOUND_SERIES: tuple[CompoundSeries, ...] = uptake.COMPOUND_SERIES
_FIRST: tuple[Quantity, ...] = (
    *holes.QUANTITIES,
    *pain.QUANTITIES,
    *uptake.QUANTITIES,
    *methaemoglobin.QUANTITIES,
    *barrier.QUANTITIES,
    *matrix.QUANTITIES,
    *redness.QUANTITIES,
    *aftermath.QUANTITIES,
    redness.DOWNTIME,
    cuts.BUNDLES_CUT,
)
_LAST: tuple[Quantity, ...] = (
    *grades.QUANTITIES,
    *ageing.QUANTITIES,
    *risks.QUANTITIES,
    *raised.QUANTITIES,
    *tattoo.QUANTITIES,
    *vitamin_a.QUANTITIES,
    *mycobacteria.QUANTITIES,
    *worker.QUANTITIES,
)
QUANTITIES: tuple[Quantity, ...] = (*_FIRST, *_LAST)
COMPOUND_QUANTITIES: tuple[CompoundQuantity, ...] = uptake.COMPOUND_QUANTITIES


@cache
def all_series() -> Mapping[str, Series]:
    """Every series by its name, those of one concern among them; those of compounds are not."""
    of_concerns = (one for kind in concerns.CONCERN_KINDS for one in kind.series)
    return {one.name: one for one in (*SERIES, *of_concerns)}


@cache
def all_quantities() -> Mapping[str, Quantity]:
    """The contract: every quantity by its name in the order of `summary.json`; those of compounds are not."""
    of_concerns = (one for kind in concerns.CONCERN_KINDS for one in kind.quantities)
    return {one.name: one for one in (*_FIRST, *of_concerns, *_LAST)}


def find_series(name: str) -> Series | CompoundSeries:
    """The declaration of a series, such as `redness` or `applied.lidocaine`. Raises KeyError for an unknown one."""
    if name in all_series():
        return all_series()[name]
    of_compounds = {one.name: one for one in COMPOUND_SERIES}
    if name.split(".", 1)[0] not in of_compounds:
        raise UnknownName("series", name, [*all_series(), *of_compounds])
    return of_compounds[name.split(".", 1)[0]]


def describe_series(name: str) -> tuple[str, str]:
    """Unit and English title of a series. Raises KeyError for an unknown one."""
    series = find_series(name)
    compound = name.partition(".")[2]
    return series.unit, f"{compound} {series.title}" if compound else series.title


def find_quantity(name: str) -> Quantity | CompoundQuantity:
    """The declaration of a quantity, such as `pain` or `delivered.lidocaine`. Raises KeyError for an unknown one."""
    if name in all_quantities():
        return all_quantities()[name]
    of_compounds = {one.name: one for one in COMPOUND_QUANTITIES}
    if name.split(".", 1)[0] not in of_compounds:
        raise UnknownName("quantity", name, [*all_quantities(), *of_compounds])
    return of_compounds[name.split(".", 1)[0]]
