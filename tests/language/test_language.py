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
from hudnal.language import LANGUAGES, say, say_note
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


def key_names(language):
    """The keys of a language without its notes of tables and with the forms of a counted text as one."""
    keys = [key for key in texts(language) if not key.startswith(("notes.", "grammar.plural."))]
    counted = {key.removesuffix(".other") for key in keys if key.endswith(".other") and key != "faults.other"}
    return {head if (head := key.rpartition(".")[0]) in counted else key for key in keys}


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_keys(language):
    first, other = key_names("en"), key_names(language)
    missing, more = first - other, other - first
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
    first, other = texts("en"), texts(language)
    told = {key: (gaps(text), gaps(other[key])) for key, text in first.items() if key in other}
    # The one form of a counted text may spell its number out, or need less of what is told of several.
    loose = {key for key in told if key.endswith(".one")}
    assert {
        key: both for key, both in told.items() if key not in loose and set(both[0]) != set(both[1])
    } == {}
    assert {
        key: both for key, both in told.items() if not set(both[1]) <= set(gaps(first[key])) | {"n"}
    } == {}


# Texts that are rightly the same as in English: names of things, units, words that both languages have. By language.
ALIKE = {
    "sv": (
        "dates.date", "units.*", "words.male", "words.minutes", "steps.peel", "stepnames.(spread|peel|laser)",
        "products.(isopropanol-70|emla)", "instruments.(skinpen|exceed|exceed-unlimited|dermapen|propen|rejuvapen|dr-pen|skinstylus|roller)", "agents.dermabrasion",
        "quantities.elastin_change.name", "compounds.(retinol|minoxidil|mannitol)",
        "series.(inflammation|tropoelastin_change)", "conditions.(rosacea|psoriasis|diabetes|isotretinoin)",
        "moved.from_serum", "report.(median|parameter|axis_mm)", "cli.emulator_median", "block.inflammation",
        "permeability.rmse", "steps.measures.(g|mL)", "made.(isopropanol|n-propanol)", "cli.seconds", "handout.kinds.serum", "handout.checklist.(minutes|grams)", "evidence.kinds.(relief|plasma|risk)", "fit.(parameter|status)", "grammar.plural.one",
    )
}  # fmt: skip


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_as_it_is_in_english(language):
    first, other = texts("en"), texts(language)
    wordless = re.compile(r"(\{\w+\}|[\W\d_])*")
    alike = {key for key, text in first.items() if other.get(key) == text and not wordless.fullmatch(text)}
    listed = {key for key in alike if any(re.fullmatch(one, key) for one in ALIKE.get(language, ()))}
    assert alike - listed == set()


# One word a thing: what must not stand in a language, and what is said instead.
ONE_WORD = {
    "sv": {
        r"omgång\w*": "varv (round), behandling (session), steg",
        r"\w*dragningar?\w*": "stickprov (draw)",
        r"(hand)?rull(e|en|ar|arna)": "roller, rollern, rollrar",
        r"acne\w*": "akne",
        r"sessions?(en|er)?": "behandling",
        r"kur(en|er)?": "behandlingsserie",
        r"förlopp\w*": "behandlingsserie, uppföljning",
        r"hel hud": "intakt hud",
        r"nätt och jämnt": "knappt",
        r"frö": "slumpfrö",
    },
    "en": {
        r"more likely than not": "7 in 10",
        r"whoever has had": "people who have had",
        r"what moves it": "the range is wide because",
        r"whole skin": "intact skin",
    },
}


@pytest.mark.parametrize("language", ONE_WORD)
def test_one_word_a_thing(language):
    plain = read_without_code(language)
    titles = {
        f"presets.{name}": yaml.safe_load(read_preset(name))["title"][language] for name in list_presets()
    }
    for wrong, right in ONE_WORD[language].items():
        found = [
            key
            for key, text in {**plain, **titles}.items()
            if re.search(rf"\b({wrong})\b", text, re.IGNORECASE)
        ]
        assert found == [], f"say {right}"


def read_without_code(language):
    """The texts of a language without gaps, without what somebody types and without names of entries."""
    plain = {
        key: re.sub(r"`[^`]*`|\{[^}]*\}|'[^']*'|--\w+", "", text)
        for key, text in texts(language).items()
        if not key.startswith("aliases.")  # what people type for a thing, however they call it
    }
    plain["cases.form"] = "\n".join(
        re.findall("# .*", plain["cases.form"])
    )  # a file: its entries are English
    return plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_in_texts_have_the_decimal_sign_of_the_language(language):
    wrong = r"\d,\d" if say("numbers.decimal", language) == "." else r"\d\.\d"
    assert {key: text for key, text in read_without_code(language).items() if re.search(wrong, text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_ends_between_a_number_and_its_unit(language):
    apart = re.compile(r"[0-9}] (%|°C|mm|µm|cm²|mg|g|N|µg/ml)(?![\w/²])")
    told = ("report", "warnings", "quantities", "steps", "products", "instruments", "moved", "block", "notes")
    texts_told = {key: text for key, text in texts(language).items() if key.split(".")[0] in told}
    assert {key: text for key, text in texts_told.items() if apart.search(text)} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_every_note_that_a_report_can_show_is_translated(language):
    """A report shows what was assumed, with the tables' notes."""
    notes = {p.note for p in parameters().values() if p.status == "assumed" and p.note}
    lacking = [note for note in notes if f"notes.{note}" not in texts(language)]
    assert not lacking, f"Add these notes, word for word, under notes: of {language}.yaml: {lacking}"
    kept = {key.removeprefix("notes.") for key in texts(language) if key.startswith("notes.")}
    assert kept - notes == set(), f"No table has these any more: take them out of {language}.yaml."
    assert say_note("", language) == "" and say_note("any", "en") == "any"


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
    assert {key: text for key, text in read_without_code(language).items() if common.search(text)} == {}


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
