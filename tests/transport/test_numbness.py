from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Channels, Depot, Numbness, TransportConditions, product
from hudnal.transport.numbness import blocking_concentration, perfusion

DRAWS = Draws(16, 3)
NUMBNESS = Numbness.calibrated(DRAWS)
STILL = np.zeros(16)


def cream_on(site="thigh", hours=1.0, name="emla") -> list[Depot]:
    skin = Skin.at(site, Person(), Lesion.none(DRAWS), DRAWS)
    what = product(name)
    depots = [Depot.empty(c, skin, DRAWS, 0.0).spread(what, 150, DRAWS) for c in what.actives]
    return [
        d.advance(hours, Channels.none(16), STILL, TransportConditions(0.7, 0.8, covered=True), DRAWS)
        for d in depots
    ]


def test_reference_is_met():
    """Wahlgren and Quiding: 2.9 mm after 60 min of EMLA, 4.5 mm after 120 (a check, not used)."""
    after = {h: np.median(NUMBNESS.numb_depth(cream_on(hours=h), DRAWS)) for h in (0.5, 1.0, 2.0)}
    assert after[1.0] == pytest.approx(2.9, rel=0.2)
    assert after[2.0] == pytest.approx(4.5, rel=0.25)
    assert after[0.5] < after[1.0] < after[2.0]


def test_block_rises_with_concentration_from_nothing_to_all():
    c = np.outer(NUMBNESS.half_block, [0, 0.01, 1.0, 1e8])
    block = NUMBNESS.block(c)
    assert np.all(np.diff(block, axis=1) >= 0)
    rest = 1 - NUMBNESS.most
    np.testing.assert_allclose(block[:, 2], NUMBNESS.most / 2 + rest / (1 + NUMBNESS.far))
    np.testing.assert_allclose(block[:, -1], 1, atol=1e-5)
    assert np.all(block[:, 0] < 1e-6)


def test_a_numbing_dose_leaves_its_rest():
    """Where nothing but the numbing dose counts, the block is that of one kind of nerve, up to `most`."""
    alone = replace(NUMBNESS, far=np.full(16, 1e9))
    np.testing.assert_allclose(alone.block(100 * NUMBNESS.half_block), NUMBNESS.most, rtol=0.05)


def test_more_drug_leaves_less_pain_where_all_is_numb():
    """Cream on skin that was needled first left 0.58 and 0.64 of the pain of the same cream on whole skin, twice numb."""
    numbing = NUMBNESS.block(10 * NUMBNESS.half_block), NUMBNESS.block(100 * NUMBNESS.half_block)
    felt = [1 - block for block in numbing]
    assert np.all(felt[1] < 0.9 * felt[0])
    assert 0.3 < np.median(felt[1] / felt[0]) < 0.8


def test_no_cream_no_numbness():
    assert not NUMBNESS.numb_depth([], DRAWS).any()


def test_depth_lies_where_the_concentration_crosses():
    depots = cream_on()
    depth = NUMBNESS.numb_depth(depots, DRAWS)
    layers = depots[0].layers
    centre = layers.centre[:, layers.viable]
    profile = blocking_concentration(depots, DRAWS)
    assert np.count_nonzero(depth) > 8
    # Somebody whose skin lets little through is not numb at all, and somebody whose skin lets much through all the way.
    for d in np.flatnonzero((depth > centre[:, 0]) & (depth < centre[:, -1])):
        crossing = np.interp(depth[d], centre[d], np.log(profile[d]))
        assert crossing == pytest.approx(np.log(NUMBNESS.half_block[d]), abs=1e-6)


def test_vessels_narrow_while_there_is_drug_and_widen_once_it_has_gone():
    one = np.ones(16)
    half = DRAWS["transport.numbness.narrowing_at"] * NUMBNESS.half_block
    assert np.allclose(NUMBNESS.narrow_vessels(half, DRAWS), 0.5)
    assert np.all(NUMBNESS.narrow_vessels(0 * one, DRAWS) == 0)
    assert np.allclose(perfusion(0 * one, 0 * one, DRAWS), 1.0)
    assert np.allclose(perfusion(one, one, DRAWS), 1 - DRAWS["transport.numbness.vasoconstriction"])
    assert np.all(perfusion(0 * one, one, DRAWS) > 1)


def test_people_differ_from_the_mean_person_to_whom_the_reference_was_done():
    """What blocks half is a matter of nerves: it does not follow how much somebody's skin lets through."""
    of_people, of_one = Numbness.calibrated(DRAWS), Numbness.calibrated(DRAWS.of_one_person)
    assert np.array_equal(of_people.half_block, of_one.half_block)
    depth = NUMBNESS.numb_depth(cream_on(), DRAWS)
    passes = DRAWS["transport.people.passage"]
    assert np.corrcoef(np.log(passes), depth)[0, 1] > 0.3
