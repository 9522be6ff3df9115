"""The command that makes paper for people: handout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hudnal.cli.shared import (
    DrawCount,
    Folder,
    Lang,
    MaxMemory,
    MaxTime,
    Quiet,
    Seed,
    Source,
    app,
    known_language,
    set_limits,
    tell_time,
)

if TYPE_CHECKING:
    from hudnal.result.course import Course


@app.command()
def handout(
    treatment: Source = "classic",
    out: Folder = None,
    lang: Lang = "",
    clinic: Annotated[
        str,
        typer.Option(
            "--clinic", metavar="TEXT", help="The clinic's name and phone, for the top of each sheet."
        ),
    ] = "",
    draws: DrawCount = 64,
    seed: Seed = 1,
    max_time: MaxTime = "",
    max_memory: MaxMemory = "",
    quiet: Quiet = False,
) -> None:
    """A sheet for the client, a consent form and a checklist of one treatment, an A4 page each to print.

    Takes 5 to 20 s.
    """
    language = known_language(lang)
    set_limits(max_time, max_memory)
    from hudnal.cli.terminal import progress_bar
    from hudnal.course.estimate import estimate_hours
    from hudnal.intake.load import load_text
    from hudnal.language import say
    from hudnal.run.handout import carry_out_handouts
    from hudnal.run.order import place_order

    order = place_order(treatment, draws, seed, language)
    folder = out if out is not None else Path("out") / f"{order.name}-handout"

    def render(course: Course, language: str) -> Mapping[str, str]:
        from hudnal.handout.render import render_handouts

        return render_handouts(course, language, clinic)

    loaded = load_text(order.text, order.source)
    if not loaded.in_vitro:
        tell_time(estimate_hours([loaded], draws, control=True), language, quiet)
    with progress_bar(quiet, say("cli.running", language, name=order.name), language) as progress:
        carry_out_handouts(order, folder, render, progress)
    if not quiet:
        print(say("handout.written", language, path=folder))
        print(say("notice", language))
