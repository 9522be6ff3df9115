"""Faults as pydantic finds them in plain data, translated into those that the language files have words for."""

from __future__ import annotations

from typing import Any, cast

from pydantic import BaseModel

from hudnal.language.near import find_near, fold, list_personal_words
from hudnal.treatment.document import Document
from hudnal.treatment.fault import Fault, FilePlace
from hudnal.treatment.schema import list_homes, list_names_at, write_entry, write_example
from hudnal.treatment.units import spread_over

_OF_KEY = "[key]"  # how pydantic says that the key of an entry is meant
_INTERVAL = ("course", "interval")
_USUAL_AREA = "100 cm2"  # where the file gives none
_PRODUCT = ("with", "what")  # entries of a step that name its product
_PERSONAL = ("person",)  # groups in which somebody might be named; besides the top of the file
_STEPS = ("session", "aftercare", "beforehand", "phases")  # what holds steps
_OF_ZONE = ("site", "area", "concern")  # entries of a step that are those of a zone
_OF_CASES = ("studies", "cases")  # entries of a file of published figures


def translate_fault(entry: Any, data: Any, document: Document, model: type[BaseModel]) -> Fault:
    """One of pydantic's entries on `data`, which stood in `document`, as a fault with its line."""
    path = _find_place(entry["loc"], data, is_missing=entry["type"] == "missing")
    kind, context, given = entry["type"], entry.get("ctx", {}), entry.get("input")
    line = document.line_of(path)
    value = document.words.get(path, _shorten(given))
    if path == _INTERVAL and isinstance(given, list):
        return Fault("one_interval", path, line)
    if kind == "hudnal":
        values = {"value": given, **context["values"]}
        if context["key"] == "wrong_dimension" and values["wanted"] == "mg/cm2":
            area = data.get("area", _USUAL_AREA) if isinstance(data, dict) else _USUAL_AREA
            if right := spread_over(values["value"], area):
                return Fault("amount_of_all", path, line, {"value": value, "area": area, "right": right})
        return Fault(context["key"], path, line, {**values, **_shorten_all(values)})
    if kind == "invalid_key" and entry["loc"][-1] in ("True", "1", True):
        return Fault("on_is_true", path[:-1], line)
    if kind == "instrument_kind":
        return Fault(kind, path, line, {"value": value})
    if kind == "missing":
        example = write_entry(path, model)
        values = {"name": path[-1] if path else "", **({"example": example} if example else {})}
        return Fault("missing", path[:-1], line, values)
    if kind == "extra_forbidden":
        return _describe_unknown_entry(path, line, data, model)
    if kind == "literal_error":
        choices = tuple(context["expected"].replace("'", "").replace(" or ", ", ").split(", "))
        near = find_near(value, choices, "words", "conditions", "choices")
        return Fault("not_one_of", path, line, {"value": value, "near": near, "choices": choices})
    if kind in ("bool_type", "bool_parsing"):
        return Fault("not_yes_or_no", path, line, {"value": value})
    if kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type"):
        example = _write_likely(path, given, model)
        return Fault("not_a_mapping", path, line, {"value": value, "example": example})
    if kind in ("list_type", "tuple_type"):
        return Fault(
            "not_a_list", path, line, {"value": value, "example": write_example(path, model) or "[a, b]"}
        )
    if kind == "string_type" and isinstance(given, (list, dict)):
        return Fault("one_site" if path == ("site",) else "one_text", path, line)
    return _describe_text(kind, context, path, line, value, entry["msg"])


def _describe_text(
    kind: str, context: Any, path: FilePlace, line: int | None, value: str, message: str
) -> Fault:
    """What is wrong with a text or the length of a list."""
    if kind in ("too_short", "string_too_short"):
        return Fault("too_few", path, line)
    if kind in ("too_long", "string_too_long"):
        return Fault("too_many", path, line, {"limit": context.get("max_length", "")})
    if kind == "string_unicode":
        return Fault("control_character", path, line)
    if kind == "string_type":
        return Fault("not_text", path, line, {"value": value})
    return Fault("other", path, line, {"problem": message})


def _describe_unknown_entry(path: FilePlace, line: int | None, data: Any, model: type[BaseModel]) -> Fault:
    """What is wrong with an entry that has no place there, and where it may belong."""
    name, around = str(path[-1]) if path else "", path[:-1]
    if around in ((), _PERSONAL) and fold(name) in list_personal_words():
        return Fault("personal", path, line, {"name": name})
    kind = _find_kind(data, around)
    names = list_names_at(around, model, kind)
    head, colon, value = name.partition(":")
    if colon and head in names:
        return Fault("no_space_after_colon", path, line, {"name": head, "value": value})
    if around == () and name in _OF_CASES:
        return Fault("file_of_cases", path, line, {"name": name})
    if around and around[0] in _STEPS and name in _OF_ZONE:
        return Fault("belongs_to_zone", path, line, {"name": name})
    values: dict[str, object] = {"name": name, "names": ", ".join(names)}
    if kind is not None and name in list_names_at(around, model):
        return Fault("kind_has_no", path, line, {**values, "kind": kind})
    near = find_near(name, names, "entries")
    homes = [home for home in list_homes(name, model) if around != ((home,) if home else ())]
    alone = around == () and not isinstance(_read_at(data, path), (dict, list))
    if homes and (alone or not near):
        return Fault(
            "belongs_at_top" if homes[0] == "" else "belongs_under", path, line, {**values, "home": homes[0]}
        )
    return Fault("unknown_key", path, line, {**values, "near": near})


def _write_likely(path: FilePlace, given: object, model: type[BaseModel]) -> str:
    """How entries might be written where the file has a value alone: a name is that of what a step is done with."""
    names = list_names_at(path, model)
    entry = next((name for name in _PRODUCT if name in names), "")
    if entry and isinstance(given, str) and given[:1].isalpha():
        return f"{entry}: {_shorten(given)}"
    return write_example(path, model) or f"{(*names, 'name')[0]}: ..."


def _find_kind(data: Any, path: FilePlace) -> object:
    """The `kind` that the entries at a place say they are of; None where they say none."""
    node = _read_at(data, path)
    kind = node.get("kind") if isinstance(node, dict) else None
    return kind if isinstance(kind, str) else None


def _read_at(data: Any, path: FilePlace) -> Any:
    """What stands at a place of plain data."""
    node = data
    for part in path:
        node = cast(Any, node)[part]
    return node


def _find_place(loc: tuple[str | int, ...], data: Any, is_missing: bool) -> FilePlace:
    """pydantic's place without the tags of unions that are not in the file."""
    path: list[str | int] = []
    node: Any = data
    for position, part in enumerate(loc):
        if part == _OF_KEY:
            continue
        last = position == len(loc) - 1
        named = isinstance(node, dict) and part in node
        if named or (isinstance(node, (list, tuple)) and isinstance(part, int) and part < len(node)):
            node = cast(Any, node)[part]
        elif not (last and is_missing and isinstance(node, dict)):
            continue
        path.append(part)
    return tuple(path)


def _shorten_all(values: dict[str, Any]) -> dict[str, str]:
    return {key: _shorten(values[key]) for key in ("value", "word") if key in values}


def _shorten(value: object) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "..."
