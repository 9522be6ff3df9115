"""A treatment that can be run: what the file says, and everything that it names is known."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, Self

from pydantic import ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from hudnal.intake.check import find_faults, find_faults_of_rest
from hudnal.intake.shelf import Shelf
from hudnal.transport import Product
from hudnal.treatment.model import TreatmentFile
from hudnal.treatment.read import FOUND_FAULTS
from hudnal.treatment.rest import REST


class Treatment(TreatmentFile):
    """A treatment file that has been checked: frozen, hashable, and there is none that could not be run.

    `hudnal.load` makes it, with faults that name their line. Its fields are those of the file, in house units.
    """

    @cached_property
    def shelf(self) -> Shelf:
        """Everything that can be put on the skin: products and compounds of the tables and of the file."""
        return Shelf.of(self)

    @cached_property
    def canonical_text(self) -> str:
        """The treatment as JSON text with sorted keys: the same for any way to write it down, and it loads again."""
        return json.dumps(self.as_data(), sort_keys=True)

    @property
    def products_used(self) -> list[Product]:
        """Every product that the steps name, each once."""
        steps = [*(step for _, step in self.walk_steps()), *self.aftercare]
        named = dict.fromkeys(step.product for step in steps if step.product is not None)
        return [self.shelf.find_product(name) for name in named]

    @model_validator(mode="after")
    def _require_runnable(self, info: ValidationInfo) -> Self:
        rest = (info.context or {}).get(REST)
        faults = find_faults(self) if rest is None else find_faults_of_rest(self, rest)
        if faults:
            raise PydanticCustomError(
                FOUND_FAULTS, "{problems}", {"faults": faults, "problems": _join_faults(faults)}
            )
        return self

    def model_copy(self, **changes: Any) -> Self:
        """Refused with changes, which nobody would have checked: change the data and load them."""
        if changes.get("update"):
            raise TypeError("change `as_data()` and load it: a changed treatment has to be checked")
        return super().model_copy(**changes)

    @classmethod
    def model_construct(cls, *_: Any, **__: Any) -> Self:
        """Refused: what is not checked is a TreatmentFile."""
        raise TypeError("a treatment is made by hudnal.load, which checks it")


def _join_faults(faults: list[Any]) -> str:
    return "; ".join(fault.text() for fault in faults)
