"""The texts, by key. A text is a format string; a key that is missing in a language is a defect, not a fallback.

A language is a file here, such as `sv.yaml`, with the keys of `en.yaml`; nothing else has to know of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from hudnal.language.show import show_lines

FIRST = "en"  # the language that every other is held against
_FOLDER = resources.files("hudnal.language")
# A number, or a gap for one, and the unit after it: a line never ends between them.
_UNIT = re.compile(
    r"(?<=[0-9}]) (?=(?:%|°C|N|N/m|mm|µm|cm²|mm/s|m/s|k?g|g/mol|mg|mg/cm²|mg/g|µg/ml|min|h)(?![\w/²]))"
)
_STRENGTH = re.compile(
    r"(\D[^\d]*?|n-[a-z]+)-(\d{1,3}(?:\.\d+)?)(?:-|$)"
)  # of a product: what is in it, how strong
# Texts with commands and examples that somebody types, and pages of Markdown, stay as they are written.
_AS_WRITTEN = ("cli", "faults", "cases", "permeability", "evidence", "fit")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def find_languages(folder: Traversable) -> tuple[str, ...]:
    """The languages that have a file in `folder`: English, then the others in the order of the alphabet."""
    names = (file.name for file in folder.iterdir())
    languages = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
    return tuple(sorted(languages, key=lambda language: (language != FIRST, language)))


LANGUAGES = find_languages(_FOLDER)


@cache
def texts(language: str) -> Mapping[str, str]:
    """Every text of a language by its full key. Raises KeyError for a language that is not there."""
    if language not in LANGUAGES:
        raise KeyError(f"no language '{language}'; there are {', '.join(LANGUAGES)}")
    content = yaml.load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), Loader=_Loader)  # nosec B506
    space = content["numbers"]["before_unit"]
    return {
        key: text if key.split(".")[0] in _AS_WRITTEN else _UNIT.sub(space, text)
        for key, text in _flatten_keys("", content)
    }


def _flatten_keys(path: str, node: Any) -> Iterator[tuple[str, str]]:
    """Every text under `node` with its full key, the words of the way to it joined by points."""
    if isinstance(node, Mapping):
        for key, child in node.items():
            yield from _flatten_keys(f"{path}.{key}" if path else str(key), child)
    else:
        yield path, str(node)


def say(key: str, language: str = FIRST, **values: object) -> str:
    """The text of `key` in `language`, filled with `values`, none of which can end the line or steer a terminal.

    Raises KeyError when there is none.
    """
    return texts(language)[key].format(**show_lines(values))


def named(kind: str, name: str, language: str = FIRST) -> str:
    """What a catalogue's entry is called (`kind`: products, compounds); what a file calls its own stays as written."""
    known = texts(language).get(f"{kind}.{name}")
    if known is not None:
        return known
    return _name_strengths(name, language) if kind == "products" else name


def _name_strengths(name: str, language: str) -> str:
    """A product that a file makes of what is in it, `lidocaine-7-tetracaine-7`; another name stays as written."""
    parts, told = _STRENGTH.findall(name), []
    if "-".join("-".join(part) for part in parts) != name:
        return name
    for what, strength in parts:
        n = strength.replace(".", texts(language)["numbers.decimal"])
        if f"made.{what}" in texts(language):
            told.append(say(f"made.{what}", language, n=n))
        elif f"compounds.{what}" in texts(language):
            percent = f"{n}{texts(language)['numbers.before_unit']}%"
            told.append(f"{texts(language)[f'compounds.{what}']} {percent}")
        else:
            return name
    return ", ".join(told)


def say_note(note: str, language: str = FIRST) -> str:
    """A note of the tables, which are in English, in a language. Raises KeyError when it has none there."""
    return note if language == FIRST or not note else texts(language)[f"notes.{note}"]


class Words:
    """The texts of one language under one head: `words = Words("sv", "report"); words("pain")`."""

    def __init__(self, language: str, head: str = "") -> None:
        self.language = language
        self.head = f"{head}." if head else ""

    def __call__(self, key: str, **values: object) -> str:
        """The text of that key, filled with `values`."""
        return say(self.head + key, self.language, **values)

    def named(self, kind: str, name: str) -> str:
        """What a catalogue's entry is called; what a file calls its own stays as written."""
        return named(self.head + kind, name, self.language)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return self.head + key in texts(self.language)
