"""Strips side by side: each has the numbers that it would have alone, and all numbers of lanes solve alike."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.threads import threads
from hudnal.transport.diffusion import FilmContact, StripPlaces, advance_strips

STEPS = np.array([0.01, 0.03, 0.1, 0.3, 1.0, 1.0, 30.0])


def skins(count: int, lanes: int, seed: int = 0, levels: int = 9) -> dict[str, np.ndarray]:
    """Any skins: every third without a film, and of the others some with undissolved drug that goes on the way."""
    rng = np.random.default_rng(seed)
    touching = np.zeros((count, 3, lanes))
    touching[:, [0, 2]] = 10 ** rng.uniform(-2, 1, (count, 2, lanes))
    film = np.where(np.arange(count) % 3 == 0, 0.0, rng.uniform(0.1, 0.5, count))
    return {
        # Steep fronts, before which a long step swings below zero.
        "activity": np.where(rng.random((count, levels, lanes)) < 0.3, 1.0, 0.0),
        "amount": np.where(film > 0, rng.uniform(0.01, 2, count), 0),
        "capacity": 10 ** rng.uniform(-2, 0.5, (count, levels, lanes)),
        "down": 5 * rng.random((count, levels - 1, lanes)),
        "across": 3 * rng.random((count, levels, lanes - 1)),
        "loss": rng.random((count, levels, lanes)),
        "touching": touching,
        "film": np.repeat(film[:, None], STEPS.size, axis=1),
        "evaporation": rng.random(count),
        "saturation": np.where(rng.random(count) < 0.5, 1.0, np.inf),
        "opening": np.cumprod(rng.uniform(0.5, 1, (count, STEPS.size)), axis=1),
    }


def advance(s: dict[str, np.ndarray], fluid: bool, which=None, copies: int = 1) -> tuple[np.ndarray, ...]:
    """Activity, amount in the film, lost and evaporated after all steps."""
    a, f = np.tile(s["activity"], (copies, 1, 1)), np.tile(s["amount"], copies)
    places = StripPlaces(s["capacity"], s["down"], s["across"], s["loss"])
    contact = FilmContact(s["touching"], 0.7 * s["touching"], s["evaporation"], s["film"], s["saturation"])
    return a, f, *advance_strips(a, f, places, contact, s["opening"], STEPS, fluid, which)


def some(s: dict[str, np.ndarray], rows) -> dict[str, np.ndarray]:
    return {name: values[rows] for name, values in s.items()}


@pytest.mark.parametrize("lanes", [1, 2, 3, 4])
def test_neighbours_change_nothing(lanes):
    """To the last bit: alone, the other way round, a part of them, and on two cores."""
    every, fluid = skins(75, lanes), lanes > 1
    together = advance(every, fluid)
    for n in (0, 1, 2, 40, 74):
        alone = advance(some(every, [n]), fluid)
        assert all(np.array_equal(x[n], y[0]) for x, y in zip(together, alone, strict=True))
    turned = advance(some(every, slice(None, None, -1)), fluid)
    assert all(np.array_equal(x, y[::-1]) for x, y in zip(together, turned, strict=True))
    with threads(2):
        assert all(np.array_equal(x, y) for x, y in zip(together, advance(every, fluid), strict=True))


def test_only_strips_that_are_named_move():
    every, which = skins(20, 3), np.array([3, 11])
    together, moved = advance(every, True), advance(every, True, which)
    rest = np.setdiff1d(np.arange(20), which)
    assert all(np.array_equal(x[which], y[which]) for x, y in zip(together, moved, strict=True))
    assert np.array_equal(moved[0][rest], every["activity"][rest])
    assert np.array_equal(moved[1][rest], every["amount"][rest])
    assert np.all(moved[2][rest] == 0)


def test_several_strips_lie_on_one_skin():
    every = skins(11, 1)
    once, twice = advance(every, False), advance(every, False, copies=2)
    for one, two in zip(once, twice, strict=True):
        assert np.array_equal(np.concatenate([one, one]), two)


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_a_lane_that_nothing_enters_changes_nothing(lanes):
    """One lane, three lanes and any number are eliminated each in a way of its own: they agree."""
    narrow = skins(12, lanes, seed=3)
    wide = dict(narrow)
    for name, fill in (
        ("activity", 0),
        ("capacity", 1),
        ("down", 1),
        ("loss", 1),
        ("touching", 0),
        ("across", 0),
    ):
        pad = ((0, 0), (0, 0), (0, 1))
        wide[name] = np.pad(narrow[name], pad, constant_values=fill)
    for one, two in zip(advance(narrow, lanes > 1), advance(wide, lanes > 1), strict=True):
        assert np.allclose(one, two[..., :lanes] if two.ndim > 1 else two, rtol=1e-9, atol=1e-13)
