"""Products that a file names by what is in them and how strong: `lidocaine-5`, or `{lidocaine: 5 %}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from hudnal.treatment.quantity import InUnit, Name, write_shortest

PERCENT = InUnit("%", 0, 100, "5 %", above=True)
_LONGEST = 80
_MOST = 20
_STRENGTH = r"\d{1,3}(?:\.\d+)?"
_SPELLED = re.compile(rf"(.*[^\d\s-])\s+({_STRENGTH})\s*%")  # "lidocaine 5 %"


def join_name(strengths: Mapping[str, float]) -> str:
    """The name of a product of these strengths in %: "lidocaine-7-tetracaine-7"."""
    return "-".join(f"{name}-{write_shortest(percent)}" for name, percent in strengths.items())


def split_name(name: str, known: Iterable[str]) -> dict[str, float] | None:
    """What a name such as "lidocaine-7-tetracaine-7" says is in a product, %; None where it says no such thing.

    `known` are names that may stand in it; a strength is above 0 and all of them at most 100.
    """
    choices = "|".join(re.escape(one) for one in sorted(known, key=len, reverse=True))
    if not choices or not re.fullmatch(rf"(?:{choices})-{_STRENGTH}(?:-(?:{choices})-{_STRENGTH})*", name):
        return None
    parts = re.findall(rf"(?:^|-)({choices})-({_STRENGTH})(?=-|$)", name)
    strengths = {one: float(percent) for one, percent in parts}
    if len(strengths) < len(parts) or min(strengths.values()) <= 0 or sum(strengths.values()) > PERCENT.high:
        return None
    return strengths


def write_pattern(known: Iterable[str]) -> str:
    """The regular expression of the names that products of these can have."""
    choices = "|".join(re.escape(one) for one in sorted(known, key=len, reverse=True))
    return rf"^(?:{choices})-{_STRENGTH}(?:-(?:{choices})-{_STRENGTH})*$|^(?:{choices}) +{_STRENGTH} *%$"


class GivenProduct:
    """Annotation for a product in a step: its name, or what is in it and how strong, which becomes a name."""

    def read(self, value: object) -> str:
        """The product's name. Raises pydantic's error, with a fault of ours in it, for what is none."""
        if isinstance(value, Mapping):
            if not 0 < len(value) <= _MOST:
                raise _make_error("not_a_product", value=str(dict(value)))
            return self._check_length(join_name({Name().read(n): PERCENT.read(p) for n, p in value.items()}))
        if isinstance(value, (list, tuple)):
            raise _make_error("one_text")
        if not isinstance(value, str):
            raise _make_error("not_text", value=value)
        spelled = _SPELLED.fullmatch(value.strip())
        return self._check_length(value if spelled is None else f"{spelled[1]}-{float(spelled[2]):g}")

    def _check_length(self, name: str) -> str:
        if not name:
            raise _make_error("too_few")
        if len(name) > _LONGEST:
            raise _make_error("too_many", limit=_LONGEST)
        return name

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        percent = PERCENT.__get_pydantic_json_schema__(schema, handler)
        strengths = {
            "type": "object",
            "description": "what is in it and how strong (`lidocaine-5` says the same)",
            "additionalProperties": percent,
            "minProperties": 1,
            "maxProperties": _MOST,
        }
        return {"anyOf": [{"type": "string", "minLength": 1, "maxLength": _LONGEST}, strengths]}


def _make_error(key: str, **values: object) -> PydanticCustomError:
    return PydanticCustomError("hudnal", "{key}", {"key": key, "values": values})
