"""How forecasts fared: inside or not, by what factor, how sharp beside comparable studies."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from made_up import plain, samples
from scipy.special import ndtri

from hudnal.evidence.case import FORMS
from hudnal.evidence.fault import CaseFault
from hudnal.evidence.forecast import Forecast
from hudnal.evidence.moved import compare_with_before, read_before
from hudnal.evidence.rival import find_duels, score_logarithm
from hudnal.evidence.scale import scale_of
from hudnal.evidence.score import agrees_in_side, plain_spreads, score_forecasts, tabulate_forecasts
from hudnal.language import Words, say
from hudnal.report.sheets.evidence import render_evidence, tell_scores, write_evidence


def test_inside_means_that_the_intervals_meet():
    case = plain(low=1.0, high=3.0)
    assert Forecast(case, samples(2, 2, 2)).inside
    assert not Forecast(case, samples(4, 5, 6)).inside
    assert Forecast(case, samples(2.5, 5, np.inf)).inside  # "never" for some draws: an open end
    assert not Forecast(case, samples()).inside


def test_the_factor_by_which_a_median_is_off():
    assert Forecast(plain(value=2.0), samples(4, 4, 4)).factor == pytest.approx(2)
    assert Forecast(plain(low=1.0, high=3.0), samples(2.9, 2.9, 2.9)).factor == 1  # within the range
    assert Forecast(plain(low=1.0, high=3.0), samples(6, 6, 6)).factor == pytest.approx(2)
    grade = plain(value=-20.0, low=-20.0, high=-20.0, scale=scale_of("change"))
    assert Forecast(grade, samples(-60, -60, -60)).factor == pytest.approx(2)  # half as much is left
    assert Forecast(plain(), samples(np.inf, np.inf, np.inf)).factor is None


def test_sharper_than_what_comparable_studies_spread():
    group = [plain(id=f"g{i}", value=v, low=v, high=v, alike="g") for i, v in enumerate((1.0, 2.0, 4.0))]
    width = plain_spreads(group)["g"]
    assert width == pytest.approx(2 * 1.645 * np.log(2) * np.sqrt(4 / 3), rel=1e-3)
    narrow = [Forecast(c, samples(*np.linspace(1.9, 2.1, 21))) for c in group]
    sharpness = score_forecasts(narrow).sharpness
    assert sharpness is not None and sharpness < 0.1
    assert plain_spreads(group[:2]) == {}


def width_of(case, values):
    width = Forecast(case, values).width
    assert width is not None
    return width


def test_a_forecast_that_everybody_responds_has_a_width():
    group = [
        plain(
            id=f"g{i}",
            value=k / 30,
            low=k / 30,
            high=k / 30,
            count=k,
            n=30,
            scale=scale_of("share"),
            alike="g",
        )
        for i, k in enumerate((20, 26, 30))
    ]
    spread = plain_spreads(group)["g"]
    assert np.isfinite(spread)
    always = Forecast(group[2], np.ones(64))
    assert always.width == 0
    assert width_of(group[1], samples(*np.array((28, 30, 30)) / 30)) > 0
    assert width_of(group[1], samples(*np.array((28, 30, 30)) / 30)) < width_of(
        group[1], samples(*np.array((10, 20, 30)) / 30)
    )
    # Twice the people, the same share: the last of them weighs less.
    more = replace(group[2], n=60, count=60)
    assert width_of(more, np.array([0.5, 1.0])) > width_of(group[2], np.array([0.5, 1.0]))


def test_a_bound_is_met_by_a_median_on_its_side():
    """A wide interval always touches it."""
    bound = plain(value=2.0, low=2.0, high=np.inf)
    assert Forecast(bound, samples(1.0, 3.0, 90.0)).inside
    assert not Forecast(bound, samples(0.1, 1.0, 90.0)).inside
    assert Forecast(plain(value=2.0, low=-np.inf, high=2.0), samples(0.1, 1.0, 90.0)).inside


def test_central_parts_of_counts_hold_what_their_name_says():
    """Of counts that the forecast itself draws, half lie in the central half, though each is a step."""
    rng = np.random.default_rng(1)
    drawn = np.sort(rng.binomial(20, 0.1, 4000) / 20)
    found = [
        Forecast(plain(value=k / 20, low=k / 20, high=k / 20, count=int(k), n=20), drawn)
        for k in rng.binomial(20, 0.1, 400)
    ]
    for level in (0.5, 0.8, 0.9):
        assert np.mean([one.cover(level) for one in found]) == pytest.approx(level, abs=0.06)
    assert np.mean([one.covers(0.5) for one in found]) > 0.6  # as steps, more
    evenly, edges = (
        np.linspace(0, 1, 2001),
        np.array([0.0, 0.3, 0.8, 1.0]),
    )  # ranges that a source tells by classes
    places = np.searchsorted(edges, rng.random(400)) - 1
    found = [Forecast(plain(value=edges[i], low=edges[i], high=edges[i + 1]), evenly) for i in places]
    for level in (0.5, 0.8):
        assert np.mean([one.cover(level) for one in found]) == pytest.approx(level, abs=0.06)
    assert np.mean([one.covers(0.5) for one in found]) > 0.7
    assert Forecast(plain(count=20, n=20, value=1.0, low=1.0, high=1.0), drawn).cover(0.9) == 0


def test_scores_by_source_count_each_source_once():
    good, bad = samples(1.9, 2.0, 2.1), samples(8.0, 9.0, 10.0)
    many = [Forecast(plain(id=f"a{i}", fact="one"), good) for i in range(9)]
    one = [Forecast(plain(id="b", fact="two"), bad)]
    found = score_forecasts(many + one)
    assert found.share == pytest.approx(0.9) and found.by_source == pytest.approx(0.5) and found.sources == 2


def pair(how="ratio", **changes):
    case = plain(**changes)
    return replace(case, than=case.trial, how=how)


@pytest.mark.parametrize(
    ("case", "median", "side"),
    [
        (pair(value=3.0, low=3.0, high=3.0), 1.2, True),
        (pair(value=3.0, low=3.0, high=3.0), 0.9, False),
        (pair(value=1.0, low=1.0, high=np.inf), 1.2, True),
        (pair(value=1.0, low=0.8, high=1.25), 1.2, None),  # alike
        (pair(value=1.0, low=1.0, high=1.0), 1.2, None),
        (pair("relative", value=-20.0, low=-20.0, high=-20.0, scale=scale_of("change")), -3.0, True),
        (pair("relative", value=0.0, low=-np.inf, high=0.0, scale=scale_of("change")), 2.0, False),
        (plain(), 2.0, None),
    ],
)
def test_the_side_of_a_pair(case, median, side):
    assert agrees_in_side(Forecast(case, samples(median, median, median))) is side


def test_an_interval_that_holds_everything_scores_below_the_plain_spread():
    group = [
        plain(id=f"g{i}", fact=f"s{i}", value=v, low=v, high=v, alike="g")
        for i, v in enumerate((1.8, 2.0, 2.1, 2.3, 1.9))
    ]
    everything = np.geomspace(1e-6, 1e6, 500)
    near = np.geomspace(1.7, 2.4, 500)
    (wide,), (sharp,) = (find_duels([Forecast(c, values) for c in group]) for values in (everything, near))
    assert all(Forecast(c, everything).inside for c in group)
    assert not wide.is_won and wide.better == 0
    assert sharp.is_won and sharp.figures == sharp.sources == 5 and sharp.rival == pytest.approx(wide.rival)
    assert find_duels([Forecast(c, near) for c in group[:3]]) == []  # too few others
    same = [replace(c, fact="one source") for c in group]
    assert find_duels([Forecast(c, near) for c in same]) == []


def test_scores_are_finite_whatever_comes_out():
    rate = plain(count=3, n=10, value=0.3, low=0.3, high=0.3, scale=scale_of("share"))
    for case in (plain(), plain(value=0.0, low=0.0, high=0.0), plain(low=1.0, high=np.inf), rate):
        for values in (samples(1e9, 1e9, np.inf), samples(0, 0, 0), samples(2, 2, 2)):
            score = score_logarithm(Forecast(case, values))
            assert score is not None and np.isfinite(score)
    assert score_logarithm(Forecast(plain(), samples())) is None


def test_the_density_of_a_normal_forecast_is_its_score():
    values = np.exp(ndtri((np.arange(4000) + 0.5) / 4000))
    found = score_logarithm(Forecast(plain(value=1.0, low=1.0, high=1.0), values))
    assert found == pytest.approx(-0.5 * np.log(2 * np.pi), abs=0.02)


def test_what_moved_since_before(tmp_path):
    """Crossed the line, moved, new and gone; another file is refused in a line."""
    then = [
        Forecast(plain(id="a"), samples(1.9, 2.0, 2.1)),
        Forecast(plain(id="b"), samples(8.0, 9.0, 10.0)),
        Forecast(plain(id="c"), samples(1.9, 2.0, 2.1)),
        Forecast(plain(id="old"), samples(1.9, 2.0, 2.1)),
    ]
    now = [
        Forecast(plain(id="a"), samples(1.9, 2.0, 2.1)),
        Forecast(plain(id="b"), samples(1.9, 2.1, 2.3)),
        Forecast(plain(id="c"), samples(1.5, 2.5, 3.1)),
        Forecast(plain(id="new"), samples(1.9, 2.0, 2.1)),
    ]
    file = tmp_path / "evidence.json"
    file.write_text(json.dumps(tabulate_forecasts(then)), encoding="utf-8")
    moved = compare_with_before(now, read_before(file))
    assert (moved.compared, moved.new, moved.gone, moved.gained, moved.lost, moved.moved) == (
        3,
        1,
        1,
        1,
        0,
        2,
    )
    assert [shift.case.id for shift in moved.shifts] == ["b", "c"]
    page = render_evidence(now, now, before=read_before(file))
    assert "What moved since" in page and "Figures in both: 3;" in page
    assert "What moved" not in render_evidence(now, now)
    for text in (
        "{",
        "[]",
        '{"schema": "hudnal/summary/1"}',
        '{"schema": "hudnal/evidence/1", "cases": [{}]}',
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(CaseFault, match=r"no `evidence\.json`"):
            read_before(file)
    with pytest.raises(CaseFault, match="No such file"):
        read_before(tmp_path / "none.json")


def test_a_page_with_figures_of_every_form(tmp_path):
    """Each form has its row in each role, a rate is told in people, and the groups are judged by name."""
    rate = {"count": 0, "n": 39, "value": 0.0, "low": 0.0, "high": 0.0, "scale": scale_of("share")}
    cases = [
        plain(id="number"), plain(id="range", low=1.0, high=3.0), plain(id="bound", high=np.inf),
        plain(id="rate", **rate), pair(id="pair", value=3.0, low=3.0, high=3.0),
        *(plain(id=f"g{i}", fact=f"s{i}", value=2.0 + i, low=2.0 + i, high=2.0 + i, alike="sleep") for i in range(5)),
    ]  # fmt: skip
    results = [Forecast(replace(case, role="check"), samples(0.0, 2.0, 2.5, 90.0)) for case in cases]
    for language, told in (("en", "0 of 39"), ("sv", "0 av 39")):
        page = render_evidence(results, results, language)
        assert told in page and " nan" not in page and "| sleep | 5 | 5 |" in page
        for form in FORMS:
            assert f"| {say(f'evidence.forms.{form}', language)} | " in page
    assert len(tell_scores(results, results, Words("sv"))) == 3
    write_evidence(results, results, tmp_path)
    table = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))
    assert table["schema"] == "hudnal/evidence/2"
    assert table["scores"]["check"]["pairs"] == 1 and table["groups"][0]["name"] == "sleep"
    assert {case["form"] for case in table["cases"]} == set(FORMS)
