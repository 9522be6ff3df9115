"""Published figures: enough of them, from all four files, told as they are."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from hudnal.course.load import load
from hudnal.evidence.case import facts_in_parameters, load_cases
from hudnal.evidence.compare import Result, run_cases
from hudnal.evidence.observation import observed
from hudnal.parameters.bibliography import bibliography
from hudnal.report.evidence import markdown, write_evidence

CASES = load_cases()


@pytest.fixture(scope="module")
def results():
    return run_cases(draws=8)  # docs/evidence.md has 64, and that every miss there has a cause is asked of it


def test_at_least_25_figures_spread_over_four_files():
    assert len(CASES) >= 25
    from importlib import resources

    files = [
        f.name for f in (resources.files("hudnal.evidence") / "cases").iterdir() if f.name.endswith(".yaml")
    ]
    assert sorted(files) == ["healing.yaml", "puncture.yaml", "safety.yaml", "transport.yaml"]
    kinds = Counter(
        fact for reference in bibliography().values() for kind in reference.facts for fact in [kind]
    )
    assert len(kinds) >= 4


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_a_case_is_whole(case):
    load(case.study)  # its treatment can be run
    assert case.source in bibliography()
    assert case.low <= case.value <= case.high
    assert case.unit and case.title and case.spread
    assert case.n is None or case.n > 0


def test_fit_and_check_are_kept_apart():
    used = facts_in_parameters()
    assert {c.id for c in CASES if c.role == "check" and c.fact in used} == set()
    assert {c.id for c in CASES if c.role == "fit" and c.fact not in used} == set()
    roles = Counter(c.role for c in CASES)
    assert roles["check"] >= 15 and roles["fit"] >= 10


def test_most_are_inside(results):
    share = np.mean([r.inside for r in results])
    assert share > 0.65  # a fall below this is a defect


def test_page_json_and_plot(results, tmp_path):
    write_evidence(results, tmp_path)
    table = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))
    assert len(table["cases"]) == len(CASES)
    assert sum(c["inside"] for c in table["cases"]) == sum(r.inside for r in results)
    page = (tmp_path / "evidence.md").read_text(encoding="utf-8")
    assert page == markdown(results)
    for result in results:
        assert result.case.title in page
    assert (tmp_path / "evidence.svg").read_text(encoding="utf-8").count("<svg") == 1
    assert "does not diagnose" in page


def test_the_area_under_a_series_since_the_last_session():
    time = np.array([0.0, 5.0, 6.0, 10.0, 20.0])
    series = {"path_open": np.array([0.0, 1.0, 1.0, 0.5, 0.1])[:, None] * np.array([1.0, 2.0])}
    course = SimpleNamespace(time=time, ends=(5.0,), series=series)
    found = observed(course, {"area": "path_open", "until": "5 h"})
    np.testing.assert_allclose(found, [4.0, 8.0])  # one whole hour, four at three quarters


def test_inside_means_that_the_intervals_meet():
    case = CASES[0]
    middle = (case.low + case.high) / 2
    assert Result(case, (middle, middle - 1e-9, middle + 1e-9)).inside
    assert not Result(case, (case.high + 2, case.high + 1, case.high + 3)).inside
    assert Result(case, (case.high + 2, case.low, None)).inside  # "never" for some draws: an open end
    assert not Result(case, (None, None, None)).inside
