from __future__ import annotations

import sys

import pytest

from hudnal import cli


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    """The same lines whether the tests run in a narrow window, in a pipe or as a worker of xdist."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("TERMINAL_WIDTH", raising=False)
    monkeypatch.setenv("HUDNAL_LANG", "en")  # whatever the machine speaks


@pytest.fixture
def hudnal(monkeypatch, capsys):
    """Run the command in this process: exit code, standard output, standard error."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["hudnal", *map(str, words)])
        try:
            code = cli.main() or 0
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run
