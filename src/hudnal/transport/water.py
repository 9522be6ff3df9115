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

    Brown and Escombe's law of the perforated septum: n small mouths of radius r pass as much vapour as a free
    surface behind a layer of 1 / (4 n r) more still air. `bare` (draw,) is the share of skin whose corneum is gone
    (peeled), and which loses water like a wound. `petrolatum_age` h: since petrolatum was spread, None without it.
    """
    air = draws["transport.water.still_air"]
    mouth = draws["transport.water.patency"] * width
    # In parallel holes of which a share is open: the layer that the mouths add.
    mouths = 4 * density * barrier_open * mouth
    through_holes = draws["transport.water.free_surface"] * air * mouths / (1 + air * mouths)
    lost = skin.water_loss + through_holes + bare * draws["transport.water.open_wound"]
    if petrolatum_age is None:
        return lost
    start, floor = draws["transport.water.petrolatum_start"], draws["transport.water.petrolatum_floor"]
    fading = np.exp(-draws["transport.water.petrolatum_rate"] * petrolatum_age)
    stops = floor + np.maximum(start - floor, 0) * fading
    # The film breaks up and is rubbed off within the day.
    stops = stops * np.exp(-((petrolatum_age / draws["transport.water.petrolatum_hours"]) ** 2))
    return lost * (1 - stops)
