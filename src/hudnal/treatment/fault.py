"""What is wrong with a treatment, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hudnal.language import HudnalError, say, show_text, show_values
from hudnal.language.show import LONGEST

FilePlace = tuple[str | int, ...]  # keys and indices from the top of the file to a part of it


def name_place(path: Iterable[str | int]) -> str:
    """A place in a file in words, such as `session[4].repeat.steps[0].roll.force`."""
    text = ""
    for part in path:
        shown = show_text(part, LONGEST)
        text += f"[{shown}]" if isinstance(part, int) else (f".{shown}" if text else shown)
    return text


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of a file. `key` names its text in the language tables; `values` fill it.

    >>> import hudnal
    >>> try:
    ...     hudnal.load({"session": ["wash", {"roll": {"force": 5}}], "instrument": "dermaroller-mf8"})
    ... except hudnal.TreatmentError as error:
    ...     print([fault.place for fault in error.faults if fault.key == "no_unit"])
    ['session[1].roll.force']
    """

    key: str
    path: FilePlace = ()
    line: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The place in words, such as `session[4].repeat.steps[0].roll.force`; empty for the file as a whole."""
        return name_place(self.path)

    def text(self, language: str = "en") -> str:
        """One line in a language: place, what is wrong, what would be right."""
        values = show_values(self.values)
        if "near" in values:
            values["near"] = say("faults.near", language, near=values["near"]) if values["near"] else ""
        message = say(f"faults.{self.key}", language, **values)
        where = self.place
        if self.line is not None:
            where = f"{say('faults.line', language, line=self.line)}{', ' + where if where else ''}"
        return f"{where}: {message}" if where else message


MOST_LINES = 50  # that are told of a file; who has mended those can ask again


class TreatmentError(HudnalError, ValueError):
    """A treatment file that cannot be run; `faults` lists all that is wrong with it, in the order of its lines.

    >>> import hudnal
    >>> hudnal.load({"session": ["wash"], "colour": "red"})
    Traceback (most recent call last):
    hudnal.treatment.fault.TreatmentError: ...
    """

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.faults = sorted(faults, key=lambda f: (f.line or 0, f.place))
        super().__init__("treatment", name=name)

    def lines(self, language: str = "en") -> list[str]:
        """The first MOST_LINES faults as lines in a language, each with the file's name; then how many more."""
        name = show_text(self.name)
        lines = [f"{name}: {fault.text(language)}" for fault in self.faults[:MOST_LINES]]
        left = len(self.faults) - MOST_LINES
        return [*lines, f"{name}: {say('faults.more', language, count=left)}"] if left > 0 else lines

    def text(self, language: str = "en") -> str:
        """The faults in a language, one a line."""
        return "\n".join(self.lines(language))
