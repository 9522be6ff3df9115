"""Terms that are there are chosen, and leaving a point out is what it says."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.study.emulator.basis import evaluate_terms, list_terms
from hudnal.study.emulator.box import read_box, spread_settings
from hudnal.study.emulator.terms import choose_columns, leave_one_out

RNG = np.random.default_rng(3)


def test_planted_terms_are_chosen_for_all_targets_together():
    columns = np.column_stack([np.ones(200), RNG.standard_normal((200, 40))])
    weights = RNG.standard_normal((3, 5))
    targets = columns[:, [0, 4, 9]] @ weights + 0.01 * RNG.standard_normal((200, 5))
    chosen, found = choose_columns(columns, targets, [0])
    assert {0, 4, 9} <= set(chosen)
    order = [chosen.index(k) for k in (0, 4, 9)]
    np.testing.assert_allclose(found[order], weights, atol=0.01)


def test_noise_alone_needs_no_terms():
    columns = np.column_stack([np.ones(200), RNG.standard_normal((200, 40))])
    chosen, _ = choose_columns(columns, RNG.standard_normal((200, 8)), [0])
    assert chosen == [0]


def test_two_columns_alike_are_taken_once():
    x = RNG.standard_normal(50)
    columns = np.column_stack([np.ones(50), x, x])
    chosen, _ = choose_columns(columns, (2 * x)[:, None], [0])
    assert len(chosen) == 2


def test_leaving_one_out_is_learning_without_it():
    columns, targets = RNG.standard_normal((20, 3)), RNG.standard_normal((20, 2))
    weights = np.linalg.lstsq(columns, targets, rcond=None)[0]
    left = leave_one_out(columns, targets - columns @ weights)
    rest = np.arange(20) != 7
    without = np.linalg.lstsq(columns[rest], targets[rest], rcond=None)[0]
    np.testing.assert_allclose(left[7], targets[7] - columns[7] @ without, rtol=1e-9)


@pytest.mark.parametrize(
    "words", [["force=2..10 N", "length=1..2 mm"], ["rounds=1..4", "person.sun=little,usual,much"]]
)
def test_terms_are_orthonormal_over_the_box(words):
    box = read_box(words)
    terms = [term for term in list_terms(box) if len(term) <= 2 and all(k <= 2 for _, k in term)]
    settings = spread_settings(box, 4096, 1)
    values = evaluate_terms(box, settings, terms)
    gram = values.T @ values / len(settings)
    ranges = [i for i, axis in enumerate(box) if axis.whole]  # whole numbers do not fill the range
    plain = [k for k, term in enumerate(terms) if not any(i in ranges for i, _ in term)]
    np.testing.assert_allclose(gram[np.ix_(plain, plain)], np.eye(len(plain)), atol=0.05)


def test_a_range_of_two_whole_numbers_has_no_curve():
    assert list_terms(read_box(["rounds=1..2"])) == [(), ((0, 1),)]
