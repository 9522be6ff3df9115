"""The version of the package, in a file of its own: whoever prints it need not know the face of the package."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

__version__ = "0.1.0"

_DECIDES = {".py", ".yaml", ".json", ".bib"}  # endings of what decides numbers
_LEARNT = "learnt"  # a folder of what was learnt from runs, and decides none
_DIGEST_BYTES = 16


@cache
def digest_package() -> str:
    """A digest of every file of the package that decides numbers: where it differs, so may they."""
    home = Path(__file__).parent
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for path in sorted(p for p in home.rglob("*") if p.suffix in _DECIDES and p.parent.name != _LEARNT):
        digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
