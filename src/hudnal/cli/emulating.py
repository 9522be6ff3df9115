"""Commands about emulators: emulate learns one, ask has it answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hudnal.cli.shared import (
    BAD_INPUT,
    Cluster,
    DrawCount,
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
)


@app.command()
def emulate(
    treatment: Source = "classic",
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            metavar="KEY=A..B",
            help="A setting and its range, or its choices: 'length=0.5..2.5 mm', 'rounds=1..4', "
            "'person.sun=little,usual,much'; again for more. A preset has a box of its own.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Where the emulator is written (JSON).")
    ] = None,
    settings: Annotated[
        int, typer.Option("--settings", min=16, max=65536, help="How many settings of the box are run.")
    ] = 224,
    group: Annotated[
        bool,
        typer.Option("--group", help="Learn the mean of a group: what differs between people at its median."),
    ] = False,
    lang: Lang = "",
    draws: DrawCount = 64,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = "",
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """Learn a treatment's numbers over a box of settings and people, so that they are told in milliseconds.

    Takes as long as a run of each of its settings: half an hour for a preset.
    """
    language = known_language(lang)
    set_limits(max_time, max_memory)
    from hudnal.cli.terminal import print_table, progress_bar
    from hudnal.intake.load import load
    from hudnal.language import Words, say
    from hudnal.progress import part_of
    from hudnal.report.sheets.emulator import tabulate_errors
    from hudnal.run.order import name_source
    from hudnal.study.emulator.box import read_box
    from hudnal.study.emulator.file import write_emulator
    from hudnal.study.emulator.learn import learn_emulator
    from hudnal.study.emulator.shipped import list_boxes
    from hudnal.study.emulator.table import Order, run_table

    words = over or list_boxes().get(treatment, {}).get("over")
    if not words:
        exit_with("no_box", language, BAD_INPUT)
    order = Order(load(treatment).canonical_text, read_box(words), settings, draws, seed, not group)
    name = name_source(treatment)
    path = out if out is not None else Path("out") / f"{name}-emulator.json"
    with (
        sharing(workers or count_workers(), cluster, path, language, quiet) as sharded,
        progress_bar(quiet, say("cli.running", language, name=name), language) as progress,
    ):
        table = run_table(order, part_of(progress, 0, 2), sharded)
        emulator = learn_emulator(table, part_of(progress, 1, 2))
        write_emulator(path, emulator)
    if not quiet:
        print_table(tabulate_errors(emulator, Words(language)))
        print(say("cli.emulator_written", language, path=path))


@app.command()
def ask(
    emulator: Annotated[
        str, typer.Argument(metavar="EMULATOR", help="An emulator's file, or the name of a preset.")
    ],
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="KEY=VALUE",
            help="A setting, such as 'force=6 N'; again for more. The others are the treatment's own.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the answer as JSON.")
    ] = None,
    group: Annotated[
        bool, typer.Option("--group", help="The mean of a group, in which luck is averaged out.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show every quantity.")] = False,
    lang: Lang = "",
    quiet: Quiet = False,
) -> None:
    """Ask an emulator for median and interval of every number at a setting, at once, with how far it may be off."""
    language = known_language(lang)
    from hudnal.cli.terminal import print_table
    from hudnal.language import Words, say
    from hudnal.report.sheets.emulator import describe_answer, tabulate_answer
    from hudnal.store.files import write_json
    from hudnal.study.emulator.box import split_point
    from hudnal.study.emulator.shipped import find_emulator

    known, point = find_emulator(emulator), split_point(at or [])
    answer = known.answer(point, group)
    if out is not None:
        write_json(out, describe_answer(known, point, answer, group, language))
    if not quiet:
        print_table(tabulate_answer(known, answer, Words(language), everything))
        print(say("notice", language))
