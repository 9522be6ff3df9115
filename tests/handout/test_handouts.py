"""The handouts: three sheets in every language, plain, whole, of one page, with harms never told too small."""

from __future__ import annotations

import ast
import re
from math import ceil
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import yaml
from browsing import DESK, PHONE, look, open_page, print_pages, run_axe, show
from hypothesis import given
from hypothesis import strategies as st
from markup import Markup
from sampling import sample

import hudnal
import hudnal.outcome
from hudnal.handout.advice import find_early_creams, list_advice, list_sources
from hudnal.handout.calendar import EARLY, make_calendar
from hudnal.handout.consent import LASTING, PASSING, list_lasting
from hudnal.handout.footnotes import Footnotes
from hudnal.handout.icons import draw_people
from hudnal.handout.moments import find_closing_hours, list_rows
from hudnal.handout.render import render_handouts
from hudnal.handout.told import (
    HUNDRED,
    THOUSAND,
    round_down_nicely,
    tell_odds,
    tell_percent,
    tell_span,
)
from hudnal.language import LANGUAGES, Words, say
from hudnal.language.say import texts
from hudnal.outcome.declared import all_quantities
from hudnal.parameters.bibliography import reference_of
from hudnal.result.interval import Chance, Interval
from hudnal.run.handout import KEPT
from hudnal.treatment.person import Condition
from hudnal.treatment.presets import list_presets, read_preset
from hudnal.treatment.steps import SESSION_STEPS

HARD = yaml.safe_load((Path(__file__).parent / "hard_words.yaml").read_text(encoding="utf-8"))
LONGEST_SENTENCE = 14  # words, in the mean
# What a form must not ask for.
PERSONAL = {
    "en": r"\b(your name|full name|surname|born|birth|identity|social security|e-?mail|address)\b",
    "sv": r"\b(namn|personnummer|födelse\w*|född|e-?post|adress|legitimation)\b",
}


class Sheet(Markup):
    """A sheet, with the texts of its paragraphs and lists."""

    def __init__(self, text: str) -> None:
        self.blocks: list[str] = []
        super().__init__(text)

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        if tag in ("p", "li"):
            self.blocks.append("")

    def handle_data(self, data):
        super().handle_data(data)
        around = set(self.open)
        if self.blocks and {"p", "li"} & around and not {"sup", "footer", "style"} & around:
            self.blocks[-1] += data


def split_sentences(text: str) -> list[list[str]]:
    """The sentences of a text as lists of their words; a colon ends one before a list."""
    parts = re.split(r"[.!?:;](?:\s|$)", text)
    return [words for part in parts if len(words := re.findall(r"[^\W\d_][\w’'-]*|\d[\d,.]*", part)) > 1]


def find_hard_words(text: str, language: str) -> list[str]:
    """The hard words of a text, outside brackets; gaps to be filled are no words."""
    text = re.sub(r"\{[^}]*\}", " ", text)
    plain = re.sub(r"\([^()]*(?:\([^()]*\))?[^()]*\)", " ", text).lower()
    found = []
    for word in (word for group in HARD[language].values() for word in group):
        pattern = rf"\b{word[1:]}\b" if word.startswith("=") else rf"\b{word}"
        found += re.findall(pattern, plain)
    return found


@pytest.fixture(scope="module", params=list_presets())
def course(request):
    return hudnal.simulate(request.param, draws=6, keep=KEPT)


