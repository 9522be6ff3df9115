"""Concerns: what is to be bettered, what it is in the skin, and what one would measure and grade of it.

A concern brings its lesion (or none), its own series and quantities, and what there is to see of it at the end. A new
one is a tuple's entry more here, with a model of its name in `treatment/model.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hudnal.arrays import PerDraw
from hudnal.outcome.ageing import measure_lines_gone
from hudnal.outcome.contract import Quantity, Series, read_at_end
from hudnal.outcome.grades import Raters, apply_to_grade, change_grade, count_responders, judge_scar_change
from hudnal.parameters import Draws
from hudnal.skin import Lesion
from hudnal.treatment.model import AcneScar, Ageing, Concern, NoConcern, StretchMark, SurgicalScar
from hudnal.units import PERCENT

_RATERS: dict[str, Raters] = {"": "blinded", "_open": "open"}  # by what the name of a quantity ends on


@dataclass(frozen=True)
class ConcernKind:
    """All that the house knows of a kind of concern beside what the file says of it."""

    model: type[Concern]
    lesion: Callable[[Any, Draws], Lesion] | None  # of the file's entry; None: the skin has none
    series: tuple[Series, ...]
    quantities: tuple[Quantity, ...]
    # Of an Ending: the share of it that is gone, as one sees it; None where there is nothing to be bettered.
    seen_share: Callable[[Any], PerDraw | None]


# Ageing.


def _find_share_of_lines(ending: Any) -> PerDraw:
    return -ending.at_end("wrinkle_depth_change") / PERCENT


def _grade_wrinkles(raters: Raters) -> Any:
    return lambda ending: (
        PERCENT * change_grade(_find_share_of_lines(ending), "wrinkle", raters, ending.draws)
    )


AGEING = ConcernKind(
    model=Ageing,
    lesion=None,
    series=(
        Series(
            "wrinkle_depth_change",
            "%",
            "change of the depth of fine lines, measured",
            lambda look: -PERCENT * measure_lines_gone(look.matrix, look.draws),
            "grade",
        ),
        Series(
            "wrinkle_change",
            "%",
            "change of fine wrinkles as a blinded rater would grade them",
            lambda look: (
                PERCENT
                * change_grade(measure_lines_gone(look.matrix, look.draws), "wrinkle", "blinded", look.draws)
            ),
            "grade",
        ),
    ),
    quantities=(
        Quantity("wrinkle_depth_change", "%", "grade", read_at_end("wrinkle_depth_change")),
        Quantity("wrinkle_change", "%", "grade", _grade_wrinkles("blinded"), weight="benefit"),
        Quantity("wrinkle_change_open", "%", "grade", _grade_wrinkles("open")),
    ),
    seen_share=_find_share_of_lines,
)

# None.

NOTHING = ConcernKind(model=NoConcern, lesion=None, series=(), quantities=(), seen_share=lambda ending: None)

# Dents: acne scars, surgical scars, stretch marks.


def _measure_scar_change(series: str) -> Any:
    return lambda ending: PERCENT * (ending.at_end(series) / ending.at_start(series) - 1)


def _find_share_of_scar(ending: Any) -> PerDraw:
    depth_change = _measure_scar_change("scar_depth")(ending) / PERCENT
    collagen_change = ending.at_end("healthy_collagen_change") / PERCENT
    return judge_scar_change(depth_change, collagen_change, ending.draws)


_DENT_SERIES = (
    Series("scar_depth", "mm", "depth of the scar", lambda look: look.shape.depth, "relief"),
    Series(
        "scar_width", "mm", "width of the scar at half its depth", lambda look: look.shape.width, "relief"
    ),
    Series("scar_volume", "mm3", "volume of the scar's dent", lambda look: look.shape.volume, "relief"),
)
_DENT_QUANTITIES = (
    Quantity("scar_depth", "mm", "relief", read_at_end("scar_depth")),
    Quantity("scar_depth_change", "%", "relief", _measure_scar_change("scar_depth")),
    Quantity("scar_width", "mm", "relief", read_at_end("scar_width")),
    Quantity("scar_volume_change", "%", "relief", _measure_scar_change("scar_volume"), weight="benefit"),
    Quantity("tethers_cut", "0-1", "relief", lambda ending: ending.last.tethers_cut),
)


def _make_lesion_of_acne(spec: AcneScar, draws: Draws) -> Lesion:
    return Lesion.of(spec.name, draws, spec.form, spec.width, spec.depth)


def _make_lesion_of_surgery(spec: SurgicalScar, draws: Draws) -> Lesion:
    return Lesion.of(spec.name, draws, spec.form, spec.width, spec.depth, length=spec.length)


def _make_lesion_of_stretch_mark(spec: StretchMark, draws: Draws) -> Lesion:
    return Lesion.of(spec.name, draws, spec.form, spec.width, spec.depth, red=spec.stage == "rubra")


def _grade_scar(scale: Any, raters: Raters) -> Any:
    return lambda ending: PERCENT * change_grade(_find_share_of_scar(ending), scale, raters, ending.draws)


def _count_responders(raters: Raters, grades: int) -> Any:
    def count(ending: Any) -> PerDraw:
        change = change_grade(_find_share_of_scar(ending), "grade", raters, ending.draws)
        return count_responders(change, ending.draws, grades=grades)

    return count


def _read_grade_at_end(ending: Any) -> PerDraw:
    return apply_to_grade(_grade_scar("grade", "blinded")(ending) / PERCENT, ending.draws)


_ACNE_GRADES = (
    *(
        Quantity(
            f"goodman_baron_change{end}",
            "%",
            "grade",
            _grade_scar("grade", raters),
            weight="benefit" if end == "" else None,
        )
        for end, raters in _RATERS.items()
    ),
    Quantity("goodman_baron_grade", "1", "grade", _read_grade_at_end),
    *(
        Quantity(f"goodman_baron_score_change{end}", "%", "grade", _grade_scar("score", raters))
        for end, raters in _RATERS.items()
    ),
    *(
        Quantity(f"ecca_change{end}", "%", "grade", _grade_scar("ecca", raters))
        for end, raters in _RATERS.items()
    ),
    *(
        Quantity(f"responders{end}", "0-1", "risk", _count_responders(raters, 1))
        for end, raters in _RATERS.items()
    ),
    *(
        Quantity(f"responders_two{end}", "0-1", "risk", _count_responders(raters, 2))
        for end, raters in _RATERS.items()
    ),
)
ACNE_SCAR = ConcernKind(
    AcneScar, _make_lesion_of_acne, _DENT_SERIES, (*_DENT_QUANTITIES, *_ACNE_GRADES), _find_share_of_scar
)
SURGICAL_SCAR = ConcernKind(
    SurgicalScar, _make_lesion_of_surgery, _DENT_SERIES, _DENT_QUANTITIES, _find_share_of_scar
)
STRETCH_MARK = ConcernKind(
    StretchMark, _make_lesion_of_stretch_mark, _DENT_SERIES, _DENT_QUANTITIES, _find_share_of_scar
)

CONCERN_KINDS = (AGEING, NOTHING, ACNE_SCAR, SURGICAL_SCAR, STRETCH_MARK)


def find_concern_kind(concern: Concern) -> ConcernKind:
    """The kind of a concern that a treatment file names. Raises KeyError for a model that has no kind."""
    return {kind.model: kind for kind in CONCERN_KINDS}[type(concern)]
