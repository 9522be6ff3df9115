"""The notebooks: each is run cell by cell as a reader would, with few draws, and shows something for each."""

from __future__ import annotations

import ast
import json
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from sampling import sample

import hudnal

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = ("engineer", "formulation_scientist", "dermatologist", "practitioner", "curious_client")
DRAWS = 4


def read(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))


def test_every_user_has_a_notebook():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == set(NOTEBOOKS)
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in NOTEBOOKS:
        assert f"({name}.ipynb)" in page


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_short_and_stored_without_what_it_gave(name):
    book = read(name)
    assert (book["nbformat"], book["metadata"]["kernelspec"]["name"]) == (4, "python3")
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"]) <= 20
    for cell in book["cells"]:
        assert cell["cell_type"] in ("code", "markdown")
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
    assert "does not diagnose" in "".join(book["cells"][0]["source"])


def run_cell(source: str, names: dict[str, Any]) -> object:
    """What a notebook shows under a cell: the value of its last line, where that is an expression."""
    parsed = ast.parse(source)
    last = parsed.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(parsed, "<cell>", "exec"), names)
        return None
    exec(compile(ast.Module(parsed.body[:-1], []), "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def show(value: object) -> str:
    """As a notebook shows it: as HTML where the value knows how."""
    return value._repr_html_() if hasattr(value, "_repr_html_") else repr(value)  # pyright: ignore


@pytest.mark.parametrize("name", sample(NOTEBOOKS, 2))
def test_every_cell_runs_and_nothing_is_written(monkeypatch, tmp_path, capsys, name):
    monkeypatch.chdir(tmp_path)
    plt.switch_backend("agg")
    for function in ("simulate", "sweep", "deliver"):
        monkeypatch.setattr(hudnal, function, few(getattr(hudnal, function)))
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = [
        show(run_cell("".join(cell["source"]), names))
        for cell in read(name)["cells"]
        if cell["cell_type"] == "code"
    ]
    plt.close("all")
    assert not list(tmp_path.iterdir())
    assert any("<table" in text for text in shown)
    assert max(len(text) for text in shown) < 100_000  # nothing floods the page
    assert "Traceback" not in capsys.readouterr().out


def few(function: Any) -> Any:
    """The function with few draws, whatever a notebook asks for."""
    return lambda *given, draws, **more: partial(function, *given)(draws=DRAWS, **more)
