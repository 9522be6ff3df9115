"""What can be wrong with a file of published figures, told to a person in a language."""

from __future__ import annotations

from collections.abc import Iterable

from hudnal.language import HudnalError, say, show_values
from hudnal.treatment.fault import MOST_LINES, TreatmentError

_MOST_FAULTS = 5  # of a treatment that stand in one line


class EvidenceFault(HudnalError, ValueError):
    """What is wrong with a file; a value that is itself a fault, such as a `problem`, is told in the same language."""

    def text(self, language: str = "en") -> str:
        """What is wrong and what would be right, in one line."""
        values = show_values({name: _tell_value(value, language) for name, value in self.values.items()})
        return say(f"{self.head}.{self.key}", language, **values)


class CaseFault(EvidenceFault):
    """A case, or a file of cases, that is not whole or cannot be run."""

    head = "cases"


class CaseFaults(CaseFault):
    """All that is wrong with a file of cases, in the order of the file."""

    def __init__(self, faults: Iterable[CaseFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("several", count=len(self.faults))

    def lines(self, language: str = "en") -> list[str]:
        """The first MOST_LINES faults, one a line; then how many more there are."""
        lines = [fault.text(language) for fault in self.faults[:MOST_LINES]]
        left = len(self.faults) - MOST_LINES
        return [*lines, say("faults.more", language, count=left)] if left > 0 else lines

    def text(self, language: str = "en") -> str:
        """The faults in a language, one a line."""
        return "\n".join(self.lines(language))


class NotObserved(CaseFault):
    """A course does not have what is looked for in it."""


class DataFault(EvidenceFault):
    """A file of measured permeability that is not what it should be."""

    head = "permeability"


def _tell_value(value: object, language: str) -> object:
    if isinstance(value, TreatmentError):
        told = [fault.text(language) for fault in value.faults[:_MOST_FAULTS]]
        return "; ".join(told) + (" …" if len(value.faults) > _MOST_FAULTS else "")
    return value.text(language) if isinstance(value, HudnalError) else value
