"""What a country asks of a treatment is told for that country alone, with its name in front and a source."""

from __future__ import annotations

from typing import get_args

import pytest

import hudnal
from hudnal.language import LANGUAGES, say
from hudnal.outcome.law import law_rules, list_countries, pick_country, warn_of_law
from hudnal.outcome.rules import PlanWarning
from hudnal.parameters import Draws
from hudnal.parameters.bibliography import references_of
from hudnal.result.summary import describe_warning
from hudnal.treatment.model import Country

DRAWS = Draws(4)
FACTS = {"needles": 1.0, "length": 1.0, "age": 35.0}
VALUES = {"length": 1.0, "age": 35.0, "product": "emla"}


def codes(country, setting="clinic", /, **facts):
    told = warn_of_law({**FACTS, **facts}, setting, DRAWS, VALUES)
    return {warning.code for warning in pick_country(told, country)}


def test_sweden_asks_a_clinic_for_more_than_somebody_at_home():
    clinic = {"se_notification", "se_self_inspection", "se_waste", "se_records", "se_reports", "se_udi"}
    assert codes("SE") == clinic
    assert codes("SE", "spa") == clinic - {"se_records"}
    assert codes("SE", "home") == {"se_reports"}
    assert codes("SE", **{"cream": 1.0, "cream.emla": 1.0}) - clinic == {"se_emla"}
    assert codes("SE", substance=1.0) - clinic == {"se_injection"}
    assert codes("SE", age=17.0) - clinic == {"se_age"} and codes("SE", age=18.0) == clinic


def test_limits_of_scotland_and_the_united_states():
    assert codes("GB-SCT", "spa", length=1.49) == set()
    assert codes("GB-SCT", "spa", length=1.5) == {"length_specified"} and codes("GB-SCT", length=1.5) == set()
    assert codes("GB-SCT", "home", cream=1.0) == {"cream_setting"} and codes("GB-SCT", cream=1.0) == set()
    assert codes("GB-SCT", age=17.0) == {"scottish_age"}
    assert codes("US", length=2.5) == set() and codes("US", length=2.51) == {"length_cleared"}
    assert codes("US", age=20.0, substance=1.0) == {"under_us_age", "serum_identity"}


def test_no_country_speaks_where_none_is_chosen():
    assert codes("none", "spa", length=3.0, age=16.0, substance=1.0, cream=1.0) == set()


def test_the_language_chooses_where_the_treatment_does_not():
    warnings = [PlanWarning("x", "note", country=country) for country in ("", "SE", "US")]
    kept = {
        language: [w.country for w in pick_country(warnings, None, (language,))] for language in ("sv", "en")
    }
    assert kept == {"sv": ["", "SE"], "en": [""]}
    assert [w.country for w in pick_country(warnings, "US", ("sv",))] == ["", "US"]
    assert [w.country for w in pick_country(warnings, None)] == ["", "SE"]  # until one knows the language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_told_with_its_country_and_a_source(language):
    """A country that a rule names can be chosen, and has a name."""
    assert set(list_countries()) | {"none"} == set(get_args(Country))
    assert say("country", language) in (*list_countries(), "-")
    for rule in law_rules():
        assert references_of(rule.source), rule.code
        warning = PlanWarning(rule.code, rule.level, rule.source, {**VALUES, "limit": 18.0}, "", rule.country)
        entry = describe_warning(warning, language)
        assert entry["text"].startswith(f"{say(f'countries.{rule.country}', language)}: ")
        assert entry["country"] == rule.country


def test_a_course_tells_the_rules_of_the_country_that_its_file_names():
    plan = {
        "session": [{"roll": {"with": "dermaroller-mf8", "strokes": 1}}],
        "area": "1 cm2",
        "course": {"follow_up": "1 day"},
    }
    course = hudnal.simulate(plan, draws=2)
    told = {language: {w.country for w in course.warnings_in(language)} for language in ("sv", "en")}
    assert told == {"sv": {"", "SE"}, "en": {""}}
    swedish = [entry["text"] for entry in course.summary("sv")["warnings"] if entry["country"]]
    assert swedish and all(text.startswith("Sverige: ") for text in swedish)
    assert not [entry for entry in course.summary("en")["warnings"] if entry["country"]]
    there = hudnal.simulate({**plan, "country": "US", "person": {"age": "20 year"}}, draws=2)
    assert [w.code for w in there.warnings_in("sv") if w.country] == ["under_us_age"]
    assert hudnal.load(there.treatment.as_data()).country == "US"
