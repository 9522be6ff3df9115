"""Forecasts of what a study would report; the published figures beside them, and the page that shows them."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from made_up import plain, samples
from sampling import WHOLE, whole

from hudnal.evidence.case_file import load_cases
from hudnal.evidence.forecast import Forecast, differ_by, forecast_figure, run_cases, standard_error
from hudnal.evidence.scale import scale_of
from hudnal.parameters import Draws
from hudnal.report.sheets.evidence import render_evidence, write_evidence

CASES = load_cases()
KEPT = json.loads((Path(__file__).parents[2] / "docs" / "evidence.json").read_text(encoding="utf-8"))
QUICK = ("density-one-pass", "romgens-5", "lidocaine-permeability", "closure-face", "plasma-emla")


@pytest.fixture(scope="module")
def results():
    """Some of the cases in few draws, a third for `make check`; docs/evidence.json has all of them in 64."""
    return run_cases(draws=8, cases=CASES[::3] if WHOLE else CASES[::24])


@whole
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
    one = [Forecast(plain(role="check", value=2.0, low=2.0, high=inf), samples(1.0, 2.0, 3.0))]
    write_evidence(one, one, tmp_path)
    page = (tmp_path / "evidence.md").read_text(encoding="utf-8")
    assert "| **check** | 1 |" in page and "**fit**" not in page and "nan" not in page
    assert "≥ 2" in page and "one number told" not in page and "| a bound or a direction | 1 |" in page
    number = [Forecast(plain(id="b", role="check"), samples(1.0, 2.0, 3.0))]
    write_evidence(one + number, one + number, tmp_path)
    rows = (tmp_path / "evidence.md").read_text(encoding="utf-8").splitlines()
    assert any(row.startswith("| **check** | 2 |") for row in rows)
    assert any(row.startswith("| one number told | 1 |") for row in rows)


def test_a_study_reports_more_widely_than_the_model_knows():
    """Without any doubt of the model, studies still differ, and people by chance."""
    draws = Draws(256, 1, "prior")
    found = forecast_figure(plain(), np.full(256, 2.0), draws)
    assert np.median(found) == pytest.approx(2.0, rel=0.05)
    expected = np.hypot(np.median(draws["evidence.between_studies.closing"]), 0.5 / np.sqrt(20))
    ends = np.quantile(np.log(found), (0.01, 0.25, 0.75, 0.99))
    assert (ends[2] - ends[1]) / 1.35 == pytest.approx(expected, rel=0.3)
    # Some study is always far from the others: farther than by a normal law.
    assert ends[3] - ends[0] > 4 * (ends[2] - ends[1]) > 0
    assert np.array_equal(found, forecast_figure(plain(), np.full(256, 2.0), draws))
    # More people leave less to chance; one person's figure has the model's own spread of people.
    many, few = (standard_error(plain(n=n), draws)[0] for n in (1000, 10))
    assert many < few
    assert standard_error(plain(n=1), draws).max() == 0


def test_a_count_is_reported_in_whole_people():
    found = forecast_figure(
        plain(count=3, n=20, value=0.15, scale=scale_of("share")), np.full(64, 0.15), Draws(64, 1)
    )
    assert np.allclose(found * 20, np.round(found * 20))
    assert 0 <= found.min() <= 0.15 <= found.max() <= 1


def pair(**changes):
    case = plain(**changes)
    return replace(case, than=case.trial, how="ratio")


def test_what_a_study_has_of_its_own_cancels_between_its_arms():
    """A pair of many people is told more sharply than either arm: a third of the deviation of studies is left."""
    draws = Draws(256, 1, "prior")
    arm, both = plain(n=10**6), pair(n=10**6)
    widths = [np.log(forecast_figure(c, np.full(256, 2.0), draws)).std() for c in (arm, both)]
    assert widths[1] < 0.5 * widths[0]
    ratio = np.median(differ_by(both, draws) / differ_by(arm, draws))
    assert ratio == pytest.approx(draws.parameter("evidence.within_study").distribution.a, rel=0.05)
    # Of few people, each arm has its own chance; two arms of one person each are two people.
    assert standard_error(pair(n=10), draws)[0] == pytest.approx(
        np.sqrt(2) * standard_error(plain(n=10), draws)[0]
    )
    assert standard_error(pair(n=1), draws).min() > 0


def test_what_a_source_does_not_name_is_reported_in_part():
    """The same rate gives fewer reports, by the share that is reported, and more sources with none at all."""
    draws = Draws(256, 1, "prior")
    rate = plain(count=0, n=40, value=0.0, low=0.0, high=0.0, scale=scale_of("share"))
    named, unnamed = (
        forecast_figure(replace(rate, is_named=is_named), np.full(256, 0.1), draws)
        for is_named in (True, False)
    )
    lasting = draws["evidence.reported_lasting"].mean()
    assert unnamed.mean() == pytest.approx(named.mean() * lasting, rel=0.05)
    assert (unnamed == 0).mean() > (named == 0).mean()
    bruise = replace(rate, is_named=False, observe={"quantity": "bruise_probability"})
    passing = forecast_figure(bruise, np.full(256, 0.1), draws)
    assert passing.mean() == pytest.approx(named.mean() * draws["evidence.reported"].mean(), rel=0.05)


def test_the_highest_of_many_lies_above_the_mean():
    """Of n people who differ by s on the scale, on average by s times the mean of the highest of n normals."""
    draws = Draws(256, 1, "prior")
    found = {
        n: np.log(forecast_figure(plain(n=n, is_highest=True), np.full(256, 2.0), draws) / 2).mean()
        for n in (1, 10, 100)
    }
    people = draws["evidence.between_people"].mean()
    assert found[1] == pytest.approx(0, abs=0.03)
    assert found[10] == pytest.approx(1.539 * people, rel=0.05)  # Tippett 1925
    assert found[100] == pytest.approx(2.508 * people, rel=0.05)


def test_never_is_never_for_a_study_too():
    found = forecast_figure(plain(), np.array([1.0, np.inf, np.inf, np.nan]), Draws(4, 1))
    assert np.isinf(found).mean() == pytest.approx(2 / 3)
