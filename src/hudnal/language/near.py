"""Which of the names that are known somebody may have meant by one that is not.

First by its letters alone (`Dermaroller MF8` is `dermaroller-mf8`), then by what a thing is called in any language
(`kind` is Swedish for `cheek`), and last by its spelling. What is only somewhat alike is not offered: the nearest word
to a procedure that is missing here is another procedure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from unicodedata import normalize

from hudnal.language.say import LANGUAGES, texts

MOST_NAMES = 5  # that a message lists of a catalogue
_ALIKE = 0.7  # share of the letters that are the same, from which on a word may be misspelt
_SOMEWHAT = 0.5  # below which it says nothing how alike two words are
_MOST_LETTERS = 2  # by which a misspelt procedure is longer or shorter


def fold(text: str) -> str:
    """Letters and digits of a text alone, in lower case, without accents, spaces and dashes."""
    return "".join(letter for letter in normalize("NFKD", text.casefold()) if letter.isalnum())


def find_near(word: str, names: Collection[str], *heads: str, strict: bool = False) -> tuple[str, ...]:
    """The names that `word` may have meant, the likeliest alone or those that it fits equally well; () for none.

    `heads` are the parts of the language files that say what each name is called. A `strict` search keeps to what is
    misspelt by a letter or two, and to the same digits: for procedures, and for products, of which another strength is
    another product.
    """
    folded = fold(word)
    if not folded:
        return ()
    for called in (_called_by_letters, _called_by_texts):
        found = tuple(name for name in names if folded in called(name, heads))
        if found:
            return found[:MOST_NAMES]
    alike = [(share, name) for name in names if (share := _compare(folded, fold(name), strict)) >= _ALIKE]
    return (max(alike, key=lambda pair: pair[0])[1],) if alike else ()


def list_examples(word: str, names: Collection[str], most: int = MOST_NAMES) -> list[str]:
    """At most so many of the names: those that are spelt somewhat like `word`, then the others as they come."""
    folded = fold(word)
    shares = {name: _measure(folded, fold(name)) for name in names}
    ranked: Sequence[str] = sorted(names, key=lambda name: -max(shares[name], _SOMEWHAT))
    return list(ranked[:most])


def _compare(one: str, other: str, strict: bool) -> float:
    """How alike two folded words are, from 0 to 1; 0 for what a strict search leaves out."""
    apart = abs(len(one) - len(other))
    if strict and (apart > _MOST_LETTERS or _digits(one) != _digits(other)):
        return 0.0
    if strict and apart > 1 and (one in other or other in one):  # a word more: another thing of the kind
        return 0.0
    return _measure(one, other)


def _measure(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _digits(folded: str) -> str:
    return re.sub(r"\D", "", folded)


def _called_by_letters(name: str, heads: tuple[str, ...]) -> frozenset[str]:
    return frozenset({fold(name)})


@cache
def _called_by_texts(name: str, heads: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(text) for text in _list_texts(name, heads)) - {""}


def _list_texts(name: str, heads: tuple[str, ...]) -> Iterator[str]:
    """All that a name is called in any language: its text, that without what stands in brackets, its aliases."""
    for language in LANGUAGES:
        known = texts(language)
        for head in heads:
            text = known.get(f"{head}.{name}", "")
            yield text
            yield re.sub(r"\(.*?\)", "", text)
            yield from known.get(f"aliases.{head}.{name}", "").split(",")


def find_missing(word: str) -> str | None:
    """What a word names that is known of and not simulated, such as `radiofrequency`; None for anything else.

    The texts `faults.missing_NAME` say so, and what there is instead.
    """
    return _list_missing_words().get(fold(word))


@cache
def _list_missing_words() -> Mapping[str, str]:
    """Folded words of any language, and what each of them names."""
    head = "aliases.missing."
    return {
        fold(word): key.removeprefix(head)
        for language in LANGUAGES
        for key, text in texts(language).items()
        if key.startswith(head)
        for word in text.split(",")
    }


@cache
def list_personal_words() -> frozenset[str]:
    """What people call names, identity numbers and addresses in any language, folded."""
    words = (word for language in LANGUAGES for word in texts(language)["aliases.personal"].split(","))
    return frozenset(map(fold, words))
