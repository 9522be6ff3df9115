"""Commands that simulate one treatment: run, holes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
)
from hudnal.units import UM_PER_MM

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from hudnal.result.course import Course

_QUANTITIES = "quantities"


@app.command()
def run(
    treatment: Source = "classic",
    out: Folder = None,
    lang: Lang = "en",
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
    workers: Workers = None,
    cluster: Cluster = "",
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """Simulate a treatment; leave report.html, summary.json and course.nc."""
    language = known_language(lang)
    set_limits(max_time, max_memory)
    if keep:
        if keep != _QUANTITIES:
            exit_with("not_one_of", language, BAD_INPUT, value=keep, known=_QUANTITIES)
        if patch or patch_draw or times or files or resume is not None:
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
    for value, known in ((device, DEVICES), *((f, FILES) for f in wanted)):
        if value not in known:
            exit_with("not_one_of", language, BAD_INPUT, value=value, known=", ".join(known))
    if resume is not None:
        order, folder = resume_order(resume), resume
    else:
        asked = patch or bool(patch_draw or times or wanted)
        block = SkinBlockOrder(
            tuple(patch_draw or ()), read_times(times), side, voxel / UM_PER_MM, device, double
        )
        order = place_order(treatment, draws, seed, language, block if asked else None, wanted)
        folder = out if out is not None else Path("out") / order.name

    def waiting(key: str):
        return progress_bar(quiet, say(key, order.language, name=order.name), order.language)

    def render(course: Course, language: str, blocks: Mapping[int, xr.Dataset]) -> str:
        # What draws is slow to load: not before there is something to draw.
        from hudnal.report import render_report

        return render_report(course, language, blocks)

    with speaking(order.language), compiling_ahead():
        course = carry_out(order, folder, waiting, render, again=resume is not None)
    if not quiet:
        print_headlines(course, folder / "report.html", order.language)


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
    lang: Lang = "en",
    draws: DrawCount = 64,
    seed: Seed = 1,
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """The holes of the first session, for engineers: a table, a figure, and the sheet of a device file."""
    language = known_language(lang)
    set_limits(max_time, max_memory)
    from hudnal.cli.terminal import progress_bar
    from hudnal.intake.change import require_needles
    from hudnal.intake.load import load
    from hudnal.language import Words, say
    from hudnal.report.sheets.holes import tell_holes, write_holes
    from hudnal.run.order import name_source
    from hudnal.study.device_sheet import simulate_first_session, simulate_whole_area

    loaded, name = require_needles(load(treatment)), name_source(treatment)
    folder = out if out is not None else Path("out") / f"{name}-holes"
    with progress_bar(quiet, say("cli.running", language, name=name), language) as progress:
        course = simulate_first_session(loaded, draws, seed, progress)
        area = simulate_whole_area(loaded, seed)
    found = write_holes(course, area, folder, language)
    if not quiet:
        print("\n".join(tell_holes(found, Words(language))))
        print(say("cli.holes_written", language, path=folder))
        print(say("notice", language))


def print_headlines(course: Course, report: Path, language: str) -> None:
    """Print the numbers that matter, how many warnings there are, and where the `report` lies."""
    from hudnal.language import Words, say
    from hudnal.report.words.headlines import tell_headlines

    for line in tell_headlines(course, Words(language)):
        print(line)
    if course.warnings:
        many = "cli.warnings" if len(course.warnings) > 1 else "cli.warning"
        print(say(many, language, n=len(course.warnings)))
    print(say("cli.written", language, path=report))
    print(say("notice", language))
