"""A table as rows of cells, for a terminal or a page: what stands there, and what weight it has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Style = Literal["", "strong", "soft", "good", "bad"]


class Piece(NamedTuple):
    """Some text of one style."""

    text: str
    style: Style = ""


Cell = tuple[Piece, ...] | str


@dataclass(frozen=True)
class TextTable:
    """Heads with how their columns are aligned (l, r, c: one letter each), rows of cells, and a line below."""

    heads: Sequence[str]
    aligned: str
    rows: Sequence[Sequence[Cell]]
    caption: str
    ruled: bool = False  # a line between rows


def leave_out(table: TextTable, columns: Collection[int]) -> TextTable:
    """The table without those columns, counted from 0."""
    kept = [column for column in range(len(table.heads)) if column not in columns]
    return replace(
        table,
        heads=[table.heads[column] for column in kept],
        aligned="".join(table.aligned[column] for column in kept),
        rows=[[row[column] for column in kept] for row in table.rows],
    )
