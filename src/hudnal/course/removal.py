"""What comes off the skin again: creams that are wiped or washed off, and what the corneum held of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.particles import remove_particles
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.parameters import Draws


def remove_products(state: State, by: Literal["wash", "clean"], setting: Setting) -> State:
    """The state after what lies on the skin was washed or wiped off.

    Wiping leaves a smear, however thick the layer was; water and soap take a part of what the corneum holds with them.
    """
    draws = setting.draws
    share = draws[f"transport.removal.{by}"]
    depots = dict(state.depots)
    for name, depot in depots.items():
        if by == "clean":
            depots[name] = depot.remove_film(share, draws["transport.removal.smear"])
        else:
            depots[name] = depot.remove_film(share).strip_corneum(draws["transport.removal.corneum"])
    return remove_particles(replace(state, depots=depots), share).with_surface(protected_until=0.0)


def wipe_film(film: PerDraw, draws: Draws) -> PerDraw:
    """What is left of a film, mm, once it was wiped with gauze, (draw,)."""
    return np.minimum(film * (1 - draws["transport.removal.clean"]), draws["transport.removal.smear"])


def take_cream_off(state: State, setting: Setting) -> State:
    """The state after a numbing cream was wiped off once its time was over, if it is."""
    until = state.surface.cream_until
    if until is None or state.time < until:
        return state
    return remove_products(state, "clean", setting).with_surface(cream_until=None)


def peel_corneum_off(state: State, share: PerDraw) -> State:
    """The state without what this `share` of the corneum held, which came off with it; skin left whole keeps it."""
    depots = {name: depot.strip_corneum(share, needled_only=True) for name, depot in state.depots.items()}
    return replace(state, depots=depots)
