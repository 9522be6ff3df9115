"""The fold: the same seed gives the same bits, blocks join, draws keep apart, progress is told."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from sampling import whole

import hudnal
from hudnal.course.simulate import BATCH
from hudnal.study.compare import compare
from hudnal.treatment import TreatmentError


def test_the_same_seed_gives_the_same_bits():
    a, b = (hudnal.simulate("classic", draws=8, seed=11) for _ in range(2))
    assert a.summary() == b.summary()
    for name in a.quantities:
        np.testing.assert_array_equal(a.quantities[name], b.quantities[name])
    other = hudnal.simulate("classic", draws=8, seed=12)
    assert not np.array_equal(a.quantities["tip_depth"], other.quantities["tip_depth"])


@whole
def test_blocks_join(monkeypatch):
    """Draws run in blocks are the draws run alone, and a longer sample begins with a shorter one."""
    simulate = import_module("hudnal.course.simulate")
    draws = import_module("hudnal.parameters.draws")
    block, more = 8, 3
    monkeypatch.setattr(simulate, "BATCH", block)
    monkeypatch.setattr(draws, "_EVEN", block)
    course = hudnal.simulate("home", draws=block + more)
    assert course.draws == block + more
    for name, values in course.quantities.items():
        assert values.shape == (block + more,), name
    for name, values in course.series.items():
        assert values.shape == (course.time.size, block + more), name
    alone = hudnal.simulate("home", draws=block)
    for name, values in alone.quantities.items():
        np.testing.assert_array_equal(course.quantities[name][:block], values, err_msg=name)


@whole
def test_one_draw_is_the_middle():
    course = hudnal.simulate("classic", draws=1)
    low, middle, high = (np.quantile(hudnal.simulate("classic", draws=32).quantities["tip_depth"], q)
                         for q in (0.05, 0.5, 0.95))  # fmt: skip
    assert low < course.quantities["tip_depth"][0] < high
    assert course.quantities["tip_depth"][0] == pytest.approx(middle, rel=0.25)


def test_a_treatment_may_come_as_name_file_data_or_loaded(tmp_path):
    from hudnal.treatment.presets import read_preset

    file = tmp_path / "mine.yaml"
    file.write_text(read_preset("classic"), encoding="utf-8")
    loaded = hudnal.load(file)
    assert loaded == hudnal.load("classic") == hudnal.load(str(file)) == hudnal.load(loaded.as_data())
    assert hudnal.simulate(loaded, draws=1).summary() == hudnal.simulate("classic", draws=1).summary()


def test_what_cannot_run_is_told():
    with pytest.raises(TreatmentError) as told:
        hudnal.simulate({"site": "moon", "session": ["wash"]})
    assert "moon" in str(told.value)


@whole
def test_progress_grows_to_one():
    told = []
    hudnal.simulate("classic", draws=BATCH + 1, progress=told.append)
    assert told == sorted(told)
    assert told[0] > 0
    assert told[-1] == pytest.approx(1)


@whole
def test_comparison_pairs_the_draws():
    a, b = hudnal.simulate("classic", draws=16), hudnal.simulate("too-hard", draws=16)
    table = compare(["a", "b"], [a, b])
    assert table.difference("pain", "b") == next(r for r in table.rows if r.name == "pain").differences[0]
    for quantity, name in (("no such", "b"), ("pain", "a"), ("pain", "c")):
        with pytest.raises(KeyError):
            table.difference(quantity, name)
    rows = {row.name: row for row in table.rows}
    expected = np.median(b.quantities["pih_probability"] - a.quantities["pih_probability"])
    assert rows["pih_probability"].differences[0][0] == pytest.approx(expected, rel=1e-5)
    with pytest.raises(ValueError):
        compare(["a", "b"], [a, hudnal.simulate("classic", draws=8)])


def test_plots_on_a_given_axis():
    from matplotlib.figure import Figure

    course = hudnal.simulate("classic", draws=4)
    ax = Figure().add_subplot()
    assert course.plot("collagen_change", ax) is ax
    curve, *marks = ax.lines
    assert np.asarray(curve.get_xdata()).size == course.time.size
    assert [np.asarray(mark.get_xdata())[0] for mark in marks] == [end / (24 * 7) for end in course.ends]
    assert "%" in ax.get_ylabel()
    assert course.plot("redness", language="sv").get_xlabel()
    days = np.asarray(course.plot("redness", over="day").lines[0].get_xdata())
    np.testing.assert_allclose(days, course.time / 24)
    with pytest.raises(KeyError, match="no unit of time 'month'"):
        course.plot("redness", over="month")
    with pytest.raises(KeyError, match="no series 'collagen'"):
        course.plot("collagen")
