"""Writing: to a temporary name beside the final one, then renamed, so that nothing is ever half there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hudnal.language import HudnalError, say
from hudnal.version import __version__

if TYPE_CHECKING:
    import xarray as xr

    from hudnal.store.table import Table


class OutputFault(HudnalError):
    """A place that cannot be written, or an order that cannot be carried out on this machine."""

    head = "cli"


def make_header(schema: str, language: str = "en") -> dict[str, Any]:
    """The first entries of every JSON file of ours: what kind of file it is, the version, and what it is not."""
    return {"schema": schema, "version": __version__, "notice": say("notice", language)}


def write_folder(folder: Path, contents: Mapping[str, Callable[[Path], object]]) -> None:
    """Leave files in `folder`, all of them or none; the last of them marks a whole set. Raises OutputFault.

    `contents` says for each file's name what writes it to a path.
    """
    folder = folder.absolute()
    if folder.exists() and not folder.is_dir():
        raise OutputFault("not_a_folder", path=folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep_leftovers(folder)
        staged = _name_beside(folder, "part")
        staged.mkdir()
    except OSError as error:
        raise OutputFault("cannot_write", path=folder, problem=error.strerror) from error
    try:
        for name, write in contents.items():
            write(staged / name)
        _put_in_place(staged, folder, list(contents))
    except OutputFault as fault:  # of one file, under a name that nobody knows
        raise OutputFault(fault.key, **{**fault.values, "path": folder}) from fault
    except OSError as error:
        raise OutputFault("cannot_write", path=folder, problem=error.strerror) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _name_beside(folder: Path, kind: str) -> Path:
    return folder.with_name(f".{folder.name}.{os.getpid()}.{kind}")


def _sweep_leftovers(folder: Path) -> None:
    """Remove what runs into the same folder left behind when they were killed.

    An older run's folder that had made way, and whose successor never came, gets its name back.
    """
    for left in folder.parent.iterdir():
        parts = left.name.removeprefix(f".{folder.name}.").split(".")
        if not left.name.startswith(f".{folder.name}.") or len(parts) != 2:
            continue
        process, kind = parts
        if not process.isdigit() or kind not in ("part", "old") or _is_alive(int(process)):
            continue
        if kind == "old" and not folder.exists():
            left.rename(folder)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _put_in_place(staged: Path, folder: Path, names: list[str]) -> None:
    """Give the staged folder its name; an older run's folder makes way as a whole."""
    foreign = folder.exists() and {p.name for p in folder.iterdir()} - set(names)
    if not foreign:
        old = _name_beside(folder, "old")
        if folder.exists():
            folder.rename(old)
        try:
            staged.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
        return
    # Other files live there and stay: the last name goes first and comes last, so it stands only over a whole set.
    (folder / names[-1]).unlink(missing_ok=True)
    for name in names:
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
        (staged / name).replace(folder / name)


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file under a temporary name, then give it its own. Raises OutputFault."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(temporary)
        temporary.replace(path)
    except OSError as error:
        raise OutputFault("cannot_write", path=path, problem=error.strerror or str(error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write `content` as JSON, one value a line in a stable order, whole or not at all. Raises OutputFault."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_whole(path, lambda p: p.write_text(text, encoding="utf-8"))


_VOLUME = 4  # dimensions of what is packed hard, (time, z, y, x)
_PACKED = {"zlib": True, "complevel": 1, "shuffle": True}
_BITS = 11  # of 23 behind the point that are kept of a volume: three digits


def _shorten_values(values: xr.DataArray) -> xr.DataArray:
    """Single precision rounded to the bits that are kept, so that it packs well."""
    import numpy as np

    whole = values.values.astype(np.float32).view(np.uint32)
    drop = 23 - _BITS
    rounded = (whole + np.uint32(1 << (drop - 1))) & np.uint32(0xFFFFFFFF << drop & 0xFFFFFFFF)
    return values.copy(data=rounded.view(np.float32))


def write_netcdf(path: Path, table: Table, groups: Mapping[str, xr.Dataset]) -> None:
    """Write a table as packed NetCDF-4, with `groups` beside its root, whole or not at all. Raises OutputFault.

    Volumes over (time, z, y, x) are rounded to three digits.
    """

    def write(temporary: Path) -> None:
        table.write(temporary)
        for name, group in groups.items():
            large = [n for n, v in group.data_vars.items() if v.ndim == _VOLUME]
            rest = group.drop_vars(large)
            rest.to_netcdf(temporary, engine="h5netcdf", group=name, mode="a")
            for one in large:  # one at a time: memory stays that of one
                single = group[[one]].drop_vars(list(group.coords)).map(_shorten_values)
                single.to_netcdf(temporary, engine="h5netcdf", group=name, mode="a", encoding={one: _PACKED})

    write_whole(path, write)
