"""The barrier: how much water the skin loses, and when each way of measuring calls the holes closed."""

from __future__ import annotations

from typing import Any

import numpy as np

from hudnal.arrays import Array, Bool, PerDraw
from hudnal.outcome.contract import Quantity, Series
from hudnal.transport import MEASURES, water_loss


def measure_water_loss(look: Any) -> PerDraw:
    """Water that the skin loses now, g/m2/h, (draw,)."""
    return water_loss(
        look.skin,
        look.channels.density,
        look.channels.mean_width,
        look.closure.barrier,
        look.bare.share,
        look.petrolatum_hours,
        look.draws,
    )


def mark_never_closed(hours: PerDraw, opened: Bool[Array, " draw"]) -> PerDraw:
    """Hours until closed, (draw,): inf where something was opened and did not close as far as one looked."""
    return np.where(np.isnan(hours) & opened, np.inf, hours)


def _read_barrier_hours(ending: Any) -> PerDraw:
    bare, closure = ending.last.bare, ending.last.closure
    bared = bare.share_from > 0
    holes = mark_never_closed(closure.barrier_half, closure.lumen_from > 0)
    return np.where(bared, mark_never_closed(bare.half, bared), holes)


def _read_channel_hours(ending: Any) -> PerDraw:
    closure = ending.last.closure
    return mark_never_closed(closure.lumen_half, closure.lumen_from > 0)


def _read_hours_by(instrument: str) -> Any:
    return lambda ending: mark_never_closed(
        ending.last.measures.closing_hours[instrument], ending.last.closure.lumen_from > 0
    )


SERIES = (
    Series("water_loss", "g/m2/h", "transepidermal water loss", measure_water_loss, "barrier"),
    Series(
        "barrier_open",
        "1",
        "share of holes whose water barrier is open",
        lambda look: look.closure.barrier,
        "barrier",
    ),
    Series(
        "channel_open", "1", "share of holes whose lumen is open", lambda look: look.closure.lumen, "barrier"
    ),
    Series(
        "path_open",
        "1",
        "conductance of the wet path through the holes against just after the needles",
        lambda look: look.measures.wet_path(look.open_skin, look.draws),
        "barrier",
    ),
)
QUANTITIES = (
    Quantity("tewl_peak", "g/m2/h", "barrier", lambda ending: ending.series("water_loss").max(axis=0)),
    Quantity("barrier_closed", "h", "barrier", _read_barrier_hours),
    Quantity("channel_closed", "h", "barrier", _read_channel_hours),
    *(Quantity(f"closed_by_{name}", "h", "barrier", _read_hours_by(name)) for name in MEASURES),
    Quantity("epidermis_closed", "h", "closing", lambda ending: ending.last.tissue.front.closing_hours),
)
