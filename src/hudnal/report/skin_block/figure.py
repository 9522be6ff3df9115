"""The block of skin over time as SVG: cut open and seen from above at an angle, and in slices."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any, cast

import numpy as np
import xarray as xr
from matplotlib.colors import to_rgb
from matplotlib.image import imsave
from scipy.ndimage import zoom

from hudnal.language import Words
from hudnal.report.figures.style import INK, SOFT
from hudnal.report.skin_block.fields import Field, fields, hours_after, snapshots, when
from hudnal.report.words.numbers import given

BLOCK_TIMES = (0.0, 24.0, 672.0, np.inf)  # h after the first session, the nearest snapshots are shown
SLICE_TIMES = (0.0, 672.0, np.inf)
HOLE = "#2b1512"
# Each layer's colour where a field is as before; what differs covers it.
TINTS = {"epidermis": "#f3d5b6", "dermis": "#ffffff", "fat": "#fff0b4"}

_SIDE = 2.4  # mm, of the block
_NOTCH = 0.60  # share of the block's side that is cut away
_NOTCH_DEPTH = 0.32  # mm
_BELOW = 1.25  # the block ends this many times deeper than the dermis
_FINE = 2  # pixels across a voxel
_AZIMUTH, _ELEVATION = radians(36), radians(34)
_FRONT, _RIGHT = 0.95, 0.86  # light on the walls; the top has 1
_LEVELS = (0.06, 0.3, 0.65)  # depth of the slices below the junction, as shares of the dermis
_TICK = 10.0  # points between two numbers at a bar, at least
_COVERS = 0.8  # how much of a layer's own colour the strongest colour of a field hides


def window(patch: xr.Dataset, side: float) -> tuple[slice, slice]:
    """The cells (y, x) of a square of `side` mm whose cut faces meet as many holes as possible."""
    step = float(patch["x"][1] - patch["x"][0])
    ny, nx = patch.sizes["y"], patch.sizes["x"]
    n = min(round(side / step), nx, ny)
    inner, thick = round(n * _NOTCH), np.diff(patch["z_edge"].values)
    amount = np.tensordot(thick, patch["hole"].values.astype(float), 1)
    along_x = np.cumsum(np.pad(amount, ((0, 0), (1, 0))), axis=1)
    along_y = np.cumsum(np.pad(amount, ((1, 0), (0, 0))), axis=0)
    best, found = -1.0, (0, 0)
    for j in range(ny - n + 1):
        for i in range(nx - n + 1):
            front = along_x[j, i + n] - along_x[j, i]
            back = along_x[j + inner, i + n] - along_x[j + inner, i + n - inner]
            right = along_y[j + n, i + n - 1] - along_y[j, i + n - 1]
            left = along_y[j + inner, i + n - inner - 1] - along_y[j, i + n - inner - 1]
            if front + back + right + left > best + 1e-12:
                best, found = front + back + right + left, (j, i)
    return slice(found[0], found[0] + n), slice(found[1], found[1] + n)


@dataclass(frozen=True)
class _Cut:
    """A square of the patch, any face of which can be had as a picture. mm from its near left corner."""

    patch: xr.Dataset
    rows: slice
    columns: slice
    depth: float

    @property
    def step(self) -> float:
        return float(self.patch["x"][1] - self.patch["x"][0])

    @property
    def width(self) -> float:
        return (self.columns.stop - self.columns.start) * self.step

    @property
    def length(self) -> float:
        return (self.rows.stop - self.rows.start) * self.step

    def level(self, time: int, field: Field, depth: float, x=(0.0, 1.0), y=(0.0, 1.0)) -> np.ndarray:
        """RGB at one depth, (y, x, 3), over the shares `x` and `y` of the square."""
        box = self._box(time, field, self._share(self.rows, y), self._share(self.columns, x))
        values, hole = (self._in_depth(b, np.array([depth]))[0] for b in box)
        return self._paint(field, _finer(values), _finer(hole), np.array([depth]), self._open(time))

    def wall(
        self, time: int, field: Field, depths: tuple[float, float], *, x=None, y=None, span=(0.0, 1.0)
    ) -> np.ndarray:
        """RGB of an upright cut at the share `x` or `y` of the square, (z, along, 3), over the share `span`."""
        rows = self._share(self.rows, span) if y is None else self._at(self.rows, y)
        columns = self._share(self.columns, span) if x is None else self._at(self.columns, x)
        z = np.linspace(*depths, max(2, round((depths[1] - depths[0]) / self.step * _FINE)) * 2 + 1)[1::2]
        box = self._box(time, field, rows, columns)
        values, hole = (self._in_depth(b, z).reshape(z.size, -1) for b in box)
        values, hole = (zoom(v, (1, _FINE), order=3, mode="nearest", grid_mode=True) for v in (values, hole))
        return self._paint(field, values, hole, z, self._open(time))

    def _share(self, whole: slice, share: tuple[float, float]) -> slice:
        n = whole.stop - whole.start
        return slice(whole.start + round(n * share[0]), whole.start + round(n * share[1]))

    def _at(self, whole: slice, share: float) -> slice:
        at = min(whole.start + round((whole.stop - whole.start) * share), whole.stop - 1)
        return slice(at, at + 1)

    def _box(self, time: int, field: Field, rows: slice, columns: slice) -> tuple[np.ndarray, np.ndarray]:
        values = self.patch[field.name][time, :, rows, columns].values.astype(float)
        return values, self.patch["hole"][:, rows, columns].values.astype(float)

    def _layers(self, z: np.ndarray) -> np.ndarray:
        return np.searchsorted([self.patch.attrs["junction_mm"], self.patch.attrs["dermis_end_mm"]], z)

    def _in_depth(self, box: np.ndarray, z: np.ndarray) -> np.ndarray:
        """The box (z, y, x) at other depths; nothing is mixed across the layers' borders."""
        cells = self.patch["z"].values
        found = np.empty((z.size, *box.shape[1:]))
        of_cells, of_z = self._layers(cells), self._layers(z)
        for layer in np.unique(of_z):
            own = np.nonzero(of_cells == layer)[0]
            at = np.interp(z[of_z == layer], cells[own], own)
            low = np.floor(at).astype(int)
            high, share = np.minimum(low + 1, own[-1]), (at - low)[:, None, None]
            found[of_z == layer] = box[low] * (1 - share) + box[high] * share
        return found

    def _open(self, time: int) -> float:
        """1 while half of the holes or more are open, then 0."""
        injured = self.patch["hole"].values.max(0) > 0.5
        return float(injured.any() and (self.patch["bare"].values[time][injured] > 0).mean() >= 0.5)

    def _paint(self, field, values, hole, z, opened) -> np.ndarray:
        rgb = field.colours(values)
        tints = np.array([to_rgb(c) for c in TINTS.values()])[self._layers(z)]
        tints = tints[:, None]
        rgb = rgb * (tints + (1 - tints) * (_COVERS * np.sqrt(field.away(values)))[..., None])
        dark = np.clip(hole, 0, 1)[..., None] * opened
        return rgb * (1 - dark) + np.array(to_rgb(HOLE)) * dark


