"""The command `hudnal`: one module for each kind of command."""

from __future__ import annotations

import sys

from hudnal.cli import emulating, evidence, handing, looking, running, varying
from hudnal.cli.console import close_output, is_broken_pipe, prepare_streams, tell
from hudnal.cli.shared import BAD_INPUT, INTERRUPTED, Reported, app, language_asked

_ORDER = (
    "run", "handout", "compare", "holes", "sweep", "deliver", "emulate", "ask", "presets", "names", "schema", "cite",
    "evidence", "fit", "version",
)  # fmt: skip
app.registered_commands.sort(
    key=lambda command: _ORDER.index(str(command.callback and command.callback.__name__))
)

__all__ = ["app", "emulating", "evidence", "handing", "looking", "main", "running", "varying"]


def main() -> None:
    """Entry point: faults of people's files and of the console are told in lines, never as a traceback."""
    prepare_streams()
    language = language_asked(sys.argv[1:])
    try:
        code = _run_command(language)
    except KeyboardInterrupt:
        code = _tell_stop(language)
    problem = close_output()
    if problem is not None and code == 0:
        code = _tell_lost_output(problem, language)
    sys.exit(code)


def _run_command(language: str) -> int:
    """Run what the command line asks for, and tell what goes wrong; the code to end with."""
    from hudnal.language import HudnalError

    try:
        app(prog_name="hudnal")  # not what happens to be running it, as `python -m pytest`
    except SystemExit as end:
        if is_broken_pipe(end.__context__):  # which the library makes an error of
            return 0
        if end.code == INTERRUPTED and not isinstance(end, Reported):  # what the library makes of Ctrl-C
            return _tell_stop(language)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except HudnalError as error:
        tell(*error.lines(language))
        return error.exit_code
    except OSError as error:
        if is_broken_pipe(error):  # the reader has gone; nothing is wrong
            return 0
        problem = close_output(is_suspect=True)
        if problem is None:
            raise
        return _tell_lost_output(problem, language)
    return 0


def _tell_stop(language: str) -> int:
    from hudnal.language import say

    tell(say("cli.stopped", language))
    return INTERRUPTED


def _tell_lost_output(problem: OSError, language: str) -> int:
    from hudnal.language import say

    tell(say("cli.output_lost", language, problem=problem.strerror or problem))
    return BAD_INPUT
