"""One policy for cores: how many, what is shared out, and that a course has the same bits however it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml

from hudnal.language import HudnalError
from hudnal.threads import VARIABLE, UnreadableThreads, count_cores, share_out, threads
from hudnal.treatment.presets import read_preset

PATIENCE = 30.0  # s, until a test of threads has surely come to a halt


@pytest.fixture(autouse=True)
def four_cores(monkeypatch):
    """Whatever machine runs the tests, and however many cores it was told to use."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 4, 6}, raising=False)


# How many cores


def test_cores_are_those_that_the_process_may_run_on(monkeypatch):
    assert count_cores() == 4
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set())
    assert count_cores() == 1
    # Where there is no affinity (macOS, Windows), all of them.
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert count_cores() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert count_cores() == 1


@pytest.mark.parametrize(("asked", "cores"), [("1", 1), (" 3 ", 3), ("9", 9), ("", 4), ("  ", 4)])
def test_the_environment_goes_before_the_affinity(monkeypatch, asked, cores):
    monkeypatch.setenv(VARIABLE, asked)
    assert count_cores() == cores


@pytest.mark.parametrize("asked", ["0", "-1", "two", "1.5", "²", "1e2"])
def test_what_is_no_number_of_threads_is_told(monkeypatch, asked):
    monkeypatch.setenv(VARIABLE, asked)
    with pytest.raises(UnreadableThreads) as told:
        count_cores()
    assert isinstance(told.value, HudnalError)
    for language in ("en", "sv"):
        assert VARIABLE in told.value.text(language) and asked in told.value.text(language)


def test_threads_lower_the_number_inside_and_only_there():
    with threads(3):
        assert count_cores() == 3
        with threads(1):
            assert count_cores() == 1
        assert count_cores() == 3
        with threads(2):
            assert count_cores() == 2
    assert count_cores() == 4


def test_threads_never_raise_the_number(monkeypatch):
    """A worker that is to take one core takes one, whatever it asks for inside; so does a process told to take two."""
    with threads(1), threads(8):
        assert count_cores() == 1
    monkeypatch.setenv(VARIABLE, "2")
    with threads(8):
        assert count_cores() == 2


def test_a_limit_ends_with_an_error_inside():
    with pytest.raises(KeyError), threads(1):
        raise KeyError
    assert count_cores() == 4


@pytest.mark.parametrize("count", [0, -3])
def test_a_limit_below_one_is_an_error(count):
    with pytest.raises(ValueError, match="at least 1 thread"), threads(count):
        pass


def in_thread(work: Callable[[], object]) -> object:
    """What `work` returns in a thread begun here by plain means, which inherits no context."""
    left: list[object] = []
    begun = threading.Thread(target=lambda: left.append(work()))
    begun.start()
    begun.join(PATIENCE)
    return left[0]


def test_threads_begun_inside_keep_to_the_limit():
    with threads(1):
        assert in_thread(count_cores) == 1
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(count_cores).result(PATIENCE) == 1
    assert in_thread(count_cores) == 4


def test_a_thread_with_a_limit_of_its_own_does_not_take_that_of_another():
    def own() -> int:
        with threads(3):
            return count_cores()

    with threads(1):
        assert in_thread(own) == 3
        assert count_cores() == 1


def test_limits_that_end_out_of_order_leave_none_behind():
    """Two threads hold limits at once, and the one that came first ends first."""
    first, second = ExitStack(), ExitStack()
    with second:
        first.enter_context(threads(1))
        ready, end = threading.Event(), threading.Event()

        def hold() -> None:
            with threads(2):
                ready.set()
                end.wait(PATIENCE)

        holder = threading.Thread(target=hold)
        holder.start()
        assert ready.wait(PATIENCE)
        first.close()
        assert count_cores() == 2
        end.set()
        holder.join(PATIENCE)
    assert count_cores() == 4


# Sharing out


