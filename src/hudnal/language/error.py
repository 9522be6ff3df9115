"""What can go wrong through no fault of the program, told to a person in a language."""

from __future__ import annotations

from typing import ClassVar

from hudnal.language.say import say
from hudnal.language.show import show_values


class HudnalError(Exception):
    """A fault of a file, a place on the disk or an order. `key` names its text, `values` fill it.

    The one error that a face (command, studio) has to catch: `lines(language)` is what it tells. A subclass says in
    `head` under which part of the language files its texts stand.
    """

    head: ClassVar[str] = "faults"
    exit_code: ClassVar[int] = 2  # of a command that ends with it

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(key)

    def text(self, language: str = "en") -> str:
        """What is wrong and what would be right, in one line."""
        return say(f"{self.head}.{self.key}", language, **show_values(self.values))

    def lines(self, language: str = "en") -> list[str]:
        """What is wrong, one line a fault."""
        return [self.text(language)]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_error, (type(self), self.key, dict(self.values), dict(self.__dict__))


def _rebuild_error(kind: type[HudnalError], key: str, values: dict[str, object], state: dict) -> HudnalError:
    error = HudnalError.__new__(kind)
    HudnalError.__init__(error, key, **values)
    error.__dict__.update(state)
    return error
