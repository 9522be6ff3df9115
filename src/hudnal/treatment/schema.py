"""The JSON Schema of the treatment file, for editors, and for naming what could stand at a place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import BaseModel

from hudnal.treatment.model import TreatmentFile
from hudnal.treatment.patterns import write_quantity_pattern

_PRODUCT_NAMES = "#/allOf/0/then/$defs/ProductNames"  # where the names of products in steps stand


@cache
def _make_bare_schema(model: type[BaseModel] = TreatmentFile) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True, mode="validation")
    for holder in (schema, *schema["$defs"].values()):
        for entry in holder.get("properties", {}).values():
            _write_default(entry)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:hudnal:treatment",
        **schema,
        "title": "Hudnål treatment",
    }


def _write_default(entry: dict[str, Any]) -> None:
    """A default as the file would say it, with its unit; none where it is a whole group of entries."""
    default = entry.get("default")
    units = [e["unit"] for e in (entry, *entry.get("anyOf", [])) if "unit" in e]
    if isinstance(default, (int, float)) and units:
        entry["default"] = f"{default:g} {units[0]}"
    elif isinstance(default, dict) or default is None:
        entry.pop("default", None)


def make_schema(
    names: Mapping[str, Sequence[str]] | None = None,
    brought: Collection[str] = (),
    compounds: Sequence[str] = (),
    made: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON Schema of a treatment file.

    `names` says what a catalogue (`site`, `vehicle`, or a step such as `Numb`) holds: nothing else may stand there. In
    the steps that are `brought` a product of the file's own may stand as well, and in products its own `compounds`:
    those are held to the catalogue in files that bring none. `made` are the patterns of names that a step can make a
    product of.
    """
    schema, names = deepcopy(_make_bare_schema()), names or {}
    for title, holder in (("", schema), *schema["$defs"].items()):
        for field, entry in holder.get("properties", {}).items():
            known = names.get(_find_catalogue(title, field), ())
            if known:
                entry["examples"] = list(known)
                if title not in brought:
                    _hold_to_names(entry, known, (made or {}).get(title, ""))
    _write_limits(schema)
    if brought:
        held = _hold_products(schema, names, brought, made or {})
        schema["allOf"] = [held, _hold_compounds(compounds)]
    return schema


def _hold_to_names(entry: dict[str, Any], known: Sequence[str], made: str = "") -> None:
    """Let the text of an entry be one of these names, or of the pattern `made`; what else it may be stays."""
    if entry.get("type") == "string" and made:
        entry["anyOf"] = [{"enum": list(known)}, {"pattern": made}]
    elif entry.get("type") == "string":
        entry["enum"] = list(known)
    else:
        for branch in (*entry.get("anyOf", ()), *entry.get("oneOf", ())):
            _hold_to_names(branch, known, made)


def _write_limits(node: Any) -> None:
    """Make a pattern, and limits of numbers, of the `bounds` of every quantity under a node."""
    if isinstance(node, list):
        for child in node:
            _write_limits(child)
    if not isinstance(node, dict):
        return
    bounds = node.get("bounds")
    if isinstance(bounds, list):
        unit, low, high, above = node.pop("bounds")
        node["pattern"] = write_quantity_pattern(unit, low, high, above)
        if "number" in node["type"]:
            node |= {"exclusiveMinimum" if above else "minimum": low, "maximum": high}
    for child in node.values():
        _write_limits(child)


def _hold_products(
    schema: dict[str, Any],
    names: Mapping[str, Sequence[str]],
    brought: Collection[str],
    made: Mapping[str, str],
) -> dict[str, Any]:
    """In a file that brings neither products nor compounds each step takes what the catalogue has or can make."""
    words = {step: word for word, step in _list_words(schema).items()}

    def hold(step: str) -> dict[str, Any]:
        pattern = made.get(step)
        other = [{"type": "object"}, {"type": "string", "pattern": pattern}] if pattern else []
        return {"anyOf": [{"enum": list(names[step])}, *other]}

    of_steps = {
        words[step]: {"properties": {field: hold(step) for field in ("with", "what")}}
        for step in brought
        if step in words
    }
    again = {"repeat": {"properties": {"steps": {"items": {"$ref": _PRODUCT_NAMES}}}}}
    lists = {key: {"items": {"$ref": _PRODUCT_NAMES}} for key in ("session", "aftercare")}
    then = {"$defs": {"ProductNames": {"properties": {**of_steps, **again}}}, "properties": lists}
    return {"if": {"properties": {"products": False, "compounds": False}}, "then": then}


