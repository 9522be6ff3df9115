"""One policy for cores: how many there are to use, one pool of threads, and how a worker keeps to one.

Compiled code lets go of the interpreter's lock, so threads share a batch of draws out among the cores. As many are
used as the process may run on (its affinity), or as many as the environment variable HUDNAL_THREADS says, or fewer
inside `with threads(count)`. Results never depend on the number.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from threading import Lock

from hudnal.language import HudnalError

VARIABLE = "HUDNAL_THREADS"
_PARTS_PER_CORE = 8  # of unequal work, so that no core waits long for another

# The limit of the thread itself, and those of every `threads` that is open in the process: a thread does not inherit
# what its starter has set, so one without a limit of its own keeps to the smallest of these.
_limit: ContextVar[int | None] = ContextVar("hudnal_threads", default=None)
_open_limits: tuple[int, ...] = ()
_pool: ThreadPoolExecutor | None = None
_pool_size = 0
_lock = Lock()  # held to change the limits or the pool


class UnreadableThreads(HudnalError, ValueError):
    """HUDNAL_THREADS is no whole number above 0."""


def count_cores() -> int:
    """Number of cores to use, at least 1: by HUDNAL_THREADS or else the process's affinity, and at most what `threads`
    allows.

    Raises UnreadableThreads where HUDNAL_THREADS is no whole number above 0.
    """
    limit = _limit.get()
    if limit is None:
        limit = min(_open_limits, default=None)
    allowed = _count_allowed_cores()
    return allowed if limit is None else min(limit, allowed)


def _count_allowed_cores() -> int:
    asked = os.environ.get(VARIABLE, "").strip()
    if asked:
        if not (asked.isascii() and asked.isdigit()) or int(asked) < 1:
            raise UnreadableThreads("threads_variable", variable=VARIABLE, value=asked)
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return os.cpu_count() or 1


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Use at most `count` cores for what is begun inside, in this thread and in those that it starts.

    A worker of many takes one. A limit inside another can only lower it. Raises ValueError below 1.
    """
    if count < 1:
        raise ValueError(f"at least 1 thread is needed, not {count}")
    outer = _limit.get()
    limit = count if outer is None else min(count, outer)
    token = _limit.set(limit)
    _change_open_limits(added=limit)
    try:
        yield
    finally:
        _change_open_limits(removed=limit)
        _limit.reset(token)


def _change_open_limits(added: int | None = None, removed: int | None = None) -> None:
    global _open_limits
    with _lock:
        limits = list(_open_limits)
        if removed in limits:  # a forked process has forgotten those of its parent's other threads
            limits.remove(removed)
        if added is not None:
            limits.append(added)
        _open_limits = tuple(limits)


def share_out(work: Callable[[int, int], object], count: int, largest: int | None = None) -> None:
    """Call `work(first, last)` for parts of `range(count)`, each of them once, on every core to use.

    A part holds `largest` items at most; without it there are some parts for each core. The calling thread works as
    well, and returns when all is done. What a part raises is raised here, once no part runs any more; parts that were
    not begun then are left out. `work` has to let go of the interpreter's lock for a gain in time; what it shares out
    itself is done in its own thread.
    """
    cores = count_cores()
    parts = deque(_cut_parts(count, cores, largest))
    in_parallel = min(cores, len(parts))
    if in_parallel <= 1:
        for part in parts:
            work(*part)
        return

    def work_on() -> None:
        token = _limit.set(1)
        try:
            while True:
                try:
                    part = parts.popleft()
                except IndexError:
                    return
                work(*part)
        except BaseException:
            parts.clear()
            raise
        finally:
            _limit.reset(token)

    pool = _pool_of(in_parallel - 1)
    helpers: list[Future] = [pool.submit(copy_context().run, work_on) for _ in range(in_parallel - 1)]
    try:
        work_on()
    finally:
        # Helpers that have not begun, since the pool is busy for others, have nothing left to do.
        wait([helper for helper in helpers if not helper.cancel()])
    for helper in helpers:
        if not helper.cancelled():
            helper.result()


def _cut_parts(count: int, cores: int, largest: int | None) -> list[tuple[int, int]]:
    """First and last (excluded) item of each part of `range(count)`."""
    if largest is not None:
        size = min(-(-count // cores), largest)
    elif cores == 1:
        size = count
    else:
        size = -(-count // (_PARTS_PER_CORE * cores))
    size = max(size, 1)
    return [(first, min(first + size, count)) for first in range(0, count, size)]


def _pool_of(size: int) -> ThreadPoolExecutor:
    """The process's threads, `size` at least: they stay, since a course asks for them at every observation.

    A smaller pool goes on with what it has been given; its threads end with it.
    """
    global _pool, _pool_size
    with _lock:
        if _pool is None or _pool_size < size:
            _pool, _pool_size = ThreadPoolExecutor(size, thread_name_prefix="hudnal"), size
        return _pool


def _forget_threads() -> None:
    # A forked process has none of its parent's threads, and a lock that one of them held would stay locked.
    global _pool, _pool_size, _lock, _open_limits
    _pool, _pool_size, _lock = None, 0, Lock()
    own = _limit.get()
    _open_limits = () if own is None else (own,)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
