"""Locks between processes: a file that a living one holds. What a dead one held is free, and other machines' too."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _PAUSE = 0.1  # s

    def _lock(handle: int, wait: bool) -> None:
        while True:
            try:
                return msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            except PermissionError as busy:
                if not wait:
                    raise BlockingIOError from busy
                time.sleep(_PAUSE)

else:
    import fcntl

    def _lock(handle: int, wait: bool) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def hold_lock(path: Path, wait: bool = True) -> Iterator[bool]:
    """Hold the lock at `path`, a file that is there only while somebody holds it; True where it is held.

    False where a place has no locks (some network drives) or may not be written: the caller is then not known to be
    alone. Raises BlockingIOError where another holds it and this one does not `wait`.
    """
    handle = _acquire(path, wait)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            with suppress(OSError):
                if _is_at(handle, path):  # not the next one's, where all around it was removed in between
                    path.unlink()
            os.close(handle)


def _acquire(path: Path, wait: bool) -> int | None:
    """A handle of the locked file, or None where there can be no lock. Raises BlockingIOError."""
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            return None
        try:
            _lock(handle, wait)
            if _is_at(handle, path):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise
        except OSError:
            os.close(handle)
            return None
        except BaseException:  # Ctrl-C while it waits
            os.close(handle)
            raise
        os.close(handle)  # who held it has removed the file: another may hold a new one


def _is_at(handle: int, path: Path) -> bool:
    """Whether the open file is the one that lies at `path`."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False
