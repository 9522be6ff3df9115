"""Every public name is told with an example; what is quick of them is tried."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest

import hudnal

PUBLIC = [name for name in hudnal.__all__ if name != "__version__"]
MODULES = sorted({getattr(hudnal, name).__module__ for name in PUBLIC} | {"hudnal.names", "hudnal.card"})


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_a_sentence_and_an_example(name):
    told = inspect.getdoc(getattr(hudnal, name)) or ""
    assert told.split("\n")[0].endswith(".")
    assert ">>> " in told


@pytest.mark.parametrize("name", ["hudnal", *MODULES])
def test_examples_give_what_they_say(name):
    found = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    )
    assert found.failed == 0
