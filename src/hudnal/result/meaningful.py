"""Which differences matter to a person, by a table of the smallest that do, each with its source or as assumed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

from hudnal.parameters.table import Parameter, read_group
from hudnal.result.interval import Interval

_FILE = "smallest_differences.yaml"
_FELT = "felt"  # the least pain that is felt, which is no difference


@cache
def smallest_differences() -> Mapping[str, Parameter]:
    """The smallest difference that matters, in the quantity's unit, by the quantity's name."""
    text = (resources.files("hudnal.result") / _FILE).read_text(encoding="utf-8")
    entries = read_group("", yaml.safe_load(text))
    return {entry.name.removeprefix("."): entry for entry in entries}


def matters(quantity: str, difference: Interval) -> bool:
    """Whether a difference may matter: whether either end of its interval reaches the smallest one that does.

    True for a quantity that the table does not have.
    """
    smallest = smallest_differences().get(quantity)
    ends = [abs(end) for end in difference if end is not None]
    return smallest is None or not ends or max(ends) >= smallest.value


def is_felt(pain: float) -> bool:
    """Whether a pain of 0 to 10 is felt at all."""
    return pain >= smallest_differences()[_FELT].value
