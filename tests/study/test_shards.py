"""Many runs cut into shards: the same bits whoever runs them, kept as they are done, gone on with after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from jobs import double_or_fail, double_slowly

from hudnal import load, simulate
from hudnal.parameters import Posterior
from hudnal.parameters.posterior import load_shipped_posterior
from hudnal.store.portions import Portion
from hudnal.study.cluster import BadCluster, open_cluster
from hudnal.study.executors import Task, here, processes
from hudnal.study.shards import (
    Sharded,
    ShardsFailed,
    WorkerLost,
    cut_task,
    gather_portions,
    name_shard,
    run_quantities,
    simulate_each,
    simulate_in_shards,
)

SMALL = {
    "session": ["wash", {"roll": {"strokes": 2, "directions": [0, 90], "force": "5 N"}}],
    "instrument": "dermaroller-mf8",
    "course": {"follow_up": "1 day"},
}


@pytest.fixture(scope="module")
def task() -> Task:
    return Task(load(SMALL).canonical_text, draws=150, seed=4)


@pytest.fixture(scope="module")
def whole(task):
    return simulate(SMALL, task.draws, task.seed, keep=())


def are_same(a, b) -> bool:
    assert a.quantities.keys() == b.quantities.keys()
    return all(np.array_equal(a.quantities[q], b.quantities[q], equal_nan=True) for q in a.quantities)


@pytest.mark.parametrize("count", [1, 2])
def test_shards_have_the_bits_of_one_run(task, whole, count, tmp_path, monkeypatch):
    monkeypatch.setattr("hudnal.study.shards._SECONDS", 0.0)  # as small as they can be: a batch each
    assert [(part.first, part.count) for part in cut_task(task)] == [(0, 64), (64, 64), (128, 22)]
    executor = here() if count == 1 else processes(count)
    (course,) = simulate_in_shards([task], executor, tmp_path / "shards")
    assert are_same(course, whole)
    assert course.used == whole.used
    assert (course.draws, course.ends, course.warnings, course.steps) == (
        whole.draws, whole.ends, whole.warnings, whole.steps,
    )  # fmt: skip
    assert np.array_equal(course.time, whole.time)
    assert len(list((tmp_path / "shards").glob("*.nc"))) == 3


def test_a_longer_run_takes_over_what_a_shorter_one_has_done(task, tmp_path, monkeypatch):
    monkeypatch.setattr("hudnal.study.shards._SECONDS", 0.0)
    simulate_in_shards([replace(task, draws=128)], folder=tmp_path)
    done = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.nc")}
    (course,) = simulate_in_shards([replace(task, draws=192)], folder=tmp_path)
    now = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.nc")}
    assert (len(done), len(now)) == (2, 3)
    assert done.items() <= now.items()
    assert are_same(course, simulate(SMALL, 192, task.seed, keep=()))


def test_treatments_side_by_side_are_the_same_sharded(whole, task):
    treatments = [load(SMALL), load({**SMALL, "area": "10 cm2"})]
    one_by_one, sharded = (simulate_each(treatments, 70, 4, sharded=s) for s in (None, Sharded(here())))
    for a, b in zip(one_by_one, sharded, strict=True):
        assert are_same(a, b) and a.used == b.used


def test_what_is_there_is_not_run_again(tmp_path):
    asked: list[int] = []

    def note(n: int) -> Portion:
        asked.append(n)
        return Portion({"values": np.array([n])})

    for pieces, ran in (([1, 2], [1, 2]), ([1, 2, 3], [3]), ([3, 1], [])):
        asked.clear()
        found = {
            pieces[at]: portion.arrays["values"][0]
            for at, portion in gather_portions(note, pieces, folder=tmp_path)
        }
        assert asked == ran
        assert found == {n: n for n in pieces}
    next(tmp_path.glob("*.nc")).write_bytes(b"damaged")
    list(gather_portions(note, [1, 2, 3], folder=tmp_path))
    assert len(asked) == 1


def test_a_name_hangs_on_all_that_decides_the_numbers(task):
    same = Task(task.treatment, 150, 4)
    others = [
        Task(load({**SMALL, "area": "10 cm2"}).canonical_text, 150, 4), replace(task, draws=151), replace(task, seed=5),
        replace(task, belief="prior"), replace(task, belief=load_shipped_posterior()),
        replace(task, belief=Posterior.none()), replace(task, people=False), task.select_part(0, 64),
        task.select_part(64, 64),
    ]  # fmt: skip
    names = {name_shard(run_quantities, one) for one in (task, *others)}
    assert len(names) == 1 + len(others)
    assert name_shard(run_quantities, same) == name_shard(run_quantities, task)
    assert name_shard(double_or_fail, task) != name_shard(run_quantities, task)
    with pytest.raises(TypeError, match="cannot be named by a object"):
        name_shard(double_or_fail, object())  # type: ignore[arg-type]


def test_one_that_fails_stops_no_other_and_is_written_down(tmp_path):
    found = []
    with pytest.raises(ShardsFailed, match=r"2 of 5 parts.*LookupError: 1 is odd"):
        for at, portion in gather_portions(double_or_fail, [0, 1, 2, 3, 4], processes(2), tmp_path):
            found.append((at, portion.arrays["values"][0]))
    assert sorted(found) == [(0, 0), (2, 4), (4, 8)]
    listed = json.loads((tmp_path / "shards.json").read_text())
    assert len(listed["shards"]) == 5
    assert len(listed["failed"]) == 2
    assert listed["failed"][listed["shards"][3]].startswith("LookupError: 3 is odd")


def test_a_worker_that_dies_is_told():
    with pytest.raises(WorkerLost, match="has died"):
        list(gather_portions(double_or_fail, [-1], processes(2)))


SCRIPT = """
import sys
from pathlib import Path
from jobs import double_slowly
from hudnal.study.executors import processes
from hudnal.study.shards import gather_portions
if __name__ == "__main__":
    for _ in gather_portions(double_slowly, list(range(8)), processes(2), Path(sys.argv[1])):
        print("done", flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_it_loses_nothing_that_is_done(tmp_path, how):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    folder = tmp_path / "shards"
    paths = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder)], stdout=subprocess.PIPE, env={**os.environ, **paths},
        stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        os.kill(process.pid, how)
    kept = len(list(folder.glob("*.nc")))
    assert kept >= 2
    found = dict(gather_portions(double_slowly, list(range(8)), here(), folder))
    assert [found[n].arrays["values"][0] for n in range(8)] == [2 * n for n in range(8)]
    assert len(list(folder.glob("*.nc"))) == 8


def test_a_cluster_of_two_workers_one_of_them_killed(tmp_path):
    """The work of the one that died is done by the other, to the same bits."""
    with open_cluster("local", 2) as executor:
        workers = executor.client.scheduler_info()["workers"]  # type: ignore[attr-defined]
        assert len(workers) == 2
        (victim, *_) = executor.client.run(os.getpid).values()  # type: ignore[attr-defined]
        found = {}
        for at, portion in gather_portions(double_slowly, list(range(10)), executor, tmp_path):
            found[at] = portion.arrays["values"][0]
            if len(found) == 2:
                os.kill(victim, signal.SIGKILL)
    assert found == {n: 2 * n for n in range(10)}


def test_a_cluster_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr("hudnal.study.cluster._WAIT", "1s")
    with (
        pytest.raises(BadCluster, match=r"answers at tcp://127\.0\.0\.1:9"),
        open_cluster("tcp://127.0.0.1:9", 1),
    ):
        pass


def test_without_dask_it_is_told(monkeypatch):
    monkeypatch.setattr("hudnal.study.cluster.find_spec", lambda name: None)
    with pytest.raises(BadCluster, match=r"hudnal\[cluster\]"), open_cluster("local", 1):
        pass
