"""What each needle that met the skin did, whatever drove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import pi

import numpy as np

from hudnal.puncture import cell

TRACE = ("time_s", "hand_N", "needles_N", "height_mm", "inside", "pull_N")  # of a drum, moment by moment
WORK = ("hand", "stored", "cut", "friction", "relaxed", "returned")


@dataclass(frozen=True)
class Contacts:
    """Needles that met skin, one entry a contact. Lengths mm; places from the middle of the area."""

    draw: np.ndarray  # int
    stroke: np.ndarray  # int from 0
    needle: np.ndarray  # int, which of the instrument
    x: np.ndarray
    y: np.ndarray
    heading: np.ndarray  # rad
    way: np.ndarray  # of the needle below the skin's plane, at most
    tip_depth: np.ndarray  # under load
    dent: np.ndarray  # of the skin beside it, when the tip was deepest
    lean: np.ndarray  # rad, of the needle then, forward of the vertical
    force: np.ndarray  # N, at most
    held: np.ndarray  # s, under load
    entered: np.ndarray  # bool, it broke through
    luck: np.ndarray  # [0, 1), (contact, 4): of the skin's strength there, and of the vessels met

    @staticmethod
    def of(
        draw: np.ndarray,
        stroke: np.ndarray,
        needle: np.ndarray,
        x: np.ndarray,
        y: np.ndarray,
        heading: np.ndarray,
        outs: np.ndarray,
        luck: np.ndarray,
    ) -> Contacts:
        """From what the compiled core leaves, (LEFT_ROWS, contact)."""
        return Contacts(
            draw, stroke, needle, x, y, heading,
            outs[cell.WAY_MOST], outs[cell.TIP_MOST], outs[cell.DENT_THERE], outs[cell.LEAN_THERE],
            outs[cell.FORCE_MOST], outs[cell.HELD], outs[cell.BROKE] > 0, luck,
        )  # fmt: skip

    @property
    def count(self) -> int:
        """How many."""
        return self.draw.size

    def image(self, number: int) -> Contacts:
        """The same contacts in one of the eight images of a square: other places, the same pattern. 0 is themselves."""
        x, y, heading = self.x, self.y, self.heading
        if number & 1:
            x, heading = -x, pi - heading
        if number & 2:
            y, heading = -y, -heading
        if number & 4:
            x, y, heading = y, x, pi / 2 - heading
        return replace(self, x=x, y=y, heading=heading)

    def part(self, chosen: np.ndarray) -> Contacts:
        """Those `chosen`, bool or index (contact,)."""
        return Contacts(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})


@dataclass(frozen=True)
class Ride:
    """What the hand and the skin did in each pass or press. Arrays (pass,); work in N mm by kind."""

    draw: np.ndarray
    stroke: np.ndarray
    weight: np.ndarray  # of the pass among those of its stroke
    way: np.ndarray  # mm, of the longest needle, mean over the pass
    engaged: np.ndarray  # needles inside at once
    on_surface: np.ndarray  # share of the force that drum or plate carries, not the needles
    pull: np.ndarray  # N, with which the hand must push a drum along
    work: Mapping[str, np.ndarray]
    trace: np.ndarray  # (TRACE, moment) of one pass through the middle; no moments for pens and stamps

    def by_stroke(self, values: np.ndarray, draws: int, strokes: int) -> np.ndarray:
        """Mean over the passes of each draw's stroke, (draw, stroke); 0 where there is none."""
        key = self.draw * strokes + self.stroke
        total = np.bincount(key, self.weight, draws * strokes)
        found = np.bincount(key, self.weight * values, draws * strokes)
        return np.divide(found, total, out=np.zeros_like(found), where=total > 0).reshape(draws, strokes)
