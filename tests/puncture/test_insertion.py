from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_bvp
from scipy.special import k0

from hudnal.instrument import from_catalogue
from hudnal.instrument.catalogue import build
from hudnal.parameters import Draws
from hudnal.puncture import insert, needle_law
from hudnal.puncture.insertion import membrane_stiffness, neighbour_compliance, relaxed
from hudnal.skin import Lesion, Person, Skin

DRAWS = Draws(32, 3)
SKIN = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)


def law(tension=None, length=1.5, tip=0.004, time=0.1, neighbours=0.15):
    entry = {
        "kind": "stamp",
        "needles": 9,
        "head_width": 10,
        "length": length,
        "diameter": 0.25,
        "tip_radius": tip,
    }
    needle = build("test", entry, DRAWS).needle
    return needle_law(SKIN, needle, SKIN.tension if tension is None else tension, time, neighbours, DRAWS)


def pressed(found, way, pressure=0.0):
    return insert(found, np.full((32, 1), float(way)), np.full((32, 1), pressure))


def test_membrane_on_springs_against_its_equation():
    """T (w'' + w'/r) = k w outside a disc: the closed form agrees with a numerical solution."""
    tension, k, a = 0.007, 0.2, 0.05
    far = 12 * np.sqrt(tension / k)
    r = np.linspace(a, far, 400)
    solution = solve_bvp(
        lambda r, y: np.vstack([y[1], k / tension * y[0] - y[1] / r]),
        lambda ya, yb: np.array([ya[0] - 1, yb[0]]),
        r,
        np.vstack([np.exp(-r), -np.exp(-r)]),
        tol=1e-8,
    )
    force = -2 * np.pi * a * tension * solution.sol(a)[1] + np.pi * a**2 * k
    assert membrane_stiffness(np.array(tension), np.array(k), np.array(a)) == pytest.approx(force, rel=1e-4)


def test_neighbours_add_up_to_the_mean_sink():
    """Over all distances the dents of a lattice of density n sum to n / k, the sink under a pressure n F."""
    tension, k = np.array([0.02]), np.array([0.2])
    length = np.sqrt(tension / k)[0]
    spacing = 0.5 * length
    density = 1 / spacing**2
    others = neighbour_compliance(tension, k, density)[0]
    # The needle's own cell, a disc of the cell's area, is what the sum leaves out.
    radius = spacing / np.sqrt(np.pi)
    own = quad(lambda r: k0(r / length) * r, 0, radius)[0] / (tension[0] * spacing**2)
    assert others + own == pytest.approx(density / k[0], rel=0.03)


def test_needles_of_a_roller_are_too_far_apart_to_matter():
    added = neighbour_compliance(SKIN.tension, law().foundation, 0.15)
    assert np.median(added / law().compliance) < 1e-4


def test_entry_force_follows_the_published_line():
    """Römgens 2014: 4.6 mN per um of tip diameter, 20 mN at 5 um, 167 mN at 37 um."""
    spread = DRAWS["puncture.entry.spread"]
    for diameter, newton in ((0.005, 0.020), (0.037, 0.167)):
        assert np.allclose(law(tip=diameter / 2).entry_force / spread, newton, rtol=0.02)


def test_work_goes_up_with_the_way():
    ways = np.linspace(0.01, 1.5, 60)
    found = insert(law(), np.tile(ways, (32, 1)), np.zeros((32, 1)))
    assert np.all(np.diff(found.tip_depth, axis=1) >= -1e-12)
    assert np.all(found.tip_depth <= ways + 1e-12)
    assert np.allclose(found.tip_depth + found.dent, ways)
    assert np.all(found.channel_depth <= found.tip_depth + 1e-12)


def test_balance_of_forces_after_entry():
    """d = C (F_cut + tau A) + p: what `insert` returns satisfies the law that it solves."""
    the_law = law()
    found = pressed(the_law, 1.2)
    deep = found.entered[:, 0] & (found.tip_depth[:, 0] > the_law.entry_depth + 1e-9)
    assert deep.any()
    right = the_law.compliance * found.force[:, 0] + found.tip_depth[:, 0]
    assert np.allclose(right[deep], 1.2, rtol=1e-9)


def test_needle_in_the_air_does_nothing():
    found = pressed(law(), -0.3, pressure=0.02)
    assert not found.tip_depth.any()
    assert not found.force.any()
    assert not found.width.any()


def test_taut_skin_dents_less_and_is_pierced_deeper():
    loose, taut = pressed(law(), 1.5), pressed(law(tension=SKIN.tension + 0.02), 1.5)
    assert np.all(taut.dent <= loose.dent + 1e-12)
    assert np.all(taut.tip_depth >= loose.tip_depth - 1e-12)
    assert np.median(taut.tip_depth - loose.tip_depth) > 0


def test_blunt_tips_enter_later():
    sharp, blunt = pressed(law(tip=0.003), 0.5), pressed(law(tip=0.02), 0.5)
    assert sharp.entered.sum() > blunt.entered.sum()


def test_quick_needles_meet_stiffer_skin():
    assert np.all(law(time=0.004).compliance < law(time=0.2).compliance)


def test_relaxation_is_the_published_one():
    """Crichton 2013: 40 % within 1 s."""
    assert np.allclose(relaxed(1.0, DRAWS), DRAWS["skin.mechanics.relaxation_fast"])
    assert np.all(relaxed(1e-6, DRAWS) < 1e-3)


def test_measured_roller_channel_lies_in_the_interval():
    """Kalluri 2011: 152.5 um deep from a 770 um roller needle (rat)."""
    many = Draws(64, 1)
    skin = Skin.at("volar-forearm", Person(), Lesion.none(many), many)
    needle = from_catalogue("dermaroller-770", many).needle
    found = insert(
        needle_law(skin, needle, skin.tension, 0.1, 0.15, many), np.full((64, 1), 0.77), np.zeros((64, 1))
    )
    low, high = np.quantile(found.channel_depth, (0.05, 0.95))
    assert low < 0.1525 < high
