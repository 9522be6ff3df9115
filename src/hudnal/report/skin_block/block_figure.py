"""The block of skin over time as SVG: seen from above at an angle, with its near corner cut away."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
import xarray as xr

from hudnal.arrays import Array, Float
from hudnal.language import Words
from hudnal.language.numbers import format_given
from hudnal.report.figures.style import INK, SOFT
from hudnal.report.skin_block.bar import draw_bar
from hudnal.report.skin_block.cuts import NOTCH, Cut, find_square
from hudnal.report.skin_block.fields import ShownField, choose_fields, name_snapshots, shown_depth
from hudnal.report.skin_block.svg import Rgb, SvgSheet

TIMES = (0.0, 24.0, 672.0, np.inf)  # h after the first session, the nearest snapshots are shown
FIELDS = ("signal", "collagen_change")  # a row each
BORDER = "#7d5540"  # of two layers

_SIDE = 2.4  # mm, of the block
_NOTCH_DEPTH = 0.32  # mm
_AZIMUTH, _ELEVATION = radians(36), radians(34)
_FRONT, _RIGHT = 0.95, 0.86  # light on the walls; the top has 1
_WIDTH = 700.0  # points, of four blocks
_LEFT, _RIGHT_EDGE, _GAP = 46.0, 44.0, 10.0  # points beside and between blocks
_HEAD, _TITLE, _BETWEEN, _FOOT = 20.0, 14.0, 26.0, 8.0  # points above, over a row, between rows, below

Seen = Float[Array, "2"]  # points to the right and down
Place = tuple[float, float, float]  # mm, of the block
Face = tuple[Rgb, Place, Place, Place, list[Place]]  # picture, its corner, along, down, outline


def _look_at(x: float, y: float, z: float) -> Seen:
    """Where a point of the block, mm, is seen: (right, down), mm, from above the near right corner."""
    away = y * cos(_AZIMUTH) - x * sin(_AZIMUTH)
    return np.asarray([x * cos(_AZIMUTH) + y * sin(_AZIMUTH), z * cos(_ELEVATION) - away * sin(_ELEVATION)])


@dataclass(frozen=True)
class _View:
    """A block on the sheet: `corner` is where its near left upper corner is seen, `scale` points a mm."""

    corner: Seen
    scale: float

    def see(self, x: float, y: float, z: float) -> Seen:
        """Where a point of the block, mm, stands on the sheet."""
        return self.corner + self.scale * _look_at(x, y, z)

    def run(self, x: float, y: float, z: float) -> Seen:
        """How far a way through the block, mm, goes on the sheet."""
        return self.see(x, y, z) - self.see(0, 0, 0)


def draw_block_figure(patch: xr.Dataset, words: Words) -> str:
    """Inflammation and new collagen, a row each, at four times, as SVG: the block with its near corner cut away."""
    shown, times = choose_fields(patch), name_snapshots(patch, words, TIMES)
    cut = Cut(patch, *find_square(patch, _SIDE), shown_depth(patch))
    top, bottom = _look_at(0, cut.length, 0)[1], _look_at(cut.width, 0, cut.depth)[1]
    tile = (_WIDTH - _LEFT - _RIGHT_EDGE - _GAP * (len(TIMES) - 1)) / len(TIMES)
    scale = tile / _look_at(cut.width, cut.length, 0)[0]
    high = (bottom - top) * scale
    width = _LEFT + _RIGHT_EDGE + tile * len(times) + _GAP * (len(times) - 1)
    height = _HEAD + 2 * (high + _TITLE) + _BETWEEN - _TITLE + _FOOT
    sheet = SvgSheet("block", words("block.block_title"), width, height)
    for row, name in enumerate(FIELDS):
        field = shown[name]
        above = _HEAD + row * (high + _BETWEEN) + _TITLE
        sheet.add_text((2, above - 4), words(f"block.{field.key}"), bold=True, size=10.5)
        places = (_LEFT + column * (tile + _GAP) for column in range(len(times)))
        views = [_View(np.array([x, above - top * scale]), scale) for x in places]
        for view, (time, label) in zip(views, times.items(), strict=True):
            _draw_block(sheet, cut, time, field, view)
            if row == 0:
                sheet.add_text((view.corner[0] + tile / 2, 11), label, "middle", 10)
        if row == 0:
            _name_layers(sheet, cut, views[0], words)
        else:
            _draw_scale(sheet, cut, views[0], words)
        x = _LEFT + len(times) * tile + (len(times) - 1) * _GAP + 10
        draw_bar(sheet, field, (x, above + high * 0.24), high * 0.52, words)
        sheet.add_text((x, above + high * 0.24 - 6), words(f"block.{field.key}_unit"), size=8)
    return sheet.to_text()


def _draw_block(sheet: SvgSheet, cut: Cut, time: int, field: ShownField, view: _View) -> None:
    """One block with its layers' borders and its edges."""
    faces = _paint_faces(cut, time, field)
    for picture, origin, along, down, outline in faces:
        seen = [view.see(*p) for p in outline]
        sheet.add_image(picture, view.see(*origin), view.run(*along), view.run(*down), seen)
    inner, edge = _place_notch(cut)
    (junction, end), width, length = cut.borders, cut.width, cut.length
    for line in (
        [(0, 0, junction), (edge, 0, junction), (edge, inner, junction), (width, inner, junction)],
        [(width, inner, junction), (width, length, junction)],
        [(0, 0, end), (width, 0, end), (width, length, end)],
    ):
        sheet.add_line([view.see(*p) for p in line], BORDER, 0.4)
    for *_, outline in faces:
        sheet.add_line([view.see(*p) for p in outline], INK, 0.55, closed=True)


