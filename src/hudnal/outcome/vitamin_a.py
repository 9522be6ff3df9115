"""Vitamin A at work: how strongly, how fast the skin renews itself, and how often it irritates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.outcome.contract import Quantity, Series
from hudnal.parameters import Draws

_GROUP = "outcome.vitamin_a."


@dataclass(frozen=True)
class VitaminA:
    """The vitamin A that is at work, and how far the skin has got used to it; (draw,) each."""

    cream: PerDraw  # % of tretinoin that the cream is worth on whole skin
    strength: PerDraw  # the same, with what holes let in besides
    until: float  # h
    tolerance: PerDraw  # 0-1, how far the skin has got used to it
    worst: PerDraw  # share of people whom it had irritated at its worst

    @staticmethod
    def none(draws: int) -> VitaminA:
        """The vitamin A on skin that has had none."""
        zero = np.zeros(draws)
        return VitaminA(zero, zero, -1.0, zero, zero)

    def add_layer(self, cream: PerDraw, until: float) -> VitaminA:
        """The state with a layer on it, `cream` % of tretinoin that it is worth (draw,), which works `until` h."""
        return replace(self, cream=cream, strength=cream, until=until)

    def advance(self, hours: float, time: float, gain: PerDraw, draws: Draws) -> VitaminA:
        """The state `hours` after `time` h; `gain` (draw,) is what holes add in the epidermis."""
        if time >= self.until:
            return replace(self, cream=np.zeros_like(gain), strength=np.zeros_like(gain))
        strength = self.cream * gain
        used_to = 1 - (1 - self.tolerance) * np.exp(
            -hours / draws[_GROUP + "tolerance_time"] * (strength > 0)
        )
        felt = replace(self, strength=strength)
        return replace(felt, tolerance=used_to, worst=np.maximum(self.worst, felt.rate_irritation(draws)))

    def rate_drive(self, draws: Draws) -> PerDraw:
        """Share of the most that a dose does to thickness and turnover, (draw,): full far below one that irritates."""
        return self.strength / (self.strength + draws["tissue.epidermis.retinoid_half"])

    def rate_irritation(self, draws: Draws) -> PerDraw:
        """Share of people, (draw,), whose skin is so red, dry and scaly now that they pause it or treat that.

        It rises with the dose where thickening does not.
        """
        return self.strength / (self.strength + draws[_GROUP + "irritation_half"]) * (1 - self.tolerance)

    def find_turnover(self, days: PerDraw, draws: Draws) -> PerDraw:
        """Days that a cell takes through the corneum, (draw,), of `days` without it."""
        return days * (1 - draws[_GROUP + "turnover"] * self.rate_drive(draws))


SERIES = (
    Series(
        "turnover",
        "day",
        "time that a cell takes through the corneum",
        lambda look: look.vitamin_a.find_turnover(look.skin.turnover, look.draws),
        "epidermis",
    ),
    Series(
        "irritation",
        "1",
        "share of people whose skin vitamin A irritates",
        lambda look: look.vitamin_a.rate_irritation(look.draws),
        "risk",
    ),
)
QUANTITIES = (
    Quantity(
        "irritation_probability",
        "0-1",
        "risk",
        lambda ending: ending.last.vitamin_a.worst,
        weight="harm",
        over_zones="most",
    ),
)
