"""Commands that look something up: presets, schema, cite, version."""

from __future__ import annotations

from typing import Annotated

import typer

from hudnal.cli.shared import (
    BAD_INPUT,
    Lang,
    app,
    exit_with,
    find_usual_language,
    known_language,
)

_BINDING = "# yaml-language-server: $schema=hudnal.schema.json"  # what editors look for


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version, and end.")] = False,
) -> None:
    """Show help and what to try first where no command is named."""
    if version:
        _print_version()
        raise typer.Exit
    if context.invoked_subcommand is None:
        from hudnal.language import say

        print(context.get_help())
        print(say("cli.try_first", find_usual_language()))
        raise typer.Exit(BAD_INPUT)


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Write this one out as YAML.")] = None,
    lang: Lang = "",
) -> None:
    """List the presets, or write one out. At once."""
    from hudnal.language import say
    from hudnal.treatment.fault import TreatmentError
    from hudnal.treatment.presets import list_presets, read_preset

    language = known_language(lang)
    if name is None:
        width = max(map(len, list_presets()))
        for preset in list_presets():
            print(f"{preset:<{width}}  {say(f'cli.presets.{preset}', language)}")
        return
    if name not in list_presets():
        from hudnal.intake.load import describe_unknown_source

        raise TreatmentError(name, [describe_unknown_source(name)])
    print(_BINDING)
    print(f"# {say('cli.binding', language)}")
    print(read_preset(name), end="")


@app.command()
def names(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]",
            help="sites, instruments, products, agents, compounds, vehicles, conditions; else all of them.",
        ),
    ] = None,
    lang: Lang = "",
) -> None:
    """List the names that a treatment file can take, with what they are called. At once."""
    from hudnal.intake.catalogues import list_catalogues
    from hudnal.language import named

    language, catalogues = known_language(lang), list_catalogues()
    if kind is not None and kind not in catalogues:
        exit_with("not_one_of", language, BAD_INPUT, value=kind, known=", ".join(catalogues))
    for one in catalogues if kind is None else (kind,):
        if kind is None:
            print(f"{one}:")
        width = max(map(len, catalogues[one]))
        for name in catalogues[one]:
            called = named(one, name, language)
            print(f"{'' if kind else '  '}{name:<{width}}  {called if called != name else ''}".rstrip())


@app.command()
def schema() -> None:
    """Print the JSON Schema of the treatment file, for editors. At once.

    Written to hudnal.schema.json beside a treatment file it makes an editor complete names and underline faults:
    `hudnal presets NAME` begins with the line that binds the two.
    """
    import json

    from hudnal.intake.check import make_full_schema

    print(json.dumps(make_full_schema(), ensure_ascii=False, indent=2))


@app.command()
def cite(
    source: Annotated[
        str, typer.Argument(metavar="[DIR|TREATMENT]", help="A run's folder, a file or a preset.")
    ] = "classic",
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print BibTeX entries.")] = False,
    lang: Lang = "",
) -> None:
    """Print the sources that a run used, at once; which were read second-hand is said of each."""
    from hudnal.language import say
    from hudnal.parameters.bibliography import bibliography, bibtex_of
    from hudnal.run.cite import find_sources

    language = known_language(lang)
    for key in find_sources(source):
        if bibtex:
            print(bibtex_of(key))
            continue
        reference = bibliography()[key]
        place = reference.second_hand
        told = f" {say('report.second_hand', language, place=place)}" if place else ""
        print(f"{key}: {reference.text}{told}")


@app.command()
def version() -> None:
    """Print the version."""
    _print_version()


def _print_version() -> None:
    from hudnal.version import __version__

    print(f"hudnal {__version__}")
