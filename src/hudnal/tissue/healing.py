"""The tissue of the treated skin: the part that answers to the wounds, and the rest that stays as it was."""

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
    """Fields where the dermis answers (`state`, (draw, field)), on a share `answering` (draw,) of it."""

    state: np.ndarray
    before: np.ndarray  # the healthy state, (draw, field)
    answering: np.ndarray
    rates: np.ndarray  # (draw,) of dtype RATES

    @staticmethod
    def of(skin: Skin, draws: Draws) -> Tissue:
        """Untouched."""
        start = healthy(skin, draws)
        return Tissue(start, start.copy(), np.zeros(draws.n), rates_of(skin, draws))

    def wounded(self, wound: Wound) -> Tissue:
        """After another wound, on what earlier ones left."""
        whole = 1 - (1 - self.answering) * (1 - wound.answering)
        scale = np.divide(self.answering, whole, out=np.zeros_like(whole), where=whole > 0)[:, None]
        # Skin that answers for the first time joins as it was: the mean over the whole area does not change.
        state = self.before + (self.state - self.before) * scale
        local = np.divide(1.0, whole, out=np.zeros_like(whole), where=whole > 0)
        hurt, removed, killed = (np.clip(x * local, 0, 1) for x in (wound.hurt, wound.removed, wound.killed))
        for name in ("clot", "signal"):
            state[:, _AT[name]] += hurt
        for name in ("collagen_iii", "collagen_i", "elastin_old", "elastin_new"):
            state[:, _AT[name]] *= 1 - removed
        state[:, _AT["fibroblasts"]] *= 1 - killed
        state[:, _AT["myofibroblasts"]] *= 1 - killed
        left = 1 - np.clip((1 - wound.epidermis_left) * local, 0, 1)
        state[:, _AT["epidermis"]] *= left
        return replace(self, state=state, answering=whole)

    def under_retinoid(self, drive: np.ndarray) -> Tissue:
        """With vitamin A at work by `drive` (draw,), 0 to 1 of its full effect."""
        rates = self.rates.copy()
        rates["retinoid_drive"] = drive
        return replace(self, rates=rates)

    def advance(self, hours: float) -> Tissue:
        """Let `hours` pass."""
        if hours <= 0:
            return self
        state = np.array(self.state, order="C")
        integrate(state, self.rates, hours, TOLERANCE)
        return replace(self, state=state)

    def mean(self, name: str) -> np.ndarray:
        """A field over the whole treated dermis, (draw,)."""
        i = _AT[name]
        return self.before[:, i] + (self.state[:, i] - self.before[:, i]) * self.answering

    def local(self, name: str) -> np.ndarray:
        """A field where the dermis answers, (draw,)."""
        return self.state[:, _AT[name]]
