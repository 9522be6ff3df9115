"""Open data of permeability set beside the prediction: how far it is off, and how often the interval holds it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hudnal.arrays import Array, Bool, Float
from hudnal.evidence.fault import DataFault
from hudnal.evidence.membranes import DataSet, Membrane, read_membranes
from hudnal.parameters import Draws, table
from hudnal.progress import Progress
from hudnal.result.interval import HIGH, LOW
from hudnal.transport.compound import compound_names, neutral_share
from hudnal.transport.permeability import (
    corneum_permeability,
    free_diffusivity,
    list_outside_range,
    living_resistance,
    membrane_permeability,
    potts_guy,
)
from hudnal.units import CM_PER_MM

DRAWS = 1024  # that a comparison takes unless told
GOAL = (0.85, 0.95)  # share of what is measured that is to lie in the 90 % interval
_AT_ONCE = 64  # rows: both sets with all draws would not fit into the memory of a small machine
_LAYERS = ("corneum", "epidermis", "skin")


@dataclass(frozen=True)
class Accuracy:
    """Prediction less measurement over some rows, log10 units; `coverage` is the share in the 90 % interval."""

    rows: int
    rmse: float
    bias: float
    coverage: float
    plain_rmse: float  # of Potts and Guy alone
    plain_bias: float


@dataclass(frozen=True)
class PermeabilityComparison:
    """One set beside the prediction: its rows, and the accuracy over all of them and over parts (`whole` first)."""

    data: DataSet
    accuracy: Mapping[str, Accuracy]

    @property
    def with_ph(self) -> int:
        """Number of rows that tell the donor's pH."""
        return sum(row.ph is not None for row in self.data.rows)

    @property
    def without_pka(self) -> int:
        """Number of those whose compound's pKa the tables do not know, so that it is counted neutral."""
        return sum(row.ph is not None and _name_in_tables(row) is None for row in self.data.rows)

    @property
    def no_worse_than_potts_guy(self) -> bool:
        """Whether the error over all rows is at most that of the published relation."""
        return self.accuracy["whole"].rmse <= self.accuracy["whole"].plain_rmse

    @property
    def covers_enough(self) -> bool:
        """Whether the share of measured values within the 90 % interval lies within the goal."""
        return GOAL[0] <= self.accuracy["whole"].coverage <= GOAL[1]


def compare_permeability(
    files: Sequence[Path], draws: int = DRAWS, seed: int = 1, progress: Progress | None = None
) -> list[PermeabilityComparison]:
    """Each published set in `files`, recognised by its columns, beside the prediction of the fitted belief.

    The same seed gives the same numbers. Raises DataFault, before anything is compared, for a file that is no such set.
    """
    sets = []
    for file in files:
        try:
            sets.append(read_membranes(file))
        except DataFault as fault:
            raise DataFault("in_file", file=file, problem=fault) from fault
    sample = Draws(draws, seed)
    comparisons = []
    for done, data in enumerate(sets, start=1):
        comparisons.append(PermeabilityComparison(data, measure_accuracy(data, sample)))
        if progress:
            progress(done / len(sets))
    return comparisons


def measure_accuracy(data: DataSet, draws: Draws) -> dict[str, Accuracy]:
    """Error and coverage over all rows, over those in and out of the relation's range, and over each layer."""
    low, middle, high = _predict_intervals(data.rows, draws)
    measured = np.array([row.measured for row in data.rows])
    error, plain = middle - measured, predict_by_potts_guy(data.rows) - measured
    covered = (low <= measured) & (measured <= high)
    return {
        name: Accuracy(
            rows=int(part.sum()),
            rmse=_root_mean_square(error[part]),
            bias=float(error[part].mean()),
            coverage=float(covered[part].mean()),
            plain_rmse=_root_mean_square(plain[part]),
            plain_bias=float(plain[part].mean()),
        )
        for name, part in _parts_of(data.rows).items()
        if part.any()
    }


