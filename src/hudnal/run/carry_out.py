"""A whole run: simulate, the skin block if it is asked for, report and files; the long part can be gone on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from hudnal.course.simulate import simulate
from hudnal.intake.load import load_text
from hudnal.language import HudnalError
from hudnal.progress import Progress
from hudnal.run.order import Order, clear_unfinished, hold_unfinished
from hudnal.run.outputs import write_outputs
from hudnal.run.skin_block import plan_skin_blocks, run_skin_blocks
from hudnal.store.files import OutputFault, find_place
from hudnal.store.volumes import check_formats

if TYPE_CHECKING:
    import xarray as xr

    from hudnal.result.course import Course

# Makes a progress bar under a text's key.
Waiting = Callable[[str], AbstractContextManager[Progress | None]]
# Makes the report of a course in a language, with the skin blocks by their draw.
Render = Callable[["Course", str, "Mapping[int, xr.Dataset]"], str]


class Stopped(HudnalError):
    """Ctrl-C while a skin block ran: `--resume` of the folder `path` goes on with it."""

    head = "cli"
    exit_code = 130


def carry_out(order: Order, folder: Path, waiting: Waiting, render: Render, again: bool = False) -> Course:
    """Run an order into `folder`.

    The fold over the treatment takes seconds and is the same every time: only the skin block is kept while it runs,
    and gone on with if the order is run `again`. Raises TreatmentError, OutputFault, DamagedRun, OtherRun,
    Stopped.
    """
    check_formats(order.formats)
    find_place(folder)
    treatment = load_text(order.text, order.source)
    if treatment.in_vitro:
        raise OutputFault("franz_run")
    with waiting("cli.running") as progress:
        course = simulate(treatment, order.draws, order.seed, progress)

    def write(blocks: Mapping[int, xr.Dataset]) -> None:
        report = render(course, order.language, blocks)
        write_outputs(course, folder, report, order.language, blocks, order.formats, order.tables)

    if order.block is None:
        write({})
        clear_unfinished(folder)
        return course
    plans = plan_skin_blocks(course, order.block)
    with hold_unfinished(folder, order, again) as place:
        try:
            with waiting("cli.running_block") as progress:
                blocks = run_skin_blocks(course, plans, place, progress)
            write(blocks)
        except KeyboardInterrupt as stop:
            raise Stopped("stopped_resume", path=folder) from stop
    return course
