"""What a run leaves: report.html, course.nc, summary.json; of a block also its files for other programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hudnal.result.course import Course
from hudnal.run.skin_block import places
from hudnal.store.files import write_folder, write_json, write_netcdf
from hudnal.store.volumes import choose_writer

if TYPE_CHECKING:
    import xarray as xr

OURS = ("report.html", "course.nc", "summary.json")


def write_outputs(
    course: Course,
    folder: Path,
    report: str,
    language: str,
    patches: Mapping[int, xr.Dataset] | None = None,
    formats: tuple[str, ...] = (),
) -> None:
    """Leave the files of a run in `folder`, all of them or none. Raises OutputFault.

    With `patches`, by their draw, course.nc also holds every hole and each patch as groups, and summary.json how
    places differ; `formats` are written of the first patch.
    """
    groups: dict[str, xr.Dataset] = {}
    summary = course.summary(language)
    writers: dict[str, Callable[[Path], object]] = {}
    if patches:
        first = next(iter(patches))
        groups["holes"] = course.patch(first)
        for draw, patch in patches.items():
            groups["patch" if draw == first else f"patch-{draw}"] = patch
        summary["places"] = {"draw": first, **places(course, patches[first])}
        for name in formats:
            writers[f"patch-{name}" if name == "vti" else f"patch.{name}"] = choose_writer(
                name, patches[first]
            )
    writers |= {
        "report.html": lambda path: path.write_text(report, encoding="utf-8"),
        "course.nc": lambda path: write_netcdf(path, course.table(), groups),
        "summary.json": lambda path: write_json(path, summary),
    }
    write_folder(folder, writers)
