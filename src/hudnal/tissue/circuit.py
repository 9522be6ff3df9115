"""The circuit of macrophages and myofibroblasts at rest: from where on it would keep itself up for good.

Each cell feeds the other (Adler et al. 2020, `healing:P09`), so that the circuit can have two ends: healed, and hot.
What a full wound brings, about as many macrophages as it recruits and 0.4 myofibroblasts, lies beyond any state between
the two: a skin that heals full wounds has no hot end at all. Nearly all skins do; who does not is prone to raised
scars, which is a trait with a rate of its own (`outcome/raised.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hudnal.arrays import PerDraw

_POINTS = 64  # of macrophages, at which the circuit is looked at
_NEEDED = (
    "circuit_gain", "macrophage_half", "macrophage_loss", "myofibroblast_loss", "activation", "growth_by_cells",
    "growth_decay", "growth_half", "proliferation", "proliferation_growth", "fibroblast_capacity", "fibroblast_loss",
)  # fmt: skip


def find_holding_half(rates: Mapping[str, PerDraw | float]) -> PerDraw:
    """The largest `myofibroblast_half` at which the circuit keeps itself up for good, (draw,); with more it heals.

    `rates` are constants of the biology by their names, (draw,) each. At rest, with m macrophages and what they make of
    growth factor, there are as many myofibroblasts f as

        activation fibroblasts + (fed (1 - f) - loss) f = 0,   fed = gain m / (m_half + m),

    and m holds itself where gain f / (f_half + f) (1 - m) is at least the macrophages' loss: below the largest
    f (gain (1 - m) / loss - 1) over all m.
    """
    r = {name: np.asarray(rates[name])[:, None] for name in _NEEDED}
    most = np.maximum(1 - r["macrophage_loss"] / r["circuit_gain"], 0.0)
    m = most * (np.arange(_POINTS) + 0.5) / _POINTS
    growth = r["growth_by_cells"] * m / r["growth_decay"]
    response = growth / (r["growth_half"] + growth)
    divides = r["proliferation"] + r["proliferation_growth"] * response
    turns = r["activation"] * response
    fibroblasts = r["fibroblast_capacity"] * np.maximum(1 - (r["fibroblast_loss"] + turns) / divides, 0.0)
    fed = r["circuit_gain"] * m / (r["macrophage_half"] + m)
    spare = fed - r["myofibroblast_loss"]
    root = np.sqrt(spare**2 + 4 * fed * turns * fibroblasts)
    # The positive root, in the form that loses no digits where little is spare.
    f = np.where(
        spare > 0,
        (spare + root) / (2 * np.maximum(fed, np.finfo(float).tiny)),
        2 * turns * fibroblasts / np.maximum(root - spare, np.finfo(float).tiny),
    )
    holds = f * (r["circuit_gain"] * (1 - m) / r["macrophage_loss"] - 1)
    return np.maximum(holds.max(axis=1), 0.0)
