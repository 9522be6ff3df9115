"""Field types of the treatment file: quantities with bounds, counts, names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from immutabledict import immutabledict
from pydantic import GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from hudnal.treatment.units import UnreadableQuantity, is_range, read_quantity


def _write_as_in_file(write: Callable[[Any], object]) -> core_schema.SerSchema:
    """JSON gives the file's spelling; Python data stay numbers in house units. None is left alone."""
    return core_schema.plain_serializer_function_ser_schema(
        lambda value: value if value is None else write(value), when_used="json"
    )


def write_shortest(amount: float) -> str:
    """The shortest text that reads back to the same number."""
    return repr(int(amount)) if amount.is_integer() and abs(amount) < 1e15 else repr(amount)


class Frozen:
    """Annotation for a mapping that cannot be changed and can be a key itself: `Annotated[Mapping[...], Frozen()]`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        schema = handler(source)
        return core_schema.no_info_after_validator_function(
            immutabledict,
            schema,
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda value, write: write(dict(value)), schema=schema
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema["schema"])  # type: ignore[typeddict-item]


class InUnit:
    """Annotation for a float that is written with its unit: `Annotated[float, InUnit("mm", 0, 4, "1.5 mm")]`.

    The model holds it in `unit`. Bounds are inclusive, in `unit`; `above` makes the lower one exclusive.
    """

    def __init__(self, unit: str, low: float, high: float, example: str, above: bool = False) -> None:
        self.unit, self.low, self.high, self.example, self.above = unit, low, high, example, above

    def read(self, value: object) -> float:
        """The value in the field's unit, in house units; raises pydantic's error with a fault of ours in it."""
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
        """The value as the file would spell it."""
        return amount if self.unit == "1" else f"{write_shortest(amount)} {self.unit}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=_write_as_in_file(self.write)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        bounds = f"from {self.low:g} to {self.high:g}"
        # `bounds` is for whoever writes the whole schema: patterns and limits are made of it.
        about = {"bounds": [self.unit, self.low, self.high, self.above], "examples": [self.example]}
        if self.unit == "1":
            return {"type": ["number", "string"], "description": f"a number {bounds}", **about}
        description = f"a quantity with its unit, {bounds} {self.unit}"
        return {"type": "string", "description": description, "unit": self.unit, **about}


@dataclass(frozen=True)
class Known:
    """A number that the file gives, and how surely it is known; without a `spread` it is taken as exact."""

    value: float
    spread: float | None = None


class WithSpread:
    """Annotation for a `Known`: a quantity, or `{value: 300 g/mol, spread: 1.2}`.

    The spread is a factor (× or ÷, one geometric standard deviation), or a standard deviation where `deviation` is set.
    """

    def __init__(self, of: InUnit, deviation: bool = False) -> None:
        self.of, self.deviation = of, deviation
        self.spread = InUnit("1", 0, 5, "0.3", above=True) if deviation else InUnit("1", 1, 100, "1.5", True)

    def write(self, known: Known) -> Any:
        """The value as the file would spell it."""
        value = self.of.write(known.value)
        return value if known.spread is None else {"value": value, "spread": known.spread}

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        def read(quantity: InUnit) -> core_schema.CoreSchema:
            return core_schema.no_info_plain_validator_function(quantity.read)

        pair = core_schema.typed_dict_schema(
            {
                "value": core_schema.typed_dict_field(read(self.of)),
                "spread": core_schema.typed_dict_field(read(self.spread)),
            },
            extra_behavior="forbid",
        )
        choices: dict[Any, core_schema.CoreSchema] = {
            "exact": core_schema.no_info_after_validator_function(Known, read(self.of)),
            "spread": core_schema.no_info_after_validator_function(lambda pair: Known(**pair), pair),
            "known": core_schema.is_instance_schema(Known),
        }
        return core_schema.tagged_union_schema(
            choices, _tell_how_given, serialization=_write_as_in_file(self.write)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        value = self.of.__get_pydantic_json_schema__(schema, handler)
        spread = {"type": "number", "exclusiveMinimum": self.spread.low, "maximum": self.spread.high}
        pair = {
            "type": "object",
            "properties": {"value": value, "spread": spread},
            "required": ["value", "spread"],
            "additionalProperties": False,
        }
        return {"anyOf": [value, pair]}


def _tell_how_given(value: object) -> str:
    return "known" if isinstance(value, Known) else "spread" if isinstance(value, dict) else "exact"


class Name:
    """Annotation for what somebody calls a thing of their own; it is shown as written.

    Nothing that a figure, a page or a file's group could take for more than a letter.
    """

    _FORM = re.compile(r"\w[\w .,%+()-]{0,59}")

    def read(self, value: object) -> str:
        """The name. Raises pydantic's error, with a fault of ours in it, for a text that is none."""
        if not isinstance(value, str) or not self._FORM.fullmatch(value) or value != value.strip():
            raise PydanticCustomError("hudnal", "{key}", {"key": "not_a_name", "values": {"value": value}})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "description": "a name", "examples": ["my-drug"]}


