"""Holes made by hand and by a roller, for what follows from holes."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from rides import Given, cheek, ground_of, rolled, roller

from hudnal.instrument import Roller, build_from_catalogue
from hudnal.parameters import Draws
from hudnal.puncture import (
    Contacts,
    Drag,
    ElasticLayers,
    Ground,
    Holes,
    add_blood,
    derive_drum_law,
    punch_holes,
)
from hudnal.skin import Lesion, Person, Skin
from hudnal.skin.field import SkinField

DRAWS = Given(8, 3)
SKIN = cheek(DRAWS)
GROUND = ground_of(SKIN, DRAWS)
ROLLER = roller(DRAWS)
LAW = derive_drum_law(ROLLER, SKIN, GROUND, np.full(8, 5.0), DRAWS)[0]
SIDE = 10.0
NEVER_TAUT = np.full(8, False)


def field_of(draws: Draws) -> SkinField:
    return SkinField.of(draws["skin.layers.variation_length"], np.random.default_rng(7))


FIELD = field_of(DRAWS)


@cache
def by_roller(strokes: int, force: float = 5.0) -> Holes:
    headings = np.linspace(0, 3, strokes)
    law, _, contacts, _ = rolled(ROLLER, SKIN, GROUND, DRAWS, force, headings, SIDE)
    return punch_holes(Holes.none(SIDE, 8), contacts, strokes, law, SKIN, FIELD, Drag(ROLLER))


def contacts_at(
    x: np.ndarray,
    y: np.ndarray,
    draw: ArrayLike = 0,
    stroke: ArrayLike = 0,
    tip: ArrayLike = 1.0,
    luck: ArrayLike = 0.5,
    **more: ArrayLike,
) -> Contacts:
    """Contacts by hand, at `x` and `y` mm from the middle of the sample area."""
    given = {
        "draw": draw, "stroke": stroke, "needle": 0, "x": x, "y": y, "heading": 0.0, "way": 1.5, "tip_depth": tip,
        "dent": 0.2, "lean": 0.0, "force": 0.05, "held": 0.1, "entered": True, **more,
    }  # fmt: skip
    whole = {"draw": int, "stroke": int, "needle": int, "entered": bool}
    columns = {
        name: np.broadcast_to(values, x.size).astype(whole.get(name, float)) for name, values in given.items()
    }
    return Contacts(**columns, luck=np.broadcast_to(luck, (x.size, 4)).astype(float))


def punched(contacts: Contacts, strokes: int = 1, before: Holes | None = None, side=SIDE, **how) -> Holes:
    draws, skin, law = how.pop("draws", DRAWS), how.pop("skin", SKIN), how.pop("law", LAW)
    return punch_holes(
        before or Holes.none(side, draws.n), contacts, strokes, law, skin, field_of(draws), **how
    )


def bleeding(holes: Holes, skin: Skin = SKIN, flow: float = 1.0, taut=NEVER_TAUT, strokes: int = 16) -> Holes:
    times = np.arange(strokes) * 1e-3
    return add_blood(holes, 0, times, skin, DRAWS, np.full(8, flow), taut)


def many_rolled(site: str, name: str, force: float, strokes: int = 8) -> tuple[Draws, Skin, Holes]:
    many = Draws(64, 1)
    skin = Skin.at(site, Person(), Lesion.none(many), many)
    drum = build_from_catalogue(name, many)
    assert isinstance(drum, Roller)
    ground = Ground(ElasticLayers.of(skin, skin.tension, many))
    law, _, contacts, _ = rolled(drum, skin, ground, many, force, np.linspace(0, 3, strokes), SIDE)
    return (
        many,
        skin,
        punch_holes(Holes.none(SIDE, 64), contacts, strokes, law, skin, field_of(many), Drag(drum)),
    )
