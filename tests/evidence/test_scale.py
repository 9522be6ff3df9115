"""Scales rise and lead back; their ends are no errors."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.evidence.scale import scale_of


@pytest.mark.parametrize(("name", "top"), [("log", 1.0), ("change", 1.0), ("share", 1.0), ("share", 10.0)])
def test_scales_rise_and_lead_back(name, top):
    chosen = scale_of(name, top)
    values = np.array([0.1, 0.3, 0.7]) * top
    there = chosen.to(values)
    assert (np.diff(there) > 0).all()
    assert np.allclose(chosen.back(there), values)
    step = 1e-6
    for value in values:
        slope = (chosen.to(np.array(value + step)) - chosen.to(np.array(value))) / step
        assert chosen.slope(float(value)) == pytest.approx(float(slope), rel=1e-3)


def test_ends_of_scales_are_no_errors():
    assert scale_of("log").to(np.array([0.0]))[0] == -np.inf
    assert scale_of("share").to(np.array([0.0, 1.0])).tolist() == [-np.inf, np.inf]
    assert scale_of("change").to(np.array([-100.0]))[0] == -np.inf
