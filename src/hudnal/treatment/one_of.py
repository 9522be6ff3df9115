"""A mapping with one key that says what it is: `roll: {...}`; or the bare word, `wash`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast, get_args

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from hudnal.language.near import find_missing, find_near

_HEADS = ("steps", "concerns")  # parts of the language files that say what the words are called


class OneOf:
    """Annotation for a field that holds one of several models, each under its word.

    `kinds` returns the models (late, since a step can hold steps); each has a class variable `name`.
    """

    def __init__(self, kinds: Callable[[], Sequence[type[BaseModel]]], fault: str) -> None:
        self.kinds = kinds
        self.fault = fault  # the text when it is none of them

    def _list_words(self) -> list[str]:
        return [kind.name for kind in self.kinds()]  # type: ignore[attr-defined]

    def _check_word(self, value: object) -> object:
        if isinstance(value, BaseModel):
            return value
        if isinstance(value, str):
            value = {value: {}}
        words = self._list_words()
        if (
            isinstance(value, dict)
            and len(value) > 1
            and is_not_indented(value)
            and next(iter(value)) in words
        ):
            word, *entries = value
            raise _make_error("not_indented", word=word, entries=", ".join(f"`{entry}`" for entry in entries))
        if not isinstance(value, dict) or len(value) != 1:
            raise _make_error(self.fault, words=", ".join(words))
        word = next(iter(value))
        if word not in words:
            missing = find_missing(str(word))
            if missing is not None:
                raise _make_error(f"missing_{missing}", word=word)
            near = find_near(str(word), words, *_HEADS, strict=True)
            raise _make_error("unknown_word", word=word, near=near, words=", ".join(words))
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def take_content_under(word: str) -> Callable[[object], object]:
            def content(value: object) -> object:
                if not isinstance(value, dict):
                    return value
                inner = value[word]
                alone = stand_alone.get(word)
                if alone is not None and isinstance(inner, str):
                    return {alone: inner}
                return {} if inner is None else inner

            return content

        stand_alone = {kind.name: getattr(kind, "stands_alone", None) for kind in self.kinds()}  # type: ignore[attr-defined]
        choices: dict[Any, CoreSchema] = {
            kind.name: core_schema.no_info_before_validator_function(  # type: ignore[attr-defined]
                take_content_under(kind.name),  # type: ignore[attr-defined]
                handler.generate_schema(kind),
            )
            for kind in self.kinds()
        }
        union = core_schema.tagged_union_schema(choices, discriminator=_find_word)
        return core_schema.no_info_before_validator_function(
            self._check_word,
            union,
            serialization=core_schema.plain_serializer_function_ser_schema(
                write_as_in_file, when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        union = cast(dict[str, Any], schema)["schema"]
        kinds = {kind.name: kind for kind in self.kinds()}  # type: ignore[attr-defined]
        mappings = [
            {
                "type": "object",
                "properties": {word: {"anyOf": [handler(choice), *_list_short_forms(kinds[word])]}},
                "required": [word],
                "additionalProperties": False,
            }
            for word, choice in union["choices"].items()
        ]
        return {"anyOf": [{"enum": self._list_words()}, *mappings]}


def _list_short_forms(kind: type[BaseModel]) -> list[dict[str, Any]]:
    """What may stand under a word instead of its entries: nothing, or the values of the one that stands for all."""
    alone = getattr(kind, "stands_alone", None)
    if alone is None:
        return [{"type": "null"}]
    return [{"type": "null"}, {"enum": list(get_args(kind.model_fields[alone].annotation))}]


def is_not_indented(value: dict[Any, Any]) -> bool:
    """Whether the entries of the first word stand beside it instead of under it."""
    return len(value) > 1 and next(iter(value.values())) is None


def _find_word(value: object) -> str:
    if isinstance(value, dict):
        return str(next(iter(value)))
    return value.name  # type: ignore[attr-defined]


def write_as_in_file(value: BaseModel) -> object:
    """The bare word, or the word and what it says."""
    content = value.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {_find_word(value): content} if content else _find_word(value)


def _make_error(key: str, **values: object) -> PydanticCustomError:
    return PydanticCustomError("hudnal", "{key}", {"key": key, "values": values})
