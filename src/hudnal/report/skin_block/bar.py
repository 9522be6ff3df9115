"""The colour bar beside a figure of the skin block."""

from __future__ import annotations

import numpy as np

from hudnal.language import Words
from hudnal.language.numbers import format_given
from hudnal.report.figures.style import SOFT
from hudnal.report.skin_block.fields import ShownField
from hudnal.report.skin_block.svg import Point, SvgSheet

_THICK = 7.0
_TICK = 10.0  # points between two numbers, at least


def draw_bar(sheet: SvgSheet, field: ShownField, corner: Point, length: float, words: Words) -> None:
    """Draw a field's upright colour bar with its unit and numbers; `corner` is its top left."""
    # Place runs evenly along the bar: turn it back to values.
    values = np.linspace(field.low, field.high, 2001)
    even = np.interp(np.linspace(1, 0, 120), field.place(values), values)
    rgb = np.repeat(field.colours(even)[:, None], 2, axis=1)
    x, y = corner
    sheet.add_image(rgb, (x, y), (_THICK, 0), (0, length))
    sheet.add_frame((x, y), _THICK, length, SOFT)
    above = np.inf  # where the last number stands
    for tick, place in zip(field.ticks, field.place(np.array(field.ticks)), strict=True):
        at = y + length * (1 - place)
        if above - at < _TICK and tick != field.high:
            continue
        above = at
        sheet.add_line([(x + _THICK, at), (x + _THICK + 2.5, at)], SOFT, 0.5)
        sign = "+" if tick > 0 and field.low < 0 else ""
        text = sign + format_given(tick, words.language).replace("-", "\u2212")
        sheet.add_text((x + _THICK + 4.5, at + 2.9), text, size=8)