class Degrees(InUnit):
    """Annotation for an angle: a bare number is degrees."""

    def read(self, value: object) -> float:
        """The angle in degrees, of a bare number or one with its unit. Raises pydantic's error for anything else."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = f"{value} degree"
        return super().read(value)

    def write(self, amount: float) -> float:
        """The value as the file would spell it."""
        return amount

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": ["number", "string"],
            "description": "an angle in degrees",
            "bounds": [self.unit, self.low, self.high, self.above],
            "examples": [90, "90 deg"],
        }


class OfMotor(InUnit):
    """Annotation for what people give as a level of a pen's motor: a quantity is needed, as makers' levels differ."""

    _LEVEL = re.compile(r"(?:[^\W\d]+\.?\s*)?(?:10|[1-9])(?:\s*/\s*\d+)?", re.UNICODE)

    def read(self, value: object) -> float:
        """The value in the field's unit. Raises pydantic's error, with a fault of ours in it, for a level."""
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if (isinstance(value, str) or is_number) and self._LEVEL.fullmatch(str(value).strip()):
            raise PydanticCustomError("hudnal", "{key}", {"key": "motor_level", "values": {"value": value}})
        return super().read(value)


class Count:
    """Annotation for a whole number between bounds."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def read(self, value: object) -> int:
        """The whole number. Raises pydantic's error, with a fault of ours in it, for anything else or out of bounds."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, float) and value.is_integer():
            value, whole = int(value), True
        if not whole or not self.low <= value <= self.high:  # type: ignore[operator]
            key = "count" if whole is False else "count_range"
            if isinstance(value, str) and is_range(value):
                key = "range_of_counts"
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
    _RANGE = re.compile(r"[IV1-6]+\s*(?:-|–|—|/|TO|TILL|OR|ELLER)\s*[IV1-6]+")

    def read(self, value: object) -> int:
        """The phototype as 1 to 6. Raises pydantic's error, with a fault of ours in it, for anything else."""
        text = str(value).strip().upper()
        if text in self.NAMES:
            return self.NAMES.index(text) + 1
        if text in ("1", "2", "3", "4", "5", "6"):
            return int(text)
        key = "range_of_phototypes" if self._RANGE.fullmatch(text) else "phototype"
        raise PydanticCustomError("hudnal", "{key}", {"key": key, "values": {"value": value}})

    def write(self, value: int) -> str:
        """The value as the file would spell it."""
        return self.NAMES[value - 1]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=_write_as_in_file(self.write)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"enum": [*self.NAMES, 1, 2, 3, 4, 5, 6], "description": "Fitzpatrick phototype"}


class SkinTension:
    """Annotation for how the skin is held: `relaxed`, `taut`, or a tension in N/m."""

    _RANGE = InUnit("N/m", 0, 500, "15 N/m")

    def read(self, value: object) -> str | float:
        """The word `relaxed` or `taut`, or a tension in N/m. Raises pydantic's error, with a fault of ours in it."""
        if value in ("relaxed", "taut"):
            return str(value)
        if isinstance(value, str) and not any(c.isdigit() for c in value):
            raise PydanticCustomError("hudnal", "{key}", {"key": "skin_tension", "values": {"value": value}})
        return self._RANGE.read(value)

    def write(self, value: str | float) -> str | float:
        """The value as the file would spell it."""
        return value if isinstance(value, str) else self._RANGE.write(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=_write_as_in_file(self.write)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        force = {"type": "string", "unit": "N/m", "bounds": ["N/m", self._RANGE.low, self._RANGE.high, False]}
        return {"anyOf": [{"enum": ["relaxed", "taut"]}, {**force, "examples": ["15 N/m"]}]}
