"""Treatments side by side: the same draws in each, so that the difference has an interval of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hudnal.card import Card
from hudnal.intake.change import OF_PLAN, BadVariation, change_treatment, require_needles
from hudnal.intake.load import load
from hudnal.intake.treatment import Treatment
from hudnal.language import Words
from hudnal.names import UnknownName
from hudnal.outcome.contract import Weight
from hudnal.outcome.declared import all_quantities, find_quantity
from hudnal.progress import Progress
from hudnal.result.course import Course
from hudnal.result.interval import NOTHING, Chance, Interval, find_chance, interval
from hudnal.result.show import name_quantity, tell_chance, tell_interval
from hudnal.store.files import make_header
from hudnal.study.shards import Sharded, simulate_each

if TYPE_CHECKING:
    import pandas as pd

# What matters most, by what it is to a person; the rest stands in the file.
WEIGHTS: tuple[Weight, ...] = ("benefit", "cost", "harm")
_SESSIONS = "sessions"  # a cost that stands in the treatment
_SHOWN: Mapping[Weight, int] = {"benefit": 2, "cost": 3, "harm": 3}  # of each, at a prompt


def list_main_quantities() -> dict[Weight, list[str]]:
    """Names of the quantities that matter most to a person, by what they are to one."""
    of: dict[Weight, list[str]] = {
        weight: [q.name for q in all_quantities().values() if q.weight == weight] for weight in WEIGHTS
    }
    return {**of, "cost": [_SESSIONS, *of["cost"]]}


@dataclass(frozen=True)
class Row:
    """One quantity of every treatment, and its difference to the first one's."""

    name: str
    unit: str
    values: tuple[Interval, ...]
    differences: tuple[Interval, ...]
    chances: tuple[Chance | None, ...] = ()  # of a probability: what a person faces


