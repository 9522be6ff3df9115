"""Time that passes over the tissue: order 2 under creams that come daily, and looks between its steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.threads import threads
from hudnal.tissue import Tissue, wound_of_holes
from hudnal.tissue import biology as bio
from hudnal.tissue.batch_engine import SEEN, Stretches, advance_through
from hudnal.tissue.kernels import GAMMA
from hudnal.tissue.lapse import answer_looks, average_conditions

DRAWS = Draws(9, 5, "prior")  # a scheme is held against itself, whatever the fit comes to
SKIN = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)
EVERY = np.ones(DRAWS.n)
DAY = 24.0  # h
ANY = np.inf  # tolerance of a step that is always taken
SCALES = np.array([*bio.SCALE, 0.5, 0.5])  # of what is seen


def needled(days: float) -> Tissue:
    """Tissue on a small grid, some days after needling."""
    wound = wound_of_holes(6.5 * EVERY, 0.15 * EVERY, np.linspace(0.3, 1.5, DRAWS.n), SKIN, DRAWS)
    return Tissue.of(SKIN, DRAWS, (1, 3, 6, 2), 8).add_wound(wound).advance(days * DAY)


def daily(days: int) -> Stretches:
    """A cream and a cover for two hours of every day, some days without it, and weaker from day to day."""
    hours = np.tile([2.0, 22.0], days)
    retinoid, pace = np.zeros(2 * days), np.ones(2 * days)
    retinoid[::2] = np.linspace(0.9, 0.4, days) * (np.arange(days) % 3 < 2)
    pace[::2] = 1.4
    share = np.linspace(0.7, 1.0, DRAWS.n)[:, None]
    return Stretches(np.cumsum(hours), share * retinoid, np.repeat(pace[None], DRAWS.n, axis=0))


def go_through(
    tissue: Tissue, stretches: Stretches, step: float | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Volume, cover, what was seen and the number of steps, in even steps or under the control of their error."""
    volume, cover, p = tissue.volume.copy(), tissue.cover.copy(), tissue.passage
    steps = tissue.steps.copy() if step is None else np.full(DRAWS.n, step)
    control = {} if step is None else {"tolerance": ANY, "longest": step}
    taken, seen = advance_through(
        volume, cover, tissue.rates, p.couplings, stretches, steps, p.weights, **control
    )
    return volume, cover, seen, taken


def orders(errors: list[float]) -> np.ndarray:
    return np.log2(np.array(errors[:-1]) / errors[1:])


def off_by(found: np.ndarray, fine: np.ndarray, scales: np.ndarray) -> float:
    """Largest difference of any draw, field and place (draw, field, ...), against the field's scale."""
    off = np.abs(found - fine).reshape(*found.shape[:2], -1).max(axis=(0, 2))
    return float((off / scales).max())


def test_order_two_where_conditions_change_within_steps():
    """Creams and covers come and go up to twice in a step."""
    before, stretches = needled(14.0), daily(16)
    fine, errors = go_through(before, stretches, 0.25), []
    for step in (24.0, 12.0, 6.0, 3.0):
        volume, cover, _, taken = go_through(before, stretches, step)
        assert (taken == 16 * DAY / step).all()
        errors.append(max(off_by(volume, fine[0], bio.SCALE), off_by(cover, fine[1], bio.COVER_SCALE)))
    assert errors[-1] < 2e-4
    assert orders(errors)[1:] == pytest.approx(2, abs=0.25)


@pytest.mark.parametrize("step", [24.0, 48.0, 192.0])
def test_the_epidermis_thickens_under_creams_within_steps(step):
    """What it gains under creams that come up to eight times in a step, within 0.3 %."""
    before, stretches = Tissue.of(SKIN, DRAWS, (1, 3, 6, 2), 8), daily(64)
    fine, found = (go_through(before, stretches, dt)[1][:, bio.EPIDERMIS] for dt in (1.0, step))
    assert fine.min() > 1.005
    assert (np.abs(found - fine) < 3e-3 * (fine - 1)).all()


