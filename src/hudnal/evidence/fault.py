"""What can be wrong with a file of published figures, told to a person in a language."""

from __future__ import annotations

from hudnal.language import HudnalError, say, show_values
from hudnal.treatment.fault import TreatmentError

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
