"""Every language beside English: the same keys, the same gaps to fill, every name that a person can meet."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest
import yaml

from hudnal.evidence.case_file import load_cases
from hudnal.instrument import list_instruments
from hudnal.language import LANGUAGES, say
from hudnal.language.say import find_languages, texts
from hudnal.outcome.declared import COMPOUND_SERIES, all_quantities, all_series
from hudnal.parameters import parameters
from hudnal.skin import list_sites
from hudnal.transport import product, product_names
from hudnal.treatment.presets import list_presets, read_preset
from hudnal.treatment.steps import AFTERCARE_STEPS, SESSION_STEPS

OTHERS = [language for language in LANGUAGES if language != "en"]
FIT = Path(__file__).parents[2] / "docs" / "fit.json"


def gaps(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def words_of(union):
    return [kind.name for kind in union]


def test_a_language_is_a_file(tmp_path):
    for name in ("sv.yaml", "de.yaml", "en.yaml", "say.py"):
        (tmp_path / name).touch()
    assert find_languages(tmp_path) == ("en", "de", "sv")
    assert LANGUAGES[0] == "en" and "sv" in LANGUAGES


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_keys(language):
    missing, more = texts("en").keys() - texts(language), texts(language).keys() - texts("en")
    assert not missing, f"{language}.yaml lacks {sorted(missing)}"
    assert not more, f"{language}.yaml has what en.yaml lacks: {sorted(more)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_something(language):
    blank = [
        k for k, text in texts(language).items() if not (text if k.startswith("numbers.") else text.strip())
    ]
    assert blank == []
    assert [key for key, text in texts(language).items() if "TODO" in text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_gaps(language):
    """A gap that only one language has would stay empty, or raise at run time."""
    other = {key: (gaps(text), gaps(texts(language)[key])) for key, text in texts("en").items()}
    assert {key: both for key, both in other.items() if set(both[0]) != set(both[1])} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_differ_between_languages(language):
    sentences = [key for key, text in texts("en").items() if text.count(" ") > 4]
    assert len(sentences) > 100
    assert [key for key in sentences if texts("en")[key] == texts(language)[key]] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_word_is_left(language):
    common = re.compile(
        r"\b(the|and|with|from|after|before|skin|needle|needles|hole|holes|blood|of|is|are)\b"
    )
    plain = {key: re.sub(r"`[^`]*`|\{[^}]*\}", "", text) for key, text in texts(language).items()}
    plain["cases.form"] = "\n".join(
        re.findall("# .*", plain["cases.form"])
    )  # a file: its entries are English
    assert {key: text for key, text in plain.items() if common.search(text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_have_a_sign_each(language):
    """One letter for each, so that a number can be read back, and no two of them alike."""
    decimal, thousands, minus = (say(f"numbers.{key}", language) for key in ("decimal", "thousands", "minus"))
    assert [len(sign) for sign in (decimal, thousands, minus)] == [1, 1, 1]
    assert len({decimal, thousands, minus}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_has_a_text(language):
    wanted = [f"sites.{n}" for n in list_sites()]
    wanted += [f"products.{n}" for n in product_names()]
    wanted += [f"instruments.{n}" for n in list_instruments()]
    wanted += [f"compounds.{c}" for n in product_names() for c in product(n).actives]
    wanted += [f"quantities.{n}.{part}" for n in all_quantities() for part in ("name", "meaning")]
    wanted += [f"series.{n}" for n in (*all_series(), *(one.name for one in COMPOUND_SERIES))]
    wanted += [f"cli.presets.{n}" for n in list_presets()]
    wanted += [f"stepnames.{word}" for word in words_of(SESSION_STEPS) if word != "repeat"]
    wanted += [f"evidence.kinds.{case.kind}" for case in load_cases()]
    wanted += [f"status.{parameter.status}" for parameter in parameters().values()]
    wanted += [f"fit.meanings.{n}" for n in json.loads(FIT.read_text(encoding="utf-8"))["diagnostics"]]
    missing = [key for key in dict.fromkeys(wanted) if key not in texts(language)]
    assert not missing, f"{language}.yaml lacks {missing}"


def test_presets_have_titles_in_every_language():
    for name in list_presets():
        title = yaml.safe_load(read_preset(name))["title"]
        assert set(title) == set(LANGUAGES), name


def test_a_missing_text_is_a_defect():
    with pytest.raises(KeyError, match=r"no\.such\.text"):
        say("no.such.text")
    with pytest.raises(KeyError, match=f"no language 'xx'; there are {', '.join(LANGUAGES)}"):
        say("notice", "xx")


def test_steps_are_told_apart_by_their_word():
    for union in (SESSION_STEPS, AFTERCARE_STEPS):
        assert len(words_of(union)) == len(set(words_of(union)))
