"""What comes into the blood beside what the skin lets through, and what one drug does there.

A nerve block lies at its nerve and is taken up from there. Prilocaine is broken down to o-toluidine, which turns
haemoglobin into methaemoglobin, and an enzyme turns it back: two steps of one time constant, so that what comes into
the blood at once gives its highest level after that time, as was seen.

    dP/dt = uptake / weight - P / time        dM/dt = e rise P / time - M / time
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import e, log

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Person
from hudnal.units import UG_PER_MG

PRILOCAINE = "prilocaine"  # the one drug here that makes methaemoglobin
_GROUP = "outcome.methaemoglobin."
_INFANT = 0.25  # years, below which the enzyme is not grown yet


def absorb_block(
    injected: Mapping[str, PerDraw], hours: float, draws: Draws
) -> tuple[dict[str, PerDraw], dict[str, PerDraw]]:
    """What of the drugs `injected` at nerves is left after `hours`, and what came into the blood of it.

    Both ug by compound, (draw,) each.
    """
    if not injected:
        return {}, {}
    stays = np.exp(-log(2) * hours / draws["transport.block.absorption"])
    left = {name: amount * stays for name, amount in injected.items()}
    return left, {name: amount - left[name] for name, amount in injected.items()}


@dataclass(frozen=True)
class Methaemoglobin:
    """Methaemoglobin by prilocaine, beyond what there usually is, % of haemoglobin; (draw,) each."""

    forming: PerDraw  # mg/kg of prilocaine whose product still acts
    level: PerDraw  # %
    highest: PerDraw  # % so far

    @staticmethod
    def none(draws: int) -> Methaemoglobin:
        """Blood in which there has been no prilocaine."""
        return Methaemoglobin(*(np.zeros(draws) for _ in range(3)))

    def advance(self, hours: float, uptake: PerDraw, person: Person, draws: Draws) -> Methaemoglobin:
        """The blood after `hours` in which `uptake` ug/h of prilocaine came into it, (draw,)."""
        time, rise = draws[_GROUP + "time"], draws[_GROUP + "rise"]
        if person.age < _INFANT:
            rise = rise * draws[_GROUP + "infant"]
        fade = np.exp(-hours / time)
        steady = np.maximum(uptake, 0.0) / UG_PER_MG / person.weight * time
        forming = steady + (self.forming - steady) * fade
        made = steady * (1 - fade) + (self.forming - steady) * hours / time * fade
        level = self.level * fade + e * rise * made
        return Methaemoglobin(forming, level, np.maximum(self.highest, level))
