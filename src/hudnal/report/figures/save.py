"""Figures out of matplotlib: into a file, or into the page as SVG that scales, prints and has real text."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from hudnal.language.say import FIRST
from hudnal.report.figures.style import THEME, use_house_style, write_ticks

_DPI = 150  # of what is made of pixels
# What would make the bytes differ from run to run.
_METADATA = {"svg": ("Date", "Creator"), "pdf": ("CreationDate",)}


def save_figure(
    draw: Callable[[], Figure], path: Path, name: str, kind: str = "svg", language: str = FIRST
) -> None:
    """Let `draw` make a figure in the house's look and write it as svg, png or pdf, the same bytes every time.

    Numbers on its axes get the signs of the language; `name` makes the ids of an SVG its own. It is drawn here since
    matplotlib makes parts of a figure only on saving.
    """
    with use_house_style(name), _unknown_characters():
        dpi = "figure" if kind == "svg" else _DPI
        figure = draw()
        for axes in figure.axes:
            write_ticks(axes, language)
        figure.savefig(path, format=kind, dpi=dpi, metadata=dict.fromkeys(_METADATA.get(kind, ())))


@contextmanager
def _unknown_characters() -> Iterator[None]:
    """Without the library's news of a character that its font has not: a reader's font, in an SVG, may have it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        warnings.filterwarnings(
            "ignore", message="Matplotlib currently does not support", category=UserWarning
        )
        yield


def render_svg(figure: Figure, label: str) -> str:
    """The figure as an SVG element that fills its column; `label` is read out to those who don't see it."""
    buffer = io.StringIO()
    layout = figure.get_layout_engine()
    with _unknown_characters():
        if layout is not None:  # laid out once, not in every pass of drawing
            layout.execute(figure)
            figure.set_layout_engine("none")
        # `savefig` would draw everything once more, to see what a layout makes of it.
        FigureCanvasSVG(figure).print_svg(
            buffer, metadata=dict.fromkeys(("Date", "Creator", "Type", "Format"))
        )
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    head, rest = text.split(">", 1)
    head = re.sub(r'\s(width|height|version|xmlns:xlink|xmlns)="[^"]*"', "", head)
    rest = re.sub(r"<metadata>.*?</metadata>", "", rest, flags=re.S)
    rest = re.sub(r"(?<=: )#[0-9a-f]{6}\b", _name_colour, rest)
    # Coordinates to a hundredth of a point are finer than any print, and a third of the size; words keep their digits.
    rest = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(?<=\d\.\d\d)\d+", "", tag[0]), rest)
    # Ids that nothing points at would stand on the page once for every figure.
    wanted = set(re.findall(r"""(?:url\(#|href="#)([^)"]+)""", rest))
    rest = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in wanted else "", rest)
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head} {spaces} role="img" aria-label="{escape(label)}">{rest}'


def _name_colour(match: re.Match[str]) -> str:
    """A colour of the house as the page's variable for it, which is another one in the dark."""
    name = THEME.get(match[0])
    return match[0] if name is None else f"var(--{name}, {match[0]})"
