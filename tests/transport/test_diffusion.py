"""The diffusion scheme: its order, its conservation, and the analytic limits of a membrane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.transport.diffusion import advance, steps_over


def run(activity, capacity, conductance, loss, steps, hole=None, sides=None):
    """One column without holes, unless `hole` = (activity, capacity, from film, to film) and `sides` are given."""
    cells = activity.size
    zero, none = np.zeros(1), np.zeros((1, cells))
    if hole is None:
        hole = (0.0, 1.0, 0.0, 0.0)
    a, h = activity[None].copy(), np.array([float(hole[0])])
    lost = advance(
        a, h, capacity[None], conductance[None], loss[None], np.array([float(hole[1])]), np.array([float(hole[2])]),
        np.array([float(hole[3])]), none if sides is None else sides[None], zero, zero, none, np.ones((1, len(steps))),
        np.asarray(steps, float),
    )  # fmt: skip
    return a[0], h[0], lost[0]


def slab(cells: int, thickness: float = 1.0, diffusivity: float = 1.0, reservoir: float = 1e9):
    """A film at constant activity 1 over a slab with a sink below."""
    width = thickness / cells
    capacity = np.concatenate([[reservoir], np.full(cells, width), [1e9]])
    inner = diffusivity / width
    conductance = np.concatenate([[2 * inner], np.full(cells - 1, inner), [2 * inner]])
    activity = np.zeros(cells + 2)
    activity[0] = 1.0
    return activity, capacity, conductance


def test_steady_flux_and_lag_time_of_a_membrane():
    """J = D / L and t_lag = L^2 / 6 D: the amount through is J (t - t_lag) once it is steady."""
    activity, capacity, conductance = slab(60)
    passed = []
    for time in (3.0, 4.0):
        a, _, _ = run(activity, capacity, conductance, np.zeros(62), steps_over(time, 1e-4, 1.1, 0.01))
        passed.append(a[-1] * capacity[-1])
    flux = passed[1] - passed[0]
    assert flux == pytest.approx(1.0, rel=1e-3)
    assert 3.0 - passed[0] / flux == pytest.approx(1 / 6, rel=1e-2)


def test_second_order_in_space():
    """The early flux through a slab against its series: a quarter of the error at half the width."""
    exact = (
        0.2
        - 1 / 6
        - 2 / np.pi**2 * sum((-1) ** n / n**2 * np.exp(-(n**2) * np.pi**2 * 0.2) for n in range(1, 60))
    )
    errors = []
    for cells in (8, 16, 32):
        activity, capacity, conductance = slab(cells)
        a, _, _ = run(activity, capacity, conductance, np.zeros(cells + 2), np.full(4000, 0.2 / 4000))
        errors.append(abs(a[-1] * capacity[-1] - exact))
    rates = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert np.all(rates > 1.8)


def test_second_order_in_time():
    rng = np.random.default_rng(0)
    cells = 10
    activity, capacity = rng.random(cells), 0.5 + rng.random(cells)
    conductance, loss = 5 * rng.random(cells - 1), rng.random(cells)
    sides = np.concatenate([[0.0], rng.random(cells - 1)])
    hole = (0.3, 0.2, 2.0, 1.5)
    reference, hole_reference, _ = run(
        activity, capacity, conductance, loss, np.full(8192, 1 / 8192), hole, sides
    )
    errors = []
    for n in (16, 32, 64, 128):
        a, h, _ = run(activity, capacity, conductance, loss, np.full(n, 1 / n), hole, sides)
        errors.append(np.abs(a - reference).max() + abs(h - hole_reference))
    rates = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert np.all(rates > 1.8)


@given(seed=st.integers(0, 10_000), step=st.floats(1e-3, 1e3))
@settings(deadline=None, max_examples=40)
def test_mass_is_kept_whatever_the_step(seed, step):
    """What is lost from the cells is what is missing in them, for any coefficients and any step."""
    rng = np.random.default_rng(seed)
    cells = 12
    activity, capacity = rng.random(cells), 10 ** rng.uniform(-3, 1, cells)
    conductance, loss = 10 ** rng.uniform(-3, 3, cells - 1), 10 ** rng.uniform(-3, 1, cells)
    sides = np.concatenate([[0.0], 10 ** rng.uniform(-3, 2, cells - 1)])
    exchange = 10 ** rng.uniform(-3, 2)
    hole = (rng.random(), 10 ** rng.uniform(-4, 0), exchange, exchange)
    a, h, lost = run(activity, capacity, conductance, loss, [step, 2 * step, step / 3], hole, sides)
    before = (activity * capacity).sum() + hole[0] * hole[1]
    after = (a * capacity).sum() + h * hole[1] + lost.sum()
    assert after == pytest.approx(before, rel=1e-9)


def test_equal_activities_stay_equal():
    """Without loss a uniform activity is a steady state, also with a hole at the side."""
    cells = 9
    rng = np.random.default_rng(1)
    sides = np.concatenate([[0.0], rng.random(cells - 1)])
    a, h, _ = run(
        np.ones(cells),
        rng.random(cells) + 0.1,
        rng.random(cells - 1),
        np.zeros(cells),
        np.full(5, 0.7),
        (1.0, 0.3, 2.0, 2.0),
        sides,
    )
    assert np.allclose(a, 1)
    assert h == pytest.approx(1)


def test_long_steps_do_not_swing():
    """L-stable: a step of a thousand time constants brings a fast cell to rest."""
    a, _, _ = run(np.array([1.0, 0.0]), np.array([1.0, 1e-4]), np.array([10.0]), np.zeros(2), [1000.0])
    assert np.allclose(a, 1 / 1.0001, atol=1e-3)


@given(st.floats(1e-4, 5000), st.floats(1e-4, 1.0))
def test_steps_fill_the_time(duration, first):
    steps = steps_over(duration, first)
    assert steps.sum() == pytest.approx(duration, rel=1e-9)
    assert np.all(steps > 0)
    assert np.all(steps <= 6.0 + 1e-9)
