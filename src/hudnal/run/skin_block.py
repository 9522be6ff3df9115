"""The skin block of a course: its sample area in three dimensions, with every hole in it, of a few chosen draws."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hudnal.progress import Progress, part_of
from hudnal.result.course import Course
from hudnal.store.files import OutputFault
from hudnal.tissue.history import session_times, total_hours
from hudnal.tissue.skin_block import (
    SIDE,
    VOXEL,
    BlockPlan,
    available_memory,
    choose_times,
    run_skin_block,
)
from hudnal.units import HOURS_PER_DAY, PERCENT

if TYPE_CHECKING:
    import xarray as xr

_GB = 1e9
_MEDIAN, _LOW, _HIGH = 0.5, 0.05, 0.95


@dataclass(frozen=True)
class SkinBlockOrder:
    """What is asked of a course: its skin blocks. Empty `draws`: nearest to the medians; `times`: as is usual."""

    draws: tuple[int, ...] = ()
    times: tuple[float, ...] = ()  # h after the first session
    side: float = SIDE  # mm
    voxel: float = VOXEL
    device: str = "auto"  # auto, cpu, gpu
    double: bool = False


def plan_skin_blocks(course: Course, order: SkinBlockOrder) -> list[BlockPlan]:
    """The plans of a course's skin blocks, one for each draw that is asked for.

    Raises OutputFault for times and draws that the course does not have, and if the machine cannot do them.
    """
    device = _choose_device(order.device)
    side = min(order.side, course.holes.side)
    times = choose_times(course.tissue)
    if order.times:
        first = (session_times(course.tissue.diary) or [0.0])[0]
        times = tuple(first + t for t in sorted(set(order.times)))
        end = total_hours(course.tissue.diary)
        if times[0] < first or times[-1] > end:
            raise OutputFault("times_outside", end=f"{(end - first) / HOURS_PER_DAY:.4g}")
    most = course.holes.attempts.size
    for draw in order.draws:
        if not 0 <= draw < most:
            raise OutputFault("no_such_draw", value=draw, last=most - 1)
    plans = [
        BlockPlan(draw, side, order.voxel, times, double=order.double, device=device)
        for draw in (order.draws or (course.middle_draw,))
    ]
    need, have = plans[0].memory(), available_memory()
    if device == "cpu" and have is not None and need > have:
        raise OutputFault("too_large", need=f"{need / _GB:.1f}", have=f"{have / _GB:.1f}")
    return plans


def run_skin_blocks(
    course: Course, plans: list[BlockPlan], folder: Path, progress: Progress | None = None
) -> dict[int, xr.Dataset]:
    """Simulate the skin blocks of `plans`, by their draw; each goes on where it was stopped, from its part of `folder`.

    `progress` is called with the share done.
    """
    blocks = {}
    for i, plan in enumerate(plans):
        report = part_of(progress, i, len(plans))
        blocks[plan.draw] = run_skin_block(course.tissue, plan, folder / f"draw-{plan.draw}", report)
    return blocks


def summarise_places(course: Course, block: xr.Dataset) -> dict[str, dict[str, float | str]]:
    """How places on one skin differ at the end: median and central 90 % over the skin block, of a biopsy's dermis."""
    top = float(block.attrs["junction_mm"])
    deep = float(course.sample.value("tissue.wound.observed_depth"))
    edges = block["z_edge"].values
    weight = np.diff(np.clip(edges, top, min(top + deep, float(block.attrs["dermis_end_mm"]))))
    weight = weight / weight.sum()
    maps = {
        "collagen_change_places": ("%", np.tensordot(weight, block["collagen_change"][-1].values, 1)),
        "epidermis_places": ("%", PERCENT * (block["epidermis"][-1].values - 1)),
    }
    return {
        name: {
            "median": float(np.quantile(values, _MEDIAN)),
            "low": float(np.quantile(values, _LOW)),
            "high": float(np.quantile(values, _HIGH)),
            "unit": unit,
        }
        for name, (unit, values) in maps.items()
    }


def _choose_device(asked: str) -> str:
    """cpu or gpu. Raises OutputFault where a GPU was asked for and there is none."""
    if asked == "cpu":
        return "cpu"
    from hudnal.tissue.accelerated import has_gpu

    if has_gpu():
        return "gpu"
    if asked == "gpu":
        raise OutputFault("no_gpu")
    return "cpu"