def _place_notch(cut: Cut) -> tuple[float, float]:
    """How far the notch goes back, and where it begins, in mm; both between two voxels."""
    inner = round(round(cut.length / cut.step) * NOTCH) * cut.step
    return inner, cut.width - round(round(cut.width / cut.step) * NOTCH) * cut.step


def _paint_faces(cut: Cut, time: int, field: ShownField) -> list[Face]:
    """The six faces that are seen: top, front, right, and the notch's floor, back and side."""
    (inner, edge), deep = _place_notch(cut), _NOTCH_DEPTH
    width, length, depth = cut.width, cut.length, cut.depth
    near, aside = (0, inner / length), (edge / width, 1)
    top = cut.paint_level(time, field, 0.0)[::-1]
    front = _FRONT * cut.paint_wall(time, field, (0, depth), y=0.0)
    right = _RIGHT * cut.paint_wall(time, field, (0, depth), x=1.0)
    floor = cut.paint_level(time, field, deep, x=aside, y=near)[::-1]
    back = _FRONT * cut.paint_wall(time, field, (0, deep), y=near[1], span=aside)
    side = _RIGHT * cut.paint_wall(time, field, (0, deep), x=aside[0], span=near)
    return [
        (top, (0, length, 0), (width, 0, 0), (0, -length, 0),
         [(0, 0, 0), (edge, 0, 0), (edge, inner, 0), (width, inner, 0), (width, length, 0), (0, length, 0)]),
        (front, (0, 0, 0), (width, 0, 0), (0, 0, depth),
         [(0, 0, 0), (edge, 0, 0), (edge, 0, deep), (width, 0, deep), (width, 0, depth), (0, 0, depth)]),
        (right, (width, 0, 0), (0, length, 0), (0, 0, depth),
         [(width, inner, 0), (width, length, 0), (width, length, depth), (width, 0, depth), (width, 0, deep),
          (width, inner, deep)]),
        (floor, (edge, inner, deep), (width - edge, 0, 0), (0, -inner, 0),
         [(edge, 0, deep), (width, 0, deep), (width, inner, deep), (edge, inner, deep)]),
        (back, (edge, inner, 0), (width - edge, 0, 0), (0, 0, deep),
         [(edge, inner, 0), (width, inner, 0), (width, inner, deep), (edge, inner, deep)]),
        (side, (edge, 0, 0), (0, inner, 0), (0, 0, deep),
         [(edge, 0, 0), (edge, inner, 0), (edge, inner, deep), (edge, 0, deep)]),
    ]  # fmt: skip


def _name_layers(sheet: SvgSheet, cut: Cut, view: _View, words: Words) -> None:
    """Write the layers' names beside the left edge."""
    junction, end = cut.borders
    middles = {"epidermis": junction / 2, "dermis": (junction + end) / 2, "fat": (end + cut.depth) / 2}
    for key, depth in middles.items():
        edge = view.see(0, 0, depth)
        sheet.add_line([edge, edge + np.array([-5, 0])], SOFT, 0.5)
        sheet.add_text(edge + np.array([-7, 2.8]), words(f"report.{key}"), "end", 8)


def _draw_scale(sheet: SvgSheet, cut: Cut, view: _View, words: Words) -> None:
    """Draw half a millimetre along each of the three directions, as they are seen."""
    foot = view.see(0, 0, cut.depth) + np.array([-22, 12])
    for way in ((0.5, 0, 0), (0, 0.5, 0), (0, 0, -0.5)):
        sheet.add_line([foot, foot + view.scale * _look_at(*way)], INK, 1.1)
    sheet.add_text(foot + np.array([-8, 20]), f"{format_given(0.5, words.language)} mm", size=8)
