"""Dark marks, bruises, tram tracks, heavy bleeding: hazards that sessions add up, each with a published anchor.

P = 1 - exp(-sum of hazards); a hazard is the anchor's, scaled by what the model says was done against what was done
in the trials behind the anchor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from hudnal.parameters import Draws
from hudnal.skin import Skin

_DARK = 4  # from this phototype on the trials in darker skin count


@dataclass(frozen=True)
class Hazards:
    """Accumulated hazards of a course, (draw,)."""

    pigment: np.ndarray
    bruise: np.ndarray
    tram: np.ndarray
    heavy_bleeding: np.ndarray
    infection: np.ndarray
    bloodborne: np.ndarray

    @staticmethod
    def none(draws: int) -> Hazards:
        """Nothing done yet."""
        return Hazards(*(np.zeros(draws) for _ in range(6)))

    def add(self, **more: np.ndarray) -> Hazards:
        """With more hazard of the named kinds."""
        return replace(self, **{kind: getattr(self, kind) + value for kind, value in more.items()})

    def probability(self, kind: str) -> np.ndarray:
        """Of that harm in the course, (draw,), in [0, 1]."""
        return -np.expm1(-getattr(self, kind))


def _hazard(probability: np.ndarray) -> np.ndarray:
    return -np.log1p(-np.minimum(probability, 1 - 1e-12))


def pigment_hazard(hurt: np.ndarray, agent: str, skin: Skin, draws: Draws) -> np.ndarray:
    """Of dark marks from one session that hurt this share of the dermis; `agent` needle, heat or acid."""
    group = "outcome.pigment."
    base = draws[group + ("dark" if skin.person.phototype >= _DARK else "light")]
    dose = (np.maximum(hurt, 0) / draws[group + "reference_injury"]) ** draws[group + "exponent"]
    harsher = 1.0 if agent == "needle" else draws[group + agent]
    return _hazard(base) / draws[group + "reference_sessions"] * dose * harsher


def bruise_hazard(deep_hits: np.ndarray, skin: Skin, draws: Draws) -> np.ndarray:
    """Of a bruise from one session that crosses the lower plexus `deep_hits` times a mm2."""
    group = "outcome.bruise."
    per_session = _hazard(draws[group + "reference"]) / draws[group + "reference_sessions"]
    thinner = draws[f"puncture.bleeding.thinner.{skin.person.blood_thinner}"]
    return per_session * deep_hits / draws[group + "reference_hits"] * thinner


def tram_hazard(
    torn: np.ndarray, tip_depth: np.ndarray, agent_roller: bool, skin: Skin, draws: Draws
) -> np.ndarray:
    """Of tram-track scars from one session: `torn` is the share of holes that run into another, (draw,)."""
    group = "outcome.tram."
    per_session = _hazard(draws[group + "reference"]) / draws[group + "reference_sessions"]
    harder = (torn / draws[group + "reference_torn"]) ** draws[group + "exponent"]
    deeper = tip_depth / draws[group + "reference_depth"]
    bone = 1 + (draws[group + "bone"] - 1) * skin.bone_below if agent_roller else 1.0
    return per_session * harder * deeper * bone


def heavy_bleeding_hazard(volume: np.ndarray, draws: Draws) -> np.ndarray:
    """Of bleeding that one would call heavy, when a typical person loses `volume` uL/cm2 in the session."""
    group = "outcome.heavy_bleeding."
    with np.errstate(divide="ignore"):  # no blood: a logarithm of minus infinity, and no chance
        score = np.log(volume / draws[group + "volume"]) / draws[group + "person"]
    return _hazard(ndtr(score))
