"""What the first run on a machine has compiled by a helper is what the run asks for, and it is waited for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hudnal import compiled
from hudnal.course.ahead import _Helper, compiling_ahead, list_needed

ASKED = """
from hudnal import simulate
from hudnal.course.ahead import list_needed
session = ["wash", {"spread": {"what": "vitamin-c-serum"}}, {"roll": {"strokes": 4, "force": "5 N"}}]
simulate({"instrument": "dermaroller-mf8", "session": session, "course": {"follow_up": "2 week"}}, draws=2)
for function, kinds in list_needed():
    assert function.signatures == [kinds], (function, function.signatures, kinds)
"""


def test_a_run_asks_for_what_is_listed_and_for_no_other_types():
    source = Path(__file__).parents[2] / "src"
    environment = {**os.environ, "PYTHONPATH": str(source)}
    subprocess.run([sys.executable, "-c", ASKED], env=environment, check=True)


def test_names_are_told_apart():
    names = [function.py_func.__name__ for function, _ in list_needed()]
    assert len(set(names)) == len(names)


@pytest.fixture
def helper(monkeypatch) -> _Helper:
    """One that serves what is written here in the place of what compiles for seconds."""
    monkeypatch.setattr("hudnal.course.ahead._SERVE", "print('+a'); print('-a'); print('+b')")
    monkeypatch.setattr("hudnal.course.ahead.count_cores", lambda: 2)
    return _Helper()


def test_what_the_helper_has_begun_is_waited_for_and_nothing_if_it_ends(helper):
    helper.await_kept("first")  # which starts it
    assert helper._process is not None
    helper._process.wait()
    with helper._news:
        assert helper._news.wait_for(lambda: helper._has_ended, timeout=30)
    assert helper.await_kept("a")
    assert not helper.await_kept("b")  # begun, and never done
    assert not helper.await_kept("c")
    helper.stop()


def test_without_a_second_core_there_is_no_helper(helper, monkeypatch):
    monkeypatch.setattr("hudnal.course.ahead.count_cores", lambda: 1)
    assert not helper.await_kept("a")
    assert helper._process is None
    helper.stop()


def test_a_helper_is_asked_inside_only():
    with compiling_ahead():
        assert compiled.await_kept is not None
    assert compiled.await_kept is None
