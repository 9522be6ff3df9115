"""A warning is told with the numbers, the names and the counted words of its language."""

from __future__ import annotations

import pytest

from hudnal.outcome.rules import PlanWarning
from hudnal.result.summary import describe_warning


@pytest.mark.parametrize(
    ("code", "values", "told"),
    [
        ("length_spa", {"length": 1.5, "limit": 1.0}, "Nålar på 1,5\u202fmm räknas som medicinska (gräns 1\u202fmm)"),
        ("plasma_alarm", {"compound": "lidocaine", "level": 1.2, "limit": 1.0}, "av lidokain i plasma kan nå 1,2\u202fµg/ml"),
        ("interval_short", {"days": 1.0, "limit": 14.0}, "1 dag mellan behandlingarna"),
        ("young_scar", {"weeks": 12.5}, "Ärret är 12,5 veckor gammalt"),
    ],
)  # fmt: skip
def test_numbers_in_a_warning_are_written_as_in_its_language(code, values, told):
    assert told in describe_warning(PlanWarning(code, "note", (), values), "sv")["text"]


def test_a_warning_of_a_condition_names_it():
    warning = PlanWarning("cream_allergy", "danger", (), {"condition": "anaesthetic-allergy"})
    assert describe_warning(warning, "sv")["text"] == "Allergi mot bedövningsmedel: ingen bedövningskräm."
    assert describe_warning(warning, "en")["country"] == ""
