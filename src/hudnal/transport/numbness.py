"""Numbness from the concentration of anaesthetics at depth.

The concentration that blocks pain at depth is not published; it is set in each draw so that EMLA, 60 min covered on
the thigh, lets a punch go to the measured depth ten minutes later (Wahlgren and Quiding).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport.depot import Depot, Paths
from hudnal.transport.product import product

_GROUP = "transport.numbness."


@dataclass(frozen=True)
class Numbness:
    """Block at depth: P(no pain) = 1 / (1 + (C50/C)^h)."""

    half_block: np.ndarray  # ug/mL of lidocaine equivalents, (draw,)
    steepness: np.ndarray  # (draw,)

    @staticmethod
    def calibrated(draws: Draws) -> Numbness:
        """C50 from the reference experiment, with each draw's own transport."""
        thigh = Skin.at("thigh", Person(), Lesion.none(draws), draws)
        emla = product("emla")
        depots = [Depot.empty(name, thigh, draws, 0.0) for name in emla.actives]
        depots = [d.spread(emla, emla.default_amount, draws) for d in depots]
        still = np.zeros(draws.n)
        hours = draws.value(_GROUP + "reference_contact")
        # Hydration rises during contact; its mean stands for it, as the flux follows it linearly.
        time = draws["transport.relations.hydration_time"].mean()
        wet = float(1 - time / hours * (1 - np.exp(-hours / time)))
        none = Paths.none(draws.n)
        depots = [d.advance(hours, none, still, wet, perfusion(hours / 2, draws), draws) for d in depots]
        depots = [d.remove(np.ones(draws.n)) for d in depots]
        wait = draws.value(_GROUP + "reference_wait")
        depots = [d.advance(wait, none, still, wet, perfusion(hours, draws), draws) for d in depots]
        profile = blocking_concentration(depots, draws)
        at = draws[_GROUP + "reference_depth"]
        centre = depots[0].layers.centre[:, depots[0].layers.viable]
        found = np.array([np.exp(np.interp(z, c, np.log(p))) for z, c, p in zip(at, centre, profile, strict=True)])
        return Numbness(found, draws[_GROUP + "steepness"])

    def block(self, concentration: np.ndarray) -> np.ndarray:
        """Probability of no pain at a lidocaine-equivalent concentration, (draw, ...)."""
        extra = (1,) * (concentration.ndim - 1)
        half, power = self.half_block.reshape(-1, *extra), self.steepness.reshape(-1, *extra)
        return 1 / (1 + (half / np.maximum(concentration, 1e-30)) ** power)

    def depth(self, depots: list[Depot], draws: Draws) -> np.ndarray:
        """mm down to which pain is blocked by half, (draw,); 0 where it is not at all."""
        if not depots:
            return np.zeros(draws.n)
        layers = depots[0].layers
        centre = layers.centre[:, layers.viable]
        numb = blocking_concentration(depots, draws) >= self.half_block[:, None]
        deepest = np.where(numb, np.arange(centre.shape[1]), -1).max(axis=1)
        return np.array([self._edge(i, d, centre, depots, draws) for d, i in enumerate(deepest)])

    def _edge(self, last: int, draw: int, centre: np.ndarray, depots: list[Depot], draws: Draws) -> float:
        if last < 0:
            return 0.0
        if last == centre.shape[1] - 1:
            return float(centre[draw, last])
        log_c = np.log(blocking_concentration(depots, draws)[draw, last : last + 2])
        share = (log_c[0] - np.log(self.half_block[draw])) / max(log_c[0] - log_c[1], 1e-12)
        return float(centre[draw, last] + share * (centre[draw, last + 1] - centre[draw, last]))


def blocking_concentration(depots: Iterable[Depot], draws: Draws) -> np.ndarray:
    """Lidocaine equivalents, ug/mL, in the living layers, (draw, cell); a floor keeps logarithms finite."""
    total = 0.0
    for depot in depots:
        potency = draws[f"transport.compounds.{depot.compound.name}.potency"]
        total = total + depot.concentration() * potency[:, None]
    return np.maximum(total, 1e-30)


def perfusion(hours_under_cream: float, draws: Draws) -> float:
    """Blood flow under a cream that narrows vessels, against rest; the mean over draws of the parameters.

    Narrowing rises to its peak at 1.5 h and is gone at twice that, when vessels widen (Bjerring et al. 1989).
    """
    peak = draws.value(_GROUP + "vasoconstriction_peak")
    x = hours_under_cream / peak
    if x < 2:
        shape = max(0.0, 1 - (x - 1) ** 2)
        return 1 - draws.value(_GROUP + "vasoconstriction") * shape
    return 1 + draws.value(_GROUP + "vasodilation") * (1 - np.exp(2 - x))