def _finer(values: np.ndarray) -> np.ndarray:
    return np.asarray(zoom(values, _FINE, order=3, mode="nearest", grid_mode=True))


def _view(x: float, y: float, z: float) -> np.ndarray:
    """Where a point of the block, mm, is seen: (right, down), mm, from above the near right corner."""
    away = y * cos(_AZIMUTH) - x * sin(_AZIMUTH)
    return np.asarray([x * cos(_AZIMUTH) + y * sin(_AZIMUTH), z * cos(_ELEVATION) - away * sin(_ELEVATION)])


class _Sheet:
    """An SVG that grows; lengths in points."""

    def __init__(self, name: str, label: str, width: float, height: float) -> None:
        self.name, self.clips = name, 0
        safe = label.replace("&", "&amp;").replace('"', "'").replace("<", "&lt;")
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{safe}" '
            f'font-family="sans-serif" font-size="9" fill="{INK}">'
        ]

    def text(self, at, words: str, anchor="start", size=9.0, bold=False, colour=INK, turn=0.0) -> None:
        safe = words.replace("&", "&amp;").replace("<", "&lt;")
        weight = ' font-weight="bold"' if bold else ""
        turned = f' transform="rotate({turn:g} {at[0]:.2f} {at[1]:.2f})"' if turn else ""
        self.parts.append(
            f'<text x="{at[0]:.2f}" y="{at[1]:.2f}" text-anchor="{anchor}" font-size="{size:g}" '
            f'fill="{colour}"{weight}{turned}>{safe}</text>'
        )

    def line(self, points, colour=INK, width=0.6, dash="", closed=False) -> None:
        path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        shape = "polygon" if closed else "polyline"
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<{shape} points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
            f'stroke-linejoin="round" stroke-linecap="round"{dashed}/>'
        )

    def image(self, rgb: np.ndarray, origin, along, down, outline=None) -> None:
        """A picture whose upper edge runs `along` from `origin` and whose left edge runs `down`; cut to `outline`."""
        rows, columns = rgb.shape[:2]
        a, b = np.asarray(along) / columns
        c, d = np.asarray(down) / rows
        clip = ""
        if outline is not None:
            self.clips += 1
            clip = f' clip-path="url(#{self.name}{self.clips})"'
            path = " ".join(f"{x:.2f},{y:.2f}" for x, y in outline)
            self.parts.append(f'<clipPath id="{self.name}{self.clips}"><polygon points="{path}"/></clipPath>')
        self.parts.append(
            f'<g{clip}><image width="{columns}" height="{rows}" preserveAspectRatio="none" '
            f'transform="matrix({a:.5f} {b:.5f} {c:.5f} {d:.5f} {origin[0]:.3f} {origin[1]:.3f})" '
            f'xlink:href="data:image/jpeg;base64,{_jpeg(rgb)}"/></g>'
        )

    def bar(self, field: Field, corner, length: float, thick: float, words: Words) -> None:
        """The upright colour bar, its top left `corner`."""
        # Place runs evenly along the bar: turn it back to values.
        values = np.linspace(field.low, field.high, 2001)
        even = np.interp(np.linspace(1, 0, 120), field.place(values), values)
        rgb = np.repeat(field.colours(even)[:, None], 2, axis=1)
        x, y = corner
        self.image(rgb, (x, y), (thick, 0), (0, length))
        self.line([(x, y), (x + thick, y), (x + thick, y + length), (x, y + length)], SOFT, 0.5, closed=True)
        told = np.inf
        for tick in field.ticks:
            at = y + length * (1 - float(field.place(np.array(tick))))
            if told - at < _TICK and tick != field.high:
                continue
            told = at
            self.line([(x + thick, at), (x + thick + 2.5, at)], SOFT, 0.5)
            sign = "+" if tick > 0 and field.low < 0 else ""
            self.text(
                (x + thick + 4.5, at + 2.9), sign + given(tick, words.language).replace("-", "\u2212"), size=8
            )

    def done(self) -> str:
        return "".join([*self.parts, "</svg>"])


