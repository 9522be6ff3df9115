"""Sheets beside the page: their tables say what was computed, in the language that is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import hudnal
from hudnal.evidence.case_file import load_cases
from hudnal.evidence.forecast import Forecast
from hudnal.language import Words
from hudnal.language.numbers import format_number
from hudnal.parameters.posterior import load_shipped_posterior
from hudnal.report.sheets.comparison import tabulate_comparison
from hudnal.report.sheets.evidence import (
    plot_ratio,
    render_evidence,
    tabulate_evidence,
    tell_scores,
    write_evidence,
)
from hudnal.report.sheets.fit import render_fit
from hudnal.report.sheets.rows import Piece, leave_out
from hudnal.report.sheets.sweep import PANELS, place_values, tabulate_sweep
from hudnal.result.interval import Interval
from hudnal.result.meaningful import matters
from hudnal.study.compare import Comparison, Row, compare
from hudnal.study.sweep import Sweep

DOCS = Path(__file__).parents[2] / "docs"
EN, SV = Words("en"), Words("sv")


def text_of(cell):
    return cell if isinstance(cell, str) else "".join(piece.text for piece in cell)


def style_of(piece):
    assert isinstance(piece, Piece)
    return piece.style


@pytest.fixture(scope="module")
def comparison():
    return compare(["short", "long"], [hudnal.simulate(name, draws=6) for name in ("home", "classic")])


def test_treatments_side_by_side(comparison):
    table = tabulate_comparison(comparison, EN)
    assert list(table.heads) == ["quantity", "short", "long"] and table.aligned == "lrr"
    rows = {text_of(row[0]).split(" µ")[0].split(" day")[0].strip(): row for row in table.rows}
    pain = next(row for row in comparison.rows if row.name == "pain")
    short, long = rows["Pain"][1:]
    assert text_of(short).startswith(format_number(pain.values[0].median, "en"))
    value, difference = text_of(long).split("\n")
    assert value.startswith(format_number(pain.values[1].median, "en"))
    sure = pain.differences[0].low > 0 and matters("pain", pain.differences[0])
    assert difference.startswith(f"Δ +{format_number(pain.differences[0].median, 'en')} (")
    assert difference.endswith(EN("cli.compare_sure")) == sure
    assert style_of(long[-1]) == ("strong" if sure else "soft")
    assert f"{len(comparison.list_other_rows())} more quantities" in table.caption
    whole = tabulate_comparison(comparison, EN, everything=True)
    assert len(whole.rows) == len(comparison.rows) + 4  # and the heads of four groups
    assert "more quantities" not in whole.caption
    assert text_of(tabulate_comparison(comparison, SV).rows[0][0]) == SV("cli.compare_benefit")


def test_what_nobody_would_notice_is_told_as_too_small():
    small, large = Interval(-0.05, -0.06, -0.04), Interval(9.0, 8.0, 10.0)
    same = Interval(10.0, 9.0, 11.0)
    rows = tuple(
        Row(name, "%", (same, same), (difference,))
        for name, difference in (("healthy_collagen_change", small), ("scar_volume_change", large))
    )
    table = tabulate_comparison(Comparison(("a", "b"), rows, 8, 1), EN)
    told = [text_of(row[-1]) for row in table.rows if row[-1]]
    assert [EN("cli.compare_small") in text for text in told] == [True, False]
    assert [text.endswith(EN("cli.compare_sure")) for text in told] == [False, True]


def test_values_lie_on_an_axis_by_their_numbers():
    assert place_values(["5 N", "1 N", "2 N"]) == (["1 N", "2 N", "5 N"], {"5 N": 5, "1 N": 1, "2 N": 2})
    ordered, wide = place_values(["0.5 N", "2 N", "20 N"])
    assert ordered == ["0.5 N", "2 N", "20 N"]
    assert wide["20 N"] - wide["2 N"] == pytest.approx(1.0)  # a decade
    for values in (["little", "much", "usual"], ["1 N", "1 kg", "2 N"], ["0 N", "1 N"]):
        assert place_values(values) == (values, {value: i for i, value in enumerate(values)})


def test_a_sweep_is_a_row_a_combination():
    values = {name: Interval(float(i + 2), 1.0, 9.0) for i, name in enumerate(PANELS)}
    table = tabulate_sweep(Sweep({"force": ["1 N"]}, [{"force": "1 N"}], [values]), EN)
    assert table.rows == [["1 N", *(f"{i + 2}.0\n1.0–9.0" for i in range(len(PANELS)))]]
    own = tabulate_sweep(Sweep({"force": ["1 N"]}, [{"force": "1 N"}], [values], baseline=0), SV)
    assert own.rows[0][0] == f"1 N\n({SV('cli.sweep_own')})" and own.rows[0][1:] != table.rows[0][1:]
    assert table.heads[1] == "Holes (/cm²)" and len(table.heads) == len(table.aligned) == len(PANELS) + 1


def around(case, factor):
    """A forecast whose median is `factor` times the measured value on the case's scale, from half to twice of it."""
    return Forecast(case, np.sort(case.value * factor * np.geomspace(0.5, 2, 41)))