def test_looks_between_steps_are_of_order_two():
    """At odd hours, while all that a wound sets going moves."""
    before, ends = needled(14.0), np.append(np.arange(5.0, 16 * DAY, 7.0), 16 * DAY)
    constant = np.ones((DRAWS.n, ends.size))
    stretches = Stretches(ends, 0.7 * constant, constant)
    fine, errors = go_through(before, stretches, 0.25)[2], []
    for step in (24.0, 12.0, 6.0, 3.0):
        seen = go_through(before, stretches, step)[2]
        errors.append(off_by(seen.swapaxes(1, 2), fine.swapaxes(1, 2), SCALES))
    assert errors[-1] < 5e-4
    assert (orders(errors)[1:] > 1.75).all()


def test_vitamin_a_comes_and_goes_as_its_exact_solution():
    """r' = (drive - r) / lag in every voxel: in steps of two days as exact as in steps of a constant drive."""
    before, stretches = needled(14.0), daily(16)
    lag = before.rates[:, bio.RATES.index("retinoid_lag")]
    exact, start = np.zeros(DRAWS.n), 0.0
    for i, end in enumerate(stretches.ends):
        fade = np.exp(-(end - start) / lag)
        exact, start = stretches.retinoid[:, i] + (exact - stretches.retinoid[:, i]) * fade, end
    volume = go_through(before, stretches, 48.0)[0]
    found = volume[:, bio.RETINOID]
    assert np.ptp(found, axis=(1, 2, 3)).max() < 1e-12
    assert found[:, 0, 0, 0] == pytest.approx(exact, rel=2e-3)


def test_looks_cut_no_step():
    """A week in one stretch, or looked at every two hours: the same steps and bits."""
    before = needled(0.5)
    one, pace = np.full((DRAWS.n, 1), 0.6), np.ones((DRAWS.n, 1))
    whole = go_through(before, Stretches(np.array([7 * DAY]), one, pace))
    ends = np.arange(2.0, 7 * DAY + 1, 2.0)
    many = Stretches(ends, np.repeat(one, ends.size, axis=1), np.repeat(pace, ends.size, axis=1))
    looked = go_through(before, many)
    assert whole[3].min() < ends.size < whole[3].sum()
    for i in (0, 1, 3):
        assert np.array_equal(whole[i], looked[i])
    assert np.array_equal(whole[2][:, -1], looked[2][:, -1])


def test_what_is_seen_last_is_the_state():
    tissue = needled(0.0).set_conditions(0.5 * EVERY, False).advance(3 * DAY)
    tissue.mean("signal")  # of the passage
    again = replace(tissue, passage=tissue.passage.go_on(tissue.passed, 1.0), passed=0)  # of the state
    for name in (*SEEN[: len(bio.FIELDS)], "epidermis", "alignment"):
        assert tissue.mean(name) == pytest.approx(again.mean(name), rel=1e-12, abs=1e-15), name
    assert np.array_equal(tissue.layers_over_gap(), again.layers_over_gap())


def test_whoever_looks_at_each_moment_sees_nearly_the_same():
    """Looks that wait for one another, and looks that cut the steps: they differ by the tolerance at most."""
    waiting, looking, later = needled(0.0), needled(0.0), []
    for day in range(1, 29):
        conditions = (0.8 * (day % 7 < 3) * EVERY, day < 4)
        waiting = waiting.set_conditions(*conditions).advance(DAY)
        looking = looking.set_conditions(*conditions).advance(DAY)
        looking.mean("signal")
        later.append((waiting, looking))
    assert waiting.passage.stretches.keys() == set(range(28))
    for name, scale in zip(SEEN, SCALES, strict=True):
        of = Tissue.layers_over_gap if name == SEEN[-1] else lambda tissue, name=name: tissue.mean(name)
        off = max(np.abs(of(a) - of(b)).max() for a, b in later)
        assert off < 0.01 * scale, name