def _jpeg(rgb: np.ndarray) -> str:
    buffer = io.BytesIO()
    imsave(
        cast(Any, buffer),
        np.round(np.clip(rgb, 0, 1) * 255).astype(np.uint8),
        format="jpg",
        pil_kwargs={"quality": 90, "subsampling": 0, "optimize": True},
    )
    return b64encode(buffer.getvalue()).decode()


def block_figure(patch: xr.Dataset, words: Words) -> str:
    """Inflammation and new collagen, a row each, at four times: the block with its near corner cut away."""
    shown = fields(patch)
    times = snapshots(patch, BLOCK_TIMES)
    depth = min(float(patch.attrs["dermis_end_mm"]) * _BELOW, float(patch["z_edge"][-1]))
    cut = _Cut(patch, *window(patch, _SIDE), depth)
    wide = _view(cut.width, cut.length, 0)[0]
    top, bottom = _view(0, cut.length, 0)[1], _view(cut.width, 0, depth)[1]
    left, right, gap = 46.0, 44.0, 10.0
    tile = (700 - left - right - gap * (len(BLOCK_TIMES) - 1)) / len(BLOCK_TIMES)
    scale = tile / wide
    high = (bottom - top) * scale
    head, between, foot = 20.0, 26.0, 8.0
    width = left + right + tile * len(times) + gap * (len(times) - 1)
    sheet = _Sheet("block", words("block.block_title"), width, head + 2 * (high + 14) + between - 14 + foot)
    for row, name in enumerate(("signal", "collagen_change")):
        field = shown[name]
        above = head + row * (high + between) + 14
        sheet.text((2, above - 4), words(f"block.{field.key}"), bold=True, size=10.5)
        for column, time in enumerate(times):
            corner = np.array([left + column * (tile + gap), above - top * scale])
            _draw_block(sheet, cut, time, field, corner, scale)
            if row == 0:
                label = when(hours_after(patch)[time], words)
                sheet.text((corner[0] + tile / 2, 11), label, "middle", 10)
        if row == 0:
            _name_layers(sheet, cut, np.array([left, above - top * scale]), scale, words)
        else:
            _draw_scale(sheet, np.array([left, above - top * scale]), scale, cut, words)
        x = left + len(times) * tile + (len(times) - 1) * gap + 10
        sheet.bar(field, (x, above + high * 0.24), high * 0.52, 7, words)
        sheet.text((x, above + high * 0.24 - 6), words(f"block.{field.key}_unit"), size=8)
    return sheet.done()


