"""What CI takes a sample of and `make check` runs whole, and what a test can go without."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeVar

import pytest

from hudnal.result.course import ALL, CONTROL

T = TypeVar("T")

NEEDLED = tuple(part for part in ALL if part != CONTROL)  # a course without needles takes as long again

WHOLE = os.environ.get("HUDNAL_CHECK") == "whole"
whole = pytest.mark.skipif(not WHOLE, reason="`make check` runs it")


def sample(cases: Iterable[T], size: int) -> list[T]:
    """All of the cases for `make check`; for `make test` so many of them, evenly spread, the first among them."""
    every = list(cases)
    if WHOLE or size >= len(every):
        return every
    return [every[i * len(every) // size] for i in range(size)]
