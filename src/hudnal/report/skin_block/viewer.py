"""The block of skin to turn, in the page itself: its fields packed small, and a script that draws them."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from hudnal.language import Words
from hudnal.report.skin_block.fields import Field, fields, hours_after, when
from hudnal.report.skin_block.figure import window
from hudnal.report.words.numbers import given, quantity

if TYPE_CHECKING:
    import xarray as xr

SIDE = 2.0  # mm, of the part that is shown
_DEPTH_CELLS = 40
_MOST_ACROSS = 96
_BELOW = 1.25  # the block ends this many times deeper than the dermis
_COLOURS = 256
_CLEAR = 1.3  # power with which what differs little from usual is clear


def resampled(patch: xr.Dataset, name: str) -> tuple[np.ndarray, float, float]:
    """A variable on an even grid, (time, z, y, x), and the block's width and depth in mm. Means are kept."""
    edges = patch["z_edge"].values.astype(float)
    depth = min(float(patch.attrs["dermis_end_mm"]) * _BELOW, float(edges[-1]))
    even = np.linspace(0, depth, _DEPTH_CELLS + 1)
    low = np.clip(edges[:-1], even[:-1, None], even[1:, None])
    high = np.clip(edges[1:], even[:-1, None], even[1:, None])
    weight = (high - low) / np.diff(even)[:, None]
    rows, columns = window(patch, SIDE)
    values = patch[name].isel(y=rows, x=columns).values
    if name == "fibroblasts":  # there are none in the epidermis, which is as usual
        values = np.where((edges[1:] <= patch.attrs["junction_mm"] + 1e-6)[:, None, None], 1.0, values)
    step = float(patch["x"][1] - patch["x"][0])
    together = -(-values.shape[-1] // _MOST_ACROSS)
    n = values.shape[-1] // together
    values = values[..., : n * together, : n * together]
    values = values.reshape(*values.shape[:2], n, together, n, together).mean(axis=(3, 5))
    return np.einsum("kz,tzyx->tkyx", weight, values), n * together * step, depth


def packed(patch: xr.Dataset, field: Field) -> np.ndarray:
    """Where on the field's colour bar each cell of the even grid lies, in 256 steps, (time, z, y, x)."""
    return np.rint(255 * field.place(resampled(patch, field.name)[0])).astype(np.uint8)


def viewer_html(patch: xr.Dataset, words: Words) -> str:
    """The view with its controls, data and script: part of a page, without network. Hidden in print."""
    shown = fields(patch)
    volumes = [packed(patch, field) for field in shown.values()]
    _, width, depth = resampled(patch.isel(time=[0]), "signal")
    about = {
        "shape": [int(n) for n in volumes[0].shape],
        "size": [width, depth],
        "junction": float(patch.attrs["junction_mm"]),
        "dermis": float(patch.attrs["dermis_end_mm"]),
        "times": [when(t, words) for t in hours_after(patch)],
        "fields": [_about(field, words) for field in shown.values()],
        "layers": [words(f"report.{name}") for name in ("epidermis", "dermis", "fat")],
        "across": quantity(width, "mm", words, None),
        "play": words("block.viewer_play"),
        "pause": words("block.viewer_pause"),
    }
    stream = gzip.compress(b"".join(np.ascontiguousarray(v).tobytes() for v in volumes), 9, mtime=0)
    script = (resources.files("hudnal.report.skin_block") / "viewer.js").read_text(encoding="utf-8")
    choices = "".join(
        f'<button type="button" data-field="{i}">{escape(words("block." + f.key))}</button>'
        for i, f in enumerate(shown.values())
    )
    told = json.dumps(about, ensure_ascii=False).replace("<", "\\u003c")
    return f"""<div class="skin-view" id="skin-view">
<div class="skin-fields" role="group" aria-label="{escape(words("block.viewer_field"))}">{choices}</div>
<canvas tabindex="0" role="img" aria-label="{escape(words("block.viewer_label"))}"></canvas>
<div class="skin-bar"><span></span><i></i><span></span></div>
<div class="skin-controls">
<label><span>{escape(words("block.viewer_time"))}: <output></output></span>
<span class="skin-row"><button type="button" class="skin-play">{escape(words("block.viewer_play"))}</button>
<input type="range" class="skin-time" min="0" max="{len(about["times"]) - 1}" step="0.02" value="0"></span></label>
<label><span>{escape(words("block.viewer_cut"))}</span>
<input type="range" class="skin-cut" min="0" max="0.95" step="0.01" value="0"></label>
</div>
<p class="soft">{escape(words("block.viewer_help"))}</p>
<p class="skin-unable" hidden>{escape(words("block.viewer_unable"))}</p>
<script type="application/json" class="skin-about">{told}</script>
<script type="text/plain" class="skin-data">{b64encode(stream).decode("ascii")}</script>
<script>{script}</script>
</div>"""


def _about(field: Field, words: Words) -> dict[str, object]:
    """A field's colours, red to alpha for each step of its bar, and the ends of the bar."""
    place = np.linspace(0, 1, _COLOURS)
    zero = (field.neutral - field.low) / (field.high - field.low)
    # Values whose place is `place`: the bar runs evenly on either side of what is usual.
    up = field.neutral + (field.high - field.neutral) * np.clip(
        (place - zero) / max(1 - zero, 1e-9), 0, 1
    ) ** (1 / field.power)
    down = field.low + (field.neutral - field.low) * np.clip(place / max(zero, 1e-9), 0, 1)
    rgb = field.colours(np.where(place < zero, down, up))
    away = np.abs(place - zero) / np.where(place < zero, max(zero, 1e-9), max(1 - zero, 1e-9))
    table = np.concatenate([rgb, away[:, None] ** _CLEAR], axis=1)
    unit = words(f"block.{field.key}_unit")
    ends = [given(v, words.language).replace("-", "\u2212") for v in (field.low, field.high)]
    return {
        "low": ends[0],
        "high": f"{ends[1]} {unit}",
        "colours": b64encode(np.rint(255 * table).astype(np.uint8).tobytes()).decode("ascii"),
    }
