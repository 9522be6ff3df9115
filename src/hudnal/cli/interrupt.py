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
    """Inside, Ctrl-C raises KeyboardInterrupt as ever, and `raise_if_interrupted` raises it again if it was lost."""
    global _asked
    _asked = False
    if threading.current_thread() is not threading.main_thread():  # no other thread hears of signals
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
