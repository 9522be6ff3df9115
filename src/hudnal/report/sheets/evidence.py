"""The evidence as a page and two plots: every case beside the forecast, before and after the fit."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hudnal.evidence.forecast import Forecast
from hudnal.evidence.moved import Before, compare_with_before
from hudnal.evidence.rival import find_duels
from hudnal.evidence.score import LEVELS, plain_spreads, score_forecasts, tabulate_forecasts
from hudnal.language import Words
from hudnal.language.numbers import format_as, format_number, format_unit
from hudnal.report.figures.save import save_figure
from hudnal.report.figures.style import BLOOD, GRID, INK, SOFT, TEAL, show_as_is
from hudnal.report.sheets.evidence_scores import (
    ROLES,
    Results,
    format_share,
    list_duels,
    list_scores,
    list_shifts,
    tell_measured,
)
from hudnal.report.sheets.rows import Piece, TextTable
from hudnal.report.templates import escape_markdown, fill_template, quote_code
from hudnal.report.words.intervals import format_cell
from hudnal.result.interval import Interval
from hudnal.store.files import write_folder, write_json
from hudnal.units import PERCENT

_FURTHEST = 1e3  # over and under the measured value: where the plot ends
_Z = 1.645  # standard deviations to either side that hold the central 90 %
_LONGEST = 90  # letters of a line of a case's title in the plot
_LINE = 0.17  # inches from a case to the next
_HALF_LINE = 10  # characters on either side of 1 in the terminal's plot
_LINE_DECADES = 2  # that they stand for


def write_evidence(
    results: Results,
    prior: Results,
    folder: Path,
    language: str = "en",
    own: str = "",
    before: Before | None = None,
) -> None:
    """Leave evidence.json, evidence.md, evidence.svg and calibration.svg in `folder`, all or none.

    `own` is the name of somebody's own file of cases, `before` the table that an earlier release left. Raises
    OutputFault.
    """
    words = Words(language)
    page = render_evidence(results, prior, language, own, before)

    def save(draw: Callable[[Results, Results, Words], Figure], name: str) -> Callable[[Path], None]:
        return lambda path: save_figure(lambda: draw(results, prior, words), path, name, language=language)

    writers = {
        "evidence.svg": save(draw_evidence, "evidence"),
        "calibration.svg": save(draw_calibration, "calibration"),
        "evidence.md": lambda path: path.write_text(page, encoding="utf-8"),
        "evidence.json": lambda path: write_json(path, tabulate_forecasts(results, prior)),
    }
    write_folder(folder, writers)


def render_evidence(
    results: Results, prior: Results, language: str = "en", own: str = "", before: Before | None = None
) -> str:
    """The page as Markdown: how the forecasts fared, what moved, every case, and the misses in words."""
    words = Words(language)
    earlier = {r.case.id: r for r in prior}
    kinds: dict[str, list[list[str]]] = {}
    for result in results:
        rows = kinds.setdefault(words(f"evidence.kinds.{result.case.kind}"), [])
        rows.append(_list_case(result, earlier[result.case.id], words))
    moved = None if before is None else compare_with_before(results, before)
    page = fill_template(
        "hudnal.report.sheets",
        "evidence.md.j2",
        words=words,
        own=escape_markdown(own),
        fared=list_scores(results, prior, words),
        duels=list_duels(find_duels(results), words),
        alike=_list_comparable(results, words),
        moved=moved,
        version="" if moved is None else escape_markdown(moved.version),
        shifts=[] if moved is None else list_shifts(moved, words),
        kinds=kinds,
        misses=[
            (escape_markdown(r.case.title), r.case.role, escape_markdown(r.case.cause))
            for r in results
            if not r.inside
        ],
    )
    return page + "\n"


def _list_comparable(results: Results, words: Words) -> list[list[str]]:
    """How wide the forecasts are beside what comparable studies spread, group by group."""
    rows = []
    for name, spread in plain_spreads([r.case for r in results]).items():
        group = [r for r in results if r.case.alike == name]
        widths = [width for r in group if (width := r.width) is not None]
        logs = (spread, float(np.median(widths)) if widths else None)
        factors = [None if log is None else math.exp(log) for log in logs]
        rows.append(
            [escape_markdown(name), str(len(group)), *(_format_factor(f, words.language) for f in factors)]
        )
    return rows


def _format_factor(factor: float | None, language: str) -> str:
    text = format_as(factor, ".2g", language)
    return text if factor is None else f"× {text}"


def _list_case(result: Forecast, before: Forecast, words: Words) -> list[str]:
    case, language = result.case, words.language
    unit = f" {escape_markdown(case.unit)}" if case.unit != "1" else ""
    measured = tell_measured(case, words)
    forecasts = [format_cell(r.predicted, language, 3) for r in (before, result)]
    verdict = words("evidence.inside") if result.inside else f"**{words('evidence.outside')}**"
    told = [f"{text}{unit}" for text in (measured, *forecasts)]
    source = f"{escape_markdown(case.source)} {quote_code(case.fact)}"
    return [escape_markdown(case.title), case.role, *told, verdict, source]


def draw_calibration(results: Results, prior: Results, words: Words) -> Figure:
    """Share of the measured values inside the central intervals, level by level, beside what it should be."""
    roles = [role for role in ROLES if _choose_role(results, role)]
    figure = Figure(figsize=(4.1 * len(roles), 4.0), layout="constrained", facecolor="white")
    for place, role in enumerate(roles):
        ax = figure.add_subplot(1, len(roles), place + 1)
        number = len(_choose_role(results, role))
        ax.plot([0, 1], [0, 1], color=SOFT, linewidth=1, linestyle=":")
        # Luck alone: the share among as many cases whose intervals are right.
        levels = np.linspace(0, 1, 41)
        luck = _Z * np.sqrt(levels * (1 - levels) / number)
        label = words("evidence.luck")
        ax.fill_between(levels, levels - luck, levels + luck, color=GRID, linewidth=0, label=label)
        for these, colour, name in ((prior, SOFT, "prior"), (results, TEAL, "posterior")):
            covered, label = score_forecasts(_choose_role(these, role)).coverage, words(f"evidence.{name}")
            ax.plot(LEVELS, covered, "o-", color=colour, markersize=4, linewidth=1.6, label=label)
        ax.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=words("evidence.central"))
        ax.set_title(words("evidence.of_role", role=role, n=number))
        if place == 0:
            ax.set_ylabel(words("evidence.share_inside"))
            ax.legend(loc="lower right", fontsize=8, frameon=False)
    return figure


def _choose_role(results: Results, role: str) -> list[Forecast]:
    return [r for r in results if r.case.role == role]


def draw_evidence(results: Results, prior: Results, words: Words) -> Figure:
    """Each case on a line: the forecasts relative to the measured value, which stands at 1."""
    before = {r.case.id: r for r in prior}
    shown = [r for r in results if r.predicted[0] is not None and _as_ratio(r.case.value, r) > 0]
    rows: list[Forecast | str] = []
    for kind in dict.fromkeys(r.case.kind for r in shown):
        rows += [words(f"evidence.kinds.{kind}").upper(), *(r for r in shown if r.case.kind == kind)]
    rows.reverse()
    figure = Figure(figsize=(11.5, _LINE * len(rows) + 1.2), layout="constrained", facecolor="white")
    ax = figure.add_subplot()
    for row, result in enumerate(rows):
        if isinstance(result, str):
            continue
        _draw_forecast(ax, row - 0.22, before[result.case.id], SOFT, 1.5)
        _draw_forecast(ax, row + 0.08, result, TEAL if result.inside else BLOOD, 3)
        one = _as_ratio(result.case.value, result)
        ends = [_clip_ratio(_as_ratio(x, result) / one) for x in (result.case.low, result.case.high)]
        ax.plot(ends, [row, row], color=INK, linewidth=0.8)
    ax.axvline(1, color=INK, linewidth=1)
    ax.set(xscale="log", xlim=(1 / _FURTHEST, _FURTHEST), ylim=(-0.8, len(rows) - 0.2))
    ax.set_yticks(range(len(rows)), [_label_row(row) for row in rows], fontsize=6.5)
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if isinstance(row, str) else "normal")
    ax.grid(visible=True, axis="x", color=GRID)
    ax.grid(visible=False, axis="y")
    # As wide as the whole figure, not as its axes.
    figure.supxlabel(words("evidence.ratio"), color=INK, fontsize=8.5)
    return figure


def _draw_forecast(ax: Axes, row: float, result: Forecast, colour: str, width: float) -> None:
    one = _as_ratio(result.case.value, result)
    ratios = (None if x is None else _clip_ratio(_as_ratio(x, result) / one) for x in result.predicted)
    median, low, high = ratios
    if median is None:
        return
    ends = [1 / _FURTHEST if low is None else low, _FURTHEST if high is None else high]
    ax.plot(ends, [row, row], color=colour, linewidth=width, alpha=0.45, solid_capstyle="butt")
    ax.plot([median], [row], "o", color=colour, markersize=width + 0.5)


def _as_ratio(value: float, result: Forecast) -> float:
    """After over before for changes, the value itself otherwise."""
    return 1 + value / PERCENT if result.case.scale.name == "change" else value


def _clip_ratio(ratio: float) -> float:
    return min(max(ratio, 1 / _FURTHEST), _FURTHEST)


def _label_row(row: Forecast | str) -> str:
    """A kind as it stands; a case by its title with its role, in as many lines as it takes."""
    if isinstance(row, str):
        return row
    return "\n".join(map(show_as_is, wrap(f"{row.case.title} [{row.case.role}]", _LONGEST)))


def tabulate_evidence(results: Results, prior: Results, words: Words) -> TextTable:
    """Every case: measured beside predicted before and after the fit, as numbers and as a plot."""
    rows = []
    for result, before in zip(results, prior, strict=True):
        case, style = result.case, "good" if result.inside else "bad"
        measured = tell_measured(case, words)
        forecasts = (format_cell(r.predicted, words.language) for r in (before, result))
        plot = Piece(plot_ratio(case.value, result.predicted), style)
        verdict = Piece(words("evidence.inside" if result.inside else "evidence.outside"), style)
        told = f"{measured} {format_unit(case.unit, words)}"
        rows.append([case.title, case.role, told, *forecasts, (plot,), (verdict,)])
    heads = [words(f"evidence.{part}") for part in ("case", "role", "measured")]
    heads += [words(f"cli.evidence_{part}") for part in ("prior", "predicted")]
    caption = f"{words('cli.evidence_plot')}\n{words('notice')}"
    return TextTable([*heads, "1/100 ─── 1 ─── 100", ""], "llrrrcl", rows, caption)


def tell_scores(results: Results, prior: Results, words: Words) -> list[str]:
    """How many cases of each role lie inside, before and after the fit, a sentence each."""
    lines = []
    for role in ROLES:
        for name, these in (("prior", prior), ("posterior", results)):
            chosen = _choose_role(these, role)
            if not chosen:
                continue
            made = score_forecasts(chosen, these)
            share, factor = (format_number(v, words.language) for v in (PERCENT * made.share, made.factor))
            values = {
                "role": role,
                "belief": words(f"cli.evidence_{name}"),
                "inside": made.inside,
                "by_source": format_share(made.by_source),
            }
            lines.append(words("cli.evidence_total", share=share, factor=factor, all=made.cases, **values))
    duels = find_duels(results)
    if duels:
        won = sum(duel.is_won for duel in duels)
        lines.append(words("cli.evidence_duels", won=won, all=len(duels)))
    return lines


def plot_ratio(measured: float, predicted: Interval) -> str:
    """The predicted interval over the measured value, on a logarithmic line of characters whose middle is 1."""
    if predicted.median is None or measured == 0:
        return ""
    last = 2 * _HALF_LINE

    def find_place(value: float | None, missing: int) -> int:
        if value is None or value / measured <= 0:
            return missing
        place = _HALF_LINE * (1 + math.log10(value / measured) / _LINE_DECADES)
        return min(max(round(place), 0), last)

    # Of negative values the low end is the larger one.
    missing = (0, last) if measured > 0 else (last, 0)
    ends = sorted((find_place(predicted.low, missing[0]), find_place(predicted.high, missing[1])))
    line = ["━" if ends[0] <= i <= ends[1] else " " for i in range(last + 1)]
    line[_HALF_LINE] = "┃" if line[_HALF_LINE] == " " else "╋"
    line[find_place(predicted.median, 0)] = "●"
    return "".join(line)
