"""The biology as a function of the local state: what each field does where it is.

Base: Buganza Tepole's systems mechanobiology with Pensalfini's inflammatory signal (healing: M1, P02, P03), the
macrophage-myofibroblast circuit (M4, P09), two pools of collagen and of elastin (M2). Healthy skin is a steady
state by construction. Rates are per hour; the equations stand in docs/model/tissue.md in the same names.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from hudnal.parameters import Draws
from hudnal.skin import Skin

FIELDS = (
    "clot",  # share of the tissue
    "signal",  # inflammatory signal, share of the tissue that sends it in full
    "macrophages",  # in units of what a full wound recruits
    "growth",  # growth factor (TGF-b)
    "fibroblasts",  # healthy 1
    "myofibroblasts",
    "collagen_iii",  # all collagen of young skin 1
    "collagen_i",
    "elastin_old",  # all elastin of young skin 1
    "elastin_new",  # tropoelastin
    "epidermis",  # thickness, healthy 1
    "alignment",  # of fibres: 0 basket weave, 1 parallel
    "retinoid",  # how far the dermis answers to vitamin A
    "laid",  # collagen laid down on top of the upkeep, so far
    "laid_as_scar",  # that part of it that lies in parallel
)
_RATES = (
    "lysis", "lysis_by_cells", "signal_decay", "recruitment", "macrophage_loss", "circuit_gain", "macrophage_half",
    "myofibroblast_half", "growth_decay", "growth_by_signal", "growth_by_cells", "growth_by_clot", "growth_half",
    "proliferation", "proliferation_growth", "fibroblast_capacity", "fibroblast_loss", "activation",
    "myofibroblast_loss", "myofibroblast_output", "synthesis", "saturation", "turnover", "healthy_iii", "early_iii",
    "maturation", "breakdown", "retinoid_synthesis", "retinoid_lag", "elastin_breakdown", "elastin_synthesis",
    "elastin_maturation", "elastin_kept", "epidermis_adapts", "epidermis_by_growth",
    "epidermis_by_matrix", "epidermis_retinoid", "healthy_alignment", "scar_half", "retinoid_drive",
    "own_collagen", "own_new_elastin",
)  # fmt: skip
RATES = np.dtype([(name, np.float64) for name in _RATES])


def rates_of(skin: Skin, draws: Draws) -> np.ndarray:
    """The constants of the biology for this person's skin: a record for each draw, dtype RATES."""
    t = {
        short: draws[f"tissue.{long}"]
        for short, long in {
            "lysis": "clot.lysis",
            "lysis_by_cells": "clot.lysis_by_cells",
            "signal_decay": "inflammation.decay",
            "recruitment": "inflammation.recruitment",
            "macrophage_loss": "inflammation.macrophage_loss",
            "circuit_gain": "circuit.gain",
            "macrophage_half": "circuit.macrophage_half",
            "myofibroblast_half": "circuit.myofibroblast_half",
            "growth_decay": "growth_factor.decay",
            "growth_half": "growth_factor.half",
            "proliferation": "fibroblasts.proliferation",
            "proliferation_growth": "fibroblasts.proliferation_growth",
            "fibroblast_loss": "fibroblasts.loss",
            "activation": "fibroblasts.activation",
            "myofibroblast_loss": "fibroblasts.myofibroblast_loss",
            "myofibroblast_output": "fibroblasts.myofibroblast_output",
            "saturation": "collagen.saturation",
            "turnover": "collagen.turnover",
            "early_iii": "collagen.early_iii",
            "maturation": "collagen.maturation",
            "breakdown": "collagen.breakdown",
            "retinoid_lag": "collagen.retinoid_lag",
            "elastin_breakdown": "elastin.breakdown",
            "elastin_synthesis": "elastin.synthesis",
            "elastin_maturation": "elastin.maturation",
            "elastin_kept": "elastin.kept",
            "epidermis_adapts": "epidermis.adapts",
            "epidermis_by_growth": "epidermis.by_growth",
            "epidermis_by_matrix": "epidermis.by_matrix",
            "epidermis_retinoid": "epidermis.retinoid",
            "scar_half": "fibres.scar_half",
        }.items()
    }
    gain = draws["tissue.growth_factor.gain"] * t["growth_decay"]
    from_cells = draws["tissue.growth_factor.from_cells"]
    # Macrophages at the steady level that a steady signal of 1 holds carry their share of the source.
    per_cell = t["macrophage_loss"] / t["recruitment"]
    t |= {
        "growth_by_signal": gain * (1 - from_cells),
        "growth_by_cells": gain * from_cells * per_cell,
        "growth_by_clot": gain * draws["tissue.growth_factor.from_clot"],
        # Homeostasis (M1): K = rho_h / (1 - d/p), so that healthy fibroblasts neither grow nor die out.
        "fibroblast_capacity": 1 / (1 - t["fibroblast_loss"] / t["proliferation"]),
        "synthesis": draws["tissue.collagen.synthesis"] * skin.synthesis,
        "retinoid_synthesis": draws["tissue.collagen.retinoid"] * skin.synthesis,
        # Thickness follows within a turnover; faces renew themselves faster than arms.
        "epidermis_adapts": t["epidermis_adapts"] * skin.turnover / draws.value("tissue.epidermis.turnover"),
        "healthy_iii": skin.collagen_iii_share,
        "own_collagen": skin.collagen,
        "own_new_elastin": skin.tropoelastin_share * skin.elastin,
        "healthy_alignment": draws["skin.fibres.healthy"],
        "retinoid_drive": np.zeros(draws.n),
    }
    records = np.zeros(draws.n, RATES)
    for name in _RATES:
        records[name] = t[name]
    return records


