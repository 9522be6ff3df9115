"""Wounds on a skin block: every hole where it is, laser columns on a square lattice, sheets everywhere."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.skin import Skin
from hudnal.tissue.biology import BARE, LONG_AGO, STRATA
from hudnal.tissue.front import Front
from hudnal.tissue.grid import Grid
from hudnal.tissue.wound import (
    Columns,
    Wound,
    apply_wound,
    closing_hours_in_block,
    peeled_share,
    share_in_block,
)


def apply_to_block(
    volume: Float[Array, "field z y x"],
    cover: Float[Array, "cover y x"],
    wound: Wound,
    grid: Grid,
    front: Front,
    skin: Skin,
    draw: int,
) -> Float[Array, "z y x"]:
    """Put the `wound` of one draw on a skin block's fields, in place; returns the share of each voxel that it injured.

    `front` and `skin` are those of all draws, of which the block is `draw`.
    """
    lag, speed = float(front.lag[draw]), float(front.speed[draw])
    side = float(grid.x_edges[0, -1])
    placed = [_place_columns(c, side) for c in wound.columns]
    shares = [(c, share_in_block(c, grid)[None]) for c in placed]
    gone = peeled_share(wound.sheet, grid.z_edges)
    apply_wound(volume[None], shares, wound, gone, grid)
    left = 1 - float(np.clip((wound.sheet[0] - skin.corneum[draw]) / skin.epidermis[draw], 0, 1))
    strata = np.full(grid.shape[1:], left)
    hours = np.full(grid.shape[1:], -LONG_AGO)
    injured = np.broadcast_to(gone[0][:, None, None], grid.shape)
    if wound.sheet[0] > 0 and wound.width[0] > 0:
        hours[:] = lag + wound.width[0] / 2 / speed
    for columns, share in shares:
        strata = strata * (1 - columns.layers[0] * share[0, 0])
        injured = np.maximum(injured, share[0])
    if placed:
        hours = np.maximum(hours, closing_hours_in_block(_select_gap(placed, wound), grid, lag, speed))
    cover[BARE] = np.maximum(cover[BARE], hours)
    cover[STRATA] *= strata
    return injured


def _select_gap(placed: list[Columns], wound: Wound) -> Columns:
    """The columns whose gap the epidermis has to close: the widest, without the crushed rim."""
    widest = max(placed, key=lambda c: float(c.radius.max(initial=0.0)))
    mean = float(widest.radius[widest.radius > 0].mean()) if (widest.radius > 0).any() else 1.0
    return replace(widest, radius=widest.radius * (wound.width[0] / 2 / mean))


def _place_columns(columns: Columns, side: float) -> Columns:
    """The columns on a block of `side` mm: holes as they lie in the middle of the sample area, others on a lattice."""
    if columns.x is not None and columns.y is not None:
        middle = columns.span / 2 - side / 2
        x, y = columns.x - middle, columns.y - middle
        near = (np.abs(x - side / 2) < side / 2 + columns.radius) & (
            np.abs(y - side / 2) < side / 2 + columns.radius
        )
        return replace(
            columns, x=x[near], y=y[near], draw=columns.draw[near], radius=columns.radius[near],
            depth=columns.depth[near],
        )  # fmt: skip
    if columns.density[0] <= 0 or columns.radius.size == 0:
        none = np.zeros(0)
        return replace(columns, x=none, y=none, draw=none.astype(int), radius=none, depth=none)
    pitch = 1 / sqrt(columns.density[0])
    count = max(int(side / pitch), 1)
    at = side / 2 + (np.arange(count) - (count - 1) / 2) * pitch
    x, y = (a.ravel() for a in np.meshgrid(at, at))
    every = np.full(x.size, columns.radius[0]), np.full(x.size, columns.depth[0])
    return replace(columns, x=x, y=y, draw=np.zeros(x.size, int), radius=every[0], depth=every[1])
