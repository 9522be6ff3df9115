"""Open data of permeability, read as they are published: HuskinDB and the set of Cheruvu et al.

They are not ours to ship. HuskinDB: Stepanov et al. 2020, Sci Data 7. Cheruvu et al. 2022, Data in Brief, 108242.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log10
from pathlib import Path

from hudnal.evidence.fault import DataFault
from hudnal.store.files import is_folder
from hudnal.units import SECONDS_PER_HOUR, UM_PER_MM

_LAYERS = {"stratum corneum": "corneum", "epidermis": "epidermis", "epidermis, dermis": "skin"}
# Donors that are not water, by what their names hold.
_ORGANIC = re.compile(r"ethanol|glycol|peg |spirit|myristate|surfactant", re.IGNORECASE)
_DERMATOMED = re.compile(r"dermatomed (\d+)(?:-(\d+))?um")


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
        """Number of rows of the file, used or left out."""
        return len(self.rows) + sum(self.left_out.values())


@dataclass(frozen=True)
class _Published:
    """How a published set is written: its columns, and how a row of them is read."""

    name: str
    columns: Mapping[str, str]  # our word for each, and its head in the file
    read_row: Callable[[Mapping[str, str]], Membrane]

    def missing_in(self, heads: Sequence[str]) -> list[str]:
        """Heads of columns that are not there."""
        return [column for column in self.columns.values() if column not in heads]


def read_membranes(path: Path) -> DataSet:
    """The rows of a published set, which is recognised by its columns. Raises DataFault."""
    heads, lines = _read_lines(path)
    for published in (_CHERUVU, _HUSKINDB):
        if not published.missing_in(heads):
            return _read_rows(published, heads, lines)
    nearest = min((_CHERUVU, _HUSKINDB), key=lambda p: len(p.missing_in(heads)) / len(p.columns))
    if len(nearest.missing_in(heads)) == len(nearest.columns):
        known = {p.name: _quote(p.columns.values()) for p in (_CHERUVU, _HUSKINDB)}
        raise DataFault("unknown_set", sets="; ".join(f"{name}: {names}" for name, names in known.items()))
    raise _fault_of_columns(nearest, heads)


def read_cheruvu(path: Path) -> DataSet:
    """The set of Cheruvu et al. 2022: water on epidermis or isolated corneum. Raises DataFault."""
    return _read_set(_CHERUVU, path)


def read_huskindb(path: Path) -> DataSet:
    """HuskinDB: several layers, donors and pH. Raises DataFault."""
    return _read_set(_HUSKINDB, path)


def _read_cheruvu_row(row: Mapping[str, str]) -> Membrane:
    kow, mass, kp = _read_needed_numbers(row)
    return Membrane(row["compound"], kow, mass, kp, "epidermis", _read_number(row["mm"]))


def _read_huskindb_row(row: Mapping[str, str]) -> Membrane:
    if row["layer"] not in _LAYERS:
        raise _Unfit("unknown_layer" if row["layer"] in ("", "unknown") else "no_corneum")
    if row["neat"] == "1":
        raise _Unfit("neat")
    if _ORGANIC.search(row["donor"]):
        raise _Unfit("not_water")
    kow, mass, kp = _read_needed_numbers(row)
    cut = _DERMATOMED.search(row["preparation"])
    ends = [float(end) / UM_PER_MM for end in cut.groups() if end] if cut else []
    return Membrane(
        compound=row["compound"],
        log_kow=kow,
        molar_mass=mass,
        measured=kp + log10(SECONDS_PER_HOUR),
        layer=_LAYERS[row["layer"]],
        thickness=sum(ends) / len(ends) if ends else None,
        ph=_read_number(row["ph"]),
    )


# The published heads end in the letters of the table's footnotes.
_CHERUVU = _Published(
    "Cheruvu",
    {"compound": "Compound", "mass": "MWa", "kow": "logKowb", "mm": "Skin thicknessj", "kp": "logkpl"},
    _read_cheruvu_row,
)
_HUSKINDB = _Published(
    "HuskinDB",
    {
        "compound": "Compound name",
        "mass": "molecular weight",
        "kow": "LogP",
        "kp": "logkp (cm/s)",
        "layer": "used layer",
        "preparation": "skin preparation",
        "neat": "neat",
        "donor": "donor type",
        "ph": "donor pH",
    },
    _read_huskindb_row,
)


def _read_needed_numbers(row: Mapping[str, str]) -> tuple[float, float, float]:
    kow, mass, kp = (_read_number(row[key]) for key in ("kow", "mass", "kp"))
    if kow is None or mass is None or kp is None or mass <= 0:
        raise _Unfit("no_number")
    return kow, mass, kp


def _read_number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _read_set(published: _Published, path: Path) -> DataSet:
    heads, lines = _read_lines(path)
    if published.missing_in(heads):
        raise _fault_of_columns(published, heads)
    return _read_rows(published, heads, lines)


def _fault_of_columns(published: _Published, heads: Sequence[str]) -> DataFault:
    names = _quote(published.columns.values())
    return DataFault("columns", set=published.name, missing=_quote(published.missing_in(heads)), names=names)


def _read_rows(published: _Published, heads: list[str], lines: list[list[str]]) -> DataSet:
    """The membranes of all lines that can be used, and why the others cannot. Raises DataFault where none can."""
    places = {key: heads.index(column) for key, column in published.columns.items()}
    rows: list[Membrane] = []
    left_out: Counter[str] = Counter()
    for cells in lines:
        row = {key: cells[i].strip() if i < len(cells) else "" for key, i in places.items()}
        try:
            rows.append(published.read_row(row))
        except _Unfit as why:
            left_out[str(why)] += 1
    if not rows:
        raise DataFault("no_rows", rows=left_out.total())
    return DataSet(published.name, tuple(rows), dict(left_out.most_common()))


def _read_lines(path: Path) -> tuple[list[str], list[list[str]]]:
    """The heads of a CSV file, and the cells of each line that has any. Raises DataFault."""
    reader = csv.reader(io.StringIO(_read_text(path), newline=""))
    try:
        heads = [cell.strip() for cell in next(reader, [])]
        return heads, [cells for cells in reader if any(cells)]
    except csv.Error as problem:
        raise DataFault("not_csv", line=reader.line_num, problem=problem) from problem


def _read_text(path: Path) -> str:
    if is_folder(path):
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


def _quote(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
