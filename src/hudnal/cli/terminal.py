"""What the terminal shows: a bar while one waits, tables side by side."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hudnal.language import Words
from hudnal.report.words.numbers import (
    format_chance,
    format_given,
    format_measured,
    format_number,
    format_probability,
    format_unit,
)
from hudnal.result.interval import excludes_zero

if TYPE_CHECKING:
    from rich.console import Console

    from hudnal.evidence.compare import Result
    from hudnal.result.interval import Interval
    from hudnal.study.compare import Comparison, Row
    from hudnal.study.sweep import Sweep

_PATIENCE = 2.0  # s that need no bar
_PIPE_COLUMN = 32  # characters of a column of a comparison that is not read on a terminal
_PIPE_EVIDENCE = 150  # characters of a line of the evidence there
_HALF_PLOT = 10  # characters on either side of 1
_PLOT_DECADES = 2  # that they stand for


@contextmanager
def progress_bar(quiet: bool, text: str) -> Iterator[Callable[[float], None] | None]:
    """A bar on the terminal's error stream, for what takes longer than two seconds; none into a pipe."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(text, total=1.0, visible=False)
        started = time.monotonic()

        def report(share: float) -> None:
            bar.update(task, completed=share, visible=time.monotonic() - started > _PATIENCE)

        yield report


def print_comparison(table: Comparison, language: str, everything: bool = False) -> None:
    """Treatments side by side; below each value its difference to the first, with * where its interval leaves 0 out."""
    from rich.table import Table

    words = Words(language)
    legend = words("cli.compare_legend", first=table.names[0])
    rest = table.rest()
    if rest and not everything:
        legend += " " + words("cli.compare_more", n=len(rest))
    shown = Table(header_style="bold", caption=f"{legend}\n{words('notice')}", show_lines=True)
    shown.add_column(words("cli.quantity"))
    for name in table.names:
        shown.add_column(name, justify="right")
    groups = table.main() | ({"rest": rest} if everything else {})
    for group, rows in groups.items():
        if rows:
            shown.add_row(f"[bold]{words(f'cli.compare_{group}')}[/bold]", *[""] * len(table.names))
        for row in rows:
            shown.add_row(_name_of(row, words), *_cells_of(row, words))
    _console(_PIPE_COLUMN * len(shown.columns)).print(shown)


def _name_of(row: Row, words: Words) -> str:
    kind, _, compound = row.name.partition(".")
    label = words(f"quantities.{kind}.name")
    if compound:
        label += f": {words.named('compounds', compound)}"
    symbol = format_unit(row.unit, words)
    return f"{label} [dim]{symbol}[/dim]" if symbol else label


def _cells_of(row: Row, words: Words) -> list[str]:
    """One for each treatment."""
    language, risk = words.language, row.name.endswith("_probability")
    if row.name == "sessions":
        return [format_given(v[0] or 0.0, language) for v in row.values]
    cells = [_risk(v, words) if risk else _cell(v, language) for v in row.values]
    for i, found in enumerate(row.differences, start=1):
        if found[0] is not None:
            text = _cell(found, language, sign=True, risk=risk)
            cells[i] += f"\n[bold]Δ {text} *[/bold]" if excludes_zero(found) else f"\n[dim]Δ {text}[/dim]"
    return cells


def print_sweep(found: Sweep, language: str) -> None:
    """One row a combination: what was varied, and median with interval of what came of it."""
    from rich.table import Table

    from hudnal.report.sheets.sweep import sweep_rows

    words = Words(language)
    shown = Table(header_style="bold", caption=words("notice"), show_lines=True)
    heads, rows = sweep_rows(found, words)
    for head in heads:
        shown.add_column(head, justify="right")
    for row in rows:
        shown.add_row(*row)
    _console(_PIPE_COLUMN * len(heads)).print(shown)


def _cell(interval: Interval, language: str, sign: bool = False, risk: bool = False) -> str:
    median, low, high = interval
    if median is None:
        return "–"
    show = format_probability if risk else format_number
    plus = "+" if sign and median > 0 and (not risk or show(median, language)[0].isdigit()) else ""
    return f"{plus}{show(median, language)} ({show(low, language)} – {show(high, language)})"


def _risk(interval: Interval, words: Words) -> str:
    median, low, high = interval
    shown, least, most = (format_chance(value, words, bool(high)) for value in (median, low, high))
    return shown if least == most else f"{shown} ({least} – {most})"


def print_evidence(results: Sequence[Result], prior: Sequence[Result], language: str) -> None:
    """Every case: measured beside predicted before and after the fit, as numbers and as a plot."""
    from rich.table import Table

    from hudnal.evidence.compare import score

    words = Words(language)
    shown = Table(header_style="bold", caption=f"{words('cli.evidence_plot')}\n{words('notice')}")
    shown.add_column(words("cli.evidence_case"))
    shown.add_column(words("cli.evidence_role"))
    shown.add_column(words("cli.evidence_measured"), justify="right")
    shown.add_column(words("cli.evidence_prior"), justify="right")
    shown.add_column(words("cli.evidence_predicted"), justify="right")
    shown.add_column("1/100 ─── 1 ─── 100", no_wrap=True, justify="center")
    shown.add_column("")
    for result, before in zip(results, prior, strict=True):
        case = result.case
        colour = "green" if result.inside else "red"
        verdict = words("cli.evidence_inside" if result.inside else "cli.evidence_outside")
        shown.add_row(
            case.title,
            case.role,
            f"{format_measured(case.value, case.ends, language)} {format_unit(case.unit, words)}",
            _cell(before.predicted, language),
            _cell(result.predicted, language),
            f"[{colour}]{_plot(case.value, result.predicted)}[/{colour}]",
            f"[{colour}]{verdict}[/{colour}]",
        )
    _console(_PIPE_EVIDENCE).print(shown)
    for role in ("fit", "check"):
        for name, these in (("prior", prior), ("posterior", results)):
            chosen = [r for r in these if r.case.role == role]
            if chosen:
                found = score(chosen, these)
                share, factor = (
                    format_number(100 * found.share, language),
                    format_number(found.factor, language),
                )
                belief = words(f"cli.evidence_{name}")
                values = {"role": role, "belief": belief, "inside": found.inside, "all": found.cases}
                print(words("cli.evidence_total", share=share, factor=factor, **values))


def _plot(measured: float, predicted: Interval) -> str:
    """The predicted interval over the measured value, on a logarithmic line whose middle is 1."""
    median, low, high = predicted
    if median is None or measured == 0:
        return ""
    last = 2 * _HALF_PLOT

    def at(value: float | None, missing: int) -> int:
        if value is None or value / measured <= 0:
            return missing
        place = _HALF_PLOT * (1 + math.log10(value / measured) / _PLOT_DECADES)
        return min(max(round(place), 0), last)

    # Of negative values the low end is the larger one.
    ends = sorted((at(low, 0 if measured > 0 else last), at(high, last if measured > 0 else 0)))
    line = ["━" if ends[0] <= i <= ends[1] else " " for i in range(last + 1)]
    line[_HALF_PLOT] = "┃" if line[_HALF_PLOT] == " " else "╋"
    line[at(median, 0)] = "●"
    return "".join(line)


def _console(pipe_width: int) -> Console:
    """The terminal; a pipe has no width of its own: lines there are as long as the table wants."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=pipe_width)
