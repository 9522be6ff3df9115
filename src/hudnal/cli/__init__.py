"""The command `hudnal`: one module for each kind of command."""

from __future__ import annotations

import sys

from hudnal.cli import evidence, looking, running, varying
from hudnal.cli.shared import INTERRUPTED, Reported, app, exit_with, language_asked

_ORDER = (
    "run", "compare", "holes", "sweep", "deliver", "presets", "schema", "cite", "evidence", "fit", "version",
)  # fmt: skip
app.registered_commands.sort(
    key=lambda command: _ORDER.index(str(command.callback and command.callback.__name__))
)

__all__ = ["app", "evidence", "looking", "main", "running", "varying"]


def main() -> None:
    """Entry point: faults of people's files are told in lines, never as a traceback."""
    try:
        _main()
    except KeyboardInterrupt:
        exit_with("stopped", language_asked(sys.argv[1:]), INTERRUPTED)


def _main() -> None:
    from hudnal.language import HudnalError

    language = language_asked(sys.argv[1:])
    try:
        app(prog_name="hudnal")  # not what happens to be running it, as `python -m pytest`
    except SystemExit as end:
        if end.code == INTERRUPTED and not isinstance(end, Reported):  # what the library makes of Ctrl-C
            exit_with("stopped", language, INTERRUPTED)
        raise
    except HudnalError as error:
        for line in error.lines(language):
            print(line, file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of a pipe has gone; nothing is wrong.
        sys.stderr.close()
        sys.exit(0)
