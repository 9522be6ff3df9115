"""The cache of compiled code: a hit as long as nothing changes that a function is built from, else a miss."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hudnal.compiled import compiled

INNER = """
from numba import njit

FACTOR = {factor}

@njit
def scaled(x):
    return FACTOR * x
"""
OUTER = """
from built import inner, other
from hudnal.compiled import compiled

@compiled(inner, other, error_model="numpy")
def scaled_twice(x):
    return inner.scaled(inner.scaled(x)) + other.ADDED
"""
ASK = """
import json
from built.outer import scaled_twice
compiled_at_import = len(scaled_twice.signatures)
value = scaled_twice(3.0)
stats = scaled_twice.stats
print(json.dumps([compiled_at_import, value, sum(stats.cache_hits.values()), sum(stats.cache_misses.values())]))
"""


class Package:
    """A package of its own in a folder: an outer module compiled from two inner ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "built"
        self.folder.mkdir()
        self.write("__init__", "")
        self.write("inner", INNER.format(factor=2.0))
        self.write("other", "ADDED = 1.0")
        self.write("outer", OUTER)

    def write(self, module: str, text: str) -> None:
        """Write a module anew. Its length has to differ from before: Python and Numba look at time and size."""
        path = self.folder / f"{module}.py"
        assert not path.exists() or path.stat().st_size != len(text)
        path.write_text(text)

    def ask(self) -> tuple[int, float, int, int]:
        """From a process of its own: signatures compiled at import, the function of 3, hits and misses of its cache."""
        source = Path(__file__).parents[1] / "src"
        environment = {**os.environ, "PYTHONPATH": f"{self.folder.parent}{os.pathsep}{source}"}
        environment.pop("NUMBA_CACHE_DIR", None)
        done = subprocess.run(
            [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return tuple(json.loads(done.stdout))

    def indices(self) -> list[str]:
        """Names of Numba's index files beside the outer module."""
        return sorted(path.name for path in (self.folder / "__pycache__").glob("outer.*.nbi"))


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return Package(tmp_path)


def test_the_first_call_compiles_and_later_processes_find_it_beside_the_module(package):
    assert package.ask() == (0, 13.0, 0, 1)
    kept = package.indices()
    assert len(kept) == 1 and kept[0].startswith("outer.scaled_twice-")
    assert package.ask() == (0, 13.0, 1, 0)
    assert package.indices() == kept


def test_a_changed_inner_module_is_compiled_anew_once(package):
    package.ask()
    package.write("inner", INNER.format(factor=10.0))
    assert package.ask() == (0, 301.0, 0, 1)
    assert package.ask() == (0, 301.0, 1, 0)


def test_a_constant_of_another_listed_module_counts_as_well(package):
    package.ask()
    package.write("other", "ADDED = 100.0")
    assert package.ask() == (0, 112.0, 0, 1)
    assert package.ask() == (0, 112.0, 1, 0)


def test_its_own_module_counts_without_being_listed(package):
    package.ask()
    package.write("outer", OUTER.replace("+ other.ADDED", "- other.ADDED + 0"))
    assert package.ask() == (0, 11.0, 0, 1)


def test_a_module_put_back_finds_its_old_cache(package):
    package.ask()
    package.write("inner", INNER.format(factor=10.0))
    package.ask()
    package.write("inner", INNER.format(factor=2.0))
    assert package.ask() == (0, 13.0, 1, 0)


def test_options_are_those_of_numba_and_the_lock_is_let_go_unless_they_say_otherwise():
    @compiled(cache=False)
    def free(x):
        return x

    @compiled(cache=False, nogil=False, error_model="numpy")
    def held(x):
        return 1.0 / x

    assert free.targetoptions["nogil"] and not held.targetoptions["nogil"]
    assert free.__name__ == "free" and free.__qualname__.endswith("free")  # without modules the name stays
    assert free(2.0) == 2.0
    assert np.isinf(held(0.0))  # Python's own error model would raise
