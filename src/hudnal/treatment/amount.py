"""Amounts as people give them: for each cm2, or for the whole treated area as it is weighed, drawn up or counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from hudnal.treatment.quantity import InUnit, write_shortest
from hudnal.treatment.units import NUMBER, UnreadableQuantity, read_quantity

_AREA = InUnit("mg/cm2", 0, 1000, "2 mg/cm2")
_WHOLE = {unit: InUnit(unit, 0, 1000, f"3 {unit}") for unit in ("g", "mL")}
_MOST_COUNTED = 500
# What is counted, by its word in the file, and what else people call it.
COUNTED = {
    "pump": ("pump", "pumps", "press", "presses", "squirt", "squirts", "pumptryck", "tryck", "pumpar"),
    "fingertip": (
        "fingertip", "fingertips", "fingertip unit", "fingertip units", "finger-tip unit", "finger-tip units", "ftu",
        "ftus", "fingertopp", "fingertoppar", "fingertoppsenhet", "fingertoppsenheter",
    ),
    "drop": ("drop", "drops", "gtt", "droppe", "droppar"),
}  # fmt: skip
_WORDS = {word: unit for unit, words in COUNTED.items() for word in words}
_COUNT = re.compile(rf"\s*({NUMBER})\s*([^\W\d][^\d]{{0,20}}?)\s*")


@dataclass(frozen=True)
class WholeAmount:
    """What is put on the whole treated area: `value` g or mL, or so many pumps, fingertip units or drops."""

    value: float
    unit: str  # g, mL, pump, fingertip, drop

    @property
    def text(self) -> str:
        """The amount as the file would spell it."""
        plural = "s" if self.unit in COUNTED and self.value != 1 else ""
        return f"{write_shortest(self.value)} {self.unit}{plural}"


class GivenAmount:
    """Annotation for an amount of a product: mg/cm2 as a float, or a `WholeAmount` that an area spreads."""

    def read(self, value: object) -> float | WholeAmount:
        """The amount. Raises pydantic's error, with a fault of ours in it, for what is none or out of bounds."""
        if isinstance(value, WholeAmount):
            return value
        if isinstance(value, str) and (counted := _read_count(value)) is not None:
            return counted
        try:
            return _AREA.read(value)
        except PydanticCustomError as fault:
            if (fault.context or {}).get("key") != "wrong_dimension":
                raise
            for unit, quantity in _WHOLE.items():
                if _is_of(str(value), unit):
                    return WholeAmount(quantity.read(value), unit)
            raise

    def write(self, amount: float | WholeAmount) -> str | float:
        """The value as the file would spell it."""
        return amount.text if isinstance(amount, WholeAmount) else _AREA.write(amount)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda amount: amount if amount is None else self.write(amount), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        quantities = [of.__get_pydantic_json_schema__(schema, handler) for of in (_AREA, *_WHOLE.values())]
        words = "|".join(sorted(_WORDS, key=len, reverse=True))
        either = "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in words)
        counted = {
            "type": "string",
            "description": "counted, of the whole area",
            "pattern": rf"^\s*{NUMBER}\s*(?:{either})\s*$",
            "examples": [f"2 {unit}s" for unit in COUNTED],
        }
        for whole in quantities[1:]:
            whole["description"] += " of the whole area"
        return {"anyOf": [*quantities, counted]}


def _is_of(value: str, unit: str) -> bool:
    """Whether a text is a quantity of the dimension of `unit`."""
    try:
        read_quantity(value, unit, "")
    except UnreadableQuantity:
        return False
    return True


def _read_count(text: str) -> WholeAmount | None:
    """What is counted in a text such as "2 pumps"; None where nothing is. Raises pydantic's error out of bounds."""
    match = _COUNT.fullmatch(text)
    unit = None if match is None else _WORDS.get(" ".join(match[2].lower().split()))
    if match is None or unit is None:
        return None
    value = float(match[1].replace(",", "."))
    if not 0 <= value <= _MOST_COUNTED:
        values = {"value": text, "low": "0", "high": f"{_MOST_COUNTED}", "example": f"2 {unit}s"}
        raise PydanticCustomError("hudnal", "{key}", {"key": "out_of_range", "values": values})
    return WholeAmount(value, unit)
