"""Commands about published figures: evidence, fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from hudnal.cli.shared import (
    BAD_INPUT,
    DrawCount,
    Folder,
    Lang,
    Quiet,
    Seed,
    app,
    fail_with,
    known_language,
)


@app.command()
def evidence(
    out: Folder = None,
    cases: Annotated[
        Path | None,
        typer.Option("--cases", metavar="FILE", help="Cases of your own instead of the package's."),
    ] = None,
    lang: Lang = "en",
    draws: DrawCount = 64,
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Run the published cases: measured beside predicted, before and after the fit, inside or outside."""
    language = known_language(lang)
    from hudnal.cli.terminal import print_evidence, progress_bar
    from hudnal.evidence.case import load_cases
    from hudnal.evidence.compare import run_cases
    from hudnal.evidence.observation import NotObserved
    from hudnal.report.sheets.evidence import write_evidence

    chosen = load_cases() if cases is None else _cases_of(cases, language)
    with progress_bar(quiet, "evidence") as progress:

        def half(i: int) -> Callable[[float], None]:
            return lambda share: progress((i + share) / 2) if progress else None

        try:
            prior = run_cases(draws, seed, half(0), chosen, "prior", _workers())
            results = run_cases(draws, seed, half(1), chosen, "posterior", _workers())
        except NotObserved as fault:
            fail_with("bad_cases", language, BAD_INPUT, path=cases, problem=fault)
    if out is not None:
        write_evidence(results, prior, out, language)
    if not quiet:
        print_evidence(results, prior, language)


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
    lang: Lang = "en",
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Fit every uncertain parameter to all published figures with the role fit, together."""
    language = known_language(lang)
    from importlib.util import find_spec

    missing = [name for name in ("numpyro", "arviz") if find_spec(name) is None]
    if missing:
        fail_with("no_fit", language, BAD_INPUT, missing=", ".join(missing))
    from hudnal.cli.terminal import progress_bar
    from hudnal.evidence.fit import FIRST, SECOND, as_json, belief_file
    from hudnal.evidence.fit import fit as fitted
    from hudnal.language import say
    from hudnal.report.sheets.fit import write_fit
    from hudnal.store.files import write_whole

    with progress_bar(quiet, say("cli.fitting", language)) as progress:
        found = fitted((first or FIRST, second or SECOND), seed, progress, workers=_workers())
    text = as_json(found.posterior)
    write_fit(found.posterior, found.report(), out, language)
    target = belief_file() if ship else out / "posterior.json"
    write_whole(target, lambda p: p.write_text(text, encoding="utf-8"))
    if not quiet:
        print(say("cli.fitted", language, n=len(found.posterior.names), path=target, page=out / "fit.md"))


def _cases_of(path: Path, language: str) -> Any:
    from hudnal.evidence.case import read_cases

    try:
        return read_cases(path)
    except OSError as fault:
        fail_with("bad_cases", language, BAD_INPUT, path=path, problem=fault.strerror)
    except ValueError as fault:
        fail_with("bad_cases", language, BAD_INPUT, path=path, problem=fault)


def _workers() -> int:
    """Processes that work side by side."""
    import os

    return min(os.cpu_count() or 1, 8)
