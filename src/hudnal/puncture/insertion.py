"""One needle in one skin: the dent before it, the force at which it enters, what resists it inside.

A tip enters at F = J D, its toughness J times its diameter D, as long as it is sharp; a blunt one by the area of its
tip, which joins the line without a kink. In between the skin wraps round the tip, so that its dent is that of a flat
punch as wide as `wrap` times the dent. Forces inside: cutting at the tip, friction and spreading along the flank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.instrument import Needle
from hudnal.parameters import Draws
from hudnal.puncture import cell
from hudnal.puncture.dent import Ground, cell_wavenumber
from hudnal.skin import Skin

_SINGLE = 1e9  # N/mm: the common sink of a needle without neighbours is part of its dent
_WRAPS = 30  # halvings of the radius at which a wrapped tip enters


@dataclass(frozen=True)
class Crowd:
    """How needles pressed at once stand: a cell of skin for each.

    `pitch` mm along and `row` mm across; `springs` MPa/mm, (draw,), with which skin resists their common sink.
    """

    pitch: float
    row: float
    springs: np.ndarray

    @property
    def cell(self) -> float:
        """mm2."""
        return self.pitch * self.row


@dataclass(frozen=True)
class NeedleLaw:
    """How this needle enters this skin. Arrays (draw,)."""

    needle: Needle
    draws: Draws
    rows: np.ndarray  # (LAW_ROWS, draw), as `mechanics` reads them

    @property
    def dent_stiffness(self) -> np.ndarray:
        """N/mm, of the dent before anything has relaxed."""
        return self.rows[cell.STIFFNESS]

    def entry_force(self, blunter: np.ndarray | float = 1.0) -> np.ndarray:
        """N at which a tip `blunter` times as wide enters, (draw,) or (draw, ...)."""
        return entry_force(
            _along(2 * self.needle.tip_radius * self.needle.wear, blunter) * blunter, self.draws
        )

    def entry_depth(self, blunter: np.ndarray | float = 1.0) -> np.ndarray:
        """mm of tip inside when the force drops: the finest tips sink in, wider ones jump."""
        diameter = _along(2 * self.needle.tip_radius * self.needle.wear, blunter) * blunter
        smooth = np.minimum(1.0, _along(self.draws["puncture.entry.smooth_tip"], blunter) / diameter)
        return _along(self.draws["puncture.entry.drop_depth"], blunter) * smooth


def _along(values: np.ndarray, like: np.ndarray | float) -> np.ndarray:
    """(draw,) made to multiply (draw, ...)."""
    return values.reshape(values.shape + (1,) * max(np.ndim(like) - 1, 0))


def entry_force(diameter: np.ndarray, draws: Draws) -> np.ndarray:
    """N at which a tip of `diameter` mm, (draw, ...), enters skin.

    Sharp: F = J D (Römgens et al. 2014: 20 mN at 5 um). Blunt, beyond D*: F = J (D* + D^2/D*) / 2, linear in the area
    of the tip (Davis et al. 2004) and without a kink.
    """
    toughness = _along(draws["puncture.entry.toughness"] * draws["puncture.entry.spread"], diameter)
    blunt = _along(draws["puncture.entry.blunt_from"], diameter)
    return toughness * np.where(diameter < blunt, diameter, (blunt + diameter**2 / blunt) / 2)


def relaxed(contact_time: np.ndarray | float, draws: Draws, of: np.ndarray | None = None) -> np.ndarray:
    """Share of the dent's stress that is gone after `contact_time` s: (draw,), or (n,) with `of` the draw of each.

    One exponential through 40 % at 1 s (Crichton et al. 2013) with the time of Wang et al. 2015.
    """
    time, share = draws["skin.mechanics.relaxation_time"], relaxing_share(draws)
    if of is not None:
        time, share = time[of], share[of]
    return share * -np.expm1(-contact_time / time)


def relaxing_share(draws: Draws) -> np.ndarray:
    """Share of the dent's stress that goes in the end, (draw,)."""
    return draws["skin.mechanics.relaxation_fast"] / -np.expm1(-1 / draws["skin.mechanics.relaxation_time"])


def needle_law(
    skin: Skin,
    needle: Needle,
    ground: Ground,
    crowd: Crowd | None,
    draws: Draws,
    reached: np.ndarray | float = np.inf,
) -> NeedleLaw:
    """The law of one needle, alone or in a `crowd`, on this skin.

    `ground` is the skin's layers under its tension; `reached` mm is how far shear waves run while the needle enters:
    skin beyond that does not follow a quick needle.
    """
    # Moduli come from tests of a second: at once skin is as much stiffer as it then relaxes.
    at_once = 1 / (1 - relaxed(1.0, draws))
    own = 0.0 if crowd is None else cell_wavenumber(crowd.cell)
    near = np.maximum(own, 1 / np.broadcast_to(reached, (draws.n,)))
    law = NeedleLaw(needle, draws, np.zeros((cell.LAW_ROWS, draws.n)))
    entry = law.entry_force()
    stiffness = _wrapped(needle.radius_at(law.entry_depth()), entry, ground, near, at_once, draws)
    common = np.full(draws.n, _SINGLE)
    if crowd is not None:
        common = crowd.springs * crowd.cell
    # Along the shaft: tearing, spreading and friction share the force 61 : 18 : 21 (Barnett et al. 2016).
    shear, friction = draws["puncture.entry.shaft_shear"], draws["puncture.entry.friction_share"]
    rows = {
        cell.STIFFNESS: stiffness,
        cell.RELAXING: relaxing_share(draws),
        cell.TIME: draws["skin.mechanics.relaxation_time"],
        cell.CELL: common,
        cell.PITCH: np.full(draws.n, 1.0 if crowd is None else crowd.pitch),
        cell.CUT: draws["puncture.entry.cutting_share"],
        cell.FRICTION: shear * friction,
        cell.SPREADING: shear * (1 - friction),
        cell.SLOPE: needle.slope,
        cell.TIP: needle.tip_radius,
        cell.CONE: needle.taper * needle.length,
        cell.SHAFT: np.full(draws.n, needle.diameter / 2),
    }
    for row, values in rows.items():
        law.rows[row] = values
    return law


def _wrapped(
    tip: np.ndarray, entry: np.ndarray, ground: Ground, near: np.ndarray, at_once: np.ndarray, draws: Draws
) -> np.ndarray:
    """N/mm of the dent at entry: its radius a is the tip's own, or `wrap` times the dent if that is more.

    a = wrap F C(a): the dent shrinks as the radius grows, so there is one such a.
    """
    low, high = np.log(np.full(draws.n, 1e-3)), np.log(np.full(draws.n, 3.0))
    for _ in range(_WRAPS):
        middle = (low + high) / 2
        a = np.exp(middle)
        dent = entry * ground.needle_compliance(a, near) / at_once
        wider = np.maximum(tip, draws["puncture.dent.wrap"] * dent) > a
        low, high = np.where(wider, middle, low), np.where(wider, high, middle)
    return at_once / ground.needle_compliance(np.exp(high), near)
