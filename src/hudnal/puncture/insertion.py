"""One needle: it dents the skin, enters, cuts and rubs, and what is left when it has gone.

The dent is a membrane under tension on an elastic foundation, beside the local stiffness of the layer under
the tip; the needle enters along Römgens' line. Up to the force drop a sharp tip sinks in smoothly; beyond it

    d + P/k = C (F_cut + tau A(p)) + p ,

with d the way of the needle, P the pressure of drum or plate that keeps the skin from sinking, C the compliance
of the dent, A the flank of the needle that is inside, and p the tip depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
from scipy.special import k0, k1

from hudnal.instrument import Needle
from hudnal.parameters import Draws
from hudnal.skin import Skin

_REACH = 10  # rings of neighbours whose dents are added; K0 has died out beyond


@dataclass(frozen=True)
class NeedleLaw:
    """How this needle enters this skin. Arrays (draw,)."""

    needle: Needle
    compliance: np.ndarray  # mm/N, of the dent
    foundation: np.ndarray  # MPa/mm
    entry_force: np.ndarray  # N
    entry_depth: np.ndarray  # mm, tip depth just before the force drop
    cutting_force: np.ndarray  # N
    shaft_shear: np.ndarray  # MPa
    sprung_back: np.ndarray  # 1, share of the dent that springs back
    channel_floor: np.ndarray  # 1
    width_kept: np.ndarray  # 1


@dataclass(frozen=True)
class Insertion:
    """Needles pressed in by `way` mm. Arrays (draw, ...) of one shape."""

    entered: np.ndarray  # bool, the force drop was passed
    force: np.ndarray  # N, at the deepest
    tip_depth: np.ndarray  # mm, under load
    dent: np.ndarray  # mm
    channel_depth: np.ndarray  # mm, open after spring-back
    width: np.ndarray  # mm, of the hole at the surface


def relaxed(contact_time: np.ndarray | float, draws: Draws) -> np.ndarray:
    """Share of the stress that is gone after `contact_time` s, (draw,).

    One exponential through 40 % at 1 s (Crichton et al. 2013) with the time of Wang et al. 2015.
    """
    rate = 1 / draws["skin.mechanics.relaxation_time"]
    return draws["skin.mechanics.relaxation_fast"] * -np.expm1(-contact_time * rate) / -np.expm1(-rate)


def membrane_stiffness(tension: np.ndarray, foundation: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """N/mm of a disc of `radius` mm on a membrane (`tension` N/mm) over springs (`foundation` MPa/mm).

    T lap(w) = k w outside the disc gives w ~ K0(r/l) with l = sqrt(T/k), hence
    K = 2 pi T x K1(x) / K0(x) + pi a^2 k with x = a/l.
    """
    x = radius * np.sqrt(foundation / tension)
    return 2 * pi * tension * x * k1(x) / k0(x) + pi * radius**2 * foundation


def neighbour_compliance(tension: np.ndarray, foundation: np.ndarray, density: float) -> np.ndarray:
    """mm/N by which the dents of a square lattice of equal needles (`density` 1/mm2) sink one of them.

    Sum of K0(s/l) / (2 pi T) over the neighbours at distances s.
    """
    if density <= 0:
        return np.zeros_like(tension)
    i, j = np.meshgrid(*[np.arange(-_REACH, _REACH + 1)] * 2)
    distance = np.hypot(i, j)[(i != 0) | (j != 0)] / np.sqrt(density)
    length = np.sqrt(tension / foundation)
    return k0(distance[:, None] / length).sum(axis=0) / (2 * pi * tension)


def needle_law(
    skin: Skin,
    needle: Needle,
    tension: np.ndarray,
    contact_time: np.ndarray | float,
    neighbours: float,
    draws: Draws,
) -> NeedleLaw:
    """The law of one needle in this skin.

    `tension` N/mm in all, (draw,); `contact_time` s from touch to the deepest; `neighbours` 1/mm2, the density of
    needles pressed at once, whose dents add up.
    """
    lost = relaxed(contact_time, draws)
    # Moduli were measured over seconds; in a shorter contact the skin has relaxed less and is stiffer.
    stiffer = (1 - lost) / (1 - relaxed(1.0, draws))
    foundation = draws["puncture.dent.foundation"] * skin.stiffness * stiffer
    modulus = skin.epidermis_modulus * stiffer
    depth = draws["puncture.entry.drop_depth"]
    contact = needle.radius_at(depth)
    poisson = draws.value("puncture.dent.poisson")
    # Needles pressed at once sink together: the membrane gives way by its own dent and its neighbours', and the
    # epidermis under each tip, a flat punch, works beside the membrane.
    gives = 1 / membrane_stiffness(tension, foundation, contact)
    gives = gives + neighbour_compliance(tension, foundation, neighbours)
    compliance = 1 / (1 / gives + 2 * modulus * contact / (1 - poisson**2))

    strength = draws["puncture.entry.spread"] * needle.wear
    diameter = 2 * needle.tip_radius
    line = draws["puncture.entry.intercept"] + draws["puncture.entry.slope"] * diameter
    entry = strength * np.maximum(line, draws["puncture.entry.least_force"])
    smooth = np.minimum(1, draws["puncture.entry.smooth_tip"] / diameter)
    return NeedleLaw(
        needle=needle,
        compliance=compliance,
        foundation=foundation,
        entry_force=entry,
        entry_depth=depth * smooth,
        cutting_force=entry * draws["puncture.entry.cutting_share"],
        shaft_shear=draws["puncture.entry.shaft_shear"],
        sprung_back=1 - lost,
        channel_floor=draws["puncture.channel.floor"],
        width_kept=draws["puncture.channel.width_kept"],
    )


def insert(
    law: NeedleLaw, way: np.ndarray, pressure: np.ndarray, strength: np.ndarray | float = 1.0
) -> Insertion:
    """Press needles in by `way` mm, (draw, ...), under `pressure` MPa; `strength` is the place's own, median 1.

    Negative ways are needles in the air. Channel depth: Crichton's relaxation applied to the dent,
    d_res = p - w (1 - f_relax), but not less than the floor.
    """
    extra = (1,) * (np.ndim(way) - 1)

    def spread(a: np.ndarray) -> np.ndarray:
        return a.reshape(a.shape + extra)

    compliance = spread(law.compliance)
    entry = spread(law.entry_force) * strength
    entry_depth = spread(law.entry_depth)
    lift = pressure / spread(law.foundation)
    pushed = np.maximum(np.asarray(way) + np.where(np.asarray(way) > 0, lift, 0.0), 0.0)

    # Before the drop: the tip sinks in proportion to the force.
    shallow_force = pushed / (compliance + entry_depth / entry)
    entered = shallow_force >= entry
    shallow = entry_depth * shallow_force / entry
    # After it: a quadratic in p, since the flank of a cone grows with p squared.
    shear = compliance * spread(law.shaft_shear) * pi
    a = shear * spread(law.needle.slope)
    b = 1 + 2 * shear * spread(law.needle.tip_radius)
    c = pushed - compliance * spread(law.cutting_force) * strength
    deep = (np.sqrt(b**2 + 4 * a * np.maximum(c, 0)) - b) / (2 * a)
    deep = np.maximum(deep, entry_depth)

    # Drum and plate only keep the skin from sinking: the tip never goes deeper than the needle's own way.
    tip = np.minimum(np.where(entered, deep, shallow), np.maximum(way, 0.0))
    flank = pi * tip * (spread(law.needle.slope) * tip + 2 * spread(law.needle.tip_radius))
    deep_force = spread(law.cutting_force) * strength + spread(law.shaft_shear) * flank
    force = np.where(entered, deep_force, shallow_force)
    dent = np.maximum(way, 0.0) - tip
    channel = np.maximum(tip - dent * spread(law.sprung_back), tip * spread(law.channel_floor))
    width = 2 * law.needle.radius_at(tip) * spread(law.width_kept) * (tip > 0)
    return Insertion(entered, force, tip, dent, channel, width)
