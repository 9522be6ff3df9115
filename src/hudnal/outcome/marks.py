"""Marks that come and go: dark marks, bruises; how many people show them at a moment.

A session's hazard first lies under the skin, then shows, then fades: two first-order steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.outcome.chance import convert_to_chance
from hudnal.outcome.contract import Series
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.units import HOURS_PER_DAY


@dataclass(frozen=True)
class Marks:
    """Hazards of marks on their way and of marks that show. Arrays (draw,)."""

    coming: PerDraw
    shown: PerDraw
    appears: PerDraw  # h
    fades: PerDraw  # h
    frailty: PerDraw

    @staticmethod
    def of(kind: str, skin: Skin, draws: Draws) -> Marks:
        """No mark yet, of a `kind` (pigment or bruise) that appears and fades as it does in that skin."""
        group = f"outcome.{kind}."
        fades = draws[group + "fades"] * HOURS_PER_DAY
        if kind == "pigment" and skin.person.marks_readily:
            fades = fades * draws[group + "fades_dark"]
        zero = np.zeros(draws.n)
        return Marks(zero, zero, draws[group + "appears"] * HOURS_PER_DAY, fades, draws[group + "frailty"])

    def add_hazard(self, hazard: PerDraw) -> Marks:
        """The marks with the `hazard` of a session besides, (draw,)."""
        return replace(self, coming=self.coming + hazard)

    def advance(self, hours: float) -> Marks:
        """The marks `hours` later: c' = -c/a, s' = c/a - s/f, exactly."""
        come, go = 1 / self.appears, 1 / self.fades
        # Equal rates are a limit that one need not meet: a part in a million away the chain is the same.
        apart = np.where(np.abs(come - go) < 1e-6 * come, 1e-6 * come, go - come)
        left, kept = np.exp(-come * hours), np.exp(-go * hours)
        shown = self.shown * kept + self.coming * come * (left - kept) / apart
        return replace(self, coming=self.coming * left, shown=np.maximum(shown, 0.0))

    def find_share(self) -> PerDraw:
        """Share of people who show such a mark now, (draw,)."""
        return convert_to_chance(self.shown, self.frailty)


SERIES = (
    Series(
        "bruise",
        "1",
        "share of people with a bruise that shows",
        lambda look: look.bruises.find_share(),
        "risk",
    ),
    Series(
        "dark_marks",
        "1",
        "share of people with a dark mark that shows",
        lambda look: look.dark_marks.find_share(),
        "risk",
    ),
)
