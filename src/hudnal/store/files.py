"""Writing: whole or not at all, whatever happens. Every file that Hudnål leaves goes through here.

What is written is staged in a folder of its own, brought onto the disk, and only then given its name. One process at a
time writes to a place; what a killed one left there goes, or is gone on with where all of it was staged already.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hudnal.language import HudnalError, say
from hudnal.store.checks import flush_names, flush_to_disk
from hudnal.store.locks import hold_lock
from hudnal.version import __version__

if TYPE_CHECKING:
    import xarray as xr

    from hudnal.store.table import Table

# Names of ours: PREFIX RANDOM .part while it is written, .whole from the moment that it replaces what is there.
_INSIDE = ".hudnal."
_PART, _WHOLE = ".part", ".whole"
_LONGEST_NAME = 50  # letters of a name that stand in ours, which may not pass the 255 bytes of a file system
# In a .whole folder: the file that marks a whole set, and what lay in its place.
_LAST, _OLD = ".last", ".old"


class OutputFault(HudnalError):
    """A place that cannot be written, or an order that cannot be carried out on this machine."""

    head = "cli"


def make_header(schema: str, language: str = "en") -> dict[str, Any]:
    """The first entries of every JSON file of ours: what kind of file it is, the version, and what it is not."""
    return {"schema": schema, "version": __version__, "notice": say("notice", language)}


@contextmanager
def telling_faults(path: Path) -> Iterator[None]:
    """Turn what the system refuses inside into an OutputFault about `path`, the name that the user knows."""
    try:
        yield
    except OutputFault as fault:
        raise OutputFault(fault.key, **{**fault.values, "path": path}) from fault
    except OSError as error:
        missing = _find_missing_folder(path) if isinstance(error, FileNotFoundError) else None
        if missing is not None:
            raise OutputFault("no_folder", path=path, folder=missing) from error
        raise OutputFault("cannot_write", path=path, problem=error.strerror or str(error)) from error


def _find_missing_folder(path: Path) -> Path | None:
    """The first folder on the way to a path that is not there; None where all are."""
    return next((folder for folder in reversed(path.absolute().parents) if not folder.exists()), None)


def is_folder(path: Path) -> bool:
    """Whether there is a folder; a name that no file can have (too long, with a NUL) is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):  # Python 3.11 to 3.13 raise them
        return False


