"""Vitamin A at work: how strongly, how fast the skin renews itself, and how often it irritates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hudnal.outcome.contract import Quantity, Series
from hudnal.parameters import Draws

_GROUP = "outcome.vitamin_a."


@dataclass(frozen=True)
class VitaminA:
    """What is at work. Arrays (draw,)."""

    cream: np.ndarray  # % of tretinoin that the cream is worth on whole skin
    strength: np.ndarray  # the same, with what holes let in besides
    until: float  # h
    tolerance: np.ndarray  # 0-1, how far the skin has got used to it
    worst: np.ndarray  # share of people whom it had irritated at its worst

    @staticmethod
    def none(draws: int) -> VitaminA:
        """None yet."""
        zero = np.zeros(draws)
        return VitaminA(zero, zero, -1.0, zero, zero)

    def put_on(self, cream: np.ndarray, until: float) -> VitaminA:
        """A layer that works until then."""
        return replace(self, cream=cream, strength=cream, until=until)

    def advance(self, hours: float, time: float, gain: np.ndarray, draws: Draws) -> VitaminA:
        """Let `hours` from `time` pass; `gain` (draw,) is what holes add in the epidermis."""
        if time >= self.until:
            return replace(self, cream=np.zeros_like(gain), strength=np.zeros_like(gain))
        strength = self.cream * gain
        used_to = 1 - (1 - self.tolerance) * np.exp(
            -hours / draws[_GROUP + "tolerance_time"] * (strength > 0)
        )
        felt = replace(self, strength=strength)
        return replace(felt, tolerance=used_to, worst=np.maximum(self.worst, felt.irritation(draws)))

    def drive(self, draws: Draws) -> np.ndarray:
        """0-1 of what any dose does to thickness and turnover: levels off far below the dose that irritates."""
        return self.strength / (self.strength + draws["tissue.epidermis.retinoid_half"])

    def irritation(self, draws: Draws) -> np.ndarray:
        """Share of people whose skin is so red, dry and scaly now that they pause it or treat that.

        It rises with the dose where thickening does not.
        """
        return self.strength / (self.strength + draws[_GROUP + "irritation_half"]) * (1 - self.tolerance)

    def turnover(self, days: np.ndarray, draws: Draws) -> np.ndarray:
        """Days that a cell takes through the corneum, of `days` without it."""
        return days * (1 - draws[_GROUP + "turnover"] * self.drive(draws))


SERIES = (
    Series(
        "turnover",
        "day",
        "time that a cell takes through the corneum",
        lambda look: look.vitamin_a.turnover(look.skin.turnover, look.draws),
        "epidermis",
    ),
    Series(
        "irritation",
        "1",
        "share of people whose skin vitamin A irritates",
        lambda look: look.vitamin_a.irritation(look.draws),
        "risk",
    ),
)
QUANTITIES = (Quantity("irritation_probability", "0-1", "risk", lambda ending: ending.last.vitamin_a.worst),)