def _draw_block(sheet: _Sheet, cut: _Cut, time: int, field: Field, corner: np.ndarray, scale: float) -> None:
    """One block; `corner` is where its near left upper corner is seen."""

    def at(x: float, y: float, z: float) -> np.ndarray:
        return corner + scale * _view(x, y, z)

    width, length, depth = cut.width, cut.length, cut.depth
    step, deep = cut.step, _NOTCH_DEPTH
    inner = round(round(length / step) * _NOTCH) * step  # how far the notch goes back
    edge = width - round(round(width / step) * _NOTCH) * step  # and where it begins
    near, aside = inner / length, edge / width
    x, y, z = (np.array(v) for v in ((width, 0.0, 0.0), (0.0, length, 0.0), (0.0, 0.0, depth)))

    def run(start: np.ndarray, end: np.ndarray) -> np.ndarray:
        return at(*end) - at(*start)

    zero = np.zeros(3)
    up_x, up_y, down = run(zero, x), run(zero, y), run(zero, z)
    faces = [  # picture, its corner, along, down, outline
        (
            cut.level(time, field, 0.0)[::-1],
            at(0, length, 0), up_x, -up_y,
            [
                at(0, 0, 0), at(edge, 0, 0), at(edge, inner, 0),
                at(width, inner, 0), at(width, length, 0), at(0, length, 0),
            ],
        ),
        (
            _FRONT * cut.wall(time, field, (0, depth), y=0.0),
            at(0, 0, 0), up_x, down,
            [at(0, 0, 0), at(edge, 0, 0), at(edge, 0, deep), at(width, 0, deep), at(width, 0, depth), at(0, 0, depth)],
        ),
        (
            _RIGHT * cut.wall(time, field, (0, depth), x=1.0),
            at(width, 0, 0), up_y, down,
            [
                at(width, inner, 0), at(width, length, 0), at(width, length, depth),
                at(width, 0, depth), at(width, 0, deep), at(width, inner, deep),
            ],
        ),
        (
            cut.level(time, field, deep, x=(aside, 1), y=(0, near))[::-1],
            at(edge, inner, deep), up_x * (1 - aside), -up_y * near,
            [at(edge, 0, deep), at(width, 0, deep), at(width, inner, deep), at(edge, inner, deep)],
        ),
        (
            _FRONT * cut.wall(time, field, (0, deep), y=near, span=(aside, 1)),
            at(edge, inner, 0), up_x * (1 - aside), down * deep / depth,
            [at(edge, inner, 0), at(width, inner, 0), at(width, inner, deep), at(edge, inner, deep)],
        ),
        (
            _RIGHT * cut.wall(time, field, (0, deep), x=aside, span=(0, near)),
            at(edge, 0, 0), up_y * near, down * deep / depth,
            [at(edge, 0, 0), at(edge, inner, 0), at(edge, inner, deep), at(edge, 0, deep)],
        ),
    ]  # fmt: skip
    for picture, origin, along, downwards, outline in faces:
        sheet.image(picture, origin, along, downwards, outline)
    junction, end = (float(cut.patch.attrs[k]) for k in ("junction_mm", "dermis_end_mm"))
    for line in (
        [at(0, 0, junction), at(edge, 0, junction), at(edge, inner, junction), at(width, inner, junction)],
        [at(width, inner, junction), at(width, length, junction)],
        [at(0, 0, end), at(width, 0, end), at(width, length, end)],
    ):
        sheet.line(line, "#7d5540", 0.4)
    for *_, outline in faces:
        sheet.line(outline, INK, 0.55, closed=True)


def _name_layers(sheet: _Sheet, cut: _Cut, corner: np.ndarray, scale: float, words: Words) -> None:
    """The layers' names beside the left edge."""
    junction, end = (float(cut.patch.attrs[k]) for k in ("junction_mm", "dermis_end_mm"))
    for key, depth, lift in (
        ("epidermis", junction / 2, 0.0),
        ("dermis", (junction + end) / 2, 0.0),
        ("fat", (end + cut.depth) / 2, 0.0),
    ):
        edge = corner + scale * _view(0, 0, depth)
        sheet.line([edge, edge + np.array([-5, lift])], SOFT, 0.5)
        sheet.text(edge + np.array([-7, lift + 2.8]), words(f"report.{key}"), "end", 8)


def _draw_scale(sheet: _Sheet, corner: np.ndarray, scale: float, cut: _Cut, words: Words) -> None:
    """Half a millimetre along each of the three directions, as they are seen."""
    foot = corner + scale * _view(0, 0, cut.depth) + np.array([-22, 12])
    for way in ((0.5, 0, 0), (0, 0.5, 0), (0, 0, -0.5)):
        sheet.line([foot, foot + scale * _view(*way)], INK, 1.1)
    sheet.text(foot + np.array([-8, 20]), f"{given(0.5, words.language)} mm", size=8)


