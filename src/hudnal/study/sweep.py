"""A treatment run over and over with other geometry, force or strokes: what an engineer would vary on the bench."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from hudnal.card import Card
from hudnal.intake.change import (
    LENGTHS,
    OF_INSTRUMENT,
    OF_PLAN,
    OF_STEP,
    BadVariation,
    change_treatment,
    find_setting,
)
from hudnal.intake.load import load
from hudnal.intake.treatment import Treatment
from hudnal.language import Words
from hudnal.names import UnknownName
from hudnal.outcome.declared import find_quantity
from hudnal.progress import Progress
from hudnal.result.interval import Interval, interval
from hudnal.result.show import name_quantity, tell_interval
from hudnal.study.device_sheet import shorten_to_session
from hudnal.study.shards import Sharded, simulate_each

if TYPE_CHECKING:
    import pandas as pd

# What has a unit wherever it stands.
_WITH_UNITS = LENGTHS | {
    "frequency", "force", "speed", "depth", "area", "person.age", "person.weight", "course.interval",
    "course.follow_up", "numb.for", "numb.amount",
}  # fmt: skip
QUANTITIES = (
    "attempted_density", "hole_density", "tip_depth", "channel_depth", "channel_width", "slit_length", "needle_force",
    "lying_force", "push_force", "bleeding_points", "blood_volume", "pain_without_cream",
)  # fmt: skip
_TOLD = ("tip_depth", "hole_density", "bleeding_points")  # at a prompt
_POINTS = 8


@dataclass(frozen=True)
class Sweep:
    """The first session's quantities at every combination of what was varied; `baseline` is the treatment's own.

    >>> import hudnal
    >>> swept = hudnal.sweep(hudnal.load("home"), {"force": ["1 N", "5 N"]}, draws=8)  # doctest: +SKIP
    >>> swept.to_dataframe()[["force", "tip_depth_median_um"]]  # doctest: +SKIP
    """

    varied: Mapping[str, Sequence[str]]
    points: list[dict[str, str]]  # what stood in the file
    results: list[dict[str, Interval]]
    baseline: int | None = None  # which point is the treatment as it stands

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()

    def _card(self) -> Card:
        """What came of the first points, in the quantities that say most of holes."""
        words = Words("en")
        rows = [("", *map(name_quantity, _TOLD))]
        for place, (point, result) in enumerate(zip(self.points[:_POINTS], self.results, strict=False)):
            label = ", ".join(f"{name} {value}" for name, value in point.items())
            label += f" ({words('cli.sweep_own')})" if place == self.baseline else ""
            rows.append((label, *(tell_interval(result[n], find_quantity(n).unit, words) for n in _TOLD)))
        return Card(
            f"Sweep of {len(self.points)} points", rows, "median (central 90 %); all: .to_dataframe()"
        )

    def to_dataframe(self) -> pd.DataFrame:
        """A row for each point, with median, low and high of each quantity in its unit (in pandas)."""
        import pandas as pd

        return pd.read_csv(StringIO(self.write_table()))

    def write_table(self) -> str:
        """The sweep as CSV: a row for each point, with median, low and high of each quantity in its unit."""
        heads = [
            f"{name}_{part}_{find_quantity(name).unit}"
            for name in QUANTITIES
            for part in ("median", "low", "high")
        ]
        lines = [",".join([*self.varied, "is_baseline", *heads])]
        for place, (point, result) in enumerate(zip(self.points, self.results, strict=True)):
            cells = [f'"{v}"' if "," in v else v for v in point.values()]
            cells.append(str(place == self.baseline))
            cells += ["" if v is None else f"{v:g}" for name in QUANTITIES for v in result[name]]
            lines.append(",".join(cells))
        return "\n".join(lines) + "\n"


def read_variations(words: Iterable[str], whole: bool = False) -> dict[str, list[str]]:
    """What to vary with its values, of words such as "force=1 N,5 N".

    Of a `whole` treatment, or of its needling alone. Raises BadVariation.
    """
    possible = OF_INSTRUMENT | OF_STEP | (OF_PLAN if whole else set())
    varied: dict[str, list[str]] = {}
    for word in words:
        key, given, values = word.partition("=")
        key = key.strip()
        listed = [v.strip() for v in values.split(",") if v.strip()]
        if not given or not listed:
            raise BadVariation("sweep_form", value=word)
        if key not in possible:
            raise BadVariation("sweep_key", value=key, known=", ".join(sorted(possible)))
        if _has_decimal_comma(key, listed):
            raise BadVariation("sweep_comma", value=values.strip(), right=".".join(listed[:2]))
        varied[key] = listed
    return varied


def _has_decimal_comma(key: str, values: Sequence[str]) -> bool:
    """Whether a comma between two values is one of decimals: the first is a bare number where a unit is needed."""
    return key in _WITH_UNITS and len(values) > 1 and values[0].isdigit() and values[1][:1].isdigit()


def count_points(varied: Mapping[str, Sequence[str]]) -> int:
    """Number of combinations of what is varied."""
    return prod(map(len, varied.values()))


def sweep(
    treatment: Treatment,
    varied: Mapping[str, Sequence[str]],
    draws: int = 32,
    seed: int = 1,
    progress: Progress | None = None,
    sharded: Sharded | None = None,
) -> Sweep:
    """Run the first session with every combination of the values in `varied`, as a file would give them.

    The same draws and the same chance in every run, one after the other or `sharded`. Raises TreatmentError, before
    anything runs, for a combination that cannot be run, TooLong where all together would cost too much, and KeyError
    for a name that nothing has.

    >>> import hudnal
    >>> hudnal.sweep(hudnal.load("classic"), {"force": ["1 N", "5 N"], "strokes": ["4", "16"]})  # doctest: +SKIP
    """
    for name in varied:
        if name not in OF_INSTRUMENT | OF_STEP:
            raise UnknownName("entry of needles", name, sorted(OF_INSTRUMENT | OF_STEP))
    points = [dict(zip(varied, values, strict=True)) for values in product(*varied.values())]
    loaded = [load(change_treatment(treatment, point)) for point in points]
    courses = simulate_each([shorten_to_session(one) for one in loaded], draws, seed, progress, sharded)
    results = [{name: interval(course.quantities[name]) for name in QUANTITIES} for course in courses]
    return Sweep(varied, points, results, _find_baseline(treatment, varied, loaded))


def _find_baseline(
    treatment: Treatment, varied: Mapping[str, Sequence[str]], loaded: Sequence[Treatment]
) -> int | None:
    """Which of the points is the treatment as it stands; None where it has other values, or several of one."""
    own = {name: find_setting(treatment, name) for name in varied}
    if None in own.values():
        return None
    of_steps = {name: value for name, value in own.items() if name in OF_STEP}
    if load(change_treatment(treatment, of_steps)).canonical_text != treatment.canonical_text:
        return None
    same = load(change_treatment(treatment, own)).canonical_text
    return next((place for place, one in enumerate(loaded) if one.canonical_text == same), None)
