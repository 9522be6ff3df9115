"""Commands that set things side by side: sweep, deliver, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hudnal.cli.shared import (
    BAD_INPUT,
    PICTURES,
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
    exit_with,
    known_language,
    set_limits,
    sharing,
    tell_time,
)


@app.command()
def sweep(
    treatment: Source = "classic",
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            metavar="KEY=A,B,C",
            help="What to vary: force, strokes, length, rings ... with its values; give it again for more.",
        ),
    ] = None,
    out: Folder = None,
    lang: Lang = "",
    draws: DrawCount = 32,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = "",
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """Vary geometry, force or strokes: a table and a figure of holes, depths, forces and blood.

    Takes 1 to 5 s for each combination.
    """
    language = known_language(lang)
    set_limits(max_time, max_memory)
    from hudnal.cli.terminal import print_sweep, progress_bar
    from hudnal.course.estimate import estimate_hours
    from hudnal.intake.change import require_needles
    from hudnal.intake.load import load
    from hudnal.language import say
    from hudnal.report.sheets.sweep import write_sweep
    from hudnal.run.order import name_source
    from hudnal.study import sweep as sweeping
    from hudnal.study.device_sheet import shorten_to_session

    loaded, name = require_needles(load(treatment)), name_source(treatment)
    varied = sweeping.read_variations(over or ["force=0.5 N,1 N,2 N,5 N"])
    folder = out if out is not None else Path("out") / f"{name}-sweep"
    if workers is None and not cluster:
        one = estimate_hours([shorten_to_session(loaded)], draws)
        tell_time(one * sweeping.count_points(varied), language, quiet)
    with (
        sharing(workers, cluster, folder, language, quiet) as sharded,
        progress_bar(quiet, say("cli.running", language, name=name), language) as progress,
    ):
        found = sweeping.sweep(loaded, varied, draws, seed, progress, sharded)
    write_sweep(found, folder, language)
    if not quiet:
        print_sweep(found, language)
        print(say("cli.sweep_written", language, path=folder))


@app.command()
def deliver(
    compound: Annotated[
        str, typer.Argument(metavar="COMPOUND", help="A compound's file, or the name of a known one.")
    ],
    treatment: Source = "classic",
    out: Folder = None,
    lang: Lang = "",
    hours: Annotated[
        str, typer.Option("--for", metavar="TIME", help="How long after the session: '48 h', '8 week'.")
    ] = "48 h",
    draws: DrawCount = 64,
    seed: Seed = 1,
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """Follow one compound through skin and holes, for formulators: flux, amount, lag, depth, balance.

    Takes 5 to 20 s; weeks (--for) take longer.
    """
    language = known_language(lang)
    set_limits(max_time, max_memory)
    from hudnal.cli.terminal import progress_bar
    from hudnal.course.estimate import estimate_hours
    from hudnal.intake.load import load_with_compound
    from hudnal.language import Words, say
    from hudnal.report.sheets.delivery import tell_delivery, write_delivery
    from hudnal.run.order import name_source
    from hudnal.study import deliver as delivering
    from hudnal.treatment.units import read_time

    loaded, name = load_with_compound(treatment, compound)
    until = read_time(hours, delivering.LONGEST)
    source = name_source(treatment)
    folder = out if out is not None else Path("out") / f"{source}-{name}"
    tell_time(estimate_hours([loaded], draws), language, quiet)
    with progress_bar(quiet, say("cli.running", language, name=source), language) as progress:
        delivery = delivering.deliver(loaded, name, draws, seed, until, progress)
    found = write_delivery(delivery, folder, language)
    if not quiet:
        for line in tell_delivery(found, Words(language)):
            print(line)
        print(say("cli.delivery_written", language, path=folder))
        print(say("notice", language))


@app.command()
def compare(
    treatments: Annotated[list[str], typer.Argument(metavar="A [B ...]", help="Files or presets.")],
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            metavar="KEY=A,B,C",
            help="Vary it in each: course.interval, course.sessions, person.age, length, force ...; again for more.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the comparison as JSON.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option("--figure", metavar="FILE", help="Draw the differences: .svg, .png, .pdf.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every quantity.")] = False,
    lang: Lang = "",
    draws: DrawCount = 64,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = "",
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """Put treatments side by side, with the interval of the difference (same draws).

    Takes as long as a run of each: 5 to 20 s.
    """
    language = known_language(lang)
    set_limits(max_time, max_memory)
    if figure is not None and figure.suffix.lower() not in PICTURES:
        exit_with("not_one_of", language, BAD_INPUT, value=figure.name, known=", ".join(PICTURES))
    from hudnal.cli.terminal import print_comparison, progress_bar
    from hudnal.course.estimate import estimate_hours
    from hudnal.language import say
    from hudnal.store.files import write_json
    from hudnal.study.compare import compare_treatments, load_variants
    from hudnal.study.sweep import read_variations

    plans = load_variants(treatments, read_variations(over or [], whole=True))
    if workers is None and not cluster:
        tell_time(estimate_hours(plans.values(), draws, control=True), language, quiet)
    with (
        sharing(workers, cluster, out, language, quiet) as sharded,
        progress_bar(quiet, say("cli.running", language, name=", ".join(plans)), language) as progress,
    ):
        table = compare_treatments(plans, draws, seed, progress, sharded)
    if out is not None:
        write_json(out, table.as_dict(language))
    if figure is not None:
        from hudnal.report.sheets.comparison import write_comparison

        write_comparison(table, figure, language)
    if not quiet:
        print_comparison(table, language, everything)
