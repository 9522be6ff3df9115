"""What the tests of needles share: draws with values of their own, ground like rock, rides and presses by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hudnal.instrument import Drum, Pen, Places, Roller, Stamp, lay_passes
from hudnal.instrument.catalogue import build_from_entry
from hudnal.instrument.strokes import Passes
from hudnal.parameters import Draws
from hudnal.puncture import (
    Contacts,
    ElasticLayers,
    Ground,
    NeedleLaw,
    Ride,
    derive_drum_law,
    drive_pen,
    lead_length,
    roll_drum,
)
from hudnal.puncture.rolling import STEPS
from hudnal.skin import Lesion, Person, Skin

ROCK = 1e3  # MPa: next to nothing sinks in
STAMPING = 1000.0  # N, with which any drum touches even that


class Given(Draws):
    """Draws in which some parameters are `given`, alike in every draw; a name has `_` for its dots."""

    def __init__(self, n: int = 8, seed: int = 3, belief: str = "posterior", /, **given: float) -> None:
        super().__init__(n, seed, belief)
        self.given = given

    def __getitem__(self, name: str) -> np.ndarray:
        value = self.given.get(name.replace(".", "_"))
        return super().__getitem__(name) if value is None else np.full(self.n, float(value))


def roller(draws: Draws, **shape: Any) -> Roller:
    """The standard medical roller, or one that differs in its `shape`."""
    entry = {"kind": "roller", "rings": 8, "needles_per_ring": 24, "drum_diameter": 20, "drum_width": 20}
    found = build_from_entry("test", {**entry, "length": 1.5, "diameter": 0.25, **shape}, draws)
    assert isinstance(found, Roller)
    return found


def stamp(draws: Draws, **shape: Any) -> Stamp:
    """A stamp of 40 needles on 10 x 10 mm, or one that differs in its `shape`."""
    entry = {"kind": "stamp", "needles": 40, "head_width": 10, "length": 1.5, "diameter": 0.25}
    found = build_from_entry("test", {**entry, **shape}, draws)
    assert isinstance(found, Stamp)
    return found


def pen(draws: Draws, **shape: Any) -> Pen:
    """A pen of 12 needles on 8 mm at 100 cycles a second, or one that differs in its `shape`."""
    entry = {"kind": "pen", "needles": 12, "head_diameter": 8, "frequency": 100, "length": 2.5}
    found = build_from_entry("test", {**entry, "diameter": 0.25, **shape}, draws)
    assert isinstance(found, Pen)
    return found


def cheek(draws: Draws) -> Skin:
    """The skin of a cheek."""
    return Skin.at("cheek", Person(), Lesion.none(draws), draws)


def ground_of(skin: Skin, draws: Draws, added: float = 0.0) -> Ground:
    """Its layers, with `added` N/mm of tension."""
    return Ground(ElasticLayers.of(skin, skin.tension + added, draws))


def even(draws: Draws, modulus: float = ROCK, thickness: float = 10.0) -> Ground:
    """Even ground of a shear `modulus` MPa without tension, three layers of `thickness` mm."""
    shape = (draws.n, 3)
    return Ground(ElasticLayers(np.full(shape, modulus), np.full(shape, thickness), np.zeros(shape)))


def rolled(
    drum: Roller,
    skin: Skin,
    ground: Ground,
    draws: Draws,
    force: float,
    headings: ArrayLike = 0.0,
    side: float = 12.0,
    slip: float = 0.0,
    overlap: float = 0.0,
    waver: float | None = None,
    steps: int = STEPS,
    seed: int = 1,
) -> tuple[NeedleLaw, Passes, Contacts, Ride]:
    """Strokes with `headings` rad over a sample area of `side` mm with an even `force` N: law, passes, contacts, ride."""
    turns = np.atleast_1d(np.asarray(headings, float))
    law, strip = derive_drum_law(drum, skin, ground, np.full(draws.n, force), draws)
    rng = np.random.default_rng(seed)
    varied = None if waver is None else np.full(draws.n, waver)
    passes = lay_passes(drum, turns, side, side, draws, rng, lead_length(strip), overlap, varied)
    needles = Drum.of(drum, draws, rng)
    forces = np.full((draws.n, turns.size), force)
    speed = draws["instruments.hand.speed"]
    return law, passes, *roll_drum(needles, law, strip, passes, forces, speed, slip, steps)


def struck(motor: Pen, law: NeedleLaw, ways: np.ndarray, force: float = 0.0) -> tuple[Contacts, Ride]:
    """Needles driven out to each of `ways` mm, the nose held down with `force` N: one needle a draw and way."""
    n, many = law.draws.n, ways.size
    draw, stroke = np.repeat(np.arange(n), many), np.tile(np.arange(many), n)
    zero = np.zeros(draw.size)
    places = Places(10.0, draw, stroke, np.zeros(draw.size, int), zero, zero, zero)
    forces = np.full((n, many), force)
    return drive_pen(motor, law, places, np.tile(ways, (n, 1)), forces, np.random.default_rng(1))


def lost(ride: Ride) -> np.ndarray:
    """Share of the work of each pass that the balance of energy lacks, (pass,)."""
    work = ride.work
    found = work["hand"] - work["stored"] - work["cut"] - work["friction"] - work["relaxed"]
    return np.abs(found) / (work["hand"] + work["returned"])
