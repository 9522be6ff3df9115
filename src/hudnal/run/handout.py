"""Handouts of one treatment: one run of it, and the pages that are made of it, left in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from hudnal.course.simulate import simulate
from hudnal.intake.load import load_text
from hudnal.progress import Progress
from hudnal.result.course import CONTROL, Course
from hudnal.run.order import Order
from hudnal.store.files import OutputFault, find_place, write_folder

# Makes the pages of a course in a language, by the names of their files.
RenderPages = Callable[[Course, str], Mapping[str, str]]
KEPT = ("series", CONTROL)  # what the pages ask of a course beside its quantities


def carry_out_handouts(
    order: Order, folder: Path, render: RenderPages, progress: Progress | None = None
) -> Course:
    """Simulate an order and leave its handouts in `folder`, all of them or none.

    Raises TreatmentError, OutputFault, TooLong.
    """
    find_place(folder)
    treatment = load_text(order.text, order.source)
    if treatment.in_vitro:
        raise OutputFault("franz_run")
    course = simulate(treatment, order.draws, order.seed, progress, keep=KEPT)
    pages = render(course, order.language)
    write_folder(folder, {name: _make_writer(page) for name, page in pages.items()})
    return course


def _make_writer(page: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(page, encoding="utf-8")
