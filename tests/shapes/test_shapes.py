"""The checks bite: an array of another shape or kind than its type says raises, and compiled functions stay compiled."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from checked import SAMPLED, check
from jaxtyping import TypeCheckError, jaxtyped

from hudnal.arrays import Array, Float, PerDraw
from hudnal.puncture import Holes
from hudnal.puncture.mechanics import roll
from hudnal.transport.water import excess_water_loss

NONE = Holes.none(1.0, 3)
WHOLE = os.environ.get("HUDNAL_CHECK") == "whole"


@jaxtyped(typechecker=check)
def weigh(amount: Float[Array, "draw layer"], weight: PerDraw) -> Float[Array, " layer"]:
    return weight @ amount


def test_axes_of_one_name_are_of_one_length():
    assert weigh(np.ones((3, 2)), np.ones(3)).tolist() == [3.0, 3.0]
    with pytest.raises(TypeCheckError, match="weight"):
        weigh(np.ones((3, 2)), np.ones(2))
    with pytest.raises(TypeCheckError, match="amount"):
        weigh(np.ones(3), np.ones(3))


def test_an_argument_of_the_wrong_shape_raises():
    assert NONE.mean(np.zeros(0)).tolist() == [0, 0, 0]
    with pytest.raises(TypeCheckError, match="'values'"):
        NONE.mean(np.zeros((0, 1)))
    with pytest.raises(TypeCheckError, match="'values'"):
        NONE.mean(np.zeros(0, dtype=int))


def test_a_field_of_the_wrong_shape_raises():
    with pytest.raises(TypeCheckError, match="'x'"):
        replace(NONE, x=np.zeros(2))


def test_rooms_are_sampled_or_whole():
    assert hasattr(Holes.none, "__wrapped__") and "hudnal.puncture.holes" in SAMPLED
    assert hasattr(excess_water_loss, "__wrapped__") == WHOLE


def test_compiled_functions_stay_compiled():
    assert hasattr(roll, "signatures")
    assert not hasattr(roll.py_func, "__wrapped__")
