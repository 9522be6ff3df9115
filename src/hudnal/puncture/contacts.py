"""What each needle that met the skin did, whatever drove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import pi

import numpy as np

from hudnal.arrays import Array, Bool, Float, Int, sum_by_group
from hudnal.puncture import cell

TRACE = ("time_s", "hand_N", "needles_N", "height_mm", "inside", "pull_N")  # of a drum, moment by moment
WORK = ("hand", "stored", "cut", "friction", "relaxed", "returned")
IMAGES = 8  # of a square: it and its mirror images, each turned four ways


@dataclass(frozen=True)
class Contacts:
    """Needles that met skin, one entry a contact. Places count from the middle of the area."""

    draw: Int[Array, " contact"]
    stroke: Int[Array, " contact"]  # from 0
    needle: Int[Array, " contact"]  # which of the instrument
    x: Float[Array, " contact"]  # mm
    y: Float[Array, " contact"]  # mm
    heading: Float[Array, " contact"]  # rad
    way: Float[Array, " contact"]  # mm, of the needle below the skin's plane, at most
    tip_depth: Float[Array, " contact"]  # mm, under load
    dent: Float[Array, " contact"]  # mm, of the skin beside it, when the tip was deepest
    lean: Float[Array, " contact"]  # rad, of the needle then, forward of the vertical
    force: Float[Array, " contact"]  # N, at most
    held: Float[Array, " contact"]  # s, under load
    entered: Bool[Array, " contact"]  # whether it broke through
    luck: Float[Array, "contact 4"]  # [0, 1), of the skin's strength there, and of the vessels met

    @staticmethod
    def of(
        draw: Int[Array, " contact"],
        stroke: Int[Array, " contact"],
        needle: Int[Array, " contact"],
        x: Float[Array, " contact"],
        y: Float[Array, " contact"],
        heading: Float[Array, " contact"],
        outs: Float[Array, "9 contact"],
        luck: Float[Array, "contact 4"],
    ) -> Contacts:
        """Contacts from what the compiled core leaves of each in `outs`, one of `cell.LEFT_ROWS` a row."""
        return Contacts(
            draw, stroke, needle, x, y, heading,
            outs[cell.WAY_MOST], outs[cell.TIP_MOST], outs[cell.DENT_THERE], outs[cell.LEAN_THERE],
            outs[cell.FORCE_MOST], outs[cell.HELD], outs[cell.BROKE] > 0, luck,
        )  # fmt: skip

    @property
    def count(self) -> int:
        """Number of contacts."""
        return self.draw.size

    def reflect(self, number: int) -> Contacts:
        """The same contacts in one of the IMAGES of a square: other places, the same pattern. 0 is themselves."""
        x, y, heading = self.x, self.y, self.heading
        if number & 1:
            x, heading = -x, pi - heading
        if number & 2:
            y, heading = -y, -heading
        if number & 4:
            x, y, heading = y, x, pi / 2 - heading
        return replace(self, x=x, y=y, heading=heading)

    def select(self, chosen: Bool[Array, " contact"] | Int[Array, " chosen"]) -> Contacts:
        """The `chosen` contacts, by whether or by which."""
        return Contacts(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    @staticmethod
    def join(parts: Sequence[Contacts]) -> Contacts:
        """Contacts one after the other."""
        if len(parts) == 1:
            return parts[0]
        names = [f.name for f in fields(Contacts)]
        return Contacts(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


@dataclass(frozen=True)
class Ride:
    """What the hand and the skin did in each pass or press."""

    draw: Int[Array, " pass"]
    stroke: Int[Array, " pass"]
    weight: Float[Array, " pass"]  # of the pass among those of its stroke
    way: Float[Array, " pass"]  # mm, of the longest needle, mean over the pass
    engaged: Float[Array, " pass"]  # needles inside at once
    on_surface: Float[Array, " pass"]  # share of the force that drum or plate carries, not the needles
    pull: Float[Array, " pass"]  # N, with which the hand must push a drum along, mean over a long way
    work: Mapping[str, Float[Array, " pass"]]  # N mm, by kind of WORK
    trace: Float[Array, "6 moment"]  # TRACE of one pass through the middle; no moments for pens and stamps

    @staticmethod
    def join(parts: Sequence[Ride]) -> Ride:
        """Rides of passes one after the other; of traces, the one that there is."""
        if len(parts) == 1:
            return parts[0]
        work = {kind: np.concatenate([part.work[kind] for part in parts]) for kind in WORK}
        trace = max((part.trace for part in parts), key=lambda trace: trace.shape[1])
        names = [f.name for f in fields(Ride) if f.name not in ("work", "trace")]
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        return Ride(**columns, work=work, trace=trace)

    def mean_by_stroke(
        self, values: Float[Array, " pass"], draws: int, strokes: int
    ) -> Float[Array, "draw stroke"]:
        """Mean over the passes of each draw's stroke; 0 where there is none."""
        key = self.draw * strokes + self.stroke
        weights = sum_by_group(key, self.weight, draws * strokes)
        total = sum_by_group(key, self.weight * values, draws * strokes)
        mean = np.divide(total, weights, out=np.zeros_like(total), where=weights > 0)
        return mean.reshape(draws, strokes)
