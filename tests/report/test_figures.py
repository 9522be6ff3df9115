"""What the figures draw is what the course has, and a figure is the same bytes every time."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from hudnal.language import Words
from hudnal.report.figures import healing, holes, session
from hudnal.report.figures.save import render_svg, save_figure
from hudnal.report.figures.style import BLOOD, GOLD, PLUM, TEAL, draw_band, use_house_style, write_ticks

EN = Words("en")


@pytest.fixture
def ax():
    return Figure().add_subplot()


def line_of(ax, label):
    return next(line for line in ax.lines if line.get_label() == label)


def edges_of(band):
    """Lowest and highest of a filled band."""
    y = band.get_paths()[0].vertices[:, 1]
    return y.min(), y.max()


def test_a_band_is_the_median_and_the_central_90_percent(ax):
    values = np.random.default_rng(1).lognormal(size=(7, 200))
    draw_band(ax, np.arange(7.0), values, BLOOD, "here")
    assert np.allclose(line_of(ax, "here").get_ydata(), np.median(values, axis=1))
    low, high = np.quantile(values, (0.05, 0.95), axis=1)
    assert np.allclose(edges_of(ax.collections[0]), (low.min(), high.max()))


def test_steps_are_bars_in_minutes_in_their_colours(classic, ax):
    session.draw_steps(classic, ax, EN)
    done = [m for m in classic.steps if m.step]
    names = list(dict.fromkeys(m.step.name for m in done))
    assert [label.get_text() for label in ax.get_yticklabels()] == [EN(f"stepnames.{n}") for n in names]
    assert len(ax.patches) == len(done)
    for bar, moment in zip(ax.patches, done, strict=True):
        assert bar.get_x() == pytest.approx(60 * moment.time)
        assert bar.get_width() == pytest.approx(60 * max(moment.until - moment.time, classic.ends[0] / 200))
    numb = ax.patches[[m.step.name for m in done].index("numb")]
    assert numb.get_facecolor() == matplotlib_colour(PLUM)


def matplotlib_colour(name):
    from matplotlib.colors import to_rgba

    return to_rgba(name)


def test_pain_with_and_without_cream_and_drops_with_their_threshold(classic):
    pain, drops = Figure().subplots(1, 2)
    session.draw_pain(classic, pain, EN)
    with_cream = line_of(pain, EN("report.with_cream")).get_ydata()
    without = line_of(pain, EN("report.without_cream")).get_ydata()
    assert np.allclose(with_cream, np.median(classic.strokes.pain, axis=0))
    assert np.allclose(without, np.median(classic.strokes.pain_without_cream, axis=0))
    session.draw_drops(classic, drops, EN)
    limit = classic.sample.value("puncture.bleeding.pinpoint")
    assert set(line_of(drops, EN("report.pinpoint")).get_ydata()) == {limit}


def test_numbness_is_shaded_while_the_needles_go(classic, ax):
    session.draw_numbness(classic, ax, EN)
    shade = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert shade.x0 == pytest.approx(60 * classic.strokes.time[0])
    assert shade.x1 == pytest.approx(60 * classic.strokes.time[-1])


@pytest.mark.parametrize(
    ("draw", "name", "label", "times", "unit"),
    [
        (healing.draw_redness, "redness", "series.redness", 1, 24),
        (healing.draw_felt, "dryness", "series.dryness", 1, 24),
        (healing.draw_closing, "barrier_open", "report.barrier", 100, 1),
        (healing.draw_closing, "channel_open", "report.channel", 100, 1),
    ],
)
def test_the_first_days_run_from_the_end_of_the_session(classic, ax, draw, name, label, times, unit):
    draw(classic, ax, EN)
    x, y = line_of(ax, EN(label)).get_data()
    since = classic.time - classic.ends[0]
    chosen = (since >= 0) & (since <= max(x) * unit + 1e-9)
    assert np.allclose(x * unit, since[chosen])
    assert np.allclose(y, times * np.median(classic.series[name][chosen], axis=1))


def test_months_run_over_the_whole_course_in_weeks(classic, ax):
    healing.draw_change(classic, ax, EN, {"collagen_i_change": TEAL}, "Collagen")
    x, y = line_of(ax, EN("series.collagen_i_change")).get_data()
    assert np.allclose(x, classic.time / 168)
    assert np.allclose(y, np.median(classic.series["collagen_i_change"], axis=1))
    marks = [line for line in ax.lines if line.get_marker() == "^"]
    assert len(marks) == classic.treatment.course.sessions


def test_how_the_result_is_seen(classic, ax):
    healing.draw_eyes(classic, ax, EN)
    names = [label.get_text() for label in ax.get_yticklabels()]
    points = {
        names[round(line.get_ydata()[0])]: line.get_xdata()[0]
        for line in ax.lines
        if line.get_marker() == "o"
    }
    seen = {"measured": -classic.quantities["wrinkle_depth_change"], "blinded": -classic.quantities["wrinkle_change"],
            "open": -classic.quantities["wrinkle_change_open"], "patient": classic.quantities["patient_improvement"]}  # fmt: skip
    for name, values in seen.items():
        assert points[EN(f"report.eyes_{name}")] == pytest.approx(np.median(values)), name


def test_every_hole_stands_on_the_map_in_the_colour_of_blood_where_it_bled(classic, ax):
    holes.draw_map(classic, ax, EN)
    one = classic.holes_of(classic.middle_draw)
    dry, bled = ax.collections
    assert np.allclose(bled.get_offsets(), np.column_stack([one["x"], one["y"]])[one["bled"]])
    assert len(dry.get_offsets()) == (~one["bled"]).sum()
    assert np.allclose(bled.get_facecolor()[0, :3], matplotlib_colour(BLOOD)[:3])


def test_the_section_is_to_scale_and_shows_the_channels_near_the_cut(classic, ax):
    holes.draw_section(classic, ax, EN)
    assert ax.get_aspect() == 1
    one, side = classic.holes_of(classic.middle_draw), classic.holes.side
    width = min(side, 4.2)
    x = one["x"] - (side - width) / 2
    near = (np.abs(one["y"] - side / 2) < 0.35) & (x > 0.1) & (x < width - 0.1)
    channels = next(c for c in ax.collections if len(c.get_paths()) == near.sum() and near.any())
    deepest = sorted(path.vertices[:, 1].max() for path in channels.get_paths())
    assert np.allclose(deepest, sorted(one["channel_depth"][near]))
    tip = max(patch.get_xy()[:, 1].max() for patch in ax.patches)
    assert tip == pytest.approx(np.median(one["tip_depth"]))


def test_numbers_on_axes_have_the_signs_of_the_language(ax):
    ax.set_xlim(-1, 1)
    ax.set_xticks([-0.5, 0.5])
    ax.set_yticks([0.5], ["0.5 mm"])
    write_ticks(ax, "sv")
    ax.figure.draw_without_rendering()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["\u22120,5", "0,5"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0.5 mm"]  # words stay


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_figure_is_the_same_bytes_every_time_and_in_the_houses_look(tmp_path, kind):
    def draw():
        figure = Figure(figsize=(2, 1))
        figure.add_subplot().plot([0, 1], [0, 1], color=GOLD)
        return figure

    for name in ("a", "b"):
        save_figure(draw, tmp_path / name, "test", kind)
    first, second = ((tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second
    assert first[:5] == {"svg": b"<?xml", "png": b"\x89PNG\r", "pdf": b"%PDF-"}[kind]
    if kind == "svg":
        assert b"<text" in first and b"<dc:date>" not in first  # text stays text


def test_an_svg_for_the_page_scales_and_has_no_ids_but_its_own():
    with use_house_style("test"):
        figure = Figure(figsize=(2, 1))
        figure.add_subplot().plot([0, 1], [0, 1])
        text = render_svg(figure, 'A "name" & more')
    root = ElementTree.fromstring(text)
    assert root.attrib["aria-label"] == 'A "name" & more'
    assert "width" not in root.attrib and root.attrib["viewBox"] == "0 0 144 72"
    ids = re.findall(r' id="([^"]+)"', text)
    assert set(ids) <= set(re.findall(r"""(?:url\(#|href="#)([^)"]+)""", text))
    assert not re.search(r"\d\.\d{3}", text)
