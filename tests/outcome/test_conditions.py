from __future__ import annotations

from typing import get_args

import pytest

from hudnal import simulate
from hudnal.language import LANGUAGES, say
from hudnal.outcome.conditions import warn_of_conditions
from hudnal.outcome.rules import NeedleUse, warn_of_needles, warn_of_person
from hudnal.parameters import Draws, reference_of
from hudnal.treatment import TreatmentError
from hudnal.treatment.person import Condition
from hudnal.treatment.read import read_text


def codes(*conditions, setting="clinic", numbed=True) -> set[str]:
    return {w.code for w in warn_of_conditions(conditions, setting, numbed)}


def test_nobody_without_a_condition_is_warned():
    assert warn_of_conditions((), "home", True) == []


@pytest.mark.parametrize("condition", get_args(Condition))
def test_every_condition_speaks_with_a_source_and_in_both_languages(condition):
    found = warn_of_conditions((condition,), "home", True)
    assert found
    for warning in found:
        assert warning.source
        assert all(reference_of(fact).key for fact in warning.source)
        for language in LANGUAGES:
            text = say(
                f"warnings.{warning.code}", language, condition=say(f"conditions.{condition}", language)
            )
            assert say(f"conditions.{condition}", language) in text


def test_contradicting_views_are_both_shown():
    assert {"isotretinoin_label", "isotretinoin_task_force", "isotretinoin_trial"} <= codes("isotretinoin")
    assert {"excluded_strict_maker", "not_studied_lenient_maker"} <= codes("eczema")
    assert {"excluded_strict_maker", "not_listed_lenient_maker"} <= codes("uncontrolled-diabetes")
    assert {"excluded_strict_maker", "excluded_lenient_maker"} <= codes("skin-cancer")


def test_the_setting_and_the_cream_count():
    assert "condition_setting" not in codes("rosacea")
    assert {"condition_setting"} <= codes("rosacea", setting="home") & codes("rosacea", setting="spa")
    assert "cream_excluded" in codes("pregnant")
    assert "cream_excluded" not in codes("pregnant", numbed=False)


def test_ages_conflict_and_are_both_shown():
    use = NeedleUse("x", 0.5, "roller", 5.0, True, True, None, False)
    told = {age: {w.code for w in warn_of_needles(use, "clinic", age, Draws(4))} for age in (16, 20, 30)}
    assert told == {16: {"under_age"}, 20: set(), 30: set()}


def test_whom_isotretinoin_concerns_gets_no_general_note():
    def general(*conditions, face=True):
        return {w.code for w in warn_of_person(35, 2, False, "none", None, conditions, face, Draws(1, 1))}

    assert "isotretinoin" in general()
    assert "isotretinoin" not in general("isotretinoin")


def test_cold_sores_are_spoken_of_where_they_can_come_back():
    """They belong to the face: a warning that everybody gets is read by nobody."""
    texts = [
        w.code
        for site in ("cheek", "thigh")
        for w in simulate({**PLAN, "site": site}, draws=2, keep=()).warnings
    ]
    assert texts.count("herpes") == 1


PLAN = {
    "instrument": "dermaroller-mf8",
    "session": [{"roll": {"strokes": 2}}],
    "course": {"follow_up": "2 day"},
}
FILE = "person: {{conditions: [{}]}}\ninstrument: dermaroller-mf8\nsession:\n  - roll: {{strokes: 4, directions: [0, 90], force: 5 N}}\n"


def test_a_misspelt_condition_is_met_with_the_nearest():
    assert read_text(FILE.format("herpes"), "x.yaml")[0].person.conditions == ("herpes",)
    with pytest.raises(TreatmentError) as fault:
        read_text(FILE.format("herpis"), "x.yaml")
    for language in LANGUAGES:
        (line,) = fault.value.lines(language)
        assert "herpis" in line
        assert "herpes" in line
        assert "conditions" in line
