"""The command `hudnal`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from hudnal.course.course import Course
    from hudnal.treatment import Treatment

app = typer.Typer(
    name="hudnal",
    help="Skin needling as software: a treatment file goes in, holes, blood, pain, healing and risks come out. "
    "It informs; it does not diagnose, and it is no medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BAD_INPUT = 2
INTERRUPTED = 130
DEVICES, FILES = ("auto", "cpu", "gpu"), ("vti", "zarr")
PICTURES = (".svg", ".png", ".pdf")
Source = Annotated[
    str, typer.Argument(metavar="[TREATMENT]", help="A treatment file, or the name of a preset.")
]
Folder = Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder for the results.")]
Lang = Annotated[str, typer.Option("--lang", metavar="sv|en", help="Language of report and messages.")]
DrawCount = Annotated[
    int, typer.Option("--draws", min=1, max=65536, help="How many samples of what is not known.")
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**31 - 1, help="The same seed gives the same numbers.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]


class _Told(SystemExit):
    """An end whose reason has been printed."""


def main() -> None:
    """Entry point: faults of people's files are told in lines, never as a traceback."""
    try:
        _main()
    except KeyboardInterrupt:
        _fail_with("stopped", _language_asked(sys.argv[1:]), INTERRUPTED)


def _main() -> None:
    from hudnal.treatment.fault import TreatmentError

    language = _language_asked(sys.argv[1:])
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED and not isinstance(end, _Told):  # what the library makes of Ctrl-C
            _fail_with("stopped", language, INTERRUPTED)
        raise
    except TreatmentError as error:
        for line in error.lines(language):
            print(line, file=sys.stderr)
        sys.exit(BAD_INPUT)
    except BrokenPipeError:
        # The reader of a pipe has gone; nothing is wrong.
        sys.stderr.close()
        sys.exit(0)


