"""What a run leaves: report.html, course.nc, summary.json."""

from __future__ import annotations

from pathlib import Path

from hudnal.course.course import Course
from hudnal.course.files import write_folder, write_json

OURS = ("report.html", "course.nc", "summary.json")


def write_outputs(course: Course, folder: Path, report: str, language: str, patch: bool) -> None:
    """Leave the three files of a run in `folder`, all of them or none; with `patch` the holes too. OutputFault."""
    writers = (
        lambda path: path.write_text(report, encoding="utf-8"),
        lambda path: course.to_netcdf(path, patch),
        lambda path: write_json(path, course.summary(language)),
    )
    write_folder(folder, dict(zip(OURS, writers, strict=True)))
