"""Compiled functions, and their cache on the disk: the only place that knows Numba's decorators.

`njit` compiles what other compiled functions call; `compiled` is for those that Python calls, and keeps them. Numba
keeps a compiled function until its own file changes; what it calls in another file may change unseen. `compiled` puts
the sums of those files into the function's qualified name, by which the cache keeps it.

A cache saves time and nothing else: where none can be written or read (a read-only installation without a home, a full
disk, a file cut by a power failure) functions are compiled anew, which gives the same numbers.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import pickle  # nosec B403
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

from numba import njit
from numba.core import caching

__all__ = ["SAFE", "compiled", "njit"]

# Older versions of Numba write their names with an underscore.
_Beside: Any = getattr(caching, "InTreeCacheLocator", None) or caching._InTreeCacheLocator  # type: ignore[attr-defined]
_UserWide: Any = getattr(caching, "UserWideCacheLocator", None) or caching._UserWideCacheLocator  # type: ignore[attr-defined]
# Told, with a function's name, when one is compiled that no cache has: it takes seconds, once.
on_compile: Callable[[str], None] | None = None
# What may be assumed and rounds as ever: code that may reorder sums or join a product with a sum is not the same in the
# process that compiles it as in those that find it kept.
SAFE = {"nnan", "ninf", "nsz"}
_OWN_LEVELS = 3  # the user's folder of caches, Numba's in it, and in that the one of a folder with sources


def compiled(*modules: ModuleType, **options: Any) -> Callable[[Callable], Any]:
    """Decorator: `njit` with a cache that is good as long as the function's own file and `modules` do not change.

    `options` are those of `numba.njit`; `cache=True` and `nogil=True` unless they say otherwise. List every module
    whose compiled functions or constants the decorated one uses. Where there can be no cache, there is none.
    """
    settings: Any = {"nogil": True, **options}
    is_kept = settings.pop("cache", True)
    sums = [crc32(Path(inspect.getfile(module)).read_bytes()) for module in modules]

    def compile_with_cache(function: Callable) -> Any:
        if sums:
            function.__qualname__ += "-" + "-".join(f"{one:08x}" for one in sums)
        dispatcher: Any = njit(**settings)(function)
        # Without its compiler (NUMBA_DISABLE_JIT) Numba gives the function back, which has no cache.
        if is_kept and hasattr(dispatcher, "enable_caching"):
            with contextlib.suppress(RuntimeError, OSError):  # no folder that can be written
                dispatcher._cache = _MendingCache(dispatcher.py_func)
        return dispatcher

    return compile_with_cache


class _OwnFolder(_UserWide):
    """The user's own folder of caches: one that others can write, or that hangs on the current folder, is left alone.

    What lies in a cache is executed. Numba would take `/tmp/.cache` of a user whose home is `/tmp`, and `./~/.cache`
    of one who has none.
    """

    @classmethod
    def from_function(cls, py_func: Callable, py_file: str) -> Any:
        path = Path(cls(py_func, py_file).get_cache_path())
        if not path.is_absolute():
            return None
        locator = super().from_function(py_func, py_file)
        return locator if locator is not None and _is_private(path.resolve()) else None


def _is_private(folder: Path) -> bool:
    """Whether nobody but its owner, who is this user, can put files there."""
    if not hasattr(os, "getuid"):
        return True  # homes are private on systems without numbered users
    try:
        for level, place in enumerate((folder, *folder.parents)):
            about = place.stat()
            if level < _OWN_LEVELS and about.st_uid != os.getuid():
                return False
            if about.st_mode & stat.S_IWOTH and not (about.st_mode & stat.S_ISVTX and level >= _OWN_LEVELS):
                return False
    except OSError:
        return False
    return True


class _ReadBeside(_Beside):
    """The folder beside the source that may only be read, where an image of a machine was made with a filled cache."""

    @classmethod
    def from_function(cls, py_func: Callable, py_file: str) -> Any:
        return cls(py_func, py_file) if Path(py_file).exists() else None


class _KeptCode(caching.CompileResultCacheImpl):
    _locator_classes = (
        *(
            _OwnFolder if kind is _UserWide else kind
            for kind in caching.CompileResultCacheImpl._locator_classes
        ),
        _ReadBeside,
    )


class _Sealed:
    """What is kept, with its sum: machine code of which a bit is wrong would be executed all the same."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __reduce__(self) -> tuple[object, ...]:
        return _open_sealed, (self.content, sha256(self.content).digest())


def _open_sealed(content: bytes, checksum: bytes) -> Any:
    if sha256(content).digest() != checksum:
        raise ValueError("damaged")
    return pickle.loads(content)  # nosec B301


class _SealedFiles(caching.IndexDataCacheFile):
    def _dump(self, obj: object) -> bytes:
        return pickle.dumps(_Sealed(super()._dump(obj)))


class _MendingCache(caching.FunctionCache):
    """Numba's cache, which takes what cannot be read for not there, and goes without what cannot be written."""

    _impl_class = _KeptCode

    def __init__(self, py_func: Callable) -> None:
        super().__init__(py_func)
        self._py_func = py_func
        plain = self._cache_file
        self._cache_file = _SealedFiles(plain._cache_path, self._impl.filename_base, plain._source_stamp)

    def load_overload(self, sig: object, target_context: object) -> Any:
        """The compiled function as it was kept; None where it was not, or is damaged."""
        try:
            kept = super().load_overload(sig, target_context)
        except Exception:  # whatever unpickling damaged bytes may raise
            self._begin_anew()
            kept = None
        if kept is None and on_compile is not None:
            on_compile(self._py_func.__name__)
        return kept

    def save_overload(self, sig: object, data: object) -> None:
        """Keep a compiled function if that is possible."""
        try:
            super().save_overload(sig, data)
        except Exception:  # a disk that is full or read-only by now
            self._begin_anew()
            self.disable()

    def _begin_anew(self) -> None:
        """Take away an index that cannot be read or that names what was not written."""
        with contextlib.suppress(OSError):
            Path(self._cache_file._index_path).unlink(missing_ok=True)
