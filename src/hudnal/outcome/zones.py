"""What zones come to in one person: what sets people apart is the same in every zone of theirs.

Who marks easily does so on both cheeks, and who carries no herpes has no cold sore at the chin either. Chances of zones
are therefore no chances of independent events. Hazards add up within people who are alike in the trait:

    P = 1 - (1 + H/k)^-k        where people differ by a frailty of shape k, or not at all (k infinite)
    P = sum over who is prone   where only some can be hit: who is prone in one zone is so wherever more people are

The rates behind the hazards are those of a face, or of another place, that was treated as a whole. Zones of one place
count as it: with the hazard of the worst of them, so that a face cut into zones is no more in danger than a face. Those
of different places add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.outcome.chance import convert_to_chance, convert_to_hazard
from hudnal.outcome.contract import JoinZones
from hudnal.parameters import Draws
from hudnal.skin import Skin


def join_alike(frailty: str | None = None) -> JoinZones:
    """How the chances of zones make that of a person; `frailty` is the parameter of how people differ, if they do."""

    def join(each: Float[Array, "zone draw"], skins: Sequence[Skin], draws: Draws) -> PerDraw:
        shape = None if frailty is None else draws[frailty]
        hazards = [convert_to_hazard(chance, shape) for chance in np.nan_to_num(each)]
        return convert_to_chance(_add_by_place(hazards, skins), shape)

    return join


def join_prone(find_share: Callable[[Skin, Draws], PerDraw]) -> JoinZones:
    """How the chances of zones make that of a person, when of the people `find_share` of a zone's skin can be hit."""

    def join(each: Float[Array, "zone draw"], skins: Sequence[Skin], draws: Draws) -> PerDraw:
        share = np.stack([find_share(skin, draws) for skin in skins])
        within = np.divide(np.nan_to_num(each), share, out=np.zeros_like(share), where=share > 0)
        hazards = convert_to_hazard(within)
        order = np.argsort(-share, axis=0, kind="stable")
        fewer = np.append(np.take_along_axis(share, order, axis=0), np.zeros((1, share.shape[1])), axis=0)
        joined = np.zeros(share.shape[1])
        # From the zone in which most are prone: those who are so in the first n zones and in no other.
        for n in range(len(skins)):
            counted = np.argsort(order, axis=0) <= n
            total = _add_by_place([*np.where(counted, hazards, 0.0)], skins)
            joined = joined + (fewer[n] - fewer[n + 1]) * convert_to_chance(total)
        return joined

    return join


def _add_by_place(hazards: Sequence[PerDraw], skins: Sequence[Skin]) -> PerDraw:
    """The hazard of all zones, (draw,): of each place that of its worst zone."""
    places: defaultdict[str, list[PerDraw]] = defaultdict(list)
    for hazard, skin in zip(hazards, skins, strict=True):
        places["face" if skin.face.any() else skin.site].append(hazard)
    return np.sum([np.max(of_place, axis=0) for of_place in places.values()], axis=0)