def _hold_compounds(compounds: Sequence[str]) -> dict[str, Any]:
    """In a file without compounds of its own each product is made of those that the tables have."""
    actives = {"properties": {"actives": {"propertyNames": {"enum": list(compounds)}}}}
    held = {"products": {"additionalProperties": actives}}
    return {"if": {"properties": {"compounds": False}}, "then": {"properties": held}}


def _list_words(schema: dict[str, Any]) -> dict[str, str]:
    """The definition under each word of a step, in sessions and in aftercare."""
    words: dict[str, str] = {}
    for node in _find_steps(schema):
        for word, entry in node.get("properties", {}).items():
            for branch in entry.get("anyOf", ()):
                if "$ref" in branch:
                    words[word] = branch["$ref"].rsplit("/", 1)[1]
    return words


def _find_steps(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What may stand in the lists of steps."""
    for key in ("aftercare", "session"):
        for branch in _follow_branches(schema["properties"][key], schema):
            if isinstance(branch.get("items"), dict):
                yield from _follow_branches(branch["items"], schema)


def _find_catalogue(title: str, field: str) -> str:
    """Which catalogue names what may stand there; empty for none."""
    if field in ("site", "instrument", "vehicle"):
        return field
    return title if field in ("with", "what") else ""


def list_names_at(
    path: Sequence[str | int], model: type[BaseModel] = TreatmentFile, kind: object = None
) -> list[str]:
    """The entries that the model's file may have at that place, of that `kind` where there are several.

    Empty where it may have none.
    """
    schema = _make_bare_schema(model)
    branches = [branch for node in _find_nodes(path, schema) for branch in _follow_branches(node, schema)]
    return sorted(
        {name for branch in branches if _is_of(branch, kind) for name in branch.get("properties", {})}
    )


def list_homes(name: str, model: type[BaseModel] = TreatmentFile) -> list[str]:
    """The groups of entries that have one of that name: `person`, `course`; empty text for the top of the file."""
    schema = _make_bare_schema(model)
    groups = ("", *(key for key in ("person", "course", "instrument") if key in schema["properties"]))
    return [group for group in groups if name in list_names_at((group,) if group else (), model)]


def write_example(path: Sequence[str | int], model: type[BaseModel] = TreatmentFile) -> str:
    """How the first entry at that place might be written, such as `age: 35 year`, or a list; empty for none."""
    schema = _make_bare_schema(model)
    branches = [branch for node in _find_nodes(path, schema) for branch in _follow_branches(node, schema)]
    for branch in branches:
        if branch.get("type") == "array":
            return next((_write_value(example) for example in branch.get("examples", ())), "")
    for branch in branches:
        for name in branch.get("properties", {}):
            for inner in _follow_branches(branch["properties"][name], schema):
                if example := next(iter(inner.get("examples", ())), ""):
                    return f"{name}: {_write_value(example)}"
    return ""


def write_entry(path: Sequence[str | int], model: type[BaseModel] = TreatmentFile) -> str:
    """How the entry at that place might be written, such as `length: 1.5 mm`; empty where no example is known."""
    schema = _make_bare_schema(model)
    branches = [branch for node in _find_nodes(path, schema) for branch in _follow_branches(node, schema)]
    examples = (example for branch in branches for example in branch.get("examples", ()))
    return next((f"{path[-1]}: {_write_value(example)}" for example in examples), "")


def _write_value(example: object) -> str:
    """A value as YAML has it in one line."""
    return f"[{', '.join(map(_write_value, example))}]" if isinstance(example, list) else str(example)


def _find_nodes(path: Sequence[str | int], schema: dict[str, Any]) -> list[dict[str, Any]]:
    nodes = [schema]
    for part in path:
        nodes = [inner for node in nodes for inner in _step_into(node, part, schema)]
    return nodes


def _is_of(branch: dict[str, Any], kind: object) -> bool:
    """Whether a group of entries may be of that kind: it says so, or does not say."""
    own = branch.get("properties", {}).get("kind", {}).get("const")
    return kind is None or own is None or own == kind


def _step_into(node: dict[str, Any], part: str | int, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for branch in _follow_branches(node, schema):
        if isinstance(part, int):
            if isinstance(branch.get("items"), dict):
                yield branch["items"]
        elif part in branch.get("properties", {}):
            yield branch["properties"][part]
        elif isinstance(branch.get("additionalProperties"), dict):  # entries by names of their own
            yield branch["additionalProperties"]


def _follow_branches(node: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node itself and every alternative in it, references followed."""
    if "$ref" in node:
        yield from _follow_branches(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema)
        return
    yield node
    for word in ("anyOf", "oneOf", "allOf"):
        for branch in node.get(word, []):
            yield from _follow_branches(branch, schema)
