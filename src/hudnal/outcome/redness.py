"""Redness and swelling in the hours and days after.

Vessels widen three times: by a nerve reflex at once, for hours by what torn cells let go (histamine, prostaglandins),
and for days by what the inflammation keeps up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin

_HALVINGS = 50
_DARK = 5  # phototypes V and VI


@dataclass(frozen=True)
class Reaction:
    """The skin's visible answer. Arrays (draw,); redness counts in units of just visible."""

    flare: np.ndarray
    mediators: np.ndarray  # of torn cells that widen vessels, counted as inflammatory signal
    leak: np.ndarray  # what makes swelling, share of the dermis
    threshold: np.ndarray  # inflammatory signal that just shows
    flare_time: np.ndarray  # h
    mediator_time: np.ndarray  # h
    leak_time: np.ndarray  # h
    leak_threshold: np.ndarray

    @staticmethod
    def of(skin: Skin, draws: Draws) -> Reaction:
        """None yet."""
        threshold = draws["outcome.redness.threshold"]
        if skin.person.phototype >= _DARK:
            threshold = threshold * draws["outcome.redness.dark_skin"]
        return Reaction(
            flare=np.zeros(draws.n),
            mediators=np.zeros(draws.n),
            leak=np.zeros(draws.n),
            threshold=threshold,
            flare_time=draws["outcome.redness.flare_time"],
            mediator_time=draws["outcome.redness.mediator_time"],
            leak_time=draws["outcome.redness.swelling_time"],
            leak_threshold=draws["outcome.redness.swelling_threshold"],
        )

    def hurt(self, punctured: np.ndarray, hurt: np.ndarray, draws: Draws) -> Reaction:
        """After an injury: `punctured` (draw,) share of skin within the flare's reach, `hurt` share of the dermis."""
        flare = np.maximum(self.flare, draws["outcome.redness.flare"] * punctured)
        mediators = self.mediators + draws["outcome.redness.mediators"] * hurt
        return replace(self, flare=flare, mediators=mediators, leak=self.leak + hurt)

    def advance(self, hours: float | np.ndarray) -> Reaction:
        """Let `hours` pass, the same for all draws or (draw,)."""
        return replace(
            self,
            flare=self.flare * np.exp(-hours / self.flare_time),
            mediators=self.mediators * np.exp(-hours / self.mediator_time),
            leak=self.leak * np.exp(-hours / self.leak_time),
        )

    def redness(self, signal: np.ndarray) -> np.ndarray:
        """Units of just visible, (draw,), at an inflammatory `signal` (draw,)."""
        return self.flare + (self.mediators + signal) / self.threshold

    def swelling(self) -> np.ndarray:
        """Units of just visible, (draw,)."""
        return self.leak / self.leak_threshold

    def redness_lasts(self, signal: np.ndarray, decay: np.ndarray) -> np.ndarray:
        """Hours until redness is not visible, (draw,), when the signal falls at `decay` 1/h from now on."""
        low = np.zeros_like(signal)
        high = np.full_like(signal, 24.0 * 365)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            level = self.advance(middle).redness(signal * np.exp(-decay * middle))
            low, high = np.where(level > 1, middle, low), np.where(level > 1, high, middle)
        return np.where(self.redness(signal) > 1, high, 0.0)

    def swelling_lasts(self) -> np.ndarray:
        """Hours until swelling is not visible, (draw,)."""
        return self.leak_time * np.log(np.maximum(self.swelling(), 1.0))
