"""What the tests of executors let them do: functions that another process can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from hudnal.store.portions import Portion
from hudnal.threads import count_cores


def square(n: int) -> int:
    return n * n


def cores_of(_: int) -> int:
    return count_cores()


def leave_file(task: tuple[str, int]) -> int:
    """Leave a file that says that the task was begun; the third one fails."""
    folder, n = task
    (Path(folder) / str(n)).touch()
    if n == 2:
        raise LookupError(f"task {n}")
    time.sleep(0.2)
    return n


def die(_: int) -> int:
    os._exit(7)


def blocks_interrupts(task):
    """Whether Ctrl-C would not reach this process."""
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def double_or_fail(n: int) -> Portion:
    """Twice the number; odd ones fail, and -1 takes its process along."""
    if n == -1:
        os._exit(7)
    if n % 2:
        raise LookupError(f"{n} is odd")
    return Portion({"values": np.array([2 * n])})


def double_slowly(n: int) -> Portion:
    """Twice the number, after a while."""
    time.sleep(0.3)
    return Portion({"values": np.array([2 * n])})
