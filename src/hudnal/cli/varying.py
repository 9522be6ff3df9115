"""Commands that set things side by side: sweep, deliver, compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hudnal.cli.shared import (
    BAD_INPUT,
    PICTURES,
    DrawCount,
    Folder,
    Lang,
    Quiet,
    Seed,
    Source,
    app,
    fail_with,
    known_language,
    needling_of,
    stem,
    times_of,
    treatment_of,
)

if TYPE_CHECKING:
    from hudnal.treatment import Treatment


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
    lang: Lang = "en",
    draws: DrawCount = 32,
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Vary geometry, force or strokes: a table and a figure of holes, depths, forces and blood."""
    language = known_language(lang)
    loaded = needling_of(treatment, language)
    varied = _varied(over or ["force=1 N,3 N,6 N,10 N"], language)
    folder = out if out is not None else Path("out") / f"{stem(treatment)}-sweep"
    from hudnal.cli.terminal import print_sweep, progress_bar
    from hudnal.language import say
    from hudnal.report.sheets.sweep import write_sweep
    from hudnal.study.sweep import sweep as run_sweep

    with progress_bar(quiet, say("cli.running", language, name=stem(treatment))) as progress:
        found = run_sweep(loaded, varied, draws, seed, progress)
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
    lang: Lang = "en",
    hours: Annotated[
        str, typer.Option("--for", metavar="TIME", help="How long after the session: '48 h', '8 week'.")
    ] = "48 h",
    draws: DrawCount = 64,
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Follow one compound through skin and holes, for formulators: flux, amount, lag, depth, balance."""
    language = known_language(lang)
    from hudnal.cli.terminal import progress_bar
    from hudnal.intake.load import load_with_compound
    from hudnal.language import Words, say
    from hudnal.report.sheets.delivery import tell_delivery, write_delivery
    from hudnal.study.deliver import deliver as follow

    loaded, name = load_with_compound(treatment, compound)
    until = times_of(hours, language)
    if len(until) != 1 or not 0 < until[0] <= _LONGEST_LOOK:
        fail_with("deliver_for", language, BAD_INPUT, value=hours)
    folder = out if out is not None else Path("out") / f"{stem(treatment)}-{name}"
    with progress_bar(quiet, say("cli.running", language, name=stem(treatment))) as progress:
        delivery = follow(loaded, name, draws, seed, until[0], progress)
    found = write_delivery(delivery, folder, language)
    if not quiet:
        for line in tell_delivery(found, Words(language)):
            print(line)
        print(say("cli.delivery_written", language, path=folder))
        print(say("notice", language))


_LONGEST_LOOK = 24.0 * 366 * 3  # h


def _varied(over: list[str], language: str, whole: bool = False) -> dict[str, list[str]]:
    """What to vary with its values; of a `whole` treatment, or of its needling alone."""
    from hudnal.study.sweep import OF_INSTRUMENT, OF_PLAN, OF_STEP

    possible = OF_INSTRUMENT | OF_STEP | (OF_PLAN if whole else set())
    varied: dict[str, list[str]] = {}
    for item in over:
        key, given, values = item.partition("=")
        key = key.strip()
        listed = [v.strip() for v in values.split(",") if v.strip()]
        if not given or not listed:
            fail_with("sweep_form", language, BAD_INPUT, value=item)
        if key not in possible:
            fail_with("sweep_key", language, BAD_INPUT, value=key, known=", ".join(sorted(possible)))
        varied[key] = listed
    return varied


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
    lang: Lang = "en",
    draws: DrawCount = 64,
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Put treatments side by side, with the interval of the difference (same draws)."""
    language = known_language(lang)
    if figure is not None and figure.suffix.lower() not in PICTURES:
        fail_with("not_one_of", language, BAD_INPUT, value=figure.name, known=", ".join(PICTURES))
    varied = _varied(over or [], language, whole=True)
    plans = _variants(treatments, varied, language)
    if len(plans) < 2:
        fail_with("compare_two", language, BAD_INPUT)
    from hudnal.cli.terminal import print_comparison, progress_bar
    from hudnal.course.simulate import simulate
    from hudnal.language import say
    from hudnal.store.files import write_json
    from hudnal.study.compare import compare as compare_courses

    courses = []
    with progress_bar(quiet, say("cli.running", language, name=", ".join(plans))) as progress:
        for i, one in enumerate(plans.values()):
            part = (lambda share, i=i: progress((i + share) / len(plans))) if progress else None
            courses.append(simulate(one, draws, seed, part))
    table = compare_courses(list(plans), courses)
    if out is not None:
        write_json(out, table.as_dict(language))
    if figure is not None:
        from hudnal.report.sheets.comparison import write_comparison

        write_comparison(table, figure, language)
    if not quiet:
        print_comparison(table, language, everything)


def _variants(names: list[str], varied: dict[str, list[str]], language: str) -> dict[str, Treatment]:
    """What is to be compared, by name, all of it read and checked before anything runs."""
    from hudnal.study.compare import variants
    from hudnal.study.sweep import OF_PLAN, has_needles

    stems = [stem(name) for name in names]
    # Two files of one name in two folders are told apart by their folders.
    loaded = {
        stem if stems.count(stem) == 1 else name: treatment_of(name)
        for stem, name in zip(stems, names, strict=True)
    }
    if varied.keys() - OF_PLAN and not all(map(has_needles, loaded.values())):
        fail_with("no_needles", language, BAD_INPUT)
    return variants(loaded, varied)