@app.command()
def run(
    treatment: Source = "classic",
    out: Folder = None,
    lang: Lang = "en",
    draws: DrawCount = 64,
    seed: Seed = 1,
    patch: Annotated[
        bool, typer.Option("--patch", help="Simulate a block of skin with every hole in it, for pictures.")
    ] = False,
    patch_draw: Annotated[
        list[int] | None,
        typer.Option("--patch-draw", min=0, help="Which draw's block; again for more. Else the median's."),
    ] = None,
    times: Annotated[
        str,
        typer.Option(
            "--times", help="When to look at the block: '0 h, 1 day, 4 week' after the first session."
        ),
    ] = "",
    side: Annotated[float, typer.Option("--side", min=0.2, max=20.0, help="mm, of the block.")] = 4.0,
    voxel: Annotated[float, typer.Option("--voxel", min=5.0, max=100.0, help="um, of its voxels.")] = 25.0,
    double: Annotated[bool, typer.Option("--double", help="The block in double precision.")] = False,
    device: Annotated[
        str, typer.Option("--device", metavar="auto|cpu|gpu", help="What simulates the block.")
    ] = "auto",
    files: Annotated[
        list[str] | None, typer.Option("--files", metavar="vti|zarr", help="The block for other programs.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="DIR", help="Go on with a run that was stopped.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Simulate a treatment; leave report.html, summary.json and course.nc."""
    language = _check_language(lang)
    from hudnal.course.block import Block
    from hudnal.course.files import OutputFault
    from hudnal.course.load import load_text, text_of
    from hudnal.course.order import Order
    from hudnal.course.order import resume as resume_order
    from hudnal.report.terminal import progress_bar
    from hudnal.run import Stopped, carry_out

    try:
        if resume is not None:
            order, folder = resume_order(resume), resume
            language = order.language
        else:
            wanted = tuple(files or ())
            for value, known in ((device, DEVICES), *((f, FILES) for f in wanted)):
                if value not in known:
                    _fail_with("not_one_of", language, BAD_INPUT, value=value, known=", ".join(known))
            block = Block(tuple(patch_draw or ()), _times(times, language), side, voxel / 1e3, device, double)
            asked = patch or bool(patch_draw or times or wanted)
            text = text_of(treatment)
            order = Order(_stem(treatment), text, draws, seed, language, block if asked else None, wanted)
            folder = out if out is not None else Path("out") / _stem(treatment)
        loaded = load_text(order.text, treatment if resume is None else order.name)
        if loaded.in_vitro:
            _fail_with("franz_run", language, BAD_INPUT)

        def waiting(key: str):
            from hudnal.language import say

            return progress_bar(quiet, say(key, language, name=order.name))

        course = carry_out(order, loaded, folder, waiting, again=resume is not None)
    except Stopped as stop:
        _fail_with("stopped_resume", language, INTERRUPTED, path=stop.folder)
    except OutputFault as fault:
        _fail_with(fault.key, language, BAD_INPUT, **fault.values)
    if not quiet:
        _tell(course, folder, language)


def _times(text: str, language: str) -> tuple[float, ...]:
    """Hours of a list such as "1 day, 4 week"."""
    from hudnal.treatment.units import UnreadableQuantity, read_quantity

    try:
        return tuple(read_quantity(part.strip(), "h", "24 h") for part in text.split(",") if part.strip())
    except UnreadableQuantity:
        _fail_with("times_form", language, BAD_INPUT, value=text)


@app.command()
def holes(
    treatment: Source = "classic",
    out: Folder = None,
    lang: Lang = "en",
    draws: DrawCount = 64,
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """The holes of the first session, for engineers: a table, a figure, and the sheet of a device file."""
    language = _check_language(lang)
    loaded = _load(treatment)
    from hudnal.treatment.steps import Needling

    if not any(isinstance(step, Needling) for _, step in loaded.steps()):
        _fail_with("no_needles", language, BAD_INPUT)
    folder = out if out is not None else Path("out") / f"{_stem(treatment)}-holes"
    from hudnal.course.files import OutputFault
    from hudnal.course.hole_sheet import first_session, whole_area
    from hudnal.language import Words, say
    from hudnal.report.holes import holes_lines, write_holes
    from hudnal.report.terminal import progress_bar

    with progress_bar(quiet, say("cli.running", language, name=_stem(treatment))) as progress:
        course = first_session(loaded, draws, seed, progress)
        area = whole_area(loaded, seed)
    try:
        found = write_holes(course, area, folder, language)
    except OutputFault as fault:
        _fail_with(fault.key, language, BAD_INPUT, **fault.values)
    if not quiet:
        print("\n".join(holes_lines(found, Words(language))))
        print(say("cli.holes_written", language, path=folder))
        print(say("notice", language))


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
    language = _check_language(lang)
    loaded = _load(treatment)
    varied = _varied(over or ["force=1 N,3 N,6 N,10 N"], language)
    from hudnal.treatment.steps import Needling

    if not any(isinstance(step, Needling) for _, step in loaded.steps()):
        _fail_with("no_needles", language, BAD_INPUT)
    folder = out if out is not None else Path("out") / f"{_stem(treatment)}-sweep"
    from hudnal.course.files import OutputFault
    from hudnal.course.sweep import sweep as run_sweep
    from hudnal.language import say
    from hudnal.report.sweep import write_sweep
    from hudnal.report.terminal import print_sweep, progress_bar

    with progress_bar(quiet, say("cli.running", language, name=_stem(treatment))) as progress:
        found = run_sweep(loaded, varied, draws, seed, progress)
    try:
        write_sweep(found, folder, language)
    except OutputFault as fault:
        _fail_with(fault.key, language, BAD_INPUT, **fault.values)
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
    language = _check_language(lang)
    from hudnal.course.deliver import NotApplied
    from hudnal.course.deliver import deliver as follow
    from hudnal.course.files import OutputFault
    from hudnal.course.load import load_with_compound
    from hudnal.language import Words, say
    from hudnal.report.delivery import delivery_lines, write_delivery
    from hudnal.report.terminal import progress_bar

    loaded, name = load_with_compound(treatment, compound)
    until = _times(hours, language)
    if len(until) != 1 or not 0 < until[0] <= _LONGEST_LOOK:
        _fail_with("deliver_for", language, BAD_INPUT, value=hours)
    folder = out if out is not None else Path("out") / f"{_stem(treatment)}-{name}"
    try:
        with progress_bar(quiet, say("cli.running", language, name=_stem(treatment))) as progress:
            delivery = follow(loaded, name, draws, seed, until[0], progress)
        found = write_delivery(delivery, folder, language)
    except NotApplied:
        _fail_with("not_applied", language, BAD_INPUT, compound=name, path=treatment)
    except OutputFault as fault:
        _fail_with(fault.key, language, BAD_INPUT, **fault.values)
    if not quiet:
        for line in delivery_lines(found, Words(language)):
            print(line)
        print(say("cli.delivery_written", language, path=folder))
        print(say("notice", language))


_LONGEST_LOOK = 24.0 * 366 * 3  # h


def _varied(over: list[str], language: str, whole: bool = False) -> dict[str, list[str]]:
    """What to vary with its values; of a `whole` treatment, or of its needling alone."""
    from hudnal.course.sweep import OF_INSTRUMENT, OF_PLAN, OF_STEP

    possible = OF_INSTRUMENT | OF_STEP | (OF_PLAN if whole else set())
    varied: dict[str, list[str]] = {}
    for item in over:
        key, given, values = item.partition("=")
        key = key.strip()
        listed = [v.strip() for v in values.split(",") if v.strip()]
        if not given or not listed:
            _fail_with("sweep_form", language, BAD_INPUT, value=item)
        if key not in possible:
            _fail_with("sweep_key", language, BAD_INPUT, value=key, known=", ".join(sorted(possible)))
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
    language = _check_language(lang)
    if figure is not None and figure.suffix.lower() not in PICTURES:
        _fail_with("not_one_of", language, BAD_INPUT, value=figure.name, known=", ".join(PICTURES))
    varied = _varied(over or [], language, whole=True)
    plans = _variants(treatments, varied, language)
    if len(plans) < 2:
        _fail_with("compare_two", language, BAD_INPUT)
    from hudnal.course.compare import compare as compare_courses
    from hudnal.course.files import OutputFault, write_json
    from hudnal.course.simulate import simulate
    from hudnal.language import say
    from hudnal.report.terminal import print_comparison, progress_bar

    courses = []
    with progress_bar(quiet, say("cli.running", language, name=", ".join(plans))) as progress:
        for i, one in enumerate(plans.values()):
            part = (lambda share, i=i: progress((i + share) / len(plans))) if progress else None
            courses.append(simulate(one, draws, seed, part))
    table = compare_courses(list(plans), courses)
    path = out
    try:
        if out is not None:
            write_json(out, table.as_dict(language))
        if figure is not None:
            from hudnal.report.comparison import write_comparison

            path = figure
            write_comparison(table, figure, language)
    except (OSError, OutputFault) as error:
        _fail_with("cannot_write", language, BAD_INPUT, path=path, problem=getattr(error, "strerror", error))
    if not quiet:
        print_comparison(table, language, everything)


def _variants(names: list[str], varied: dict[str, list[str]], language: str) -> dict[str, Treatment]:
    """What is to be compared, by name, all of it read and checked before anything runs."""
    from hudnal.course.compare import variants
    from hudnal.course.sweep import OF_PLAN, has_needles

    stems = [_stem(name) for name in names]
    # Two files of one name in two folders are told apart by their folders.
    loaded = {
        stem if stems.count(stem) == 1 else name: _load(name) for stem, name in zip(stems, names, strict=True)
    }
    if varied.keys() - OF_PLAN and not all(map(has_needles, loaded.values())):
        _fail_with("no_needles", language, BAD_INPUT)
    return variants(loaded, varied)


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Write this one out as YAML.")] = None,
    lang: Lang = "en",
) -> None:
    """List the presets, or write one out."""
    from hudnal.language import say
    from hudnal.treatment.fault import TreatmentError
    from hudnal.treatment.presets import preset_names, preset_text

    language = _check_language(lang)
    if name is None:
        width = max(map(len, preset_names()))
        for preset in preset_names():
            print(f"{preset:<{width}}  {say(f'cli.presets.{preset}', language)}")
        return
    if name not in preset_names():
        from hudnal.course.load import not_found

        raise TreatmentError(name, [not_found(name)])
    print(preset_text(name), end="")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the treatment file, for editors."""
    import json

    from hudnal.course.check import full_schema

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
    language = _check_language(lang)
    from hudnal.course.files import OutputFault
    from hudnal.evidence.case import load_cases
    from hudnal.evidence.compare import run_cases
    from hudnal.report.evidence import write_evidence
    from hudnal.report.terminal import print_evidence, progress_bar

    chosen = load_cases() if cases is None else _cases_of(cases, language)
    with progress_bar(quiet, "evidence") as progress:

        def half(i: int) -> Callable[[float], None]:
            return lambda share: progress((i + share) / 2) if progress else None

        prior = run_cases(draws, seed, half(0), chosen, "prior", _workers())
        results = run_cases(draws, seed, half(1), chosen, "posterior", _workers())
    if out is not None:
        try:
            write_evidence(results, prior, out)
        except OutputFault as fault:
            _fail_with(fault.key, language, BAD_INPUT, **fault.values)
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
    first: Annotated[int, typer.Option("--first", min=64, max=65536, help="Draws of the first wave.")] = 320,
    second: Annotated[
        int, typer.Option("--second", min=64, max=65536, help="Draws of the second wave.")
    ] = 192,
    lang: Lang = "en",
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Fit every uncertain parameter to all published figures with the role fit, together."""
    language = _check_language(lang)
    from importlib.util import find_spec

    missing = [name for name in ("numpyro", "arviz") if find_spec(name) is None]
    if missing:
        _fail_with("no_fit", language, BAD_INPUT, missing=", ".join(missing))
    from hudnal.course.files import OutputFault, write_whole
    from hudnal.evidence.fit import as_json, belief_file
    from hudnal.evidence.fit import fit as fitted
    from hudnal.language import say
    from hudnal.report.fit import write_fit
    from hudnal.report.terminal import progress_bar

    with progress_bar(quiet, say("cli.fitting", language)) as progress:
        found = fitted((first, second), seed, progress, workers=_workers())
    text = as_json(found.posterior)
    try:
        write_fit(found.posterior, found.report(), out)
        target = belief_file() if ship else out / "posterior.json"
        write_whole(target, lambda p: p.write_text(text, encoding="utf-8"))
    except OutputFault as fault:
        _fail_with(fault.key, language, BAD_INPUT, **fault.values)
    if not quiet:
        print(say("cli.fitted", language, n=len(found.posterior.names), path=target, page=out / "fit.md"))


def _cases_of(path: Path, language: str) -> Any:
    from hudnal.evidence.case import read_cases

    try:
        return read_cases(path)
    except OSError as fault:
        _fail_with("bad_cases", language, BAD_INPUT, path=path, problem=fault.strerror)
    except ValueError as fault:
        _fail_with("bad_cases", language, BAD_INPUT, path=path, problem=fault)


def _workers() -> int:
    """Processes that work side by side."""
    import os

    return min(os.cpu_count() or 1, 8)


@app.command()
def version() -> None:
    """Print the version."""
    from hudnal import __version__

    print(f"hudnal {__version__}")


def _load(name: str) -> Treatment:
    from hudnal.course.load import load

    return load(name)


def _tell(course: Course, folder: Path, language: str) -> None:
    from hudnal.language import Words, say
    from hudnal.report.sentences import headline_lines

    for line in headline_lines(course, Words(language)):
        print(line)
    if course.warnings:
        print(say("cli.warnings", language, n=len(course.warnings)))
    print(say("cli.written", language, path=folder / "report.html"))
    print(say("notice", language))


def _sources_of(source: str) -> list[str]:
    import json

    summary = Path(source) / "summary.json"
    if Path(source).is_dir() and summary.is_file():
        try:
            return list(json.loads(summary.read_text(encoding="utf-8"))["sources"])
        except (OSError, ValueError, KeyError, TypeError):
            _fail_with("not_a_run", "en", BAD_INPUT, path=source)
    from hudnal.course.simulate import simulate

    return simulate(_load(source), draws=1).sources


def _stem(name: str) -> str:
    return Path(name).stem or "treatment"


def _check_language(lang: str) -> str:
    from hudnal.language import LANGUAGES

    if lang not in LANGUAGES:
        _fail_with("language", "en", BAD_INPUT, value=lang, known=", ".join(LANGUAGES))
    return lang


def _language_asked(arguments: list[str]) -> str:
    """The language that the command line names, before it has been read: for messages about its faults."""
    from hudnal.language import LANGUAGES

    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        asked = (
            following
            if word == "--lang"
            else word.removeprefix("--lang=")
            if word.startswith("--lang=")
            else ""
        )
        if asked in LANGUAGES:
            return asked
    return "en"


def _fail_with(key: str, language: str, code: int, **values: Any) -> NoReturn:
    from hudnal.language import say

    print(say(f"cli.{key}", language, **values), file=sys.stderr)
    raise _Told(code)
