"""The diffusion scheme: its order, its conservation, and the analytic limits of a membrane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.transport.diffusion import FilmContact, StripPlaces, advance_strips, choose_steps


def run(
    activity, capacity, down, loss, steps, film=None, into=None, across=None, opening=None, saturation=np.inf
):
    """One strip. `activity`, `capacity`, `loss` (level, lane), `film` (amount, capacity); returns all that is left."""
    levels, lanes = activity.shape
    steps = np.asarray(steps, float)
    amount, size = (0.0, 0.0) if film is None else film
    touching = np.zeros((1, levels, lanes)) if into is None else into[None]
    a, f = activity[None].copy(), np.array([float(amount)])
    across = np.zeros((levels, lanes - 1)) if across is None else across
    places = StripPlaces(capacity[None], down[None], across[None], loss[None])
    contact = FilmContact(
        touching, touching, np.zeros(1), np.full((1, steps.size), float(size)), np.array([saturation])
    )
    share = np.ones((1, steps.size)) if opening is None else opening[None]
    lost, _ = advance_strips(a, f, places, contact, share, steps, with_fluid=opening is not None)
    return a[0], f[0], lost[0]


def slab(levels: int, amount: float = 1e9, capacity: float = 1e9):
    """A film of activity 1 on a slab of thickness and diffusivity 1, a sink below."""
    width = 1.0 / levels
    sizes = np.concatenate([np.full(levels, width), [1e9]])[:, None]
    down = np.concatenate([np.full(levels - 1, 1 / width), [2 / width]])[:, None]
    into = np.zeros((levels + 1, 1))
    into[0] = 2 / width
    return {
        "activity": np.zeros((levels + 1, 1)),
        "capacity": sizes,
        "down": down,
        "loss": np.zeros((levels + 1, 1)),
        "film": (amount, capacity),
        "into": into,
    }


def through(time: float, levels: int, steps, **film) -> float:
    """Amount that has come out of the slab below."""
    a, _, _ = run(**slab(levels, **film), steps=steps(time))
    return a[-1, 0] * 1e9


def test_steady_flux_and_lag_time_of_a_membrane():
    """Infinite dose: J = D / L and t_lag = L^2 / 6 D; the amount through is J (t - t_lag) once it is steady."""
    early, late = (through(t, 60, lambda t: choose_steps(t, 1e-4, 1.1, 0.01)) for t in (3.0, 4.0))
    flux = late - early
    assert flux == pytest.approx(1.0, rel=1e-3)
    assert 3.0 - early / flux == pytest.approx(1 / 6, rel=1e-2)


def test_finite_dose_against_its_series():
    """A film of capacity h that runs empty into a membrane over a sink: the roots of q tan q = 1/h give its decay.

    Solution of u_t = u_xx with h u_t = u_x at the film's side and u = 0 below, film at 1 and membrane empty at first.
    """
    h = 0.5
    q = _roots(1 / h)
    # Eigenfunctions sin(q (1 - x)); orthogonal with weight 1 and h at x = 0.
    size = 0.5 - np.sin(2 * q) / (4 * q) + h * np.sin(q) ** 2
    start = h * np.sin(q)
    for time in (0.1, 0.4, 1.5):
        film = (start / size * np.sin(q) * np.exp(-(q**2) * time)).sum()
        a, f, _ = run(**slab(60, h, h), steps=choose_steps(time, 1e-5, 1.1, 0.01))
        assert f / h == pytest.approx(film, rel=1e-2)
        gone = h - (start / size * (h * np.sin(q) + (1 - np.cos(q)) / q) * np.exp(-(q**2) * time)).sum()
        assert a[-1, 0] * 1e9 == pytest.approx(gone, rel=1e-2, abs=1e-5)


def _roots(ratio: float, count: int = 200) -> np.ndarray:
    """Positive roots of q tan q = ratio."""
    from scipy.optimize import brentq

    return np.array(
        [
            brentq(lambda q: q * np.sin(q) - ratio * np.cos(q), n * np.pi, n * np.pi + np.pi / 2)
            for n in range(count)
        ]
    )


def test_second_order_in_space():
    """The early flux through a slab against its series: a quarter of the error at half the width."""
    exact = (
        0.2
        - 1 / 6
        - 2 / np.pi**2 * sum((-1) ** n / n**2 * np.exp(-(n**2) * np.pi**2 * 0.2) for n in range(1, 60))
    )
    errors = [abs(through(0.2, n, lambda t: np.full(4000, t / 4000)) - exact) for n in (8, 16, 32)]
    rates = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert np.all(rates > 1.8)


def anything(seed: int, levels: int = 10, lanes: int = 3):
    rng = np.random.default_rng(seed)
    into = np.zeros((levels, lanes))
    into[0] = 10 ** rng.uniform(-2, 1, lanes)
    return {
        "activity": rng.random((levels, lanes)),
        "capacity": 10 ** rng.uniform(-1, 0.5, (levels, lanes)),
        "down": 5 * rng.random((levels - 1, lanes)),
        "loss": rng.random((levels, lanes)),
        "film": (0.4, 0.3),
        "into": into,
        "across": 3 * rng.random((levels, lanes - 1)),
    }


@pytest.mark.parametrize(("lanes", "closes"), [(1, False), (3, False), (3, True)])
def test_order_in_time(lanes, closes):
    """Second order; first while holes close, since what their fluid holds is handed over between steps."""
    system = anything(0, lanes=lanes)

    def at(n):
        middle = (np.arange(n) + 0.5) / n
        a, f, _ = run(**system, steps=np.full(n, 1 / n), opening=np.exp(-2 * middle) if closes else None)
        return a[:, 1:] if closes else a, f

    reference, film = at(8192)
    errors = []
    for n in (16, 32, 64, 128):
        a, f = at(n)
        errors.append(np.abs(a - reference).max() + abs(f - film))
    rates = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert np.all(rates > (0.9 if closes else 1.8))


@given(seed=st.integers(0, 10_000), step=st.floats(1e-3, 1e3), lanes=st.integers(1, 4))
@settings(deadline=None, max_examples=40)
def test_mass_is_kept_whatever_the_step(seed, step, lanes):
    """What is lost from the places is what is missing in them, for any coefficients, any step, and as holes close."""
    system = anything(seed, lanes=lanes)
    opening = np.array([0.9, 0.5, 0.1]) if lanes > 1 else None
    a, f, lost = run(**system, steps=[step, 2 * step, step / 3], opening=opening)
    share = np.ones((3, lanes))
    if opening is not None:
        share[:, 0] = opening
    before = (system["activity"] * system["capacity"] * share[0]).sum() + system["film"][0]
    after = (a * system["capacity"] * share[-1]).sum() + f + lost.sum()
    assert after == pytest.approx(before, rel=1e-9)


def test_equal_activities_stay_equal():
    """Without loss a uniform activity is a steady state, also beside holes that close."""
    system = anything(1)
    system |= {"activity": np.ones((10, 3)), "loss": np.zeros((10, 3)), "film": (0.3, 0.3)}
    a, f, _ = run(**system, steps=np.full(5, 0.7), opening=np.full(5, 0.6))
    assert np.allclose(a, 1)
    assert f == pytest.approx(0.3)


def test_undissolved_drug_keeps_its_push():
    """A film holds no more than saturates it: until the solid is gone it gives like one that never empties."""
    system = slab(30, amount=50.0, capacity=1.0)
    a, f, _ = run(**system, steps=np.full(2000, 1e-3), saturation=1.0)
    endless, _, _ = run(**slab(30), steps=np.full(2000, 1e-3))
    assert np.allclose(a[:-1], endless[:-1], rtol=2e-2)
    assert f > 40


def test_long_steps_do_not_swing():
    """L-stable: a step of a thousand time constants brings a fast place to rest."""
    a, _, _ = run(
        np.array([[1.0], [0.0]]), np.array([[1.0], [1e-4]]), np.array([[10.0]]), np.zeros((2, 1)), [1000.0]
    )
    assert np.allclose(a, 1 / 1.0001, atol=1e-3)


@given(st.floats(1e-4, 5000), st.floats(1e-4, 1.0))
def test_steps_fill_the_time(duration, first):
    steps = choose_steps(duration, first)
    assert steps.sum() == pytest.approx(duration, rel=1e-9)
    assert np.all(steps > 0)
    assert np.all(steps <= 6.0 + 1e-9)
