"""Transepidermal water loss, which shows what of the skin is open."""

from __future__ import annotations

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin


def water_loss(
    skin: Skin,
    density: PerDraw,
    width: PerDraw,
    barrier_open: PerDraw,
    bare: PerDraw,
    petrolatum_age: float | None,
    draws: Draws,
) -> PerDraw:
    """Water in g/m2/h through skin with `density` 1/mm2 channels of `width` mm, of which `barrier_open` are open.

    `bare` is the share of skin whose corneum is gone (peeled). `petrolatum_age` h: since petrolatum was spread,
    None without it.
    """
    lost = skin.water_loss + excess_water_loss(density, width, barrier_open, bare, draws)
    if petrolatum_age is None:
        return lost
    start, floor = draws["transport.water.petrolatum_start"], draws["transport.water.petrolatum_floor"]
    breaking = max(petrolatum_age - draws.value("transport.water.petrolatum_whole"), 0.0)
    fading = np.exp(-draws["transport.water.petrolatum_rate"] * breaking)
    stops = floor + np.maximum(start - floor, 0) * fading
    # The film breaks up and is rubbed off within the day.
    stops = stops * np.exp(-((petrolatum_age / draws["transport.water.petrolatum_hours"]) ** 2))
    return lost * (1 - stops)


def excess_water_loss(
    density: PerDraw, width: PerDraw, barrier_open: PerDraw, bare: PerDraw, draws: Draws
) -> PerDraw:
    """Water in g/m2/h above what the whole skin loses.

    Brown and Escombe's law of the perforated septum: n small mouths of radius r pass as much vapour as a free
    surface behind a layer of 1 / (4 n r) more still air. BareSkin skin loses water like a wound.
    """
    air = draws["transport.water.still_air"]
    mouth = draws["transport.water.patency"] * width
    # In parallel holes of which a share is open: the layer that the mouths add.
    mouths = 4 * density * barrier_open * mouth
    through_holes = draws["transport.water.free_surface"] * air * mouths / (1 + air * mouths)
    return through_holes + bare * draws["transport.water.open_wound"]
