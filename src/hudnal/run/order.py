"""What a long run was asked for, kept beside its folder until it is done: so that it can be gone on with."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hudnal.intake.load import read_source
from hudnal.run.skin_block import SkinBlockOrder
from hudnal.store.files import OutputFault, write_json

_SCHEMA = "hudnal/unfinished/1"
_ORDER = "order.json"


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


def place_order(
    source: str,
    draws: int = 64,
    seed: int = 1,
    language: str = "en",
    block: SkinBlockOrder | None = None,
    formats: tuple[str, ...] = (),
) -> Order:
    """The order of a treatment's file or preset. Raises TreatmentError where it cannot be read."""
    return Order(name_source(source), read_source(source), draws, seed, language, block, formats, source)


def name_source(source: str) -> str:
    """The name of a treatment in tables and folders: that of its file without the ending, or of its preset."""
    return Path(source).stem or "treatment"


def find_unfinished(folder: Path) -> Path:
    """The folder in which a run into `folder` keeps what it has so far."""
    folder = folder.absolute()
    return folder.with_name(f".{folder.name}.unfinished")


def begin_order(folder: Path, order: Order) -> Path:
    """Make room for a new run into `folder`; what an older one left unfinished is gone. Raises OutputFault."""
    place = find_unfinished(folder)
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        write_json(place / _ORDER, {"schema": _SCHEMA, **asdict(order)})
    except OSError as error:
        raise OutputFault("cannot_write", path=place, problem=error.strerror) from error
    return place


def resume_order(folder: Path) -> Order:
    """The order of an unfinished run into `folder`. Raises OutputFault if there is none."""
    try:
        content: dict[str, Any] = json.loads((find_unfinished(folder) / _ORDER).read_text(encoding="utf-8"))
        if content.pop("schema") != _SCHEMA:
            raise ValueError
        block = content.pop("block")
        order = Order(**content)
        order = replace(order, formats=tuple(order.formats))
        if block is None:
            return order
        lists = {name: tuple(block.pop(name)) for name in ("draws", "times")}
        return replace(order, block=SkinBlockOrder(**lists, **block))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise OutputFault("nothing_to_resume", path=folder) from error


def finish_order(folder: Path) -> None:
    """Remove what a run into `folder` kept on the way, now that it is whole."""
    shutil.rmtree(find_unfinished(folder), ignore_errors=True)
