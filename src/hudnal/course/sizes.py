"""How large a danger of misuse is in a course: what goes in through the holes, and how often what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.setting import Setting
from hudnal.outcome.rules import PlanWarning
from hudnal.outcome.uptake import name_plasma_peak
from hudnal.result.interval import find_chance
from hudnal.units import UG_PER_MG

# Values of warnings that are chances of the course, by the warning.
_CHANCES = {
    "needles_through_cream": ("infection", "granuloma"),
    "needles_through_petrolatum": ("infection", "granuloma"),
    "needles_through_film": ("infection",),
    "needles_through_oil": ("granuloma",),
    "needles_through_particles": ("tattoo", "granuloma"),
    "particles_on_holes": ("tattoo", "infection"),
    "shaved_before_needles": ("infection",),
}


def tell_size(warning: PlanWarning, quantities: Mapping[str, PerDraw], setting: Setting) -> PlanWarning:
    """The warning with the size of its danger in the course that left these quantities.

    Drugs are mg that came in through the holes within a day, on the whole area and all together, in the middle draw;
    particles are ug/cm2 in the dermis.
    """
    if warning.code not in _CHANCES:
        return warning
    chances = {name: find_chance(quantities[f"{name}_probability"]) for name in _CHANCES[warning.code]}
    more: dict[str, object] = {**chances, "particles": _round(np.median(quantities["particles_in_dermis"]))}
    if warning.code == "needles_through_cream":
        actives = setting.treatment.shelf.find_product(str(warning.values["product"])).actives
        let_in = sum((_count_let_in(name, quantities) for name in actives), np.zeros(1))
        peaks = [quantities[peak] for peak in map(name_plasma_peak, actives) if peak in quantities]
        more["dose"] = _round(np.median(let_in) * setting.treatment.area / UG_PER_MG)
        more["peak"] = _round(max((np.nanmedian(peak) for peak in peaks), default=0.0))
    return replace(warning, values={**warning.values, **more})


def _count_let_in(compound: str, quantities: Mapping[str, PerDraw]) -> PerDraw:
    """ug/cm2 of a compound that holes let in within a day, beside what whole skin would have, (draw,)."""
    more = np.maximum(np.nan_to_num(quantities[f"enhancement.{compound}"], nan=1.0), 1.0)
    return quantities[f"delivered.{compound}"] * (1 - 1 / more)


def _round(value: float) -> float:
    """Two digits, and none after the thousandths: nobody knows it better."""
    return round(float(f"{value:.2g}"), 3)
