"""Swedish and English: the same keys, the same gaps to fill, every name that a person can meet."""

from __future__ import annotations

import re
from string import Formatter

import pytest
import yaml

from hudnal.course.observe import COMPOUND_SERIES, SERIES
from hudnal.course.quantities import CONTRACT
from hudnal.instrument import list_instruments
from hudnal.language import LANGUAGES, say
from hudnal.language.say import texts
from hudnal.skin import list_sites
from hudnal.transport import product, product_names
from hudnal.treatment.presets import preset_names, preset_text
from hudnal.treatment.steps import AnyStep, Step


def gaps(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_same_keys():
    assert set(texts("en")) == set(texts("sv"))


@pytest.mark.parametrize("key", sorted(texts("en")))
def test_the_same_gaps_and_no_empty_text(key):
    english, swedish = texts("en")[key], texts("sv")[key]
    assert gaps(english) == gaps(swedish)
    assert english.strip() or key in ("words.none",)
    assert swedish.strip()
    assert "TODO" not in english + swedish


def test_sentences_differ_between_languages():
    sentences = [key for key, text in texts("en").items() if text.count(" ") > 4]
    assert len(sentences) > 100
    same = [key for key in sentences if texts("en")[key] == texts("sv")[key]]
    assert same == []


def test_no_english_word_is_left_in_swedish():
    common = re.compile(
        r"\b(the|and|with|from|after|before|skin|needle|needles|hole|holes|blood|of|is|are)\b"
    )
    found = {k: t for k, t in texts("sv").items() if common.search(re.sub(r"`[^`]*`|\{[^}]*\}", "", t))}
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_has_a_text(language):
    known = texts(language)
    wanted = [f"sites.{n}" for n in list_sites()]
    wanted += [f"products.{n}" for n in product_names()]
    wanted += [f"instruments.{n}" for n in list_instruments()]
    wanted += [f"compounds.{c}" for n in product_names() for c in product(n).actives]
    wanted += [f"quantities.{n}.{part}" for n in CONTRACT for part in ("name", "meaning")]
    wanted += [f"series.{n}" for n in (*SERIES, *COMPOUND_SERIES)]
    wanted += [f"cli.presets.{n}" for n in preset_names()]
    wanted += [f"stepnames.{kind.name}" for kind in AnyStep.__metadata__[0].kinds() if kind.name != "repeat"]
    assert [key for key in wanted if key not in known] == []


def test_presets_have_titles_in_both_languages():
    for name in preset_names():
        title = yaml.safe_load(preset_text(name))["title"]
        assert set(title) == set(LANGUAGES)


def test_a_missing_text_is_a_defect():
    with pytest.raises(KeyError):
        say("no.such.text")
    with pytest.raises(KeyError):
        say("notice", "xx")


def test_steps_are_told_apart():
    names = [kind.name for kind in AnyStep.__metadata__[0].kinds()]
    assert len(names) == len(set(names)) == 15
    assert all(issubclass(kind, Step) for kind in AnyStep.__metadata__[0].kinds())
