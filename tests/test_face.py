"""`import hudnal` is cheap, and every name that it promises is there when it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import hudnal

HEAVY = ("numpy", "scipy", "numba", "matplotlib", "xarray", "pydantic", "pint")
ASK = f"import hudnal, json, sys; print(json.dumps([one for one in {HEAVY} if one in sys.modules]))"


def test_import_loads_no_room():
    answer = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == []


def test_every_name_is_there_and_listed():
    assert hudnal.__all__ == [
        "Comparison",
        "Course",
        "Fault",
        "Treatment",
        "TreatmentError",
        "compare",
        "deliver",
        "interval",
        "list_presets",
        "load",
        "quantities",
        "series",
        "simulate",
        "sweep",
        "__version__",
    ]
    rooms = hudnal.__all__[:-1]
    assert dir(hudnal) == rooms  # and nothing that only the package itself needs
    for name in rooms:
        assert getattr(hudnal, name).__name__ == name


def test_a_name_that_is_not_there_is_said():
    with pytest.raises(AttributeError, match="hudnal attribute simulation"):
        hudnal.simulation  # pyright: ignore[reportAttributeAccessIssue]