def test_a_moment_can_be_gone_on_from_twice():
    """What one went on to does not change what the other sees."""
    begun = needled(1.0)
    one, other = begun.advance(DAY), begun.set_conditions(EVERY, False).advance(DAY)
    assert begun.advance(DAY).mean("signal") == pytest.approx(one.mean("signal"), rel=1e-3)
    assert other.mean("retinoid").min() > one.mean("retinoid").max() == 0
    assert begun.mean("retinoid").max() == 0
    # A moment on the way is that moment, whatever came after it.
    further = one.advance(3 * DAY)
    assert further.mean("laid").min() >= one.mean("laid").min()
    assert one.volume == pytest.approx(begun.advance(DAY).volume, rel=1e-2, abs=1e-2)


def test_looks_are_those_of_each_draw_alone_on_any_number_of_cores():
    before, stretches, found = needled(0.0), daily(5), []
    for cores in (1, 2, 5):
        with threads(cores):
            found.append(go_through(before, stretches)[2])
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])
    one, p = slice(4, 5), before.passage
    c = p.couplings
    alone = replace(
        c, lateral=c.lateral[one], x_low=c.x_low[one], x_high=c.x_high[one], y_low=c.y_low[one],
        y_high=c.y_high[one], above=c.above[one], below=c.below[one],
    )  # fmt: skip
    its = Stretches(stretches.ends, stretches.retinoid[one], stretches.pace[one])
    weights = replace(p.weights, depth=p.weights.depth[one], share=p.weights.share[one])
    state = before.volume[one].copy(), before.cover[one].copy(), before.rates[one]
    _, seen = advance_through(*state, alone, its, before.steps[one].copy(), weights)
    assert np.array_equal(seen[0], found[0][4])


@given(
    hours=st.lists(st.floats(0.5, 30), min_size=1, max_size=8),
    seed=st.integers(0, 100),
    cut=st.tuples(st.floats(0, 0.9), st.floats(0.05, 1)),
    gamma=st.sampled_from([0.0, GAMMA]),
)
def test_conditions_keep_their_integral_and_first_moment(hours, seed, cut, gamma):
    ends = np.cumsum(hours)
    values = np.random.default_rng(seed).uniform(0, 2, ends.size)
    start = cut[0] * ends[-1]
    stop = start + cut[1] * (ends[-1] - start)
    first = int(np.searchsorted(ends, start, "right"))
    begin, end = average_conditions(ends, values, first, start, stop, gamma)
    t = np.unique(np.clip([start, *ends, stop], start, stop))
    middle, width = (t[1:] + t[:-1]) / 2, np.diff(t)
    of = values[np.minimum(np.searchsorted(ends, middle), ends.size - 1)]
    assert (begin + end) / 2 * (stop - start) == pytest.approx((of * width).sum(), rel=1e-6, abs=1e-9)
    moment = (of * width * (stop - middle)).sum()  # about the end
    counted = (stop - start) ** 2 / 2 * (begin + gamma * (end - begin))
    assert counted == pytest.approx(moment, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("count", [2, 3, 4, 9])
def test_looks_follow_a_parabola_exactly(count):
    """With two points a line."""
    times = np.sort(np.random.default_rng(count).uniform(0, 10, count))
    ends = np.linspace(times[0] + 0.01, times[-1], 23)
    bend = 0.7 if count > 2 else 0.0
    points = (1 + 2 * times + bend * times**2)[:, None]
    seen = np.empty((ends.size, 1))
    answer_looks(seen, ends, times, points, count, np.zeros(1), np.full(1, np.inf))
    assert seen[:, 0] == pytest.approx(1 + 2 * ends + bend * ends**2, rel=1e-12)


def test_looks_swing_below_nothing_that_the_steps_keep():
    """A pulse that is over: the parabola's slope would take the cubic below 0."""
    times, points = np.array([0.0, 1.0, 2.0, 6.0]), np.array([[1.0], [0.001], [0.0], [0.0]])
    seen, ends = np.empty((30, 1)), np.linspace(0.2, 6.0, 30)
    bounds = np.full(1, -np.inf), np.full(1, np.inf)
    answer_looks(seen, ends, times, points, 4, *bounds)
    assert seen.min() < 0
    answer_looks(seen, ends, times, points, 4, np.zeros(1), np.ones(1))
    assert seen.min() == 0
