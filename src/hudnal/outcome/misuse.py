"""What is warned against and done all the same: needles through what lies on the skin, a razor before, make-up after.

Each is told as a danger, with its size where the course knows it: what goes in, and how often what follows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.outcome.rules import PlanWarning
from hudnal.outcome.uptake import name_plasma_peak
from hudnal.parameters import Draws
from hudnal.units import PERCENT, UG_PER_MG

_FILM = "film"
# Dangers whose size a course tells, and whether what its drugs are is among it.
SIZED = {
    "needles_through_cream": True, "needles_through_petrolatum": False, "needles_through_film": False,
    "needles_through_oil": False, "needles_through_particles": False, "particles_on_holes": False,
    "shaved_before_needles": False,
}  # fmt: skip


def warn_of_needles_through(
    place: str, cream: tuple[str, float] | None, seal: str | None, oily: str | None, coloured: str | None
) -> list[PlanWarning]:
    """The warnings of needles that go through what lies on the skin, one of each kind.

    `cream` is a numbing cream and how much of it lies there, mg/cm2; `seal`, `oily` and `coloured` are products.
    """
    warnings = []
    if cream is not None:
        values = {"product": cream[0], "left": float(f"{cream[1]:.2g}")}
        source = ("safety:ANA-007", "safety:ANA-014", "safety:AE-051")
        warnings.append(PlanWarning("needles_through_cream", "danger", source, values, place))
    if seal is not None:
        code = "needles_through_film" if seal == _FILM else "needles_through_petrolatum"
        warnings.append(PlanWarning(code, "danger", ("safety:AE-051",), {"product": seal}, place))
    if oily is not None:
        source = ("safety:AE-050", "safety:AE-051", "friedmann2024")
        warnings.append(PlanWarning("needles_through_oil", "danger", source, {"product": oily}, place))
    if coloured is not None:
        source = ("safety:AE-050", "engel2008")
        warnings.append(
            PlanWarning("needles_through_particles", "danger", source, {"product": coloured}, place)
        )
    return warnings


def warn_of_particles_after(
    product: str, particles: Mapping[str, float], waited: float, place: str, draws: Draws
) -> list[PlanWarning]:
    """The warning of a coloured product on needled skin, `waited` h after: while holes are open it can go in."""
    limit = draws.parameter("rules.make_up.wait")
    if not particles or waited >= limit.value:
        return []
    values = {"product": product, "limit": limit.value}
    return [PlanWarning("particles_on_holes", "danger", (*limit.source, "safety:AE-050"), values, place)]


def warn_of_razor(place: str, dry: bool, opened: bool, draws: Draws) -> list[PlanWarning]:
    """The warning of a razor on skin that is needled then, or has been."""
    entry = draws.parameter("outcome.infection.shaved.wet")
    code = "shaved_open_skin" if opened else "shaved_before_needles"
    return [PlanWarning(code, "danger", entry.source, {"times": float(f"{entry.value:.2g}")}, place)]


def tell_size(
    warning: PlanWarning,
    quantities: Mapping[str, PerDraw],
    percents: Mapping[str, float],
    area: float,
) -> PlanWarning:
    """The warning with the size of its danger in the course that left these quantities.

    `percents` are the actives of its product, `area` cm2. Drugs are mg that came in through the holes within a day, in
    all; particles ug/cm2 in the dermis; the rest are chances in percent.
    """
    if warning.code not in SIZED:
        return warning
    values = {
        **warning.values,
        "infection": _tell_percent(quantities, "infection_probability"),
        "granuloma": _tell_percent(quantities, "granuloma_probability"),
        "tattoo": _tell_percent(quantities, "tattoo_probability"),
        "particles": _round(float(np.median(quantities["particles_in_dermis"]))),
    }
    if SIZED[warning.code]:
        let_in = [_count_let_in(compound, quantities) for compound in percents]
        peaks = [quantities[p] for p in map(name_plasma_peak, percents) if p in quantities]
        values["dose"] = _round(float(np.median(sum(let_in, np.zeros(1)))) * area / UG_PER_MG)
        values["peak"] = _round(max((float(np.nanmedian(peak)) for peak in peaks), default=0.0))
    return PlanWarning(warning.code, warning.level, warning.source, values, warning.place, warning.country)


def _count_let_in(compound: str, quantities: Mapping[str, PerDraw]) -> PerDraw:
    """ug/cm2 of a compound that holes let in within a day, beside what whole skin would have, (draw,)."""
    delivered = quantities.get(f"delivered.{compound}", np.zeros(1))
    more = quantities.get(f"enhancement.{compound}", np.ones(1))
    return delivered * (1 - 1 / np.maximum(np.nan_to_num(more, nan=1.0), 1.0))


def _tell_percent(quantities: Mapping[str, PerDraw], name: str) -> float:
    return _round(PERCENT * float(np.mean(quantities[name])))


def _round(value: float) -> float:
    return float(f"{value:.2g}")
