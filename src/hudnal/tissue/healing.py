"""The tissue of the treated skin: the part that answers to the wounds, and the rest beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.tissue.biology import FIELDS, healthy, rates_of
from hudnal.tissue.stepping import integrate
from hudnal.tissue.wound import Wound

_AT = {name: i for i, name in enumerate(FIELDS)}
TOLERANCE = 1e-4  # of a step, relative to each field


@dataclass(frozen=True)
class Tissue:
    """Fields where the dermis answers to wounds (`wounded`) and where it does not (`rest`), both (draw, field)."""

    wounded: np.ndarray
    rest: np.ndarray
    answering: np.ndarray  # (draw,) share of the dermis that answers
    before: np.ndarray  # the state at the start, (draw, field)
    rates: np.ndarray  # (draw,) of dtype RATES

    @staticmethod
    def of(skin: Skin, draws: Draws) -> Tissue:
        """Untouched."""
        start = healthy(skin, draws)
        return Tissue(start, start, np.zeros(draws.n), start, rates_of(skin, draws))

    def hurt(self, wound: Wound) -> Tissue:
        """After another wound, on what earlier ones left."""
        whole = 1 - (1 - self.answering) * (1 - wound.answering)
        old = np.divide(self.answering, whole, out=np.zeros_like(whole), where=whole > 0)[:, None]
        # Skin that answers for the first time joins as it is: the mean over the whole area does not change.
        state = self.rest + (self.wounded - self.rest) * old
        local = np.divide(1.0, whole, out=np.zeros_like(whole), where=whole > 0)
        hurt, removed, killed = (np.clip(x * local, 0, 1) for x in (wound.hurt, wound.removed, wound.killed))
        for name in ("clot", "signal"):
            state[:, _AT[name]] += hurt
        for name in ("collagen_iii", "collagen_i", "elastin_old", "elastin_new", "laid", "laid_as_scar"):
            state[:, _AT[name]] *= 1 - removed
        for name in ("fibroblasts", "myofibroblasts"):
            state[:, _AT[name]] *= 1 - killed
        state[:, _AT["epidermis"]] *= 1 - np.clip((1 - wound.epidermis_left) * local, 0, 1)
        return replace(self, wounded=state, answering=whole)

    def under_retinoid(self, drive: np.ndarray) -> Tissue:
        """With vitamin A at work by `drive` (draw,), 0 to 1 of its full effect."""
        rates = self.rates.copy()
        rates["retinoid_drive"] = drive
        return replace(self, rates=rates)

    def advance(self, hours: float) -> Tissue:
        """Let `hours` pass. Skin without wound and without vitamin A is steady and is left alone."""
        if hours <= 0:
            return self
        wounded, rest = self.wounded, self.rest
        vitamin = (self.rates["retinoid_drive"] > 0).any() or (rest != self.before).any()
        if (self.answering > 0).any():
            wounded = np.array(wounded, order="C")
            integrate(wounded, self.rates, hours, TOLERANCE)
        if vitamin:
            rest = np.array(rest, order="C")
            integrate(rest, self.rates, hours, TOLERANCE)
        return replace(self, wounded=wounded, rest=rest)

    def mean(self, name: str) -> np.ndarray:
        """A field over the whole treated dermis, (draw,)."""
        i = _AT[name]
        return self.rest[:, i] + (self.wounded[:, i] - self.rest[:, i]) * self.answering

    def start(self, name: str) -> np.ndarray:
        """That field before anything was done, (draw,)."""
        return self.before[:, _AT[name]]

    @property
    def signal_decay(self) -> np.ndarray:
        """1/h, of the inflammatory signal, (draw,)."""
        return self.rates["signal_decay"]
