"""Seals: a digest inside a file, by which its reader knows that it is as it was written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from hudnal.language import HudnalError

DIGEST_BYTES = 16
_CHUNK = 2**20
_SEAL = "seal"


class DamagedRun(HudnalError):
    """A file that an unfinished run needs is gone, or is not what was written."""

    head = "cli"


def digest_bytes(data: bytes | memoryview) -> bytes:
    """DIGEST_BYTES that differ for any other data. They guard against damage, not against malice."""
    return blake2b(data, digest_size=DIGEST_BYTES).digest()


def seal_file(path: Path) -> None:
    """Put a file's digest behind its last byte."""
    digest = _digest_file(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(digest)


def check_file(path: Path) -> None:
    """Raise DamagedRun unless the file carries the seal of what stands before it."""
    try:
        size = path.stat().st_size - DIGEST_BYTES
        with path.open("rb") as file:
            file.seek(max(size, 0))
            seal = file.read()
        if size <= 0 or _digest_file(path, size) != seal:
            raise DamagedRun("damaged_content", path=path)
    except FileNotFoundError as error:
        raise DamagedRun("damaged_missing", path=path) from error
    except OSError as error:
        raise DamagedRun("damaged_content", path=path) from error


def _digest_file(path: Path, size: int) -> bytes:
    """The digest of a file's first `size` bytes."""
    digest = blake2b(digest_size=DIGEST_BYTES)
    with path.open("rb") as file:
        while part := file.read(min(_CHUNK, size)):
            digest.update(part)
            size -= len(part)
    return digest.digest()


def seal_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """Content for a JSON file, with its seal as the last entry."""
    return {**content, _SEAL: _digest_content(content)}


def read_sealed(path: Path) -> dict[str, Any]:
    """What `seal_content` sealed, from a JSON file. Raises DamagedRun, FileNotFoundError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop(_SEAL) == _digest_content(content):
            return content
    except FileNotFoundError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedRun("damaged_content", path=path) from error
    raise DamagedRun("damaged_content", path=path)


def _digest_content(content: Mapping[str, Any]) -> str:
    """The digest of what a JSON file will give back, whatever the order of its entries."""
    return digest_bytes(json.dumps(content, sort_keys=True).encode("ascii")).hex()


def flush_to_disk(path: Path) -> None:
    """Make the disk hold a file, or a folder with all that is in it, so that a power cut leaves no empty files."""
    for place, _, names in os.walk(path, topdown=False):
        for name in names:
            _flush_file(Path(place, name))
        flush_names(Path(place))
    if not path.is_dir():
        _flush_file(path)


def flush_names(folder: Path) -> None:
    """Make the disk hold the names in a folder, where the system can be asked to."""
    # Windows has no such call, and some network drives refuse it: the files themselves are there.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _flush_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
