"""Adding a kind of step: each place that is still missing is told in a sentence."""

from __future__ import annotations

import pytest

from hudnal.course.steps import KINDS, find_kind
from hudnal.language import LANGUAGES
from hudnal.language.say import texts
from hudnal.parameters import Draws
from hudnal.treatment.steps import AFTERCARE_STEPS, SESSION_STEPS, Repeat

MODELS = [kind for kind in (*SESSION_STEPS, *AFTERCARE_STEPS) if kind is not Repeat]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_model_has_a_kind(model):
    known = {kind.model for kind in KINDS}
    assert model in known, (
        f"the step '{model.name}' ({model.__name__}) does nothing yet: add a Kind(model={model.__name__}, ...) with what "
        "it does, how long it takes and what rules say to the KINDS of a file in src/hudnal/course/steps/"
    )


def test_every_kind_stands_once_and_its_model_in_the_file():
    models = [kind.model for kind in KINDS]
    assert len(models) == len(set(models)), "a model has two kinds; one has to go"
    for kind in KINDS:
        assert kind.model in MODELS, (
            f"the kind of {kind.model.__name__} cannot be written in a treatment file: add its model to SESSION_STEPS or "
            "AFTERCARE_STEPS in src/hudnal/treatment/steps.py"
        )


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_kind_has_words(model):
    for language in LANGUAGES:
        key = f"stepnames.{model.name}"
        assert key in texts(language) or model in AFTERCARE_STEPS, (
            f"the step '{model.name}' has no name in {language}: add '{key}' to src/hudnal/language/{language}.yaml"
        )


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.model.__name__)
def test_a_kind_that_opens_the_skin_is_passed_on_to_the_rules(kind):
    if kind.opens_skin:
        from hudnal.course.steps.kind import change_nothing

        assert kind.pass_on is not change_nothing, (
            f"'{kind.model.name}' opens the skin, and the rules of later steps do not hear of it: give its Kind a pass_on"
        )


def test_a_step_without_a_usual_duration_says_so():
    usual = [kind for kind in KINDS if kind.hours.__name__ == "look_up_hours"]
    for kind in usual:
        name = f"handling.duration.{kind.model.name}"
        assert Draws(1).has(name), (
            f"'{kind.model.name}' takes as long as is usual: add '{name}' to tables/handling.yaml"
        )


def test_rounds_are_unrolled_before_anything_acts():
    with pytest.raises(KeyError):
        find_kind(Repeat(rounds=2, steps=("wash",)))  # type: ignore[arg-type]
