"""The cache of compiled code: a hit as long as nothing changes that a function is built from, else a miss."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sampling import sample, whole

from hudnal.compiled import compiled

INNER = """
from hudnal.compiled import njit

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
import json, resource, sys
if sys.argv[1:]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), -1))
from hudnal import compiled
told = []
compiled.on_compile = told.append
from built.outer import scaled_twice
compiled_at_import = len(scaled_twice.signatures)
value = scaled_twice(3.0)
stats = scaled_twice.stats
# Whoever waits is told of what is compiled, and of nothing that was kept.
assert len(told) == (0 if sum(stats.cache_hits.values()) else 1), told
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

    def ask(self, largest: int | None = None, **variables: str) -> tuple[int, float, int, int]:
        """From a process of its own: signatures compiled at import, the function of 3, hits and misses of its cache.

        `largest` is how many bytes of a file can be written, as on a disk that is nearly full.
        """
        source = Path(__file__).parents[1] / "src"
        environment = {**os.environ, "PYTHONPATH": f"{self.folder.parent}{os.pathsep}{source}"}
        for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
            environment.pop(name, None)
        done = subprocess.run(
            [sys.executable, "-c", ASK, *([] if largest is None else [str(largest)])],
            env={**environment, **variables},
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return tuple(json.loads(done.stdout))

    def close(self) -> None:
        """Make it impossible to write beside the modules, even for a user who may write everywhere."""
        shutil.rmtree(self.folder / "__pycache__", ignore_errors=True)
        (self.folder / "__pycache__").write_text("no folder")

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


PARTS = """
from built import inner, other
from hudnal import compiled
from built.outer import scaled_twice
assert scaled_twice(3.0) == 13.0
assert inner.scaled(3.0) == 6.0 and inner.scaled(4.0) == 8.0  # compiled as a part first
@compiled.compiled(cache=False)
def scaled_once(x):
    return inner.scaled(x)
assert scaled_once(3.0) == 6.0  # of a part that is whole by now
@compiled.compiled(cache=False)
def of_another_type(x):
    return inner.scaled(x) + scaled_once(x)
assert of_another_type(3) == 12.0
try:
    compiled.compiled(cache=False)(lambda x: inner.scaled(x).no_such_thing)(1.0)
except Exception as error:
    assert type(error).__name__ == "TypingError"
from numba.core.dispatcher import Dispatcher, _FunctionCompiler
assert "compiled" not in Dispatcher.add_overload.__module__ + _FunctionCompiler._compile_core.__module__
"""


@pytest.mark.parametrize("known", [True, False], ids=["known", "another version of Numba"])
def test_what_was_compiled_as_a_part_of_another_function_can_be_called_by_itself(package, known):
    source = Path(__file__).parents[1] / "src"
    environment = {**os.environ, "PYTHONPATH": f"{package.folder.parent}{os.pathsep}{source}"}
    first = "" if known else "from hudnal import compiled; compiled._KNOWN.clear()"
    subprocess.run(
        [sys.executable, "-c", first + PARTS], env=environment, cwd=package.folder.parent, check=True
    )


def test_without_any_folder_for_a_cache_it_is_compiled_each_time(package):
    package.close()
    home = package.folder.parent / "home"
    home.write_text("no folder")
    assert package.ask(HOME=str(home)) == (0, 13.0, 0, 1)


def test_a_home_takes_what_cannot_lie_beside_the_module(package):
    package.close()
    home = package.folder.parent / "home"
    home.mkdir(mode=0o700)
    assert package.ask(HOME=str(home)) == (0, 13.0, 0, 1)
    assert package.ask(HOME=str(home)) == (0, 13.0, 1, 0)


def test_a_home_that_hangs_on_the_current_folder_is_left_alone(package):
    """As `~` is where nobody knows the user: numba makes a folder of that name wherever it is started."""
    package.close()
    assert package.ask(HOME="~") == (0, 13.0, 0, 1)
    assert [path.name for path in package.folder.parent.iterdir()] == ["built"]


def test_a_cache_that_others_may_write_is_left_alone(package):
    package.close()
    home = package.folder.parent / "home"
    (home / ".cache" / "numba").mkdir(parents=True)
    (home / ".cache" / "numba").chmod(0o777)
    assert package.ask(HOME=str(home)) == (0, 13.0, 0, 1)
    assert list((home / ".cache" / "numba").rglob("*.nb?")) == []


@pytest.mark.parametrize("largest", sample([100, 0, 4000], 1))
def test_a_disk_that_is_full_costs_the_cache_only(package, largest):
    assert package.ask(largest) == (0, 13.0, 0, 1)
    assert package.ask() == (0, 13.0, 0, 1)
    assert package.ask() == (0, 13.0, 1, 0)  # room again


def flip(content: bytes) -> bytes:
    """One bit in the middle, where the machine code lies."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


DAMAGES = {
    "emptied": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "garbage": lambda content: b"garbage" * 100,
    "end in zeros": lambda content: content[: len(content) // 2] + bytes(len(content) // 2),
    "bit": flip,
}


@pytest.mark.parametrize(("kind", "damage"), sample([(k, d) for k in ("nbi", "nbc") for d in DAMAGES], 1))
def test_a_damaged_cache_is_made_anew_once(package, kind, damage):
    package.ask()
    for path in (package.folder / "__pycache__").glob(f"*.{kind}"):
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert package.ask() == (0, 13.0, 0, 1)
    assert package.ask() == (0, 13.0, 1, 0)


DIGEST = """
from hashlib import blake2b
from hudnal import simulate
session = ["wash", {"spread": {"what": "vitamin-c-serum"}}, {"roll": {"strokes": 4, "force": "5 N"}}]
course = simulate({"instrument": "dermaroller-mf8", "session": session, "course": {"follow_up": "2 week"}}, draws=9)
print(blake2b(b"".join(values.tobytes() for values in course.quantities.values())).hexdigest())
"""


@whole
def test_the_process_that_compiles_has_the_bits_of_those_that_find_it_kept(tmp_path):
    """A compiled function may lie in a process twice, once by itself and once within its caller: both round alike."""
    source = Path(__file__).parents[1] / "src"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(source)}
    found = [
        subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert found[0] == found[1]
