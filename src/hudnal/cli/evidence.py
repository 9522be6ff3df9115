"""Commands about published figures: evidence, fit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hudnal.cli.shared import (
    BAD_INPUT,
    Cluster,
    Folder,
    Lang,
    Quiet,
    Seed,
    Workers,
    app,
    count_workers,
    exit_with,
    known_language,
    sharing,
)


@app.command()
def evidence(
    out: Folder = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases",
            metavar="FILE",
            help="Cases of your own instead of the package's: published figures with the trials behind them. --form "
            "writes such a file with every entry explained (docs/cases.md).",
        ),
    ] = None,
    form: Annotated[
        bool,
        typer.Option("--form", help="Print a file for --cases that explains its own entries, and end."),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="WORD", help="Only cases whose id holds it; may be given again."),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(
            "--before",
            metavar="FILE",
            help="The evidence.json of an earlier release: the page says what has moved since.",
        ),
    ] = None,
    permeability: Annotated[
        list[Path] | None,
        typer.Option(
            "--permeability",
            metavar="FILE",
            help="Instead of cases, set the prediction beside open data of permeability (CSV as published: HuskinDB, "
            "Cheruvu 2022); may be given again.",
        ),
    ] = None,
    lang: Lang = "",
    draws: Annotated[
        int | None,
        typer.Option(
            "--draws",
            min=1,
            max=65536,
            help="How many samples of what is not known (64; 1024 with --permeability).",
        ),
    ] = None,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = "",
    quiet: Quiet = False,
) -> None:
    """Run the published cases: measured beside predicted, before and after the fit, inside or outside.

    Takes minutes; --only and fewer --draws take less.
    """
    language = known_language(lang)
    if form:
        _print_form(language)
        return
    if permeability:
        _compare_permeability(permeability, draws, seed, out, language, quiet)
        return
    from hudnal.cli.terminal import print_evidence, progress_bar
    from hudnal.evidence.forecast import DRAWS, run_before_and_after
    from hudnal.evidence.moved import read_before
    from hudnal.report.sheets.evidence import write_evidence

    earlier = None if before is None else read_before(before)
    with (
        sharing(workers or count_workers(), cluster, out, language, quiet) as sharded,
        progress_bar(quiet, "evidence", language) as progress,
    ):
        prior, results = run_before_and_after(cases, draws or DRAWS, seed, progress, sharded, only or ())
    if out is not None:
        write_evidence(results, prior, out, language, cases.name if cases is not None else "", earlier)
    if not quiet:
        print_evidence(results, prior, language)


def _print_form(language: str) -> None:
    from hudnal.language import say

    print(say("cases.form", language))


def _compare_permeability(
    files: list[Path], draws: int | None, seed: int, out: Path | None, language: str, quiet: bool
) -> None:
    from hudnal.cli.terminal import print_permeability, progress_bar
    from hudnal.evidence.permeability import DRAWS, compare_permeability
    from hudnal.report.sheets.permeability import write_permeability

    with progress_bar(quiet, "permeability", language) as progress:
        comparisons = compare_permeability(files, draws or DRAWS, seed, progress)
    if out is not None:
        write_permeability(comparisons, out, language)
    if not quiet:
        print_permeability(comparisons, language)


@app.command()
def fit(
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for the belief and its page.")
    ],
    ship: Annotated[
        bool, typer.Option("--ship", help="Put the belief into the package, which uses it from then on.")
    ] = False,
    first: Annotated[
        int | None, typer.Option("--first", min=64, max=65536, help="Draws of the first wave.")
    ] = None,
    second: Annotated[
        int | None, typer.Option("--second", min=64, max=65536, help="Draws of the second wave.")
    ] = None,
    lang: Lang = "",
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = "",
    quiet: Quiet = False,
) -> None:
    """Fit every uncertain parameter to all published figures with the role fit, together. Takes an hour or more."""
    language = known_language(lang)
    from importlib.util import find_spec

    missing = [name for name in ("numpyro", "arviz") if find_spec(name) is None]
    if missing:
        exit_with("no_fit", language, BAD_INPUT, missing=", ".join(missing))
    from hudnal.cli.terminal import progress_bar
    from hudnal.evidence.fit import FIRST, SECOND, belief_file, fit_belief, format_posterior
    from hudnal.language import say
    from hudnal.report.sheets.fit import write_fit
    from hudnal.store.files import write_whole

    with (
        sharing(workers or count_workers(), cluster, out, language, quiet) as sharded,
        progress_bar(quiet, say("cli.fitting", language), language) as progress,
    ):
        found = fit_belief((first or FIRST, second or SECOND), seed, progress, sharded=sharded)
    text = format_posterior(found.posterior)
    write_fit(found.posterior, found.report(), out, language, "" if ship else text)
    target = belief_file() if ship else out / "posterior.json"
    if ship:
        write_whole(target, lambda p: p.write_text(text, encoding="utf-8"))
    if not quiet:
        print(say("cli.fitted", language, n=len(found.posterior.names), path=target, page=out / "fit.md"))
