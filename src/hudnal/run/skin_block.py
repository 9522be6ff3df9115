"""The block of skin of a course: a patch in three dimensions, with every hole in it, of a few chosen draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

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

if TYPE_CHECKING:
    import xarray as xr

_GB = 1e9
_DAY = 24.0  # h
_MEDIAN, _LOW, _HIGH = 0.5, 0.05, 0.95


@dataclass(frozen=True)
class Block:
    """What to run of a course. `draws` empty: the one nearest to the medians; `times` empty: a usual choice."""

    draws: tuple[int, ...] = ()
    times: tuple[float, ...] = ()  # h after the first session
    side: float = SIDE  # mm
    voxel: float = VOXEL
    device: str = "auto"  # auto, cpu, gpu
    double: bool = False


def plan_skin_blocks(course: Course, block: Block) -> list[BlockPlan]:
    """The plans of a course's block. Raises OutputFault if the machine cannot do them."""
    device = _device(block.device)
    side = min(block.side, course.holes.side)
    times = choose_times(course.tissue)
    if block.times:
        first = (session_times(course.tissue.diary) or [0.0])[0]
        times = tuple(first + t for t in sorted(set(block.times)))
        end = total_hours(course.tissue.diary)
        if times[0] < first or times[-1] > end:
            raise OutputFault("times_outside", end=f"{(end - first) / _DAY:.4g}")
    most = course.holes.attempts.size
    for draw in block.draws:
        if not 0 <= draw < most:
            raise OutputFault("no_such_draw", value=draw, last=most - 1)
    plans = [
        BlockPlan(draw, side, block.voxel, times, double=block.double, device=device)
        for draw in (block.draws or (course.middle_draw,))
    ]
    need, have = plans[0].memory(), available_memory()
    if device == "cpu" and have is not None and need > have:
        raise OutputFault("too_large", need=f"{need / _GB:.1f}", have=f"{have / _GB:.1f}")
    return plans


def run_skin_blocks(
    course: Course, plans: list[BlockPlan], folder: Path, progress: Callable[[float], None] | None = None
) -> dict[int, xr.Dataset]:
    """The patches by their draw; each lives in a folder of its own in `folder` and goes on where it was stopped."""
    found = {}
    for i, plan in enumerate(plans):
        report = (lambda share, i=i: progress((i + share) / len(plans))) if progress else None
        found[plan.draw] = run_skin_block(course.tissue, plan, folder / f"draw-{plan.draw}", report)
    return found


def places(course: Course, patch: xr.Dataset) -> dict[str, dict[str, float | str]]:
    """How places on one skin differ at the end: median and central 90 % over the patch, of a biopsy's dermis."""
    top = float(patch.attrs["junction_mm"])
    deep = float(course.sample.value("tissue.wound.observed_depth"))
    edges = patch["z_edge"].values
    weight = np.diff(np.clip(edges, top, min(top + deep, float(patch.attrs["dermis_end_mm"]))))
    weight = weight / weight.sum()
    maps = {
        "collagen_change_places": ("%", np.tensordot(weight, patch["collagen_change"][-1].values, 1)),
        "epidermis_places": ("%", 100 * (patch["epidermis"][-1].values - 1)),
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


def _device(asked: str) -> str:
    """cpu or gpu. Raises OutputFault where a GPU was asked for and there is none."""
    if asked == "cpu":
        return "cpu"
    from hudnal.tissue.accelerated import has_gpu

    if has_gpu():
        return "gpu"
    if asked == "gpu":
        raise OutputFault("no_gpu")
    return "cpu"
