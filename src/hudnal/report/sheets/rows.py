"""A table as rows of cells, for a terminal or a page: what stands there, and what weight it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
