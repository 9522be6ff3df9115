"""The page can be read by everybody: contrast, headings, tables, words for pictures, links that lead somewhere.

What WCAG 2.2 (level AA) asks of a page that can be counted in its text; then what axe finds in a browser, what a
person would see cut or overlapping there, and how it prints.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from browsing import DESK, PHONE, look, open_page, print_pages, run_axe, show
from sampling import WHOLE, sample

from hudnal.language import LANGUAGES, say
from hudnal.report import render_report
from hudnal.report.figures.style import THEME
from hudnal.report.templates import read_beside

STYLE = read_beside("hudnal.report.page", "style.css")
TEXT, GRAPHIC = 4.5, 3.0  # least contrast (WCAG 1.4.3 and 1.4.11)
# What is written or drawn on what, by the names of the style's variables.
WRITTEN = [
    *((ink, ground) for ink in ("ink", "soft") for ground in ("paper", "card", "band")),
    *((ink, ground) for ink in ("blood", "teal", "gold-text") for ground in ("paper", "card")),
    ("blood", "band"),
    ("teal", "band"),
    ("on-teal", "teal"),
    *(("ink", ground) for ground in ("shade", "epidermis", "dermis", "fat")),
]
DRAWN = [(ink, "card") for ink in ("blood", "teal", "gold", "plum", "faint", "steel")]


def read_variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))


def modes() -> dict[str, dict[str, str]]:
    """The variables of the light and of the dark page."""
    light, dark = STYLE.split("@media screen and (prefers-color-scheme: dark)", 1)
    return {"light": read_variables(light), "dark": read_variables(dark.split("}", 1)[0])}


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted(luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_what_is_written_and_drawn_stands_out(mode):
    colours = modes()[mode]
    for pairs, least in ((WRITTEN, TEXT), (DRAWN, GRAPHIC)):
        for ink, ground in pairs:
            assert contrast(colours[ink], colours[ground]) >= least, (mode, ink, ground)


def test_a_colour_of_the_figures_is_the_same_in_the_style():
    light, dark = modes().values()
    assert set(light) == set(dark)
    for colour, name in THEME.items():
        assert light[name] == colour, name


class Page(HTMLParser):
    """What a reader that cannot see makes of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.pictures: list[dict] = []
        self.heads: list[dict] = []
        self.scrolling: list[dict] = []
        self.landmarks: list[str] = []
        self.labelled: list[str] = []
        self.links_text: list[str] = []
        self.depth = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = {name: value or "" for name, value in attrs}
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("main", "nav"):
            self.landmarks.append(tag)
        if "id" in named:
            self.ids.append(named["id"])
        if tag == "a":
            self.links.append(named.get("href", ""))
            self.links_text.append("")
            self.depth = 1
        if tag == "svg":
            self.pictures.append(named)
        if tag == "th":
            self.heads.append(named)
        if named.get("class") == "scroll":
            self.scrolling.append(named)
        if "aria-labelledby" in named:
            self.labelled.append(named["aria-labelledby"])

    def handle_endtag(self, tag):
        if tag == "a":
            self.depth = 0

    def handle_data(self, data):
        if self.depth:
            self.links_text[-1] += data


@pytest.fixture(scope="module")
def texts(classic):
    """The page by language: drawing it takes seconds."""
    return {language: render_report(classic, language) for language in LANGUAGES}


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, texts):
    return Page(texts[request.param])


def test_headings_go_down_a_step_at_a_time_under_one_title(page):
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(following - before <= 1 for before, following in pairwise(page.headings))


def test_every_link_leads_somewhere_and_says_where(page):
    assert len(page.ids) == len(set(page.ids))
    assert page.links and {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)
    assert all(text.strip() for text in page.links_text)
    assert set(page.labelled) <= set(page.ids)


def test_every_picture_says_what_it_shows_with_its_number(page):
    assert page.pictures and all(p.get("role") == "img" and p.get("aria-label") for p in page.pictures)
    figures = [p["aria-label"] for p in page.pictures if ". " in p["aria-label"]]
    assert len(figures) >= 15
    assert sum(bool(re.search(r"\d", label)) for label in figures) >= len(figures) - 1


