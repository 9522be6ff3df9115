"""The two streams that a command prints to: what they cannot show or take never ends it with a traceback."""

from __future__ import annotations

import codecs
import contextlib
import errno
import logging
import os
import sys
from io import TextIOBase
from typing import TextIO
from unicodedata import normalize

_ERRORS = "hudnal.console"  # how characters are dealt with that a stream does not have
_FIRST_FREE = 3  # number of a file, after input, output and errors
# What stands for a character that has no simpler form in Unicode.
_PLAIN = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212─━", "-"),
    **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("┼╋", "+"),
    **dict.fromkeys("μµ", "u"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("‘’", "'"),
    "≤": "<=", "≥": ">=", "×": "x", "·": ".", "±": "+-", "Δ": "d", "●": "o",
}  # fmt: skip


def prepare_streams() -> None:
    """Make both streams ready for whatever is printed; what the figures' library has to say of itself stays out."""
    _fill_closed_streams()
    codecs.register_error(_ERRORS, _replace_character)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # no stream of the system
            stream.reconfigure(errors=_ERRORS)  # type: ignore[union-attr]
    # That it keeps its fonts in a passing folder where it may not write at home.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)


def _fill_closed_streams() -> None:
    """Lead a stream that the program was started without into nothing.

    Else the next file to be opened takes its number, and what a library prints as an error lands in a result.
    """
    number = 0
    while number < _FIRST_FREE:
        number = os.open(os.devnull, os.O_RDWR)
        if number < _FIRST_FREE:
            os.set_inheritable(number, True)
    os.close(number)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _replace_character(error: UnicodeError) -> tuple[str, int]:
    """The nearest that ASCII has for the first character that cannot be written, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    one = error.object[error.start]
    plain = normalize("NFKD", _PLAIN.get(one, one)).encode("ascii", "ignore").decode()
    return plain or "?", error.start + 1


def is_broken_pipe(error: BaseException | None) -> bool:
    """Whether it says that the reader of a pipe has gone."""
    return isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.ESHUTDOWN)


def tell(*lines: str) -> None:
    """Print lines to the stream of errors, if anybody reads it."""
    with contextlib.suppress(OSError, ValueError):
        for line in lines:
            print(line, file=sys.stderr)


def close_output(is_suspect: bool = False) -> OSError | None:
    """Write out what was printed; why that cannot be done, unless it is that its reader has gone.

    A stream `is_suspect` that has failed before: a buffer may be empty since, and it is asked with a line's end.
    Whatever went wrong, Python has nothing left to write when it ends, and says nothing of it.
    """
    problem = _flush_stream(sys.stdout, "\n" if is_suspect else "")
    _flush_stream(sys.stderr)
    return None if is_broken_pipe(problem) else problem


def _flush_stream(stream: TextIO | TextIOBase, more: str = "") -> OSError | None:
    try:
        stream.write(more)
        stream.flush()
    except OSError as error:
        with contextlib.suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, stream.fileno())
            os.close(nothing)
            stream.flush()
        return error
    except ValueError:  # closed by whoever had it
        return None
    return None
