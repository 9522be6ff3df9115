"""The biology as a function of the local state: what each field does where it is.

Base: Buganza Tepole's systems mechanobiology with Pensalfini's inflammatory signal (healing: M1, P02, P03), the
macrophage-myofibroblast circuit (M4, P09), two pools of collagen and of elastin (M2), a closing front of epidermis
(M0). Healthy skin is a steady state by construction. Rates are per hour, lengths mm; the equations stand in
docs/model/tissue.md in the same names.

Everything that the engines know of biology is here: a new field or term is a change in this file alone.
`evaluate_change` and `evaluate_cover_change` are branch-free arithmetic without literals, so that the same source runs
compiled on a row of voxels, in NumPy and in JAX: `at` is the place in a row, or `...` for whole arrays.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.compiled import njit
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.tissue.circuit import find_holding_half

# Fields in the volume; those that move come first.
FIELDS = (
    "signal",  # inflammatory signal, share of the tissue that sends it in full
    "growth",  # growth factor (TGF-b)
    "macrophages",  # in units of what a full wound recruits
    "fibroblasts",  # healthy 1
    "myofibroblasts",
    "clot",  # share of the tissue
    "collagenase",  # what breaks matrix down, in units of what a full wound brings
    "message",  # procollagen message: what fibroblasts are told to lay down, after a lag
    "collagen_iii",  # all collagen of young skin 1
    "collagen_i",
    "elastin_old",  # all elastin of young skin 1
    "elastin_new",  # tropoelastin
    "along",  # alignment of fibres, 0 basket weave to 1 parallel, times cos 2a: a against the skin's tension
    "across",  # the same times sin 2a
    "retinoid",  # how far the dermis answers to vitamin A
    "laid",  # collagen laid down on top of the upkeep, so far
    "scarred",  # collagen that lies in parallel as in a scar, where myofibroblasts pulled
)
MOVING = 5
CRAWLER, LURE = FIELDS.index("fibroblasts"), FIELDS.index("growth")
# Fields of the epidermis, a sheet on the dermis.
COVER = (
    "bare",  # h of closing left until the basal layer is continuous here; below 0 since then
    "strata",  # how complete its layers stand, 0-1
    "epidermis",  # thickness to which they grow, healthy 1
)
# How large a field's error counts: the step's error is measured against these.
SCALE = np.array([0.1, 1.0, 0.3, 0.5, 0.3, 0.1, 0.3, 0.3, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3, 1.0, 0.3, 0.3])
COVER_SCALE = np.array([100.0, 0.5, 0.5])
# Undershoot below these is clipped; the sine of an angle may be negative, and so may time left.
FLOOR = np.array([0.0] * FIELDS.index("across") + [-1.0, 0.0, 0.0, 0.0])
COVER_FLOOR = np.array([-np.inf, 0.0, 0.0])
LONG_AGO = 1e4  # h: where the basal layer was never hurt
_SMOOTH = 0.5  # h, over which a place counts as becoming covered
_LAYERS = (
    "epidermis",
    "",
    "reticular",
    "fat",
)  # of the tables, in the order of the grid; papillary dermis is 1
_TINY = 1e-9  # matrix that keeps a ratio finite where there is none

(
    SIGNAL, GROWTH, MACROPHAGES, FIBROBLASTS, MYOFIBROBLASTS, CLOT, COLLAGENASE, MESSAGE, COLLAGEN_III, COLLAGEN_I,
    ELASTIN_OLD, ELASTIN_NEW, ALONG, ACROSS, RETINOID, LAID, SCARRED,
) = range(len(FIELDS))  # fmt: skip
BARE, STRATA, EPIDERMIS = range(len(COVER))

RATES = (
    "lysis", "lysis_by_cells", "signal_decay", "recruitment", "macrophage_loss", "circuit_gain", "macrophage_half",
    "myofibroblast_half", "growth_decay", "growth_by_signal", "growth_by_cells", "growth_by_clot", "growth_half",
    "proliferation", "proliferation_growth", "fibroblast_capacity", "fibroblast_loss", "activation",
    "myofibroblast_loss", "myofibroblast_output", "synthesis", "saturation", "turnover", "healthy_iii", "early_iii",
    "maturation", "breakdown", "collagenase_decay", "message_decay", "retinoid_synthesis", "retinoid_lag",
    "elastin_breakdown", "elastin_synthesis", "elastin_maturation", "elastin_kept", "stratifies", "epidermis_adapts",
    "epidermis_by_growth", "epidermis_by_matrix", "epidermis_retinoid", "healthy_alignment", "scar_half", "attraction",
    "own_collagen", "own_new_elastin",
    "retinoid_drive", "pace",  # what vitamin A and covers set
    "zero", "one", "half", "tiny", "smooth", "long_ago",
)  # fmt: skip
Rates = namedtuple("Rates", RATES)  # type: ignore[misc]


@njit
def respond_to(growth, p):
    """How far cells answer to growth factor, 0 to 1; what fibroblasts crawl up."""
    return growth / (p.growth_half + growth)


@njit
def evaluate_change(u, at, dermis, p):
    """Production and loss of every field of the volume: d u / d t = production - loss u, per hour.

    `u[field, at]` in the order of FIELDS; `dermis` 1 in the dermis and 0 in the epidermis; `p` one Rates.
    """
    signal, growth, macrophages = u[SIGNAL, at], u[GROWTH, at], u[MACROPHAGES, at]
    fibroblasts, myofibroblasts = u[FIBROBLASTS, at], u[MYOFIBROBLASTS, at]
    clot, collagenase = u[CLOT, at], u[COLLAGENASE, at]
    iii, i, new, retinoid = u[COLLAGEN_III, at], u[COLLAGEN_I, at], u[ELASTIN_NEW, at], u[RETINOID, at]

    response = growth / (p.growth_half + growth)
    # Each cell feeds the other: CSF from myofibroblasts, PDGF from macrophages.
    fed_by_myofibroblasts = p.circuit_gain * myofibroblasts / (p.myofibroblast_half + myofibroblasts)
    fed_by_macrophages = p.circuit_gain * macrophages / (p.macrophage_half + macrophages)
    divides = p.proliferation + p.proliferation_growth * response
    activates = p.activation * response

    matrix = iii + i
    makers = fibroblasts + p.myofibroblast_output * myofibroblasts
    # Crowding is felt against this skin's own collagen: aged skin does not fill up by itself.
    crowded = (p.one + p.saturation) / (p.saturation + matrix / p.own_collagen)
    kept_up = p.turnover * p.own_collagen * fibroblasts * crowded
    laid = (p.synthesis * u[MESSAGE, at] + p.retinoid_synthesis * retinoid * fibroblasts) * crowded
    eaten = p.turnover + p.breakdown * collagenase
    surplus = new - p.own_new_elastin * dermis
    ripens = p.elastin_maturation * p.half * (surplus + abs(surplus))
    # New fibres lie as in healthy skin, or in parallel where myofibroblasts pull on one another: pairs of them.
    pulls = myofibroblasts * myofibroblasts
    scar = pulls / (p.scar_half * p.scar_half + pulls)
    lies = p.healthy_alignment + (p.one - p.healthy_alignment) * scar
    renewed = laid / (matrix + p.tiny)

    production = (
        p.zero * signal,
        p.growth_by_signal * signal + p.growth_by_cells * macrophages + p.growth_by_clot * clot,
        p.recruitment * signal + fed_by_myofibroblasts * macrophages,
        divides * fibroblasts,
        activates * fibroblasts + fed_by_macrophages * myofibroblasts,
        p.zero * clot,
        p.collagenase_decay * (signal + macrophages),
        p.message_decay * response * makers,
        p.early_iii * laid + p.healthy_iii * (kept_up + p.maturation * i),
        (p.one - p.early_iii) * laid + (p.one - p.healthy_iii) * (kept_up + p.maturation * iii),
        p.elastin_kept * ripens,
        p.elastin_synthesis * response * makers + p.elastin_maturation * p.own_new_elastin * dermis,
        renewed * lies,
        p.zero * laid,
        p.retinoid_drive / p.retinoid_lag + p.zero * retinoid,
        laid,
        laid * scar,
    )
    loss = (
        p.signal_decay + p.zero * signal,
        p.growth_decay + p.zero * growth,
        p.macrophage_loss + fed_by_myofibroblasts * macrophages,
        p.fibroblast_loss + activates + divides * fibroblasts / p.fibroblast_capacity,
        p.myofibroblast_loss + fed_by_macrophages * myofibroblasts,
        p.lysis + p.lysis_by_cells * macrophages,
        p.collagenase_decay + p.zero * collagenase,
        p.message_decay + p.zero * collagenase,
        eaten + p.maturation * (p.one - p.healthy_iii),
        eaten + p.maturation * p.healthy_iii,
        p.elastin_breakdown * p.breakdown * collagenase,
        p.elastin_maturation + p.zero * new,
        renewed,
        renewed,
        p.one / p.retinoid_lag + p.zero * retinoid,
        p.zero * laid,
        eaten,
    )
    return production, loss


@njit
def evaluate_cover_change(s, at, growth, matrix, p):
    """Production and loss of every field of the epidermis, `s[field, at]` in the order of COVER, per hour.

    `growth` and `matrix` are what the uppermost dermis has there.
    """
    bare = s[BARE, at]
    # More matrix below thickens the epidermis; less does not thin it: over a filling wound it stands as thick.
    gained = matrix / p.own_collagen - p.one
    covered = p.half * (p.one - bare / (abs(bare) + p.smooth))
    stratifies = covered * p.stratifies
    aim = (
        p.one
        + p.epidermis_by_growth * growth / (p.growth_half + growth)
        + p.epidermis_by_matrix * p.half * (gained + abs(gained))
        + p.epidermis_retinoid * p.retinoid_drive
    )
    adapts = p.one / p.epidermis_adapts
    production = (p.zero * bare - p.pace, stratifies, aim * adapts)
    loss = (p.pace / p.long_ago + p.zero * bare, stratifies, adapts + p.zero * bare)
    return production, loss


# Rates that stand in the tables as they are, by their entries there.
_ENTRIES = {
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
    "attraction": "fibroblasts.attraction",
    "saturation": "collagen.saturation",
    "turnover": "collagen.turnover",
    "early_iii": "collagen.early_iii",
    "maturation": "collagen.maturation",
    "breakdown": "collagen.breakdown",
    "collagenase_decay": "collagen.collagenase_decay",
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
}


def rates_of(skin: Skin, draws: Draws) -> Float[Array, "draw rate"]:
    """The constants of the biology for this person's skin, in the order of RATES."""
    t = {name: draws[f"tissue.{entry}"] for name, entry in _ENTRIES.items()}
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
        "message_decay": 1 / draws["tissue.collagen.message_lag"],
        "stratifies": skin.epithelium_speed / draws["tissue.epidermis.stratifies"],
        # Thickness follows within a turnover; faces renew themselves faster than arms.
        "epidermis_adapts": t["epidermis_adapts"] * skin.turnover / draws.value("tissue.epidermis.turnover"),
        "healthy_iii": skin.collagen_iii_share,
        "own_collagen": skin.collagen,
        "own_new_elastin": skin.tropoelastin_share * skin.elastin,
        "healthy_alignment": draws["skin.fibres.healthy"],
        "retinoid_drive": 0.0,
        "pace": 1.0,
        "zero": 0.0,
        "one": 1.0,
        "half": 0.5,
        "tiny": _TINY,
        "smooth": _SMOOTH,
        "long_ago": LONG_AGO,
    }
    # Full wounds heal: macrophages are fed by half where the circuit cannot keep itself up for good.
    least = draws["tissue.circuit.reserve"] * find_holding_half(t)
    t["myofibroblast_half"] = np.maximum(t["myofibroblast_half"], least)
    rates = np.empty((draws.n, len(RATES)))
    for i, name in enumerate(RATES):
        rates[:, i] = t[name]
    return rates


