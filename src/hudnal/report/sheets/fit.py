"""The fit as a page and a plot: how it was made, whether it can be trusted, what the figures moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.special import ndtr

from hudnal.arrays import Array, Float
from hudnal.language import Words
from hudnal.language.numbers import format_as
from hudnal.parameters import Posterior, parameters
from hudnal.report.figures.save import save_figure
from hudnal.report.figures.style import GRID, INK, SOFT, TEAL
from hudnal.report.templates import fill_template
from hudnal.report.words.intervals import format_cell
from hudnal.result.interval import Interval
from hudnal.store.files import write_folder, write_json
from hudnal.units import PERCENT

# A score's mean, or its standard deviation, from which on a parameter counts as moved.
MOVED, PINNED = 0.35, 0.85
_DRAWN = 40  # parameters in the plot
_Z = 1.645  # standard deviations to either side that hold the central 90 %
_LEAST = 1e-6  # of a standard deviation


def write_fit(
    posterior: Posterior, report: Mapping[str, Any], folder: Path, language: str = "en", belief: str = ""
) -> None:
    """Leave fit.md, fit.svg and fit.json in `folder`, all or none. Raises OutputFault.

    The text of a `belief`, as `hudnal fit` found it, becomes posterior.json among them.
    """
    page = render_fit(posterior, report, language)
    writers: dict[str, Callable[[Path], object]] = {}
    if belief:
        writers["posterior.json"] = lambda path: path.write_text(belief, encoding="utf-8")
    writers |= {
        "fit.svg": lambda path: save_figure(
            lambda: draw_moved(posterior, Words(language)), path, "fit", language=language
        ),
        "fit.md": lambda path: path.write_text(page, encoding="utf-8"),
        "fit.json": lambda path: write_json(path, dict(report)),
    }
    write_folder(folder, writers)


def find_moved(posterior: Posterior) -> list[int]:
    """Columns of the parameters that the figures move, the most first."""
    gain = _measure_gain(posterior)
    apart = (np.abs(posterior.mean) > MOVED) | (posterior.deviation < PINNED)
    return [int(k) for k in np.argsort(-gain) if apart[k]]


def _measure_gain(posterior: Posterior) -> Float[Array, " parameter"]:
    """What was learnt of each parameter, nats: the divergence of its posterior from its prior."""
    s = np.maximum(posterior.deviation, _LEAST)
    return (s**2 + posterior.mean**2 - 1) / 2 - np.log(s)


def compare_beliefs(posterior: Posterior, column: int) -> tuple[Interval, Interval]:
    """Median and central 90 % of a parameter in its unit, before and after."""
    belief = parameters()[posterior.names[column]].distribution
    z = np.array([0.0, -_Z, _Z])
    after = posterior.mean[column] + posterior.deviation[column] * z
    before, now = (Interval(*map(float, belief.quantile(ndtr(x)))) for x in (z, after))
    return before, now


def render_fit(posterior: Posterior, report: Mapping[str, Any], language: str = "en") -> str:
    """The page of the fit as Markdown, in a language."""
    words, made, columns = Words(language), posterior.made, find_moved(posterior)
    limits = format_as(MOVED, "g", language), _format_share(PINNED, words)
    emulators = sorted(report["emulators"].items(), key=lambda item: item[1]["explained"])
    page = fill_template(
        "hudnal.report.sheets",
        "fit.md.j2",
        words=words,
        made=words(
            "fit.made",
            figures=len(made.get("cases", [])),
            parameters=len(posterior.names),
            draws=words("fit.and").join(map(str, made.get("draws", []))),
            seed=made.get("seed"),
        ),
        diagnostics={key: format_as(value, ".4g", language) for key, value in report["diagnostics"].items()},
        moved_text=words(
            "fit.moved_text", moved=len(columns), all=len(posterior.names), by=limits[0], below=limits[1]
        ),
        moved=[_list_moved(posterior, column, words) for column in columns],
        still=_tell_unmoved(posterior, columns, words),
        emulators=[
            [name, _format_share(e["explained"], words), format_as(e["noise"], ".3g", language), e["terms"]]
            for name, e in emulators
        ],
    )
    return page + "\n"


def _format_share(share: float, words: Words) -> str:
    return words("fit.percent", n=f"{PERCENT * share:.0f}")


def _list_moved(posterior: Posterior, column: int, words: Words) -> list[str]:
    parameter = parameters()[posterior.names[column]]
    spans = [format_cell(interval, words.language, 3) for interval in compare_beliefs(posterior, column)]
    return [
        parameter.name,
        "" if parameter.unit == "1" else parameter.unit,
        *spans,
        words("fit.deviations", n=format_as(posterior.mean[column], "+.2f", words.language)),
        _format_share(posterior.deviation[column], words),
        words(f"status.{parameter.status}"),
    ]


def _tell_unmoved(posterior: Posterior, moved: list[int], words: Words) -> str:
    """How many parameters of each room stay as the tables have them."""
    still = (name for column, name in enumerate(posterior.names) if column not in set(moved))
    rooms = Counter(name.split(".")[0] for name in still)
    counted = [words("fit.of_room", n=n, room=room) for room, n in rooms.items()]
    return words("fit.still", rooms=", ".join(counted))


def draw_moved(posterior: Posterior, words: Words) -> Figure:
    """The parameters that were moved most: prior and posterior as normal scores."""
    columns = find_moved(posterior)[:_DRAWN][::-1]
    figure = Figure(figsize=(8.2, 0.22 * len(columns) + 1.3), layout="constrained", facecolor="white")
    ax = figure.add_subplot()
    ax.axvspan(-_Z, _Z, color=GRID, linewidth=0)
    for row, k in enumerate(columns):
        mean, half = posterior.mean[k], _Z * posterior.deviation[k]
        ax.plot([mean - half, mean + half], [row, row], color=TEAL, linewidth=3.5, alpha=0.5)
        ax.plot([mean], [row], "o", color=TEAL, markersize=4.5)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(columns)), [posterior.names[k] for k in columns], fontsize=7)
    ax.set_ylim(-0.7, max(len(columns), 1) - 0.3)
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(words("fit.scores"), color=SOFT)
    return figure
