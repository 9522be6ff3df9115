"""The page: whole, self-contained, in both languages, for every kind of treatment."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import yaml
from markup import Markup
from sampling import sample, whole

import hudnal
from hudnal.language import LANGUAGES, say
from hudnal.parameters import bibliography
from hudnal.report import render_report
from hudnal.treatment.presets import list_presets, read_preset

LASER = {"laser": {"density": "200 /cm2", "diameter": "120 um", "depth": "0.8 mm"}}


def variant(**changes):
    return {**yaml.safe_load(read_preset("classic")), **changes}


TREATMENTS = {
    **{name: name for name in list_presets()},
    "peel": variant(session=["wash", {"peel": {"with": "tca-35"}}]),
    "laser": variant(session=["wash", LASER], aftercare=[]),
    "three scars": {
        **yaml.safe_load(read_preset("acne-scars")),
        "concern": [{"acne-scar": {"shape": shape}} for shape in ("rolling", "boxcar", "icepick")],
        "course": {"sessions": 1, "follow_up": "4 week"},
    },
    "no needles": variant(session=["wash", "seal"], aftercare=[]),
    "pen without cream": variant(
        session=["wash", {"pen": {"with": "skinpen", "depth": "1 mm"}}],
        aftercare=[{"sun": {"from": "1 day"}}],
        title="",
    ),
    "never seen words": variant(title='<script>alert(1)</script> & "quotes" {braces}'),
}


@pytest.fixture(scope="module", params=sample(TREATMENTS, 3))
def course(request):
    return hudnal.simulate(TREATMENTS[request.param], draws=6)


@pytest.fixture(scope="module")
def page(course):
    """The course's page by language."""
    return {language: render_report(course, language) for language in LANGUAGES}


def hurt(course):
    return bool((course.series["redness"] > 0).any())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page(course, page, language):
    text = page[language]
    read = Markup(text)
    assert read.open == []
    assert f'<html lang="{language}">' in text
    # Self-contained: it loads nothing.
    assert all(address.startswith("#") for address in read.addresses), read.addresses
    assert "<script" not in text
    assert "url(http" not in text and "@import" not in text
    assert len(read.ids) == len(set(read.ids))
    targets = {a[1:] for a in read.addresses if a.startswith("#")} | set(re.findall(r"url\(#([^)]+)\)", text))
    assert targets <= set(read.ids)
    # Whole: every section, the notice twice.
    shown = read.text
    numbers = "five_numbers" if hurt(course) else "few_numbers"
    for key in ("what_was_done", numbers, "holes", "session", "weeks", "months", "risks", "warnings",
                "assumed", "sources"):  # fmt: skip
        assert say(f"report.{key}", language) in shown, key
    assert shown.count(say("notice", language)) == 2
    assert read.shown.count("nan") == 0
    assert not re.search(r"\bnan\b|\binf\b|None\b(?!\.)|\{[a-z_]+\}", shown.replace("{braces}", ""))
    assert text.count('<div class="five">') == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_source_read_second_hand_is_said_to_be(course, page, language):
    shown = Markup(page[language]).text
    for place in filter(None, (bibliography()[key].second_hand for key in course.sources)):
        assert say("report.second_hand", language, place=place) in shown


def test_figures_are_whole_vector_graphics(course, page):
    text = page["en"]
    figures = re.findall(r'<figure id="figure-\d+">(<svg.*?</svg>)\s*<figcaption>', text, flags=re.S)
    assert len(figures) >= (8 if hurt(course) else 3)
    for figure in figures:
        root = ElementTree.fromstring(figure)
        assert root.attrib["aria-label"]
        assert "viewBox" in root.attrib
    assert "<image" not in text


def test_every_scar_has_its_relief(course, page):
    text = page["sv"]
    scars = course.treatment.scars
    assert (say("report.relief", "sv") in text) == bool(scars)
    assert text.count(f'<th scope="row">{say("report.relief_after", "sv")}</th>') == len(scars)


def test_five_headlines(course, page):
    text = page["en"]
    five = text[text.index('<div class="five">') : text.index(say("report.interval_note", "en"))]
    assert five.count("<strong>") == (5 if hurt(course) else 1)


def test_what_was_not_hurt_has_nothing_to_heal():
    """Cream alone: no figure of what arithmetic leaves, and no number that speaks of an injury."""
    course = hudnal.simulate(
        variant(session=[{"numb": {"with": "emla", "for": "1 h"}}], aftercare=[]), draws=4
    )
    text = render_report(course, "en")
    assert say("report.unhurt", "en") in text and say("report.months_text", "en") not in text
    titles = re.findall(r'aria-label="([^"]+)"', text)
    for quantity in ("collagen_change", "elastin_change"):
        assert not [t for t in titles if t.startswith(say(f"quantities.{quantity}.name", "en"))]
    five = text[text.index('<div class="five">') : text.index(say("report.interval_note", "en"))]
    assert say("report.headline_numb", "en") in five
    assert say("five.days", "en") not in five and "cannot happen" not in five


@whole
def test_the_same_course_gives_the_same_page():
    course = hudnal.simulate("classic", draws=4)
    text = render_report(course, "en")
    assert render_report(course, "en") == text
    assert render_report(hudnal.simulate("classic", draws=4), "en") == text
