"""What goes by the grammar of a language: plural forms, lists, dates. Its file holds the rules: `grammar`, `dates`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from gettext import c2py

from hudnal.language.say import say, texts

FORMS = ("zero", "one", "two", "few", "many", "other")  # the kinds of number that languages tell apart (CLDR)
_OTHER = FORMS[-1]
_RULE = "grammar.plural."


@cache
def _read_rules(language: str) -> Mapping[str, Callable[[int], int]]:
    """By kind of number, what tells whether a whole number is of that kind."""
    rules = {key.removeprefix(_RULE): text for key, text in texts(language).items() if key.startswith(_RULE)}
    return {form: c2py(rules[form]) for form in FORMS if form in rules}


def choose_form(n: float, language: str) -> str:
    """The kind of number that `n` is in a language: one, other; 1.5 is other, as every number with decimals."""
    if n != int(n):
        return _OTHER
    return next((form for form, is_so in _read_rules(language).items() if is_so(abs(int(n)))), _OTHER)


def list_forms(language: str) -> tuple[str, ...]:
    """The kinds of number that a language tells apart, other last."""
    return (*_read_rules(language), _OTHER)


def join_list(items: Iterable[str], language: str) -> str:
    """Several things in a sentence: "a, b and c"."""
    *first, last = items
    if not first:
        return last
    return say("grammar.list.between", language).join(first) + say("grammar.list.last", language) + last


def format_date(day: date, language: str) -> str:
    """A day as people write it: 3 March 2026."""
    month = say(f"dates.months.{day.month}", language)
    return say("dates.date", language, day=day.day, month=month, year=day.year)
