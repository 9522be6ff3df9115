"""Pain of a stroke: by how deep the needles go, how many, and how much of their way is numb.

VAS ~ L^1.77 N^0.32 (Gill et al. 2008). A needle hurts along its way; the share of the pain that each depth carries is
the derivative of that power, and the part of it that lies in numb skin is not felt.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hudnal.arrays import Array, Bool, Float, PerDraw
from hudnal.outcome.aftermath import count_hours_above
from hudnal.outcome.contract import Quantity, Series
from hudnal.parameters import Draws
from hudnal.skin import Skin

_DEPTHS = 24  # at which the way of a needle is looked at


def rate_pain(
    tip_depth: Float[Array, "draw stroke"],
    engaged: Float[Array, "draw stroke"],
    felt: Float[Array, "draw stroke"],
    skin: Skin,
    draws: Draws,
    earlier: PerDraw,
    done: Bool[Array, "draw stroke"] | None = None,
) -> tuple[Float[Array, "draw stroke"], PerDraw]:
    """Pain 0-10 of each stroke, (draw, stroke), and what is carried on to the next strokes, (draw,).

    `tip_depth` mm and `engaged` needles, (draw, stroke); `felt` (draw, stroke) 0-1, the share that numbness leaves;
    `earlier` (draw,): needles whose pain still lingers from strokes before these. A stroke that is not `done` does not
    hurt.
    """
    single = draws["outcome.pain.single"] * skin.sensitivity
    reference = draws.value("outcome.pain.single_length") * draws["outcome.pain.single_share"]
    memory = draws["outcome.pain.memory"]
    done = np.ones(engaged.shape, dtype=bool) if done is None else done
    needles = np.empty_like(engaged)
    lingering = earlier
    for stroke in range(engaged.shape[1]):
        lingering = np.where(done[:, stroke], engaged[:, stroke] + memory * lingering, lingering)
        needles[:, stroke] = lingering
    raw = (
        single[:, None]
        * (tip_depth / reference[:, None]) ** draws["outcome.pain.length_exponent"][:, None]
        * needles ** draws["outcome.pain.number_exponent"][:, None]
        * felt
    )
    ceiling = draws.value("outcome.pain.ceiling")
    # The scale ends at 10; what is worse than that is said as nearly that.
    return np.where(done, ceiling * raw / (ceiling + raw), 0.0), lingering


def measure_felt_share(
    tip_depth: PerDraw, centre: Float[Array, "draw cell"], block: Float[Array, "draw cell"], draws: Draws
) -> PerDraw:
    """Share of a needle's pain that is felt, (draw,): 1 without cream.

    `tip_depth` mm (draw,); `block` (draw, cell) is the probability of no pain at depths `centre` (draw, cell) mm.
    """
    power = draws["outcome.pain.length_exponent"]
    share = (np.arange(_DEPTHS) + 0.5) / _DEPTHS
    felt = np.empty(tip_depth.size)
    for d in range(tip_depth.size):
        # Quantiles of the pain's own distribution over depth: z = L u^(1/1.77).
        depth = tip_depth[d] * share ** (1 / power[d])
        felt[d] = 1 - np.interp(depth, centre[d], block[d]).mean()
    return felt


def _count_hurting_strokes(ending: Any) -> PerDraw | None:
    pain = ending.strokes.pain
    if not pain.shape[1]:
        return None
    return (pain > ending.draws.value("outcome.pain.hurts")).sum(axis=1).astype(float)


def _measure_numb_hours(ending: Any) -> PerDraw | None:
    depth = ending.series("numb_depth")
    if not depth.any():
        return None
    return count_hours_above(ending.times, depth, ending.draws.value("transport.numbness.felt_depth"))


SERIES = (
    Series(
        "numb_depth",
        "mm",
        "depth down to which pain is blocked by half of what cream can do",
        lambda look: look.numb_depth,
        "numbness",
    ),
)
QUANTITIES = (
    Quantity("pain", "0-10", "pain", lambda ending: ending.worst_pain, weight="cost", over_zones="most"),
    Quantity(
        "pain_without_cream",
        "0-10",
        "pain",
        lambda ending: ending.worst_pain_without_cream,
        over_zones="most",
    ),
    Quantity("hurting_strokes", "1", "pain", _count_hurting_strokes, over_zones="sum"),
    Quantity("numb_depth", "mm", "numbness", lambda ending: ending.first.numb_depth),
    Quantity("numb_hours", "h", "numbness", _measure_numb_hours, over_zones="most"),
    Quantity("numb_share", "0-1", "numbness", lambda ending: ending.first.numb_share),
)