def healthy(skin: Skin, draws: Draws) -> np.ndarray:
    """The state before anything is done, (draw, field)."""
    state = np.zeros((draws.n, len(FIELDS)))
    at = {name: i for i, name in enumerate(FIELDS)}
    state[:, at["fibroblasts"]] = 1
    state[:, at["collagen_iii"]] = skin.collagen * skin.collagen_iii_share
    state[:, at["collagen_i"]] = skin.collagen * (1 - skin.collagen_iii_share)
    state[:, at["elastin_old"]] = skin.elastin * (1 - skin.tropoelastin_share)
    state[:, at["elastin_new"]] = skin.elastin * skin.tropoelastin_share
    state[:, at["epidermis"]] = 1
    state[:, at["alignment"]] = skin.lesion.alignment
    return state


@njit(cache=True)
def change(y, p, into):
    """d y / d t, per hour: `y` and `into` (field,) in the order of FIELDS, `p` one record of RATES."""
    clot, signal, macrophages, growth = y[0], y[1], y[2], y[3]
    fibroblasts, myofibroblasts, iii, i = y[4], y[5], y[6], y[7]
    old, new, epidermis, alignment, retinoid = y[8], y[9], y[10], y[11], y[12]
    matrix = iii + i
    response = growth / (p.growth_half + growth)
    collagenase = p.breakdown * (signal + macrophages)
    # Each cell feeds the other: CSF from myofibroblasts, PDGF from macrophages.
    fed_by_myofibroblasts = p.circuit_gain * myofibroblasts / (p.myofibroblast_half + myofibroblasts)
    fed_by_macrophages = p.circuit_gain * macrophages / (p.macrophage_half + macrophages)

    into[0] = -(p.lysis + p.lysis_by_cells * macrophages) * clot
    into[1] = -p.signal_decay * signal
    into[2] = (
        p.recruitment * signal + (fed_by_myofibroblasts * (1 - macrophages) - p.macrophage_loss) * macrophages
    )
    into[3] = (
        p.growth_by_signal * signal
        + p.growth_by_cells * macrophages
        + p.growth_by_clot * clot
        - p.growth_decay * growth
    )
    division = (p.proliferation + p.proliferation_growth * response) * (
        1 - fibroblasts / p.fibroblast_capacity
    )
    activated = p.activation * response * fibroblasts
    into[4] = (division - p.fibroblast_loss) * fibroblasts - activated
    into[5] = activated + (fed_by_macrophages * (1 - myofibroblasts) - p.myofibroblast_loss) * myofibroblasts

    makers = fibroblasts + p.myofibroblast_output * myofibroblasts
    # Crowding is felt against this skin's own collagen: aged skin does not fill up by itself.
    crowded = (1 + p.saturation) / (p.saturation + matrix / p.own_collagen)
    kept_up = p.turnover * p.own_collagen * fibroblasts * crowded
    laid = (p.synthesis * response * makers + p.retinoid_synthesis * retinoid * fibroblasts) * crowded
    matured = p.maturation * (iii - p.healthy_iii * matrix)
    into[6] = p.early_iii * laid + p.healthy_iii * kept_up - (p.turnover + collagenase) * iii - matured
    into[7] = (
        (1 - p.early_iii) * laid + (1 - p.healthy_iii) * kept_up - (p.turnover + collagenase) * i + matured
    )

    surplus = new - p.own_new_elastin
    into[8] = -p.elastin_breakdown * collagenase * old + p.elastin_kept * p.elastin_maturation * max(
        surplus, 0.0
    )
    into[9] = p.elastin_synthesis * response * makers - p.elastin_maturation * surplus

    aim = (
        1
        + p.epidermis_by_growth * response
        + p.epidermis_by_matrix * (matrix / p.own_collagen - 1)
        + p.epidermis_retinoid * p.retinoid_drive
    )
    into[10] = (aim - epidermis) / p.epidermis_adapts
    # New fibres lie as in healthy skin, or in parallel where myofibroblasts pull.
    scar = myofibroblasts / (p.scar_half + myofibroblasts)
    lies = p.healthy_alignment + (1 - p.healthy_alignment) * scar
    into[11] = laid / matrix * (lies - alignment)
    into[12] = (p.retinoid_drive - retinoid) / p.retinoid_lag
    into[13] = laid
    into[14] = laid * scar
