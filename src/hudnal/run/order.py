"""What a long run was asked for, kept beside its folder until it is done: so that it can be gone on with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from hudnal.intake.load import read_source
from hudnal.run.skin_block import SkinBlockOrder
from hudnal.store.checks import read_sealed, seal_content
from hudnal.store.files import OutputFault, find_place, telling_faults, write_json
from hudnal.store.locks import hold_lock
from hudnal.tissue.skin_block import OtherRun

_SCHEMA = "hudnal/unfinished/2"
_ORDER, _LOCK, _SHARDS = "order.json", "lock", "shards"


@dataclass(frozen=True)
class Order:
    """A run: the treatment's text under its name, how it is to be simulated, and its skin block, if any."""

    name: str
    text: str
    draws: int
    seed: int
    language: str
    block: SkinBlockOrder | None = None
    formats: tuple[str, ...] = ()  # of FORMATS, beside course.nc
    source: str = ""  # the file or preset that the text is of, for messages
    tables: bool = False  # quantities and series as CSV besides


def place_order(
    source: str,
    draws: int = 64,
    seed: int = 1,
    language: str = "en",
    block: SkinBlockOrder | None = None,
    formats: tuple[str, ...] = (),
    tables: bool = False,
) -> Order:
    """The order of a treatment's file or preset. Raises TreatmentError where it cannot be read."""
    text = read_source(source)
    return Order(name_source(source), text, draws, seed, language, block, formats, source, tables)


def name_source(source: str) -> str:
    """The name of a treatment in tables and folders: that of its file without the ending, or of its preset.

    What a run left is named by its folder, and its results do not lie in the way of the new ones.
    """
    path = Path(source)
    name = f"{path.parent.name}-again" if path.name == "summary.json" and path.parent.name else path.stem
    return name if name.strip(".") else "treatment"  # `..` is a folder's name already


def find_unfinished(folder: Path) -> Path:
    """The folder in which a run into `folder` keeps what it has so far. Raises OutputFault if it cannot be one."""
    place = find_place(folder)
    return place.with_name(f".{place.name}.unfinished")


@contextmanager
def hold_unfinished(folder: Path, order: Order, again: bool = False) -> Iterator[Path]:
    """Where a run into `folder` keeps what it has so far: for this process alone, and gone when all went well.

    What an older run left there is gone on with if `again`, and gone if not. Raises OutputFault, as where another
    process is at work there.
    """
    place = find_unfinished(folder)
    if again and not place.is_dir():
        raise OutputFault("nothing_to_resume", path=folder)
    with telling_faults(place):
        place.mkdir(parents=True, exist_ok=True)
    with _hold(place, folder):
        if not again:
            with telling_faults(place):
                _empty(place)
            write_json(place / _ORDER, seal_content({"schema": _SCHEMA, **asdict(order)}))
        elif not (place / _ORDER).is_file():  # the other that held it has come to its end
            raise OutputFault("nothing_to_resume", path=folder)
        yield place
        _remove(place)


def clear_unfinished(folder: Path) -> None:
    """Remove what an older run into `folder` left unfinished, unless it is at work."""
    place = find_unfinished(folder)
    if place.is_dir():
        with suppress(OutputFault), _hold(place, folder) as alone:
            if alone:
                _remove(place)


@contextmanager
def hold_shards(folder: Path) -> Iterator[Path]:
    """Where a run into `folder` keeps its shards: for this process alone, and gone when all went well.

    Shards that lie there already stay. Raises OutputFault, as where another process is at work there.
    """
    place = find_unfinished(folder)
    with telling_faults(place):
        place.mkdir(parents=True, exist_ok=True)
    with _hold(place, folder):
        try:
            yield place / _SHARDS
        except BaseException:
            if not any((place / _SHARDS).glob("*.nc")):  # nothing to go on with
                _remove(place)
            raise
        _remove(place)


def resume_order(folder: Path) -> Order:
    """The order of an unfinished run into `folder`. Raises OutputFault if there is none, DamagedRun, OtherRun."""
    path = find_unfinished(folder) / _ORDER
    try:
        content = read_sealed(path)
    except FileNotFoundError as error:
        raise OutputFault("nothing_to_resume", path=folder) from error
    try:
        if content.pop("schema") != _SCHEMA:
            raise ValueError
        block = content.pop("block")
        order = Order(**{**content, "formats": tuple(content["formats"])})
        if block is None:
            return order
        lists = {name: tuple(block.pop(name)) for name in ("draws", "times")}
        return replace(order, block=SkinBlockOrder(**lists, **block))
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # whole, but of another version
        raise OtherRun("other_run", path=folder) from error


@contextmanager
def _hold(place: Path, folder: Path) -> Iterator[bool]:
    """Hold the lock of an unfinished run; whether it is held. Raises OutputFault where another process holds it."""
    with ExitStack() as held:
        try:
            alone = held.enter_context(hold_lock(place / _LOCK, wait=False))
        except BlockingIOError as error:
            raise OutputFault("in_use", path=folder) from error
        yield alone


def _empty(place: Path) -> None:
    """Remove all in a folder but its lock."""
    for path in list(place.iterdir()):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()


def _remove(place: Path) -> None:
    """Remove an unfinished run; what is left of it if that is stopped on the way is nothing to go on with."""
    with suppress(OSError):
        (place / _ORDER).unlink()
    shutil.rmtree(place, ignore_errors=True)
