"""Commands that look something up: presets, schema, cite, version."""

from __future__ import annotations

from typing import Annotated

import typer

from hudnal.cli.shared import (
    Lang,
    app,
    known_language,
)


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Write this one out as YAML.")] = None,
    lang: Lang = "en",
) -> None:
    """List the presets, or write one out."""
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
    print(read_preset(name), end="")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the treatment file, for editors."""
    import json

    from hudnal.intake.check import make_full_schema

    print(json.dumps(make_full_schema(), ensure_ascii=False, indent=2))


@app.command()
def cite(
    source: Annotated[
        str, typer.Argument(metavar="[DIR|TREATMENT]", help="A run's folder, a file or a preset.")
    ] = "classic",
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print BibTeX entries.")] = False,
    lang: Lang = "en",
) -> None:
    """Print the sources that a run used; which were read second-hand is said of each."""
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
    from hudnal.version import __version__

    print(f"hudnal {__version__}")
