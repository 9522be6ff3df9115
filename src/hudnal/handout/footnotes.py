"""Sources at the foot of a sheet, numbered in the order in which they are named."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from hudnal.language import Words
from hudnal.parameters.bibliography import Reference, reference_of


class Footnotes:
    """The sources that a sheet has named so far."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._named: dict[str, Reference] = {}

    def cite(self, sources: Iterable[str]) -> str:
        """The numbers of these sources, ids of facts or keys of references, as "1, 2". Raises KeyError."""
        keys = []
        for source in sources:
            reference = reference_of(source)
            self._named.setdefault(reference.key, reference)
            keys.append(reference.key)
        places = list(self._named)
        return ", ".join(str(place) for place in sorted({places.index(key) + 1 for key in keys}))

    def list_lines(self) -> list[str]:
        """Each source in one short line, in the order of its number."""
        return [self._shorten(reference) for reference in self._named.values()]

    def _shorten(self, reference: Reference) -> str:
        fields = reference.fields
        title = fields.get("title") or fields.get("howpublished") or fields.get("journal") or reference.key
        place = fields.get("journal") or urlsplit(fields.get("url", "")).netloc or reference.key
        if reference.second_hand:
            place = self._words("handout.read_at", place=reference.second_hand)
        place = "" if place == title else place
        told = ", ".join(part for part in (fields.get("year", ""), place) if part)
        return self._words("handout.source", title=title, place=told) if told else title
