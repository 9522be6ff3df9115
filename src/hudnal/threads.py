"""One policy for cores: how many there are to use, one pool of threads, and how a worker keeps to one.

Compiled code lets go of the interpreter's lock, so threads share a batch of draws out among the cores. As many are
used as the process may run on (its affinity), or as many as the environment variable HUDNAL_THREADS says.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar

VARIABLE = "HUDNAL_THREADS"
_PARTS_PER_CORE = 8  # of unequal work, so that no core waits long for another

_limit: ContextVar[int | None] = ContextVar("hudnal_threads", default=None)
_pool: ThreadPoolExecutor | None = None


def count_cores() -> int:
    """Number of cores to use, at least 1: by `threads`, else by HUDNAL_THREADS, else by the process's affinity.

    Raises ValueError where HUDNAL_THREADS is no whole number above 0.
    """
    limit = _limit.get()
    return limit if limit is not None else _allowed_cores()


def _allowed_cores() -> int:
    asked = os.environ.get(VARIABLE, "").strip()
    if asked:
        if not asked.isdigit() or int(asked) < 1:
            raise ValueError(f"{VARIABLE} is a whole number above 0, not {asked!r}")
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return os.cpu_count() or 1


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Use at most `count` cores for what is begun inside: a worker of many takes one. Raises ValueError below 1."""
    if count < 1:
        raise ValueError(f"at least 1 thread is needed, not {count}")
    token = _limit.set(count)
    try:
        yield
    finally:
        _limit.reset(token)


def share_out(work: Callable[[int, int], object], count: int, largest: int | None = None) -> None:
    """Call `work(first, last)` for parts of `range(count)`, on every core to use; what one raises is raised here.

    A part holds `largest` items at most; without it there are some parts for each core. `work` must let go of the
    interpreter's lock to gain anything, and must not share out its own work.
    """
    cores = count_cores()
    if count == 0:
        return
    if cores == 1 or count == 1:
        work(0, count)
        return
    size = -(-count // min(count, _PARTS_PER_CORE * cores))
    if largest is not None:
        size = max(min(-(-count // cores), largest), 1)
    parts = [(first, min(first + size, count)) for first in range(0, count, size)]
    list(_threads_of_process(cores).map(lambda part: work(*part), parts))


def _threads_of_process(cores: int) -> ThreadPoolExecutor:
    """Threads that stay, since a course asks for them at every look; more of them when more are asked for."""
    global _pool
    if _pool is None or _pool._max_workers < cores:
        _pool = ThreadPoolExecutor(cores, thread_name_prefix="hudnal")
    return _pool


def _forget_pool() -> None:
    # A forked process has none of its parent's threads.
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)
