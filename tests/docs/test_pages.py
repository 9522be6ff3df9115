"""What the docs show from code and data is what code and data say now."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from hudnal.evidence.case import load_cases
from hudnal.parameters import parameters
from hudnal.parameters.posterior import shipped
from hudnal.report.sheets.fit import render_fit

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current():
    found = generator()
    assert (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8") == found.parameters_page()
    assert (ROOT / "docs" / "treatment_file.md").read_text(encoding="utf-8") == found.treatment_page()


def test_the_page_of_the_fit_is_that_of_the_shipped_belief():
    report = json.loads((ROOT / "docs" / "fit.json").read_text(encoding="utf-8"))
    assert (ROOT / "docs" / "fit.md").read_text(encoding="utf-8") == render_fit(shipped(), report)
    found = report["diagnostics"]
    assert found["largest_r_hat"] < 1.05 and found["least_bulk"] > 400
    assert found["divergent"] < 0.01 * found["samples"]


def test_every_case_stands_in_the_evidence_and_every_miss_has_a_cause():
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert {c.title for c in load_cases()} <= {row.split(" | ")[0].removeprefix("| ") for row in rows}
    missing = page[page.index("that miss, and why") :]
    assert missing.count("- **") == page.count("**outside**") > 0
    assert "the cause is not known" not in missing


def test_counts_in_prose_are_those_of_the_pages():
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    cases, missed = len(load_cases()), page.count("**outside**")
    assert f"sets {cases} published figures beside the prediction: {cases - missed} lie inside" in readme
    assert f"interval, {missed} do not" in readme
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"{len(parameters())} parameters" in changes
    assert f"({cases} published figures" in changes


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for address in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in address:
            assert (page.parent / address).exists(), f"{page.name}: {address}"


def test_the_readme_opens_with_a_picture_and_names_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.split("\n\n")[1].startswith("![")
    assert "make run" in text and "make test" in text
    assert "does not diagnose" in text
