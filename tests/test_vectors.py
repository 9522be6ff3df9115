"""Vectors: what each lane holds is what the same arithmetic gives for it alone."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.compiled import njit
from hudnal.vectors import LANES, at_least, choose, put, put_all, spread, take, take_all, view_tile

A, B = np.random.default_rng(3).normal(size=(2, LANES))


@njit
def calculate(a, b, into):
    x, y = take(a, ()), take(b, ())
    put_all(into, (x + y, x - y, x * y, x / y, abs(x), max(x, y), choose(x, x, y), spread(2.5)))


@njit
def pass_on(a, into):
    tile = view_tile(a, 1)
    first, second = take_all(a[0], 2)
    put(into, (0, 0), first + second)
    put(into, (0, 1), tile[1, 0])


@njit
def floor_of(a, floor, into):
    put(into, (), at_least(take(a, ()), spread(floor)))


def test_each_lane_is_calculated_by_itself():
    found = np.empty((8, LANES))
    calculate(A, B, found)
    expected = (
        A + B,
        A - B,
        A * B,
        A / B,
        abs(A),
        np.maximum(A, B),
        np.where(A > 0, A, B),
        np.full(LANES, 2.5),
    )
    assert np.array_equal(found, expected)


def test_rows_of_lanes_are_found_where_they_lie():
    rows, found = np.random.default_rng(4).normal(size=(2, 2, LANES)), np.empty((1, 2, LANES))
    pass_on(rows, found)
    assert np.array_equal(found[0], [rows[0, 0] + rows[0, 1], rows[1, 1]])


@pytest.mark.parametrize("lane", range(LANES))
def test_what_is_no_number_stays_so_and_harms_no_other_lane(lane):
    values, found = A.copy(), np.empty(LANES)
    values[lane] = np.nan
    floor_of(values, 0.1, found)
    assert np.isnan(found[lane])
    assert np.array_equal(np.delete(found, lane), np.maximum(np.delete(A, lane), 0.1))
