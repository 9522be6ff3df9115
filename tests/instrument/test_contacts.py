"""The lattice of rolling: density by geometry, whatever the direction, phase and patch."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.instrument import from_catalogue, pen_contacts, roller_contacts, stamp_contacts
from hudnal.instrument.catalogue import build, catalogue_names, wear_after
from hudnal.parameters import Draws

DRAWS = Draws(4, 1)


def roller(**shape):
    entry = {"kind": "roller", "rings": 8, "needles_per_ring": 24, "drum_diameter": 20, "drum_width": 20}
    return build("test", {**entry, "length": 1.5, "diameter": 0.25, **shape}, DRAWS)


def test_medical_roller_by_geometry():
    """192 needles on a 20 x 20 mm drum: 192 / (2 pi r W) = 15.3 per cm2 and stroke."""
    assert roller().density_per_stroke() * 100 == pytest.approx(192 / (pi * 2 * 2), rel=1e-12)
    assert roller().density_per_stroke() * 100 == pytest.approx(15.3, abs=0.03)


@given(
    rings=st.integers(1, 20),
    per_ring=st.integers(6, 40),
    stagger=st.floats(0, 1),
    angle=st.floats(0, 360),
    seed=st.integers(0, 1000),
)
@settings(deadline=None, max_examples=25)
def test_contacts_have_the_density_of_the_drum(rings, per_ring, stagger, angle, seed):
    drum = roller(rings=rings, needles_per_ring=per_ring, stagger=stagger)
    headings = np.full(30, np.deg2rad(angle))
    side = 12.0
    found = roller_contacts(drum, headings, side, 20, np.random.default_rng(seed))
    # 600 lattices with random phases: the mean of their counts is the density, within six standard errors.
    counts = np.bincount(found.draw * 30 + found.stroke, minlength=600)
    expected = drum.density_per_stroke() * side**2
    assert abs(counts.mean() - expected) < 6 * max(counts.std(), 0.3) / np.sqrt(600)
    assert np.all((found.x >= 0) & (found.x < side) & (found.y >= 0) & (found.y < side))
    assert np.all(np.diff(found.draw * 1000 + found.stroke) >= 0)


def test_rings_are_a_pitch_apart_along_the_stroke():
    drum = roller()
    found = roller_contacts(drum, np.zeros(1), 20.0, 1, np.random.default_rng(0))
    ring = found.x[np.abs(found.y - found.y[0]) < 1e-9]
    assert np.allclose(np.diff(np.sort(ring)), pi * 20 / 24)
    assert np.allclose(np.unique(np.round(np.diff(np.unique(np.round(found.y, 9))), 6)), 2.5)


def test_slip_stretches_the_lattice():
    drum = roller()
    assert drum.density_per_stroke(0.25) == pytest.approx(drum.density_per_stroke() / 1.25)


def test_pen_density_is_needles_times_rate_over_swept_area():
    pen = from_catalogue("skinpen", DRAWS)
    found = pen_contacts(pen, np.deg2rad([0, 90, 30, 120]), 15.0, 6.0, 10, np.random.default_rng(1))
    expected = pen.needles * pen.frequency / (15.0 * pen.head_diameter) * 36 * 40
    assert found.count == pytest.approx(expected, rel=0.05)


def test_stamp_density():
    stamp = from_catalogue("digital-stamp-0.5", DRAWS)
    found = stamp_contacts(stamp, 50, 15.0, 10, np.random.default_rng(1))
    assert found.count == pytest.approx(40 / 100 * 225 * 500, rel=0.03)


def test_catalogue_has_real_instruments():
    assert len(catalogue_names()) >= 8
    for name in catalogue_names():
        assert from_catalogue(name, DRAWS).source, name


def test_needles_blunt_with_use_as_on_film():
    """Vanhooydonck: 12-33 % more force at the fifth puncture, and it levels off."""
    many = Draws(64, 1)
    fifth = wear_after(4, many)
    assert 1.1 < np.median(fifth) < 1.35
    assert np.all(wear_after(500, many) <= many["instruments.needle.dulling_limit"] + 1e-9)
    assert np.all(wear_after(0, many) == 1)


def test_needle_is_a_cone():
    needle = roller(tip_radius=0.004).needle
    assert np.allclose(needle.radius_at(np.zeros(4)), 0.004)
    assert np.allclose(needle.radius_at(np.full(4, 1.5)), 0.125)
    assert np.all(np.diff(needle.radius_at(np.tile(np.linspace(0, 1.5, 50), (4, 1))), axis=1) >= 0)