def _parts_of(rows: Sequence[Membrane]) -> dict[str, Bool[Array, " row"]]:
    """Which rows each part of a set has: all, in the relation's range or not, each layer where there are several."""
    within = np.array([not list_outside_range(row.log_kow, row.molar_mass) for row in rows])
    layer = np.array([row.layer for row in rows])
    parts = {"whole": np.full(within.shape, True), "within": within, "outside": ~within}
    if np.unique(layer).size > 1:
        parts |= {name: layer == name for name in _LAYERS}
    return parts


def _predict_intervals(rows: Sequence[Membrane], draws: Draws) -> Float[Array, "3 row"]:
    """Low end, median and high end of the central 90 % for each row, log10 of cm/h."""
    parts = (rows[first : first + _AT_ONCE] for first in range(0, len(rows), _AT_ONCE))
    intervals = [np.quantile(predict_permeability(part, draws), (LOW, 0.5, HIGH), axis=0) for part in parts]
    return np.concatenate(intervals, axis=1)


def predict_permeability(rows: Sequence[Membrane], draws: Draws) -> Float[Array, "draw row"]:
    """log10 of the permeability in cm/h that each membrane should show, (draw, row)."""
    r = {key: draws[f"transport.relations.{key}"][:, None] for key in table("transport")["relations"]}
    log_kow, mass = _log_kow_and_mass(rows)
    kp = membrane_permeability(
        corneum=corneum_permeability(log_kow, mass, r),
        shunt=r["shunt"] * free_diffusivity(mass, r),
        living=living_resistance(mass, _living_thickness(rows, draws), r),
        neutral=_neutral_shares(rows, [row.ph for row in rows], draws),
        neutral_within=_neutral_shares(rows, [float(r["tissue_ph"][0, 0])] * len(rows), draws),
        charged=r["ionised"],
    )
    return np.log10(kp * CM_PER_MM)


def predict_by_potts_guy(rows: Sequence[Membrane]) -> Float[Array, " row"]:
    """log10 of the permeability in cm/h by the published relation as it stands, (row,)."""
    one = Draws(1)
    r = {key: one[f"transport.relations.{key}"] for key in table("transport")["relations"]}
    return potts_guy(*_log_kow_and_mass(rows), r)


def _log_kow_and_mass(rows: Sequence[Membrane]) -> tuple[Float[Array, " row"], Float[Array, " row"]]:
    return np.array([row.log_kow for row in rows]), np.array([row.molar_mass for row in rows])


def _living_thickness(rows: Sequence[Membrane], draws: Draws) -> Float[Array, "draw row"]:
    """Thickness in mm of the living tissue in each membrane, (draw, row)."""
    corneum, epidermis, dermis = (
        draws[f"skin.sites.default.{key}"] for key in ("corneum", "epidermis", "dermis_female")
    )
    where_not_told = {"corneum": np.zeros(draws.n), "epidermis": epidermis, "skin": epidermis + dermis}
    columns = [
        where_not_told[row.layer]
        if row.thickness is None or row.layer == "corneum"
        else np.maximum(row.thickness - corneum, 0.0)
        for row in rows
    ]
    return np.stack(columns, axis=1)


def _neutral_shares(
    rows: Sequence[Membrane], ph: Sequence[float | None], draws: Draws
) -> Float[Array, "draw row"]:
    """Share of each compound that is neutral at its `ph`, (draw, row); 1 where pH or pKa is not known."""
    share = np.ones((draws.n, len(rows)))
    for i, (row, value) in enumerate(zip(rows, ph, strict=True)):
        name = _name_in_tables(row)
        if name is not None and value is not None:
            share[:, i] = neutral_share(name, draws, value)
    return share


def _name_in_tables(row: Membrane) -> str | None:
    """The name that the row's compound has in our tables, which know its pKa; None where it has none."""
    name = "-".join(row.compound.lower().split())
    return name if name in compound_names() else None


def _root_mean_square(values: Float[Array, " row"]) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _say_what_replaced_this() -> int:
    from hudnal.language import LANGUAGES, say

    language = next((word for word in sys.argv if word in LANGUAGES), "en")
    print(say("permeability.replaced", language), file=sys.stderr)
    return DataFault.exit_code


if __name__ == "__main__":
    sys.exit(_say_what_replaced_this())
