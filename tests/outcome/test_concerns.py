"""Every concern that a file can name has all its parts; each failure says what is missing and where to add it."""

from __future__ import annotations

import pytest

from hudnal.language import LANGUAGES, say
from hudnal.outcome.concerns import CONCERN_KINDS, find_concern_kind
from hudnal.outcome.declared import all_quantities, all_series
from hudnal.parameters import Draws
from hudnal.skin import Lesion
from hudnal.treatment.model import CONCERNS, Concern, NoConcern

DRAWS = Draws(4, 1)


class UnknownConcern(Concern):
    """A concern that the file knows and `outcome/concerns.py` does not."""

    name = "unknown-concern"


@pytest.mark.parametrize("model", CONCERNS, ids=lambda model: model.name)
def test_every_concern_of_the_file_has_a_kind(model):
    known = [kind.model for kind in CONCERN_KINDS]
    assert known.count(model) == 1, (
        f"{model.__name__} of treatment/model.py needs one ConcernKind in CONCERN_KINDS of outcome/concerns.py; "
        f"it has {known.count(model)}"
    )


def test_a_concern_without_a_kind_is_told():
    with pytest.raises(KeyError):
        find_concern_kind(UnknownConcern())


@pytest.mark.parametrize("kind", CONCERN_KINDS, ids=lambda kind: kind.model.name)
def test_every_kind_can_be_named_in_a_file(kind):
    assert kind.model in CONCERNS, (
        f"the ConcernKind of {kind.model.__name__} is for nobody: add the model to CONCERNS of treatment/model.py"
    )


@pytest.mark.parametrize("kind", CONCERN_KINDS, ids=lambda kind: kind.model.name)
def test_what_a_kind_declares_can_be_asked_for(kind):
    quantities = {one.name for one in kind.quantities} - all_quantities().keys()
    assert not quantities, (
        f"all_quantities() of outcome/declared.py lacks {sorted(quantities)} of {kind.model.name}"
    )
    series = {one.name for one in kind.series} - all_series().keys()
    assert not series, f"all_series() of outcome/declared.py lacks {sorted(series)} of {kind.model.name}"
    assert kind.quantities or kind.model is NoConcern, (
        f"{kind.model.name} declares no quantity: nobody would see what became of it"
    )


@pytest.mark.parametrize("kind", CONCERN_KINDS, ids=lambda kind: kind.model.name)
def test_a_kind_is_a_lesion_or_none(kind):
    concern = kind.model()
    if kind.lesion is None:
        assert not kind.model.is_dent, f"{concern.name} is a dent, so its ConcernKind needs a lesion"
        return
    lesion = kind.lesion(concern, DRAWS)
    assert isinstance(lesion, Lesion), f"the lesion of {concern.name} has to be a Lesion of skin/lesion.py"
    assert lesion.width.shape == (DRAWS.n,)


def test_a_concern_without_a_lesion_is_possible():
    assert any(kind.lesion is None for kind in CONCERN_KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("model", CONCERNS, ids=lambda model: model.name)
def test_every_concern_has_its_word(model, language):
    form = model().form
    assert say(f"concerns.{form}", language), f"language/{language}.yaml needs concerns.{form}"
