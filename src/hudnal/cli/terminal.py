"""What the terminal shows: a bar while one waits, tables that the report's sheets give."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from hudnal.language import Words, say, show_text
from hudnal.progress import Progress

if TYPE_CHECKING:
    from rich.text import Text

    from hudnal.evidence.forecast import Forecast
    from hudnal.evidence.permeability import PermeabilityComparison
    from hudnal.report.sheets.rows import Cell, TextTable
    from hudnal.study.compare import Comparison
    from hudnal.study.sweep import Sweep

_PATIENCE = 2.0  # s that need no bar
_PIPE_COLUMN = 32  # characters of a column of a comparison that is not read on a terminal
_PIPE_EVIDENCE = 150  # characters of a line of the evidence there
_PIPE_PERMEABILITY = 110  # and of the table of permeability
_NARROW = 120  # and of a terminal, below which columns of it are left out: the role, and what was told before the fit
_SPARED = (1, 3)
_STYLES = {"": "", "strong": "bold", "soft": "dim", "good": "green", "bad": "red"}
_ALIGNED = {"l": "left", "r": "right", "c": "center"}


@contextmanager
def progress_bar(quiet: bool, text: str, language: str) -> Iterator[Progress | None]:
    """A bar on the terminal's error stream, for what takes longer than two seconds; none into a pipe.

    On a new machine it says that the program is being compiled.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from hudnal import compiled

    console = Console(stderr=True)
    compiling = say("cli.compiling", language)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(text, total=1.0, visible=False)
        started = time.monotonic()

        def report(share: float) -> None:
            late = time.monotonic() - started > _PATIENCE
            bar.update(task, completed=share, visible=late, description=text)

        def tell_compiling(_: str) -> None:
            bar.update(task, visible=True, description=compiling)

        compiled.on_compile = tell_compiling
        try:
            yield report
        finally:
            compiled.on_compile = None


def print_comparison(comparison: Comparison, language: str, everything: bool = False) -> None:
    """Treatments side by side; below each value its difference to the first, and whether it matters."""
    from hudnal.report.sheets.comparison import tabulate_comparison

    print_table(tabulate_comparison(comparison, Words(language), everything))


def print_sweep(sweep: Sweep, language: str) -> None:
    """One row a combination: what was varied, and median with interval of what came of it."""
    from hudnal.report.sheets.sweep import tabulate_sweep

    print_table(tabulate_sweep(sweep, Words(language)))


def print_evidence(results: Sequence[Forecast], prior: Sequence[Forecast], language: str) -> None:
    """Every case: measured beside predicted before and after the fit, as numbers and as a plot; then the totals."""
    from hudnal.report.sheets.evidence import tabulate_evidence, tell_scores
    from hudnal.report.sheets.rows import leave_out

    words = Words(language)
    table = tabulate_evidence(results, prior, words)
    if sys.stdout.isatty() and get_terminal_size().columns < _NARROW:
        table = leave_out(table, _SPARED)
    print_table(table, _PIPE_EVIDENCE)
    print("\n".join(tell_scores(results, prior, words)))


def print_permeability(comparisons: Sequence[PermeabilityComparison], language: str) -> None:
    """One table a set, with what was left out and whether the goals are met beneath."""
    from hudnal.report.sheets.permeability import tabulate_permeability
    from hudnal.report.sheets.rows import TextTable

    for comparison in comparisons:
        shown = tabulate_permeability(comparison, language)
        print(shown.title)
        print_table(
            TextTable(shown.heads, "l" + "r" * (len(shown.heads) - 1), shown.rows, ""), _PIPE_PERMEABILITY
        )
        print("\n".join(shown.sentences), end="\n\n")
    print(Words(language)("permeability.note"))


def print_table(table: TextTable, pipe_width: int | None = None) -> None:
    """Print a table as wide as the terminal; a pipe has no width of its own: lines there are as long as is wanted."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(header_style="bold", caption=Text(table.caption), show_lines=table.ruled)
    for head, side in zip(table.heads, table.aligned, strict=True):
        shown.add_column(Text(show_text(head)), justify=_ALIGNED[side], no_wrap=side == "c")  # type: ignore[arg-type]
    for row in table.rows:
        shown.add_row(*map(_style_cell, row))
    width = None if sys.stdout.isatty() else pipe_width or _PIPE_COLUMN * len(table.heads)
    Console(width=width).print(shown)


def _style_cell(cell: Cell) -> Text:
    from rich.text import Text

    if isinstance(cell, str):
        return Text(_show_lines(cell))
    return Text.assemble(*((_show_lines(piece.text), _STYLES[piece.style]) for piece in cell))


def _show_lines(text: str) -> str:
    return "\n".join(map(show_text, text.split("\n")))
