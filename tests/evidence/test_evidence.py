"""Published figures: enough of them, fit and check apart, told as they are; forecasts of what a study would report."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from math import inf
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hudnal.evidence.case import Study, facts_in_parameters, load_cases, read_cases
from hudnal.evidence.compare import Result, plain_spreads, reported, run_cases, score, standard_error
from hudnal.evidence.observation import NotObserved, observed
from hudnal.evidence.scale import scale
from hudnal.evidence.study import read_off
from hudnal.intake.load import load
from hudnal.parameters import Draws, reference_of
from hudnal.parameters.bibliography import bibliography
from hudnal.report.sheets.evidence import render_evidence, write_evidence
from hudnal.report.words.intervals import format_measured

CASES = load_cases()
KEPT = json.loads((Path(__file__).parents[2] / "docs" / "evidence.json").read_text(encoding="utf-8"))
QUICK = ("density-one-pass", "romgens-5", "lidocaine-permeability", "closure-face", "plasma-emla")

MINE = """\
studies:
  mine: {site: cheek, area: 50 cm2, concern: ageing, setting: clinic, instrument: dermaroller-mf8,
    session: [{roll: {strokes: 8, force: 5 N}}], course: {follow_up: 1 week}}
cases:
  - {id: a, title: Pain, fact: my trial, role: check, study: mine, observe: {quantity: pain}, measured: {value: 4, unit: "1"}}
