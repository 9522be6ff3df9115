"""The block of skin to turn, in the page itself: its fields packed small, and a script that draws them."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode

import numpy as np
import xarray as xr

from hudnal.arrays import Array, Float, Shaped
from hudnal.language import Words
from hudnal.language.numbers import format_given, format_quantity
from hudnal.report.skin_block.cuts import find_square
from hudnal.report.skin_block.fields import ShownField, choose_fields, name_snapshots, shown_depth
from hudnal.report.skin_block.script import read_script
from hudnal.report.templates import fill_template

SIDE = 2.0  # mm, of the part that is shown
_DEPTH_CELLS = 40
_MOST_ACROSS = 96
_COLOURS = 256
_CLEAR = 1.3  # power with which what differs little from usual is clear
_EPS = 1e-6  # mm
_TINY = 1e-9


def resample(patch: xr.Dataset, name: str) -> tuple[Float[Array, "time z y x"], float, float]:
    """A variable on an even grid, and the width and depth of what is shown, in mm. Means are kept."""
    edges, depth = patch["z_edge"].values.astype(float), shown_depth(patch)
    even = np.linspace(0, depth, _DEPTH_CELLS + 1)
    low = np.clip(edges[:-1], even[:-1, None], even[1:, None])
    high = np.clip(edges[1:], even[:-1, None], even[1:, None])
    weight = (high - low) / np.diff(even)[:, None]
    rows, columns = find_square(patch, SIDE)
    values = patch[name].isel(y=rows, x=columns).values
    if name == "fibroblasts":  # there are none in the epidermis, which is as usual
        values = np.where((edges[1:] <= patch.attrs["junction_mm"] + _EPS)[:, None, None], 1.0, values)
    step = float(patch["x"][1] - patch["x"][0])
    together = -(-values.shape[-1] // _MOST_ACROSS)
    n = values.shape[-1] // together
    values = values[..., : n * together, : n * together]
    values = values.reshape(*values.shape[:2], n, together, n, together).mean(axis=(3, 5))
    return np.einsum("kz,tzyx->tkyx", weight, values), n * together * step, depth


def pack(patch: xr.Dataset, field: ShownField) -> Shaped[Array, "time z y x"]:
    """Where on the field's colour bar each cell of the even grid lies, in 256 steps, as bytes."""
    return np.rint(255 * field.place(resample(patch, field.name)[0])).astype(np.uint8)


def render_viewer(patch: xr.Dataset, words: Words) -> str:
    """The view with its controls, data and script: part of a page, without network. Hidden in print."""
    shown = choose_fields(patch).values()
    volumes, times = [pack(patch, field) for field in shown], list(name_snapshots(patch, words).values())
    _, width, depth = resample(patch.isel(time=[0]), "signal")
    about = {
        "shape": [int(n) for n in volumes[0].shape],
        "size": [width, depth],
        "junction": float(patch.attrs["junction_mm"]),
        "dermis": float(patch.attrs["dermis_end_mm"]),
        "times": times,
        "fields": [_describe_field(field, words) for field in shown],
        "layers": [words(f"report.{name}") for name in ("epidermis", "dermis", "fat")],
        "across": format_quantity(width, "mm", words, None),
        "play": words("block.viewer_play"),
        "pause": words("block.viewer_pause"),
    }
    stream = gzip.compress(b"".join(np.ascontiguousarray(v).tobytes() for v in volumes), 9, mtime=0)
    return fill_template(
        "hudnal.report.skin_block",
        "viewer.html.j2",
        words=words,
        keys=[field.key for field in shown],
        last=len(times) - 1,
        about=json.dumps(about, ensure_ascii=False).replace("<", "\\u003c"),
        data=b64encode(stream).decode("ascii"),
        script=read_script(),
    )


def _describe_field(field: ShownField, words: Words) -> dict[str, object]:
    """A field's colours, red to alpha for each step of its bar, and the ends of the bar."""
    place, zero = np.linspace(0, 1, _COLOURS), field.zero
    # Values whose place is `place`: the bar runs evenly on either side of what is usual.
    above = np.clip((place - zero) / max(1 - zero, _TINY), 0, 1) ** (1 / field.power)
    up = field.neutral + (field.high - field.neutral) * above
    down = field.low + (field.neutral - field.low) * np.clip(place / max(zero, _TINY), 0, 1)
    rgb = field.colours(np.where(place < zero, down, up))
    away = np.abs(place - zero) / np.where(place < zero, max(zero, _TINY), max(1 - zero, _TINY))
    table = np.concatenate([rgb, away[:, None] ** _CLEAR], axis=1)
    low, high = (format_given(v, words.language).replace("-", "\u2212") for v in (field.low, field.high))
    return {
        "low": low,
        "high": f"{high} {words(f'block.{field.key}_unit')}",
        "colours": b64encode(np.rint(255 * table).astype(np.uint8).tobytes()).decode("ascii"),
    }
