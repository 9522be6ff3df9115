"""Names that a script asks for: one that is not there is told with those that come nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

_Value = TypeVar("_Value")
_MOST = 5
_ALIKE = 0.5  # of difflib's ratio: what is less alike is no slip of the finger


class UnknownName(KeyError):
    """A name that nothing has; its text says which come nearest."""

    def __init__(self, kind: str, name: object, known: Iterable[str], hint: str = "") -> None:
        self.kind, self.name, self.known, self.hint = kind, str(name), tuple(known), hint
        super().__init__(self.kind, self.name, self.known, hint)

    @property
    def near(self) -> list[str]:
        """The names that come nearest."""
        return list_nearest(self.name, self.known)

    def __str__(self) -> str:
        near = f"; the nearest are {', '.join(self.near)}" if self.near else ""
        return f"no {self.kind} '{self.name}'{near}{f' ({self.hint})' if self.hint else ''}"


def list_nearest(name: str, known: Iterable[str], most: int = _MOST) -> list[str]:
    """The known names nearest to `name`, the nearest first: those that hold its words, then those spelt like it.

    All of them where there are few.
    """
    names = list(dict.fromkeys(known))
    if len(names) <= most:
        return names
    asked = _fold(name)
    holding = [one for one in names if asked and (asked in _fold(one) or _fold(one) in asked)]
    by_fold = {_fold(one): one for one in reversed(names)}
    alike = [by_fold[one] for one in get_close_matches(asked, by_fold, most, _ALIKE)]
    words = set(asked.split("_")) - {""}
    sharing = [one for one in names if words & set(_fold(one).split("_"))]
    return list(dict.fromkeys([*sorted(holding, key=len), *alike, *sharing]))[:most]


def _fold(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_").replace(".", "_")


class ByName(dict[str, _Value]):
    """Values by name; a name that is not there is told with those that come nearest.

    >>> ByName("quantity", {"pain": 1, "hole_density": 2})["holes"]
    Traceback (most recent call last):
    hudnal.names.UnknownName: no quantity 'holes'; the nearest are pain, hole_density
    """

    def __init__(self, kind: str, values: Mapping[str, _Value], hint: str = "") -> None:
        super().__init__(values)
        self.kind, self.hint = kind, hint

    def __missing__(self, name: str) -> _Value:
        raise UnknownName(self.kind, name, self, self.hint)

    def __reduce__(self) -> tuple[Any, ...]:
        return ByName, (self.kind, dict(self), self.hint)
