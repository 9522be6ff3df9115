"""Open data of permeability, read as they are published: HuskinDB and the set of Cheruvu et al.

They are not ours to ship. HuskinDB: Stepanov et al. 2020, Sci Data 7. Cheruvu et al. 2022, Data in Brief, 108242.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite, log10
from pathlib import Path

S_PER_H = 3600.0
UM_PER_MM = 1000.0
_LAYERS = {"stratum corneum": "corneum", "epidermis": "epidermis", "epidermis, dermis": "skin"}
# Donors that are not water, by what their names hold.
_ORGANIC = re.compile(r"ethanol|glycol|peg |spirit|myristate|surfactant", re.IGNORECASE)
_DERMATOMED = re.compile(r"dermatomed (\d+)(?:-(\d+))?um")


class DataFault(Exception):
    """A file that is not what it should be: the text's key and what fills it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class _Unfit(Exception):
    """A row that can't be used; its argument is the text's key."""


@dataclass(frozen=True)
class Membrane:
    """One measured row: log10 of the permeability in cm/h to all that is dissolved, and through what."""

    compound: str
    log_kow: float
    molar_mass: float
    measured: float
    layer: str  # corneum, epidermis or skin
    thickness: float | None = None  # mm of the whole membrane
    ph: float | None = None  # of the donor


@dataclass(frozen=True)
class DataSet:
    """The rows of one file that can be used, and how many were left out for what."""

    name: str
    rows: tuple[Membrane, ...]
    left_out: Mapping[str, int]

    @property
    def size(self) -> int:
        """Rows of the file."""
        return len(self.rows) + sum(self.left_out.values())


def read_cheruvu(path: Path) -> DataSet:
    """The set of Cheruvu et al. 2022: water on epidermis or isolated corneum. Raises DataFault."""
    # The published heads end in the letters of the table's footnotes.
    columns = {
        "compound": "Compound",
        "mass": "MWa",
        "kow": "logKowb",
        "mm": "Skin thicknessj",
        "kp": "logkpl",
    }
    return _read("Cheruvu", path, columns, _cheruvu_row)


def read_huskindb(path: Path) -> DataSet:
    """HuskinDB: several layers, donors and pH. Raises DataFault."""
    columns = {
        "compound": "Compound name",
        "mass": "molecular weight",
        "kow": "LogP",
        "kp": "logkp (cm/s)",
        "layer": "used layer",
        "preparation": "skin preparation",
        "neat": "neat",
        "donor": "donor type",
        "ph": "donor pH",
    }
    return _read("HuskinDB", path, columns, _huskindb_row)


def _cheruvu_row(row: Mapping[str, str]) -> Membrane:
    kow, mass, kp = _needed(row)
    return Membrane(row["compound"], kow, mass, kp, "epidermis", _number(row["mm"]))


def _huskindb_row(row: Mapping[str, str]) -> Membrane:
    if row["layer"] not in _LAYERS:
        raise _Unfit("unknown_layer" if row["layer"] in ("", "unknown") else "no_corneum")
    if row["neat"] == "1":
        raise _Unfit("neat")
    if _ORGANIC.search(row["donor"]):
        raise _Unfit("not_water")
    kow, mass, kp = _needed(row)
    cut = _DERMATOMED.search(row["preparation"])
    ends = [float(end) / UM_PER_MM for end in cut.groups() if end] if cut else []
    return Membrane(
        compound=row["compound"],
        log_kow=kow,
        molar_mass=mass,
        measured=kp + log10(S_PER_H),
        layer=_LAYERS[row["layer"]],
        thickness=sum(ends) / len(ends) if ends else None,
        ph=_number(row["ph"]),
    )


def _needed(row: Mapping[str, str]) -> tuple[float, float, float]:
    kow, mass, kp = (_number(row[key]) for key in ("kow", "mass", "kp"))
    if kow is None or mass is None or kp is None or mass <= 0:
        raise _Unfit("no_number")
    return kow, mass, kp


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _read(
    name: str, path: Path, columns: Mapping[str, str], membrane: Callable[[Mapping[str, str]], Membrane]
) -> DataSet:
    lines = csv.reader(io.StringIO(_text_of(path), newline=""))
    rows: list[Membrane] = []
    left_out: Counter[str] = Counter()
    try:
        head = [cell.strip() for cell in next(lines, [])]
        missing = [column for column in columns.values() if column not in head]
        if missing:
            raise DataFault("columns", set=name, missing=_quoted(missing), names=_quoted(columns.values()))
        places = {key: head.index(column) for key, column in columns.items()}
        for cells in filter(any, lines):
            row = {key: cells[i].strip() if i < len(cells) else "" for key, i in places.items()}
            try:
                rows.append(membrane(row))
            except _Unfit as why:
                left_out[str(why)] += 1
    except csv.Error as problem:
        raise DataFault("not_csv", line=lines.line_num, problem=problem) from problem
    if not rows:
        raise DataFault("no_rows", rows=left_out.total())
    return DataSet(name, tuple(rows), dict(left_out.most_common()))


def _text_of(path: Path) -> str:
    if path.is_dir():
        raise DataFault("folder")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataFault("not_there") from None
    except OSError as problem:
        raise DataFault("unreadable", problem=problem.strerror or problem) from problem
    if b"\0" in raw:
        raise DataFault("not_text")
    # What is not UTF-8 in the published files stands in notes on the methods, which are not read.
    return raw.decode("utf-8-sig", errors="replace")


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
