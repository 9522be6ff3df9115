from __future__ import annotations

import numpy as np
import pytest

from hudnal.instrument import Contacts, from_catalogue, roller_contacts
from hudnal.parameters import Draws
from hudnal.puncture import Holes, bleed, load_roller, needle_law, punch
from hudnal.puncture.bleeding import deep_hits, visible
from hudnal.puncture.holes import _capture, trochoid_slit
from hudnal.skin import Lesion, Person, Skin

DRAWS = Draws(8, 3)
SKIN = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)
ROLLER = from_catalogue("dermaroller-mf8", DRAWS)
LAW = needle_law(SKIN, ROLLER.needle, SKIN.tension, 0.1, 0.15, DRAWS)


def rolled(strokes: int, seed: int = 1, before: Holes | None = None) -> Holes:
    rng = np.random.default_rng(seed)
    load = load_roller(ROLLER, LAW, np.full((8, strokes), 5.0), DRAWS)
    contacts = roller_contacts(ROLLER, np.linspace(0, 3, strokes), 10.0, 8, rng)
    return punch(before or Holes.none(10.0, 8), contacts, load, LAW, SKIN, DRAWS, rng, ROLLER)


def test_distinct_holes_are_fewer_than_attempts_and_grow_ever_slower():
    counts = np.stack([rolled(n).count for n in (4, 16, 64)])
    attempts = np.stack([rolled(n).attempts for n in (4, 16, 64)])
    assert np.all(counts <= attempts)
    share = counts.sum(axis=1) / attempts.sum(axis=1)
    assert np.all(np.diff(share) < 0)


def test_capture_follows_the_closed_form_for_random_holes():
    """lam_d = ln(1 + pi rc^2 lam) / (pi rc^2): first-order law of distinct holes for random contacts."""
    rng = np.random.default_rng(0)
    side, n, radius = 40.0, 6000, 0.25
    x, y = rng.random(n) * side, rng.random(n) * side
    none = np.zeros(0)
    owner, new = _capture(
        none.astype(np.int64), none, none, np.zeros(n, np.int64), x, y, np.array([radius]), side
    )
    area = np.pi * radius**2
    expected = np.log1p(area * n / side**2) / area * side**2
    assert new.sum() == pytest.approx(expected, rel=0.05)
    assert owner.max() == new.sum() - 1


def test_capture_finds_the_nearest_old_hole():
    old_draw, old_x, old_y = np.array([0, 0]), np.array([1.0, 1.3]), np.array([1.0, 1.0])
    owner, new = _capture(
        old_draw,
        old_x,
        old_y,
        np.array([0, 0]),
        np.array([1.2, 3.0]),
        np.array([1.0, 3.0]),
        np.array([0.25]),
        5.0,
    )
    assert list(owner) == [1, 2]
    assert list(new) == [False, True]


def test_a_second_round_keeps_the_first_ones_holes():
    first = rolled(8)
    both = rolled(8, seed=2, before=first)
    assert np.all(both.count >= first.count)
    assert both.strokes == 16
    assert both.tip_depth.min() > 0
    assert np.all(np.diff(both.draw) >= 0)


def test_trochoid_slit_against_its_small_depth_limit():
    """slit ~ 1.89 d^1.5 / sqrt(R + L) for small depths."""
    depth = np.array([0.02, 0.05])
    assert np.allclose(trochoid_slit(ROLLER, depth), 1.886 * depth**1.5 / np.sqrt(11.5), rtol=0.02)


def test_needles_that_do_not_pierce_leave_no_hole():
    light = load_roller(ROLLER, LAW, np.full((8, 1), 1e-4), DRAWS)
    rng = np.random.default_rng(1)
    contacts = roller_contacts(ROLLER, np.zeros(1), 10.0, 8, rng)
    holes = punch(Holes.none(10.0, 8), contacts, light, LAW, SKIN, DRAWS, rng, ROLLER)
    assert holes.x.size == 0
    assert np.all(holes.attempts > 0)
    assert np.all(np.isnan(holes.median(holes.tip_depth)))


def test_blood_comes_with_depth_and_thinners():
    holes = rolled(16)
    bled = bleed(holes, 0, SKIN, DRAWS, np.ones(8), np.full(8, False))
    assert bled.volume.sum() > 0
    assert np.all(bled.drop == bled.volume)
    assert not bled.wiped().drop.any()
    thin = Skin.at("cheek", Person(blood_thinner="anticoagulant"), Lesion.none(DRAWS), DRAWS)
    assert bleed(holes, 0, thin, DRAWS, np.ones(8), np.full(8, False)).volume.sum() > bled.volume.sum()
    assert bleed(holes, 0, SKIN, DRAWS, np.full(8, 0.5), np.full(8, False)).volume.sum() < bled.volume.sum()
    assert bleed(holes, 0, SKIN, DRAWS, np.ones(8), np.full(8, True)).volume.sum() > bled.volume.sum()


def test_blood_of_one_hole_stays_below_a_lance_with_vacuum():
    """Cunningham 2000: 3-10 uL from a forearm lance under vacuum is an upper bound for a needle hole."""
    many = Draws(64, 1)
    skin = Skin.at("cheek", Person(), Lesion.none(many), many)
    law = needle_law(skin, from_catalogue("dermaroller-mf8", many).needle, skin.tension, 0.1, 0.15, many)
    rng = np.random.default_rng(1)
    roller = from_catalogue("dermaroller-mf8", many)
    load = load_roller(roller, law, np.full((64, 8), 5.0), many)
    contacts = roller_contacts(roller, np.zeros(8), 10.0, 64, rng)
    holes = bleed(
        punch(Holes.none(10.0, 64), contacts, load, law, skin, many, rng, roller),
        0,
        skin,
        many,
        np.ones(64),
        np.full(64, True),
    )
    shows = visible(holes, many)
    assert np.median(holes.volume[shows]) < 3.0


def test_shallow_holes_do_not_reach_the_lower_plexus():
    holes = rolled(8)
    from dataclasses import replace

    shallow = replace(holes, tip_depth=np.full_like(holes.tip_depth, 0.05))
    assert np.all(deep_hits(shallow, SKIN) < 0.1 * np.maximum(deep_hits(holes, SKIN), 1e-9) + 1e-3)


def test_contacts_type_counts():
    empty = Contacts(1.0, *(np.zeros(0, dtype=int) for _ in range(2)), *(np.zeros(0) for _ in range(3)))
    assert empty.count == 0
