"""Emulators and inference on problems whose answer is known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from made_up import plain
from sampling import whole

from hudnal.evidence.emulator import Emulator, evaluate_terms, fit_emulator
from hudnal.evidence.fit import Learnt, _figure_of, _place_of_highest, format_posterior
from hudnal.evidence.infer import Figure, infer_scores, measure_convergence
from hudnal.evidence.scale import scale_of
from hudnal.parameters import Draws, Posterior
from hudnal.report.sheets.fit import find_moved, render_fit, write_fit


def scores(n=400, names=30, seed=1):
    return np.random.default_rng(seed).standard_normal((n, names))


def test_an_emulator_finds_the_terms_that_matter():
    z = scores()
    rng = np.random.default_rng(2)
    figure = 1 + 0.8 * z[:, 3] - 0.3 * (z[:, 5] ** 2 - 1) / np.sqrt(2) + 0.4 * z[:, 3] * z[:, 5]
    found = fit_emulator(z, figure + 0.05 * rng.standard_normal(figure.size), range(30))
    assert {(3, -1), (5, 5)} <= set(found.terms)
    assert (3, 5) in found.terms or (5, 3) in found.terms
    assert found.explained > 0.98
    assert found.noise == pytest.approx(0.05, rel=0.35)
    fresh = scores(seed=9)
    truth = (
        1 + 0.8 * fresh[:, 3] - 0.3 * (fresh[:, 5] ** 2 - 1) / np.sqrt(2) + 0.4 * fresh[:, 3] * fresh[:, 5]
    )
    assert np.abs(found(fresh) - truth).max() < 0.25


def test_an_emulator_says_what_it_cannot_tell():
    """Luck is all noise and next to no terms."""
    found = fit_emulator(scores(), np.random.default_rng(3).standard_normal(400), range(30))
    assert len(found.terms) <= 4
    assert found.noise == pytest.approx(1, abs=0.12)
    assert found.explained < 0.1


def test_a_figure_that_never_changes():
    found = fit_emulator(scores(), np.full(400, 2.5), range(30))
    assert found.terms == () and found(scores(5))[0] == 2.5


def test_only_the_parameters_that_a_figure_rests_on_may_matter():
    z = scores()
    assert all(i != 3 for i, _ in fit_emulator(z, z[:, 3] + z[:, 4], [4, 5]).terms)


def test_terms_are_orthonormal_under_the_prior():
    matrix = evaluate_terms(scores(200_000, 3), [(0, -1), (1, 1), (0, 2), (2, -1)])
    assert np.allclose(matrix.T @ matrix / 200_000, np.eye(4), atol=0.03)


def figure(name, weights, value, error, **changes):
    terms = tuple((i, -1) for i, w in enumerate(weights) if w)
    emulator = Emulator(0.0, terms, np.array([w for w in weights if w]), 0.0, 1.0)
    told = {"low": value, "high": value, **changes}
    # A deviation of studies of almost nothing: the answer is that of a linear Gaussian problem.
    return Figure(name, name, 3, (1e-4, 1e-3), emulator, value, error=error, **told)


@pytest.fixture(scope="module")
def inferred():
    figures = [
        figure("a", (1.0, 0.0, 0.0), 1.0, 0.5),
        figure("b", (0.0, 1.0, 1.0), 1.0, 0.5),
        figure("c", (0.0, 0.0, 1.0), 0.0, 0.5, low=0.0, high=9.0),
    ]
    return infer_scores(figures, 4, seed=1, warmup=300, samples=1000)


@whole
def test_inference_gives_the_known_answer(inferred):
    """One score behind one figure: mean 1/(1 + 0.25), variance 0.25/1.25."""
    z = inferred.scores
    assert z[:, 0].mean() == pytest.approx(0.8, abs=0.06)
    assert z[:, 0].var() == pytest.approx(0.2, abs=0.04)
    # Two scores behind one figure share it, and a range pushes one of them up.
    assert np.cov(z[:, 1], z[:, 2])[0, 1] < -0.1
    assert z[:, 2].mean() > z[:, 1].mean()
    assert abs(z[:, 3].mean()) < 0.15 and z[:, 3].std() == pytest.approx(1, abs=0.12)


@whole
def test_information_is_that_of_the_figures(inferred):
    """Of a mean with error s behind one score: (value - z)^2/s^4, 1/s^2 less what is learnt; nothing of the last."""
    found = np.diag(inferred.information)
    assert found[0] == pytest.approx((0.2 + 0.04) / 0.5**4, rel=0.25)
    assert found[3] == pytest.approx(0, abs=0.05)
    posterior = Posterior.of_sample(["a", "b", "c", "d"], inferred.scores, inferred.information, {}, 0.3)
    assert posterior.deviation[3] == pytest.approx(1, abs=0.02)
    assert posterior.deviation[0] == pytest.approx(np.sqrt(0.2), abs=0.04)


@whole
def test_diagnostics_are_those_of_a_sample_that_converged(inferred):
    found = measure_convergence(inferred)
    assert found["divergent"] == 0
    assert found["largest_r_hat"] < 1.03
    assert found["least_bulk"] > 300


@whole
def test_page_and_file(inferred, tmp_path):
    names = [
        "tissue.wound.rim", "puncture.channel.width_kept", "outcome.pain.single", "evidence.between_studies.pain",
    ]  # fmt: skip
    posterior = Posterior.of_sample(
        names, inferred.scores, inferred.information, {"cases": ["a"], "draws": [8, 4], "seed": 1}, 0.3
    )
    assert find_moved(posterior)[0] == 0
    report = {
        "diagnostics": measure_convergence(inferred),
        "emulators": {"a": {"explained": 0.9, "noise": 0.1, "terms": 3}},
    }
    write_fit(posterior, report, tmp_path)
    page = (tmp_path / "fit.md").read_text(encoding="utf-8")
    assert page == render_fit(posterior, report)
    assert "tissue.wound.rim" in page and "R-hat" in page and "does not diagnose" in page
    assert (tmp_path / "fit.svg").read_text(encoding="utf-8").count("<svg") == 1
    again = Posterior.from_dict(json.loads(format_posterior(posterior)))
    assert np.allclose(again.mean, posterior.mean, atol=1e-4)


@whole
def test_rates_that_were_not_named_teach_less_and_pairs_teach_more():
    """None of 60 pushes a rate down; by less where it may have gone untold. A pair trusts its study."""

    def of(place, name, **told):
        return Figure(
            name, name, 4, (1.0, 1.01), Emulator(0.0, ((place, -1),), np.array([1.0]), 0.0, 1.0), **told
        )

    rate = {"value": 0.0, "low": 0.0, "high": 0.0, "error": 0.1, "count": 0, "n": 60}
    number = {"value": 1.0, "low": 1.0, "high": 1.0, "error": 0.1}
    figures = [
        of(0, "named", **rate, within=(5, 1e-3, 0.01)), of(1, "unnamed", **rate, within=(5, 1e-3, 0.01), reported=(6, 0.01, 0.3)),
        of(2, "number", **number), of(3, "pair", **number, within=(5, 0.1, 0.01)),
    ]  # fmt: skip
    found = infer_scores(figures, 7, 1, 200, 600, 1).scores
    assert found[:, 0].mean() < found[:, 1].mean() < 0
    assert found[:, 3].std() < 0.5 * found[:, 2].std()


def test_the_highest_of_some_people_teaches_of_a_typical_one():
    """Tippett 1925: the highest of ten lies 1.539 deviations above the mean, give or take 0.587."""
    case = plain(n=10, is_highest=True)
    above, spread = _place_of_highest(case, 1.0)
    assert above == pytest.approx(1.539, abs=0.01) and spread == pytest.approx(0.587, abs=0.01)
    assert _place_of_highest(plain(n=10), 0.3) == (0.0, 0.3)


def test_what_inference_is_told_of_rates_and_pairs():
    """A pair has a share of the deviation of its kind and a study of its own; what is not named has a share reported."""
    names = [
        "evidence.between_studies.closing", "evidence.within_study", "evidence.reported", "evidence.reported_lasting",
    ]  # fmt: skip
    emulator = Emulator(0.0, (), np.zeros(0), 0.0, 1.0)
    middle = Draws(1, 1, "prior")
    number = plain(n=10)
    pair = replace(number, than=number.trial, how="ratio")
    rate = plain(count=0, n=39, value=0.0, low=0.0, high=0.0, scale=scale_of("share"), is_named=False)
    one, two, three = (_figure_of(Learnt(case, emulator), names, middle) for case in (number, pair, rate))
    assert one.within is None and one.reported is None and one.study != two.study
    assert two.within is not None and two.within[0] == 1 and 0 < two.within[1] < 1
    assert three.reported == (3, 0.6, 1.0) and three.count == 0
    bruise = replace(rate, observe={"quantity": "bruise_probability"})
    assert _figure_of(Learnt(bruise, emulator), names, middle).reported == (2, 0.2, 1.0)
    highest = _figure_of(Learnt(replace(number, is_highest=True), emulator), names, middle)
    assert highest.value < one.value and replace(pair, arms=("a", "b")).told_twice
