"""From the text of a file to a `TreatmentFile`, or to every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, TypeVar, cast, overload

from pydantic import BaseModel, ValidationError

from hudnal.treatment.document import Document, read_document
from hudnal.treatment.fault import Fault, FilePlace, TreatmentError
from hudnal.treatment.model import TreatmentFile
from hudnal.treatment.schema import list_names_at

_Model = TypeVar("_Model", bound=BaseModel)
FOUND_FAULTS = "hudnal_faults"  # of a model that has looked at itself: its faults stand in the context
_OF_KEY = "[key]"  # how pydantic says that the key of an entry is meant


@overload
def read_text(text: str, name: str) -> tuple[TreatmentFile, Document]: ...
@overload
def read_text(text: str, name: str, model: type[_Model]) -> tuple[_Model, Document]: ...
def read_text(text: str, name: str, model: Any = TreatmentFile) -> tuple[Any, Document]:
    """The `model` in a YAML text, and the document with its lines.

    `name` is the file's, for messages. Raises TreatmentError with every fault.
    """
    document = read_document(text)
    if not document.faults and not isinstance(document.data, dict):
        document.faults.append(Fault("not_a_mapping", line=1))
    if document.faults:
        raise TreatmentError(name, document.faults)
    return read_data(document.data, name, model, document), document


def read_data(
    data: Mapping[Any, Any], name: str, model: type[_Model], document: Document | None = None
) -> _Model:
    """The `model` in plain data (a mapping as the file would give it), which stood in `document`.

    Raises TreatmentError with every fault, in which the file is called `name`.
    """
    document = document or Document(data=data)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        entries = error.errors(include_url=False)
        faults = [fault for entry in entries for fault in _list_faults(entry, document, model)]
        raise TreatmentError(name, faults) from None


def _list_faults(entry: Any, document: Document, model: type[BaseModel]) -> list[Fault]:
    """The faults that one of pydantic's entries stands for, with their lines."""
    if entry["type"] == FOUND_FAULTS:
        return [replace(fault, line=document.line_of(fault.path)) for fault in entry["ctx"]["faults"]]
    return [_translate_fault(entry, document, model)]


def _translate_fault(entry: Any, document: Document, model: type[BaseModel]) -> Fault:
    """One of pydantic's own entries as a fault with its line, in words that stand in the language tables."""
    path = _find_place(entry["loc"], document.data)
    kind, context = entry["type"], entry.get("ctx", {})
    line = document.line_of(path)
    value = _shorten(entry.get("input"))
    if kind == "hudnal":
        values = {"value": entry.get("input"), **context["values"]}
        return Fault(context["key"], path, line, {**values, **_shorten_all(values)})
    if kind == "instrument_kind":
        return Fault(kind, path, line, {"value": value})
    if kind == "missing":
        return Fault("missing", path[:-1], line, {"name": path[-1] if path else ""})
    if kind == "extra_forbidden":
        names = list_names_at(path[:-1], model)
        near = get_close_matches(str(path[-1]), names, 1) if path else []
        values = {
            "name": path[-1] if path else "",
            "near": near[0] if near else "",
            "names": ", ".join(names),
        }
        return Fault("unknown_key", path, line, values)
    if kind == "literal_error":
        expected = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        near = get_close_matches(str(value), expected, 1)
        if near and path and "conditions" in path:
            return Fault(
                "unknown_word", path, line, {"word": value, "near": near[0], "words": ", ".join(expected)}
            )
        return Fault(
            "not_one_of", path, line, {"value": value, "choices": context["expected"].replace("'", "")}
        )
    if kind in ("bool_type", "bool_parsing"):
        return Fault("not_yes_or_no", path, line, {"value": value})
    if kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type"):
        return Fault("not_a_mapping", path, line, {"value": value})
    if kind in ("list_type", "tuple_type"):
        return Fault("not_a_list", path, line, {"value": value})
    if kind in ("too_short", "string_too_short"):
        return Fault("too_few", path, line)
    if kind in ("too_long", "string_too_long"):
        return Fault("too_many", path, line, {"limit": context.get("max_length", "")})
    if kind == "string_unicode":
        return Fault("control_character", path, line)
    if kind == "string_type":
        return Fault("not_text", path, line, {"value": value})
    return Fault("other", path, line, {"problem": entry["msg"]})


def _find_place(loc: tuple[str | int, ...], data: Any) -> FilePlace:
    """pydantic's place without the tags of unions that are not in the file."""
    path: list[str | int] = []
    node: Any = data
    for position, part in enumerate(loc):
        if part == _OF_KEY:
            continue
        last = position == len(loc) - 1
        named = isinstance(node, dict) and part in node
        if named or (isinstance(node, list) and isinstance(part, int) and part < len(node)):
            node = cast(Any, node)[part]
        elif not (last and isinstance(node, dict)):
            continue
        path.append(part)
    return tuple(path)


def _shorten_all(values: dict[str, Any]) -> dict[str, str]:
    return {key: _shorten(values[key]) for key in ("value", "word") if key in values}


def _shorten(value: object) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "..."
