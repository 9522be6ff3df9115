"""Raised scars (keloid, hypertrophic): a risk of its own, of people who are prone to them.

Proneness is a trait: whoever is not prone heals whatever needles do (`tissue/circuit.py`), and who is may scar at the
first session or at a later one, but not anew with each. So sessions add up within the prone alone:

    P = prone (1 - (1 - triggered)^(hurt / hurt of a usual course))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.outcome.contract import Quantity
from hudnal.outcome.zones import join_prone
from hudnal.parameters import Draws
from hudnal.skin import Skin

_GROUP = "outcome.raised."
_LARGEST = 1 - 1e-9  # of `triggered`, so that its logarithm is a number


def count_raised_dose(hurt: PerDraw, heat: PerDraw, draws: Draws) -> PerDraw:
    """What a session adds towards raised scars, in units of a usual course, (draw,).

    `hurt` share of the dermis, `heat` the part of it by heat; (draw,) each.
    """
    harsher = hurt + (draws[_GROUP + "heat"] - 1) * heat
    return np.maximum(harsher, 0.0) / draws.anchor[_GROUP + "reference_injury"]


def find_prone_share(skin: Skin, draws: Draws) -> PerDraw:
    """Share of people of that phototype who are prone to raised scars at that site, (draw,); all who had them."""
    if "keloid" in skin.person.conditions:
        return np.ones(draws.n)
    own = f"skin.sites.{skin.site}.raised"
    here = draws[own if draws.has(own) else "skin.sites.default.raised"]
    return np.minimum(draws[f"{_GROUP}prone.{_name_colour(skin)}"] * here, 1.0)


def assess_raised_scars(dose: PerDraw, skin: Skin, draws: Draws) -> PerDraw:
    """Probability of a raised scar in a course of that `dose`, usual courses, (draw,)."""
    spared = np.log1p(-np.minimum(draws[_GROUP + "triggered"], _LARGEST))
    return find_prone_share(skin, draws) * -np.expm1(spared * dose)


def _name_colour(skin: Skin) -> str:
    """Which of the rates by colour holds for that person."""
    if skin.person.hides_redness:
        return "dark"
    return "medium" if skin.person.marks_readily else "light"


def _read_probability(ending: Any) -> PerDraw:
    return assess_raised_scars(ending.hazards.raised, ending.last.skin, ending.draws)


QUANTITIES = (
    Quantity(
        "raised_scar_probability",
        "0-1",
        "risk",
        _read_probability,
        weight="harm",
        over_zones=join_prone(find_prone_share),
    ),
)
