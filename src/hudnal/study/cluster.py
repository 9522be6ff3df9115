"""Tasks on a cluster of Dask, on this machine or on many: the extra `cluster`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from hudnal.language import HudnalError
from hudnal.study.executors import Executor, choose_executor, run_on_one_core

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
R = TypeVar("R")

LOCAL = "local"
_WAIT = "30s"  # for a scheduler to answer
_NO_PAGE: Any = None  # Dask's own page of what its workers do: nobody asked for a server


class BadCluster(HudnalError):
    """A cluster that cannot be used: none answers there, or Dask is not installed."""

    head = "cli"


@dataclass(frozen=True)
class _Cluster:
    client: Client

    def map(self, job: Callable[[T], R], tasks: Iterable[T]) -> Generator[tuple[T, R], None, None]:
        from distributed import KilledWorker, as_completed

        # Named anew each time: what was computed before is the store's to know, and not the cluster's.
        task_of = {self.client.submit(run_on_one_core, job, task, pure=False): task for task in tasks}
        try:
            for done in as_completed(list(task_of)):
                result = done.result()
                yield task_of.pop(done), result  # popped: the cluster need not hold what was given
        except KilledWorker as error:
            raise BrokenExecutor("a task has cost the lives of several workers") from error
        finally:
            self.client.cancel(list(task_of), force=True)


@contextmanager
def open_executor(workers: int, cluster: str = "") -> Iterator[Executor]:
    """Where many tasks run: this process for one worker, else as many processes; or a `cluster` of Dask.

    `cluster` is "local" for one of that many workers on this machine, or its scheduler's address. Raises BadCluster.
    """
    if cluster:
        with open_cluster(cluster, workers) as executor:
            yield executor
    else:
        yield choose_executor(workers)


@contextmanager
def open_cluster(address: str, workers: int) -> Iterator[Executor]:
    """The cluster whose scheduler is at `address`; with "local" one of so many processes of this machine.

    A task whose worker dies is begun anew on another. The same package has to be installed everywhere. Raises
    BadCluster.
    """
    if find_spec("distributed") is None:
        raise BadCluster("no_dask")
    from distributed import Client, LocalCluster

    if address == LOCAL:
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=_NO_PAGE) as cluster,
            Client(cluster) as client,
        ):
            yield _Cluster(client)
        return
    try:
        client = Client(address, timeout=_WAIT)
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        raise BadCluster("no_cluster", address=address) from error
    with client:
        yield _Cluster(client)
