"""Infection from what the needles carry in, and blood-borne disease from a shared instrument.

Organisms come from the person's own skin, the instrument, hands and serum; the dose-response of volunteers (Singh 1971,
beta-Poisson) ranks doses; the absolute level is that of clinics at best practice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.parameters import Draws

_NEVER_SURE = 0.99  # the largest probability of one session: a hazard must stay finite


@dataclass(frozen=True)
class Hygiene:
    """What is known of cleanliness when the needles come. Arrays (draw,)."""

    skin_reduction: np.ndarray  # log10, of the skin's bacteria
    device_load: np.ndarray  # CFU on the instrument
    device_blood: np.ndarray  # share of another person's blood left on it: 0 for an own or a new instrument
    serum_load: np.ndarray  # CFU in serum on the skin

    @staticmethod
    def unprepared(draws: Draws) -> Hygiene:
        """Unwashed skin, a new sterile instrument, no serum."""
        zero = np.zeros(draws.n)
        return Hygiene(zero, zero, zero, zero)


def doses(
    hygiene: Hygiene, punctured: np.ndarray, area: float, setting: str, draws: Draws
) -> dict[str, np.ndarray]:
    """Organisms carried in from each source, CFU, (draw,). `punctured` share of the surface, `area` cm2."""
    group = "outcome.infection."
    load = draws[group + "skin_load"] * draws[group + "pathogen_share"] * 10**-hygiene.skin_reduction
    dragged = np.minimum(punctured * draws[group + "wall_drag"], 1)
    transfer = draws[group + "transfer"]
    return {
        "skin": load * area * dragged,
        "instrument": hygiene.device_load * transfer,
        "hands": draws[f"{group}hands.{setting}"] * transfer,
        "serum": hygiene.serum_load * transfer,
    }


def _attack(dose: np.ndarray, draws: Draws) -> np.ndarray:
    """Beta-Poisson: 1 - (1 + d (2^(1/a) - 1) / N50)^-a."""
    a, half = draws.value("outcome.infection.alpha"), draws.value("outcome.infection.half_dose")
    return 1 - (1 + dose * (2 ** (1 / a) - 1) / half) ** -a


def infection_hazard(
    carried: dict[str, np.ndarray], punctured: np.ndarray, deep: np.ndarray, draws: Draws
) -> np.ndarray:
    """Hazard of one session, (draw,). `deep` (draw,) is the share of holes that reach the dermis.

    The clinic's rate times the ratio of the attack rate of this dose to that of a usual session at best practice.
    """
    group = "outcome.infection."
    best = Hygiene(
        np.full(draws.n, draws.value(group + "best_reduction")), *(np.zeros(draws.n) for _ in range(3))
    )
    usual = np.full(draws.n, draws.value(group + "usual_punctured"))
    reference = doses(best, usual, draws.value(group + "usual_area"), "clinic", draws)
    ratio = _attack(_sum(carried, draws), draws) / _attack(_sum(reference, draws), draws)
    shallow = draws[group + "barrier_only"]
    probability = np.minimum(draws[group + "clinic"] * ratio * (shallow + (1 - shallow) * deep), _NEVER_SURE)
    return -np.log1p(-probability) * (punctured > 0)


def _sum(carried: dict[str, np.ndarray], draws: Draws) -> np.ndarray:
    return sum(carried.values(), np.zeros(draws.n))


def bloodborne_hazard(hygiene: Hygiene, punctured: np.ndarray, draws: Draws) -> np.ndarray:
    """Hazard of HBV, HCV or HIV from one session with another person's instrument, (draw,); 0 with an own one.

    prev (1 - (1 - p V/Vref)^m) surv: model MC-08 of the evidence; titre counts more than the number of needles.
    """
    group = "outcome.bloodborne."
    volume = np.minimum(draws[group + "volume"] / draws[group + "reference_volume"] * hygiene.device_blood, 1)
    exposures = draws[group + "wetted"]
    total = np.zeros(draws.n)
    for virus in ("hbv", "hcv", "hiv"):
        caught = 1 - (1 - draws[group + virus] * volume) ** exposures
        total = total + draws[f"{group}{virus}_carriers"] * caught
    return -np.log1p(-np.minimum(total * draws[group + "survival"], _NEVER_SURE)) * (punctured > 0)
