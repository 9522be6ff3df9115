"""YAML into plain data, with the line of every entry, and without anything that YAML can hide."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from math import isfinite
from typing import Any

import yaml

from hudnal.treatment.fault import Fault, FilePlace
from hudnal.treatment.slips import find_slip, mend_commas

MOST_CHARACTERS = 200_000  # of a file; a treatment has one or two thousand
_DEEPEST = 40
_MOST_NODES = 20_000
_MOST_COMPOSED = 2 * _MOST_NODES  # a value and its key
_YES_OR_NO = {
    "true": True,
    "yes": True,
    "on": True,
    "ja": True,
    "false": False,
    "no": False,
    "off": False,
    "nej": False,
}
# Faults that end the reading.
_ENDING = frozenset({"too_large", "yaml", "tab", "long_dash", "too_deep", "empty"})


@dataclass
class Document:
    """The plain data of a file, the line of each part of it, and what is wrong with it as YAML."""

    data: Any = None
    lines: dict[FilePlace, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    words: dict[FilePlace, str] = field(default_factory=dict)  # in which a truth value is written

    @property
    def is_whole(self) -> bool:
        """Whether everything that the text holds stands in `data`, whatever else is wrong with it."""
        return not any(fault.key in _ENDING for fault in self.faults)

    def line_of(self, path: FilePlace) -> int | None:
        """The line, from 1, of that place, or of the nearest place around it that has one; None where nothing has."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return self.lines.get(())


class _TooLarge(Exception):
    """More entries than any treatment has."""


class _Loader(yaml.SafeLoader):
    """Composes nodes until there are too many of them."""

    composed = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.composed += 1
        if self.composed > _MOST_COMPOSED:
            raise _TooLarge
        return super().compose_node(parent, index)


def read_document(text: str) -> Document:
    """Data and places of a YAML text; what is wrong with it as YAML stands in `faults`."""
    document = Document()
    if len(text) > MOST_CHARACTERS:
        document.faults.append(Fault("too_large", values={"limit": MOST_CHARACTERS}))
        return document
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = (error.problem or "").replace("\n", " ")
        slip = find_slip(text, line)
        document.faults.append(slip or Fault("yaml", line=line, values={"problem": problem}))
        return document
    except yaml.YAMLError as error:
        document.faults.append(Fault("yaml", values={"problem": str(error).splitlines()[0]}))
        return document
    except (RecursionError, _TooLarge):
        document.faults.append(Fault("too_deep"))
        return document
    except ValueError as error:  # a number or a character that YAML's reader can't take
        document.faults.append(Fault("yaml", values={"problem": str(error)}))
        return document
    if node is None:
        document.faults.append(Fault("empty"))
        return document
    document.data = _Reader(document).read_node(node, (), 0)
    mend_commas(document.data, document.faults, document.lines)
    return document


class _Reader:
    """Turns the nodes of a YAML text into plain data, and notes lines and faults in a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0
        self.is_too_deep = False

    def add_fault(self, key: str, node: yaml.Node, path: FilePlace, **values: object) -> None:
        self.document.faults.append(Fault(key, path, node.start_mark.line + 1, values))

    def read_node(self, node: yaml.Node, path: FilePlace, depth: int) -> Any:
        self.nodes += 1
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        # An alias that holds itself, or aliases of aliases, would unfold without end.
        if depth > _DEEPEST or self.nodes > _MOST_NODES:
            if not self.is_too_deep:
                self.is_too_deep = True
                self.add_fault("too_deep", node, path[:6])
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.read_scalar(node, path)
        if isinstance(node, yaml.SequenceNode):
            items = (self.read_node(child, (*path, i), depth + 1) for i, child in enumerate(node.value))
            return list(takewhile(lambda _: not self.is_too_deep, items))
        if not isinstance(node, yaml.MappingNode):
            raise TypeError(f"YAML has scalars, sequences and mappings, and no {type(node).__name__}")
        entries: dict[str, Any] = {}
        for key_node, child in node.value:
            if self.is_too_deep:
                break
            if not isinstance(key_node, yaml.ScalarNode):
                self.add_fault("key_not_text", key_node, path)
                continue
            key = key_node.value
            if key in entries:
                self.add_fault("key_twice", key_node, (*path, key), name=key)
                continue
            self.document.lines[(*path, key)] = key_node.start_mark.line + 1
            entries[key] = self.read_node(child, (*path, key), depth + 1)
        return entries

    def read_scalar(self, node: yaml.ScalarNode, path: FilePlace) -> Any:
        tag, text = node.tag, node.value
        if tag == "tag:yaml.org,2002:str" or node.style in ("'", '"', "|", ">"):
            if text.lower() not in ("ja", "nej") or node.style is not None:
                return text
            self.document.words[path] = text
            return _YES_OR_NO[text.lower()]
        if tag == "tag:yaml.org,2002:null":
            return None
        if tag == "tag:yaml.org,2002:bool":
            self.document.words[path] = text
            return _YES_OR_NO.get(text.lower(), text)
        if tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
            return self.read_number(node, path)
        if tag == "tag:yaml.org,2002:timestamp":
            return text
        self.add_fault("yaml_tag", node, path, tag=tag)
        return None

    def read_number(self, node: yaml.ScalarNode, path: FilePlace) -> Any:
        text = node.value
        try:
            plain = float(text.replace("_", ""))
        except ValueError:
            return text  # hexadecimal, sexagesimal and the like: a text that no field takes for a number
        if not isfinite(plain):
            self.add_fault("number_not_finite", node, path, value=text)
            return None
        return int(plain) if plain.is_integer() and "." not in text and "e" not in text.lower() else plain
