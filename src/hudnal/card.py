"""How a large object shows itself at a prompt and in a notebook: a heading, some lines, a word on what to ask next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_LINE = 110  # letters


@dataclass(frozen=True)
class Card:
    """A heading, rows of a label and its texts, and a last line.

    >>> print(Card("Course", [("pain", "2.0", "1.0 to 3.0")], "course.to_dataframe() has all").text())
    Course
      pain  2.0  1.0 to 3.0
    course.to_dataframe() has all
    """

    head: str
    rows: Sequence[tuple[str, ...]]
    foot: str = ""

    def text(self) -> str:
        """The card as lines of text, a row each, in columns."""
        columns = max(map(len, self.rows), default=0)
        widths = [
            max((len(row[i]) for row in self.rows if len(row) > i + 1), default=0) for i in range(columns)
        ]
        lines = [
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
            for row in self.rows
        ]
        return "\n".join(_cut(line) for line in (self.head, *lines, *([self.foot] if self.foot else [])))

    def html(self) -> str:
        """The card as HTML that a notebook shows; nothing in it is taken for a tag."""
        rows = "".join(
            "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in row) + "</tr>"
            for row in self.rows
        )
        foot = f"<small>{escape(self.foot)}</small>" if self.foot else ""
        return f"<div><b>{escape(self.head)}</b><table>{rows}</table>{foot}</div>"


def _cut(line: str) -> str:
    return line if len(line) <= _LINE else line[: _LINE - 1] + "…"