def is_file(path: Path) -> bool:
    """Whether there is a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def find_place(folder: Path) -> Path:
    """Where a folder for results lies, links followed; it need not be there. Raises OutputFault if it cannot be one."""
    place = Path(os.path.realpath(folder))
    if not place.name:
        raise OutputFault("no_name", path=folder)
    with telling_faults(folder):
        try:
            place.stat()
        except FileNotFoundError:
            return place
    if not place.is_dir():
        raise OutputFault("not_a_folder", path=folder)
    return place


def write_folder(folder: Path, contents: Mapping[str, Callable[[Path], object]]) -> None:
    """Leave files in `folder`, all of them or none; the last of them marks a whole set. Raises OutputFault.

    `contents` says for each file's name what writes it to a path. Other files in the folder stay.
    """
    place = find_place(folder)
    with telling_faults(folder):
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            with _stage_in(place.parent, _prefix_of(place)) as staged:
                if not place.exists():  # nobody made it while this one waited
                    _fill(staged, contents)
                    staged.rename(place)
                    flush_names(place.parent)
                    return
        _sweep_beside(place)
        with _stage_in(place, _INSIDE) as staged:
            _fill(staged, contents)
            _replace_inside(staged, place, list(contents)[-1])


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file elsewhere, then give it its name, through links. Raises OutputFault."""
    target = Path(os.path.realpath(path))
    with telling_faults(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            write(path)  # a device or a pipe is written to, not replaced
            return
        with _stage_in(target.parent, _prefix_of(target)) as staged:
            new = staged / target.name
            write(new)
            flush_to_disk(new)
            new.replace(target)
            flush_names(target.parent)


def _prefix_of(place: Path) -> str:
    return f".{place.name[:_LONGEST_NAME]}."


def _fill(staged: Path, contents: Mapping[str, Callable[[Path], object]]) -> None:
    for name, write in contents.items():
        write(staged / name)
    flush_to_disk(staged)


@contextmanager
def _stage_in(folder: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `folder` under a name that nobody else has, gone in the end. Others with the prefix wait."""
    with hold_lock(folder / f"{prefix}lock") as alone:
        if alone:
            _sweep_leftovers(folder, prefix)
        staged = folder / f"{prefix}{os.urandom(4).hex()}{_PART}"
        staged.mkdir()
        try:
            yield staged
        finally:
            shutil.rmtree(staged, ignore_errors=True)


def _sweep_leftovers(folder: Path, prefix: str) -> None:
    """Remove what killed processes left in `folder`; a set that had begun to take its place goes on to do so."""
    ours = re.compile(rf"{re.escape(prefix)}\w+(?:{_PART}|{_WHOLE})")
    for left in list(folder.iterdir()):
        if ours.fullmatch(left.name) and left.is_dir() and not left.is_symlink():
            if left.suffix == _WHOLE:
                _move_in(left, folder)
            shutil.rmtree(left, ignore_errors=True)


def _sweep_beside(place: Path) -> None:
    """Remove what processes left beside a folder that were killed while they made it, or just after."""
    prefix = _prefix_of(place)
    # What is beside is nothing to this run: where it can't be read, or is in use, it is let be.
    with suppress(OSError):
        if any(path.name.startswith(prefix) for path in place.parent.iterdir()):
            with hold_lock(place.parent / f"{prefix}lock", wait=False) as alone:
                if alone:
                    _sweep_leftovers(place.parent, prefix)


def _replace_inside(staged: Path, folder: Path, last: str) -> None:
    """Move what is staged in a folder into it, where it replaces its namesakes.

    From its new name on, what is staged replaces them even if this process is killed: then by the next one.
    """
    for name in (_LAST, _OLD):
        (staged / name).mkdir()
    (staged / last).rename(staged / _LAST / last)
    flush_to_disk(staged)
    whole = staged.with_suffix(_WHOLE)
    new = [whole / path.relative_to(staged) for path in _list_new(staged)]
    staged.rename(whole)
    flush_names(folder)
    try:
        _move_in(whole, folder)
    except BaseException as error:
        if isinstance(error, OSError):
            _move_out(whole, folder, new)
        else:  # Ctrl-C, too late
            _move_in(whole, folder)
        shutil.rmtree(whole, ignore_errors=True)
        raise
    shutil.rmtree(whole, ignore_errors=True)


def _list_new(whole: Path) -> list[Path]:
    """What is staged and has not been moved yet, the marking file last."""
    rest = sorted(path for path in whole.iterdir() if path.name not in (_LAST, _OLD))
    last = whole / _LAST
    return [*rest, *(last.iterdir() if last.is_dir() else ())]


def _move_in(whole: Path, folder: Path) -> None:
    """Move what is staged into the folder; the marking file stands there only over a whole set."""
    new = _list_new(whole)
    for path in reversed(new):
        if os.path.lexists(folder / path.name):
            (folder / path.name).rename(whole / _OLD / path.name)
    for path in new:
        path.rename(folder / path.name)
    flush_names(folder)


def _move_out(whole: Path, folder: Path, new: list[Path]) -> None:
    """Give the folder back what it held before `_move_in` failed."""
    for path in new:
        if not path.exists():
            (folder / path.name).rename(path)
        if os.path.lexists(whole / _OLD / path.name):
            (whole / _OLD / path.name).rename(folder / path.name)


def write_json(path: Path, content: Any) -> None:
    """Write `content` as JSON, one value a line in a stable order, whole or not at all. Raises OutputFault."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    # Half characters, as in names of files that are no text, get the escapes that JSON has for them.
    write_whole(path, lambda p: p.write_text(text, encoding="utf-8", errors="backslashreplace"))


def write_netcdf(path: Path, table: Table, groups: Mapping[str, xr.Dataset]) -> None:
    """Write a table as packed NetCDF-4, with `groups` beside its root, whole or not at all. Raises OutputFault.

    Volumes over (time, z, y, x) are rounded to three digits.
    """
    # Packed in memory: HDF5 cannot live with a disk that is full, and takes the whole process with it.
    packed = io.BytesIO()
    table.write(packed, groups)
    write_whole(path, lambda p: p.write_bytes(packed.getbuffer()))
