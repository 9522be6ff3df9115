"""A whole run: simulate, the block of skin if it is asked for, report and files; the long part can be gone on with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from hudnal.course.simulate import Progress, simulate
from hudnal.language import HudnalError
from hudnal.run.order import Order, begin, finish, unfinished
from hudnal.run.outputs import write_outputs
from hudnal.run.skin_block import plans_of, run_block
from hudnal.store.volumes import check_formats

if TYPE_CHECKING:
    import xarray as xr

    from hudnal.result.course import Course
    from hudnal.treatment import Treatment

Waiting = Callable[[str], AbstractContextManager[Progress | None]]


class Stopped(HudnalError):
    """Ctrl-C while a skin block ran: `--resume` of the folder `path` goes on with it."""

    head = "cli"
    exit_code = 130


def carry_out(
    order: Order, treatment: Treatment, folder: Path, waiting: Waiting, again: bool = False
) -> Course:
    """Run an order into `folder`; `waiting` makes a progress bar under a text's key. Raises OutputFault, Stopped.

    The fold over the treatment takes seconds and is the same every time: only the block is kept while it runs, and
    gone on with if it is run `again`.
    """
    check_formats(order.formats)
    with waiting("cli.running") as progress:
        course = simulate(treatment, order.draws, order.seed, progress)
    patches: dict[int, xr.Dataset] = {}
    if order.block is not None:
        plans = plans_of(course, order.block)
        place = unfinished(folder) if again else begin(folder, order)
        try:
            with waiting("cli.running_block") as progress:
                patches = run_block(course, plans, place, progress)
        except KeyboardInterrupt as stop:
            raise Stopped("stopped_resume", path=folder) from stop
    # What draws is slow to load: not before there is something to draw.
    from hudnal.report import render_report

    report = render_report(course, order.language, patches)
    write_outputs(course, folder, report, order.language, patches, order.formats)
    finish(folder)
    return course
