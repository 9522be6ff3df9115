"""The house keeps its order: rooms know only what lies below them, files and functions stay small, logic is no assert."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "hudnal"
FILES = sorted(SOURCE.rglob("*.py"))
LARGEST_FILE, LARGEST_FUNCTION, MOST_PARAMETERS, LARGEST_ROOM = 450, 60, 10, 0.15


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions():
    """Every function of the sources that is not compiled: file, name, lines, parameters."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            marks = {ast.unparse(mark).split("(")[0] for mark in node.decorator_list}
            if marks & {"njit", "compiled"}:
                continue
            arguments = node.args
            count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
            of_method = bool(arguments.args) and arguments.args[0].arg in ("self", "cls")
            yield path, node.name, (node.end_lineno or 0) - node.lineno + 1, count - of_method, marks


def test_arrows_only_run_towards_the_ground():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_no_file_is_too_long():
    assert {str(p.relative_to(SOURCE)): n for p in FILES if (n := lines_of(p)) > LARGEST_FILE} == {}


def test_no_function_is_too_long_or_asks_for_too_much():
    """Commands of the command line are let off: their parameters are the options."""
    long = {f"{p.relative_to(SOURCE)}:{name}": n for p, name, n, _, _ in functions() if n > LARGEST_FUNCTION}
    asking = {
        f"{p.relative_to(SOURCE)}:{name}": n
        for p, name, _, n, marks in functions()
        if n > MOST_PARAMETERS and "app.command" not in marks
    }
    long = {k: n for k, n in long.items() if not k.startswith("cli/")}
    assert long == {}
    assert asking == {}


def test_no_room_outgrows_the_others():
    whole = sum(map(lines_of, FILES))
    rooms = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    shares = {room: sum(map(lines_of, (SOURCE / room).rglob("*.py"))) / whole for room in rooms}
    assert {room: round(share, 3) for room, share in shares.items() if share > LARGEST_ROOM} == {}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_asserts_carry_no_logic(path):
    asserts = [
        n.lineno for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Assert)
    ]
    assert asserts == [], f"{path.name}: raise an error that says what is wrong instead, lines {asserts}"


def test_simulate_is_readable_in_one_file():
    assert lines_of(SOURCE / "course" / "simulate.py") < 130


def test_only_one_module_knows_the_compiler_and_its_cache():
    """It goes without a cache where none can be kept; Numba's own decorator would end the program."""
    importing = [
        str(path.relative_to(SOURCE))
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(name.name.split(".")[0] == "numba" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "") == "numba")
    ]
    assert set(importing) <= {"compiled.py"}


def test_every_page_says_what_a_browser_may_do_with_it():
    pages = [
        path
        for path in SOURCE.rglob("*")
        if path.suffix in (".j2", ".py", ".html") and "<!doctype" in path.read_text(encoding="utf-8").lower()
    ]
    assert pages
    for path in pages:
        assert '<meta http-equiv="Content-Security-Policy" content="{{ policy }}">' in path.read_text(
            encoding="utf-8"
        )
