"""One needle in one skin: the dent before it, the force at which it enters, what resists it inside.

A tip enters at F = J D, its toughness J times its diameter D, as long as it is sharp; a blunt one by the area of its
tip, which joins the line without a kink. In between the skin wraps round the tip, so that its dent is that of a flat
punch as wide as `wrap` times the dent. Forces inside: cutting at the tip, friction and spreading along the flank. What
comes faster than a hand meets stiffer skin, which breaks at less force.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.arrays import Array, Float, Int, PerDraw
from hudnal.instrument import Needle
from hudnal.parameters import Draws
from hudnal.puncture import cell
from hudnal.puncture.dent import Ground, cell_wavenumber
from hudnal.skin import Skin

_SINGLE = 1e9  # N/mm: the common sink of a needle without neighbours is part of its dent
_WRAPS = 60  # most trials of the radius at which a wrapped tip enters; it takes some six
_NEAR = 1e-9  # of that radius, to which it is found
_FINEST, _WIDEST = 1e-3, 3.0  # mm, between which that radius lies


@dataclass(frozen=True)
class Crowd:
    """How needles pressed at once stand: each has a cell of skin, and all share the skin's common sink."""

    pitch: float  # mm along
    row: float  # mm across
    springs: PerDraw  # MPa/mm, with which skin resists the common sink

    @property
    def cell(self) -> float:
        """Area of skin of each needle, mm2."""
        return self.pitch * self.row


@dataclass(frozen=True)
class NeedleLaw:
    """How this needle enters this skin."""

    needle: Needle
    draws: Draws
    rows: Float[Array, "12 draw"]  # as `mechanics` reads them, one of `cell.LAW_ROWS` a row
    easing: PerDraw | float = 1.0  # of the entry force against that of a hand's speed

    @property
    def dent_stiffness(self) -> PerDraw:
        """Stiffness of the dent before anything has relaxed, N/mm."""
        return self.rows[cell.STIFFNESS]

    def entry_force(self, blunter: Float[Array, "draw ..."] | float = 1.0) -> Float[Array, "draw ..."]:
        """N at which a tip `blunter` times as wide enters."""
        easing = np.broadcast_to(self.easing, (self.draws.n,))
        return entry_force(self._tip_diameter(blunter), self.draws) * _align_draws(easing, blunter)

    def entry_depth(self, blunter: Float[Array, "draw ..."] | float = 1.0) -> Float[Array, "draw ..."]:
        """mm of tip inside when the force drops: the finest tips sink in, wider ones jump."""
        return _align_draws(self.draws["puncture.entry.drop_depth"], blunter) * self.smooth_share(blunter)

    def smooth_share(self, blunter: Float[Array, "draw ..."] | float = 1.0) -> Float[Array, "draw ..."]:
        """Share of the drop's depth that a tip cuts before it: all of it where the finest slide in, less the wider."""
        diameter = self._tip_diameter(blunter)
        return np.minimum(1.0, _align_draws(self.draws["puncture.entry.smooth_tip"], blunter) / diameter)

    def _tip_diameter(self, blunter: Float[Array, "draw ..."] | float) -> Float[Array, "draw ..."]:
        """mm, of a worn tip that is `blunter` times as wide as a good one."""
        return _align_draws(2 * self.needle.tip_radius * self.needle.wear, blunter) * blunter


def _align_draws(values: PerDraw, like: Float[Array, "draw ..."] | float) -> Float[Array, "draw ..."]:
    """Values of each draw, made to multiply an array that has more axes after its draws."""
    return values.reshape(values.shape + (1,) * max(np.ndim(like) - 1, 0))


def entry_force(diameter: Float[Array, "draw ..."], draws: Draws) -> Float[Array, "draw ..."]:
    """N at which a tip of `diameter` mm enters skin.

    Sharp: F = J D (Römgens et al. 2014: 20 mN at 5 um). Blunt, beyond D*: F = J (D* + D^2/D*) / 2, linear in the area
    of the tip (Davis et al. 2004) and without a kink.
    """
    toughness = _align_draws(draws["puncture.entry.toughness"] * draws["puncture.entry.spread"], diameter)
    blunt = _align_draws(draws["puncture.entry.blunt_from"], diameter)
    return toughness * np.where(diameter < blunt, diameter, (blunt + diameter**2 / blunt) / 2)


