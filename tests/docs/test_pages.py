"""What the docs show from code and data is what code and data say now."""

from __future__ import annotations

import importlib.util
import json
import re
from itertools import groupby
from pathlib import Path

import pytest

from hudnal.evidence.case_file import load_cases
from hudnal.intake.load import load_text
from hudnal.parameters import parameters
from hudnal.treatment.steps import SESSION_STEPS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "RELEASE.md", *ROOT.glob("docs/**/*.md")]
)


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current(capsys):
    generate = generator()
    assert set(generate.QUICK) == {"treatment_file.md", "cases.md", "parameters.md", "fit.md"}
    assert generate.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_page_that_is_not_current_is_told(monkeypatch, tmp_path, capsys):
    generate = generator()
    for name in (*generate.QUICK, "fit.json"):
        (tmp_path / name).write_bytes((ROOT / "docs" / name).read_bytes())
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    assert generate.main(["--check"]) == 0
    with (tmp_path / "parameters.md").open("a", encoding="utf-8") as page:
        page.write("one word more")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/parameters.md is not current: make docs-quick\n"


def test_no_kind_of_step_is_forgotten_in_the_docs():
    """Whatever the schema holds has a section, or the generator says what has none."""
    generate = generator()
    schema = generate.make_full_schema()
    page = generate.make_treatment_page()
    for word in (kind.name for kind in SESSION_STEPS):
        assert f"### `{word}`" in page.split("## Steps of a session")[1].split("## Steps of aftercare")[0]
    more = {**schema, "$defs": {**schema["$defs"], "Radio": {"description": "Radio."}}}
    with pytest.raises(ValueError, match="no entry of the file leads to Radio"):
        generate.group_models(more)
    steps = [
        *schema["properties"]["session"]["anyOf"][0]["items"]["anyOf"],
        {"properties": {"radio": {"$ref": "#/$defs/Radio"}}},
    ]
    session = {"items": {"anyOf": steps}}
    told = generate.group_models({**more, "properties": {**schema["properties"], "session": session}})
    assert told["Steps of a session"]["radio"] == "Radio"
    with pytest.raises(ValueError, match="no heading for 'radios'"):
        generate.group_models(
            {**more, "properties": {**schema["properties"], "radios": {"$ref": "#/$defs/Radio"}}}
        )


def test_the_fit_that_made_the_shipped_belief_had_converged():
    report = json.loads((ROOT / "docs" / "fit.json").read_text(encoding="utf-8"))
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


def test_the_tour_shows_the_walk_of_a_treatment_which_enters_each_room_once():
    spec = importlib.util.spec_from_file_location("walk", ROOT / "docs" / "walk.py")
    assert spec is not None and spec.loader is not None
    walk = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(walk)
    steps = walk.trace_walk("classic")
    rooms = [room for room, _ in groupby(file.split("/")[0] for file, _ in steps)]
    assert len(rooms) == len(set(rooms)), rooms
    shown = " ".join((ROOT / "docs" / "tour.md").read_text(encoding="utf-8").split())
    for file, name in steps:
        assert f"{Path(file).stem}.{name}" in shown, "docs/tour.md is not current: python docs/walk.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_files_named_in_a_page_exist(page):
    """`course/plan.py` is a file of the package, `tests/...` one of the repository, a bare name one of either."""
    rooms = {str(path.relative_to(ROOT / "src/hudnal")) for path in (ROOT / "src/hudnal").rglob("*.*")}
    bare = {
        path.name
        for folder in ("src", "tests", "docs", "benchmarks")
        for path in (ROOT / folder).rglob("*.*")
    }
    named = set(re.findall(r"`([\w/-]+\.(?:py|yaml))`", page.read_text(encoding="utf-8")))
    gone = [
        name
        for name in named
        if not (ROOT / name).exists()
        and not (ROOT / "src" / name).exists()
        and name not in rooms
        and not (name in bare and "/" not in name)
        and not re.fullmatch(r"\w*[A-Z]{4,}\w*\.\w+|(mine|FILE|later)\.yaml", name)
    ]
    assert not gone, f"{page.name} speaks of files that are not there: {', '.join(sorted(gone))}"


def test_the_file_of_all_that_a_practice_does_is_one():
    """Each entry that came with zones and phases stands in it, and it is read as it stands on the page."""
    generate = generator()
    treatment = load_text(generate.PRACTICE, "PRACTICE")
    assert list(treatment.zones) == ["cheeks", "forehead", "scars"]
    assert len(treatment.sessions_of_course) == 6
    assert all(
        word in generate.PRACTICE for word in ("until:", "most:", "beforehand:", "phases:", "at:", "on:")
    )
    assert load_text(treatment.canonical_text, "again") == treatment
