"""`references.bib`: the sources. Each entry names in `facts` the figures that were read in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Reference:
    """One source: its BibTeX key and fields."""

    key: str
    kind: str
    fields: Mapping[str, str]

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the published figures read in this source, such as `healing:T13`."""
        return tuple(f.strip() for f in self.fields.get("facts", "").split(",") if f.strip())

    @property
    def text(self) -> str:
        """One line for people: authors (year). Title. Where. DOI or address."""
        f = self.fields
        authors = [a for a in f.get("author", "").split(" and ") if a]
        more = len(authors) > _NAMED or "others" in authors
        who = ", ".join(a for a in authors[:_NAMED] if a != "others") + (" et al." if more else "")
        head = f"{who or 'Authors not shown'} ({f.get('year', 'no year')})"
        parts = [head, f.get("title", ""), f.get("journal") or f.get("howpublished", "")]
        link = f"doi:{f['doi']}" if "doi" in f else f.get("url", "")
        return ". ".join(p.rstrip(".") for p in [*parts, link] if p) + "."


_NAMED = 3  # authors that are named before "et al."
_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,(.*?)\n\}", re.S)
_FIELD = re.compile(r"(\w+)\s*=\s*\{(.*?)\}\s*(?:,\s*\n|,?\s*$)", re.S)


@cache
def bibliography() -> Mapping[str, Reference]:
    """Every reference by its key."""
    text = (resources.files("hudnal.parameters") / "references.bib").read_text(encoding="utf-8")
    found: dict[str, Reference] = {}
    for kind, key, body in _ENTRY.findall(text):
        if key in found:
            raise ValueError(f"references.bib: '{key}' stands twice")
        fields = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(body + "\n")}
        found[key] = Reference(key, kind.lower(), fields)
    return found


@cache
def _by_fact() -> Mapping[str, Reference]:
    found: dict[str, Reference] = {}
    for reference in bibliography().values():
        for fact in reference.facts:
            found[fact] = reference
    return found


def reference_of(source: str) -> Reference:
    """The reference behind a source id: a fact's id (`healing:T13`) or a BibTeX key. Raises KeyError."""
    found = _by_fact().get(source) or bibliography().get(source)
    if found is None:
        raise KeyError(f"references.bib has no source for '{source}'")
    return found


def references_of(sources: Iterable[str]) -> list[Reference]:
    """The references behind source ids, each once, sorted by key."""
    return sorted({r.key: r for r in map(reference_of, sources)}.values(), key=lambda r: r.key)


def bibtex_of(key: str) -> str:
    """One reference as BibTeX, without our list of facts."""
    reference = bibliography()[key]
    lines = [f"  {name} = {{{value}}}," for name, value in reference.fields.items() if name != "facts"]
    return "\n".join([f"@{reference.kind}{{{key},", *lines, "}"])
