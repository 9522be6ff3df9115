"""What a run leaves: report.html, course.nc, summary.json; of a skin block also its files for other programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hudnal.result.course import Course
from hudnal.result.spreadsheet import write_quantities, write_series
from hudnal.run.skin_block import summarise_places
from hudnal.store.files import is_file, write_folder, write_json, write_netcdf
from hudnal.store.volumes import choose_writer

if TYPE_CHECKING:
    import xarray as xr

OURS = ("report.html", "course.nc", "summary.json")


def has_results(folder: Path) -> bool:
    """Whether a run has left its files in the folder before."""
    return is_file(folder / OURS[-1])


def write_outputs(
    course: Course,
    folder: Path,
    report: str,
    language: str,
    blocks: Mapping[int, xr.Dataset] | None = None,
    formats: tuple[str, ...] = (),
    tables: bool = False,
) -> None:
    """Leave the files of a run in `folder`, all of them or none. Raises OutputFault.

    With skin `blocks`, by their draw, course.nc also holds every hole and each block as groups, and summary.json how
    places differ; `formats` are written of the first block. With `tables` quantities.csv and series.csv lie beside.
    """
    groups: dict[str, xr.Dataset] = course.tabulate_zones()
    summary = course.summary(language)
    writers: dict[str, Callable[[Path], object]] = {}
    if blocks:
        first = next(iter(blocks))
        groups["holes"] = course.tabulate_sample_area(first)
        for draw, block in blocks.items():
            groups["patch" if draw == first else f"patch-{draw}"] = block
        summary["places"] = {"draw": first, **summarise_places(course, blocks[first])}
        for name in formats:
            writers[f"patch-{name}" if name == "vti" else f"patch.{name}"] = choose_writer(
                name, blocks[first]
            )
    if tables:
        sheets = {
            "quantities.csv": write_quantities(course, language),
            "series.csv": write_series(course, language),
        }
        for name, sheet in sheets.items():
            writers[name] = lambda path, sheet=sheet: path.write_text(sheet, encoding="utf-8")
    writers |= {
        "report.html": lambda path: path.write_text(report, encoding="utf-8"),
        "course.nc": lambda path: write_netcdf(path, course.table(), groups),
        "summary.json": lambda path: write_json(path, summary),
    }
    write_folder(folder, writers)
