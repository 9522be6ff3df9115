"""Commands that simulate one treatment: run, holes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hudnal.cli.console import tell
from hudnal.cli.shared import (
    BAD_INPUT,
    DEVICES,
    FILES,
    Cluster,
    DrawCount,
    Folder,
    Lang,
    MaxMemory,
    MaxTime,
    Quiet,
    Seed,
    Source,
    Workers,
    app,
    count_workers,
    exit_with,
    known_language,
    set_limits,
    sharing,
    speaking,
    tell_time,
)
from hudnal.units import UM_PER_MM

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from hudnal.result.course import Course
    from hudnal.run.order import Order

_QUANTITIES = "quantities"
_SHORT, _FULL = "short", "full"  # of the report, what is printed


@app.command()
def run(
    treatment: Source = "classic",
    out: Folder = None,
    lang: Lang = "",
    draws: DrawCount = 64,
    seed: Seed = 1,
    patch: Annotated[
        bool,
        typer.Option(
            "--skin-block", "--patch", help="Simulate a block of skin with every hole in it, for pictures."
        ),
    ] = False,
    patch_draw: Annotated[
        list[int] | None,
        typer.Option(
            "--skin-block-draw",
            "--patch-draw",
            min=0,
            help="Which draw's block; again for more. Else the median's.",
        ),
    ] = None,
    times: Annotated[
        str,
        typer.Option(
            "--times", help="When to look at the block: '0 h, 1 day, 4 week' after the first session."
        ),
    ] = "",
    side: Annotated[float, typer.Option("--side", min=0.2, max=20.0, help="mm, of the block.")] = 4.0,
    voxel: Annotated[float, typer.Option("--voxel", min=5.0, max=100.0, help="um, of its voxels.")] = 25.0,
    double: Annotated[bool, typer.Option("--double", help="The block in double precision.")] = False,
    device: Annotated[
        str, typer.Option("--device", metavar="auto|cpu|gpu", help="What simulates the block.")
    ] = "auto",
    files: Annotated[
        list[str] | None, typer.Option("--files", metavar="vti|zarr", help="The block for other programs.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="DIR", help="Go on with a run that was stopped.")
    ] = None,
    keep: Annotated[
        str,
        typer.Option(
            "--keep",
            metavar="quantities",
            help="Keep the quantities alone, without series and pictures: for very many draws, which can be stopped "
            "and gone on with.",
        ),
    ] = "",
    printed: Annotated[
        str,
        typer.Option(
            "--print", metavar="short|full", help="On paper the report is a summary, or everything."
        ),
    ] = _SHORT,
    tables: Annotated[
        bool, typer.Option("--csv", help="Also quantities.csv and series.csv, for spreadsheets.")
    ] = False,
    show: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    workers: Workers = None,
    cluster: Cluster = "",
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """Simulate a treatment; leave report.html, summary.json and course.nc.

    Takes 5 to 20 s, the first time on a machine up to a minute more, and minutes with a block of skin. A run's
    summary.json is a treatment, too: it is run again.
    """
    language = known_language(lang)
    set_limits(max_time, max_memory)
    if keep:
        if keep != _QUANTITIES:
            exit_with("not_one_of", language, BAD_INPUT, value=keep, known=_QUANTITIES)
        if patch or patch_draw or times or files or tables or show or resume is not None:
            exit_with("keep_alone", language, BAD_INPUT)
        _stream(treatment, out, draws, seed, workers, cluster, language, quiet)
        return
    if workers is not None or cluster:
        exit_with("workers_keep", language, BAD_INPUT)
    from hudnal.cli.terminal import progress_bar
    from hudnal.course.ahead import compiling_ahead
    from hudnal.language import say
    from hudnal.run.carry_out import carry_out
    from hudnal.run.order import place_order, resume_order
    from hudnal.run.skin_block import SkinBlockOrder
    from hudnal.treatment.units import read_times

    wanted = tuple(files or ())
    for value, known in ((device, DEVICES), (printed, (_SHORT, _FULL)), *((f, FILES) for f in wanted)):
        if value not in known:
            exit_with("not_one_of", language, BAD_INPUT, value=value, known=", ".join(known))
    if resume is not None:
        order, folder = resume_order(resume), resume
    else:
        asked = patch or bool(patch_draw or times or wanted)
        block = SkinBlockOrder(
            tuple(patch_draw or ()), read_times(times), side, voxel / UM_PER_MM, device, double
        )
        order = place_order(treatment, draws, seed, language, block if asked else None, wanted, tables)
        folder = out if out is not None else Path("out") / order.name
    _tell_before(order, folder, asked_for_block=patch, quiet=quiet)

    def waiting(key: str):
        return progress_bar(quiet, say(key, order.language, name=order.name), order.language)

    def render(course: Course, language: str, blocks: Mapping[int, xr.Dataset]) -> str:
        # What draws is slow to load: not before there is something to draw.
        from hudnal.report import render_report

        return render_report(course, language, blocks, date.today(), print_all=printed == _FULL)

    with speaking(order.language), compiling_ahead():
        course = carry_out(order, folder, waiting, render, again=resume is not None)
    if not quiet:
        print_headlines(course, folder / "report.html", order.language)
    if show:
        import webbrowser

        webbrowser.open((folder / "report.html").resolve().as_uri())


def _tell_before(order: Order, folder: Path, asked_for_block: bool, quiet: bool) -> None:
    """Say what a run will take, that it simulates a block of skin where nobody said so, and what it replaces."""
    from hudnal.course.estimate import estimate_hours
    from hudnal.intake.load import load_text
    from hudnal.language import say
    from hudnal.run.outputs import has_results

    with speaking(order.language):
        treatment = load_text(order.text, order.source)
        if not treatment.in_vitro:
            tell_time(estimate_hours([treatment], order.draws, control=True), order.language, quiet)
    if quiet:
        return
    if order.block is not None and not asked_for_block:
        tell(say("cli.block_too", order.language))
    if has_results(folder):
        tell(say("cli.replaced", order.language, path=folder))


def _stream(
    treatment: str,
    out: Path | None,
    draws: int,
    seed: int,
    workers: int | None,
    cluster: str,
    language: str,
    quiet: bool,
) -> None:
    """Run for the quantities alone, shard by shard."""
    from hudnal.cli.terminal import progress_bar
    from hudnal.language import say
    from hudnal.run.order import place_order
    from hudnal.run.stream import carry_out_stream

    order = place_order(treatment, draws, seed, language)
    folder = out if out is not None else Path("out") / order.name
    with (
        sharing(workers or count_workers(), cluster, folder, language, quiet) as sharded,
        progress_bar(quiet, say("cli.running", language, name=order.name), language) as progress,
    ):
        course = carry_out_stream(order, folder, sharded, progress)
    if not quiet:
        print_headlines(course, folder / "summary.json", language)


@app.command()
def holes(
    treatment: Source = "classic",
    out: Folder = None,
    lang: Lang = "",
    draws: DrawCount = 64,
    seed: Seed = 1,
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """The holes of the first session, for engineers: a table, a figure, and the sheet of a device file. 5 to 20 s."""
    language = known_language(lang)
    set_limits(max_time, max_memory)
    from hudnal.cli.terminal import progress_bar
    from hudnal.course.estimate import estimate_hours
    from hudnal.intake.change import require_needles
    from hudnal.intake.load import load
    from hudnal.language import Words, say
    from hudnal.report.sheets.holes import tell_holes, write_holes
    from hudnal.run.order import name_source
    from hudnal.study.device_sheet import shorten_to_session, simulate_first_session, simulate_whole_area

    loaded, name = require_needles(load(treatment)), name_source(treatment)
    folder = out if out is not None else Path("out") / f"{name}-holes"
    tell_time(estimate_hours([shorten_to_session(loaded)], draws), language, quiet)
    with progress_bar(quiet, say("cli.running", language, name=name), language) as progress:
        course = simulate_first_session(loaded, draws, seed, progress)
        area = simulate_whole_area(loaded, seed)
    found = write_holes(course, area, folder, language)
    if not quiet:
        print("\n".join(tell_holes(found, Words(language))))
        print(say("cli.holes_written", language, path=folder))
        print(say("notice", language))


def print_headlines(course: Course, report: Path, language: str) -> None:
    """Print what was assumed, dangers, the numbers that matter, how many warnings there are, where the `report` is."""
    from hudnal.language import Words, say
    from hudnal.language.numbers import count
    from hudnal.report.words.assumed import tell_assumed_settings
    from hudnal.report.words.dangers import tell_dangers
    from hudnal.report.words.headlines import tell_headlines

    words = Words(language)
    if assumed := tell_assumed_settings(course.treatment, words):
        print(assumed)
    for line in tell_dangers(course, words):
        print(line)
    for line in tell_headlines(course, words):
        print(line)
    if warnings := course.warnings_in(language):
        print(count(len(warnings), "cli.warnings", words))
    print(say("cli.written", language, path=report))
    print(say("notice", language))
