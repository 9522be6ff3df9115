"""Time that passes over a batch of healing cells: noted while it passes, and gone through when somebody looks.

Looks and creams come daily, and the tissue goes in steps of days. So nothing is computed while time passes; the first
look goes through all that is known by then in steps of the tissue's own, and answers the looks at every moment of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.tissue.batch_engine import SEEN, Stretches, Weights, advance_through
from hudnal.tissue.couplings import Couplings

Volume = Float[Array, "draw field z 1 ring"]
Cover = Float[Array, "draw cover 1 ring"]


@dataclass(frozen=True)
class TimePassed:
    """Time went by: `hours`, with vitamin A at work by `retinoid` and a front closing at `pace`."""

    hours: float
    retinoid: PerDraw  # 0 to 1
    pace: PerDraw  # h of closing in an hour


@dataclass(frozen=True)
class Arrived:
    """The fields after some stretches of time, the steps to go on with, and what was to be seen after each stretch."""

    volume: Volume
    cover: Cover
    steps: PerDraw  # h
    seen: Float[Array, "draw stretch what"]


@dataclass(frozen=True)
class Passage:
    """Stretches of time from a state on, by their order. Once they have been gone through, none is added.

    What is seen after a stretch depends, within the tolerance, on how many stretches are known when one first looks.
    """

    volume: Volume  # at the beginning
    cover: Cover
    steps: PerDraw  # h, to begin with
    rates: Float[Array, "draw rate"]
    couplings: Couplings
    weights: Weights
    tolerance: float
    stretches: dict[int, TimePassed] = field(default_factory=dict)
    _arrived: dict[int, Arrived] = field(default_factory=dict)  # by the number of stretches gone through

    def note(self, stretch: TimePassed, after: int) -> bool:
        """Add a stretch `after` so many others; False where there is one already, or all have been gone through."""
        # One call that no other thread comes between: of two that go on from the same moment one has to leave.
        return not self._arrived and self.stretches.setdefault(after, stretch) is stretch

    def go_on(self, count: int, tolerance: float) -> Passage:
        """Another passage, from the state after the first `count` stretches on."""
        here = self.arrive(count)
        return Passage(
            here.volume, here.cover, here.steps, self.rates, self.couplings, self.weights, tolerance
        )

    def arrive(self, count: int) -> Arrived:
        """The state after the first `count` stretches, with a step that ends there."""
        if count == 0:
            return Arrived(self.volume, self.cover, self.steps, np.empty((self.steps.size, 0, len(SEEN))))
        if count not in self._arrived:
            self._arrived[count] = self._go_through(count)
        return self._arrived[count]

    def see(self, count: int, what: str) -> PerDraw:
        """What there is to see after the first `count` stretches, one at least; one of SEEN."""
        farther = [arrived for n, arrived in self._arrived.items() if n >= count]
        arrived = farther[0] if farther else self.arrive(len(self.stretches))
        return arrived.seen[:, count - 1, _AT[what]]

    def _go_through(self, count: int) -> Arrived:
        passed = [self.stretches[i] for i in range(count)]
        stretches = Stretches(
            np.cumsum([one.hours for one in passed], dtype=float),
            np.stack([one.retinoid for one in passed], axis=1),
            np.stack([one.pace for one in passed], axis=1),
        )
        volume, cover, steps = self.volume.copy(), self.cover.copy(), self.steps.copy()
        _, seen = advance_through(
            volume, cover, self.rates, self.couplings, stretches, steps, self.weights, self.tolerance
        )
        return Arrived(volume, cover, steps, seen)


_AT = {name: i for i, name in enumerate(SEEN)}