def diffusion_of(draws: Draws) -> Float[Array, "draw moving"]:
    """Diffusion of the moving fields in papillary dermis, mm2/h."""
    crawling = draws["tissue.fibroblasts.motility"]
    return np.stack(
        [
            draws["tissue.inflammation.diffusion"],
            draws["tissue.growth_factor.diffusion"],
            draws["tissue.inflammation.macrophage_motility"],
            crawling,
            crawling,  # a myofibroblast crawls as the fibroblast that it was
        ],
        axis=1,
    )


def layer_factors_of(draws: Draws) -> Float[Array, "draw moving layer"]:
    """Diffusion in each layer of the grid against papillary dermis."""
    proteins = np.stack(
        [draws[f"tissue.layers.{name}"] if name else np.ones(draws.n) for name in _LAYERS], axis=1
    )
    cells = proteins.copy()
    cells[:, 0] = 0  # the cells of the dermis do not cross the basement membrane
    return np.stack([proteins, proteins, cells, cells, cells], axis=1)


def healthy_state(skin: Skin, draws: Draws) -> tuple[Float[Array, "draw field"], Float[Array, "draw cover"]]:
    """The fields of the dermis and of the epidermis before anything is done."""
    state, cover = np.zeros((draws.n, len(FIELDS))), np.zeros((draws.n, len(COVER)))
    state[:, FIBROBLASTS] = 1
    state[:, COLLAGEN_III] = skin.collagen * skin.collagen_iii_share
    state[:, COLLAGEN_I] = skin.collagen * (1 - skin.collagen_iii_share)
    state[:, ELASTIN_OLD] = skin.elastin * (1 - skin.tropoelastin_share)
    state[:, ELASTIN_NEW] = skin.elastin * skin.tropoelastin_share
    # The fibres of a scar or a stretch mark need not lie along the tension.
    turned = 2 * draws["skin.fibres.turned"] * skin.lesion.is_scar
    state[:, ALONG] = skin.lesion.alignment * np.cos(turned)
    state[:, ACROSS] = skin.lesion.alignment * np.sin(turned)
    cover[:, BARE] = -LONG_AGO
    cover[:, STRATA] = cover[:, EPIDERMIS] = 1
    return state, cover