def quicken(speed: PerDraw | float, draws: Draws) -> tuple[PerDraw, PerDraw]:
    """Entry force and stiffness of the skin that a needle meets at `speed` mm/s, each against those of a hand.

    Powers of the speed beyond `slow`: tissue is steeper and ruptures at less force, the faster the needle is (Mahvash
    and Dupont 2009); how steep the powers are is told by few, who contradict each other.
    """
    faster = np.maximum(np.broadcast_to(speed, (draws.n,)) / draws.value("puncture.impact.slow"), 1.0)
    return faster ** -draws["puncture.impact.easing"], faster ** draws["puncture.impact.stiffening"]


def relaxed_share(
    contact_time: Float[Array, " n"] | float, draws: Draws, of: Int[Array, " n"] | None = None
) -> Float[Array, " n"]:
    """Share of the dent's stress that is gone after `contact_time` s: of every draw, or of the draws `of`.

    One exponential through 40 % at 1 s (Crichton et al. 2013) with the time of Wang et al. 2015.
    """
    time, share = draws["skin.mechanics.relaxation_time"], relaxing_share(draws)
    if of is not None:
        time, share = time[of], share[of]
    return share * -np.expm1(-contact_time / time)


def relaxing_share(draws: Draws) -> PerDraw:
    """Share of the dent's stress that goes in the end."""
    return draws["skin.mechanics.relaxation_fast"] / -np.expm1(-1 / draws["skin.mechanics.relaxation_time"])


def derive_needle_law(
    skin: Skin,
    needle: Needle,
    ground: Ground,
    crowd: Crowd | None,
    draws: Draws,
    reached: PerDraw | float = np.inf,
    speed: PerDraw | float = 0.0,
) -> NeedleLaw:
    """The law of one needle, alone or in a `crowd`, on this skin.

    `ground` is the skin's layers under its tension; `speed` mm/s is that of the needle, `reached` mm how far shear
    waves run while it enters: skin beyond that does not follow a quick needle.
    """
    easing, stiffer = quicken(speed, draws)
    # Moduli come from tests of a second: at once skin is as much stiffer as it then relaxes.
    at_once = stiffer / (1 - relaxed_share(1.0, draws))
    own = 0.0 if crowd is None else cell_wavenumber(crowd.cell)
    near = np.maximum(own, 1 / np.broadcast_to(reached, (draws.n,)))
    law = NeedleLaw(needle, draws, np.zeros((cell.LAW_ROWS, draws.n)), easing)
    entry = law.entry_force()
    stiffness = _wrapped_stiffness(needle.radius_at(law.entry_depth()), entry, ground, near, at_once, draws)
    common = np.full(draws.n, _SINGLE)
    if crowd is not None:
        common = crowd.springs * crowd.cell * stiffer
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


def _wrapped_stiffness(
    tip: PerDraw, entry: PerDraw, ground: Ground, near: PerDraw, at_once: PerDraw, draws: Draws
) -> PerDraw:
    """N/mm of the dent at entry: its radius a is the tip's own, or `wrap` times the dent if that is more.

    a = wrap F C(a): the dent shrinks as the radius grows, so there is one such a. `tip` is the tip's own radius mm,
    `entry` F in N; only sinks shorter than `near` 1/mm count; skin is `at_once` times as stiff as `ground`.
    """

    def find_excess(log_a: PerDraw) -> PerDraw:
        dent = entry * ground.needle_compliance(np.exp(log_a), near) / at_once
        return np.log(np.maximum(tip, draws["puncture.dent.wrap"] * dent)) - log_a

    # It falls with log a and is hardly bent: regula falsi; the weight of an end that stays is halved (Illinois).
    low, high = np.log(np.full(draws.n, _FINEST)), np.log(np.full(draws.n, _WIDEST))
    above, below = find_excess(low), find_excess(high)
    was_wider, was_narrower, is_found = np.zeros((3, draws.n), dtype=bool)
    middle = high
    for _ in range(_WRAPS):
        share = np.divide(above, above - below, out=np.ones(draws.n), where=above > below)
        middle = np.where(is_found, middle, np.clip(low + share * (high - low), low, high))
        found = find_excess(middle)
        is_found = (np.abs(found) < _NEAR) | (low == high)
        if is_found.all():
            break
        wider = found > 0
        above = np.where(wider, found, np.where(was_narrower, above / 2, above))
        below = np.where(wider, np.where(was_wider, below / 2, below), found)
        low, high = np.where(wider, middle, low), np.where(wider, high, middle)
        was_wider, was_narrower = wider, ~wider
    return at_once / ground.needle_compliance(np.exp(middle), near)
