"""Open data of permeability set beside the prediction: `python -m hudnal.evidence.permeability --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hudnal.evidence.membranes import DataFault, DataSet, Membrane, read_cheruvu, read_huskindb
from hudnal.language import LANGUAGES, Words
from hudnal.parameters import Draws, table
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

BAD_INPUT = 2
INTERVAL = (0.05, 0.5, 0.95)  # the central 90 %, as everywhere
GOAL = (0.85, 0.95)  # share of what is measured that is to lie in it
MOST_DRAWS = 8192  # rows of both sets with more would not fit into the memory of a small machine
_PIPE = 110  # characters of a line that is not read on a terminal


@dataclass(frozen=True)
class Score:
    """Prediction less measurement over some rows, log10 units; `coverage` is the share in the 90 % interval."""

    rows: int
    rmse: float
    bias: float
    coverage: float
    plain_rmse: float  # of Potts and Guy alone
    plain_bias: float


def scores(data: DataSet, draws: Draws) -> dict[str, Score]:
    """Error and coverage over all rows, over those in and out of the relation's range, and over each layer."""
    low, middle, high = np.quantile(predicted(data.rows, draws), INTERVAL, axis=0)
    measured = np.array([row.measured for row in data.rows])
    error, plain = middle - measured, potts_guy_alone(data.rows) - measured
    covered = (low <= measured) & (measured <= high)
    within = np.array([not list_outside_range(row.log_kow, row.molar_mass) for row in data.rows])
    layer = np.array([row.layer for row in data.rows])
    parts = {"whole": np.full(measured.shape, True), "within": within, "outside": ~within}
    if np.unique(layer).size > 1:
        parts |= {name: layer == name for name in ("corneum", "epidermis", "skin")}
    return {
        name: Score(
            rows=int(part.sum()),
            rmse=_root_mean_square(error[part]),
            bias=float(error[part].mean()),
            coverage=float(covered[part].mean()),
            plain_rmse=_root_mean_square(plain[part]),
            plain_bias=float(plain[part].mean()),
        )
        for name, part in parts.items()
        if part.any()
    }


def predicted(rows: Sequence[Membrane], draws: Draws) -> np.ndarray:
    """log10 of the permeability in cm/h that each membrane should show, (draw, row)."""
    r = {key: draws[f"transport.relations.{key}"][:, None] for key in table("transport")["relations"]}
    log_kow, mass = _properties(rows)
    kp = membrane_permeability(
        corneum=corneum_permeability(log_kow, mass, r),
        shunt=r["shunt"] * free_diffusivity(mass, r),
        living=living_resistance(mass, _living(rows, draws), r),
        # In the donor the charged form passes as `ionised` of the neutral.
        neutral=np.maximum(_neutral(rows, [row.ph for row in rows], draws), r["ionised"]),
        neutral_within=_neutral(rows, [float(r["tissue_ph"][0, 0])] * len(rows), draws),
    )
    return np.log10(kp * CM_PER_MM)


def potts_guy_alone(rows: Sequence[Membrane]) -> np.ndarray:
    """log10 of the permeability in cm/h by the published relation as it stands, (row,)."""
    one = Draws(1)
    r = {key: one[f"transport.relations.{key}"] for key in table("transport")["relations"]}
    return potts_guy(*_properties(rows), r)


def _properties(rows: Sequence[Membrane]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row.log_kow for row in rows]), np.array([row.molar_mass for row in rows])


def _living(rows: Sequence[Membrane], draws: Draws) -> np.ndarray:
    """Thickness in mm of the living tissue in each membrane, (draw, row)."""
    corneum, epidermis, dermis = (
        draws[f"skin.sites.default.{key}"] for key in ("corneum", "epidermis", "dermis_female")
    )
    untold = {"corneum": np.zeros(draws.n), "epidermis": epidermis, "skin": epidermis + dermis}
    columns = [
        untold[row.layer]
        if row.thickness is None or row.layer == "corneum"
        else np.maximum(row.thickness - corneum, 0.0)
        for row in rows
    ]
    return np.stack(columns, axis=1)


