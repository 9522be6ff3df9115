"""Numbness from the concentration of anaesthetics at depth.

The concentration that blocks pain at depth is not published; it is set in each draw so that EMLA, 60 min covered on
the thigh, lets a punch go to the measured depth ten minutes later (Wahlgren and Quiding).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport.channels import Channels
from hudnal.transport.depot import Depot, TransportConditions
from hudnal.transport.product import product

_GROUP = "transport.numbness."
_TRACE = 1e-20  # ug/mL: keeps logarithms and powers finite where there is none


@dataclass(frozen=True)
class Numbness:
    """Block at depth: P(no pain) = most / (1 + (C50/C)^h) + (1 - most) / (1 + far C50/C).

    What a numbing dose leaves is carried by nerves of many kinds, half of which take more than `far` times as much:
    which cream it was, and whether it came through holes, matters where all of them numb below the tip.
    """

    half_block: PerDraw  # ug/mL of lidocaine equivalents
    steepness: PerDraw  # 1
    most: PerDraw  # 1, block that a numbing dose reaches
    far: PerDraw  # 1, dose that blocks the rest by half, against C50

    @staticmethod
    def calibrated(draws: Draws) -> Numbness:
        """Numbness whose C50 is that of the reference experiment, with each draw's own transport."""
        # What was done, to the mean of those whom it was done to: people differ from there on.
        trial = draws.anchor.of_one_person
        thigh = Skin.at("thigh", Person(), Lesion.none(trial), trial)
        emla = product("emla")
        depots = [Depot.empty(name, thigh, trial, 0.0) for name in emla.actives]
        depots = [d.spread(emla, emla.default_amount, trial) for d in depots]
        still = np.zeros(trial.n)
        hours = trial.value(_GROUP + "reference_contact")
        # Hydration rises during contact; its mean stands for it, as the flux follows it linearly.
        time = trial["transport.relations.hydration_time"]
        wet = 1 - time / hours * (1 - np.exp(-hours / time))
        none = Channels.none(trial.n)
        one = np.ones(trial.n)
        under = TransportConditions(wet, perfusion(one / 2, one / 2, trial), covered=True)
        depots = [d.advance(hours, none, still, under, trial).remove_film(np.ones(trial.n)) for d in depots]
        wait = trial.value(_GROUP + "reference_wait")
        drying = trial["transport.relations.drying_time"]
        dries = (1 - np.exp(-hours / time)) * drying / wait * (1 - np.exp(-wait / drying))
        after = TransportConditions(dries, perfusion(one, one, trial))
        depots = [d.advance(wait, none, still, after, trial) for d in depots]
        profile = blocking_concentration(depots, trial)
        at = draws[_GROUP + "reference_depth"]
        centre = depots[0].layers.centre[:, depots[0].layers.viable]
        half_block = np.array(
            [np.exp(np.interp(z, c, np.log(p))) for z, c, p in zip(at, centre, profile, strict=True)]
        )
        return Numbness(half_block, *(draws[_GROUP + name] for name in ("steepness", "most", "far")))

    def narrow_vessels(self, concentration: PerDraw, draws: Draws) -> PerDraw:
        """How far vessels in skin with this much lidocaine equivalent, ug/mL, are narrowed, 0-1."""
        half = draws[_GROUP + "narrowing_at"] * self.half_block
        return concentration / (concentration + half)

    def block(self, concentration: Float[Array, "draw ..."]) -> Float[Array, "draw ..."]:
        """Probability of no pain at a lidocaine-equivalent concentration, ug/mL."""
        extra = (1,) * (concentration.ndim - 1)
        half, power, most, far = (
            a.reshape(-1, *extra) for a in (self.half_block, self.steepness, self.most, self.far)
        )
        lack = half / np.maximum(concentration, _TRACE)
        return most / (1 + lack**power) + (1 - most) / (1 + far * lack)

    def numb_depth(self, depots: list[Depot], draws: Draws) -> PerDraw:
        """Depth in mm down to which pain is blocked by half of what cream can do; 0 where it is not at all."""
        if not depots:
            return np.zeros(draws.n)
        layers = depots[0].layers
        centre = layers.centre[:, layers.viable]
        above = np.log(blocking_concentration(depots, draws) / self.half_block[:, None])
        count = centre.shape[1]
        last = np.where(above >= 0, np.arange(count), -1).max(axis=1)
        # Between the last numb level and the next one the logarithm is taken as a line.
        i = np.clip(last, 0, count - 2)
        row = np.arange(draws.n)
        drop = above[row, i] - above[row, i + 1]
        share = np.clip(above[row, i] / np.where(drop > 0, drop, 1), 0, 1)
        edge = centre[row, i] + share * (centre[row, i + 1] - centre[row, i])
        return np.where(last < 0, 0.0, np.where(last == count - 1, centre[:, -1], edge))


def blocking_concentration(depots: Iterable[Depot], draws: Draws) -> Float[Array, "draw level"]:
    """Lidocaine equivalents in the living layers, ug/mL; a floor keeps logarithms finite."""
    total = 0.0
    for depot in depots:
        potency = draws[f"transport.compounds.{depot.compound.name}.potency"]
        total = total + depot.concentration() * potency[:, None]
    return np.maximum(total, _TRACE)


def perfusion(narrowed: PerDraw, widening: PerDraw, draws: Draws) -> PerDraw:
    """Blood flow under a cream that narrows vessels, against rest, (draw,).

    `narrowed` is how far they are, 0-1, and `widening` how far they were of late: what is missing of it widens them.
    """
    narrow = 1 - draws[_GROUP + "vasoconstriction"] * narrowed
    return narrow + draws[_GROUP + "vasodilation"] * (widening - narrowed)
