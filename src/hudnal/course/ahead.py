"""The first run on a machine: what is needed later on is compiled in a second process while this one goes on.

Numba compiles one function at a time in a process. What the helper has compiled lies in the cache, where this process
finds it; each tells the other what it has begun, so that nothing is compiled twice. Without a helper all goes on as if
there were none.
"""

from __future__ import annotations

import contextlib
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from threading import Condition, Thread
from typing import Any

from hudnal import compiled
from hudnal.threads import count_cores

_BEGUN, _DONE = "+", "-"  # what a line of the helper begins with
_SERVE = "from hudnal.course.ahead import serve; serve()"


@contextlib.contextmanager
def compiling_ahead() -> Iterator[None]:
    """As soon as something has to be compiled inside, a helper compiles the rest of what a run needs."""
    helper = _Helper()
    compiled.await_kept = helper.await_kept
    try:
        yield
    finally:
        compiled.await_kept = None
        helper.stop()


class _Helper:
    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._is_tried = False
        self._has_ended = True
        self._begun: set[str] = set()
        self._done: set[str] = set()
        self._news = Condition()

    def await_kept(self, name: str) -> bool:
        """Whether the helper has put the function `name` into the cache: wait for that where it has begun to.

        Where it has not, it is told to leave this one out.
        """
        if not self._is_tried:
            self._is_tried = True
            self._start()
        with self._news:
            if name not in self._begun and not self._has_ended:
                self._tell(name)
                return False
            self._news.wait_for(lambda: name in self._done or self._has_ended)
            return name in self._done

    def stop(self) -> None:
        """End the helper, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _start(self) -> None:
        if count_cores() < 2:
            return
        pipe: Any = subprocess.PIPE
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(  # nosec B603
                [sys.executable, "-c", _SERVE], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
            )
            self._has_ended = False
            Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _tell(self, name: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                print(name, file=self._process.stdin, flush=True)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in process.stdout or ():
                with self._news:
                    (self._begun if line[0] == _BEGUN else self._done).add(line[1:].strip())
                    self._news.notify_all()
        with self._news:
            self._has_ended = True
            self._news.notify_all()


def serve() -> None:
    """Compile what a run needs, the last first, but for what is read to have been begun elsewhere."""
    taken: set[str] = set()
    Thread(target=lambda: taken.update(line.strip() for line in sys.stdin), daemon=True).start()
    for function, kinds in list_needed():
        name = function.py_func.__name__
        if name in taken:
            continue
        print(f"{_BEGUN}{name}", flush=True)
        function.compile(kinds)
        print(f"{_DONE}{name}", flush=True)


def list_needed() -> list[tuple[Any, tuple]]:
    """Compiled functions that every run of needles needs, with the types of what they are given, the last first.

    Needles come first of all, and of their own kind: those are not among them.
    """
    from hudnal.puncture.holes import _capture
    from hudnal.skin.field import _add_waves
    from hudnal.tissue.batch_engine import _advance_draws, _Batch
    from hudnal.tissue.wound import _add_areas, _add_rings
    from hudnal.transport.stepping import step_strips

    batch = compiled.name_tuple(_Batch, "f5 f4 f2 f1 f2 f2 f1 i1 f3 f2 f2 f3 f2 f2 f3 f3 i1 f1")
    name = compiled.name_types
    return [
        (_advance_draws, (batch, *name("i f f"))),
        (step_strips, name("f3 f1 f3 f3 f3 f3 f3 f3 f1 f2 f1 f2 b f1 i1 f3 f1 -")),
        (_add_rings, name("i1 f1 f1 f1 f f2 f2 f3")),
        (_add_areas, name("i1 f1 f1 f1 f f2 f2")),
        (_capture, name("i1 f1 f1 i1 f1 f1 f1r f")),
        (_add_waves, name("f3 f2 i1 f1 f1")),
    ]
