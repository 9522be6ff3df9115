"""Many runs: what one of them is (`Task`), and where they run (`here()`, `processes(n)`).

An executor has one method, `map(job, tasks)`, which gives each task with what `job(task)` returned. It knows nothing
of skin: whoever has many runs to make says what one is and what is left of it, and puts the longest first.

>>> for task, summary in processes(2).map(summarise, tasks):  # doctest: +SKIP
...     print(task.seed, summary)
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Protocol, TypeVar, runtime_checkable

from hudnal.parameters import Draws, Posterior
from hudnal.threads import threads

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Task:
    """One run of one treatment: all that decides its numbers, and what is to be kept of them.

    It can be hashed, compared and sent to another process. `treatment` is the treatment as canonical JSON text (keys
    sorted). `belief` is what the draws are of: "posterior", "prior" or a Posterior; without `people` what differs
    between people stands at its median.
    """

    treatment: str
    draws: int = 64
    seed: int = 1
    belief: Posterior | str = "posterior"
    people: bool = True
    keep: tuple[str, ...] = ("quantities",)
    first: int = 0  # where the part of the sample begins that is run
    count: int | None = None  # how many draws of it, all by default

    @property
    def sample(self) -> Draws:
        """The draws that are run."""
        whole = Draws(self.draws, self.seed, self.belief, self.people)
        return whole.select_part(self.first, self.draws - self.first if self.count is None else self.count)

    def select_part(self, first: int, count: int) -> Task:
        """The same run, of `count` of its draws from `first` on: whole groups of 64, or the sample's end.

        A longer sample begins with a shorter one, so that what comes after the part does not decide its numbers.
        """
        return replace(self, draws=first + count, first=first, count=count)


@runtime_checkable
class Executor(Protocol):
    """Where tasks run, one by one or side by side. Where workers have died, `map` raises a BrokenExecutor."""

    def map(self, job: Callable[[T], R], tasks: Iterable[T]) -> Generator[tuple[T, R], None, None]:
        """Each task with what `job` made of it, as they are done; what a job raises is raised here.

        Tasks begin in the order in which they are given. Whoever stops asking, by an exception or Ctrl-C, cancels what
        has not begun.
        """
        ...


@dataclass(frozen=True)
class _Here:
    def map(self, job: Callable[[T], R], tasks: Iterable[T]) -> Generator[tuple[T, R], None, None]:
        for task in tasks:
            yield task, job(task)


@dataclass(frozen=True)
class _Processes:
    count: int

    def map(self, job: Callable[[T], R], tasks: Iterable[T]) -> Generator[tuple[T, R], None, None]:
        waiting_tasks = list(tasks)
        if not waiting_tasks:
            return
        # A process that was forked after a run would inherit threads that no longer exist: each starts afresh.
        pool = ProcessPoolExecutor(
            min(self.count, len(waiting_tasks)), mp_context=get_context("spawn"), initializer=_begin_worker
        )
        try:
            with _shield_from_interrupts():
                task_of: dict[Future[R], T] = {
                    pool.submit(run_on_one_core, job, task): task for task in waiting_tasks
                }
            for done in as_completed(list(task_of)):
                yield task_of.pop(done), done.result()  # popped: a result that was given is not held here
        except BaseException:  # Ctrl-C and an abandoned iterator too
            _end_workers(pool)
            raise
        finally:
            pool.shutdown()


def here() -> Executor:
    """Run tasks in this process, one after the other, each on all cores; results come in the order of the tasks."""
    return _Here()


def processes(count: int) -> Executor:
    """Run tasks in `count` processes of this machine, each on one core; results come as they are done.

    Job, tasks and results have to be picklable, and a script calls this under `if __name__ == "__main__":`. Raises
    ValueError below 1; a process that dies raises BrokenProcessPool from `map`.
    """
    if count < 1:
        raise ValueError(f"at least 1 process is needed, not {count}")
    return _Processes(count)


def choose_executor(workers: int) -> Executor:
    """The executor for a number of workers: this process for one, else as many processes."""
    return here() if workers <= 1 else processes(workers)


def run_on_one_core(job: Callable[[T], R], task: T) -> R:
    """What a worker does with a task: it shares the machine with others and keeps to one core."""
    with threads(1):
        return job(task)


@contextmanager
def _shield_from_interrupts() -> Iterator[None]:
    """Processes that are started inside hear of no Ctrl-C; this one hears of it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker() -> None:
    """Let a worker end when, and only when, the process that it works for ends it or itself: Ctrl-C is for that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _end_workers(pool: ProcessPoolExecutor) -> None:
    """Cancel what has not begun and end what has: nobody waits for it. (`terminate_workers` of Python 3.14.)"""
    workers = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.terminate()
