"""Whatever may be told as a cause of a risk has words in every language, and no words are kept for nothing."""

from __future__ import annotations

import pytest

from hudnal.language import LANGUAGES, Words
from hudnal.language.say import texts
from hudnal.outcome.declared import all_quantities
from hudnal.parameters import parameters
from hudnal.report.words.movers import word_key
from hudnal.result.movers import WORTH_TELLING
from hudnal.result.rests_on import find_family, load_effects

RISKS = [name for name in all_quantities() if name.endswith("_probability")]


def tellable():
    """Parameters with a spread that move some risk by themselves enough to be told."""
    table = load_effects()
    for parameter in parameters().values():
        if parameter.distribution.kind != "fixed":
            effects = (table.find(risk, parameter.name) for risk in RISKS)
            if any(effect is not None and abs(effect.cause) >= WORTH_TELLING for effect in effects):
                yield parameter.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_of_a_risk_has_words(language):
    words = Words(language)
    lacking = [name for name in tellable() if word_key(name, words) is None]
    assert not lacking, (
        f"These may be told as causes and have no words: {lacking}. Add movers.* to {language}.yaml."
    )


@pytest.mark.parametrize(("language", "how"), [("en", ("how ", "over how ")), ("sv", ("hur ", "över hur "))])
def test_more_of_a_cause_has_a_meaning(language, how):
    """They are told as "nobody knows ... (the more, the higher the risk)": each says how much of something, and in the direction of its number."""
    words = Words(language)
    for key in (key for key in texts(language) if key.startswith("movers.")):
        assert words(key).startswith(how), key
        assert not {"soon", "closely", "near", "snart", "tät"} & set(words(key).split()), key


def test_no_words_are_kept_for_what_is_never_told():
    words = Words("en")
    table = load_effects()
    known = {find_family(name) for by_name in table.by_quantity.values() for name in by_name} | table.silent
    # What the table does not know yet may be told once it is measured.
    unknown = (name for name in parameters() if find_family(name) not in known)
    used = {word_key(name, words) for name in (*tellable(), *unknown)}
    kept = {key for key in texts("en") if key.startswith("movers.")}
    assert kept - used == set(), "Nothing tells these any more: take them out of every language."