def slices_figure(patch: xr.Dataset, words: Words) -> str:
    """New collagen at three times, a row each: level cuts at three depths, and an upright one."""
    field = fields(patch)["collagen_change"]
    times = snapshots(patch, SLICE_TIMES)
    junction, end = (float(patch.attrs[k]) for k in ("junction_mm", "dermis_end_mm"))
    deepest = min(end * _BELOW, float(patch["z_edge"][-1]))
    whole = _Cut(patch, slice(0, patch.sizes["y"]), slice(0, patch.sizes["x"]), deepest)
    depths = [junction + share * (end - junction) for share in _LEVELS]
    left, right, head, gap = 62.0, 42.0, 34.0, 8.0
    side = 124.0
    upright = 700 - left - right - 3 * (side + gap)
    span = min(1.0, upright / side * deepest / whole.width)  # the share of the side that fits at full height
    row, start = _upright_cut(patch, span)
    height = head + len(times) * (side + gap) + 18
    sheet = _Sheet("slices", words("block.slices_title"), 700, height)
    for column, (key, depth) in enumerate(zip(("papillary", "upper", "deep"), depths, strict=True)):
        middle = left + column * (side + gap) + side / 2
        sheet.text((middle, 13), words(f"block.{key}"), "middle", 9.5, bold=True)
        sheet.text((middle, 25), words("words.depth", n=_mm(depth, words)), "middle", 8, colour="#75685f")
    x = left + 3 * (side + gap)
    sheet.text((x + upright / 2, 13), words("block.upright"), "middle", 9.5, bold=True)
    sheet.text((x + upright / 2, 25), words("block.along_line"), "middle", 8, colour="#75685f")
    for number, time in enumerate(times):
        y = head + number * (side + gap)
        sheet.text((left - 8, y + side / 2 + 3), when(hours_after(patch)[time], words), "end", 9.5)
        for column, depth in enumerate(depths):
            corner = left + column * (side + gap), y
            sheet.image(whole.level(time, field, depth)[::-1], corner, (side, 0), (0, side))
            _frame(sheet, corner, side, side)
            at = y + side * (1 - row)
            ends = corner[0] + side * start, corner[0] + side * (start + span)
            sheet.line([(ends[0], at), (ends[1], at)], "#ffffff", 1.6)
            sheet.line([(ends[0], at), (ends[1], at)], INK, 0.6, "2.5 2")
        picture = whole.wall(time, field, (0, deepest), y=row, span=(start, start + span))
        sheet.image(picture, (x, y), (upright, 0), (0, side))
        for border in (junction, end):
            at = y + side * border / deepest
            sheet.line([(x, at), (x + upright, at)], "#7d5540", 0.4)
        for depth in depths:
            at = y + side * depth / deepest
            sheet.line([(x + upright, at), (x + upright + 4, at)], INK, 0.8)
        _frame(sheet, (x, y), upright, side)
    foot = head + len(times) * (side + gap) + 2
    for begin, per_mm in ((left, side / whole.width), (x, side / deepest)):
        long = 1.0 if per_mm < 60 else 0.5
        sheet.line([(begin, foot), (begin + long * per_mm, foot)], INK, 1.4)
        sheet.text((begin + long * per_mm + 4, foot + 3), f"{given(long, words.language)} mm", size=8)
    sheet.bar(field, (700 - right + 12, head + 14), side - 14, 7, words)
    sheet.text((700 - right + 12, head + 6), words("block.collagen_unit"), size=8)
    return sheet.done()


def _frame(sheet: _Sheet, corner: tuple[float, float], width: float, height: float) -> None:
    x, y = corner
    sheet.line([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], INK, 0.5, closed=True)


def _upright_cut(patch: xr.Dataset, span: float) -> tuple[float, float]:
    """The row that meets most holes over a `span` of the side, and where it starts; shares of the side."""
    thick = np.diff(patch["z_edge"].values)
    amount = np.tensordot(thick, patch["hole"].values.astype(float), 1)
    n = max(1, round(span * amount.shape[1]))
    summed = np.cumsum(np.pad(amount, ((0, 0), (1, 0))), axis=1)
    row, start = np.unravel_index(
        (summed[:, n:] - summed[:, : summed.shape[1] - n]).argmax(),
        (amount.shape[0], amount.shape[1] - n + 1),
    )
    return (float(row) + 0.5) / amount.shape[0], float(start) / amount.shape[1]


def _mm(value: float, words: Words) -> str:
    return f"{given(round(value, 2), words.language)} mm"