def test_tables_have_heads_and_can_be_reached_by_keys(page):
    assert page.heads and all(head.get("scope") in ("col", "row", "rowgroup") for head in page.heads)
    for part in page.scrolling:
        assert part["tabindex"] == "0" and part["role"] == "region" and part["aria-label"]


def test_landmarks(page):
    assert page.landmarks == ["main", "nav"]


def test_the_page_begins_with_what_matters(classic, texts):
    """Who, what was assumed, dangers, the five numbers; then all else, in the order of the contents."""
    text = texts["en"]
    assert re.search(r"<html lang=\"en\">", text)
    body = text[text.index("<body") :]
    places = [
        body.index(part)
        for part in (
            '<p class="lead">', '<p class="taken">', 'id="dangers"', 'id="five"', "<nav ", 'id="holes"', 'id="session"',
            'id="days"', 'id="months"', 'id="risks"', 'id="warnings"', 'id="numbers"', 'id="sources"',
        )
    ]  # fmt: skip
    assert places == sorted(places)
    for warning in classic.warnings_in("en"):
        if warning.level == "danger":
            told = classic.describe_warning(warning, "en")["text"]
            assert body.index(told) < body.index('id="five"')
    assert "session[" not in body and say("places.step", "en", number="5.1", name="rolling") in body


def test_figures_are_numbered_from_one(texts):
    text = texts["sv"]
    numbers = [int(n) for n in re.findall(r'<figure id="figure-(\d+)"', text)]
    assert numbers == list(range(1, len(numbers) + 1))
    for n in numbers:
        assert f"<figcaption><b>{say('page.figure', 'sv', n=n)}</b>" in text


def test_on_paper_details_stay_closed_unless_all_is_asked_for(classic, texts):
    short, full = texts["en"], render_report(classic, "en", print_all=True)
    assert "<details open>" not in short and "<details>" not in full
    assert say("page.not_printed", "en") in short and say("page.not_printed", "en") not in full
    assert "counter(pages)" in short


# Screens and languages; what CI looks at are a dark phone and a light desk, not in the same language.
VIEWS = [
    *((PHONE, scheme, language) for scheme in ("dark", "light") for language in reversed(LANGUAGES)),
    *((DESK, scheme, language) for scheme in ("light", "dark") for language in LANGUAGES),
]


@pytest.mark.parametrize(("width", "scheme", "language"), sample(VIEWS, 2))
def test_axe_finds_nothing_on_the_page(browser, texts, width, scheme, language):
    """The long tables within details are opened on a phone; on a desk, where that takes longer, by `make check`."""
    with open_page(browser, width, scheme) as page:
        show(page, texts[language], is_open=WHOLE or width == PHONE)
        assert run_axe(page) == []


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_nothing_is_cut_or_overlaps_or_leads_nowhere(browser, texts, width):
    with open_page(browser, width) as page:
        for language in LANGUAGES:
            show(page, texts[language])
            assert look(page, least=9) == []


def test_on_paper_it_is_four_to_six_pages_of_a4(browser, texts):
    with open_page(browser) as page:
        for language in LANGUAGES:
            show(page, texts[language], is_open=False)
            sheets = print_pages(page)
            assert 4 <= len(sheets) <= 6 and set(sheets) == {(595, 842)}


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("<div style='width: 60px'>unbreakablewordsallthewaythrough</div>", "spills over"),
        ("<p style='width: 2000px'>wide</p>", "page 20"),
        ("<a href='#nowhere'>away</a>", "leads nowhere"),
        ("<svg viewBox='0 0 99 9'><text x='5' y='9'>one</text><text x='9' y='9'>two</text></svg>", "lies on"),
        ("<svg viewBox='0 0 99 9'><text x='90' y='9'>much too long</text></svg>", "cut"),
        ("<p style='font-size: 6px'>small</p>", "too small"),
    ],
)
def test_the_look_can_fail(browser, fault, found):
    with open_page(browser, PHONE) as page:
        show(page, f"<html lang='en'><title>a</title><h1>A</h1>{fault}")
        assert any(one.startswith(found) for one in look(page, least=9))
        assert run_axe(page)
