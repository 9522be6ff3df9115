"""The JSON Schema of the treatment file, for editors, and for naming what could stand at a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from hudnal.treatment.model import Treatment

Path = Sequence[str | int]


@cache
def _schema() -> dict[str, Any]:
    schema = Treatment.model_json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://hudnal.example/treatment.schema.json",
        **schema,
        "title": "Hudnål treatment",
    }


def json_schema(names: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """The schema. `names` gives what a catalogue holds (`site`, `instrument`, `product`), as examples."""
    from copy import deepcopy

    schema = deepcopy(_schema())
    for field, known in (names or {}).items():
        for holder in [schema, *schema["$defs"].values()]:
            entry = holder.get("properties", {}).get(field)
            if entry is not None:
                entry["examples"] = list(known)
    return schema


def names_at(path: Path) -> list[str]:
    """The entries that the file may have at that place; empty where it may have none."""
    schema = _schema()
    nodes = [schema]
    for part in path:
        nodes = [inner for node in nodes for inner in _step_into(node, part, schema)]
    return sorted(
        {
            name
            for node in nodes
            for branch in _branches(node, schema)
            for name in branch.get("properties", {})
        }
    )


def _step_into(node: dict[str, Any], part: str | int, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for branch in _branches(node, schema):
        if isinstance(part, int):
            if isinstance(branch.get("items"), dict):
                yield branch["items"]
        elif part in branch.get("properties", {}):
            yield branch["properties"][part]


def _branches(node: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node itself and every alternative in it, references followed."""
    if "$ref" in node:
        yield from _branches(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema)
        return
    yield node
    for word in ("anyOf", "oneOf", "allOf"):
        for branch in node.get(word, []):
            yield from _branches(branch, schema)