@pytest.fixture(scope="module")
def sheets(course):
    """The course's sheets by language and name of the file."""
    return {language: render_handouts(course, language, "Norra kliniken, 0123-45") for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_preset_makes_three_sheets(course, sheets, language):
    assert set(sheets[language]) == {"client.html", "consent.html", "checklist.html"}
    for name, text in sheets[language].items():
        sheet = Sheet(text)
        assert sheet.open == []
        assert f'<html lang="{language}">' in text
        assert sheet.addresses == [] and not {"script", "input", "form", "textarea"} & set(sheet.tags)
        assert sheet.text.count(say("notice", language)) == 1
        assert "Norra kliniken, 0123-45" in sheet.text
        assert not re.search(r"\bnan\b|\binf\b|None\b|\{[a-z_]+\}|handout\.", sheet.text), name
        assert course.treatment.title_in(language) in sheet.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_asked_who_they_are(sheets, language):
    for name, text in sheets[language].items():
        assert not re.search(PERSONAL[language], Sheet(text).text, re.IGNORECASE), name
    asked = [text for key, text in texts(language).items() if key.startswith("handout.")]
    assert [text for text in asked if re.search(PERSONAL[language], text, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(sheets, language):
    for name, text in sheets[language].items():
        sentences = [one for block in Sheet(text).blocks for one in split_sentences(block)]
        assert len(sentences) > 20
        assert np.mean([len(one) for one in sentences]) < LONGEST_SENTENCE, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_client_meets_no_hard_word(sheets, language):
    """What rules say of the plan is for the one who treats, and stands on the checklist alone."""
    for name in ("client.html", "consent.html"):
        assert find_hard_words(" ".join(Sheet(sheets[language][name]).blocks), language) == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_plain_by_themselves(language):
    own = {key: text for key, text in texts(language).items() if key.startswith("handout.")}
    hard = {key: found for key, text in own.items() if (found := find_hard_words(text, language))}
    assert hard == {}
    long = [
        key for key, text in own.items() for one in split_sentences(text) if len(one) > 1.5 * LONGEST_SENTENCE
    ]
    assert long == []


def test_the_check_of_words_can_fail():
    assert find_hard_words("Erytemet erfordrar vård", "sv") == ["erytem", "erford"]
    assert find_hard_words("Rodnad (erytem)", "sv") == []
    assert find_hard_words("kräm: Pliaglis (lidokain (keloid) 7 %)", "sv") == []
    assert [len(one) for one in split_sentences("Huden tvättas. Sedan torkas den: noga!")] == [2, 3]


def test_the_same_course_makes_the_same_sheets(course, sheets):
    assert render_handouts(course, "sv", "Norra kliniken, 0123-45") == sheets["sv"]


def test_every_lasting_risk_stands_on_the_consent(course, sheets):
    for language in LANGUAGES:
        text = Sheet(sheets[language]["consent.html"]).text
        for name in LASTING:
            assert say(f"handout.risks.{name}.name", language) in text, name
        drawn = sheets[language]["consent.html"].count('role="img"')
        possible = [n for n in (*LASTING, *PASSING) if (c := course.chance(n)) is not None and c.high > 0]
        assert drawn >= min(len(possible), 3)


def test_what_is_dangerous_stands_on_top(course, sheets):
    codes = {warning.code for warning in course.warnings if warning.level == "danger"}
    for language in LANGUAGES:
        for name in ("client.html", "consent.html"):
            text = Sheet(sheets[language][name]).text
            assert (say("handout.dangers_head", language) in text) == bool(codes)
            assert all(say(f"handout.dangers.{code}", language) in text for code in codes)
        told = Sheet(sheets[language]["checklist.html"]).text
        for warning in course.warnings:
            if warning.level != "note":
                assert " ".join(course.describe_warning(warning, language)["text"].split()) in told


def test_the_client_sees_what_is_done_day_by_day(course, sheets):
    rows = list_rows(course)
    assert [row.moment for row in rows][:3] == ["hour", "evening", "day_1"]
    for row in rows:
        assert all(0 <= n <= 10 for n in (*row.signs.values(), row.closed or 0))
    closed = [row.closed or 0 for row in rows]
    assert closed == sorted(closed)
    for row in rows:
        assert say(f"handout.when.{row.moment}", "sv") in Sheet(sheets["sv"]["client.html"]).text


def test_make_up_waits_until_the_holes_are_closed(course):
    hours = find_closing_hours(course)
    assert hours is not None
    advice = {one.code: one for one in list_advice(course)}
    until = advice["make_up"].until
    assert until is None or until >= max(2, ceil(float(np.quantile(hours, 0.9)) / 24))
    assert advice["sun"].until == 3


def test_the_calendar_ends_before_the_next_treatment(course):
    calendar = make_calendar(course, list_advice(course), Footnotes(Words("en")), Words("en"))
    assert all(len(row.marks) == len(calendar.columns) for row in calendar.rows)
    assert len(calendar.rows) == len(list_advice(course)) + len(course.treatment.aftercare)
    assert all(any(row.marks) for row in calendar.rows)
    if course.treatment.course.sessions > 1 and course.treatment.course.interval <= 24 * 7:
        assert not any("Week" in name for name in calendar.columns)


def test_the_calendar_says_the_same_days_as_the_advice(course):
    advice = list_advice(course)
    columns = make_calendar(course, advice, Footnotes(Words("en")), Words("en")).columns
    for one in advice:
        if one.is_allowed or one.until is None:
            continue
        after = one.until + 1
        names = [f"Day {after}", f"Week {after // 7 + 1}"] if after % 7 == 0 else [f"Day {after}"]
        ends = columns[-1].endswith((f" {one.until}", f"\u2060{one.until}"))  # nothing follows
        assert ends or any(re.match(rf"({'|'.join(names)})\b", column) for column in columns), one


def test_a_client_reads_what_can_stay_and_whom_to_call(course, sheets):
    for language in LANGUAGES:
        text = Sheet(sheets[language]["client.html"]).text
        told = [f"{name}: {chance}." for name, chance in list_lasting(course, Words(language))]
        assert all(" ".join(line.split()) in text for line in told)
        assert (say("handout.call.closed", language) in text) == (
            course.treatment.setting != "home" and bool(list_advice(course))
        )


def test_a_cream_of_the_plan_that_comes_early_is_marked(course):
    calendar = make_calendar(course, list_advice(course), Footnotes(Words("en")), Words("en"))
    early = any(EARLY in row.marks for row in calendar.rows)
    suns = [step for step in course.treatment.aftercare if step.in_bare_sun]
    assert early == bool(find_early_creams(course) or suns)


def test_what_is_to_be_left_alone_is_early_until_its_last_day():
    """A cream of the plan on a day on which the same sheet says to leave such creams alone is marked, and later none."""
    plan = yaml.safe_load(read_preset("classic"))
    last = None
    for day in range(3, 12):
        cream = {"apply": {"what": "tretinoin-0.05", "every": "1 day", "from": f"{day} day", "for": "1 week"}}
        course = hudnal.simulate({**plan, "aftercare": [cream], "course": {"follow_up": "4 week"}}, draws=2)
        until = next(one.until for one in list_advice(course) if one.code == "strong_cream")
        assert until is not None
        assert bool(find_early_creams(course)) == (day <= until), day
        last = until
    assert last is not None and 3 <= last < 11


def test_a_sheet_is_one_page_of_a4_and_is_read_on_a_phone(browser, sheets):
    """On a phone nothing is cut, and no letter is smaller than 11 px."""
    with open_page(browser, PHONE) as page:
        for language in LANGUAGES:
            for name, text in sheets[language].items():
                show(page, text)
                assert look(page, least=11) == [], (language, name)
                assert print_pages(page) == [(595, 842)], (language, name)


@pytest.mark.parametrize("course", sample(list_presets(), 2), indirect=True)
@pytest.mark.parametrize(("width", "scheme"), sample([(PHONE, "dark"), (DESK, "light"), (PHONE, "light")], 1))
def test_axe_finds_nothing_on_a_sheet(browser, sheets, width, scheme):
    with open_page(browser, width, scheme) as page:
        for language in LANGUAGES:
            for name, text in sheets[language].items():
                show(page, text)
                assert run_axe(page) == [], (language, name)


def variant(**changes):
    return {**yaml.safe_load(read_preset("classic")), **changes}


TREATMENTS = {
    "peel": variant(session=["wash", {"peel": {"with": "tca-35"}}]),
    "laser": variant(session=[{"laser": {"density": "200 /cm2", "diameter": "120 um", "depth": "0.8 mm"}}]),
    "no needles": variant(session=["wash", "seal"], aftercare=[]),
    "conditions": variant(
        person={"age": "17 year", "conditions": ["herpes", "keloid"], "blood_thinner": "aspirin"},
        setting="spa",
    ),
    "own words": variant(title='<script>alert(1)</script> & "quotes"'),
}


@pytest.mark.parametrize("name", sample(TREATMENTS, 3))
def test_any_treatment_has_its_sheets(name):
    course = hudnal.simulate(TREATMENTS[name], draws=2, keep=KEPT)
    for language in LANGUAGES:
        for text in render_handouts(course, language, "<b>Åsa & Co</b>\x1b").values():
            sheet = Sheet(text)
            assert sheet.open == [] and "script" not in sheet.tags
            assert "<b>Åsa & Co</b>\\x1b" in sheet.text
            assert not re.search(r"\bnan\b|\binf\b|None\b|\{[a-z_]+\}", sheet.text)
    if name == "conditions":
        checklist = render_handouts(course, "en")["checklist.html"]
        assert checklist.count("☒") == 4
        assert say("handout.dangers.condition_setting") in render_handouts(course, "en")["consent.html"]
    if name == "no needles":
        assert list_advice(course) == []


@given(st.floats(1e-9, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.sampled_from(LANGUAGES))
def test_a_harm_is_never_told_too_small(mean, first, second, language):
    low, high = mean * min(first, second), mean + (1 - mean) * max(first, second)
    odds = tell_odds(Chance(mean, low, high), Words(language))
    assert odds.base in (HUNDRED, THOUSAND)
    if not Chance(mean, low, high).is_known:
        assert (odds.count, odds.text) == (None, say("handout.odds.not_known", language))
        assert "?" in draw_people(odds, "x")
    elif odds.count:
        assert odds.count / odds.base >= mean - 1e-9
        assert draw_people(odds, "x").count("<path") == (2 if odds.count < odds.base else 1)
    else:
        assert mean < 1 / THOUSAND


@given(st.floats(1.0, 1e9))
def test_one_in_so_many_is_rounded_towards_the_harm(value):
    assert value / 2 <= round_down_nicely(value) <= value


@given(st.lists(st.floats(0.0, 5000.0), min_size=3, max_size=3))
def test_a_time_is_told_outward(hours):
    low, median, high = sorted(hours)
    told = tell_span(Interval(median, low, high), Words("en"))
    numbers = [int(n) for n in re.findall(r"\d+", told)]
    if numbers:
        each = {"hour": 1, "day": 24, "week": 168}[re.findall(r"hour|day|week", told)[0]]
        longest = numbers[-2] if "often" in told else numbers[-1]
        assert longest * each >= high - 1e-6


def test_what_never_ends_is_not_known():
    assert tell_span(Interval(3.0, 1.0, None), Words("sv")) == say("handout.time.beyond", "sv")
    assert tell_span(Interval(0.0, 0.0, 0.0), Words("sv")) == say("handout.time.none", "sv")
    assert tell_span(Interval(72.0, 25.0, 180.0), Words("en")) == "1 to 8 days, often 3"


def test_a_gain_is_told_small():
    words = Words("en")
    assert tell_percent(Interval(15.0, 2.9, 33.9), words, "collagen") == say(
        "handout.gain.collagen_more", low=2, high=33
    )
    assert tell_percent(Interval(0.0, -0.4, 0.3), words, "scar") == say("handout.gain.scar_none")
    assert tell_percent(Interval(-5.0, -9.1, 4.0), words, "scar") == say(
        "handout.gain.scar_either", low=10, high=4
    )


def list_codes_of_danger():
    """Codes of warnings that some rule gives the level danger, read off the sources."""
    for path in Path(hudnal.outcome.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and any(
                isinstance(arg, ast.Constant) and arg.value == "danger" for arg in node.args
            ):
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield code.value
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    first = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else None
                    if (
                        isinstance(key, ast.Constant)
                        and isinstance(first, ast.Constant)
                        and first.value == "danger"
                    ):
                        yield key.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_a_sheet_can_name_has_a_plain_text(language):
    codes = {*list_codes_of_danger(), "plasma_alarm", "plasma_toxic"}
    assert len(codes) > 15
    wanted = [f"handout.dangers.{code}" for code in codes]
    wanted += [f"handout.steps.{kind.name}" for kind in SESSION_STEPS]
    wanted += [f"handout.ask.{condition}" for condition in get_args(Condition)]
    wanted += [
        f"handout.risks.{name}.{part}" for name in (*LASTING, *PASSING) for part in ("name", "meaning")
    ]
    missing = [key for key in wanted if key not in texts(language)]
    assert not missing, f"{language}.yaml lacks {missing}"


def test_every_risk_is_told_as_lasting_or_passing():
    names = (name for name in all_quantities() if name.endswith("_probability"))
    risks = {name for name in names if not name.startswith("worker_")}  # not the client's
    assert risks == {*LASTING, *PASSING}


def test_every_advice_has_a_source_that_can_be_named():
    for code in (
        "touch",
        "make_up",
        "training",
        "pool",
        "sun",
        "scrub",
        "strong_cream",
        "gel",
        "lukewarm",
        "sun_cream",
    ):
        assert list_sources(code)
        for source in list_sources(code):
            assert reference_of(source)
