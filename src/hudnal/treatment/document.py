"""YAML into plain data, with the line of every entry, and without anything that YAML can hide."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import yaml

from hudnal.treatment.fault import Fault

Path = tuple[str | int, ...]
LARGEST = 200_000  # characters; a treatment has one or two thousand
_DEEPEST = 40
_MOST_NODES = 20_000
_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "ja": True,
    "false": False,
    "no": False,
    "off": False,
    "nej": False,
}
_NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass
class Document:
    """A file's data and where each part of it stands."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, path: Path) -> int | None:
        """The line of that place, or of the nearest place around it that has one."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return self.lines.get(())


def read_document(text: str) -> Document:
    """Data and places of a YAML text; what is wrong with it as YAML stands in `faults`."""
    document = Document()
    if len(text) > LARGEST:
        document.faults.append(Fault("too_large", values={"limit": LARGEST}))
        return document
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = (error.problem or "").replace("\n", " ")
        document.faults.append(
            Fault("yaml", line=mark.line + 1 if mark else None, values={"problem": problem})
        )
        return document
    except yaml.YAMLError as error:
        document.faults.append(Fault("yaml", values={"problem": str(error).splitlines()[0]}))
        return document
    except RecursionError:
        document.faults.append(Fault("too_deep"))
        return document
    except ValueError as error:  # a number or a character that YAML's reader can't take
        document.faults.append(Fault("yaml", values={"problem": str(error)}))
        return document
    if node is None:
        document.faults.append(Fault("empty"))
        return document
    document.data = _Reader(document).read(node, (), 0)
    return document


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0

    def fault(self, key: str, node: yaml.Node, path: Path, **values: object) -> None:
        self.document.faults.append(Fault(key, path, node.start_mark.line + 1, values))

    def read(self, node: yaml.Node, path: Path, depth: int) -> Any:
        self.nodes += 1
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        # An alias that holds itself, or aliases of aliases, would unfold without end.
        if depth > _DEEPEST or self.nodes > _MOST_NODES:
            if not any(f.key == "too_deep" for f in self.document.faults):
                self.fault("too_deep", node, path[:6])
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*path, i), depth + 1) for i, child in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            raise TypeError(f"YAML has scalars, sequences and mappings, and no {type(node).__name__}")
        found: dict[str, Any] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault("key_not_text", key_node, path)
                continue
            key = key_node.value
            if key in found:
                self.fault("key_twice", key_node, (*path, key), name=key)
                continue
            self.document.lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = self.read(child, (*path, key), depth + 1)
        return found

    def scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        tag, text = node.tag, node.value
        if tag == "tag:yaml.org,2002:str" or node.style in ("'", '"', "|", ">"):
            return _WORDS[text.lower()] if text.lower() in ("ja", "nej") and node.style is None else text
        if tag == "tag:yaml.org,2002:null":
            return None if text in _NULLS else text
        if tag == "tag:yaml.org,2002:bool":
            return _WORDS.get(text.lower(), text)
        if tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
            return self.number(node, path)
        if tag == "tag:yaml.org,2002:timestamp":
            return text
        self.fault("yaml_tag", node, path, tag=tag)
        return None

    def number(self, node: yaml.ScalarNode, path: Path) -> Any:
        text = node.value
        try:
            plain = float(text.replace("_", ""))
        except ValueError:
            return text  # hexadecimal, sexagesimal and the like: a text that no field takes for a number
        if not isfinite(plain):
            self.fault("number_not_finite", node, path, value=text)
            return None
        return int(plain) if plain.is_integer() and "." not in text and "e" not in text.lower() else plain
