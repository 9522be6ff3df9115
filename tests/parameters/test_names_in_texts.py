"""Names in backticks that look like parameters are ones that the tables hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from hudnal.parameters.table import table, table_names

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("docs/model/*.md"), ROOT / "docs" / "design_decisions.md", ROOT / "README.md"])
SOURCES = sorted(ROOT.glob("src/hudnal/**/*.py"))
_NAME = re.compile(r"`(?:draws\[\")?([a-z_]+(?:\.[A-Za-z0-9_]+)+)(?:\"\])?`")
_FILES = ("py", "md", "yaml", "json", "nc", "csv", "svg", "html", "bib")


def names_in(text: str) -> list[str]:
    """Words such as `puncture.entry.toughness`: a table, then groups and entries."""
    words = _NAME.findall(text)
    return [w for w in words if w.split(".")[0] in table_names() and w.rsplit(".", 1)[1] not in _FILES]


def stands_in_a_table(name: str) -> bool:
    """Whether the tables have that entry or group; a part in capitals, such as SITE, stands for any."""
    first, *parts = name.split(".")
    nodes = [table(first)]
    for part in parts:
        nodes = [
            child
            for node in nodes
            if isinstance(node, Mapping)
            for key, child in node.items()
            if key == part or (part.isupper() and not key.startswith("_"))
        ]
    return bool(nodes)


def test_what_is_no_entry_is_noticed():
    assert names_in("`puncture.entry.slope`, `evidence.md`, `draws.py`, `skin.sites.SITE`") == [
        "puncture.entry.slope",
        "skin.sites.SITE",
    ]
    assert not stands_in_a_table("puncture.entry.slope")
    assert not stands_in_a_table("puncture.entry_slope")
    assert stands_in_a_table("puncture.entry.toughness") and stands_in_a_table("puncture.entry")
    assert stands_in_a_table("skin.sites.SITE.corneum") and not stands_in_a_table("skin.sites.SITE.joy")


@pytest.mark.parametrize("file", PAGES, ids=lambda p: p.name)
def test_parameters_that_a_page_names_exist(file):
    assert [n for n in names_in(file.read_text(encoding="utf-8")) if not stands_in_a_table(n)] == []


def test_parameters_that_the_code_explains_exist():
    wrong = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in SOURCES
        for name in names_in(file.read_text(encoding="utf-8"))
        if not stands_in_a_table(name)
    }
    assert wrong == set()


def test_the_pages_do_name_some():
    assert len({n for file in PAGES for n in names_in(file.read_text(encoding="utf-8"))}) > 3
