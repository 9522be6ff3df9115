"""`references.bib`: the sources. Each entry names in `facts` the figures that were read in it.

An entry with a field `secondhand` was not read at its publisher; the field names where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_NAMED = 3  # authors that are named before "et al."
_ESCAPED = re.compile(r"\\([%&_#$])")  # signs that BibTeX needs a stroke before
_OURS = ("facts", "secondhand")  # fields that no BibTeX style knows


@dataclass(frozen=True)
class Reference:
    """One source: its BibTeX key, its kind of entry (`article`, `misc`) and its fields."""

    key: str
    kind: str
    fields: Mapping[str, str]

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the published figures read in this source, such as `healing:T13`."""
        return tuple(f.strip() for f in self.fields.get("facts", "").split(",") if f.strip())

    @property
    def second_hand(self) -> str:
        """Where it was read instead of at its publisher, such as `scilit.net`; empty where it was read there."""
        return self.fields.get("secondhand", "")

    @property
    def text(self) -> str:
        """One line for people: authors (year). Title. Where. DOI or address. Without authors the title leads."""
        f = {name: _ESCAPED.sub(r"\1", value) for name, value in self.fields.items()}
        authors = [a for a in f.get("author", "").split(" and ") if a]
        more = len(authors) > _NAMED or "others" in authors
        who = ", ".join(a for a in authors[:_NAMED] if a != "others") + (" et al." if more else "")
        parts = [who, f.get("title", ""), f.get("journal") or f.get("howpublished", "")]
        head, *rest = [p for p in parts if p] or [self.key]
        dated = f"{head.rstrip('.') if not who else head} ({f['year']})" if "year" in f else head
        link = f"doi:{f['doi']}" if "doi" in f else f.get("url", "")
        return ". ".join(p.rstrip(".") for p in [dated, *rest, link] if p) + "."


@cache
def bibliography() -> Mapping[str, Reference]:
    """Every reference by its key, read once in each process (some 70 ms of processor, the parser among it)."""
    return read_references(
        (resources.files("hudnal.parameters") / "references.bib").read_text(encoding="utf-8")
    )


def read_references(text: str) -> Mapping[str, Reference]:
    """The entries of a BibTeX text by their keys; white space within a field is one blank.

    Raises ValueError, with the line, for an entry that cannot be read or whose key stands twice.
    """
    from bibtexparser.entrypoint import parse_string  # late: a run that cites nothing does without it

    library = parse_string(text)
    for block in library.failed_blocks:
        line = (block.start_line or 0) + 1
        problem = getattr(block.error, "abort_reason", None) or block.error
        raise ValueError(f"references.bib, line {line}: {problem}") from block.error
    return {
        entry.key: Reference(
            entry.key,
            entry.entry_type.lower(),
            {field.key.lower(): " ".join(str(field.value).split()) for field in entry.fields},
        )
        for entry in library.entries
    }


@cache
def _references_by_fact() -> Mapping[str, Reference]:
    return {fact: reference for reference in bibliography().values() for fact in reference.facts}


def reference_of(source: str) -> Reference:
    """The reference behind a source id: a fact's id (`healing:T13`) or a BibTeX key. Raises KeyError."""
    reference = _references_by_fact().get(source) or bibliography().get(source)
    if reference is None:
        raise KeyError(f"references.bib has no source for '{source}'")
    return reference


def references_of(sources: Iterable[str]) -> list[Reference]:
    """The references behind source ids, each once, sorted by key. Raises KeyError for an id that none has."""
    return sorted({r.key: r for r in map(reference_of, sources)}.values(), key=lambda r: r.key)


def bibtex_of(key: str) -> str:
    """One reference as BibTeX, without our list of facts; that it was read second-hand stands in its note.

    Raises KeyError for an unknown key.
    """
    reference = bibliography()[key]
    fields = {name: value for name, value in reference.fields.items() if name not in _OURS}
    if reference.second_hand:
        told = f"second-hand: read at {reference.second_hand}, not at its publisher"
        fields["note"] = "; ".join(filter(None, [fields.get("note"), told]))
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{reference.kind}{{{key},", *lines, "}"])
