"""Infection from what the needles carry in, and blood-borne disease from a shared instrument.

Organisms come from the person's own skin, the instrument, hands and serum, and later through holes that are still
open; the dose-response of volunteers (Singh 1971, beta-Poisson) ranks doses; the absolute level is that of clinics at
best practice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws

VIRUSES = ("hbv", "hcv", "hiv")  # that blood on needles carries
_NEVER_SURE = 0.99  # the largest probability of one session: a hazard must stay finite


@dataclass(frozen=True)
class Hygiene:
    """How clean the skin is when the needles come, and what serum lies on it; (draw,) each."""

    skin_reduction: PerDraw  # log10, of the skin's bacteria
    serum_load: PerDraw  # CFU in serum on the skin
    nicked: PerDraw | float = 1.0  # times the skin's bacteria that come in, since a razor has nicked it

    @staticmethod
    def unprepared(draws: Draws) -> Hygiene:
        """The hygiene of unwashed skin without serum."""
        zero = np.zeros(draws.n)
        return Hygiene(zero, zero)


def count_doses(
    hygiene: Hygiene, instrument_load: PerDraw, punctured: PerDraw, area: float, setting: str, draws: Draws
) -> dict[str, PerDraw]:
    """Organisms carried in from each source, CFU, (draw,).

    `instrument_load` CFU on the instruments that were used, `punctured` share of the surface, `area` cm2.
    """
    group = "outcome.infection."
    load = draws[group + "skin_load"] * draws[group + "pathogen_share"] * 10**-hygiene.skin_reduction
    dragged = catch_share(punctured, draws)
    transfer = draws[group + "transfer"]
    return {
        "skin": load * area * dragged * hygiene.nicked,
        "instrument": instrument_load * transfer,
        # What fingers leave lies on the skin, as what they bring later does: holes catch their share of it.
        "hands": draws[f"{group}hands.{setting}"] * transfer * dragged,
        "serum": hygiene.serum_load * transfer,
    }


def find_reduction(antiseptic: str, draws: Draws) -> PerDraw:
    """log10 by which an antiseptic reduces the skin's bacteria, (draw,): a product of the tables, or `ethanol-60`."""
    group = "outcome.infection."
    if draws.has(known := f"{group}antiseptic.{antiseptic}"):
        return draws[known]
    alcohol, _, percent = antiseptic.rpartition("-")
    idle, full = draws[f"{group}alcohol.idle"], draws.value(f"{group}alcohol.full")
    return draws[f"{group}alcohol.best.{alcohol}"] * np.clip((float(percent) - idle) / (full - idle), 0, 1)


def count_later_dose(
    open_hours: PerDraw, punctured: PerDraw, setting: str, draws: Draws
) -> dict[str, PerDraw]:
    """CFU that fingers bring to holes after the session, (draw,), under the source `later`.

    `open_hours` h times the share of holes that are open, `punctured` share of the surface, (draw,) each.
    """
    group = "outcome.infection."
    touched = draws[f"{group}touches.{setting}"] * open_hours * draws[group + "hands.home"]
    return {"later": touched * draws[group + "transfer"] * catch_share(punctured, draws)}


def catch_share(punctured: PerDraw, draws: Draws) -> PerDraw:
    """Share of what lies on the skin that holes catch, (draw,)."""
    return np.minimum(punctured * draws["outcome.infection.wall_drag"], 1)


def split_by_source(carried: Mapping[str, PerDraw], hazard: PerDraw, draws: Draws) -> dict[str, PerDraw]:
    """A `hazard` (draw,) split by the share of the dose in CFU that each source brought, (draw,) each."""
    total = _add_up(carried, draws)
    shares = {
        name: np.divide(dose, total, out=np.zeros_like(total), where=total > 0)
        for name, dose in carried.items()
    }
    return {f"infection_{name}": hazard * share for name, share in shares.items()}


def _find_attack_rate(dose: PerDraw, draws: Draws) -> PerDraw:
    """Share of people whom a `dose` of CFU infects, (draw,). Beta-Poisson: 1 - (1 + d (2^(1/a) - 1) / N50)^-a."""
    a, half = draws.value("outcome.infection.alpha"), draws.value("outcome.infection.half_dose")
    return 1 - (1 + dose * (2 ** (1 / a) - 1) / half) ** -a


def assess_infection(
    carried: Mapping[str, PerDraw],
    punctured: PerDraw,
    deep: PerDraw,
    draws: Draws,
    taken_off: PerDraw | float = 0.0,
) -> PerDraw:
    """Hazard of infection by one session, (draw,), by the CFU `carried` in from each source, (draw,) each.

    `punctured` share of the surface; `deep` (draw,) is the share of holes that reach the dermis; `taken_off` the part
    of the opened surface, (draw,), where skin was taken off and not parted. The clinic's rate, which is of needles,
    times the ratio of the attack rate of this dose to that of a usual session at best practice.
    """
    group = "outcome.infection."
    zero, anchor = np.zeros(draws.n), draws.anchor
    best = Hygiene(np.full(draws.n, anchor.value(group + "best_reduction")), zero)
    usual = np.full(draws.n, anchor.value(group + "usual_punctured"))
    reference = count_doses(best, zero, usual, anchor.value(group + "usual_area"), "clinic", anchor)
    # The clinic's rate counts what came in on the days after, too.
    reference |= count_later_dose(anchor[group + "usual_window"], usual, "clinic", anchor)
    ratio = _find_attack_rate(_add_up(carried, draws), draws) / _find_attack_rate(
        _add_up(reference, draws), anchor
    )
    shallow = draws[group + "barrier_only"]
    readily = (shallow + (1 - shallow) * deep) * (1 + (draws[group + "taken_off"] - 1) * taken_off)
    probability = np.minimum(draws[group + "clinic"] * ratio * readily, _NEVER_SURE)
    return -np.log1p(-probability) * (punctured > 0)


def _add_up(carried: Mapping[str, PerDraw], draws: Draws) -> PerDraw:
    return sum(carried.values(), np.zeros(draws.n))


def assess_bloodborne(instrument_blood: PerDraw, punctured: PerDraw, draws: Draws) -> PerDraw:
    """Hazard of HBV, HCV or HIV from one session with another person's instrument, (draw,); 0 with an own one.

    `instrument_blood` is the share of another person's blood that was left on the instruments used, (draw,).
    prev (1 - (1 - p V/Vref)^m) surv: model MC-08 of the evidence; titre counts more than the number of needles.
    """
    group = "outcome.bloodborne."
    volume = np.minimum(draws[group + "volume"] / draws[group + "reference_volume"] * instrument_blood, 1)
    exposures = draws[group + "wetted"]
    total = np.zeros(draws.n)
    for virus in VIRUSES:
        caught = 1 - (1 - draws[group + virus] * volume) ** exposures
        total = total + draws[f"{group}{virus}_carriers"] * caught
    return -np.log1p(-np.minimum(total * draws[group + "survival"], _NEVER_SURE)) * (punctured > 0)
