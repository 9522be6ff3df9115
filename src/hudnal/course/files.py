"""Writing: to a temporary name beside the final one, then renamed, so that nothing is ever half there."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hudnal.course.course import Course


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make a file under a temporary name, then give it its own."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """JSON, one value a line, stable in order."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_whole(path, lambda p: p.write_text(text, encoding="utf-8"))


def write_netcdf(course: Course, path: Path, patch: bool) -> None:
    """The course as NetCDF-4; the patch as a group."""

    def write(temporary: Path) -> None:
        packed = {"zlib": True, "complevel": 4, "shuffle": True}
        dataset = course.to_dataset()
        encoding: dict[Any, Any] = {name: packed for name in dataset.data_vars}
        dataset.to_netcdf(temporary, engine="h5netcdf", encoding=encoding)
        if patch:
            course.patch().to_netcdf(temporary, engine="h5netcdf", group="patch", mode="a")

    write_whole(path, write)
