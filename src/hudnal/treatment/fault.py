"""What is wrong with a treatment, where, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from hudnal.language import HudnalError, say, show_text, show_values
from hudnal.language.say import texts
from hudnal.language.show import LONGEST

FilePlace = tuple[str | int, ...]  # keys and indices from the top of the file to a part of it


def name_place(path: Iterable[str | int]) -> str:
    """A place in a file in words, such as `session[4].repeat.steps[0].roll.force`."""
    text = ""
    for part in path:
        shown = show_text(part, LONGEST)
        text += f"[{shown}]" if isinstance(part, int) else (f".{shown}" if text else shown)
    return text


# Lists whose entries have a name, and its text.
_LISTS = {"session": "step", "aftercare": "aftercare", "beforehand": "beforehand"}
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def tell_place(path: FilePlace, language: str) -> str:
    """A place in a file as people count: `step 5.1 (rolling), force`, from 1, with what the step does."""
    phase = ""
    if len(path) > 3 and path[0] == "phases" and isinstance(path[1], int) and path[2] in _LISTS:
        phase, path = say("places.phase", language, number=path[1] + 1), path[2:]
    if len(path) < 2 or path[0] not in _LISTS or not isinstance(path[1], int):
        return _tell_entries(path)
    number, word, left = str(path[1] + 1), "", path[2:]
    while left and isinstance(left[0], str):
        word, left = left[0], left[1:]
        if word != "repeat" or len(left) < 2 or left[0] != "steps" or not isinstance(left[1], int):
            break
        number, word, left = f"{number}.{left[1] + 1}", "", left[2:]
    key = f"places.{_LISTS[path[0]]}"
    name = texts(language).get(
        f"stepnames.{word}", texts(language).get(f"places.{word}", f"`{show_text(word)}`")
    )
    here = phase + say(key if word else f"{key}_bare", language, number=number, name=name)
    return f"{here}, {_tell_entries(left)}" if left else here


def read_place(text: str) -> FilePlace:
    """The place that `name_place` wrote."""
    return tuple(int(number) if number else word for word, number in _PART.findall(text))


def _tell_entries(path: FilePlace) -> str:
    """Entries joined by points; those of a list are counted from 1: `concern 2.acne-scar.shape`."""
    text = ""
    for part in path:
        shown = show_text(part, LONGEST)
        text += f" {part + 1}" if isinstance(part, int) else (f".{shown}" if text else shown)
    return text.strip()


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
        near = self._tell_near(language)
        values = show_values(
            {key: _join(value, language) for key, value in self.values.items() if key != "near"}
        )
        values |= {"near": near, "more": ""}
        if not near and f"faults.{self.key}_more" in texts(language):
            values["more"] = f" {say(f'faults.{self.key}_more', language, **values)}"
        fuller = f"faults.{self.key}_such_as"  # where an example is known
        key = fuller if "example" in values and fuller in texts(language) else f"faults.{self.key}"
        message = say(key, language, **values)
        where = tell_place(self.path, language)
        if self.line is not None:
            where = f"{say('faults.line', language, line=self.line)}{', ' + where if where else ''}"
        return f"{where}: {message}" if where else message

    def _tell_near(self, language: str) -> str:
        """What may have been meant, as part of the sentence; empty for nothing."""
        names: object = self.values.get("near") or ()
        listed = (names,) if isinstance(names, str) else cast(Iterable[str], names)
        near = tuple(f"'{show_text(name)}'" for name in listed)
        return say("faults.near", language, near=_join(near, language)) if near else ""


def _join(value: object, language: str) -> object:
    """Several texts of which one is meant as a language joins them: a, b or c; anything else as it is."""
    if not isinstance(value, tuple) or not value:
        return value
    *first, last = map(str, value)
    return f"{', '.join(first)} {say('faults.or', language)} {last}" if first else last


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
