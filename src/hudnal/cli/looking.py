"""Commands that look something up: presets, schema, cite, version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hudnal.cli.shared import (
    BAD_INPUT,
    Lang,
    app,
    fail_with,
    known_language,
    treatment_of,
)

if TYPE_CHECKING:
    pass


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Write this one out as YAML.")] = None,
    lang: Lang = "en",
) -> None:
    """List the presets, or write one out."""
    from hudnal.language import say
    from hudnal.treatment.fault import TreatmentError
    from hudnal.treatment.presets import preset_names, preset_text

    language = known_language(lang)
    if name is None:
        width = max(map(len, preset_names()))
        for preset in preset_names():
            print(f"{preset:<{width}}  {say(f'cli.presets.{preset}', language)}")
        return
    if name not in preset_names():
        from hudnal.intake.load import not_found

        raise TreatmentError(name, [not_found(name)])
    print(preset_text(name), end="")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the treatment file, for editors."""
    import json

    from hudnal.intake.check import full_schema

    print(json.dumps(full_schema(), ensure_ascii=False, indent=2))


@app.command()
def cite(
    source: Annotated[
        str, typer.Argument(metavar="[DIR|TREATMENT]", help="A run's folder, a file or a preset.")
    ] = "classic",
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print BibTeX entries.")] = False,
) -> None:
    """Print the sources that a run used."""
    from hudnal.parameters.bibliography import bibliography, bibtex_of

    for key in _sources_of(source):
        reference = bibliography()[key]
        print(bibtex_of(key) if bibtex else f"{key}: {reference.text}")


@app.command()
def version() -> None:
    """Print the version."""
    from hudnal.version import __version__

    print(f"hudnal {__version__}")


def _sources_of(source: str) -> list[str]:
    import json

    summary = Path(source) / "summary.json"
    if Path(source).is_dir() and summary.is_file():
        try:
            return list(json.loads(summary.read_text(encoding="utf-8"))["sources"])
        except (OSError, ValueError, KeyError, TypeError):
            fail_with("not_a_run", "en", BAD_INPUT, path=source)
    from hudnal.course.simulate import simulate

    return simulate(treatment_of(source), draws=1).sources
