from __future__ import annotations

import numpy as np

from hudnal.instrument import from_catalogue
from hudnal.parameters import Draws
from hudnal.puncture import insert, load_pen, load_roller, load_stamp, needle_law
from hudnal.skin import Lesion, Person, Skin

DRAWS = Draws(16, 3)
SKIN = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)
ROLLER = from_catalogue("dermaroller-mf8", DRAWS)
LAW = needle_law(SKIN, ROLLER.needle, SKIN.tension, 0.1, 0.15, DRAWS)


def roller_at(force):
    return load_roller(ROLLER, LAW, np.full((16, 1), float(force)), DRAWS)


def test_more_force_goes_deeper_until_the_drum_touches():
    ways = np.concatenate([roller_at(f).way for f in (0.05, 0.2, 0.5, 1, 3, 8)], axis=1)
    assert np.all(np.diff(ways, axis=1) >= -1e-9)
    assert np.all(ways[:, -1] == 1.5)
    assert np.all(ways[:, 0] < 1.5)


def test_what_needles_do_not_carry_presses_the_drum():
    light, hard = roller_at(3), roller_at(12)
    assert np.all(hard.pressure > light.pressure)
    assert not roller_at(0.05).pressure.any()


def test_the_hand_is_carried_by_the_engaged_needles():
    """While the drum hangs above the skin the sum of needle forces is the hand's force."""
    force = 0.3
    load = roller_at(force)
    radius, length = ROLLER.drum_radius, ROLLER.needle.length
    widest = np.arccos(radius / (radius + length))
    theta = (np.arange(2000) + 0.5) / 2000 * widest
    gap = length - load.way
    ways = (radius + length) * np.cos(theta) - radius - gap
    needles = 8 * 24 / (2 * np.pi) * 2 * widest / 2000
    total = needles * insert(LAW, ways, np.zeros(1)).force.sum(axis=1)
    hanging = load.pressure[:, 0] == 0
    assert hanging.any()
    assert np.allclose(total[hanging], force, rtol=0.05)


def test_engaged_needles_by_geometry():
    """All the way in, needles within acos(R / (R + L)) of the vertical are engaged: 31.6 on the MF8."""
    full = np.arccos(10 / 11.5) * 2 / (2 * np.pi) * 192
    assert np.allclose(roller_at(20).engaged, full, rtol=0.03)


def test_a_stamp_shares_its_force_and_a_pen_does_not_care():
    stamp = from_catalogue("digital-stamp-1.5", DRAWS)
    law = needle_law(SKIN, stamp.needle, SKIN.tension, 0.5, stamp.density_per_stroke, DRAWS)
    soft, hard = (load_stamp(stamp, law, np.full((16, 1), f)) for f in (0.4, 20.0))
    assert np.all(soft.way < hard.way)
    pen = from_catalogue("skinpen", DRAWS)
    assert np.all(load_pen(pen, np.full((16, 2), 0.5), np.full((16, 2), 1.0)).way == 0.5)
