"""Grades as people give them: what a rater sees of a change, and what is seen where nothing changed.

Measured depth, a rater's grade and a patient's satisfaction are three things, which go together little in the
literature (Salameh et al. 2022). A grade follows

    after / before = exp(-(gain s + unseen))

where s is the share of the dent or the lines that is gone, `gain` how strongly this scale and these raters answer to
it (several-fold apart between trials), and `unseen` what is graded without any change: light and pose of photographs,
and for those who know what was done, what they hope for. No grade falls below its floor.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy.special import ndtr

from hudnal.arrays import PerDraw
from hudnal.outcome.contract import Quantity
from hudnal.parameters import Draws
from hudnal.units import PERCENT

Raters = Literal["blinded", "open", "patient"]
Scale = Literal["grade", "score", "ecca", "overall", "wrinkle"]
_GROUP = "outcome.raters."
_MOST = 1.0  # a grade at most doubles
_FEWEST, _LARGEST = 1.0, 4.0  # of Goodman and Baron's qualitative grades
_HALF = 0.5  # of a grade: from there on it is rounded to the next


def judge_scar_change(depth_change: PerDraw, collagen_change: PerDraw, draws: Draws) -> PerDraw:
    """What one sees change of a scar or a stretch mark, (draw,): the share of its depth that is gone, and its texture.

    Both arguments are shares, such as -0.2 for a dent that is a fifth shallower.
    """
    return -depth_change + draws[_GROUP + "texture"] * collagen_change


def change_grade(seen: PerDraw, scale: Scale, raters: Raters, draws: Draws) -> PerDraw:
    """Mean change of a group's grade as a share of it, (draw,), in [-1, 1], on a `scale` by `raters`.

    `seen` (draw,) is the share of the dent or the lines that is gone.
    """
    gain = (
        draws[_GROUP + ("patient_gain" if raters == "patient" else "gain")] * draws[f"{_GROUP}scales.{scale}"]
    )
    unseen = (
        0.0 if raters == "blinded" else draws[_GROUP + ("hope" if raters == "patient" else "expectation")]
    )
    return np.minimum(np.expm1(-(gain * seen + unseen)), _MOST)


def apply_to_grade(change: PerDraw, draws: Draws) -> PerDraw:
    """Goodman and Baron's grade 1-4, (draw,), after a `change` that is a share of it, (draw,)."""
    return np.clip(draws[_GROUP + "start"] * (1 + change), _FEWEST, _LARGEST)


def count_responders(change: PerDraw, draws: Draws, grades: int = 1) -> PerDraw:
    """Share of people whom a rater puts at least so many `grades` lower, (draw,), when the mean changes by that share.

    People differ in how they answer, photographs in light and pose, and a rater in what he sees of the same skin twice.
    """
    lower = -draws[_GROUP + "start"] * change
    chance = np.hypot(draws[_GROUP + "repeat"], draws[_GROUP + "photo"])
    spread = np.hypot(draws[_GROUP + "people"], chance)
    return ndtr((lower - (grades - _HALF)) / spread)


def count_satisfied(improvement: PerDraw, draws: Draws) -> PerDraw:
    """Share of patients who are satisfied, (draw,), when they see that mean `improvement`, a share."""
    return ndtr((improvement - draws[_GROUP + "content"]) / draws[_GROUP + "patients_differ"])


def _find_improvement(ending: Any, raters: Raters) -> PerDraw | None:
    """Overall improvement as a share, (draw,); None where there was nothing to be bettered."""
    seen = ending.seen_share(ending)
    return None if seen is None else -change_grade(seen, "overall", raters, ending.draws)


def _rate_overall(raters: Raters) -> Any:
    def rate(ending: Any) -> PerDraw | None:
        improvement = _find_improvement(ending, raters)
        return None if improvement is None else PERCENT * improvement

    return rate


def _rate_satisfaction(ending: Any) -> PerDraw | None:
    own = _find_improvement(ending, "patient")
    return None if own is None else count_satisfied(own, ending.draws)


# Overall improvement, which can be said of any concern, by raters and by the patients themselves.
QUANTITIES = (
    Quantity("overall_improvement", "%", "impression", _rate_overall("blinded")),
    Quantity("overall_improvement_open", "%", "impression", _rate_overall("open")),
    Quantity("patient_improvement", "%", "impression", _rate_overall("patient")),
    Quantity("patient_satisfied", "0-1", "impression", _rate_satisfaction),
)
