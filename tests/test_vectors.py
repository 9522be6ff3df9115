"""Vectors: what each lane holds is what the same arithmetic gives for it alone."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.compiled import njit
from hudnal.vectors import (
    LANES,
    at_least,
    choose,
    put,
    put_all,
    put_rows,
    spread,
    take,
    take_all,
    take_rows,
    transpose,
    view_fields,
    view_tile,
)

A, B = np.random.default_rng(3).normal(size=(2, LANES))


@njit
def calculate(a, b, into):
    x, y = take(a, ()), take(b, ())
    put_all(into, (x + y, x - y, x * y, x / y, abs(x), max(x, y), choose(x, x, y)))


@njit
def fill(value, into):
    put(into, (), spread(value))


@njit
def pass_on(a, into):
    tile = view_tile(a, 1)
    first, second = take_all(a[0], 2)
    put(into, (0, 0), first + second)
    put(into, (0, 1), tile[1, 0])


@njit
def floor_of(a, floor, into):
    put(into, (), at_least(take(a, ()), spread(floor)))


@njit
def turn(a, into):
    put_rows(into, (1, 0, 3), transpose(take_rows(a, (1, 2, 1))))


@njit
def add_fields(a, i, into):
    tile = view_fields(a, (i,))
    put(into, (1,), tile[0, 0] + tile[2, 0])


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_each_lane_is_calculated_by_itself(precision):
    a, b, found = A.astype(precision), B.astype(precision), np.empty((7, LANES), precision)
    calculate(a, b, found)
    expected = (a + b, a - b, a * b, a / b, abs(a), np.maximum(a, b), np.where(a > 0, a, b))
    assert np.array_equal(found, expected)
    spread_out = np.empty(LANES, precision)
    fill(precision(2.5), spread_out)
    assert (spread_out == 2.5).all()


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_eight_rows_are_turned_wherever_they_begin(precision):
    rows, found = (
        np.random.default_rng(5).normal(size=(2, 12, 16)).astype(precision),
        np.zeros((2, 8, 12), precision),
    )
    turn(rows, found)
    assert np.array_equal(found[1, :, 3:11], rows[1, 2:10, 1:9].T)
    assert not found[0].any() and not found[1, :, :3].any() and not found[1, :, 11:].any()


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_fields_are_found_where_they_lie(precision):
    fields, found = np.random.default_rng(6).normal(size=(3, 21)).astype(precision), np.zeros(10, precision)
    add_fields(fields, 5, found)
    assert np.array_equal(found[1:9], fields[0, 5:13] + fields[2, 5:13])


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
