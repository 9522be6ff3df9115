"""The same tasks, here or in processes: the same results, and nothing left behind whatever happens."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from functools import partial

import pytest
from jobs import blocks_interrupts, cores_of, die, leave_file, square

from hudnal.parameters.posterior import load_shipped_posterior
from hudnal.study.executors import Task, choose_executor, here, processes


def nobody_works() -> bool:
    end = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < end:
        time.sleep(0.05)
    return not multiprocessing.active_children()


def test_a_task_is_a_key_that_travels():
    task = Task(
        '{"site": "cheek"}', 8, 3, load_shipped_posterior(), people=False, keep=("quantities", "series")
    )
    again = pickle.loads(pickle.dumps(task))
    assert again == task and hash(again) == hash(task)
    assert len({task, again, Task('{"site": "cheek"}', 8, 3)}) == 2


def test_here_keeps_the_order_and_runs_nothing_before_it_is_asked():
    asked = []

    def note(n: int) -> int:
        asked.append(n)
        return -n

    results = here().map(note, [3, 1, 2])
    assert asked == []
    assert next(results) == (3, -3) and asked == [3]
    assert list(results) == [(1, -1), (2, -2)]


def test_processes_give_the_same_each_on_one_core():
    tasks = range(7)
    assert sorted(processes(2).map(square, tasks)) == list(here().map(square, tasks))
    assert {cores for _, cores in processes(2).map(cores_of, tasks)} == {1}
    assert nobody_works()


def test_no_tasks_no_processes():
    assert list(processes(2).map(square, [])) == []
    assert not multiprocessing.active_children()


def test_a_number_of_workers_is_an_executor():
    assert choose_executor(1) == choose_executor(0) == here()
    assert choose_executor(3) == processes(3)
    with pytest.raises(ValueError, match="at least 1 process"):
        processes(0)


def test_what_a_job_raises_is_raised_here_and_the_rest_is_not_begun(tmp_path):
    with pytest.raises(LookupError, match="task 2"):
        list(processes(1).map(leave_file, [(str(tmp_path), n) for n in range(20)]))
    assert nobody_works()
    assert {f.name for f in tmp_path.iterdir()} >= {"0", "1", "2"}
    assert len(list(tmp_path.iterdir())) < 10  # some may have been handed over already


def test_who_stops_asking_leaves_nobody_working(tmp_path):
    results = processes(2).map(leave_file, [(str(tmp_path), n) for n in range(3, 40)])
    next(results)
    results.close()
    assert nobody_works()
    assert len(list(tmp_path.iterdir())) < 20


def test_a_process_that_dies_is_told():
    with pytest.raises(BrokenProcessPool):
        list(processes(2).map(die, range(3)))
    assert nobody_works()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_is_for_the_one_who_asked_and_not_for_workers_that_are_just_starting():
    assert [told for _, told in processes(1).map(blocks_interrupts, [0])] == [True]
    assert not blocks_interrupts(0)


SCRIPT = """
import time
from pathlib import Path

def sleep(folder):
    (Path(folder) / "begun").touch()
    time.sleep(60)

if __name__ == "__main__":
    import sys
    from hudnal.study.executors import processes
    list(processes(2).map(sleep, [sys.argv[1]] * 5))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_nobody_outlives_the_one_who_asked(tmp_path, how, code):
    """Ctrl-C, or killed outright: the workers end within seconds, and only Python's own line is told."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that the group is the script and its workers
        preexec_fn=partial(
            signal.signal, signal.SIGINT, signal.SIG_DFL
        ),  # even in the background of a script
    ) as running:
        end = time.monotonic() + 60
        while not (tmp_path / "begun").exists() and time.monotonic() < end:
            time.sleep(0.05)
        if how == signal.SIGINT:
            os.killpg(running.pid, how)  # as a terminal does
        else:
            os.kill(running.pid, how)
        told = running.communicate(timeout=20)[1]  # ends when the last worker has let go of stderr
        assert running.returncode == code
    if how == signal.SIGINT:
        assert told.count("Traceback") == 1 and told.rstrip().endswith("KeyboardInterrupt")
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.killpg(running.pid, 0)
            time.sleep(0.05)
