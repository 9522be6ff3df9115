"""New collagen in the block of skin as SVG: slices at three depths and an upright cut, over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from hudnal.language import Words
from hudnal.language.numbers import format_given
from hudnal.report.figures.style import INK
from hudnal.report.skin_block.bar import draw_bar
from hudnal.report.skin_block.block_figure import BORDER
from hudnal.report.skin_block.cuts import Cut, find_upright_cut
from hudnal.report.skin_block.fields import ShownField, choose_fields, name_snapshots, shown_depth
from hudnal.report.skin_block.svg import SvgSheet

TIMES = (0.0, 672.0, np.inf)  # h after the first session, the nearest snapshots are shown
LEVELS = {"papillary": 0.06, "upper": 0.3, "deep": 0.65}  # below the junction, as shares of the dermis

_WIDTH = 700.0  # points
_LEFT, _RIGHT, _HEAD, _FOOT, _GAP = 62.0, 42.0, 34.0, 18.0, 8.0
_SIDE = 124.0  # of a slice
_X = _LEFT + len(LEVELS) * (_SIDE + _GAP)  # where the upright cuts begin
_UPRIGHT = _WIDTH - _RIGHT - _X  # and how wide they are
_FAINT = "#75685f"
_LONG = 60.0  # points a mm from which on half a mm is scale enough


@dataclass(frozen=True)
class _Layout:
    """What is cut where: the whole block, the depths of the slices in mm, and the upright cut as shares of the side."""

    whole: Cut
    depths: dict[str, float]
    row: float
    start: float
    span: float


def draw_slices_figure(patch: xr.Dataset, words: Words) -> str:
    """New collagen at three times, a row each, as SVG: level cuts at three depths, and an upright one."""
    field, times = choose_fields(patch)["collagen_change"], name_snapshots(patch, words, TIMES)
    layout = _lay_out(patch)
    height = _HEAD + len(times) * (_SIDE + _GAP) + _FOOT
    sheet = SvgSheet("slices", words("block.slices_title"), _WIDTH, height)
    _name_columns(sheet, layout, words)
    for number, (time, label) in enumerate(times.items()):
        y = _HEAD + number * (_SIDE + _GAP)
        sheet.add_text((_LEFT - 8, y + _SIDE / 2 + 3), label, "end", 9.5)
        _draw_row(sheet, layout, time, field, y)
    foot = _HEAD + len(times) * (_SIDE + _GAP) + 2
    for begin, per_mm in ((_LEFT, _SIDE / layout.whole.width), (_X, _SIDE / layout.whole.depth)):
        long = 1.0 if per_mm < _LONG else 0.5
        sheet.add_line([(begin, foot), (begin + long * per_mm, foot)], INK, 1.4)
        text = f"{format_given(long, words.language)} mm"
        sheet.add_text((begin + long * per_mm + 4, foot + 3), text, size=8)
    x = _WIDTH - _RIGHT + 12
    draw_bar(sheet, field, (x, _HEAD + 14), _SIDE - 14, words)
    sheet.add_text((x, _HEAD + 6), words("block.collagen_unit"), size=8)
    return sheet.to_text()


def _lay_out(patch: xr.Dataset) -> _Layout:
    whole = Cut(patch, slice(0, patch.sizes["y"]), slice(0, patch.sizes["x"]), shown_depth(patch))
    junction, end = whole.borders
    span = min(1.0, _UPRIGHT / _SIDE * whole.depth / whole.width)  # of the side that fits at full height
    depths = {name: junction + share * (end - junction) for name, share in LEVELS.items()}
    return _Layout(whole, depths, *find_upright_cut(patch, span), span)


def _name_columns(sheet: SvgSheet, layout: _Layout, words: Words) -> None:
    """Write over each column what it shows."""
    for column, (key, depth) in enumerate(layout.depths.items()):
        middle = _LEFT + column * (_SIDE + _GAP) + _SIDE / 2
        shown = f"{format_given(round(depth, 2), words.language)} mm"
        sheet.add_text((middle, 13), words(f"block.{key}"), "middle", 9.5, bold=True)
        sheet.add_text((middle, 25), words("words.depth", n=shown), "middle", 8, colour=_FAINT)
    sheet.add_text((_X + _UPRIGHT / 2, 13), words("block.upright"), "middle", 9.5, bold=True)
    sheet.add_text((_X + _UPRIGHT / 2, 25), words("block.along_line"), "middle", 8, colour=_FAINT)


def _draw_row(sheet: SvgSheet, layout: _Layout, time: int, field: ShownField, y: float) -> None:
    """One time: the slices, on each the line of the upright cut, and that cut with the depths of the slices."""
    whole, row, start, span = layout.whole, layout.row, layout.start, layout.span
    for column, depth in enumerate(layout.depths.values()):
        x = _LEFT + column * (_SIDE + _GAP)
        sheet.add_image(whole.paint_level(time, field, depth)[::-1], (x, y), (_SIDE, 0), (0, _SIDE))
        sheet.add_frame((x, y), _SIDE, _SIDE)
        at = y + _SIDE * (1 - row)
        line = [(x + _SIDE * start, at), (x + _SIDE * (start + span), at)]
        sheet.add_line(line, "#ffffff", 1.6)
        sheet.add_line(line, INK, 0.6, "2.5 2")
    picture = whole.paint_wall(time, field, (0, whole.depth), y=row, span=(start, start + span))
    sheet.add_image(picture, (_X, y), (_UPRIGHT, 0), (0, _SIDE))
    for border in whole.borders:
        at = y + _SIDE * border / whole.depth
        sheet.add_line([(_X, at), (_X + _UPRIGHT, at)], BORDER, 0.4)
    for depth in layout.depths.values():
        at = y + _SIDE * depth / whole.depth
        sheet.add_line([(_X + _UPRIGHT, at), (_X + _UPRIGHT + 4, at)], INK, 0.8)
    sheet.add_frame((_X, y), _UPRIGHT, _SIDE)
