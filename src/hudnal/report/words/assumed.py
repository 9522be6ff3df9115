"""What was assumed of a treatment because its file did not say it, in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hudnal.intake.assumed import list_assumed_settings
from hudnal.intake.treatment import Treatment
from hudnal.language import Words
from hudnal.language.numbers import format_duration, format_given, format_quantity
from hudnal.report.words.sentences import name_concern
from hudnal.treatment.quantity import Phototype

_TELL: Mapping[str, Callable[[Treatment, Words], str]] = {
    "person.sex": lambda treatment, words: words(f"words.{treatment.person.sex}"),
    "person.age": lambda treatment, words: words(
        "words.years", age=format_given(treatment.person.age, words.language)
    ),
    "person.phototype": lambda treatment, words: words(
        "words.phototype", roman=Phototype.NAMES[treatment.person.phototype - 1]
    ),
    "person.smoker": lambda _, words: words("assumed.smoker"),
    "person.blood_thinner": lambda _, words: words("assumed.blood_thinner"),
    "person.conditions": lambda _, words: words("assumed.conditions"),
    "site": lambda treatment, words: words(f"sites.{treatment.site}"),
    "area": lambda treatment, words: format_quantity(treatment.area, "cm2", words, None),
    "concern": lambda treatment, words: name_concern(treatment.main_concern, words),
    "setting": lambda treatment, words: words(f"words.{treatment.setting}"),
    "course.sessions": lambda treatment, words: words("assumed.sessions"),
    "course.follow_up": lambda treatment, words: words(
        "assumed.follow_up", time=format_duration(treatment.course.follow_up, words)
    ),
}


def tell_assumed_settings(treatment: Treatment, words: Words) -> str:
    """One line of what the file does not state and what was taken instead; empty where it states all of it."""
    told = [_TELL[place](treatment, words) for place in list_assumed_settings(treatment)]
    return words("assumed.line", settings=", ".join(told)) if told else ""
