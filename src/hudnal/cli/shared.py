"""What every command shares: the app, options, how faults are told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import zip_longest
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from hudnal.cli.console import tell
from hudnal.units import MINUTES_PER_HOUR

if TYPE_CHECKING:
    from hudnal.study.shards import Sharded

app = typer.Typer(
    name="hudnal",
    help="Skin needling as software: a treatment file goes in, holes, blood, pain, healing and risks come out. "
    "It informs; it does not diagnose, and it is no medical device.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BAD_INPUT = 2
INTERRUPTED = 130
_WORTH_TELLING = 20 / 3600  # h, from which on it is told what a command will take
_LANGUAGE = "HUDNAL_LANG"  # environment variable
_IN_SECONDS = 90  # s, below which times are told in them
_MOST_WORKERS = 8  # where nobody says how many: each has the whole program in memory
DEVICES, FILES = ("auto", "cpu", "gpu"), ("vti", "zarr")
PICTURES = (".svg", ".png", ".pdf")
Source = Annotated[
    str, typer.Argument(metavar="[TREATMENT]", help="A treatment file, or the name of a preset.")
]
Folder = Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder for the results.")]
Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        metavar="sv|en",
        help="Language of report and messages; else that of HUDNAL_LANG or of this machine.",
        show_default=False,
    ),
]
DrawCount = Annotated[
    int, typer.Option("--draws", min=1, max=10**6, help="How many samples of what is not known.")
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**31 - 1, help="The same seed gives the same numbers.")
]
MaxTime = Annotated[
    str, typer.Option("--max-time", metavar="TIME", help="Refuse what would take longer: '3 h'. Usually 1 h.")
]
MaxMemory = Annotated[
    str,
    typer.Option("--max-memory", metavar="SIZE", help="Refuse what would need more: '8 GB'. Usually 4 GB."),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=1024, help="Processes that share the work, each on one core."),
]
Cluster = Annotated[
    str,
    typer.Option(
        "--cluster",
        metavar="local|ADDRESS",
        help="Share the work out on a cluster of Dask: tcp://..., or local for one of --workers on this machine.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]


class Reported(SystemExit):
    """An end whose reason has been printed."""


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Tell what goes wrong inside in this language, whatever the command line says: that of an order gone on with."""
    from hudnal.language import HudnalError

    try:
        yield
    except HudnalError as error:
        tell(*error.lines(language))
        raise Reported(error.exit_code) from error


def set_limits(max_time: str, max_memory: str) -> None:
    """Let runs cost so much, in this process and in its workers; what is not given stays as it is."""
    from hudnal.course.estimate import MAX_MEMORY, MAX_TIME, Limits

    os.environ.update({name: text for name, text in ((MAX_TIME, max_time), (MAX_MEMORY, max_memory)) if text})
    Limits.read()


def known_language(lang: str) -> str:
    """The language asked for, or else the usual one; an end with a line that says which there are."""
    from hudnal.language import LANGUAGES

    wanted = lang or os.environ.get(_LANGUAGE, "")
    if wanted and wanted not in LANGUAGES:
        exit_with("language", "en", BAD_INPUT, value=wanted, known=", ".join(LANGUAGES))
    return wanted or find_usual_language()


def find_usual_language() -> str:
    """The language of HUDNAL_LANG, or else of the machine; English where that is none of ours."""
    from locale import getlocale

    from hudnal.language import LANGUAGES

    variables = (_LANGUAGE, "LC_ALL", "LC_MESSAGES", "LANG")
    told = (
        next((os.environ[name] for name in variables if os.environ.get(name)), None) or getlocale()[0] or ""
    )
    # A locale is such as sv_SE.UTF-8, on Windows such as Swedish_Sweden.
    found = told.lower().replace("-", "_").split("_")[0].split(".")[0]
    found = {"swedish": "sv", "english": "en"}.get(found, found)
    return found if found in LANGUAGES else "en"


def language_asked(arguments: list[str]) -> str:
    """The language that the command line names, before it has been read: for messages about its faults."""
    from hudnal.language import LANGUAGES

    for word, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        asked = (
            following
            if word == "--lang"
            else word.removeprefix("--lang=")
            if word.startswith("--lang=")
            else ""
        )
        if asked in LANGUAGES:
            return asked
    return find_usual_language()


@contextmanager
def sharing(
    workers: int | None, cluster: str, folder: Path | None, language: str, quiet: bool
) -> Iterator[Sharded | None]:
    """Where the runs of a command are made: None for this process, where neither workers nor a cluster is asked for.

    Shards are kept beside the `folder` that the results are for, until all are done; Ctrl-C says so.
    """
    if workers is None and not cluster:
        yield None
        return
    from hudnal.language import say
    from hudnal.run.order import hold_shards
    from hudnal.study.cluster import open_executor
    from hudnal.study.shards import Sharded

    count = workers or count_workers()

    def announce(hours: float) -> None:
        if not quiet and hours > _WORTH_TELLING:
            tell(say("cli.will_take", language, minutes=ceil(MINUTES_PER_HOUR * hours), n=count))

    try:
        with (
            open_executor(count, cluster) as executor,
            nullcontext() if folder is None else hold_shards(folder) as place,
        ):
            yield Sharded(executor, place, count, announce)
    except KeyboardInterrupt:
        if folder is None:
            raise
        exit_with("stopped_shards", language, INTERRUPTED)


def tell_time(hours: float, language: str, quiet: bool) -> None:
    """Say how long a command will take at most, where that is long enough to wonder."""
    from hudnal.course.estimate import Limits
    from hudnal.language import Words, say
    from hudnal.language.numbers import format_duration, round_nicely
    from hudnal.units import SECONDS_PER_HOUR

    if quiet or not _WORTH_TELLING < hours <= Limits.read().hours:  # what takes longer is refused
        return
    minutes = ceil(MINUTES_PER_HOUR * hours) / MINUTES_PER_HOUR
    seconds = round_nicely(SECONDS_PER_HOUR * hours)
    short = Words(language)("cli.seconds", n=ceil(seconds))
    time = short if SECONDS_PER_HOUR * hours < _IN_SECONDS else format_duration(minutes, Words(language))
    tell(say("cli.takes", language, time=time))


def count_workers() -> int:
    """Processes that work side by side where nobody says how many."""
    from hudnal.threads import count_cores

    return min(count_cores(), _MOST_WORKERS)


def exit_with(key: str, language: str, code: int, **values: Any) -> NoReturn:
    """Print what is wrong, in the language, and end with `code`."""
    from hudnal.language import say

    tell(say(f"cli.{key}", language, **values))
    raise Reported(code)
