"""From the text of a file to a Treatment, or to every fault at once."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from hudnal.treatment.compound import CompoundFile
from hudnal.treatment.document import Document, Path, read_document
from hudnal.treatment.fault import Fault, TreatmentError
from hudnal.treatment.model import Treatment
from hudnal.treatment.schema import names_at

_Model = TypeVar("_Model", bound=BaseModel)
_OF_KEY = "[key]"  # how pydantic says that the key of an entry is meant


def read_text(text: str, name: str) -> tuple[Treatment, Document]:
    """The treatment in a YAML text. `name` is the file's, for messages. Raises TreatmentError."""
    return _read(text, name, Treatment)


def read_compound(text: str, name: str) -> tuple[CompoundFile, Document]:
    """The compound in a YAML text. `name` is the file's, for messages. Raises TreatmentError."""
    return _read(text, name, CompoundFile)


def _read(text: str, name: str, model: type[_Model]) -> tuple[_Model, Document]:
    document = read_document(text)
    if not document.faults:
        if isinstance(document.data, dict):
            try:
                return model.model_validate(document.data), document
            except ValidationError as error:
                document.faults.extend(_faults(error, document, model))
        else:
            document.faults.append(Fault("not_a_mapping", line=1))
    raise TreatmentError(name, document.faults)


def read_data(data: dict[str, Any], name: str = "treatment") -> tuple[Treatment, Document]:
    """The treatment in plain data (a dict as the file would give it). Raises TreatmentError."""
    document = Document(data=data)
    try:
        return Treatment.model_validate(data), document
    except ValidationError as error:
        raise TreatmentError(name, _faults(error, document, Treatment)) from None


def _faults(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Fault]:
    return [_fault(entry, document, model) for entry in error.errors(include_url=False)]


def _fault(entry: Any, document: Document, model: type[BaseModel]) -> Fault:
    path = _real_path(entry["loc"], document.data)
    kind, context = entry["type"], entry.get("ctx", {})
    line = document.line_of(path)
    value = _short(entry.get("input"))
    if kind == "hudnal":
        values = {"value": entry.get("input"), **context["values"]}
        return Fault(context["key"], path, line, {**values, **_shortened(values)})
    if kind == "instrument_kind":
        return Fault(kind, path, line, {"value": value})
    if kind == "missing":
        return Fault("missing", path[:-1], line, {"name": path[-1] if path else ""})
    if kind == "extra_forbidden":
        names = names_at(path[:-1], model)
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
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return Fault("not_a_mapping", path, line, {"value": value})
    if kind == "list_type":
        return Fault("not_a_list", path, line, {"value": value})
    if kind in ("too_short", "string_too_short"):
        return Fault("too_few", path, line)
    if kind in ("too_long", "string_too_long"):
        return Fault("too_many", path, line, {"limit": context.get("max_length", "")})
    if kind == "string_type":
        return Fault("not_text", path, line, {"value": value})
    return Fault("other", path, line, {"problem": entry["msg"]})


def _real_path(loc: tuple[str | int, ...], data: Any) -> Path:
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


def _shortened(values: dict[str, Any]) -> dict[str, str]:
    return {key: _short(values[key]) for key in ("value", "word") if key in values}


def _short(value: object) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "..."