@dataclass(frozen=True)
class Comparison:
    """Several courses side by side, quantity by quantity.

    >>> comparison.difference("pain", "harder")  # doctest: +SKIP
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    draws: int
    seed: int

    def difference(self, quantity: str, treatment: str) -> Interval:
        """By how much a quantity of `treatment` exceeds the first one's: median, low, high.

        Raises KeyError for a quantity that none of them has, and for a name that is not among the others.
        """
        row = next((row for row in self.rows if row.name == quantity), None)
        if row is None:
            raise UnknownName("quantity", quantity, [row.name for row in self.rows])
        if treatment not in self.names[1:]:
            raise UnknownName("treatment beside the first", treatment, self.names[1:])
        return row.differences[self.names.index(treatment) - 1]

    def to_dataframe(self) -> pd.DataFrame:
        """Median, low and high of each quantity of each treatment, and of its difference to the first (in pandas).

        >>> comparison.to_dataframe().loc[("pain", "mine")]  # doctest: +SKIP
        """
        import pandas as pd

        entries = {}
        for row in self.rows:
            differences = (NOTHING, *row.differences)
            for name, value, difference in zip(self.names, row.values, differences, strict=True):
                told = {f"difference_{end}": number for end, number in difference.as_dict().items()}
                entries[row.name, name] = {**value.as_dict(), **told, "unit": row.unit}
        index = pd.MultiIndex.from_tuples(entries, names=["quantity", "treatment"])
        return pd.DataFrame(list(entries.values()), index=index)

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()

    def _card(self) -> Card:
        """What matters most of each treatment, a quantity a line."""
        words = Words("en")
        rows = [("", *self.names)]
        for weight, of_weight in self.list_main_rows().items():
            shown = of_weight[: _SHOWN[weight]]
            rows += [(name_quantity(row.name), *_tell_values(row, words)) for row in shown]
        foot = "median (central 90 %); with differences: .to_dataframe(), .difference(quantity, treatment)"
        head = f"Comparison of {len(self.names)} treatments, {self.draws} draws, seed {self.seed}"
        return Card(head, rows, foot)

    def list_main_rows(self) -> dict[Weight, list[Row]]:
        """The rows that matter most, by what they are to a person."""
        rows = {row.name: row for row in self.rows}
        return {
            weight: [rows[name] for name in names if name in rows]
            for weight, names in list_main_quantities().items()
        }

    def list_other_rows(self) -> list[Row]:
        """The rows that are not among those that matter most."""
        told = {name for names in list_main_quantities().values() for name in names}
        return [row for row in self.rows if row.name not in told]

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """The comparison as plain data."""
        return {
            **make_header("hudnal/comparison/1", language),
            "treatments": list(self.names),
            "draws": self.draws,
            "seed": self.seed,
            "quantities": {
                row.name: {
                    "unit": row.unit,
                    "values": [v.as_dict() for v in row.values],
                    **({"means": [c and c.mean for c in row.chances]} if row.chances else {}),
                    "differences_to_first": [v.as_dict() for v in row.differences],
                }
                for row in self.rows
            },
        }


def _tell_values(row: Row, words: Words) -> list[str]:
    """A quantity of every treatment in words, a probability as 1 in so many."""
    chances = row.chances or (None,) * len(row.values)
    return [
        tell_interval(ends, row.unit, words) if chance is None else tell_chance(chance, words)
        for ends, chance in zip(row.values, chances, strict=True)
    ]


def make_variants(
    treatments: Mapping[str, Treatment], varied: Mapping[str, Sequence[str]]
) -> dict[str, Treatment]:
    """Every treatment with every combination of the values in `varied`, by a name that tells them apart.

    Raises TreatmentError for a combination that cannot be run.
    """
    treatments_by_name = {}
    for name, treatment in treatments.items():
        for values in product(*varied.values()):
            point = dict(zip(varied, values, strict=True))
            told = [f"{key.rpartition('.')[2]} {value}" for key, value in point.items()]
            label = ", ".join([name, *told] if len(treatments) > 1 or not told else told)
            treatments_by_name[label] = load(change_treatment(treatment, point)) if point else treatment
    return treatments_by_name


def compare_treatments(
    treatments: Mapping[str, Treatment],
    draws: int = 64,
    seed: int = 1,
    progress: Progress | None = None,
    sharded: Sharded | None = None,
) -> Comparison:
    """Simulate treatments with the same draws, one after the other or `sharded`, and put them side by side.

    Raises BadVariation for fewer than two, TooLong where all together would cost too much.
    """
    if len(treatments) < 2:
        raise BadVariation("compare_two")
    courses = simulate_each(list(treatments.values()), draws, seed, progress, sharded)
    return compare(list(treatments), courses)


def load_variants(sources: Sequence[str], varied: Mapping[str, Sequence[str]]) -> dict[str, Treatment]:
    """The treatments of files and presets with every combination of the values in `varied`, by name.

    All of them are read and checked. Raises TreatmentError, and BadVariation where needles are varied and missing.
    """
    names = [Path(source).stem or "treatment" for source in sources]
    # Two files of one name in two folders are told apart by their folders.
    loaded = {
        name if names.count(name) == 1 else source: load(source)
        for name, source in zip(names, sources, strict=True)
    }
    if varied.keys() - OF_PLAN:
        for treatment in loaded.values():
            require_needles(treatment)
    return make_variants(loaded, varied)


def compare(names: list[str], courses: list[Course]) -> Comparison:
    """Put courses side by side. Raises ValueError when they do not share their draws.

    >>> import hudnal
    >>> usual = hudnal.load("classic")
    >>> courses = [hudnal.simulate(t, draws=16) for t in (usual, usual.with_(force="2 N"))]  # doctest: +SKIP
    >>> hudnal.compare(["usual", "lighter"], courses)  # doctest: +SKIP
    """
    first = courses[0]
    if any((c.draws, c.seed) != (first.draws, first.seed) for c in courses):
        raise ValueError("courses that are compared need the same draws and the same seed")
    known = dict.fromkeys([*all_quantities(), *(q for c in courses for q in c.quantities)])
    nan = np.full(first.draws, np.nan)
    counts = [float(len(c.treatment.sessions_of_course)) for c in courses]
    rows = [
        Row(
            _SESSIONS,
            "1",
            tuple(map(_make_exact, counts)),
            tuple(_make_exact(n - counts[0]) for n in counts[1:]),
        )
    ]
    for name in known:
        values = [c.quantities.get(name, nan) for c in courses]
        if all(interval(v)[0] is None for v in values):
            continue
        with np.errstate(invalid="ignore"):
            differences = [v - values[0] for v in values[1:]]
        rows.append(
            Row(
                name,
                find_quantity(name).unit,
                tuple(interval(v) for v in values),
                tuple(interval(d) for d in differences),
                tuple(map(find_chance, values)) if name.endswith("_probability") else (),
            )
        )
    return Comparison(tuple(names), tuple(rows), first.draws, first.seed)


def _make_exact(value: float) -> Interval:
    return Interval(value, value, value)
