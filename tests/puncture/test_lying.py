"""From which force on a drum lies on the skin, and what it then squeezes up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rides import Given, cheek, even, ground_of, rolled, roller

from hudnal.puncture import Contacts, derive_drum_law
from hudnal.puncture.lying import find_lying_force, squeeze_up

DRAWS = Given(8, 3, "prior", puncture_entry_place_spread=1.0)  # of the tables, whatever a fit makes of them
SKIN = cheek(DRAWS)
GROUND = ground_of(SKIN, DRAWS)
ROLLER = roller(DRAWS)
SPEED = DRAWS["instruments.hand.speed"]


def lying(drum=ROLLER, ground=GROUND, force=2.0):
    law, _ = derive_drum_law(drum, SKIN, ground, np.full(8, force), DRAWS)
    return law, find_lying_force(drum, law, ground, SPEED)


def test_on_rock_it_is_what_cuts_and_rubs_all_the_way():
    """Where nothing dents a needle is in as deep as its tip is low: F = N / 2 pi times the integral of its resistance."""
    rock = even(DRAWS)
    law, found = lying(ground=rock)
    angle = np.linspace(0, np.arccos(10 / 11.5), 400)
    depth = 11.5 * np.cos(angle) - 10
    rows = law.rows[:, :, None]
    cut, friction, spreading, slope, tip, cone, shaft = rows[5:12]
    inside = np.minimum(depth, cone)
    flank = np.pi * inside * (slope * inside + 2 * tip) + 2 * np.pi * shaft * np.maximum(depth - cone, 0)
    pushes = cut * law.entry_force()[:, None] + (friction + spreading) * flank
    # On the way in only: what is pulled out of rock does not push.
    expected = 192 / (2 * np.pi) * np.trapezoid(pushes, angle, axis=1)
    np.testing.assert_allclose(found, expected, rtol=0.05)


def test_below_it_the_drum_hangs_and_above_it_lies():
    """As the balance of the rolling drum has it, which is solved moment by moment."""
    _, found = lying()
    shares = {}
    for part in (0.5, 1.0, 2.5):
        one = [rolled(ROLLER, SKIN, GROUND, DRAWS, part * float(force), 0.0, waver=0.0)[3] for force in found]
        shares[part] = np.array(
            [ride.mean_by_stroke(ride.on_surface, 8, 1)[draw, 0] for draw, ride in enumerate(one)]
        )
    assert np.all(shares[0.5] < 0.05)
    assert np.all(shares[1.0] < 0.35)
    assert np.all(shares[2.5] > 0.2)


@pytest.mark.parametrize(
    "more",
    [{"needles_per_ring": 48}, {"tip_radius": 0.012}],
    ids=["more", "blunter"],
)
def test_more_and_blunter_needles_carry_more(more):
    assert np.all(
        lying(roller(DRAWS, **{"tip_radius": 0.004, **more}))[1] > lying(roller(DRAWS, tip_radius=0.004))[1]
    )


def contacts_under(force: float, drum=ROLLER, ground=GROUND) -> tuple[Contacts, Contacts]:
    law, _, contacts, _ = rolled(drum, SKIN, ground, DRAWS, force, 0.0, waver=0.0)
    return contacts, squeeze_up(contacts, drum, law, ground)


def test_a_hanging_drum_squeezes_nothing_up():
    before, after = contacts_under(0.2)
    np.testing.assert_allclose(after.tip_depth, before.tip_depth, atol=2e-3)


@given(force=st.floats(0.5, 30))
@settings(deadline=None, max_examples=8)
def test_no_more_rises_than_the_needle_has_dented(force):
    before, after = contacts_under(force)
    rise = after.tip_depth - before.tip_depth
    assert np.all((rise >= 0) & (rise <= before.dent + 1e-12))
    assert np.all(after.tip_depth <= 1.5 + 1e-6)
    assert np.all(after.tip_depth[~before.entered] == before.tip_depth[~before.entered])


def test_depth_creeps_up_with_force_once_the_drum_lies_on_the_skin():
    """From 8 N on all drums here lie. Without that it stands still or falls: more needles share what cuts."""
    tips = np.array([[np.median(c.tip_depth) for c in contacts_under(force)] for force in (8.0, 16.0, 32.0)])
    assert np.all(np.abs(np.diff(tips[:, 0])) < 0.03)
    assert np.all(np.diff(tips[:, 1]) > 0)
    assert tips[-1, 1] < 1.5


def test_on_rock_nothing_rises():
    rock = even(DRAWS)
    before, after = contacts_under(50.0, ground=rock)
    np.testing.assert_allclose(after.tip_depth, before.tip_depth, atol=1e-3)
