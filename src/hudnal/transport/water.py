"""Transepidermal water loss as an observation of the holes."""

from __future__ import annotations

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin


def water_loss(
    skin: Skin,
    density: np.ndarray,
    width: np.ndarray,
    barrier_open: np.ndarray,
    bare: np.ndarray,
    petrolatum_age: float | None,
    draws: Draws,
) -> np.ndarray:
    """g/m2/h through skin with `density` 1/mm2 holes of `width` mm whose barrier is open by `barrier_open` (draw,).

    `bare` (draw,) is the share of skin whose corneum is gone (peeled). `petrolatum_age` h: since petrolatum was spread,
    None without it.
    """
    lost = skin.water_loss + excess(density, width, barrier_open, bare, draws)
    if petrolatum_age is None:
        return lost
    start, floor = draws["transport.water.petrolatum_start"], draws["transport.water.petrolatum_floor"]
    breaking = max(petrolatum_age - draws.value("transport.water.petrolatum_whole"), 0.0)
    fading = np.exp(-draws["transport.water.petrolatum_rate"] * breaking)
    stops = floor + np.maximum(start - floor, 0) * fading
    # The film breaks up and is rubbed off within the day.
    stops = stops * np.exp(-((petrolatum_age / draws["transport.water.petrolatum_hours"]) ** 2))
    return lost * (1 - stops)


def excess(
    density: np.ndarray, width: np.ndarray, barrier_open: np.ndarray, bare: np.ndarray, draws: Draws
) -> np.ndarray:
    """g/m2/h above what the whole skin loses, (draw,).

    Brown and Escombe's law of the perforated septum: n small mouths of radius r pass as much vapour as a free
    surface behind a layer of 1 / (4 n r) more still air. Bare skin loses water like a wound.
    """
    air = draws["transport.water.still_air"]
    mouth = draws["transport.water.patency"] * width
    # In parallel holes of which a share is open: the layer that the mouths add.
    mouths = 4 * density * barrier_open * mouth
    through_holes = draws["transport.water.free_surface"] * air * mouths / (1 + air * mouths)
    return through_holes + bare * draws["transport.water.open_wound"]
