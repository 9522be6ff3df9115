"""Field types of the treatment file: quantities with bounds, counts, names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from hudnal.treatment.units import UnreadableQuantity, read_quantity


def _as_in_file(write: Callable[[Any], object]) -> core_schema.SerSchema:
    """JSON gives the file's spelling; Python data stay numbers in house units. None is left alone."""
    return core_schema.plain_serializer_function_ser_schema(
        lambda value: value if value is None else write(value), when_used="json"
    )


def _plain(amount: float) -> str:
    """The shortest text that reads back to the same number."""
    return repr(int(amount)) if amount.is_integer() and abs(amount) < 1e15 else repr(amount)


class Quantity:
    """Annotation for a float that is written with its unit: `Annotated[float, Quantity("mm", 0, 4, "1.5 mm")]`.

    The model holds it in `unit`. Bounds are inclusive, in `unit`; `above` makes the lower one exclusive.
    """

    def __init__(self, unit: str, low: float, high: float, example: str, above: bool = False) -> None:
        self.unit, self.low, self.high, self.example, self.above = unit, low, high, example, above

    def read(self, value: object) -> float:
        """The value in the field's unit, or a fault in pydantic's clothes."""
        try:
            amount = read_quantity(value, self.unit, self.example)
        except UnreadableQuantity as fault:
            raise PydanticCustomError(
                "hudnal", "{key}", {"key": fault.key, "values": dict(fault.values)}
            ) from None
        if amount < self.low or amount > self.high or (self.above and amount <= self.low):
            unit = "" if self.unit == "1" else f" {self.unit}"
            raise PydanticCustomError(
                "hudnal",
                "{key}",
                {
                    "key": "out_of_range",
                    "values": {
                        "value": value,
                        "low": f"{self.low:g}{unit}",
                        "high": f"{self.high:g}{unit}",
                        "example": self.example,
                    },
                },
            )
        return amount

    def write(self, amount: float) -> str | float:
        """As the file would say it."""
        return amount if self.unit == "1" else f"{_plain(amount)} {self.unit}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read, serialization=_as_in_file(self.write))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        bounds = f"from {self.low:g} to {self.high:g}"
        if self.unit == "1":
            return {
                "type": ["number", "string"],
                "description": f"a number {bounds}",
                "examples": [self.example],
            }
        return {
            "type": "string",
            "pattern": r"^\s*[+-]?[0-9.,]+([eE][+-]?[0-9]+)?\s*\S.*$",
            "description": f"a quantity with its unit, {bounds} {self.unit}",
            "unit": self.unit,
            "examples": [self.example],
        }


class Degrees(Quantity):
    """Annotation for an angle: a bare number is degrees."""

    def read(self, value: object) -> float:
        """Degrees."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = f"{value} degree"
        return super().read(value)

    def write(self, amount: float) -> float:
        """As the file would say it."""
        return amount

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": ["number", "string"],
            "description": "an angle in degrees",
            "examples": [90, "90 deg"],
        }


class Count:
    """Annotation for a whole number between bounds."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def read(self, value: object) -> int:
        """The number, or a fault."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, float) and value.is_integer():
            value, whole = int(value), True
        if not whole or not self.low <= value <= self.high:  # type: ignore[operator]
            key = "count" if whole is False else "count_range"
            raise PydanticCustomError(
                "hudnal",
                "{key}",
                {"key": key, "values": {"value": value, "low": self.low, "high": self.high}},
            )
        return int(value)  # type: ignore[call-overload]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class Phototype:
    """Annotation for Fitzpatrick's phototype: I to VI, or 1 to 6."""

    NAMES = ("I", "II", "III", "IV", "V", "VI")

    def read(self, value: object) -> int:
        """1 to 6, or a fault."""
        text = str(value).strip().upper()
        if text in self.NAMES and not isinstance(value, bool):
            return self.NAMES.index(text) + 1
        if text in ("1", "2", "3", "4", "5", "6") and not isinstance(value, bool):
            return int(text)
        raise PydanticCustomError("hudnal", "{key}", {"key": "phototype", "values": {"value": value}})

    def write(self, value: int) -> str:
        """As the file would say it."""
        return self.NAMES[value - 1]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read, serialization=_as_in_file(self.write))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"enum": [*self.NAMES, 1, 2, 3, 4, 5, 6], "description": "Fitzpatrick phototype"}


class SkinTension:
    """Annotation for how the skin is held: `relaxed`, `taut`, or a tension in N/m."""

    _RANGE = Quantity("N/m", 0, 500, "15 N/m")

    def read(self, value: object) -> str | float:
        """The word, or N/m."""
        if value in ("relaxed", "taut"):
            return str(value)
        if isinstance(value, str) and not any(c.isdigit() for c in value):
            raise PydanticCustomError("hudnal", "{key}", {"key": "skin_tension", "values": {"value": value}})
        return self._RANGE.read(value)

    def write(self, value: str | float) -> str | float:
        """As the file would say it."""
        return value if isinstance(value, str) else self._RANGE.write(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read, serialization=_as_in_file(self.write))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"enum": ["relaxed", "taut"]}, {"type": "string", "examples": ["15 N/m"]}]}
