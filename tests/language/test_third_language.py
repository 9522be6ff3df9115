"""A third language is one file: every text of a page, its numbers, its plural forms and its lists come from there."""

from __future__ import annotations

import json
import re
from html import unescape
from importlib import import_module, resources
from typing import Any

import pytest
import yaml

from hudnal.language import grammar, numbers
from hudnal.parameters import parameters
from hudnal.report.page.render import render_report

NAME, MARK = "xx", "ø"
say = import_module("hudnal.language.say")  # the package has a function of that name
CACHES = (say.texts, numbers._read_signs, grammar._read_rules)


@pytest.fixture
def third(tmp_path, monkeypatch):
    """A folder of languages with one more: English, each text with a mark in front, and with other signs."""
    for name in say.LANGUAGES:
        text = (resources.files("hudnal.language") / f"{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    content = yaml.safe_load((tmp_path / "en.yaml").read_text(encoding="utf-8"))
    kept = {head: content.pop(head) for head in ("numbers", "grammar", "country", "units")}
    content: dict[str, Any] = mark(content)
    content |= kept | {
        "notes": {p.note: MARK + p.note for p in parameters().values() if p.status == "assumed" and p.note}
    }
    content["numbers"] |= {"decimal": "·", "thousands": "'", "minus": "~"}
    # As in Polish: one, some that end in 2 to 4, all others.
    content["grammar"]["plural"] = {"one": "n==1", "few": "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20)"}
    content["words"]["weeks"]["few"] = MARK + "{n} weeksfew"
    content["steps"]["directions"]["few"] = MARK + "{n} directionsfew"
    fill_forms(content, "few")
    (tmp_path / f"{NAME}.yaml").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    monkeypatch.setattr(say, "_FOLDER", tmp_path)
    monkeypatch.setattr(say, "LANGUAGES", say.find_languages(tmp_path))
    for cache in CACHES:
        cache.cache_clear()
    yield NAME
    for cache in CACHES:
        cache.cache_clear()


def mark(node):
    return {key: mark(child) for key, child in node.items()} if isinstance(node, dict) else f"{MARK}{node}"


def fill_forms(node, form):
    """Every counted text gets the new form where it has none."""
    for child in node.values():
        if isinstance(child, dict):
            if set(child) <= {*grammar.FORMS, "=2"} and "other" in child:
                child.setdefault(form, child["other"])
            fill_forms(child, form)


def test_a_page_in_a_third_language(third, classic):
    page = render_report(classic, third)
    assert f'<html lang="{third}">' in page
    body = re.sub(
        r"<style>.*?</style>|<code>.*?</code>|<ol class=\"sources.*?</ol>", "", page, flags=re.DOTALL
    )
    told = [unescape(text) for text in re.findall(r"<(?:p|h2|h3|li|th|summary)[^>]*>([^<]+)", body)]
    english = [text for text in told if re.search(r"[a-z]{4}", text) and MARK not in text]
    assert english == []
    drawn = [
        unescape(text) for text in re.findall(r"<!-- (.*?) -->", body)
    ]  # texts of figures that are drawn as paths
    values = [unescape(v) for v in re.findall(r'<td class="n">([^<]+)', body)]
    assert any("·" in value for value in values)
    assert [value for value in values if re.search(r"\d[.,]\d", value)] == []
    assert [text for text in drawn if re.search(r"\d,\d", text)] == []


def test_plural_forms_of_a_third_language(third):
    words = say.Words(third)
    forms = [grammar.choose_form(n, third) for n in (1, 2, 5, 12, 22, 25, 1.5)]
    assert forms == ["one", "few", "other", "other", "few", "other", "other"]
    assert numbers.count(3, "words.weeks", words) == MARK + "3 weeksfew"
    assert numbers.format_number(-1234.5, third, 5) == "~1'234·5"
    assert grammar.join_list(["a", "b", "c"], third) == "a, b and c"
