"""Who works pricks himself: with needles that have been in the client's skin, and what a carrier's blood brings.

At home there is nobody but the person who is treated.
"""

from __future__ import annotations

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.outcome.chance import read_chance
from hudnal.outcome.contract import Quantity
from hudnal.outcome.infection import VIRUSES
from hudnal.parameters import Draws

_GROUP, _BLOOD = "outcome.worker.", "outcome.bloodborne."
_NEVER_SURE = 0.5  # of one session: a hazard must stay finite
_ALONE = "home"


def assess_worker(needled: bool, cleans: bool, setting: str, draws: Draws) -> dict[str, PerDraw]:
    """Hazards of one session to who works, (draw,) each: of a prick, and of HBV, HCV or HIV by it.

    `needled`: whether there were needles; `cleans`: whether used ones are cleaned by hand for another use. Of the
    client nothing is known, so that he is a carrier as often as people are; solid needles carry little blood.
    """
    if not needled or setting == _ALONE:
        return dict.fromkeys(("worker_stick", "worker_bloodborne"), np.zeros(draws.n))
    stick = draws[_GROUP + "stick"] * (draws[_GROUP + "cleaning"] if cleans else 1.0)
    stick = np.minimum(stick, _NEVER_SURE)
    volume = np.minimum(draws[_BLOOD + "volume"] / draws[_BLOOD + "reference_volume"], 1)
    caught = sum(
        (draws[f"{_BLOOD}{virus}_carriers"] * draws[_BLOOD + virus] * volume for virus in VIRUSES),
        np.zeros(draws.n),
    )
    return {"worker_stick": -np.log1p(-stick), "worker_bloodborne": -np.log1p(-stick * caught)}


QUANTITIES = (
    Quantity("worker_stick_probability", "0-1", "risk", read_chance("worker_stick"), over_zones="most"),
    Quantity(
        "worker_bloodborne_probability",
        "0-1",
        "risk",
        read_chance("worker_bloodborne"),
        over_zones="most",
    ),
)
