"""How the chance of a harm is told: what a person faces, and between which ends it may lie."""

from __future__ import annotations

from hudnal.language import Words
from hudnal.language.numbers import format_chance
from hudnal.result.interval import Chance


def tell_chance(chance: Chance, words: Words) -> tuple[str, str]:
    """A chance and its ends in words; "not known" where the ends say nothing, and no ends where both read the same."""
    shown, low, high = (format_chance(value, words, possible=chance.high > 0) for value in chance)
    if not chance.is_known:
        return words("words.not_known"), words("words.unknown_ends", low=low, high=high, mean=shown)
    return (high if low == high else shown), (
        "" if low == high else words("words.interval", low=low, high=high)
    )
