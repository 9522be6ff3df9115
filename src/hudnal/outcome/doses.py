"""What labels say of doses: creams for children by age and weight, a block's drug by weight, methaemoglobin."""

from __future__ import annotations

from hudnal.outcome.rules import CreamUse, PlanWarning
from hudnal.parameters import Draws
from hudnal.units import G_PER_MG

_BANDS = ("newborn", "infant", "small", "school")  # of ages, from the youngest
_ROUNDED = 1.001  # of a limit: what was converted from other units may come to a little more than it
_TRAINED = ("clinic", "franz-cell")  # settings in which somebody may inject


def warn_of_child_cream(use: CreamUse, area: float, age: float, draws: Draws) -> list[PlanWarning]:
    """The warning of a numbing cream for a child of `age` years on `area` cm2: more than its leaflet gives, or none.

    From the age on at which labels treat children as grown people there is no warning.
    """
    band = _find_band(age, use.weight, draws)
    if band is None:
        return []
    values: dict[str, object] = {"product": use.name, "hours": use.hours, "area": area}
    if not use.prilocaine_cream:
        return [PlanWarning("child_cream_unknown", "danger", ("emla_pil_uk",), values, use.place)]
    limits = {name: draws.parameter(f"rules.children.{band}.{name}") for name in ("dose", "area", "hours")}
    grams = use.amount * area * G_PER_MG
    planned = {"dose": grams, "area": area, "hours": use.hours}
    if all(planned[name] <= limit.value * _ROUNDED for name, limit in limits.items()):
        return []
    values |= {
        "grams": f"{grams:.2g}",
        "most_grams": limits["dose"].value,
        "most_area": limits["area"].value,
        "most_hours": limits["hours"].value,
    }
    source = tuple(dict.fromkeys(s for limit in limits.values() for s in limit.source))
    return [PlanWarning("child_cream", "danger", source, values, use.place)]


def _find_band(age: float, weight: float, draws: Draws) -> str | None:
    """The band of ages whose dose holds for a child, the one before for who is too light for it; None for the grown."""
    group = "rules.children."
    ends = [draws.value(f"{group}{band}.until") for band in _BANDS]
    place = next((i for i, end in enumerate(ends) if age < end), None)
    if place is None:
        return None
    while place and weight < draws.value(f"{group}{_BANDS[place]}.weight"):
        place -= 1
    return _BANDS[place]


def warn_of_block(drug: str, dose: float, weight: float, place: str, draws: Draws) -> list[PlanWarning]:
    """The warning of a block with more of its `drug` than a body of `weight` kg bears; `dose` mg."""
    limit = draws.parameter(f"rules.block.{drug}")
    most = limit.value * weight
    if dose <= most * _ROUNDED:
        return []
    values = {"compound": drug, "dose": round(dose), "limit": round(most), "each": limit.value}
    return [PlanWarning("block_dose", "danger", limit.source, values, place)]


def warn_of_anaesthesia(place: str, setting: str) -> list[PlanWarning]:
    """The warning of injections or sleep where nobody may give them."""
    if setting in _TRAINED:
        return []
    return [PlanWarning("anaesthesia_setting", "danger", ("safety:REG-034", "lidocaine_limits"), {}, place)]


def warn_of_methaemoglobin_level(highest: float, draws: Draws) -> list[PlanWarning]:
    """The warning of methaemoglobin that may be seen: `highest` % is the upper end of the interval."""
    visible = draws.parameter("rules.methaemoglobin.visible")
    if highest < visible.value:
        return []
    values = {"level": f"{highest:.2g}", "limit": visible.value}
    return [PlanWarning("methaemoglobin_level", "danger", visible.source, values)]
