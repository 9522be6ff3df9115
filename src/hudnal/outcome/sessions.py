"""What sessions leave to be told: each stroke of the first one, its holes in numbers, what the last one set going."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from hudnal.arrays import Array, Bool, Float, Int, PerDraw
from hudnal.puncture.contacts import TRACE


@dataclass(frozen=True)
class Strokes:
    """What each stroke of the first session did: blood, pain, the hand's push, time."""

    drops: Float[Array, "draw stroke"]  # 1/cm2, visible since the last wiping
    covered: Float[Array, "draw stroke"]  # share of the skin under them
    pain: Float[Array, "draw stroke"]  # 0-10
    pain_without_cream: Float[Array, "draw stroke"]
    push: Float[Array, "draw stroke"]  # N, with which the hand must push a roller along
    done: Bool[Array, "draw stroke"]  # not after a draw's endpoint, where drops and covered stay as they were
    time: Float[Array, " stroke"]  # h
    hours: Float[Array, " stroke"]  # that it takes
    round: Int[Array, " stroke"]
    trace: Float[Array, "value moment"]  # TRACE of one pass of the first step that rolls, first draw

    @staticmethod
    def none(draws: int) -> Strokes:
        """The strokes before the first one: none."""
        empty = np.zeros((draws, 0))
        return Strokes(
            empty, empty, empty, empty, empty, empty.astype(bool), np.zeros(0), np.zeros(0), np.zeros(0, np.int64),
            np.zeros((len(TRACE), 0)),
        )  # fmt: skip

    @staticmethod
    def join_batches(parts: list[Strokes]) -> Strokes:
        """The draws of several batches as one; times and rounds are the same in all."""
        first = parts[0]
        arrays = {f.name: getattr(first, f.name) for f in fields(Strokes)}
        for name, values in arrays.items():
            if values.ndim == 2 and name != "trace":
                arrays[name] = np.concatenate([getattr(part, name) for part in parts])
        return Strokes(**arrays)

    def append(self, more: Strokes) -> Strokes:
        """These strokes with `more` of the same session after them."""
        joined = {
            f.name: np.concatenate([getattr(self, f.name), getattr(more, f.name)], axis=-1)
            for f in fields(self)
        }
        return Strokes(**{**joined, "trace": self.trace if self.trace.size else more.trace})


@dataclass(frozen=True)
class FirstSession:
    """What the first needles and the first session showed; None for what never came."""

    entry_force: PerDraw | None = None  # N, of the first step with needles
    lying_force: PerDraw | None = (
        None  # N, from which on the drum of the first step that rolls lies on the skin
    )
    numb_depth: PerDraw | None = None  # mm, when it first hurt
    numb_share: PerDraw | None = None  # share of the needles' way that was numb then
    bleeding_points: PerDraw | None = None  # 1/cm2, after the last stroke
    holes: Mapping[str, PerDraw] = field(default_factory=dict)  # their numbers, by quantity
    # Whether each endpoint was missed, by the order of the first of the steps that it was to end.
    missed: Mapping[int, Bool[Array, " draw"]] = field(default_factory=dict)


@dataclass(frozen=True)
class LastSession:
    """What the latest session set going, at its end."""

    signal: PerDraw  # inflammatory signal, share of the dermis
    pigment_hazard: PerDraw
    redness_hours: PerDraw
    inflamed_hours: PerDraw  # of it, until all but the new vessels' pink is gone
    swelling_hours: PerDraw
