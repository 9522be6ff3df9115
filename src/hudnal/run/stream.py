"""Many draws of one treatment in a folder: quantities alone, shard by shard, whatever happens on the way."""

from __future__ import annotations

from pathlib import Path

from hudnal.intake.load import load_text
from hudnal.progress import Progress
from hudnal.result.course import Course
from hudnal.run.order import Order
from hudnal.store.files import OutputFault, write_folder, write_json, write_netcdf
from hudnal.study.shards import Sharded, simulate_each


def carry_out_stream(
    order: Order, folder: Path, sharded: Sharded | None = None, progress: Progress | None = None
) -> Course:
    """Run an order for its quantities, with and without needles; leaves `course.nc` and `summary.json`, no pictures.

    Where `sharded` has a folder, each shard is kept from the moment that it is done: the same order again, after a kill
    or with more draws, runs only what is missing. Raises TreatmentError, TooLong, OutputFault, ShardsFailed and
    WorkerLost.
    """
    treatment = load_text(order.text, order.source)
    if treatment.in_vitro:
        raise OutputFault("franz_run")
    (course,) = simulate_each([treatment], order.draws, order.seed, progress, sharded, control=True)
    summary, table = course.summary(order.language), course.table()
    write_folder(
        folder,
        {
            "course.nc": lambda path: write_netcdf(path, table, course.tabulate_zones()),
            "summary.json": lambda path: write_json(path, summary),
        },
    )
    return course
