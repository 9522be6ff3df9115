"""Permeability of skin to a compound by its size and lipophilicity: Potts and Guy's relation, its range and error.

In the course the living layers are layers of their own, so that a `Compound` takes the corneum alone. A membrane in a
diffusion cell has them in series with it, which sets the limit for the very lipophilic (Cleek and Bunge; Dancik et al.
2013), and follicles and ducts beside it, which set the one for the very polar.

`r` are the samples of `transport.relations` by name. Everything is elementwise: (draw,), or (draw, row) for many
compounds where `r` is (draw, 1). Concentrations in water, permeabilities mm/h.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hudnal.arrays import Array
from hudnal.parameters import parameters
from hudnal.units import CM_PER_MM, MM2_PER_CM2, SECONDS_PER_HOUR

MM2_H_PER_CM2_S = MM2_PER_CM2 * SECONDS_PER_HOUR
_LEAST = -100.0  # log10 of cm/h: as good as none, and still a number to divide by
_RANGE = ("log_kow", "molar_mass")  # what the relation reads, in the order in which it is told

Values = Mapping[str, Array]
Number = Array | float


def potts_guy(log_kow: Number, molar_mass: Number, r: Values) -> Array:
    """log10 of the permeability in cm/h to the neutral form, without error: Potts and Guy 1992."""
    return r["kp_intercept"] + r["kp_log_kow"] * log_kow + r["kp_molar_mass"] * molar_mass


def distance_outside_range(log_kow: Number, molar_mass: Number, r: Values) -> Array:
    """Log10 units that the relation's terms add outside the range that it is used in; 0 within."""
    steps = 0.0
    for name, value in zip(_RANGE, (log_kow, molar_mass), strict=True):
        below, above = r[f"kp_{name}_least"] - value, value - r[f"kp_{name}_most"]
        steps = steps + abs(r[f"kp_{name}"]) * np.maximum(np.maximum(below, above), 0)
    return np.asarray(steps)


def list_outside_range(log_kow: float, molar_mass: float) -> list[str]:
    """Names of those of `log_kow` and `molar_mass` that lie outside the range of the relation; empty within it."""
    table = parameters()
    return [
        name
        for name, value in zip(_RANGE, (log_kow, molar_mass), strict=True)
        if not (
            table[f"transport.relations.kp_{name}_least"].value
            <= value
            <= table[f"transport.relations.kp_{name}_most"].value
        )
    ]


def corneum_permeability(log_kow: Number, molar_mass: Number, r: Values) -> Array:
    """Permeability in mm/h of a wet corneum to the neutral form, with the relation's error.

    Beyond the range its terms are held to be right only within a share, `kp_beyond`, of what they add there. That
    comes on top of the error and to the same side, so that the spread grows with the distance, and the share stays
    below 1, so that no draw turns the relation round.
    """
    error = r["kp_error"] + r["kp_beyond"] * distance_outside_range(log_kow, molar_mass, r) * np.tanh(
        r["kp_error"]
    )
    return 10 ** np.maximum(potts_guy(log_kow, molar_mass, r) + error, _LEAST) / CM_PER_MM


def free_diffusivity(molar_mass: Number, r: Values) -> Array:
    """Diffusivity in mm2/h of what is free in the water of tissue."""
    return 10 ** (r["free_diffusivity"] + r["free_diffusivity_mass"] * np.log10(molar_mass)) * MM2_H_PER_CM2_S


def living_resistance(molar_mass: Number, thickness: Number, r: Values) -> Array:
    """Resistance in h/mm to the neutral form of `thickness` mm of living tissue: h / (D K).

    What binds holds up and carries alike, so that binding, and with it log Kow, falls out at the steady state.
    """
    return thickness / (r["tissue_water"] * free_diffusivity(molar_mass, r))


def membrane_permeability(
    corneum: Number,
    shunt: Number,
    living: Number,
    neutral: Number = 1.0,
    neutral_within: Number = 1.0,
    charged: Number = 0.0,
) -> Array:
    """Permeability in mm/h of skin to all that is dissolved: 1/kp = 1/(corneum and shunts) + living layers.

    `corneum` (mm/h) is the neutral form's, and `charged` of it the charged form's; `shunt` (mm/h) and `living` (h/mm)
    pass all forms. `neutral` is the neutral share of the dissolved in the donor, `neutral_within` in living tissue.
    """
    into, back = (
        np.asarray((share + charged * (1 - share)) * corneum) + shunt
        for share in (np.asarray(neutral), np.asarray(neutral_within))
    )
    return np.asarray(into / (1 + back * living))
