"""Ctrl-C stops the program even where a library swallows it, as it may while modules load."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_asked = False


@contextmanager
def remember_interrupts() -> Iterator[None]:
    """Inside, Ctrl-C raises KeyboardInterrupt as ever, and `raise_if_interrupted` raises it again if it was lost.

    Who is started so that Ctrl-C is not for it, in the background of a script, goes on minding none.
    """
    global _asked
    _asked = False
    in_main = threading.current_thread() is threading.main_thread()  # no other thread hears of signals
    if not in_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    global _asked
    _asked = True
    raise KeyboardInterrupt


def raise_if_interrupted() -> None:
    """Raises KeyboardInterrupt after a Ctrl-C."""
    if _asked:
        raise KeyboardInterrupt
