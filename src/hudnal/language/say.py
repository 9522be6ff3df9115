"""The texts, by key. A text is a format string; a key that is missing in a language is a defect, not a fallback."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

LANGUAGES = ("en", "sv")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def texts(language: str) -> Mapping[str, str]:
    """Every text of a language by its full key. Raises KeyError for a language that is not there."""
    if language not in LANGUAGES:
        raise KeyError(f"no language '{language}'; there are {', '.join(LANGUAGES)}")
    file = resources.files("hudnal.language") / f"{language}.yaml"
    return dict(_flat("", yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)))


def _flat(path: str, node: Any):
    if isinstance(node, Mapping):
        for key, child in node.items():
            yield from _flat(f"{path}.{key}" if path else str(key), child)
    else:
        yield path, str(node)


def say(key: str, language: str = "en", **values: object) -> str:
    """The text of `key` in `language`, filled with `values`. Raises KeyError when there is none."""
    return texts(language)[key].format(**values)


def named(kind: str, name: str, language: str = "en") -> str:
    """What a catalogue's entry is called (`kind`: products, compounds); what a file calls its own stays as written."""
    return texts(language).get(f"{kind}.{name}", name)


class Words:
    """The texts of one language under one head: `words = Words("sv", "report"); words("pain")`."""

    def __init__(self, language: str, head: str = "") -> None:
        self.language = language
        self.head = f"{head}." if head else ""

    def __call__(self, key: str, **values: object) -> str:
        """The text of that key."""
        return say(self.head + key, self.language, **values)

    def named(self, kind: str, name: str) -> str:
        """What a catalogue's entry is called; what a file calls its own stays as written."""
        return named(self.head + kind, name, self.language)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return self.head + key in texts(self.language)