@pytest.mark.parametrize("cores", [1, 2, 4, 32])
@pytest.mark.parametrize("count", [0, 1, 2, 37, 1000])
@pytest.mark.parametrize("largest", [None, 1, 5, 5000])
def test_every_item_is_done_once(monkeypatch, cores, count, largest):
    monkeypatch.setenv(VARIABLE, str(cores))
    done = np.zeros(count, int)
    parts: list[tuple[int, int]] = []

    def work(first: int, last: int) -> None:
        parts.append((first, last))
        done[first:last] += 1

    share_out(work, count, largest)
    assert np.all(done == 1)
    parts.sort()
    assert all(a[1] == b[0] for a, b in pairwise(parts))
    assert all(0 < last - first <= (largest or count) for first, last in parts)
    if largest is None and count:
        # Several parts for each core where there are as many items, one where there is one core.
        assert min(count, cores, 2) <= len(parts) <= max(8 * cores, 1) if cores > 1 else len(parts) == 1


class Meeting:
    """Parts that wait until `size` of them run at once, and remember the most that did."""

    def __init__(self, size: int) -> None:
        self.barrier = threading.Barrier(size)
        self.workers: set[int] = set()
        self.running = self.most = 0
        self.lock = threading.Lock()

    def meet(self, first: int, last: int) -> None:
        self.barrier.wait(PATIENCE)

    def count(self, first: int, last: int) -> None:
        with self.lock:
            self.workers.add(threading.get_ident())
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.002)
        with self.lock:
            self.running -= 1


def test_as_many_parts_run_at_once_as_there_are_cores():
    share_out(Meeting(4).meet, 4, largest=1)  # a barrier for four breaks with fewer


def test_no_more_run_at_once_than_a_limit_allows_though_the_pool_has_more():
    share_out(Meeting(4).meet, 4, largest=1)
    meeting = Meeting(1)
    with threads(2):
        share_out(meeting.count, 40, largest=1)
    assert meeting.most == 2


def test_with_one_core_the_thread_itself_does_it_all():
    meeting = Meeting(1)
    with threads(1):
        share_out(meeting.count, 10, largest=1)
    assert meeting.workers == {threading.get_ident()}


@pytest.mark.parametrize("by_caller", [True, False])
def test_what_a_part_raises_is_raised_once_nothing_runs_any_more(by_caller):
    caller, begin = threading.get_ident(), threading.Barrier(4)
    begun: list[int] = []
    ended: list[int] = []

    def work(first: int, last: int) -> None:
        begun.append(first)
        begin.wait(PATIENCE)
        time.sleep(0.01)
        if (threading.get_ident() == caller) == by_caller:
            raise KeyError("one of four")
        time.sleep(0.1)
        ended.append(first)

    with pytest.raises(KeyError, match="one of four"):
        share_out(work, 100, largest=1)
    assert len(begun) == 4  # the rest is left out
    assert len(ended) == (3 if by_caller else 1)
    # And the pool is as good as before.
    share_out(Meeting(4).meet, 4, largest=1)


def test_with_one_core_what_a_part_raises_leaves_out_the_rest():
    begun: list[int] = []

    def work(first: int, last: int) -> None:
        begun.append(first)
        if first == 2:
            raise KeyError("the third")

    with threads(1), pytest.raises(KeyError, match="the third"):
        share_out(work, 100, largest=1)
    assert begun == [0, 1, 2]


def test_every_worker_knows_that_it_has_one_core():
    seen: list[int] = []
    share_out(lambda first, last: seen.append(count_cores()), 40, largest=1)
    assert seen == [1] * 40
    assert count_cores() == 4


def test_what_a_part_shares_out_is_done_in_its_own_thread():
    """Nested use waits for no thread of the pool, so it cannot wait for ever."""
    workers: list[set[int]] = []

    def work(first: int, last: int) -> None:
        inner = Meeting(1)
        share_out(inner.count, 6, largest=1)
        workers.append(inner.workers | {threading.get_ident()})

    share_out(work, 12, largest=1)
    assert [len(some) for some in workers] == [1] * 12


def test_workers_take_the_context_along():
    """NumPy's way with errors is part of it: what the caller has set holds in every part."""
    seen: list[str] = []
    with np.errstate(divide="raise"):
        share_out(lambda first, last: seen.append(np.geterr()["divide"]), 20, largest=1)
    assert seen == ["raise"] * 20


