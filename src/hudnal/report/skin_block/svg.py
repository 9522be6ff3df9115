"""An SVG of sheared pictures with lines and words over them.

Written by hand: matplotlib resamples a sheared picture and can only store it as PNG, which for one page of classic
comes to 450 kB where JPEG needs 130.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, cast

import numpy as np
from matplotlib.image import imsave

from hudnal.arrays import Array, Float
from hudnal.report.figures.style import INK

Rgb = Float[Array, "row column 3"]  # 0 to 1
Point = Sequence[float] | Float[Array, "2"]  # x to the right, y downwards, in points


class SvgSheet:
    """An SVG that grows part by part; lengths in points. `name` makes its ids its own."""

    def __init__(self, name: str, label: str, width: float, height: float) -> None:
        self.name, self.clips = name, 0
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}" '
            f'font-family="sans-serif" font-size="9" fill="{INK}">'
        ]

    def add_text(self, at: Point, text: str, anchor="start", size=9.0, bold=False, colour=INK) -> None:
        """Write `text` with its baseline `at` a point, which is its start, middle or end."""
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{at[0]:.2f}" y="{at[1]:.2f}" text-anchor="{anchor}" font-size="{size:g}" '
            f'fill="{colour}"{weight}>{escape(text, quote=False)}</text>'
        )

    def add_line(self, points: Iterable[Point], colour=INK, width=0.6, dash="", closed=False) -> None:
        """Draw a line through `points`, back to the first if it is `closed`."""
        shape = "polygon" if closed else "polyline"
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<{shape} points="{_format_points(points)}" fill="none" stroke="{colour}" '
            f'stroke-width="{width:g}" stroke-linejoin="round" stroke-linecap="round"{dashed}/>'
        )

    def add_frame(self, corner: Point, width: float, height: float, colour=INK) -> None:
        """Draw a rectangle whose top left is `corner`."""
        x, y = corner
        around = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.add_line(around, colour, 0.5, closed=True)

    def add_image(
        self, rgb: Rgb, origin: Point, along: Point, down: Point, outline: Iterable[Point] | None = None
    ) -> None:
        """Lay a picture with its upper edge `along` from `origin` and its left edge `down`; cut to `outline`."""
        rows, columns = rgb.shape[:2]
        a, b = np.asarray(along) / columns
        c, d = np.asarray(down) / rows
        clip = ""
        if outline is not None:
            self.clips += 1
            name = f"{self.name}{self.clips}"
            clip = f' clip-path="url(#{name})"'
            shape = f'<polygon points="{_format_points(outline)}"/>'
            self.parts.append(f'<clipPath id="{name}">{shape}</clipPath>')
        self.parts.append(
            f'<g{clip}><image width="{columns}" height="{rows}" preserveAspectRatio="none" '
            f'transform="matrix({a:.5f} {b:.5f} {c:.5f} {d:.5f} {origin[0]:.3f} {origin[1]:.3f})" '
            f'xlink:href="data:image/jpeg;base64,{_encode_jpeg(rgb)}"/></g>'
        )

    def to_text(self) -> str:
        """Everything that was added, as one SVG element."""
        return "".join([*self.parts, "</svg>"])


def _format_points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def _encode_jpeg(rgb: Rgb) -> str:
    buffer = io.BytesIO()
    imsave(
        cast(Any, buffer),
        np.round(np.clip(rgb, 0, 1) * 255).astype(np.uint8),
        format="jpg",
        pil_kwargs={"quality": 90, "subsampling": 0, "optimize": True},
    )
    return b64encode(buffer.getvalue()).decode()