def _neutral(rows: Sequence[Membrane], ph: Sequence[float | None], draws: Draws) -> np.ndarray:
    """Share of each compound that is neutral at its `ph`, (draw, row); 1 where pH or pKa is not known."""
    share = np.ones((draws.n, len(rows)))
    for i, (row, value) in enumerate(zip(rows, ph, strict=True)):
        name = _known_name(row)
        if name is not None and value is not None:
            share[:, i] = neutral_share(name, draws, value)
    return share


def _known_name(row: Membrane) -> str | None:
    """The name that the row's compound has in our tables, which know its pKa; None where it has none."""
    name = "-".join(row.compound.lower().split())
    return name if name in compound_names() else None


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def show(data: DataSet, found: Mapping[str, Score], language: str) -> None:
    """Print the table of one set, what was left out and why, and whether the goal is met."""
    from rich.console import Console
    from rich.table import Table

    words = Words(language, "permeability")

    def number(text: str) -> str:
        return text.replace(".", ",") if language == "sv" else text

    title = words("title", set=data.name, used=len(data.rows), all=data.size)
    shown = Table(header_style="bold", title=title, title_justify="left")
    shown.add_column("")
    for head in ("rows", "rmse", "bias", "coverage", "plain_rmse", "plain_bias"):
        shown.add_column(words(head), justify="right")
    for name, score in found.items():
        cells = (
            f"{score.rmse:.2f}",
            f"{score.bias:+.2f}",
            f"{100 * score.coverage:.1f} %",
            f"{score.plain_rmse:.2f}",
            f"{score.plain_bias:+.2f}",
        )
        shown.add_row(words(name), str(score.rows), *map(number, cells))
    (Console() if sys.stdout.isatty() else Console(width=_PIPE)).print(shown)
    for why, n in data.left_out.items():
        print(words("left_out", n=n, why=words(why)))
    told = [row for row in data.rows if row.ph is not None]
    if told:
        print(words("ionisation", n=len(told), unknown=sum(_known_name(row) is None for row in told)))
    else:
        print(words("no_ph"))
    whole = found["whole"]
    for name, met in (
        ("error_goal", whole.rmse <= whole.plain_rmse),
        ("coverage_goal", GOAL[0] <= whole.coverage <= GOAL[1]),
    ):
        print(words(name, met=words("met" if met else "missed")))
    print()


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the files, print the tables; 2 and one line where a file is not what it should be."""
    parser = argparse.ArgumentParser(prog="python -m hudnal.evidence.permeability", description=__doc__)
    parser.add_argument("--cheruvu", metavar="FILE", type=Path, help="CSV of Cheruvu et al. 2022")
    parser.add_argument("--huskindb", metavar="FILE", type=Path, help="CSV of HuskinDB")
    parser.add_argument("--draws", metavar="N", type=int, default=1024, help="samples (1024)")
    parser.add_argument("--seed", metavar="N", type=int, default=1, help="the same seed, the same numbers")
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    asked = parser.parse_args(arguments)
    words = Words(asked.lang, "permeability")
    files = ((asked.cheruvu, read_cheruvu), (asked.huskindb, read_huskindb))
    named = [(path, read) for path, read in files if path is not None]
    if not named or not 1 <= asked.draws <= MOST_DRAWS or asked.seed < 0:
        print(words("arguments" if named else "no_file", most=MOST_DRAWS), file=sys.stderr)
        return BAD_INPUT
    found: list[DataSet] = []
    for path, read in named:
        try:
            found.append(read(path))
        except DataFault as fault:
            print(f"{path}: {words(fault.key, **fault.values)}", file=sys.stderr)
            return BAD_INPUT
    draws = Draws(asked.draws, asked.seed)
    for data in found:
        show(data, scores(data, draws), asked.lang)
    print(words("note"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