def test_many_threads_share_out_at_once_while_the_pool_grows(monkeypatch):
    callers, each = 8, 30
    done = np.zeros((callers, each), int)
    start = threading.Barrier(callers)

    def call(caller: int) -> None:
        def work(first: int, last: int) -> None:
            time.sleep(1e-4)
            done[caller, first:last] += 1

        start.wait(PATIENCE)
        for cores in range(1, 7):
            with threads(cores):
                share_out(work, each, largest=1)

    monkeypatch.setenv(VARIABLE, "6")
    with ThreadPoolExecutor(callers) as pool:
        for left in [pool.submit(call, n) for n in range(callers)]:
            left.result(PATIENCE)
    assert np.all(done == 6)


FORKS = """
import os
import threading

from hudnal.threads import count_cores, share_out, threads

end = threading.Event()


def keep_busy(cores):
    while not end.is_set():
        with threads(cores):
            share_out(lambda first, last: None, 20, largest=1)


busy = [threading.Thread(target=keep_busy, args=(cores,)) for cores in (2, 3, 4)]
for thread in busy:
    thread.start()
for _ in range(100):
    child = os.fork()
    if child == 0:
        done = []
        share_out(lambda first, last: done.append(first), 20, largest=1)
        # The limits of threads that the child does not have do not hold in it.
        os._exit(0 if sorted(done) == list(range(20)) and count_cores() == 4 else 1)
    assert os.waitpid(child, 0)[1] == 0
end.set()
for thread in busy:
    thread.join()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_shares_out_whatever_its_parents_threads_were_at():
    """It has none of them, and none of what they held."""
    done = run_python("-c", FORKS, **{VARIABLE: "4"})
    assert done.returncode == 0, done.stderr


# A course is the same however it is run

SCRIPT = """
import hashlib
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import hudnal


def bits():
    course = hudnal.simulate(sys.argv[1], draws=2, seed=5)
    digest = hashlib.sha256()
    for values in (*course.quantities.values(), *course.series.values()):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def bits_of_fork():
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, bits().encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        return pipe.read(), os.waitpid(child, 0)[1]


def bits_of_process(method):
    with ProcessPoolExecutor(1, mp_context=get_context(method)) as pool:
        return pool.submit(bits).result()


def bits_of_threads():
    with ThreadPoolExecutor(2) as pool:
        return [left.result() for left in [pool.submit(bits), pool.submit(bits)]]


if __name__ == "__main__":
    first = bits()
    how = sys.argv[2]
    other = bits_of_fork() if how == "os.fork" else bits_of_threads() if how == "threads" else bits_of_process(how)
    print(json.dumps([first, other]))
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A roller at home, once, followed for a day."""
    data = yaml.safe_load(read_preset("home"))
    data["course"] = {"sessions": 1, "follow_up": "1 day"}
    path = tmp_path_factory.mktemp("small") / "once.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of Python's own, ended by force if it hangs."""
    source = str(Path(__file__).parents[1] / "src")
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": source, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def run_twice(treatment: Path, how: str, **environment: str) -> tuple[str, object]:
    """Bits of a course, and of the same one run again in another way, both in a process of their own."""
    script = treatment.with_name("script.py")
    script.write_text(SCRIPT)
    done = run_python(str(script), str(treatment), how, **{VARIABLE: "2", **environment})
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr}"
    first, other = json.loads(done.stdout)
    return first, other


@pytest.fixture(scope="module")
def alone(small) -> str:
    """The bits with one thread."""
    return run_twice(small, "spawn", **{VARIABLE: "1"})[0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_process_forked_after_a_course_has_the_same_bits(small, alone):
    assert run_twice(small, "os.fork") == (alone, [alone, 0])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_pool_of_forked_processes_has_the_same_bits(small, alone):
    assert run_twice(small, "fork") == (alone, alone)


def test_a_spawned_process_has_the_same_bits(small, alone):
    assert run_twice(small, "spawn") == (alone, alone)


def test_two_threads_at_once_have_the_same_bits(small, alone):
    assert run_twice(small, "threads") == (alone, [alone, alone])


def test_two_threads_at_once_have_the_same_bits_without_openmp(small, alone):
    """Numba's own layer of threads ends the process when two threads use it at once: a course must not use it."""
    assert run_twice(small, "threads", NUMBA_THREADING_LAYER="workqueue") == (alone, [alone, alone])