@pytest.fixture(scope="module")
def results():
    cases = [c for c in load_cases() if not c.is_range and c.scale.name == "log" and c.value > 0]
    return [around(c, 10 if i == 0 else 1) for i, c in enumerate(cases)], [around(c, 1.1) for c in cases]


def test_a_case_that_misses_is_told_as_one(results):
    after, before = results
    for table in (tabulate_evidence(after, before, EN), tabulate_evidence(after, before, SV)):
        assert style_of(table.rows[0][-1][0]) == "bad" and {
            style_of(row[-1][0]) for row in table.rows[1:]
        } == {"good"}
    page = render_evidence(after, before)
    assert page.count("**outside**") == 1 and "## The 1 that miss" in page
    assert f"- **{after[0].case.title}** ({after[0].case.role})" in page
    lines = tell_scores(after, before, EN)
    assert (
        sum("before the fit" in line for line in lines) == sum("after the fit" in line for line in lines) == 2
    )
    role = after[0].case.role
    n = sum(r.case.role == role for r in after)
    assert f"{n - 1} of {n} measured values" in next(x for x in lines if x.startswith(f"{role}, after"))


def test_prior_and_posterior_stand_in_their_columns(results):
    after, before = results
    row = next(line for line in render_evidence(after, before).splitlines() if after[0].case.title in line)
    cells = [cell.strip() for cell in row.split("|")]
    measured = after[0].case.value
    assert cells[4].startswith(format_number(1.1 * measured, "en", 3))
    assert cells[5].startswith(format_number(10 * measured, "en", 3))


def test_a_narrow_terminal_gets_the_evidence_without_what_can_be_spared(results):
    after, before = results
    whole = tabulate_evidence(after, before, EN)
    table = leave_out(whole, (1, 3))
    assert len(table.heads) == len(table.aligned) == len(whole.heads) - 2
    assert all([row[0], row[2], *row[4:]] == kept for row, kept in zip(whole.rows, table.rows, strict=True))


@pytest.mark.parametrize(
    ("measured", "predicted", "line"),
    [
        (1.0, Interval(1.0, 0.1, 10.0), "     ━━━━━●━━━━━     "),
        (1.0, Interval(10.0, 10.0, 100.0), "          ┃    ●━━━━━"),
        (1.0, Interval(0.01, 0.0, 1.0), "●━━━━━━━━━╋          "),
        (-1.0, Interval(-1.0, -10.0, -0.1), "     ━━━━━●━━━━━     "),
        (1.0, Interval(None, None, None), ""),
    ],
)
def test_the_plot_in_characters(measured, predicted, line):
    assert plot_ratio(measured, predicted) == line


def test_pages_in_swedish_have_swedish_words_and_numbers(results, tmp_path):
    after, before = results
    write_evidence(after, before, tmp_path / "e", "sv")
    page = (tmp_path / "e" / "evidence.md").read_text(encoding="utf-8")
    assert page == render_evidence(after, before, "sv")
    assert page.startswith("# Belägg") and "## Alla fall" in page and "**utanför**" in page
    figure = (tmp_path / "e" / "calibration.svg").read_text(encoding="utf-8")
    assert "mittersta intervall" in figure and "central interval" not in figure
    report = json.loads((DOCS / "fit.json").read_text(encoding="utf-8"))
    english, swedish = (render_fit(load_shipped_posterior(), report, language) for language in ("en", "sv"))
    assert swedish.startswith("# Anpassningen") and english.startswith("# The fit")
    # The same tables, number by number.
    for one, other in zip(*(page.splitlines() for page in map(tables_of, (english, swedish))), strict=True):
        assert one.count("|") == other.count("|")
        assert ".5" not in other.split("|")[3] if other.count("|") > 6 else True
    assert "more than 0.35 of" in english and "mer än 0,35 av" in swedish and "under 85 %" in swedish


def tables_of(page):
    return "\n".join(line for line in page.splitlines() if line.startswith("|"))
