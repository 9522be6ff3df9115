"""Grades as raters give them: kept apart from what is measured, and from each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.outcome.grades import (
    apply_to_grade,
    change_grade,
    count_responders,
    count_satisfied,
    judge_scar_change,
)
from hudnal.parameters import Draws

DRAWS = Draws(512, 1, "prior")
ONE = np.ones(DRAWS.n)
SCALES = ("grade", "score", "ecca", "overall", "wrinkle")


@given(
    st.floats(-0.5, 1.5),
    st.floats(0, 1),
    st.sampled_from(SCALES),
    st.sampled_from(["blinded", "open", "patient"]),
)
def test_more_to_see_is_never_graded_worse(seen, more, scale, raters):
    one, other = (change_grade(s * ONE, scale, raters, DRAWS) for s in (seen, seen + more))
    assert np.all(other <= one + 1e-12)
    assert one.min() >= -1 and one.max() <= 1


@pytest.mark.parametrize("scale", SCALES)
def test_nothing_done_is_nothing_to_a_blinded_rater_and_much_to_who_hopes(scale):
    """A sham: an open rater and a patient see an improvement all the same."""
    blinded, known, own = (change_grade(0 * ONE, scale, r, DRAWS) for r in ("blinded", "open", "patient"))
    assert not blinded.any()
    assert np.all(known < blinded) and np.all(own < blinded)
    assert -0.45 < np.median(known) < -0.1


def test_open_and_blinded_trials_of_the_same_treatment_lie_far_apart():
    """Published ones lie five times apart."""
    blinded, known = (np.log1p(change_grade(0.3 * ONE, "grade", r, DRAWS)) for r in ("blinded", "open"))
    assert np.quantile(known, 0.05) / np.quantile(blinded, 0.95) > 5


def test_grades_of_single_people_hide_what_is_measured():
    """One session leaves a depth that instruments tell apart and single grades do not (Salameh et al. 2022)."""
    untouched, better = (count_responders(-x * ONE, DRAWS) for x in (0.0, 0.08))
    assert np.median(untouched) > 0.03  # some are a grade better by chance
    assert np.median(better) < 4 * np.median(untouched)


def test_texture_counts_beside_depth():
    flat = judge_scar_change(0 * ONE, 0.3 * ONE, DRAWS)
    assert np.all(flat >= 0) and flat.max() > 0.1
    assert np.all(judge_scar_change(-0.2 * ONE, 0.3 * ONE, DRAWS) > flat)


def test_grades_stay_on_their_scale():
    assert np.all(apply_to_grade(-ONE, DRAWS) == 1)
    assert np.all(apply_to_grade(ONE, DRAWS) == 4)
    assert np.allclose(apply_to_grade(0 * ONE, DRAWS), DRAWS["outcome.raters.start"])


def test_a_high_share_of_responders_hides_a_small_change():
    """70 % a grade better with 9 % of the ECCA score (Sohag): shares saturate where means do not."""
    share = count_responders(-0.26 * ONE, DRAWS)
    assert np.median(count_responders(0 * ONE, DRAWS)) < 0.25
    assert 0.4 < np.median(share) < 0.9
    assert np.all(count_responders(-0.4 * ONE, DRAWS) >= share)
    # Two grades are harder to win than one, and nobody wins them where nothing changed.
    assert np.all(count_responders(-0.4 * ONE, DRAWS, grades=2) < count_responders(-0.4 * ONE, DRAWS))
    assert np.median(count_responders(0 * ONE, DRAWS, grades=2)) < 0.02


def test_who_sees_more_is_more_often_content():
    few, many = (count_satisfied(x * ONE, DRAWS) for x in (0.1, 0.6))
    assert np.all(many > few)
    assert few.min() >= 0 and many.max() <= 1
