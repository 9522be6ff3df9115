"""Checks types while the tests run: arguments, returned values, fields of dataclasses, and arrays by their axes."""

from __future__ import annotations

import inspect
import os
from functools import partial
from typing import Any, Self

import numba
from beartype import BeartypeConf, FrozenDict, beartype
from jaxtyping import install_import_hook
from pydantic import ValidationInfo

_njit = numba.njit
# An int will do for a float, as for pyright; beartype knows `Self` only where it is handed whole classes, and what
# pydantic hands its validators is a protocol that nothing can be checked against.
UNCHECKED = FrozenDict({Self: Any, ValidationInfo: Any})
check = beartype(conf=BeartypeConf(is_pep484_tower=True, hint_overrides=UNCHECKED))


def _compile_unchecked(function: Any = None, **options: Any) -> Any:
    """`numba.njit` of the function as it was written: Numba cannot compile the checks around it."""
    if function is None:
        return partial(_compile_unchecked, **options)
    written = inspect.unwrap(function)
    written.__qualname__ = function.__qualname__  # by which the cache on the disk keeps it
    return _njit(written, **options)


# Checking costs: all of it doubles the time of some rooms. These cost little.
SAMPLED = ["hudnal.skin", "hudnal.instrument", "hudnal.puncture.holes"]


def check_types() -> None:
    """From here on, modules of hudnal that are imported are checked: `SAMPLED`, or all if HUDNAL_CHECK is `whole`.

    What Numba compiles is not checked, and neither is what runs in another process.
    """
    numba.njit = _compile_unchecked
    rooms = "hudnal" if os.environ.get("HUDNAL_CHECK") == "whole" else SAMPLED
    install_import_hook(rooms, f"{__name__}.check")