"""


@pytest.fixture(scope="module")
def results():
    """A third of the cases in few draws; docs/evidence.json has all of them in 64."""
    return run_cases(draws=8, cases=CASES[::3])


def test_at_least_sixty_figures_from_every_room():
    assert len(CASES) >= 60
    assert len({c.source for c in CASES}) >= 40
    assert len({c.kind for c in CASES}) >= 12


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_a_case_is_whole(case):
    for study in filter(None, (case.study, case.than)):
        for _, treatment in study.parts:
            load(json.loads(treatment))  # it can be run
    assert case.source in bibliography()
    assert case.low <= case.value <= case.high
    assert case.unit and case.title and case.spread
    assert case.n is None or case.n > 0
    assert case.count is None or 0 <= case.count <= case.n


def test_a_source_is_never_both():
    """Nothing of a source that checks goes into the fit, nor into a prior."""
    roles = Counter(c.role for c in CASES)
    assert roles["check"] >= 30 and roles["fit"] >= 30
    checks = {c.source for c in CASES if c.role == "check"}
    assert checks & {c.source for c in CASES if c.role == "fit"} == set()
    assert checks & {reference_of(f).key for f in facts_in_parameters()} == set()


def test_most_are_inside(results):
    share = np.mean([r.inside for r in results])
    assert share > 0.7  # a fall below this is a defect
    assert {c["id"] for c in KEPT["cases"]} == {c.id for c in CASES}
    checks = [c["inside"] for c in KEPT["cases"] if c["role"] == "check"]
    assert np.mean([c["inside"] for c in KEPT["cases"]]) > 0.85 and np.mean(checks) > 0.8


def test_the_page_that_is_kept_is_what_the_model_says():
    """A few quick cases at the draws of docs/evidence.json: `make docs` when it fails."""
    cases = [c for c in CASES if c.id in QUICK]
    kept = {c["id"]: c for c in KEPT["cases"]}
    for result in run_cases(draws=64, cases=cases):
        for name, value in zip(("median", "low", "high"), result.predicted, strict=True):
            before = kept[result.case.id]["predicted"][name]
            assert value == (None if before is None else pytest.approx(before, rel=0.02))


def test_page_json_and_plots(results, tmp_path):
    write_evidence(results, results, tmp_path)
    table = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))
    assert len(table["cases"]) == len(results)
    assert sum(c["inside"] for c in table["cases"]) == sum(r.inside for r in results)
    assert all(c["prior"] == c["predicted"] for c in table["cases"])
    page = (tmp_path / "evidence.md").read_text(encoding="utf-8")
    assert page == render_evidence(results, results)
    for result in results:
        assert result.case.title in page
    for name in ("evidence.svg", "calibration.svg"):
        assert (tmp_path / name).read_text(encoding="utf-8").count("<svg") == 1
    assert "does not diagnose" in page


@pytest.mark.filterwarnings("error")
def test_a_set_of_one_role_only(tmp_path):
    """A trial kept back is told as any other, without a word of those that were fitted."""
    one = [Result(plain(role="check", value=2.0, low=2.0, high=inf), samples(1.0, 2.0, 3.0))]
    write_evidence(one, one, tmp_path)
    page = (tmp_path / "evidence.md").read_text(encoding="utf-8")
    assert "| **check** | 1 |" in page and "**fit**" not in page and "nan" not in page
    assert "≥ 2" in page and "one number" not in page.split("A range, a bound")[0]
    number = [Result(plain(id="b", role="check"), samples(1.0, 2.0, 3.0))]
    write_evidence(one + number, one + number, tmp_path)
    rows = (tmp_path / "evidence.md").read_text(encoding="utf-8").splitlines()
    assert any(row.startswith("| **check** | 2 |") for row in rows)
    assert any(row.startswith("| of them one number told | 1 |") for row in rows)


@pytest.mark.parametrize(
    ("told", "ends", "shown"),
    [
        ("", (3, 3), "3.00"),
        (", low: 2, high: 4", (2, 4), "3.00 (2.00 – 4.00)"),
        (", high: 3.5", (None, 3.5), "≤ 3.50"),
        (", low: 3", (3, None), "≥ 3.00"),
    ],
)
def test_only_the_ends_that_a_source_tells(tmp_path, told, ends, shown):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE.replace("value: 4", f"value: 3{told}"), encoding="utf-8")
    (case,) = read_cases(file)
    assert case.ends == ends and case.is_range == bool(told)
    assert format_measured(case.value, case.ends, "en") == shown
    assert format_measured(case.value, case.ends, "sv") == shown.replace(".", ",")
    # On the told side of a bound a forecast is inside however far out, and no factor is made of it.
    far = Result(case, samples(1e7, 2e7, 3e7))
    assert far.inside == (ends[1] is None)
    assert (far.factor is None) == (None in ends)


def test_the_area_under_a_series_since_the_last_session():
    time = np.array([0.0, 5.0, 6.0, 10.0, 20.0])
    series = {"path_open": np.array([0.0, 1.0, 1.0, 0.5, 0.1])[:, None] * np.array([1.0, 2.0])}
    course = SimpleNamespace(time=time, ends=(5.0,), series=series)
    found = observed(course, {"area": "path_open", "until": "5 h"})
    np.testing.assert_allclose(found, [4.0, 8.0])  # one whole hour, four at three quarters


def test_grades_are_those_of_the_studys_raters():
    quantities = {"wrinkle_change": np.array([-5.0]), "wrinkle_change_open": np.array([-30.0])}
    course = SimpleNamespace(quantities=quantities)
    assert observed(course, {"quantity": "wrinkle_change"})[0] == -5
    assert observed(course, {"quantity": "wrinkle_change"}, "open")[0] == -30
    assert observed(course, {"quantity": "wrinkle_change"}, "patient")[0] == -5  # patients give no such grade


def plain(**changes):
    """A case that is a mean of 20 people."""
    case = next(c for c in CASES if c.id == "romgens-5")
    told = {"value": 2.0, "low": 2.0, "high": 2.0, "n": 20, "count": None, "error": None, "kind": "closing"}
    return replace(case, **{**told, "scale": scale("log"), **changes})


def samples(*values):
    return np.sort(np.array(values, float))


def test_inside_means_that_the_intervals_meet():
    case = plain(low=1.0, high=3.0)
    assert Result(case, samples(2, 2, 2)).inside
    assert not Result(case, samples(4, 5, 6)).inside
    assert Result(case, samples(2.5, 5, np.inf)).inside  # "never" for some draws: an open end
    assert not Result(case, samples()).inside


def test_the_factor_by_which_a_median_is_off():
    assert Result(plain(value=2.0), samples(4, 4, 4)).factor == pytest.approx(2)
    assert Result(plain(low=1.0, high=3.0), samples(2.9, 2.9, 2.9)).factor == 1  # within the range
    assert Result(plain(low=1.0, high=3.0), samples(6, 6, 6)).factor == pytest.approx(2)
    grade = plain(value=-20.0, low=-20.0, high=-20.0, scale=scale("change"))
    assert Result(grade, samples(-60, -60, -60)).factor == pytest.approx(2)  # half as much is left
    assert Result(plain(), samples(np.inf, np.inf, np.inf)).factor is None


@pytest.mark.parametrize(("name", "top"), [("log", 1.0), ("change", 1.0), ("share", 1.0), ("share", 10.0)])
def test_scales_rise_and_lead_back(name, top):
    chosen = scale(name, top)
    values = np.array([0.1, 0.3, 0.7]) * top
    there = chosen.to(values)
    assert (np.diff(there) > 0).all()
    assert np.allclose(chosen.back(there), values)
    step = 1e-6
    for value in values:
        slope = (chosen.to(np.array(value + step)) - chosen.to(np.array(value))) / step
        assert chosen.slope(float(value)) == pytest.approx(float(slope), rel=1e-3)


def test_ends_of_scales_are_no_errors():
    assert scale("log").to(np.array([0.0]))[0] == -np.inf
    assert scale("share").to(np.array([0.0, 1.0])).tolist() == [-np.inf, np.inf]
    assert scale("change").to(np.array([-100.0]))[0] == -np.inf


def test_a_study_reports_more_widely_than_the_model_knows():
    """Without any doubt of the model, studies still differ, and people by chance."""
    draws = Draws(256, 1, "prior")
    found = reported(plain(), np.full(256, 2.0), draws)
    assert np.median(found) == pytest.approx(2.0, rel=0.05)
    expected = np.hypot(np.median(draws["evidence.between_studies.closing"]), 0.5 / np.sqrt(20))
    assert np.log(found).std() == pytest.approx(expected, rel=0.5)
    assert np.array_equal(found, reported(plain(), np.full(256, 2.0), draws))
    # More people leave less to chance; one person's figure has the model's own spread of people.
    many, few = (standard_error(plain(n=n), draws)[0] for n in (1000, 10))
    assert many < few
    assert standard_error(plain(n=1), draws).max() == 0


def test_a_count_is_reported_in_whole_people():
    found = reported(plain(count=3, n=20, value=0.15, scale=scale("share")), np.full(64, 0.15), Draws(64, 1))
    assert np.allclose(found * 20, np.round(found * 20))
    assert 0 <= found.min() <= 0.15 <= found.max() <= 1


def test_never_is_never_for_a_study_too():
    found = reported(plain(), np.array([1.0, np.inf, np.inf, np.nan]), Draws(4, 1))
    assert np.isinf(found).mean() == pytest.approx(2 / 3)


def test_sharper_than_what_comparable_studies_spread():
    group = [plain(id=f"g{i}", value=v, low=v, high=v, alike="g") for i, v in enumerate((1.0, 2.0, 4.0))]
    width = plain_spreads(group)["g"]
    assert width == pytest.approx(2 * 1.645 * np.log(2) * np.sqrt(4 / 3), rel=1e-3)
    narrow = [Result(c, samples(*np.linspace(1.9, 2.1, 21))) for c in group]
    assert score(narrow).sharpness < 0.1
    assert plain_spreads(group[:2]) == {}


def test_a_forecast_that_everybody_responds_has_a_width():
    group = [
        plain(
            id=f"g{i}", value=k / 30, low=k / 30, high=k / 30, count=k, n=30, scale=scale("share"), alike="g"
        )
        for i, k in enumerate((20, 26, 30))
    ]
    spread = plain_spreads(group)["g"]
    assert np.isfinite(spread)
    always = Result(group[2], np.ones(64))
    assert always.width == 0
    surely, hardly = (Result(group[1], samples(*np.array(ks) / 30)) for ks in ((28, 30, 30), (10, 20, 30)))
    assert 0 < surely.width < hardly.width
    # Twice the people, the same share: the last of them weighs less.
    more = replace(group[2], n=60, count=60)
    assert Result(more, np.array([0.5, 1.0])).width > Result(group[2], np.array([0.5, 1.0])).width


def test_people_of_a_study_are_averaged():
    """Half of them marked as often as dark skin is, half as light skin."""
    case = next(c for c in CASES if c.id == "pih-dark")
    treatment = {**case.study.treatment, "course": {"sessions": 1, "follow_up": "1 week"}}
    alone = [
        replace(case, id=t, study=Study({**treatment, "person": {"age": "26 year", "phototype": t}}))
        for t in ("II", "IV")
    ]
    mixed = Study(
        {**treatment, "person": {"age": "26 year"}}, ((0.5, {"phototype": "II"}), (0.5, {"phototype": "IV"}))
    )
    both = replace(case, id="both", study=mixed)
    found = read_off([*alone, both], 4, 1).values
    assert np.allclose(found["both"], (found["II"] + found["IV"]) / 2)


def test_cases_of_ones_own_need_no_source_in_the_bibliography(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE, encoding="utf-8")
    (case,) = read_cases(file)
    assert case.source == "my trial"
    result = Result(case, samples(1.0, 2.0, 3.0))
    assert "my trial" in render_evidence([result], [result])


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("studies:", "patients:", "'studies:'"),
        ("cases:", "cases: 3\nfigures:", "'cases:' is a list"),
        ("study: mine", "study: yours", "no study 'yours'"),
        ("role: check", "role: test", "no role 'test'; there are fit, check"),
        ("role: check", "role: check, kind: odd", "no kind 'odd'"),
        ("role: check", "role: check, scale: odd", "no scale 'odd'"),
        ("title: Pain, ", "", "'title' is missing"),
        ("quantity: pain", "quantity: joy", "no course has 'quantity: joy'"),
        ("quantity: pain", "series: joy, at: 1 h", "no course has 'series: joy'"),
        ("quantity: pain", "area: redness", "'area: redness' needs 'until' beside it"),
        ("quantity: pain", "word: pain", "nothing to observe"),
        ("{quantity: pain}", "pain", "'observe:' has entries of its own"),
        ("quantity: pain", "quantity: redness_days", "tells it in 'day', the case in '1'"),
        ("value: 4", "value: four", "four"),
        ("value: 4", "value: 4, low: 5", "outside its range"),
        ("value: 4", "count: 4, n: 3", "a count of 4"),
        ("dermaroller-mf8", "broom", "case a: instrument: .*broom"),
    ],
)
def test_what_is_wrong_with_a_set_of_ones_own_is_told(tmp_path, was, becomes, told):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        read_cases(file)


def test_what_a_course_does_not_have_is_told():
    course = SimpleNamespace(quantities={}, series={}, time=np.zeros(1), ends=np.zeros(1))
    with pytest.raises(NotObserved, match=r"has no 'blood\.drug'"):
        observed(course, {"share": "drug", "of": "blood", "at": "1 h"})
    with pytest.raises(NotObserved, match="time"):
        observed(course, {"ratio": "drug", "at": "soon"})
