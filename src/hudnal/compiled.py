"""Compiled functions whose cache on the disk knows the modules that they are built from.

Numba keeps a compiled function until its own file changes; what it calls in another file may change unseen. `compiled`
puts the sums of those files into the function's qualified name, by which the cache keeps it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

from numba import njit


def compiled(*modules: ModuleType, **options: Any) -> Callable[[Callable], Any]:
    """Decorator: `njit` with a cache that is good as long as the function's own file and `modules` do not change.

    `options` are those of `numba.njit`; `cache=True` and `nogil=True` unless they say otherwise. List every module
    whose compiled functions or constants the decorated one uses.
    """
    settings: Any = {"cache": True, "nogil": True, **options}
    sums = [crc32(Path(inspect.getfile(module)).read_bytes()) for module in modules]

    def compile_with_cache(function: Callable) -> Any:
        if sums:
            function.__qualname__ += "-" + "-".join(f"{one:08x}" for one in sums)
        return njit(**settings)(function)

    return compile_with_cache
