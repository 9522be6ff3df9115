"""Text of a file on a page, in a sheet or in a figure is text there, whatever signs it has."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from markdown_it import MarkdownIt
from sampling import sample

from hudnal.evidence.case_file import load_cases
from hudnal.evidence.forecast import Forecast
from hudnal.language import Words
from hudnal.report.figures.save import save_figure
from hudnal.report.sheets.evidence import draw_evidence, render_evidence
from hudnal.report.templates import escape_markdown, quote_code

NASTY = [
    "<img src=x onerror=alert(2)> | x",
    "</td><script>alert(1)</script>",
    "a | b || c \\| d",
    "**bold** _slanted_ `code` ``more` ~~gone~~ __init__ a_b",
    "[link](javascript:alert(1)) ![x](y) <http://a.b> &lt;b&gt; &amp;",
    "# head $x$ $\\frac$ %s {{7*7}} {x} \\",
    "中文 العربية",
]
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


class Page(HTMLParser):
    """What a browser makes of HTML: names of tags, the texts of the cells of tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


@pytest.mark.parametrize("text", NASTY)
def test_text_in_markdown_is_read_as_it_was_written(text):
    page = Page(
        MARKDOWN.render(
            f"| a | b | c |\n|---|---|---|\n| {escape_markdown(text)} | {quote_code(text)} | end |\n"
        )
    )
    assert [cell.strip() for cell in page.cells] == [text, text, "end"]
    assert set(page.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert Page(MARKDOWN.render(f"- **{escape_markdown(text)}** (check)")).tags == ["ul", "li", "strong"]


def make_forecasts(texts):
    cases = [
        replace(case, id=str(i), title=text, fact=text, cause=text, unit=text, alike=text)
        for i, (case, text) in enumerate(zip(load_cases(), texts, strict=False))
    ]
    return [Forecast(case, np.linspace(2.0, 3.0, 9) * (abs(case.value) + 1)) for case in cases]


@pytest.fixture(scope="module")
def forecasts():
    return make_forecasts(NASTY)


def test_the_evidence_shows_every_title_as_it_is(forecasts):
    plain = make_forecasts([f"plain {i}" for i in range(len(NASTY))])
    page = Page(MARKDOWN.render(render_evidence(forecasts, forecasts)))
    assert {text.strip() for text in NASTY} <= {cell.strip() for cell in page.cells}
    assert page.tags == Page(MARKDOWN.render(render_evidence(plain, plain))).tags


@pytest.mark.parametrize("kind", sample(["svg", "png", "pdf"], 1))
def test_titles_in_figures_are_no_formulas_and_no_warnings(forecasts, tmp_path, kind):
    """A warning is an error here."""
    save_figure(lambda: draw_evidence(forecasts, forecasts, Words("en")), tmp_path / "a", "a", kind)
    if kind == "svg":
        text = (tmp_path / "a").read_text(encoding="utf-8")
        assert "$x$" in text and "中文" in text and "<script>alert" not in text
